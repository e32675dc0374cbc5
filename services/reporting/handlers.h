/* The table of contents of reporting: which message is taken where, and what each gathers. */
#ifndef SERVICES_REPORTING_HANDLERS_H
#define SERVICES_REPORTING_HANDLERS_H

#include "services/reporting/store.h"

/* Numbers of proto/registry.txt; a test compares them. */
enum {
	MIGRANT_ENGAGED = 101,
	SCREENING_COMPLETED = 102,
	PERSON_IDENTIFIED = 103,
	RESCUE_RECORDED = 104,
	MISSING_PERSON_REPORTED = 105,
	STEP_DONE = 107,
	MIGRANTS_INFORMED = 108,
	MATCH_PROPOSED = 201,
	MATCH_CONFIRMED = 202,
	MATCH_REJECTED = 203,
	WATCHLIST_HIT = 209,
	MATCH_UNDONE = 210,
	REFERRAL_OFFERED = 301,
	REFERRAL_RECEIVED = 302,
	REFERRAL_ANSWERED = 303,
	REFERRAL_ACCEPTED = 304,
	REFERRAL_DECLINED = 305,
	REFERRAL_ESCALATED = 306,
	REFERRAL_WITHDRAWN = 307,
	REFERRAL_PASSED = 308,
	DESTRUCTION_ACKNOWLEDGED = 309,
	DESTRUCTION_OVERDUE = 310,
	HANDOVER_RECORDED = 311,
	HANDOVER_CONFIRMED = 312,
	REUNIFICATION_RECORDED = 313,
	REHABILITATION_STARTED = 314,
	FOLLOW_UP_RECORDED = 315,
	LEGAL_MILESTONE_RECORDED = 316,
	DESTINATION_LINKED = 317,
	CASE_CLOSED = 318,
	FOLLOW_UP_DUE = 319,
	FEEDBACK_GIVEN = 320,
	NOTIFICATION_SENT = 401,
	NOTIFICATION_FAILED = 402,
	REPORT_INTERCEPTIONS = 1801,
	SHOW_TRACE = 1802,
	REBUILD_PROJECTION = 1803,
	REPORT_JOURNEY = 1804,
};

/* Ends with a row of type 0. */
extern const struct lg_handler reporting_handlers[];

/* Forgets what the events of a partition added. */
void forget_partition(struct lg_batch *batch, uint8_t partition);

/* Events (on_events.c): each adds its share. */
struct event_work {
	struct interception_row delta;
};

struct lg_status decide_engaged(struct lg_item *item);
struct lg_status decide_screened(struct lg_item *item);
struct lg_status decide_identified(struct lg_item *item);
void store_event(struct lg_batch *batch, struct lg_item *item);

/* Adds the event to its case's trace (on_events.c). */
void store_hop(struct lg_batch *batch, struct lg_item *item);

/* Events of the journey: each adds its share to the counters. */
struct journey_work {
	struct journey_share share;
	bool has_pair;
	struct person_pair pair; /* with has_pair */
};

/* An empty share, of no one station, in the month in which the event happened. */
LG_MUST_CHECK struct lg_status journey_begin(struct lg_item *item);

/* Of intake, matching and notification, and whatever counts one (on_journey.c). */
struct lg_status decide_informed(struct lg_item *item);
struct lg_status decide_counted(struct lg_item *item);
struct lg_status decide_rescued(struct lg_item *item);
struct lg_status decide_step(struct lg_item *item);
struct lg_status decide_match_proposed(struct lg_item *item);
struct lg_status decide_match_confirmed(struct lg_item *item);
struct lg_status decide_match_undone(struct lg_item *item);
struct lg_status decide_watchlist_hit(struct lg_item *item);
struct lg_status decide_traced(struct lg_item *item);
void store_journey(struct lg_batch *batch, struct lg_item *item);
void store_tally(struct lg_batch *batch, struct lg_item *item);

/* Of referral (on_referral.c). */
struct lg_status decide_offered(struct lg_item *item);
struct lg_status decide_answered(struct lg_item *item);
struct lg_status decide_declined(struct lg_item *item);
struct lg_status decide_escalated(struct lg_item *item);
struct lg_status decide_handover(struct lg_item *item);
struct lg_status decide_follow_up(struct lg_item *item);
struct lg_status decide_legal(struct lg_item *item);
struct lg_status decide_closed(struct lg_item *item);
struct lg_status decide_follow_up_due(struct lg_item *item);
struct lg_status decide_feedback(struct lg_item *item);

/* ReportJourney (on_journey_report.c). */
struct journey_report_work {
	struct lg_found *counted, *paired;
	struct journey_row *rows;
	size_t count;
	int64_t totals[JOURNEY_COUNTERS];
};

void load_journey_report(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_journey_report(struct lg_item *item);
void store_journey_report(struct lg_batch *batch, struct lg_item *item);

/* ReportInterceptions (on_report.c). */
struct report_work {
	struct lg_found *found;
	struct interception_row *rows;
	size_t count;
	struct interception_counts total;
};

void load_report(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_report(struct lg_item *item);
void store_report(struct lg_batch *batch, struct lg_item *item);

/* ShowTrace (on_trace.c). */
struct trace_work {
	struct lg_found *found;
};

void load_trace(struct lg_batch *batch, struct lg_item *item);
struct lg_status decide_trace(struct lg_item *item);
void store_trace(struct lg_batch *batch, struct lg_item *item);

/* RebuildProjection (on_rebuild.c). */
struct lg_status decide_rebuild(struct lg_item *item);
void store_rebuild(struct lg_batch *batch, struct lg_item *item);

#endif
