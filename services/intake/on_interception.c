/*
 * An interception form: it becomes a case, and one event per thing that happened.
 *
 * A form told twice is known again by a digest of its content.  The digest covers names, which
 * can be guessed, so it is keyed with a secret that is not in the database.
 */
#include "services/intake/handlers.h"

#include <assert.h>
#include <stdlib.h>

#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "services/intake/wire/case_wire.h"
#include "services/intake/wire/form_wire.h"
#include "services/intake/wire/names.h"
#include "services/intake/wire/suspect.h"

/*
 * The key comes from the signing key and so changes with it, once a year: the same form told
 * again after that is refused as another, and the case is there to be looked at.
 */
static void digest_form(struct lg_batch *batch, const struct lg_item *item, uint8_t *ret_digest)
{
	lg_own_digest(lg_batch_keys(batch), "lifeguard-form-1",
		lg_encode(item->arena, item->message), ret_digest, CASE_DIGEST_SIZE);
}

void load_interception(struct lg_batch *batch, struct lg_item *item)
{
	struct interception_work *work = item->work;

	work->file = read_case_file(batch, item->key);
	digest_form(batch, item, work->digest);
}

/* Codes hold no space, so one text carries them. */
static const char *join_codes(struct lg_arena *arena, const struct form *form)
{
	size_t size = 1;

	for (uint32_t i = 0; i < form->indicator_count; i++)
		size += strlen(form->indicators[i]) + 1;

	char *text = lg_alloc(arena, size), *end = text;

	for (uint32_t i = 0; i < form->indicator_count; i++) {
		size_t length = strlen(form->indicators[i]);

		if (i > 0)
			*end++ = ' ';
		memcpy(end, form->indicators[i], length);
		end += length;
	}
	return text;
}

struct lg_status decide_interception(struct lg_item *item)
{
	struct interception_work *work = item->work;
	struct screening screening = { .points = 0 };
	const struct intake_data *data = item->state;
	struct lg_status status = form_from_wire(item->arena,
		(const Lifeguard__Intake__RecordInterception *)item->message, &work->form);

	if (lg_is_done(status) && !lg_id_equal(work->form.case_id, item->key))
		status = lg_refuse("the case id is not the command's key");
	if (lg_is_done(status))
		status = form_check(&work->form, item->now);
	if (lg_is_done(status))
		status = screening_add_up(&data->indicators, work->form.indicators,
			work->form.indicator_count, &screening);
	if (!lg_is_done(status))
		return status;

	item->refusal_status = 409;
	status =
		case_file_record(work->file, &work->form, &screening, work->digest, &work->effects);
	if (lg_is_done(status) && !work->effects.is_repeated)
		work->file->indicators = join_codes(item->arena, &work->form);
	return status;
}

/* --- one event per effect --------------------------------------------------------------- */

/* How an event goes out: to its readers, and as a step of the case. */
struct telling {
	struct lg_batch *batch;
	struct lg_item *item;
	const struct interception_work *work;
	uint32_t step;
};

static void tell(struct telling *t, const struct lg_event *event)
{
	publish_step(t->batch, t->item, ++t->step, event);
}

static void publish_engaged(struct telling *t)
{
	const struct form *form = &t->work->form;
	Lifeguard__Intake__MigrantEngaged message = LIFEGUARD__INTAKE__MIGRANT_ENGAGED__INIT;

	message.station = t->work->file->station;
	message.engaged_ms = form->engaged_at;
	message.stated_victims = form->stated_victims;
	if (form->stated_suspects >= 0) {
		message.suspects_case =
			LIFEGUARD__INTAKE__MIGRANT_ENGAGED__SUSPECTS_STATED_SUSPECTS;
		message.stated_suspects = (uint32_t)form->stated_suspects;
	}
	tell(t, &(struct lg_event){
			.type = MIGRANT_ENGAGED,
			.event_id = lg_new_id(t->batch),
			.occurred_at = form->engaged_at,
			.message = &message.base,
		});
}

static void publish_screened(struct telling *t)
{
	const struct form *form = &t->work->form;
	const Lifeguard__Intake__RecordInterception *told =
		(const Lifeguard__Intake__RecordInterception *)t->item->message;
	Lifeguard__Intake__ScreeningCompleted message =
		LIFEGUARD__INTAKE__SCREENING_COMPLETED__INIT;

	message.station = t->work->file->station;
	message.engaged_ms = form->engaged_at;
	message.n_indicators = told->n_indicators;
	message.indicators = told->indicators;
	message.indicator_version = t->work->file->screening.version;
	message.points = t->work->file->screening.points;
	if (form->reported_points != POINTS_ABSENT) {
		message.reported_case =
			LIFEGUARD__INTAKE__SCREENING_COMPLETED__REPORTED_REPORTED_POINTS;
		message.reported_points = form->reported_points;
	}
	message.certainty = form->certainty;
	tell(t, &(struct lg_event){
			.type = SCREENING_COMPLETED,
			.event_id = lg_new_id(t->batch),
			.occurred_at = form->engaged_at,
			.message = &message.base,
		});
}

