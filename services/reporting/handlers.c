/* The messages that reporting takes, in the order of the journey. */
#include "services/reporting/handlers.h"

#include "proto/codes.pb-c.h"

#define MAY(role) LG_ROLE(LIFEGUARD__CODES__ROLE__##role)

const struct lg_handler reporting_handlers[] = {
	{
		.type = MIGRANTS_INFORMED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_informed,
		.store = store_tally,
	},
	{
		.type = MIGRANT_ENGAGED,
		.work_size = sizeof(struct event_work),
		.decide = decide_engaged,
		.store = store_event,
	},
	{
		.type = SCREENING_COMPLETED,
		.work_size = sizeof(struct event_work),
		.decide = decide_screened,
		.store = store_event,
	},
	{
		.type = PERSON_IDENTIFIED,
		.work_size = sizeof(struct event_work),
		.decide = decide_identified,
		.store = store_event,
	},
	{
		.type = MISSING_PERSON_REPORTED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = RESCUE_RECORDED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_rescued,
		.store = store_journey,
	},
	{
		.type = STEP_DONE,
		.work_size = sizeof(struct journey_work),
		.decide = decide_step,
		.store = store_journey,
	},
	{
		.type = MATCH_PROPOSED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_match_proposed,
		.store = store_journey,
	},
	{
		.type = MATCH_CONFIRMED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_match_confirmed,
		.store = store_journey,
	},
	{
		.type = MATCH_UNDONE,
		.work_size = sizeof(struct journey_work),
		.decide = decide_match_undone,
		.store = store_journey,
	},
	{
		.type = WATCHLIST_HIT,
		.work_size = sizeof(struct journey_work),
		.decide = decide_watchlist_hit,
		.store = store_journey,
	},
	{
		.type = MATCH_REJECTED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = REFERRAL_OFFERED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_offered,
		.store = store_journey,
	},
	{
		.type = REFERRAL_RECEIVED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = REFERRAL_ANSWERED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_answered,
		.store = store_journey,
	},
	{
		.type = REFERRAL_ACCEPTED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = REFERRAL_DECLINED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_declined,
		.store = store_journey,
	},
	{
		.type = REFERRAL_ESCALATED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_escalated,
		.store = store_journey,
	},
	{
		.type = REFERRAL_WITHDRAWN,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = REFERRAL_PASSED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = DESTRUCTION_ACKNOWLEDGED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = DESTRUCTION_OVERDUE,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = HANDOVER_RECORDED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_handover,
		.store = store_journey,
	},
	{
		.type = HANDOVER_CONFIRMED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_traced,
		.store = store_journey,
	},
	{
		.type = REUNIFICATION_RECORDED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = REHABILITATION_STARTED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = FOLLOW_UP_RECORDED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_follow_up,
		.store = store_journey,
	},
	{
		.type = LEGAL_MILESTONE_RECORDED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_legal,
		.store = store_journey,
	},
	{
		.type = DESTINATION_LINKED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = CASE_CLOSED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_closed,
		.store = store_journey,
	},
	{
		.type = FOLLOW_UP_DUE,
		.work_size = sizeof(struct journey_work),
		.decide = decide_follow_up_due,
		.store = store_journey,
	},
	{
		.type = FEEDBACK_GIVEN,
		.work_size = sizeof(struct journey_work),
		.decide = decide_feedback,
		.store = store_journey,
	},
	{
		.type = NOTIFICATION_SENT,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = NOTIFICATION_FAILED,
		.work_size = sizeof(struct journey_work),
		.decide = decide_counted,
		.store = store_journey,
	},
	{
		.type = REPORT_INTERCEPTIONS,
		.roles = MAY(CENTRE_LEAD) | MAY(MANAGER) | MAY(OPERATOR),
		.work_size = sizeof(struct report_work),
		.load = load_report,
		.decide = decide_report,
		.store = store_report,
	},
	{
		.type = REPORT_JOURNEY,
		.roles = MAY(CENTRE_LEAD) | MAY(MANAGER) | MAY(OPERATOR),
		.work_size = sizeof(struct journey_report_work),
		.load = load_journey_report,
		.decide = decide_journey_report,
		.store = store_journey_report,
	},
	{
		.type = SHOW_TRACE,
		.roles = MAY(CENTRE_LEAD) | MAY(OPERATOR),
		.work_size = sizeof(struct trace_work),
		.load = load_trace,
		.decide = decide_trace,
		.store = store_trace,
	},
	{
		.type = REBUILD_PROJECTION,
		.roles = MAY(OPERATOR),
		.is_alone = true, /* events of the same batch would be kept and read again */
		.decide = decide_rebuild,
		.store = store_rebuild,
	},
	{ .type = 0 },
};

void forget_partition(struct lg_batch *batch, uint8_t partition)
{
	forget_interceptions(batch, partition);
	forget_journey(batch, partition);
	forget_person_pairs(batch, partition);
	forget_case_events(batch, partition);
}
