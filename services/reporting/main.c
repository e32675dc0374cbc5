/*
 * lg-reporting: totals and traces, from events without personal data.
 *
 * Reading order: handlers.c (what is taken), on_events.c (an event's share), domain/projection.c
 * (what that is), on_report.c and domain/report.c (what is asked for); the same for the journey:
 * on_journey.c, on_referral.c, domain/journey.c, on_journey_report.c.
 */
#include "common/run/service.h"
#include "services/reporting/handlers.h"

static const struct lg_service reporting = {
	.number = LG_SERVICE_REPORTING,
	.name = "reporting",
	.description = "totals per station and month, traces of cases, without personal data",
	.handlers = reporting_handlers,
	.tables = store_tables,
	.table_count = STORE_TABLE_COUNT,
	.forget = forget_partition,
};

int main(int argc, char **argv)
{
	return lg_run(argc, argv, &reporting);
}
