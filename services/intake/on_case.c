/*
 * A case is looked at.  Clear fields for every role that may ask; identities only when asked
 * for, by a role that may read them, with an audit record for each.
 */
#include "services/intake/handlers.h"

#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "services/intake/wire/case_wire.h"
#include "services/intake/wire/form_wire.h"
#include "services/intake/wire/names.h"

#define MINE               LG_RELATION_OWNER /* one organisation has one site in this version */
#define CASES_MAX          200
#define CASES_USUAL        50
#define CURSOR_SIZE        24 /* time, id */
#define VOLUNTEER_SEES_MS  (72 * LG_HOUR_MS)
#define TIME_OF_THE_NEWEST INT64_MAX

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
	work->aliases = read_aliases(batch, item->key);
	work->consents = read_consents(batch, item->key);
	work->steps = read_steps(batch, item->key);
	work->matches = read_matches(batch, item->key);
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

static Lifeguard__Content__PersonIdentity *opened(
	const Lifeguard__Content__PersonIdentity *identity)
{
	return (Lifeguard__Content__PersonIdentity *)(uintptr_t)identity; /* only written as JSON */
}

/* One reader, and one audit record, for all names of a person. */
static void add_names(struct lg_batch *batch, struct lg_item *item, const struct person *person,
	Lifeguard__Intake__CasePerson *wire)
{
	const struct case_work *work = item->work;
	struct lg_audit_entry entry = lg_audit_entry_of(item, LG_AUDIT_VIEW, purpose_of(item));
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;

	if (!wire->has_identity && wire->alias_count == 0)
		return;
	entry.subject = person->person_id;
	entry.class = LG_CLASS_IDENTITY;
	if (!lg_is_done(lg_reader_person(
		    &trail, &entry, MINE, item->now - work->file->engaged_at, &reader)))
		return;
	if (wire->has_identity)
		wire->identity = opened(names_open(
			batch, item, &reader, person->person_id, person->event_id, person->sealed));
	wire->aliases = lg_alloc_array(item->arena, wire->alias_count, sizeof *wire->aliases);
	for (uint32_t i = 0; i < work->aliases->count; i++) {
		const struct alias *alias = &work->aliases->at[i];
		Lifeguard__Content__PersonIdentity *identity;

		if (!lg_id_equal(alias->person_id, person->person_id))
			continue;
		identity = opened(names_open(
			batch, item, &reader, alias->person_id, alias->event_id, alias->sealed));
		if (identity != NULL)
			wire->aliases[wire->n_aliases++] = identity;
	}
}

static void add_consents(
	struct lg_item *item, const struct person *person, Lifeguard__Intake__CasePerson *wire)
{
	const struct case_work *work = item->work;

	wire->consents = lg_alloc_array(item->arena, work->consents->count, sizeof *wire->consents);
	for (uint32_t i = 0; i < work->consents->count; i++) {
		const struct consent *consent = &work->consents->at[i];

		if (!lg_id_equal(consent->person_id, person->person_id) ||
			consent->state == CONSENT_PROPOSED)
			continue;
		wire->consents[wire->n_consents] = lg_alloc(item->arena, sizeof **wire->consents);
		consent_to_wire(item->arena, consent, wire->consents[wire->n_consents++]);
	}
}

static Lifeguard__Intake__CasePerson *person_to_wire(
	struct lg_batch *batch, struct lg_item *item, const struct person *person)
{
	const struct case_work *work = item->work;
	Lifeguard__Intake__CasePerson *wire = lg_alloc(item->arena, sizeof *wire);

	lifeguard__intake__case_person__init(wire);
	wire->person_id = id_to_wire(&person->person_id);
	wire->kind = kind_to_wire(person->state);
	wire->sex = person_sex_to_wire(person->sex);
	if (person->age_years >= 0) {
		wire->age_case = LIFEGUARD__INTAKE__CASE_PERSON__AGE_AGE_YEARS;
		wire->age_years = (uint32_t)person->age_years;
	}
	wire->age_basis = (Lifeguard__Codes__AgeBasis)person->basis;
	wire->counts_as_child = person_is_child(person);
	wire->district = lg_copy_text(item->arena, person->district);
	wire->country = lg_copy_text(item->arena, person->country);
	wire->relation = lg_copy_text(item->arena, person->relation);
	wire->status = status_to_wire(person->state);
	wire->status_by = (Lifeguard__Codes__Decider)person->state_by;
	wire->route = (Lifeguard__Codes__Route)person->route;
	wire->route_by = (Lifeguard__Codes__Decider)person->route_by;
	wire->reason = lg_copy_text(item->arena, person->reason);
	wire->rescued_ms = person->rescued_at;
	wire->callback_ms = person->callback_at;
	wire->has_identity = person->sealed.size > 0;
	for (uint32_t i = 0; i < work->aliases->count; i++)
		wire->alias_count += lg_id_equal(work->aliases->at[i].person_id, person->person_id);
	add_consents(item, person, wire);
	if (asked(item)->with_identity)
		add_names(batch, item, person, wire);
	return wire;
}