static struct person listed_person(struct telling *t, uint32_t ordinal)
{
	const struct form_person *listed = &t->work->form.persons[ordinal];
	bool is_suspect = listed->kind == PERSON_SUSPECT;

	return (struct person){
		.person_id = lg_new_id(t->batch),
		.event_id = lg_new_id(t->batch),
		.ordinal = ordinal,
		.state = is_suspect ? PERSON_LISTED_SUSPECT : PERSON_POSSIBLE,
		.is_told = true,
		.sex = listed->sex,
		.age_years = listed->age_years,
		.district = listed->district,
		.country = "",
		.relation = listed->relation,
		.reason = "",
	};
}

static void publish_identified(struct telling *t, uint32_t ordinal)
{
	const Lifeguard__Intake__RecordInterception *told =
		(const Lifeguard__Intake__RecordInterception *)t->item->message;
	const struct form *form = &t->work->form;
	struct person person = listed_person(t, ordinal);
	Lifeguard__Envelope__Sealed *sealed = names_seal(t->batch, t->item, person.person_id,
		person.event_id, told->persons[ordinal]->identity);
	Lifeguard__Intake__PersonIdentified message = LIFEGUARD__INTAKE__PERSON_IDENTIFIED__INIT;

	message.person_id = id_to_wire(&person.person_id);
	message.station = t->work->file->station;
	message.engaged_ms = form->engaged_at;
	message.kind = person_kind_to_wire(form->persons[ordinal].kind);
	message.sex = person_sex_to_wire(person.sex);
	if (person.age_years >= 0) {
		message.age_case = LIFEGUARD__INTAKE__PERSON_IDENTIFIED__AGE_AGE_YEARS;
		message.age_years = (uint32_t)person.age_years;
	}
	message.district = lg_copy_text(t->item->arena, person.district);
	message.relation = lg_copy_text(t->item->arena, person.relation);

	person.sealed = names_store(t->item->arena, sealed);
	write_person(t->batch, t->item->key, &person);
	tell(t, &(struct lg_event){
			.type = PERSON_IDENTIFIED,
			.event_id = person.event_id,
			.occurred_at = form->engaged_at,
			.message = &message.base,
			.sealed_count = sealed == NULL ? 0 : 1,
			.sealed = &sealed,
		});
	if (form->persons[ordinal].kind == PERSON_SUSPECT)
		publish_suspect(t->batch, t->item, &person, t->work->file->station,
			form->engaged_at, told->persons[ordinal]->identity);
}

static void publish_effect(struct telling *t, const struct case_effect *effect)
{
	switch (effect->kind) {
	case EFFECT_ENGAGED:
		publish_engaged(t);
		return;
	case EFFECT_SCREENED:
		publish_screened(t);
		return;
	case EFFECT_IDENTIFIED:
		publish_identified(t, effect->person);
		return;
	}
	abort();
}

static void answer_recorded(struct lg_batch *batch, struct lg_item *item)
{
	const struct interception_work *work = item->work;
	Lifeguard__Intake__InterceptionRecorded answer =
		LIFEGUARD__INTAKE__INTERCEPTION_RECORDED__INIT;

	answer.case_id.data = item->key.byte;
	answer.case_id.len = LG_ID_SIZE;
	answer.points = work->file->screening.points;
	answer.points_differ = form_points_differ(&work->form, work->file->screening.points);
	answer.victims = work->file->victims;
	answer.suspects = work->file->suspects;
	answer.repeated_form = work->effects.is_repeated;
	lg_answer(batch, item, &answer.base);
}

void store_interception(struct lg_batch *batch, struct lg_item *item)
{
	const struct interception_work *work = item->work;
	struct telling t = { .batch = batch, .item = item, .work = work };

	if (!work->effects.is_repeated) {
		write_case_file(batch, item, work->file);
		for (uint32_t i = 0; i < work->effects.count; i++)
			publish_effect(&t, &work->effects.at[i]);
		assert(t.step == work->file->steps);
	}
	answer_recorded(batch, item);
}
