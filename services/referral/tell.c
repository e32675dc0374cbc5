#include "services/referral/tell.h"

#include <assert.h>
#include <stdlib.h>

#include "proto/codes.pb-c.h"
#include "proto/content.pb-c.h"
#include "services/referral/wire/wire.h"

static void keep_row(const struct telling *t, const char *what)
{
	const struct stored_step step = {
		.what = what,
		.by = referral_life.sides[t->by],
		.detail = t->detail == NULL ? "" : t->detail,
		.at = t->item->now,
		.organisation = t->organisation,
	};

	write_step(t->batch, t->referral_id, t->is_desk, &step);
}

void keep_step(const struct telling *t, const char *what)
{
	keep_row(t, what);
}

static void publish(const struct telling *t, uint32_t type, const ProtobufCMessage *message,
	struct lg_id event_id, uint16_t destination, uint32_t sealed_count,
	Lifeguard__Envelope__Sealed **sealed)
{
	lg_publish(t->batch, t->item,
		&(struct lg_event){
			.type = type,
			.event_id = event_id,
			.occurred_at = t->occurred_at == 0 ? t->item->now : t->occurred_at,
			.message = message,
			.sealed_count = sealed_count,
			.sealed = sealed,
			.key = t->case_id,
			.destination = destination,
		});
}

/* Whether the other party sits elsewhere and listens to this. */
static bool goes_elsewhere(const struct telling *t, uint32_t type)
{
	return t->other_site != 0 && t->other_site != lg_batch_site(t->batch) &&
	       lg_service_in(lg_message_type(type)->to, LG_SERVICE_REFERRAL);
}

/* Publishes an event; sealed: values under event_id, which only the other party's envelope carries. */
static void tell_sealed(const struct telling *t, uint32_t type, const ProtobufCMessage *message,
	struct lg_id event_id, uint32_t sealed_count, Lifeguard__Envelope__Sealed **sealed)
{
	if (goes_elsewhere(t, type)) {
		publish(t, type, message, event_id, t->other_site, sealed_count, sealed);
		publish(t, type, message, lg_new_id(t->batch), 0, 0, NULL);
	} else {
		publish(t, type, message, event_id, 0, sealed_count, sealed);
	}
	keep_row(t, lg_message_type(type)->name);
}

void tell_elsewhere(const struct telling *t, uint32_t type, const ProtobufCMessage *message,
	struct lg_id event_id, uint32_t sealed_count, Lifeguard__Envelope__Sealed **sealed)
{
	publish(t, type, message, event_id, t->other_site, sealed_count, sealed);
}

void tell(const struct telling *t, uint32_t type, const ProtobufCMessage *message)
{
	tell_sealed(t, type, message, lg_new_id(t->batch), 0, NULL);
}

/* --- the home's effects ------------------------------------------------------------------ */

static const Lifeguard__Referral__EscalationReason wire_escalations[ESCALATION_COUNT] = {
	[ESCALATION_NONE] = LIFEGUARD__REFERRAL__ESCALATION_REASON__NOBODY_LEFT,
	[NOBODY_LEFT] = LIFEGUARD__REFERRAL__ESCALATION_REASON__NOBODY_LEFT,
	[UNDELIVERED] = LIFEGUARD__REFERRAL__ESCALATION_REASON__UNDELIVERED,
	[CONSENT_MISSING] = LIFEGUARD__REFERRAL__ESCALATION_REASON__CONSENT_MISSING,
	[STILL_WAITING] = LIFEGUARD__REFERRAL__ESCALATION_REASON__STILL_WAITING,
};

static const Lifeguard__Codes__Role wire_humans[HUMAN_COUNT] = {
	[HUMAN_CENTRE_LEAD] = LIFEGUARD__CODES__ROLE__CENTRE_LEAD,
	[HUMAN_PROTECTION_OFFICER] = LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER,
	[HUMAN_OPERATOR] = LIFEGUARD__CODES__ROLE__OPERATOR,
};

