/*
 * The worker's impression, then the answers, then what somebody says the person is.
 *
 * Points are added up, and shown, only after the impression was stored: they would make it.
 */
#include "services/intake/handlers.h"

#include <assert.h>

#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "services/intake/wire/case_wire.h"
#include "services/intake/wire/form_wire.h"
#include "services/intake/wire/names.h"
#include "services/intake/wire/suspect.h"

void load_screening(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	work->file = read_case_file(batch, item->key);
}

/* --- RecordImpression -------------------------------------------------------------------- */

struct lg_status decide_impression(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const Lifeguard__Intake__RecordImpression *told =
		(const Lifeguard__Intake__RecordImpression *)item->message;
	struct lg_status status = check_key(item, told->case_id.data, told->case_id.len);

	if (!lg_is_done(status))
		return status;
	if (work->file->state == CASE_NEW)
		item->refusal_status = 404;
	else if (work->file->certainty != 0)
		item->refusal_status = 409;
	return case_file_impress(work->file, told->certainty, &work->is_told);
}

void store_impression(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;

	if (!work->is_told)
		write_case_file(batch, item, work->file);
	answer_moved(batch, item);
}

/* --- CompleteScreening ------------------------------------------------------------------- */

static const Lifeguard__Intake__CompleteScreening *screened(const struct lg_item *item)
{
	return (const Lifeguard__Intake__CompleteScreening *)item->message;
}

/* Codes answered in one way. */
struct answers {
	uint32_t count;
	const char *codes[SCREENING_INDICATORS_MAX];
};

/*
 * Sorts the answers.  Signs of caste, ethnicity and dress stand in old forms and are not asked
 * any more.
 */
static struct lg_status sort_answers(const struct indicator_set *set,
	const Lifeguard__Intake__CompleteScreening *told, struct answers *yes, struct answers *no)
{
	if (told->n_answers == 0 || told->n_answers > SCREENING_INDICATORS_MAX)
		return lg_refuse("1 to 128 answers");
	for (size_t i = 0; i < told->n_answers; i++) {
		const Lifeguard__Intake__ScreeningAnswer *answer = told->answers[i];
		const struct indicator *indicator = indicator_find(set, answer->indicator);

		if (indicator == NULL)
			return lg_refuse("an indicator is not in the set");
		if (indicator->is_history_only)
			return lg_refuse("an indicator of caste, ethnicity or dress is not asked");
		for (size_t j = 0; j < i; j++) {
			if (strcmp(told->answers[j]->indicator, answer->indicator) == 0)
				return lg_refuse("an indicator is there twice");
		}
		if (answer->answer == LIFEGUARD__INTAKE__ANSWER_KIND__YES)
			yes->codes[yes->count++] = answer->indicator;
		else if (answer->answer == LIFEGUARD__INTAKE__ANSWER_KIND__NO)
			no->codes[no->count++] = answer->indicator;
		else if (answer->answer != LIFEGUARD__INTAKE__ANSWER_KIND__NOT_ASKED)
			return lg_refuse("an answer is yes, no or not_asked");
	}
	return lg_done();
}

static const char *join(struct lg_arena *arena, const struct answers *answers)
{
	const size_t size = SCREENING_INDICATORS_MAX * (INDICATOR_CODE_MAX + 1) + 1;
	char *text = lg_alloc(arena, size), *end = text;

	for (uint32_t i = 0; i < answers->count; i++) {
		size_t length = strlen(answers->codes[i]);

		assert(length <= INDICATOR_CODE_MAX);
		if (i > 0)
			*end++ = ' ';
		memcpy(end, answers->codes[i], length);
		end += length;
	}
	return text;
}

