/* The messages that reporting takes, in the order of the journey. */
#include "services/reporting/handlers.h"

#include "proto/codes.pb-c.h"

#define MAY(role) LG_ROLE(LIFEGUARD__CODES__ROLE__##role)

const struct lg_handler reporting_handlers[] = {
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
		.type = REPORT_INTERCEPTIONS,
		.roles = MAY(CENTRE_LEAD) | MAY(MANAGER) | MAY(OPERATOR),
		.work_size = sizeof(struct report_work),
		.load = load_report,
		.decide = decide_report,
		.store = store_report,
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
	forget_case_events(batch, partition);
}
