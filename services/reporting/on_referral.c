/*
 * What referral tells at this site: as home of a referral, or for an organisation's desk here.  The
 * home counts the outcome, because a referral has one home and perhaps many desks; what desks did is
 * counted apart and never added to it.  Over all sites both come to the same.
 *
 * What happens at a desk elsewhere is heard here as FeedbackGiven, which the home tells once for each
 * milestone.
 */
#include "services/reporting/handlers.h"

#include "proto/referral.pb-c.h"

struct lg_status decide_offered(struct lg_item *item)
{
	const Lifeguard__Referral__ReferralOffered *message =
		(const Lifeguard__Referral__ReferralOffered *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = journey_begin(item);

	if (!lg_is_done(status))
		return status;
	journey_share_add(&work->share, OFFERS, 1);
	journey_share_add(&work->share, REFERRALS, message->round == 1 ? 1 : 0);
	return status;
}

struct lg_status decide_answered(struct lg_item *item)
{
	const Lifeguard__Referral__ReferralAnswered *message =
		(const Lifeguard__Referral__ReferralAnswered *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = journey_begin(item);

	if (lg_is_done(status))
		journey_share_add(&work->share, message->accepts ? DESK_SAID_YES : DESK_SAID_NO, 1);
	return status;
}

/*
 * A code and its counter.  Codes of this version without a row count nothing; one that is not said
 * (0) is refused.
 */
struct code_counter {
	uint32_t code; /* 0 ends the table */
	enum journey_counter counter;
};

static struct lg_status add_code(
	struct journey_share *share, uint32_t code, const struct code_counter *table)
{
	if (code == 0)
		return lg_refuse("the event does not say which");
	for (; table->code != 0; table++)
		if (table->code == code)
			journey_share_add(share, table->counter, 1);
	return lg_done();
}

static struct lg_status count_code(
	struct lg_item *item, uint32_t code, const struct code_counter *table)
{
	struct journey_work *work = item->work;
	struct lg_status status = journey_begin(item);

	return lg_is_done(status) ? add_code(&work->share, code, table) : status;
}

struct lg_status decide_declined(struct lg_item *item)
{
	static const struct code_counter ends[] = {
		{ LIFEGUARD__REFERRAL__END_REASON__TRAVELS_ON, ENDED_TRAVELS_ON },
		{ LIFEGUARD__REFERRAL__END_REASON__SAID_NO, ENDED_SAID_NO },
		{ LIFEGUARD__REFERRAL__END_REASON__HELPED_OTHERWISE, ENDED_HELPED_OTHERWISE },
		{ .code = 0 },
	};
	const Lifeguard__Referral__ReferralDeclined *message =
		(const Lifeguard__Referral__ReferralDeclined *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status;

	if (message->organisation_id.len == 0)
		return count_code(item, (uint32_t)message->end, ends);
	status = journey_begin(item);
	if (lg_is_done(status))
		journey_share_add(&work->share, DECLINED, 1);
	return status;
}

struct lg_status decide_escalated(struct lg_item *item)
{
	const Lifeguard__Referral__ReferralEscalated *message =
		(const Lifeguard__Referral__ReferralEscalated *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = journey_begin(item);

	if (lg_is_done(status))
		journey_share_add(
			&work->share, message->level <= 1 ? ESCALATED : ESCALATED_AGAIN, 1);
	return status;
}

/* The home's word is counted when both have spoken (FeedbackGiven). */
struct lg_status decide_handover(struct lg_item *item)
{
	static const struct code_counter sides[] = {
		{ LIFEGUARD__REFERRAL__HANDOVER_SIDE__TOOK, DESK_TOOK },
		{ .code = 0 },
	};
	const Lifeguard__Referral__HandoverRecorded *message =
		(const Lifeguard__Referral__HandoverRecorded *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = journey_share_begin("", message->handed_over_ms, &work->share);

	return lg_is_done(status) ? add_code(&work->share, (uint32_t)message->side, sides) : status;
}

struct lg_status decide_follow_up(struct lg_item *item)
{
	static const struct code_counter results[] = {
		{ LIFEGUARD__REFERRAL__FOLLOW_UP_RESULT__NOT_FOUND, DESK_NOT_FOUND },
		{ LIFEGUARD__REFERRAL__FOLLOW_UP_RESULT__TRAFFICKED_AGAIN, DESK_TRAFFICKED_AGAIN },
		{ .code = 0 },
	};
	const Lifeguard__Referral__FollowUpRecorded *message =
		(const Lifeguard__Referral__FollowUpRecorded *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = count_code(item, (uint32_t)message->result, results);

	if (lg_is_done(status))
		journey_share_add(&work->share, DESK_FOLLOWED_UP, 1);
	return status;
}

struct lg_status decide_legal(struct lg_item *item)
{
	static const struct code_counter steps[] = {
		{ LIFEGUARD__REFERRAL__LEGAL_STEP__FIRST_REPORT, DESK_FIRST_REPORTS },
		{ LIFEGUARD__REFERRAL__LEGAL_STEP__CHARGE_SHEET, DESK_CHARGE_SHEETS },
		{ LIFEGUARD__REFERRAL__LEGAL_STEP__HEARING, DESK_HEARINGS },
		{ LIFEGUARD__REFERRAL__LEGAL_STEP__VERDICT, DESK_VERDICTS },
		{ LIFEGUARD__REFERRAL__LEGAL_STEP__COMPENSATION_ORDERED,
			DESK_COMPENSATIONS_ORDERED },
		{ LIFEGUARD__REFERRAL__LEGAL_STEP__COMPENSATION_PAID, DESK_COMPENSATIONS_PAID },
		{ .code = 0 },
	};
	const Lifeguard__Referral__LegalMilestoneRecorded *message =
		(const Lifeguard__Referral__LegalMilestoneRecorded *)item->message;

