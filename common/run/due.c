#include "common/run/due.h"

#include <assert.h>
#include <stdlib.h>

#include "common/db/due.h"
#include "common/run/door.h"
#include "common/run/gather.h"

struct lg_due_state {
	struct lg_due_clock clock;
	bool is_polling, is_asked_again; /* asked for while a look was under way */
	struct lg_once unreadable;       /* deadlines that were said to be so */
};

/* --- the database's clock -------------------------------------------------------------------- */

static void clock_answered(void *argument, const PGresult *result)
{
	struct lg_instance *instance = argument;

	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK)
		return;
	if (lg_due_clock_note(
		    &instance->due->clock, lg_field_int(result, 0, 0), uv_hrtime() / 1000000))
		lg_instance_fault(instance,
			"the database's clock jumped ahead: deadlines are held, put it right and "
			"restart this service");
}

/* --- what is due ------------------------------------------------------------------------------ */

/* One look at all partitions that have nothing due under way. */
struct polling {
	struct lg_instance *instance;
	uint64_t generation[LG_PARTITIONS];
	struct lg_arena *arena;
};

/* Returns whether it can be read; else it stays for the version that can. */
static bool delivery_from_row(struct lg_delivery *delivery, const PGresult *result, int row)
{
	ProtobufCMessage *message;

	delivery->due_id = lg_field_id(result, row, 0);
	delivery->command.key = lg_field_id(result, row, 1);
	delivery->type = lg_message_type((uint32_t)lg_field_int(result, row, 2));
	delivery->due_at = lg_field_int(result, row, 3);
	delivery->command.trace = lg_trace_from_bytes(lg_field_bytes(result, row, 6));
	if (!lg_is_done(lg_decode(delivery->arena, delivery->type->descriptor,
		    lg_field_bytes(result, row, 4), &message)))
		return false;
	delivery->message = message;
	return true;
}

/* Once an hour: it is looked at each second. */
static void say_unreadable(
	struct lg_due_state *due, struct lg_instance *instance, struct lg_id due_id)
{
	lg_ms now = lg_now();

	if (lg_once_is_done(&due->unreadable, now, due_id))
		return;
	lg_once_add(&due->unreadable, now, due_id);
	lg_instance_fault(instance, "a deadline that cannot be read");
}

static void take_row(struct polling *polling, const PGresult *result, int row)
{
	struct lg_instance *instance = polling->instance;
	uint8_t partition = (uint8_t)lg_field_int(result, row, 5);
	struct lg_owned *owned =
		lg_owned_still(instance, partition, polling->generation[partition]);
	struct lg_arena *arena;
	struct lg_delivery *delivery;

	if (owned == NULL)
		return;
	arena = lg_arena_new();
	delivery = lg_alloc(arena, sizeof *delivery);
	*delivery = (struct lg_delivery){ .kind = LG_DELIVERY_DUE,
		.partition = partition,
		.generation = owned->generation,
		.arena = arena,
		.arrived_us = uv_hrtime() / 1000,
		.arrived_at = lg_now() };
	if (!delivery_from_row(delivery, result, row)) {
		say_unreadable(instance->due, instance, delivery->due_id);
		lg_delivery_free(delivery);
		return;
	}
	owned->due_under_way++;
	lg_gather_add(instance, delivery);
}

static void ready_answered(void *argument, const PGresult *result)
{
	struct polling *polling = argument;

	if (result == NULL || PQresultStatus(result) != PGRES_TUPLES_OK ||
		polling->instance->due->clock.is_held) /* the clock has answered before */
		return;
	for (int row = 0; row < PQntuples(result); row++)
		take_row(polling, result, row);
}

static void ready_synced(void *argument, const PGresult *result)
{
	struct polling *polling = argument;
	struct lg_instance *instance = polling->instance;
	struct lg_due_state *due = instance->due;
	bool is_asked_again = due->is_asked_again && result != NULL;

	lg_arena_free(polling->arena);
	due->is_polling = false;
	due->is_asked_again = false;
	if (is_asked_again)
		lg_due_poll(instance);
	lg_gather_pump(instance);
}

/*
 * The partitions to look at, each with the types that this version takes; those whose last ones are
 * under way are looked at when they are done.
 */
