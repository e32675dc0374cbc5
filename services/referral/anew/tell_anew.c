#include "services/referral/anew/tell_anew.h"

#include <sodium.h>
#include <stdlib.h>

#include "proto/codes.pb-c.h"
#include "proto/content.pb-c.h"
#include "services/referral/wire/wire.h"

static const struct anew_words *words_of(const struct telling *t)
{
	const struct referral_work *work = t->item->work;

	return &work->anew;
}

static void say(const struct telling *t, uint32_t type, const ProtobufCMessage *message)
{
	tell_elsewhere(t, type, message, lg_new_id(t->batch), 0, NULL);
}

/* --- the home ------------------------------------------------------------------------------ */

static void say_offered(const struct telling *t, const struct referral *r)
{
	const struct ladders *ladders = t->item->state;
	Lifeguard__Referral__ReferralOffered message = LIFEGUARD__REFERRAL__REFERRAL_OFFERED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&t->organisation);
	message.round = words_of(t)->round;
	message.need = need_to_wire(t->item->arena, &r->need);
	message.patience_ms = ladders->at[r->need.urgency].answer;
	message.anew = heard_to_wire(anew_heard_of(r));
	say(t, REFERRAL_OFFERED_EVENT, &message.base);
}

/* The code that holds, sealed anew: it was told to those who bring her. */
static Lifeguard__Envelope__Sealed *seal_same_code(
	const struct telling *t, const struct referral *r, struct lg_id event_id)
{
	const struct lg_seal_place place = {
		.subject = t->referral_id,
		.case_id = t->case_id,
		.context = r->code_in,
		.class = LG_CLASS_IDENTITY,
		.content = HANDOVER_CODE,
	};
	const ProtobufCMessage *opened =
		r->handover.has_code ? open_to_regrant(t, &place, r->code_sealed) : NULL;

	if (opened == NULL)
		return NULL;
	return seal_code(t, ((const Lifeguard__Content__HandoverCode *)opened)->code, event_id);
}

static void say_accepted(const struct telling *t, const struct referral *r)
{
	struct lg_id event_id = lg_new_id(t->batch);
	Lifeguard__Envelope__Sealed *sealed[2];
	Lifeguard__Envelope__Sealed *identity = seal_identity_anew(t, r, event_id);
	Lifeguard__Envelope__Sealed *code = seal_same_code(t, r, event_id);
	Lifeguard__Referral__ReferralAccepted message =
		LIFEGUARD__REFERRAL__REFERRAL_ACCEPTED__INIT;
	uint32_t count = 0;

	if (identity != NULL)
		sealed[count++] = identity;
	if (code != NULL)
		sealed[count++] = code;
	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&t->organisation);
	message.round = words_of(t)->round;
	tell_elsewhere(t, REFERRAL_ACCEPTED_EVENT, &message.base, event_id, count, sealed);
}

static void say_handover(const struct telling *t, Lifeguard__Referral__HandoverSide side, lg_ms at)
{
	Lifeguard__Referral__HandoverRecorded message =
		LIFEGUARD__REFERRAL__HANDOVER_RECORDED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&t->organisation);
	message.side = side;
	message.handed_over_ms = at;
	say(t, HANDOVER_RECORDED, &message.base);
}

static void say_passed(const struct telling *t)
{
	Lifeguard__Referral__ReferralPassed message = LIFEGUARD__REFERRAL__REFERRAL_PASSED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&t->organisation);
	message.round = words_of(t)->round;
	message.anew = true;
	say(t, REFERRAL_PASSED_EVENT, &message.base);
}

static void say_withdrawn(const struct telling *t)
{
	Lifeguard__Referral__ReferralWithdrawn message =
		LIFEGUARD__REFERRAL__REFERRAL_WITHDRAWN__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&t->organisation);
	say(t, REFERRAL_WITHDRAWN_EVENT, &message.base);
}

/* --- the desk ------------------------------------------------------------------------------ */

static const Lifeguard__Codes__Urgency wire_urgencies[URGENCY_COUNT] = {
	[URGENCY_ROUTINE] = LIFEGUARD__CODES__URGENCY__ROUTINE,
	[URGENCY_URGENT] = LIFEGUARD__CODES__URGENCY__URGENT,
	[URGENCY_EMERGENCY] = LIFEGUARD__CODES__URGENCY__EMERGENCY,
};

static void say_received(const struct telling *t, const struct offer *o)
{
	Lifeguard__Referral__ReferralReceived message =
		LIFEGUARD__REFERRAL__REFERRAL_RECEIVED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&t->organisation);
	message.round = words_of(t)->round;
	message.urgency = wire_urgencies[o->need.urgency];
	message.answer_by_ms = o->answer_by;
	message.anew = true;
	say(t, REFERRAL_RECEIVED_EVENT, &message.base);
}

static const Lifeguard__Referral__DeclineReason unspecified =
	LIFEGUARD__REFERRAL__DECLINE_REASON__DECLINE_REASON_UNSPECIFIED;