	return count_code(item, (uint32_t)message->step, steps);
}

struct lg_status decide_closed(struct lg_item *item)
{
	static const struct code_counter outcomes[] = {
		{ LIFEGUARD__REFERRAL__OUTCOME__WITH_FAMILY, DESK_CLOSED_WITH_FAMILY },
		{ LIFEGUARD__REFERRAL__OUTCOME__OTHER_CARE, DESK_CLOSED_OTHER_CARE },
		{ LIFEGUARD__REFERRAL__OUTCOME__WENT_ON, DESK_CLOSED_WENT_ON },
		{ LIFEGUARD__REFERRAL__OUTCOME__LEFT_ON_HER_OWN, DESK_CLOSED_LEFT },
		{ .code = 0 },
	};
	const Lifeguard__Referral__CaseClosed *message =
		(const Lifeguard__Referral__CaseClosed *)item->message;

	return count_code(item, (uint32_t)message->outcome, outcomes);
}

struct lg_status decide_follow_up_due(struct lg_item *item)
{
	const Lifeguard__Referral__FollowUpDue *message =
		(const Lifeguard__Referral__FollowUpDue *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status = journey_begin(item);

	if (lg_is_done(status))
		journey_share_add(&work->share,
			message->month == 0 ? CALL_BACKS_DUE : DESK_FOLLOW_UPS_DUE, 1);
	return status;
}

/* Acceptance is counted by ReferralAccepted. */
struct lg_status decide_feedback(struct lg_item *item)
{
	static const struct code_counter milestones[] = {
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_HANDED_OVER, HANDED_OVER },
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_REUNIFIED, REUNIFIED },
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_REHABILITATION, REHABILITATED },
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_FOLLOWED_UP, FOLLOWED_UP },
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_CLOSED, CLOSED },
		{ .code = 0 },
	};
	const Lifeguard__Referral__FeedbackGiven *message =
		(const Lifeguard__Referral__FeedbackGiven *)item->message;
	struct journey_work *work = item->work;
	struct lg_status status =
		journey_share_begin(message->station, message->reached_ms, &work->share);

	return lg_is_done(status) ? add_code(&work->share, (uint32_t)message->milestone, milestones)
				  : status;
}