static struct lg_params *idle_partitions(struct polling *polling)
{
	struct lg_rows *rows = lg_rows_new(polling->arena, &lg_due_statements[LG_DUE_READY]);
	const struct lg_handler *handlers = polling->instance->service->handlers;

	for (uint8_t p = 0; p < LG_PARTITIONS; p++) {
		const struct lg_owned *owned = lg_owned_open(polling->instance, p);

		if (owned == NULL || owned->due_under_way > 0)
			continue;
		polling->generation[p] = owned->generation;
		for (const struct lg_handler *h = handlers; h->type != 0; h++)
			if (lg_message_type(h->type)->kind == LG_MESSAGE_DUE)
				lg_rows_add(rows,
					(struct lg_value[]){ lg_v_int(p), lg_v_int(h->type) });
	}
	return lg_rows_count(rows) == 0 ? NULL : lg_rows_params(rows);
}

void lg_due_poll(struct lg_instance *instance)
{
	struct lg_arena *arena;
	struct polling *polling;
	struct lg_params *partitions;

	if (!lg_pg_is_ready(instance->pg) || instance->is_stopping)
		return;
	if (instance->due == NULL)
		instance->due = lg_alloc(instance->arena, sizeof *instance->due);
	if (instance->due->is_polling) {
		instance->due->is_asked_again = true;
		return;
	}
	arena = lg_arena_new();
	polling = lg_alloc(arena, sizeof *polling);
	*polling = (struct polling){ .instance = instance, .arena = arena };
	instance->due->is_polling = true;
	lg_pg_send(instance->pg, &lg_due_statements[LG_DUE_CLOCK], NULL, clock_answered, instance);
	partitions = idle_partitions(polling);
	if (partitions != NULL)
		lg_pg_send(instance->pg, &lg_due_statements[LG_DUE_READY], partitions,
			ready_answered, polling);
	lg_pg_sync(instance->pg, ready_synced, polling);
}

static void on_due(uv_timer_t *timer)
{
	lg_due_poll(timer->data);
}

void lg_due_open(struct lg_instance *instance)
{
	uv_timer_init(instance->loop, &instance->due_timer);
	instance->due_timer.data = instance;
}

void lg_due_wake(struct lg_instance *instance, lg_ms due_at)
{
	lg_ms wait_ms = due_at - lg_now() + 1; /* the database's clock counts whole milliseconds */

	if (wait_ms > LG_SECOND_MS) /* the next look of the second is early enough */
		return;
	if (wait_ms <= 0) {
		lg_due_poll(instance);
		return;
	}
	if (!uv_is_active((const uv_handle_t *)&instance->due_timer) ||
		uv_timer_get_due_in(&instance->due_timer) > (uint64_t)wait_ms)
		uv_timer_start(&instance->due_timer, on_due, (uint64_t)wait_ms, 0);
}

void lg_due_handle(struct lg_batch *batch, struct lg_batch_item *it)
{
	const struct lg_delivery *delivery = it->item.delivery;
	struct lg_status status;

	batch->next_due = 1; /* more may wait behind it */
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

/* --- what handlers ask for (handler.h) ---------------------------------------------------------- */

void lg_due_set(struct lg_batch *batch, const struct lg_item *item, struct lg_id due_id,
	uint32_t type, lg_ms due_at, const ProtobufCMessage *message)
{
	assert(lg_message_type(type) != NULL && lg_message_type(type)->kind == LG_MESSAGE_DUE);

	if (batch->next_due == 0 || due_at < batch->next_due)
		batch->next_due = due_at;
	lg_write(batch, &lg_due_statements[LG_DUE_SET], due_id,
		(struct lg_value[]){ lg_v_id(&due_id), lg_v_int(item->partition),
			lg_v_id(&item->key), lg_v_int(type), lg_v_int(due_at),
			lg_v_bytes(lg_encode(batch->arena, message)),
			lg_v_bytes(lg_trace_bytes(&item->trace)) });
}

void lg_due_clear(struct lg_batch *batch, const struct lg_item *item, struct lg_id due_id)
{
	assert(batch->current == item);
	lg_insert(batch, &lg_due_statements[LG_DUE_CLEAR], (struct lg_value[]){ lg_v_id(&due_id) });
}