struct lg_status decide_screening(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const struct intake_data *data = item->state;
	const Lifeguard__Intake__CompleteScreening *told = screened(item);
	struct answers *yes = lg_alloc(item->arena, sizeof *yes);
	struct answers *no = lg_alloc(item->arena, sizeof *no);
	struct screening screening = { .points = 0 };
	struct lg_status status = check_key(item, told->case_id.data, told->case_id.len);

	if (lg_is_done(status) && !case_time_is_possible(told->screened_ms, item->now))
		status = lg_refuse("the time is before the year 2000, or to come");
	if (lg_is_done(status))
		status = sort_answers(&data->indicators, told, yes, no);
	if (lg_is_done(status))
		status = screening_add_up(&data->indicators, yes->codes, yes->count, &screening);
	if (!lg_is_done(status))
		return status;
	work->yes = yes->count;
	work->no = no->count;
	item->refusal_status = work->file->state == CASE_NEW ? 404 : 409;
	return case_file_screen(work->file, &screening, join(item->arena, yes),
		join(item->arena, no), &work->is_told);
}

static void publish_screened(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;
	const Lifeguard__Intake__CompleteScreening *told = screened(item);
	Lifeguard__Intake__ScreeningCompleted message =
		LIFEGUARD__INTAKE__SCREENING_COMPLETED__INIT;

	message.station = work->file->station;
	message.engaged_ms = work->file->engaged_at;
	message.indicators = lg_alloc_array(item->arena, work->yes, sizeof *message.indicators);
	for (size_t i = 0; i < told->n_answers; i++) {
		if (told->answers[i]->answer == LIFEGUARD__INTAKE__ANSWER_KIND__YES)
			message.indicators[message.n_indicators++] = told->answers[i]->indicator;
	}
	message.indicator_version = work->file->screening.version;
	message.points = work->file->screening.points;
	message.certainty = work->file->certainty;
	publish_step(batch, item, work->file->steps,
		&(struct lg_event){
			.type = SCREENING_COMPLETED,
			.event_id = lg_new_id(batch),
			.occurred_at = told->screened_ms,
			.message = &message.base,
		});
}

void store_screening(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;
	const struct intake_data *data = item->state;
	Lifeguard__Intake__ScreeningScored answer = LIFEGUARD__INTAKE__SCREENING_SCORED__INIT;

	if (!work->is_told) {
		write_case_file(batch, item, work->file);
		publish_screened(batch, item);
	}
	answer.case_id = id_to_wire(&item->key);
	answer.certainty = work->file->certainty;
	answer.points = work->file->screening.points;
	answer.indicator_version = work->file->screening.version;
	answer.yes = work->yes;
	answer.no = work->no;
	for (uint32_t i = 0; i < data->indicators.count; i++)
		answer.not_asked += !data->indicators.at[i].is_history_only;
	answer.not_asked -= work->yes + work->no;
	answer.told_before = work->is_told;
	lg_answer(batch, item, &answer.base);
}

/* --- IdentifyPerson ---------------------------------------------------------------------- */

static const Lifeguard__Intake__IdentifyPerson *identified(const struct lg_item *item)
{
	return (const Lifeguard__Intake__IdentifyPerson *)item->message;
}

void load_identification(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	work->file = read_case_file(batch, item->key);
	work->persons = read_persons(batch, item->key);
	work->aliases = read_aliases(batch, item->key);
	read_identity_keys(batch, item->key);
}

/* Whom it is about: registered before, or told of now. */
static struct lg_status find_or_add(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const Lifeguard__Intake__IdentifyPerson *told = identified(item);
	struct person person;
	struct lg_id person_id;
	struct lg_status status = id_from_wire(told->person_id, &person_id);

	if (!lg_is_done(status))
		return status;
	if (told->traveller == NULL || persons_find(work->persons, person_id) != NULL)
		return find_person(item, told->person_id.data, told->person_id.len);
	if (work->file->state == CASE_NEW) {
		item->refusal_status = 404;
		return lg_refuse("no such case");
	}
	status = check_persons(work);
	if (lg_is_done(status))
		status = traveller_from_wire(told->traveller, person_id, &person);
	if (lg_is_done(status))
		status = person_check(&person);
	if (lg_is_done(status))
		status = persons_add(work->persons, &person, &work->person);
	return status;
}

