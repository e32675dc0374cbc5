/*
 * A route is chosen: she is taken out of danger, or travels on advised.
 *
 * The event carries every name that is kept of her, sealed anew, and the consents as they stand: what
 * referral and matching need to begin.  What becomes of it comes back as feedback.
 */
#include "services/intake/handlers.h"

#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "proto/referral.pb-c.h"
#include "services/intake/wire/case_wire.h"
#include "services/intake/wire/form_wire.h"
#include "services/intake/wire/names.h"

static const Lifeguard__Intake__RecordRescue *rescued(const struct lg_item *item)
{
	return (const Lifeguard__Intake__RecordRescue *)item->message;
}

void load_rescue(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	work->file = read_case_file(batch, item->key);
	work->persons = read_persons(batch, item->key);
	work->aliases = read_aliases(batch, item->key);
	work->consents = read_consents(batch, item->key);
	read_identity_keys(batch, item->key);
}

struct lg_status decide_rescue(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const struct intake_data *data = item->state;
	const Lifeguard__Intake__RecordRescue *told = rescued(item);
	struct lg_status status = check_key(item, told->case_id.data, told->case_id.len);

	if (lg_is_done(status))
		status = find_person(item, told->person_id.data, told->person_id.len);
	if (lg_is_done(status))
		status = rescue_from_wire(told, work->person, &work->rescue);
	if (lg_is_done(status) && !case_time_is_possible(told->rescued_ms, item->now))
		status = lg_refuse("the time is before the year 2000, or to come");
	if (!lg_is_done(status))
		return status;

	struct person before = *work->person;

	if (before.route != ROUTE_NONE)
		item->refusal_status = 409;
	status = rescue_record(work->person, &work->rescue, &data->procedures, &work->is_told);
	if (!lg_is_done(status) || work->is_told)
		return status;
	item->refusal_status = 409;
	status = case_file_route(work->file, work->rescue.route == ROUTE_R0);
	if (!lg_is_done(status))
		*work->person = before;
	return status;
}

/* Consents of the person that are in force or refused; what one proposed is nobody's business yet. */
static void add_consents(struct lg_item *item, Lifeguard__Intake__RescueRecorded *message)
{
	const struct telling_work *work = item->work;

	message->consents =
		lg_alloc_array(item->arena, CONSENT_TOLD_MAX, sizeof *message->consents);
	for (uint32_t i = 0; i < work->consents->count && message->n_consents < CONSENT_TOLD_MAX;
		i++) {
		const struct consent *consent = &work->consents->at[i];

		if (!lg_id_equal(consent->person_id, work->person->person_id) ||
			consent->state == CONSENT_PROPOSED)
			continue;

		Lifeguard__Codes__Consent *wire = lg_alloc(item->arena, sizeof *wire);

		consent_to_wire(item->arena, consent, wire);
		message->consents[message->n_consents++] = wire;
	}
}

static void publish_rescued(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;
	const Lifeguard__Intake__RecordRescue *told = rescued(item);
	const struct person *person = work->person;
	struct lg_id event_id = lg_new_id(batch);
	Lifeguard__Envelope__Sealed *sealed = names_seal(batch, item, person->person_id, event_id,
		names_gather(batch, item, person, work->aliases));
	Lifeguard__Intake__RescueRecorded message = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;

	message.person_id = id_to_wire(&person->person_id);
	message.station = work->file->station;
	message.rescued_ms = told->rescued_ms;
	message.route = told->route;
	message.decided_by = told->decided_by;
	message.reason = told->reason;
	message.sex = person_sex_to_wire(person->sex);
	if (person->age_years >= 0) {
		message.age_case = LIFEGUARD__INTAKE__RESCUE_RECORDED__AGE_AGE_YEARS;
		message.age_years = (uint32_t)person->age_years;
	}
	message.age_basis = (Lifeguard__Codes__AgeBasis)person->basis;
	message.home_district = lg_copy_text(item->arena, person->district);
	message.home_country = lg_copy_text(item->arena, person->country);
	message.urgency = told->urgency;
	message.n_needs = told->n_needs;
	message.needs = told->needs;
	add_consents(item, &message);
	publish_step(batch, item, work->file->steps,
		&(struct lg_event){
			.type = RESCUE_RECORDED,
			.event_id = event_id,
			.occurred_at = told->rescued_ms,
			.message = &message.base,
			.sealed_count = sealed == NULL ? 0 : 1,
			.sealed = &sealed,
		});
}

void store_rescue(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;

	if (!work->is_told) {
		write_case_file(batch, item, work->file);
		write_person(batch, item->key, work->person);
		publish_rescued(batch, item);
	}
	answer_moved(batch, item);
}

/* --- FeedbackGiven ------------------------------------------------------------------------ */

/* clang-format off */
/* How a milestone stands among the steps of the case, and whether the case moves by it. */
static const struct milestone {
	const char *what;
	enum case_news news;
	bool moves;
} milestones[] = {
	[LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_ACCEPTED] = { .what = "FeedbackGiven: accepted" },
	[LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_HANDED_OVER] = {
		"FeedbackGiven: handed over", NEWS_HANDED_OVER, true },
	[LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_REUNIFIED] = {
		"FeedbackGiven: reunified", NEWS_REUNITED, true },
	[LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_REHABILITATION] = {
		.what = "FeedbackGiven: rehabilitation" },
	[LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_FOLLOWED_UP] = {
		.what = "FeedbackGiven: followed up" },
	[LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_CLOSED] = {
		"FeedbackGiven: closed", NEWS_CLOSED, true },
};
/* clang-format on */

void load_feedback(struct lg_batch *batch, struct lg_item *item)
{
	struct feedback_work *work = item->work;

	work->file = read_case_file(batch, item->key);
}

struct lg_status decide_feedback(struct lg_item *item)
{
	struct feedback_work *work = item->work;
	unsigned number =
		(unsigned)((const Lifeguard__Referral__FeedbackGiven *)item->message)->milestone;

	if (number >= sizeof milestones / sizeof milestones[0] || milestones[number].what == NULL)
		return lg_refuse("no such milestone");
	if (work->file->state == CASE_NEW) /* not a case of this centre */
		return lg_done();
	work->what = milestones[number].what;
	if (milestones[number].moves)
		(void)case_file_hear(work->file, milestones[number].news);
	work->file->steps++;
	return lg_done();
}

void store_feedback(struct lg_batch *batch, struct lg_item *item)
{
	const struct feedback_work *work = item->work;

	if (work->what == NULL)
		return;
	write_case_file(batch, item, work->file);
	write_news(batch, item, work->file->steps, work->what);
}
