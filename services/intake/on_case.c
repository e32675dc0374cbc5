/*
 * A case is looked at.  Clear fields for every role that may ask; identities only when asked
 * for, by a role that may read them, with an audit record for each.
 */
#include "services/intake/handlers.h"

#include "proto/intake.pb-c.h"
#include "services/intake/wire/form_wire.h"

#define MINE LG_RELATION_OWNER /* one organisation has one site in this version */

static const Lifeguard__Intake__ShowCase *asked(const struct lg_item *item)
{
	return (const Lifeguard__Intake__ShowCase *)item->message;
}

/* Why it is looked at: operators run the machine, everybody else helps. */
static uint32_t purpose_of(const struct lg_item *item)
{
	if (item->actor.role == LIFEGUARD__CODES__ROLE__OPERATOR)
		return LIFEGUARD__CODES__PURPOSE__OPERATION;
	return LIFEGUARD__CODES__PURPOSE__HELP_AND_SHELTER;
}

void load_case(struct lg_batch *batch, struct lg_item *item)
{
	struct case_work *work = item->work;

	work->file = read_case_file(batch, item->key);
	work->persons = read_persons(batch, item->key);
	work->steps = read_steps(batch, item->key);
	if (asked(item)->with_identity)
		read_identity_keys(batch, item->key);
}

struct lg_status decide_case(struct lg_item *item)
{
	const struct case_work *work = item->work;
	const ProtobufCBinaryData *case_id = &asked(item)->case_id;

	if (!lg_bytes_equal(lg_bytes(case_id->data, case_id->len), lg_id_bytes(&item->key)))
		return lg_refuse("the case id is not the query's key");
	item->refusal_status = 404;
	if (work->steps->count == 0) /* also: it is recorded in this very batch, not yet answered */
		return lg_refuse("no such case");
	item->refusal_status = 403;
	if (asked(item)->with_identity && !lg_may_read(item->actor.role, MINE, LG_CLASS_IDENTITY,
						  item->now - work->file->engaged_at))
		return lg_refuse("this role may not read names in this case");
	return lg_done();
}

/* Opens what is kept of a person's identity; NULL when it cannot be opened any more. */
static const ProtobufCMessage *open_identity(
	struct lg_batch *batch, struct lg_item *item, const struct stored_person *row)
{
	const struct case_work *work = item->work;
	const struct lg_seal_place place = {
		.subject = row->person_id,
		.case_id = item->key,
		.context = row->event_id,
		.class = LG_CLASS_IDENTITY,
		.content = PERSON_IDENTITY,
	};
	struct lg_audit_entry entry = lg_audit_entry_of(item, LG_AUDIT_VIEW, purpose_of(item));
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;
	ProtobufCMessage *sealed = NULL;

	entry.subject = row->person_id;
	entry.class = LG_CLASS_IDENTITY;
	if (!lg_is_done(lg_reader_person(
		    &trail, &entry, MINE, item->now - work->file->engaged_at, &reader)))
		return NULL;
	if (!lg_is_done(lg_decode(
		    item->arena, &lifeguard__envelope__sealed__descriptor, row->sealed, &sealed)))
		return NULL;
	return lg_batch_open(batch, &reader, &place, (const Lifeguard__Envelope__Sealed *)sealed);
}

static Lifeguard__Intake__CasePerson *person_to_wire(
	struct lg_batch *batch, struct lg_item *item, int row)
{
	const struct case_work *work = item->work;
	struct stored_person *stored = lg_alloc(item->arena, sizeof *stored);
	Lifeguard__Intake__CasePerson *wire = lg_alloc(item->arena, sizeof *wire);

	*stored = person_from_row(work->persons, row);
	lifeguard__intake__case_person__init(wire);
	wire->person_id.data = stored->person_id.byte;
	wire->person_id.len = LG_ID_SIZE;
	wire->kind = person_kind_to_wire(stored->person.kind);
	wire->sex = person_sex_to_wire(stored->person.sex);
	if (stored->person.age_years >= 0) {
		wire->age_case = LIFEGUARD__INTAKE__CASE_PERSON__AGE_AGE_YEARS;
		wire->age_years = (uint32_t)stored->person.age_years;
	}
	wire->district = lg_copy_text(item->arena, stored->person.district);
	wire->relation = lg_copy_text(item->arena, stored->person.relation);
	wire->has_identity = stored->sealed.size > 0;
	if (wire->has_identity && asked(item)->with_identity)
		wire->identity =
			(Lifeguard__Content__PersonIdentity *)open_identity(batch, item, stored);
	return wire;
}

static Lifeguard__Intake__CaseStep *step_to_wire(struct lg_item *item, int row)
{
	const struct case_work *work = item->work;
	struct stored_step *stored = lg_alloc(item->arena, sizeof *stored);
	Lifeguard__Intake__CaseStep *wire = lg_alloc(item->arena, sizeof *wire);

	*stored = step_from_row(work->steps, row);
	lifeguard__intake__case_step__init(wire);
	wire->what = lg_copy_text(item->arena, stored->what);
	wire->event_id.data = stored->event_id.byte;
	wire->event_id.len = LG_ID_SIZE;
	wire->recorded_ms = stored->recorded_at;
	wire->wait_us = stored->wait_us;
	wire->work_us = stored->work_us;
	return wire;
}

void store_case(struct lg_batch *batch, struct lg_item *item)
{
	const struct case_work *work = item->work;
	Lifeguard__Intake__CaseShown answer = LIFEGUARD__INTAKE__CASE_SHOWN__INIT;

	lg_audit(batch, item, LG_AUDIT_VIEW, purpose_of(item));
	answer.case_id.data = item->key.byte;
	answer.case_id.len = LG_ID_SIZE;
	answer.state = lg_copy_text(item->arena, case_life.states[work->file->state]);
	answer.station = work->file->station;
	answer.intercepted_ms = work->file->engaged_at;
	answer.points = work->file->screening.points;
	answer.points_without_history = work->file->screening.points_without_history;
	if (work->file->reported_points != POINTS_ABSENT) {
		answer.reported_case = LIFEGUARD__INTAKE__CASE_SHOWN__REPORTED_REPORTED_POINTS;
		answer.reported_points = work->file->reported_points;
	}

	answer.n_persons = (size_t)work->persons->count;
	answer.persons = lg_alloc_array(item->arena, answer.n_persons, sizeof *answer.persons);
	for (int i = 0; i < work->persons->count; i++)
		answer.persons[i] = person_to_wire(batch, item, i);
	answer.n_steps = (size_t)work->steps->count;
	answer.steps = lg_alloc_array(item->arena, answer.n_steps, sizeof *answer.steps);
	for (int i = 0; i < work->steps->count; i++)
		answer.steps[i] = step_to_wire(item, i);
	lg_answer(batch, item, &answer.base);
}

void refused_case(struct lg_batch *batch, struct lg_item *item)
{
	struct lg_audit_entry entry = lg_audit_entry_of(item, LG_AUDIT_REFUSE, purpose_of(item));
	struct lg_audit_trail trail = lg_trail(batch, item);

	entry.is_refused = true;
	trail.append(trail.user, &entry);
}
