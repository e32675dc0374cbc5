/*
 * What the organisation does for her afterwards, told at its own site; and the home, which follows
 * and tells those who rescued her.
 */
#include "services/referral/tell.h"
#include "services/referral/wire/wire.h"

/* What each message says: the step of the life, and when. */
static struct lg_status at_desk(struct lg_item *item, enum referral_event on, lg_ms at)
{
	struct referral_work *work = item->work;
	struct lg_status status = check_is_on_desk(item);

	if (!lg_is_done(status))
		return status;
	if (at <= 0 || at > item->now) {
		item->refusal_status = 422;
		return lg_refuse("the time is missing, or lies ahead");
	}
	return offer_follow(work->offer, on, at, employer_of(item));
}

struct lg_status decide_reunify(struct lg_item *item)
{
	const Lifeguard__Referral__RecordReunification *message =
		(const Lifeguard__Referral__RecordReunification *)item->message;
	const char *district = "";
	struct lg_status status = words_from_wire(item->arena, &message->district, 1, 1, &district);

	if (!lg_is_done(status))
		return status;
	return at_desk(item, ON_REUNIFIED, message->reunified_ms);
}

struct lg_status decide_rehabilitate(struct lg_item *item)
{
	const Lifeguard__Referral__StartRehabilitation *message =
		(const Lifeguard__Referral__StartRehabilitation *)item->message;
	const char *services = "";
	struct lg_status status = words_from_wire(
		item->arena, message->services, message->n_services, NEEDS_MAX, &services);

	if (!lg_is_done(status))
		return status;
	return at_desk(item, ON_REHABILITATION, message->started_ms);
}

struct lg_status decide_follow_up(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const Lifeguard__Referral__RecordFollowUp *message =
		(const Lifeguard__Referral__RecordFollowUp *)item->message;
	struct lg_status status;

	if (message->result == LIFEGUARD__REFERRAL__FOLLOW_UP_RESULT__FOLLOW_UP_RESULT_UNSPECIFIED)
		return lg_refuse("say how she was found");
	status = at_desk(item, ON_FOLLOW_UP, message->visited_ms);
	if (lg_is_done(status))
		work->month = aftercare_visit(&work->offer->aftercare);
	return status;
}

struct lg_status decide_legal(struct lg_item *item)
{
	const Lifeguard__Referral__RecordLegalMilestone *message =
		(const Lifeguard__Referral__RecordLegalMilestone *)item->message;

	if (message->step == LIFEGUARD__REFERRAL__LEGAL_STEP__LEGAL_STEP_UNSPECIFIED)
		return lg_refuse("say which step of the law it is");
	return at_desk(item, ON_LEGAL, message->reached_ms);
}

struct lg_status decide_close(struct lg_item *item)
{
	const Lifeguard__Referral__CloseReferral *message =
		(const Lifeguard__Referral__CloseReferral *)item->message;

	if (message->outcome == LIFEGUARD__REFERRAL__OUTCOME__OUTCOME_UNSPECIFIED)
		return lg_refuse("say how it ended");
	return at_desk(item, ON_CLOSED, message->closed_ms);
}

/* --- told to the home --------------------------------------------------------------------- */

static void tell_reunified(const struct telling *t, ProtobufCBinaryData referral_id,
	ProtobufCBinaryData organisation_id)
{
	const Lifeguard__Referral__RecordReunification *said =
		(const Lifeguard__Referral__RecordReunification *)t->item->message;
	Lifeguard__Referral__ReunificationRecorded message =
		LIFEGUARD__REFERRAL__REUNIFICATION_RECORDED__INIT;

	message.referral_id = referral_id;
	message.organisation_id = organisation_id;
	message.reunified_ms = said->reunified_ms;
	message.district = said->district;
	tell(t, REUNIFICATION_RECORDED, &message.base);
}

static void tell_rehabilitation(const struct telling *t, ProtobufCBinaryData referral_id,
	ProtobufCBinaryData organisation_id)
{
	const Lifeguard__Referral__StartRehabilitation *said =
		(const Lifeguard__Referral__StartRehabilitation *)t->item->message;
	Lifeguard__Referral__RehabilitationStarted message =
		LIFEGUARD__REFERRAL__REHABILITATION_STARTED__INIT;

	message.referral_id = referral_id;
	message.organisation_id = organisation_id;
	message.started_ms = said->started_ms;
	message.n_services = said->n_services;
	message.services = said->services;
	tell(t, REHABILITATION_STARTED, &message.base);
}

static void tell_follow_up(const struct telling *t, ProtobufCBinaryData referral_id,
	ProtobufCBinaryData organisation_id)
{
	const struct referral_work *work = t->item->work;
	const Lifeguard__Referral__RecordFollowUp *said =
		(const Lifeguard__Referral__RecordFollowUp *)t->item->message;
	Lifeguard__Referral__FollowUpRecorded message =
		LIFEGUARD__REFERRAL__FOLLOW_UP_RECORDED__INIT;

	message.referral_id = referral_id;
	message.organisation_id = organisation_id;
	message.month = work->month;
	message.result = said->result;
	message.visited_ms = said->visited_ms;
	tell(t, FOLLOW_UP_RECORDED, &message.base);
}

