/* The organisation's desk: what the home asks and decides, and what its worker answers. */
#include <stdlib.h>

#include "proto/codes.pb-c.h"
#include "proto/content.pb-c.h"
#include "services/referral/anew/tell_anew.h"
#include "services/referral/wire/wire.h"

/* Whether it is for this side and told by the home: else it is passed over, or refused. */
static struct lg_status check(struct lg_item *item, bool *ret_goes_on)
{
	const struct referral_work *work = item->work;
	struct lg_status status;

	*ret_goes_on = false;
	if (!work->is_ours)
		return lg_done();
	status = check_told_by_home(item);
	*ret_goes_on = lg_is_done(status);
	return status;
}

/* Whether it is known here, or answered again; else it is received like any offer. */
static bool is_told_before(
	struct referral_work *work, const Lifeguard__Referral__ReferralOffered *message)
{
	struct organisation *held = directory_find(work->directory, work->offer->organisation);
	enum anew_heard heard;

	if (!heard_from_wire(message->anew, &heard)) {
		work->is_again =
			offer_asked_again(work->offer, work->organisation_id, message->round);
		if (!work->is_again &&
			message->round > work->offer->round) /* it was passed: lost */
			(void)anew_pass(work->offer, message->round - 1, held);
		return work->is_again;
	}
	switch (anew_meet(work->offer, work->organisation_id, message->round, heard, held)) {
	case ANEW_KNOWN:
		return true;
	case ANEW_AGAIN:
		work->is_again = true;
		return true;
	case ANEW_SAID_NO:
		work->anew = (struct anew_words){
			.count = 2, .round = message->round, .at = { ANEW_RECEIVED, ANEW_NO }
		};
		return true;
	case ANEW_FIRST:
		return false;
	}
	abort();
}

struct lg_status decide_offered(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__ReferralOffered *message =
		(const Lifeguard__Referral__ReferralOffered *)item->message;
	struct need need;
	bool goes_on;
	struct lg_status status = check(item, &goes_on);

	if (!goes_on)
		return status;
	status = need_from_wire(item->arena, message->need, &need);
	if (lg_is_done(status) && (message->patience_ms <= 0 || message->round == 0))
		status = lg_refuse("an offer has a round and a time to answer");
	if (lg_is_done(status) && directory_find(work->directory, work->organisation_id) == NULL)
		status = lg_refuse("no such organisation at this site");
	if (lg_is_done(status) && !is_told_before(work, message))
		status = offer_receive(work->offer, work->organisation_id, message->round,
			message->patience_ms, item->now, &work->is_news);
	if (lg_is_done(status) && work->is_news) {
		work->offer->case_id = item->key;
		work->offer->need = need;
	}
	return status;
}

static void tell_answered(const struct telling *t, const struct referral_work *work, bool accepts,
	Lifeguard__Referral__DeclineReason reason)
{
	Lifeguard__Referral__ReferralAnswered message =
		LIFEGUARD__REFERRAL__REFERRAL_ANSWERED__INIT;

	message.accepts = accepts;
	message.reason = reason;
	message.referral_id = id_to_wire(&work->referral_id);
	message.organisation_id = id_to_wire(&work->offer->organisation);
	message.round = work->offer->round;
	tell(t, REFERRAL_ANSWERED_EVENT, &message.base);
}

void store_offered(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	const Lifeguard__Referral__ReferralOffered *asked =
		(const Lifeguard__Referral__ReferralOffered *)item->message;
	Lifeguard__Referral__ReferralReceived message =
		LIFEGUARD__REFERRAL__REFERRAL_RECEIVED__INIT;
	struct telling t;

	if (!work->is_ours)
		return;
	tell_words_anew(batch, item, item->event->site, true);
	if (!work->is_news && !work->is_again)
		return;
	t = desk_telling(batch, item, "");
	t.by = BY_ORGANISATION;
	if (work->is_news)
		write_need(batch, work->referral_id, &work->offer->need, "");
	message.referral_id = id_to_wire(&work->referral_id);
	message.organisation_id = id_to_wire(&work->offer->organisation);
	message.round = work->offer->round;
	message.urgency = asked->need->urgency;
	message.answer_by_ms = work->offer->answer_by;
	tell(&t, REFERRAL_RECEIVED_EVENT, &message.base);
	if (work->offer->state == REFERRAL_ANSWERED) {
		t.detail = "yes";
		tell_answered(&t, work, true,
			LIFEGUARD__REFERRAL__DECLINE_REASON__DECLINE_REASON_UNSPECIFIED);
	}
	keep_offer(batch, item);
}

/* --- the home has decided ---------------------------------------------------------------- */

struct lg_status decide_accepted(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__ReferralAccepted *message =
		(const Lifeguard__Referral__ReferralAccepted *)item->message;
	bool goes_on;
	struct lg_status status = check(item, &goes_on);

	if (!goes_on)
		return status;
	work->is_again = offer_is_accepted(work->offer, work->organisation_id, message->round);
	work->is_news =
		work->is_again || offer_accepted(work->offer, message->round,
					  directory_find(work->directory, work->organisation_id));
	return status;
}

/* The code is not shown here: the worker hears it from those who bring her. */
static void keep_code(
	struct lg_batch *batch, struct lg_item *item, const Lifeguard__Envelope__Sealed *sealed)
{
	struct referral_work *work = item->work;
	const struct lg_seal_place place = {
		.subject = work->referral_id,
		.case_id = item->key,
		.context = item->event->event_id,
		.class = LG_CLASS_IDENTITY,
		.content = HANDOVER_CODE,
	};
	struct lg_audit_entry entry =
		lg_audit_entry_of(item, LG_AUDIT_REGRANT, LIFEGUARD__CODES__PURPOSE__REFERRAL);
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;