static const Lifeguard__Codes__Urgency wire_urgencies[URGENCY_COUNT] = {
	[URGENCY_ROUTINE] = LIFEGUARD__CODES__URGENCY__ROUTINE,
	[URGENCY_URGENT] = LIFEGUARD__CODES__URGENCY__URGENT,
	[URGENCY_EMERGENCY] = LIFEGUARD__CODES__URGENCY__EMERGENCY,
};

static void tell_offered(const struct telling *t, const struct referral_effect *e)
{
	const struct referral_work *work = t->item->work;
	const struct referral *r = work->referral;
	const struct ladders *ladders = t->item->state;
	struct lg_arena *arena = t->item->arena;
	Lifeguard__Referral__ReferralOffered message = LIFEGUARD__REFERRAL__REFERRAL_OFFERED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&e->organisation);
	message.round = e->round;
	message.need = need_to_wire(arena, &r->need);
	message.patience_ms = ladders->at[r->need.urgency].answer;
	message.reasons = reasons_to_wire(arena, &e->ranked, &message.n_reasons);
	tell(t, REFERRAL_OFFERED_EVENT, &message.base);
}

const ProtobufCMessage *open_to_regrant(
	const struct telling *t, const struct lg_seal_place *place, struct lg_bytes bytes)
{
	struct lg_audit_entry entry =
		lg_audit_entry_of(t->item, LG_AUDIT_REGRANT, LIFEGUARD__CODES__PURPOSE__REFERRAL);
	struct lg_audit_trail trail = lg_trail(t->batch, t->item);
	ProtobufCMessage *sealed = NULL;
	struct lg_reader reader;

	entry.case_id = place->case_id;
	entry.subject = place->subject;
	entry.class = place->class;
	if (!lg_is_done(lg_reader_machine(
		    &trail, &entry, LG_SERVICE_REFERRAL, LG_MACHINE_REGRANT, &reader)) ||
		!lg_is_done(lg_decode(
			t->item->arena, &lifeguard__envelope__sealed__descriptor, bytes, &sealed)))
		return NULL;
	return lg_batch_open(t->batch, &reader, place, (const Lifeguard__Envelope__Sealed *)sealed);
}

Lifeguard__Envelope__Sealed *seal_identity_anew(
	const struct telling *t, const struct referral *r, struct lg_id event_id)
{
	struct lg_seal_place place = {
		.subject = r->person_id,
		.case_id = t->case_id,
		.context = r->sealed_in,
		.class = LG_CLASS_IDENTITY,
		.content = PERSON_IDENTITY,
	};
	const ProtobufCMessage *identity =
		r->sealed.size == 0 ? NULL : open_to_regrant(t, &place, r->sealed);

	if (identity == NULL)
		return NULL;
	place.subject = t->referral_id; /* what crosses the line has a name of its own */
	place.context = event_id;
	return lg_batch_seal(t->batch, &place, identity);
}

Lifeguard__Envelope__Sealed *seal_code(const struct telling *t, char *code, struct lg_id event_id)
{
	const struct lg_seal_place place = {
		.subject = t->referral_id,
		.case_id = t->case_id,
		.context = event_id,
		.class = LG_CLASS_IDENTITY,
		.content = HANDOVER_CODE,
	};
	Lifeguard__Content__HandoverCode message = LIFEGUARD__CONTENT__HANDOVER_CODE__INIT;

	message.code = code;
	return lg_batch_seal(t->batch, &place, &message.base);
}

