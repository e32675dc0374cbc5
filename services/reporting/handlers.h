/* The table of contents of reporting: which message is taken where, and what each gathers. */
#ifndef SERVICES_REPORTING_HANDLERS_H
#define SERVICES_REPORTING_HANDLERS_H

#include "services/reporting/store.h"

/* Numbers of proto/registry.txt; a test compares them. */
enum {
	MIGRANT_ENGAGED = 101,
	SCREENING_COMPLETED = 102,
	PERSON_IDENTIFIED = 103,
	REPORT_INTERCEPTIONS = 1801,
	SHOW_TRACE = 1802,
	REBUILD_PROJECTION = 1803,
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