	entry.subject = work->referral_id;
	entry.class = LG_CLASS_IDENTITY;
	if (!lg_is_done(lg_reader_machine(
		    &trail, &entry, LG_SERVICE_REFERRAL, LG_MACHINE_REGRANT, &reader)))
		return;

	const ProtobufCMessage *opened = lg_batch_open(batch, &reader, &place, sealed);

	if (opened == NULL)
		return;

	const Lifeguard__Content__HandoverCode *code =
		(const Lifeguard__Content__HandoverCode *)opened;

	if (!handover_is_code(code->code))
		return;
	handover_hash(batch, work->referral_id, code->code, work->hash);
	handover_set(&work->offer->handover, work->hash);
}

void store_accepted(struct lg_batch *batch, struct lg_item *item)
{
	struct referral_work *work = item->work;

	uint8_t known[HANDOVER_HASH_SIZE];

	if (!work->is_ours || !work->is_news)
		return;
	memcpy(known, work->offer->handover.hash, sizeof known);
	for (uint32_t i = 0; i < item->event->sealed_count; i++) {
		Lifeguard__Envelope__Sealed *sealed = item->event->sealed[i];

		if (sealed->content == HANDOVER_CODE)
			keep_code(batch, item, sealed);
		if (sealed->content != PERSON_IDENTITY)
			continue;
		work->offer->sealed = lg_encode(item->arena, &sealed->base);
		work->offer->sealed_in = item->event->event_id;
	}
	if (work->is_again && memcmp(known, work->offer->handover.hash, sizeof known) == 0)
		return; /* told again as it was; another code is of a home that has lost its own */

	const struct telling t = desk_telling(batch, item, "");

	keep_step(&t, item->type->name);
	keep_offer(batch, item);
}

struct lg_status decide_passed(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__ReferralPassed *message =
		(const Lifeguard__Referral__ReferralPassed *)item->message;
	bool goes_on;
	struct lg_status status = check(item, &goes_on);

	if (goes_on && message->anew)
		work->is_news = anew_pass(work->offer, message->round,
			directory_find(work->directory, work->offer->organisation));
	else if (goes_on)
		work->is_news = offer_passed(work->offer, message->round,
			directory_find(work->directory, work->organisation_id));
	return status;
}

void store_passed(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;

	if (!work->is_ours || !work->is_news)
		return;

	const struct telling t = desk_telling(batch, item, "");

	keep_step(&t, item->type->name);
	keep_offer(batch, item);
}

struct lg_status decide_withdrawn(struct lg_item *item)
{
	struct referral_work *work = item->work;
	bool goes_on;
	struct lg_status status = check(item, &goes_on);

	if (goes_on && lg_id_equal(work->offer->organisation, work->organisation_id))
		work->is_news = offer_withdrawn(
			work->offer, directory_find(work->directory, work->organisation_id));
	return status;
}

void store_withdrawn(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	Lifeguard__Referral__DestructionAcknowledged message =
		LIFEGUARD__REFERRAL__DESTRUCTION_ACKNOWLEDGED__INIT;
	struct telling t;

	if (!work->is_ours || !work->is_news)
		return;
	t = desk_telling(batch, item, "");
	keep_step(&t, item->type->name);
	t.by = BY_ORGANISATION;
	message.referral_id = id_to_wire(&work->referral_id);
	message.organisation_id = id_to_wire(&work->offer->organisation);
	tell(&t, DESTRUCTION_ACKNOWLEDGED, &message.base);
	keep_offer(batch, item);
}

/* --- the worker answers ------------------------------------------------------------------ */

struct lg_status decide_accept(struct lg_item *item)
{
	struct referral_work *work = item->work;
	struct lg_status status = check_is_on_desk(item);

	if (!lg_is_done(status))
		return status;
	work->is_news = !offer_has_said_yes(work->offer);
	return work->is_news ? offer_answer(work->offer, true, employer_of(item)) : lg_done();
}

struct lg_status decide_decline(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__DeclineReferral *message =
		(const Lifeguard__Referral__DeclineReferral *)item->message;
	struct lg_status status = check_is_on_desk(item);

	if (!lg_is_done(status))
		return status;
	if (message->reason == LIFEGUARD__REFERRAL__DECLINE_REASON__DECLINE_REASON_UNSPECIFIED ||
		message->reason > LIFEGUARD__REFERRAL__DECLINE_REASON__OTHER_REASON) {
		item->refusal_status = 422;
		return lg_refuse("say why: the next who is asked depends on it");
	}
	work->is_news = true;
	status = offer_answer(work->offer, false, employer_of(item));
	if (lg_is_done(status))
		work->offer->reason = message->reason;
	return status;
}

void store_answer(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	bool accepts = item->type->number == ACCEPT_REFERRAL;
	Lifeguard__Referral__DeclineReason reason =
		LIFEGUARD__REFERRAL__DECLINE_REASON__DECLINE_REASON_UNSPECIFIED;

	if (!accepts)
		reason = ((const Lifeguard__Referral__DeclineReferral *)item->message)->reason;
	if (work->is_news) {
		const struct telling t = desk_telling(batch, item, accepts ? "yes" : "no");

		tell_answered(&t, work, accepts, reason);
		keep_offer(batch, item);
	}
	answer_changed(batch, item, work->offer->state);
}