static void tell_accepted(const struct telling *t, const struct referral_effect *e)
{
	struct referral_work *work = t->item->work;
	struct referral *r = work->referral;
	struct lg_id event_id = lg_new_id(t->batch);
	Lifeguard__Envelope__Sealed *sealed[2], *identity, *code;
	Lifeguard__Referral__ReferralAccepted message =
		LIFEGUARD__REFERRAL__REFERRAL_ACCEPTED__INIT;
	uint32_t count = 0;

	identity = seal_identity_anew(t, r, event_id);
	code = seal_code(t, work->code, event_id);
	if (identity != NULL)
		sealed[count++] = identity;
	if (code != NULL) {
		sealed[count++] = code;
		r->code_in = event_id;
		r->code_sealed = lg_encode(t->item->arena, &code->base);
		r->handover.has_code = true;
		memcpy(r->handover.hash, work->hash, HANDOVER_HASH_SIZE);
	}
	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&e->organisation);
	message.round = e->round;
	tell_sealed(t, REFERRAL_ACCEPTED_EVENT, &message.base, event_id, count, sealed);
	tell_feedback(t, r, LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_ACCEPTED, t->item->now);
}

static void tell_declined(const struct telling *t, const struct referral_effect *e)
{
	Lifeguard__Referral__ReferralDeclined message =
		LIFEGUARD__REFERRAL__REFERRAL_DECLINED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	if (e->kind == EFFECT_DECLINED) {
		message.organisation_id = id_to_wire(&e->organisation);
		message.reason = (Lifeguard__Referral__DeclineReason)e->code;
	} else {
		message.end = (Lifeguard__Referral__EndReason)e->code;
	}
	tell(t, REFERRAL_DECLINED_EVENT, &message.base);
}

static void tell_escalated(const struct telling *t, const struct referral_effect *e)
{
	const struct referral_work *work = t->item->work;
	const struct referral *r = work->referral;
	const struct ladders *ladders = t->item->state;
	enum human human = ladder_human(&ladders->at[r->need.urgency], r->level);
	Lifeguard__Referral__ReferralEscalated message =
		LIFEGUARD__REFERRAL__REFERRAL_ESCALATED__INIT;
	struct telling step = *t;

	message.referral_id = id_to_wire(&t->referral_id);
	message.reason = wire_escalations[r->escalation];
	message.role = wire_humans[human];
	message.level = r->level;
	message.urgency = wire_urgencies[r->need.urgency];
	message.organisation_id = id_to_wire(&e->organisation);
	step.detail = escalation_names[r->escalation];
	tell(&step, REFERRAL_ESCALATED_EVENT, &message.base);
}

static void tell_handover(const struct telling *t, const struct referral_effect *e)
{
	const struct referral_work *work = t->item->work;
	const struct referral *r = work->referral;
	Lifeguard__Referral__HandoverRecorded message =
		LIFEGUARD__REFERRAL__HANDOVER_RECORDED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&e->organisation);
	message.side = LIFEGUARD__REFERRAL__HANDOVER_SIDE__GAVE;
	message.handed_over_ms = r->handover.gave_at;
	message.station = lg_copy_text(t->item->arena, t->detail);
	tell(t, HANDOVER_RECORDED, &message.base);
}

static void tell_confirmed(const struct telling *t, const struct referral_effect *e)
{
	const struct referral_work *work = t->item->work;
	const struct referral *r = work->referral;
	Lifeguard__Referral__HandoverConfirmed message =
		LIFEGUARD__REFERRAL__HANDOVER_CONFIRMED__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&e->organisation);
	message.handed_over_ms = handover_confirmed_at(&r->handover);
	tell(t, HANDOVER_CONFIRMED, &message.base);
	tell_feedback(t, r, LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_HANDED_OVER,
		message.handed_over_ms);
}

static void tell_late(const struct telling *t, const struct referral_effect *e)
{
	const struct referral_work *work = t->item->work;
	const struct referral *r = work->referral;
	const struct ladders *ladders = t->item->state;
	Lifeguard__Referral__HandoverOverdue message = LIFEGUARD__REFERRAL__HANDOVER_OVERDUE__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.organisation_id = id_to_wire(&e->organisation);
	message.role = wire_humans[ladder_human(&ladders->at[r->need.urgency], r->level)];
	message.level = r->level;
	message.urgency = wire_urgencies[r->need.urgency];
	message.brought = r->handover.gave_at != 0;
	tell(t, HANDOVER_OVERDUE, &message.base);
}