static void tell_legal(const struct telling *t, ProtobufCBinaryData referral_id,
	ProtobufCBinaryData organisation_id)
{
	const Lifeguard__Referral__RecordLegalMilestone *said =
		(const Lifeguard__Referral__RecordLegalMilestone *)t->item->message;
	Lifeguard__Referral__LegalMilestoneRecorded message =
		LIFEGUARD__REFERRAL__LEGAL_MILESTONE_RECORDED__INIT;

	message.referral_id = referral_id;
	message.organisation_id = organisation_id;
	message.step = said->step;
	message.reached_ms = said->reached_ms;
	tell(t, LEGAL_MILESTONE_RECORDED, &message.base);
}

static void tell_closed(const struct telling *t, ProtobufCBinaryData referral_id,
	ProtobufCBinaryData organisation_id)
{
	const Lifeguard__Referral__CloseReferral *said =
		(const Lifeguard__Referral__CloseReferral *)t->item->message;
	Lifeguard__Referral__CaseClosed message = LIFEGUARD__REFERRAL__CASE_CLOSED__INIT;

	message.referral_id = referral_id;
	message.organisation_id = organisation_id;
	message.outcome = said->outcome;
	message.closed_ms = said->closed_ms;
	tell(t, CASE_CLOSED, &message.base);
}

void store_aftercare(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	const struct telling t = desk_telling(batch, item, "");
	ProtobufCBinaryData referral_id = id_to_wire(&work->referral_id);
	ProtobufCBinaryData organisation_id = id_to_wire(&work->offer->organisation);

	if (item->type->number == RECORD_REUNIFICATION)
		tell_reunified(&t, referral_id, organisation_id);
	else if (item->type->number == START_REHABILITATION)
		tell_rehabilitation(&t, referral_id, organisation_id);
	else if (item->type->number == RECORD_FOLLOW_UP)
		tell_follow_up(&t, referral_id, organisation_id);
	else if (item->type->number == RECORD_LEGAL_MILESTONE)
		tell_legal(&t, referral_id, organisation_id);
	else
		tell_closed(&t, referral_id, organisation_id);
	keep_offer(batch, item);
	answer_changed(batch, item, work->offer->state);
}

/* --- the home follows ----------------------------------------------------------------------- */

static const struct {
	uint32_t type;
	enum referral_event on;
	Lifeguard__Referral__Milestone milestone; /* UNSPECIFIED: not told to those who rescued */
} followed[] = {
	{ REUNIFICATION_RECORDED, ON_REUNIFIED,
		LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_REUNIFIED },
	{ REHABILITATION_STARTED, ON_REHABILITATION,
		LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_REHABILITATION },
	{ FOLLOW_UP_RECORDED, ON_FOLLOW_UP, LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_FOLLOWED_UP },
	{ LEGAL_MILESTONE_RECORDED, ON_LEGAL,
		LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_UNSPECIFIED },
	{ CASE_CLOSED, ON_CLOSED, LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_CLOSED },
};

static size_t place_of(const struct lg_item *item)
{
	size_t place = 0;

	while (followed[place].type != item->type->number)
		place++;
	return place;
}

struct lg_status decide_told(struct lg_item *item)
{
	struct referral_work *work = item->work;
	bool is_heard;
	struct lg_status status = check_told_by_desk(item, &is_heard);

	if (is_heard)
		work->is_news = referral_followed(
			work->referral, work->organisation_id, followed[place_of(item)].on);
	return status;
}

void store_told(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	size_t place = place_of(item);
	const struct telling t = {
		.batch = batch,
		.item = item,
		.referral_id = work->referral_id,
		.case_id = item->key,
		.by = BY_ORGANISATION,
	};

	if (!work->is_ours || !work->is_news)
		return;
	if (followed[place].milestone != LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_UNSPECIFIED)
		tell_feedback(
			&t, work->referral, followed[place].milestone, item->event->occurred_at);
	keep_referral(batch, item);
}

/* --- a visit is due -------------------------------------------------------------------------- */

struct lg_status decide_offer_due(struct lg_item *item)
{
	struct referral_work *work = item->work;
	const struct ladders *ladders = item->state;

	work->month = offer_overdue(work->offer, ladders->month, item->now);
	return lg_done();
}

void store_offer_due(struct lg_batch *batch, struct lg_item *item)
{
	const struct referral_work *work = item->work;
	Lifeguard__Referral__FollowUpDue message = LIFEGUARD__REFERRAL__FOLLOW_UP_DUE__INIT;
	const struct telling t = desk_telling(batch, item, "");

	if (work->month == 0)
		return;
	message.referral_id = id_to_wire(&work->referral_id);
	message.organisation_id = id_to_wire(&work->offer->organisation);
	message.month = work->month;
	tell(&t, FOLLOW_UP_DUE, &message.base);
	keep_offer(batch, item);
}
