/*
 * An operator has a partition of the projection built again: what it holds is forgotten in the
 * transaction that puts its positions back to the beginning of the streams.
 */
#include "services/reporting/handlers.h"

#include "proto/reporting.pb-c.h"

struct lg_status decide_rebuild(struct lg_item *item)
{
	const Lifeguard__Reporting__RebuildProjection *message =
		(const Lifeguard__Reporting__RebuildProjection *)item->message;

	if (!message->confirm)
		return lg_refuse("confirm must be true: totals are incomplete while it lasts");
	return lg_done();
}

/* Streams of one partition that are read here: one per publishing service and lane. */
static uint32_t count_streams(void)
{
	bool is_read[LG_SERVICE_COUNT][LG_LANE_COUNT] = { { false } };
	uint32_t type_count = 0, streams = 0;
	const struct lg_message_type *types = lg_message_types(&type_count);

	for (uint32_t i = 0; i < type_count; i++) {
		if (types[i].kind != LG_MESSAGE_EVENT ||
			!lg_service_in(types[i].to, LG_SERVICE_REPORTING))
			continue;
		for (uint32_t from = 0; from < LG_SERVICE_COUNT; from++) {
			bool *known = &is_read[from][types[i].lane];

			if (!lg_service_in(types[i].from, from) || *known)
				continue;
			*known = true;
			streams++;
		}
	}
	return streams;
}

void store_rebuild(struct lg_batch *batch, struct lg_item *item)
{
	Lifeguard__Reporting__RebuildStarted answer = LIFEGUARD__REPORTING__REBUILD_STARTED__INIT;

	forget_partition(batch, item->partition);
	lg_rewind(batch, item);
	answer.streams = count_streams();
	lg_answer(batch, item, &answer.base);
}