/* The messages that hold the two ids and nothing else have the same fields in front. */
static void tell_ids(const struct telling *t, const struct referral_effect *e)
{
	Lifeguard__Referral__ReferralWithdrawn withdrawn =
		LIFEGUARD__REFERRAL__REFERRAL_WITHDRAWN__INIT;
	Lifeguard__Referral__ReferralPassed passed = LIFEGUARD__REFERRAL__REFERRAL_PASSED__INIT;
	Lifeguard__Referral__DestructionOverdue overdue =
		LIFEGUARD__REFERRAL__DESTRUCTION_OVERDUE__INIT;
	Lifeguard__Referral__FollowUpDue due = LIFEGUARD__REFERRAL__FOLLOW_UP_DUE__INIT;

	if (e->kind == EFFECT_WITHDRAWN) {
		withdrawn.referral_id = id_to_wire(&t->referral_id);
		withdrawn.organisation_id = id_to_wire(&e->organisation);
		tell(t, REFERRAL_WITHDRAWN_EVENT, &withdrawn.base);
	} else if (e->kind == EFFECT_PASSED) {
		passed.referral_id = id_to_wire(&t->referral_id);
		passed.organisation_id = id_to_wire(&e->organisation);
		passed.round = e->round;
		tell(t, REFERRAL_PASSED_EVENT, &passed.base);
	} else if (e->kind == EFFECT_DESTRUCTION_OVERDUE) {
		overdue.referral_id = id_to_wire(&t->referral_id);
		overdue.organisation_id = id_to_wire(&e->organisation);
		tell(t, DESTRUCTION_OVERDUE, &overdue.base);
	} else {
		due.referral_id = id_to_wire(&t->referral_id);
		tell(t, FOLLOW_UP_DUE, &due.base);
	}
}

void tell_effect(struct telling *t, const struct referral_effect *e)
{
	t->other_site = lg_id_is_zero(e->organisation) ? 0 : lg_id_site(e->organisation);
	t->organisation = e->organisation;
	switch (e->kind) {
	case EFFECT_OFFERED:
		tell_offered(t, e);
		return;
	case EFFECT_ACCEPTED:
		tell_accepted(t, e);
		return;
	case EFFECT_DECLINED:
	case EFFECT_ENDED:
		tell_declined(t, e);
		return;
	case EFFECT_ESCALATED:
		tell_escalated(t, e);
		return;
	case EFFECT_GAVE:
		tell_handover(t, e);
		return;
	case EFFECT_HANDED_OVER:
		tell_confirmed(t, e);
		return;
	case EFFECT_HANDOVER_OVERDUE:
		tell_late(t, e);
		return;
	case EFFECT_WITHDRAWN:
	case EFFECT_PASSED:
	case EFFECT_DESTRUCTION_OVERDUE:
	case EFFECT_CALL_BACK_DUE:
		tell_ids(t, e);
		return;
	}
	abort();
}

void tell_feedback(const struct telling *t, const struct referral *r,
	Lifeguard__Referral__Milestone milestone, lg_ms reached_at)
{
	Lifeguard__Referral__FeedbackGiven message = LIFEGUARD__REFERRAL__FEEDBACK_GIVEN__INIT;

	message.referral_id = id_to_wire(&t->referral_id);
	message.person_id = id_to_wire(&r->person_id);
	message.milestone = milestone;
	message.reached_ms = reached_at;
	message.station = lg_copy_text(t->item->arena, r->station);
	publish(t, FEEDBACK_GIVEN, &message.base, lg_new_id(t->batch), 0, 0, NULL);
}
