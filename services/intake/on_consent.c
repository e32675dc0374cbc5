/*
 * Her word for a purpose and a recipient.  What was decided by one person alone is kept, and told to
 * nobody until a second one says the same.
 */
#include "services/intake/handlers.h"

#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "services/intake/wire/case_wire.h"

static const Lifeguard__Intake__RecordConsent *spoken(const struct lg_item *item)
{
	return (const Lifeguard__Intake__RecordConsent *)item->message;
}

void load_consent(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;

	work->file = read_case_file(batch, item->key);
	work->persons = read_persons(batch, item->key);
	work->consents = read_consents(batch, item->key);
}

/* May stand for the caregiver of somebody of 15 to 17. */
static bool is_supervisor(const struct lg_item *item)
{
	return item->actor.role == LIFEGUARD__CODES__ROLE__CENTRE_LEAD ||
	       item->actor.role == LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER;
}

struct lg_status decide_consent(struct lg_item *item)
{
	struct telling_work *work = item->work;
	const Lifeguard__Intake__RecordConsent *told = spoken(item);
	struct consent consent = { .recipient = "" };
	struct lg_status status = check_key(item, told->case_id.data, told->case_id.len);

	if (lg_is_done(status))
		status = consent_from_wire(told, &consent);
	if (lg_is_done(status) && !case_time_is_possible(told->given_ms, item->now))
		status = lg_refuse("the time is before the year 2000, or to come");
	if (lg_is_done(status) && consent.state == CONSENT_BEST_INTEREST && !is_supervisor(item)) {
		item->refusal_status = 403;
		status = lg_refuse("a best-interest decision is a lead's and an officer's");
	}
	if (lg_is_done(status))
		status = find_person(item, told->person_id.data, told->person_id.len);
	if (!lg_is_done(status))
		return status;

	consent.recorded_by = item->actor.user;
	status = consents_record(work->consents, work->person, &consent, is_supervisor(item),
		&work->consent, &work->is_told);
	if (!lg_is_done(status))
		return status;
	work->has_changed_word = !work->is_told && work->consent->state != CONSENT_PROPOSED;
	work->file->steps += work->has_changed_word;
	return lg_done();
}

static void publish_changed(struct lg_batch *batch, struct lg_item *item)
{
	const struct telling_work *work = item->work;
	Lifeguard__Codes__Consent consent;
	Lifeguard__Intake__ConsentChanged message = LIFEGUARD__INTAKE__CONSENT_CHANGED__INIT;

	consent_to_wire(item->arena, work->consent, &consent);
	message.person_id = id_to_wire(&work->person->person_id);
	message.consent = &consent;
	publish_step(batch, item, work->file->steps,
		&(struct lg_event){
			.type = CONSENT_CHANGED,
			.event_id = lg_new_id(batch),
			.occurred_at = work->consent->given_at,
			.message = &message.base,
		});
}

void store_consented(struct lg_batch *batch, struct lg_item *item)
{
	struct telling_work *work = item->work;
	Lifeguard__Intake__ConsentRecorded answer = LIFEGUARD__INTAKE__CONSENT_RECORDED__INIT;

	if (!work->is_told)
		write_consent(batch, item->key, work->consent);
	if (work->has_changed_word) {
		write_case_file(batch, item, work->file);
		publish_changed(batch, item);
	}
	answer.person_id = id_to_wire(&work->person->person_id);
	answer.state = lg_copy_text(item->arena, consent_life.states[work->consent->state]);
	answer.needs_second = work->consent->state == CONSENT_PROPOSED;
	answer.told_before = work->is_told;
	lg_answer(batch, item, &answer.base);
}