/* A no from before its reason was kept has another one: that it was a no counts. */
static Lifeguard__Referral__DeclineReason reason_of(const struct offer *o)
{
	return o->reason == unspecified ? LIFEGUARD__REFERRAL__DECLINE_REASON__OTHER_REASON
					: (Lifeguard__Referral__DeclineReason)o->reason;
}

static void say_answered(const struct telling *t, const struct offer *o, bool accepts)
{
	Lifeguard__Referral__ReferralAnswered message =
		LIFEGUARD__REFERRAL__REFERRAL_ANSWERED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&t->organisation);
	message.round = words_of(t)->round;
	message.accepts = accepts;
	message.reason = accepts ? unspecified : reason_of(o);
	message.anew = true;
	say(t, REFERRAL_ANSWERED_EVENT, &message.base);
}

/*
 * Where she is now, and since when.  What else was said of it then (district, services, outcome) was for its own
 * site: a home keeps none of it.
 */
static void say_where(const struct telling *there, const struct offer *o, enum anew_word word)
{
	struct telling t = *there;
	Lifeguard__Referral__RehabilitationStarted started =
		LIFEGUARD__REFERRAL__REHABILITATION_STARTED__INIT;
	Lifeguard__Referral__ReunificationRecorded reunified =
		LIFEGUARD__REFERRAL__REUNIFICATION_RECORDED__INIT;
	Lifeguard__Referral__CaseClosed closed = LIFEGUARD__REFERRAL__CASE_CLOSED__INIT;

	t.occurred_at = o->since != 0 ? o->since : o->changed_at;
	if (word == ANEW_REHABILITATION) {
		started.referral_id = id_to_wire(&t.referral_id);
		started.organisation_id = id_to_wire(&t.organisation);
		started.started_ms = t.occurred_at;
		say(&t, REHABILITATION_STARTED, &started.base);
	} else if (word == ANEW_REUNIFIED) {
		reunified.referral_id = id_to_wire(&t.referral_id);
		reunified.organisation_id = id_to_wire(&t.organisation);
		reunified.reunified_ms = t.occurred_at;
		say(&t, REUNIFICATION_RECORDED, &reunified.base);
	} else {
		closed.referral_id = id_to_wire(&t.referral_id);
		closed.organisation_id = id_to_wire(&t.organisation);
		closed.closed_ms = t.occurred_at;
		say(&t, CASE_CLOSED, &closed.base);
	}
}

static void say_destroyed(const struct telling *t)
{
	Lifeguard__Referral__DestructionAcknowledged message =
		LIFEGUARD__REFERRAL__DESTRUCTION_ACKNOWLEDGED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&t->organisation);
	say(t, DESTRUCTION_ACKNOWLEDGED, &message.base);
}

static void tell_anew(const struct telling *t, enum anew_word word)
{
	const struct referral_work *work = t->item->work;

	switch (word) {
	case ANEW_OFFERED:
		say_offered(t, work->referral);
		return;
	case ANEW_ACCEPTED:
		say_accepted(t, work->referral);
		return;
	case ANEW_GAVE:
		say_handover(t, LIFEGUARD__REFERRAL__HANDOVER_SIDE__GAVE,
			work->referral->handover.gave_at);
		return;
	case ANEW_PASSED:
		say_passed(t);
		return;
	case ANEW_WITHDRAWN:
		say_withdrawn(t);
		return;
	case ANEW_RECEIVED:
		say_received(t, work->offer);
		return;
	case ANEW_YES:
	case ANEW_NO:
		say_answered(t, work->offer, word == ANEW_YES);
		return;
	case ANEW_TOOK:
		say_handover(
			t, LIFEGUARD__REFERRAL__HANDOVER_SIDE__TOOK, work->offer->handover.took_at);
		return;
	case ANEW_REHABILITATION:
	case ANEW_REUNIFIED:
	case ANEW_CLOSED:
		say_where(t, work->offer, word);
		return;
	case ANEW_DESTROYED:
		say_destroyed(t);
		return;
	}
	abort();
}

bool is_peer(const struct lg_batch *batch, uint32_t site)
{
	for (const uint16_t *peer = lg_batch_peers(batch); *peer != 0; peer++)
		if (*peer == site)
			return true;
	return false;
}

void tell_words_anew(struct lg_batch *batch, struct lg_item *item, uint16_t site, bool is_desk)
{
	const struct referral_work *work = item->work;
	struct telling t = {
		.batch = batch,
		.item = item,
		.referral_id = work->referral_id,
		.other_site = site,
		.is_desk = is_desk,
		.organisation = work->organisation_id,
		.detail = "",
	};

	if (work->anew.count == 0 || !is_peer(batch, site))
		return;
	t.case_id = is_desk ? work->offer->case_id : work->referral->case_id;
	if (lg_id_is_zero(t.case_id)) /* a referral that is not known here: of what asks for it */
		t.case_id = item->key;
	t.occurred_at = is_desk ? work->offer->changed_at : work->referral->changed_at;
	for (uint32_t i = 0; i < work->anew.count; i++)
		tell_anew(&t, work->anew.at[i]);
}