struct lg_status decide_identification(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const Lifeguard__Intake__IdentifyPerson *told = identified(item);
	enum person_saying saying;
	enum decider by;
	struct lg_status status = check_key(item, told->case_id.data, told->case_id.len);

	if (lg_is_done(status))
		status = saying_from_wire(told, &saying, &by);
	if (lg_is_done(status) && !case_time_is_possible(told->decided_ms, item->now))
		status = lg_refuse("the time is before the year 2000, or to come");
	if (!lg_is_done(status))
		return status;

	uint32_t known = work->persons->count;

	status = find_or_add(item);
	if (!lg_is_done(status))
		return status;

	struct person *person = work->person;
	enum person_state before = person->state;

	if (by != DECIDER_NONE && by != DECIDER_HERSELF) /* else it says nothing of the case */
		item->refusal_status = 409;
	status = person_identify(person, saying, by);
	work->is_told = person->state == before;
	work->is_listed_now = !person->is_told && saying != SAY_NOT_A_VICTIM;
	if (lg_is_done(status) && work->is_listed_now)
		status = case_file_identify(work->file,
			saying == SAY_SUSPECT ? PERSON_SUSPECT : PERSON_POTENTIAL_VICTIM);
	if (!lg_is_done(status)) { /* the batch's other items must not see a half of it */
		person->state = before;
		work->persons->count = known;
		return status;
	}
	person->is_told = person->is_told || work->is_listed_now;
	return lg_done();
}

/* Names go out sealed for the event that carries them, and stay as that event told them. */
static void publish_identified(
	struct lg_batch *batch, struct lg_item *item, Lifeguard__Envelope__Sealed *sealed)
{
	const struct telling_work *work = item->work;
	const struct person *person = work->person;
	Lifeguard__Intake__PersonIdentified message = LIFEGUARD__INTAKE__PERSON_IDENTIFIED__INIT;

	message.person_id = id_to_wire(&person->person_id);
	message.station = work->file->station;
	message.engaged_ms = work->file->engaged_at;
	message.kind = kind_to_wire(person->state);
	message.sex = person_sex_to_wire(person->sex);
	if (person->age_years >= 0) {
		message.age_case = LIFEGUARD__INTAKE__PERSON_IDENTIFIED__AGE_AGE_YEARS;
		message.age_years = (uint32_t)person->age_years;
	}
	message.age_basis = (Lifeguard__Codes__AgeBasis)person->basis;
	message.district = lg_copy_text(item->arena, person->district);
	message.country = lg_copy_text(item->arena, person->country);
	message.relation = lg_copy_text(item->arena, person->relation);
	message.status = status_to_wire(person->state);
	message.decided_by = (Lifeguard__Codes__Decider)person->state_by;
	publish_step(batch, item, work->file->steps,
		&(struct lg_event){
			.type = PERSON_IDENTIFIED,
			.event_id = person->event_id,
			.occurred_at = identified(item)->decided_ms,
			.message = &message.base,
			.sealed_count = sealed == NULL ? 0 : 1,
			.sealed = &sealed,
		});
}

void store_identification(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;
	struct person *person = work->person;
	bool is_new = lg_id_is_zero(person->event_id);

	if (!work->is_told && (is_new || work->is_listed_now)) {
		const Lifeguard__Content__PersonIdentity *names =
			is_new ? identified(item)->traveller->identity
			       : names_gather(batch, item, person, work->aliases);
		struct lg_id event_id = lg_new_id(batch);
		Lifeguard__Envelope__Sealed *sealed =
			names_seal(batch, item, person->person_id, event_id, names);

		if (is_new || sealed != NULL) {
			person->event_id = event_id;
			person->sealed = names_store(item->arena, sealed);
		}
		if (work->is_listed_now) {
			person->event_id = event_id;
			publish_identified(batch, item, sealed);
			if (kind_to_wire(person->state) == LIFEGUARD__CODES__PERSON_KIND__SUSPECT)
				publish_suspect(batch, item, person, work->file->station,
					work->file->engaged_at, names);
			write_case_file(batch, item, work->file);
		}
	}
	if (!work->is_told)
		write_person(batch, item->key, person);
	answer_moved(batch, item);
}
