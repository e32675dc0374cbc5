#include "common/run/due.h"

#include <assert.h>
#include <stdlib.h>

#include "common/db/due.h"
#include "common/run/door.h"
#include "common/run/gather.h"

struct lg_due_clock {
	lg_ms database;  /* when last looked at */
	uint64_t own_ms; /* by the clock that never goes back */
	bool is_held;
};

/* --- the database's clock -------------------------------------------------------------------- */

static void clock_answered(void *argument, const PGresult *result)
{
	struct lg_instance *instance = argument;
	struct lg_due_clock *clock = instance->due_clock;
	uint64_t own_ms = uv_hrtime() / 1000000;
	lg_ms now;

	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK)
		return;
	now = lg_field_int(result, 0, 0);
	if (clock->own_ms != 0 &&
		now - clock->database > (lg_ms)(own_ms - clock->own_ms) + LG_DUE_JUMP_MS) {
		clock->is_held = true;
		lg_instance_fault(instance,
			"the database's clock jumped ahead: deadlines are held, put it right and "
			"restart this service");
	}
	clock->database = now;
	clock->own_ms = own_ms;
}

void lg_due_watch_clock(struct lg_instance *instance)
{
	if (instance->due_clock == NULL)
		instance->due_clock = lg_alloc(instance->arena, sizeof *instance->due_clock);
	lg_pg_send(instance->pg, &lg_due_statements[LG_DUE_CLOCK], NULL, clock_answered, instance);
	lg_pg_sync(instance->pg, NULL, NULL);
}

/* --- what is due ------------------------------------------------------------------------------ */

struct polling {
	struct lg_instance *instance;
	uint8_t partition;
	uint64_t generation;
	struct lg_arena *arena;
};

/* Returns whether it is one that this version can take; else it stays for the one that can. */
static bool delivery_from_row(struct lg_delivery *delivery, const struct lg_service *service,
	const PGresult *result, int row)
{
	ProtobufCMessage *message;

	delivery->due_id = lg_field_id(result, row, 0);
	delivery->command.key = lg_field_id(result, row, 1);
	delivery->type = lg_message_type((uint32_t)lg_field_int(result, row, 2));
	delivery->due_at = lg_field_int(result, row, 3);
	if (delivery->type == NULL || delivery->type->kind != LG_MESSAGE_DUE ||
		lg_door_handler(service, delivery->type->number) == NULL ||
		!lg_is_done(lg_decode(delivery->arena, delivery->type->descriptor,
			lg_field_bytes(result, row, 4), &message)))
		return false;
	delivery->message = message;
	return true;
}

static void ready_answered(void *argument, const PGresult *result)
{
	struct polling *polling = argument;
	struct lg_instance *instance = polling->instance;
	struct lg_owned *owned = lg_owned_open(instance, polling->partition);

	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK || owned == NULL ||
		owned->generation != polling->generation)
		return;
	for (int row = 0; row < PQntuples(result); row++) {
		struct lg_arena *arena = lg_arena_new();
		struct lg_delivery *delivery = lg_alloc(arena, sizeof *delivery);

		*delivery = (struct lg_delivery){ .kind = LG_DELIVERY_DUE,
			.partition = polling->partition,
			.generation = polling->generation,
			.arena = arena,
			.arrived_us = uv_hrtime() / 1000,
			.arrived_at = lg_now() };
		if (!delivery_from_row(delivery, instance->service, result, row)) {
			lg_instance_fault(instance, "a deadline that this version cannot take");
			lg_delivery_free(delivery);
			continue;
		}
		owned->due_under_way++;
		lg_gather_add(instance, delivery);
	}
}

static void ready_synced(void *argument, const PGresult *result)
{
	struct polling *polling = argument;

	(void)result;
	lg_arena_free(polling->arena);
}

void lg_due_poll(struct lg_owned *owned)
{
	struct lg_instance *instance = owned->instance;
	struct lg_arena *arena;
	struct polling *polling;

	if (owned->due_under_way > 0 || instance->due_clock == NULL || instance->due_clock->is_held)
		return;
	arena = lg_arena_new();
	polling = lg_alloc(arena, sizeof *polling);
	*polling = (struct polling){ .instance = instance,
		.partition = owned->partition,
		.generation = owned->generation,
		.arena = arena };
	lg_pg_send(instance->pg, &lg_due_statements[LG_DUE_READY],
		lg_params_make(arena, &lg_due_statements[LG_DUE_READY],
			(struct lg_value[]){ lg_v_int(owned->partition) }),
		ready_answered, polling);
	lg_pg_sync(instance->pg, ready_synced, polling);
}

void lg_due_handle(struct lg_batch *batch, struct lg_batch_item *it)
{
	const struct lg_delivery *delivery = it->item.delivery;
	struct lg_status status;

	/* first: what the handler sets under the same id is another row */
	lg_insert(batch, &lg_due_statements[LG_DUE_SETTLED],
		(struct lg_value[]){ lg_v_id(&delivery->due_id), lg_v_int(delivery->due_at) });
	status = it->handler->decide(&it->item);
	if (lg_is_done(status)) {
		it->handler->store(batch, &it->item);
		it->is_stored = true;
		lg_changed(batch, it->item.key);
	} else {
		lg_instance_fault(batch->instance, status.reason);
	}
}