static Lifeguard__Intake__CaseMatch *match_to_wire(struct lg_item *item, int row)
{
	const struct case_work *work = item->work;
	struct stored_match *stored = lg_alloc(item->arena, sizeof *stored);
	Lifeguard__Intake__CaseMatch *wire = lg_alloc(item->arena, sizeof *wire);

	*stored = match_from_row(work->matches, row);
	lifeguard__intake__case_match__init(wire);
	wire->match_id = id_to_wire(&stored->match_id);
	wire->other_case = id_to_wire(&stored->other_case);
	wire->is_report = stored->is_report;
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

	answer.certainty = work->file->certainty;

	answer.n_persons = work->persons->count;
	answer.persons = lg_alloc_array(item->arena, answer.n_persons, sizeof *answer.persons);
	for (uint32_t i = 0; i < work->persons->count; i++)
		answer.persons[i] = person_to_wire(batch, item, &work->persons->at[i]);
	answer.n_matches = (size_t)work->matches->count;
	answer.matches = lg_alloc_array(item->arena, answer.n_matches, sizeof *answer.matches);
	for (int i = 0; i < work->matches->count; i++)
		answer.matches[i] = match_to_wire(item, i);
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

/* --- ListCases --------------------------------------------------------------------------- */

static const Lifeguard__Intake__ListCases *listed(const struct lg_item *item)
{
	return (const Lifeguard__Intake__ListCases *)item->message;
}

/* Big-endian time and id of the last case that was shown. */
static void write_cursor(const struct listed_case *last, uint8_t *ret_cursor)
{
	for (int i = 0; i < 8; i++)
		ret_cursor[i] = (uint8_t)((uint64_t)last->engaged_at >> (56 - 8 * i));
	memcpy(ret_cursor + 8, last->case_id.byte, LG_ID_SIZE);
}

static lg_ms read_cursor(const ProtobufCBinaryData *cursor, struct lg_id *ret_id)
{
	uint64_t time = 0;

	if (cursor->len != CURSOR_SIZE) { /* none, or refused by decide */
		memset(ret_id->byte, 0xff, LG_ID_SIZE);
		return TIME_OF_THE_NEWEST;
	}
	for (int i = 0; i < 8; i++)
		time = time << 8 | cursor->data[i];
	memcpy(ret_id->byte, cursor->data + 8, LG_ID_SIZE);
	return time > INT64_MAX ? INT64_MAX : (lg_ms)time;
}

void load_cases(struct lg_batch *batch, struct lg_item *item)
{
	struct case_work *work = item->work;
	uint32_t limit = listed(item)->limit == 0 ? CASES_USUAL : listed(item)->limit;
	bool is_volunteer = item->actor.role == LIFEGUARD__CODES__ROLE__VOLUNTEER;
	struct lg_id before_id;
	lg_ms before = read_cursor(&listed(item)->cursor, &before_id);

	work->cases = read_cases(batch, listed(item)->station, before, before_id,
		is_volunteer ? item->now - VOLUNTEER_SEES_MS : 0,
		limit > CASES_MAX ? CASES_MAX : limit);
}

struct lg_status decide_cases(struct lg_item *item)
{
	size_t size = listed(item)->cursor.len;

	if (!case_station_is_one(listed(item)->station))
		return lg_refuse("a station is 1 to 8 capital letters");
	if (listed(item)->limit > CASES_MAX)
		return lg_refuse("a list has at most 200 cases");
	if (size != 0 && size != CURSOR_SIZE)
		return lg_refuse("the cursor is not one of ours");
	return lg_done();
}

void store_cases(struct lg_batch *batch, struct lg_item *item)
{
	const struct case_work *work = item->work;
	uint32_t limit = listed(item)->limit == 0 ? CASES_USUAL : listed(item)->limit;
	Lifeguard__Intake__CasesListed answer = LIFEGUARD__INTAKE__CASES_LISTED__INIT;
	uint8_t *cursor = lg_alloc(item->arena, CURSOR_SIZE);

	lg_audit(batch, item, LG_AUDIT_LIST, purpose_of(item));
	answer.cases =
		lg_alloc_array(item->arena, (size_t)work->cases->count, sizeof *answer.cases);
	for (int i = 0; i < work->cases->count; i++) {
		struct listed_case *row = lg_alloc(item->arena, sizeof *row);
		Lifeguard__Intake__CaseListed *wire = lg_alloc(item->arena, sizeof *wire);

		*row = listed_case_from_row(work->cases, i);
		lifeguard__intake__case_listed__init(wire);
		wire->case_id = id_to_wire(&row->case_id);
		wire->station = lg_copy_text(item->arena, row->station);
		wire->engaged_ms = row->engaged_at;
		wire->state = lg_copy_text(item->arena, row->state);
		wire->victims = row->victims;
		wire->suspects = row->suspects;
		wire->certainty = row->certainty;
		wire->callback_ms = row->callback_at;
		answer.cases[answer.n_cases++] = wire;
		write_cursor(row, cursor);
	}
	if (answer.n_cases == limit)
		answer.next = (ProtobufCBinaryData){ .len = CURSOR_SIZE, .data = cursor };
	lg_answer(batch, item, &answer.base);
}
