#include "common/run/unhandled.h"

#include <assert.h>

#include "common/db/inbox.h"
#include "common/run/gather.h"

#define ROWS_MAX 500 /* as in the statement */

/* Rows on their way; the partition may be lost when they come. */
struct taking {
	struct lg_instance *instance;
	struct lg_delivery *delivery; /* lies in its own arena, and so does this */
	bool is_answered;
};

static void rows_answered(void *argument, const PGresult *result)
{
	struct taking *taking = argument;
	struct lg_delivery *delivery = taking->delivery;
	struct lg_arena *arena = delivery->arena;

	taking->is_answered = result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK;
	if (!taking->is_answered)
		return;
	delivery->count = (uint32_t)PQntuples(result);
	assert(delivery->count <= ROWS_MAX);
	delivery->events = lg_alloc_array(arena, delivery->count, sizeof *delivery->events);
	delivery->rows = lg_alloc_array(arena, delivery->count, sizeof *delivery->rows);
	delivery->faults = lg_alloc_array(arena, delivery->count, sizeof *delivery->faults);
	delivery->parked = lg_alloc_array(arena, delivery->count, sizeof *delivery->parked);
	for (uint32_t i = 0; i < delivery->count; i++) {
		struct lg_status status;

		delivery->parked[i] = lg_field_int(result, (int)i, 0);
		delivery->rows[i] = lg_copy(arena, lg_field_bytes(result, (int)i, 1));
		status = lg_envelope_unwrap(arena, delivery->rows[i], &delivery->events[i]);
		if (!lg_is_done(status))
			delivery->faults[i] = status.reason;
	}
}

static void rows_synced(void *argument, const PGresult *result)
{
	struct taking *taking = argument;
	struct lg_delivery *delivery = taking->delivery;
	struct lg_instance *instance = taking->instance;
	struct lg_owned *owned =
		lg_owned_still(instance, delivery->partition, delivery->generation);

	if (owned != NULL && result != NULL && taking->is_answered && delivery->count > 0) {
		lg_gather_add(instance, delivery);
		lg_gather_pump(instance);
		return;
	}
	if (owned != NULL && result != NULL && taking->is_answered) {
		lg_owned_read(owned);
	} else if (owned != NULL && result != NULL) {
		lg_instance_fault(instance, "what an earlier version kept could not be read");
		lg_fence_forget(instance->fence, (uint16_t)(1u << delivery->partition));
	}
	lg_arena_free(delivery->arena);
}

/* What this version takes, and what it knows to be for others: that is passed over. */
static void add_known_types(struct lg_rows *types, const struct lg_owned *owned, int64_t after)
{
	const struct lg_service *service = owned->instance->service;
	uint32_t count;
	const struct lg_message_type *known = lg_message_types(&count);

	for (const struct lg_handler *h = service->handlers; h->type != 0; h++)
		lg_rows_add(types, (struct lg_value[]){ lg_v_int(owned->partition),
					   lg_v_int((int32_t)h->type), lg_v_int(after) });
	for (uint32_t i = 0; i < count; i++)
		if (known[i].kind == LG_MESSAGE_EVENT &&
			!lg_service_in(known[i].to, service->number))
			lg_rows_add(types,
				(struct lg_value[]){ lg_v_int(owned->partition),
					lg_v_int((int32_t)known[i].number), lg_v_int(after) });
}

void lg_unhandled_take(struct lg_owned *owned, int64_t after)
{
	struct lg_instance *instance = owned->instance;
	struct lg_arena *arena = lg_arena_new();
	struct taking *taking = lg_alloc(arena, sizeof *taking);
	struct lg_rows *types = lg_rows_new(arena, &lg_inbox_statements[LG_INBOX_UNHANDLED_TAKE]);

	taking->instance = instance;
	taking->delivery = lg_alloc(arena, sizeof *taking->delivery);
	*taking->delivery = (struct lg_delivery){ .kind = LG_DELIVERY_UNHANDLED,
		.partition = owned->partition,
		.generation = owned->generation,
		.arena = arena,
		.arrived_us = uv_hrtime() / 1000,
		.arrived_at = lg_now() };
	add_known_types(types, owned, after);
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_UNHANDLED_TAKE],
		lg_rows_params(types), rows_answered, taking);
	lg_pg_sync(instance->pg, rows_synced, taking);
}

void lg_unhandled_ended(
	struct lg_instance *instance, const struct lg_taken *taken, bool is_committed)
{
	struct lg_delivery *delivery = taken->delivery;
	struct lg_owned *owned =
		lg_owned_still(instance, delivery->partition, delivery->generation);

	delivery->done += taken->count;
	delivery->users--;
	if (owned != NULL && is_committed && delivery->done == delivery->count)
		lg_unhandled_take(owned, delivery->parked[delivery->count - 1]);
	if (delivery->users == 0 && !delivery->is_queued)
		lg_delivery_free(delivery);
}
