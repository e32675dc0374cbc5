#include "common/run/loss.h"

#include <assert.h>

#include "common/base/log.h"
#include "common/db/due.h"
#include "common/db/inbox.h"
#include "common/run/gather.h"
#include "proto/bus.pb-c.h"

/* --- the list is stored anew ------------------------------------------------------------------ */

struct going {
	struct lg_instance *instance;
	uint8_t partition;
	uint64_t generation;
	struct lg_arena *arena;
};

static void went(void *argument, const PGresult *result)
{
	struct going *going = argument;
	/* committed or not: what is stored is read back, and reading begins from there */
	if (result != NULL &&
		lg_owned_still(going->instance, going->partition, going->generation) != NULL)
		lg_fence_forget(going->instance->fence, (uint16_t)(1u << going->partition));
	lg_arena_free(going->arena);
}

/* Begins the transaction: the fence is moved, and what waits of the partition is dropped. */
static struct going *begin(struct lg_owned *owned)
{
	struct lg_instance *instance = owned->instance;
	struct lg_arena *arena = lg_arena_new();
	struct going *going = lg_alloc(arena, sizeof *going);

	*going = (struct going){ .instance = instance,
		.partition = owned->partition,
		.generation = owned->generation,
		.arena = arena };
	lg_gather_forget(instance, owned->partition);
	lg_pg_begin(instance->pg);
	lg_fence_move(instance->fence, arena, (uint16_t)(1u << owned->partition));
	return going;
}

static void commit(struct going *going)
{
	lg_pg_commit(going->instance->pg, NULL, NULL);
	lg_pg_sync(going->instance->pg, went, going);
}

static void add_position(
	struct lg_rows *moves, const struct lg_stream *stream, const struct lg_point *point)
{
	lg_rows_add(moves, (struct lg_value[]){ lg_v_int(stream->site), lg_v_int(stream->service),
				   lg_v_int(stream->lane), lg_v_int(stream->partition),
				   lg_v_id(&point->epoch), lg_v_int((int64_t)point->number) });
}

/* --- a publisher has lost something ----------------------------------------------------------- */

void lg_loss_go_back(struct lg_incoming *in, struct lg_point point)
{
	struct lg_instance *instance = in->owned->instance;
	const struct lg_stream *stream = &in->stream;
	struct lg_points points = in->subscriber.points;
	struct going *going = begin(in->owned);
	struct lg_rows *moves = lg_rows_new(going->arena, &lg_inbox_statements[LG_INBOX_MOVE]);

	lg_warn("publisher went back: events applied here are unknown there",
		lg_f_int("service", stream->service), lg_f_int("partition", stream->partition),
		lg_f_int("applied", (int64_t)lg_points_last(&points).number),
		lg_f_int("common", (int64_t)point.number));
	lg_points_cut(&points, point);
	for (uint32_t i = 0; i < points.count; i++)
		add_position(moves, stream, &points.at[i]);
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_CUT],
		lg_params_make(going->arena, &lg_inbox_statements[LG_INBOX_CUT],
			(struct lg_value[]){ lg_v_int(stream->site), lg_v_int(stream->service),
				lg_v_int(stream->lane), lg_v_int(stream->partition) }),
		NULL, NULL);
	if (points.count > 0)
		lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_MOVE], lg_rows_params(moves),
			NULL, NULL);
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_LOSE],
		lg_params_make(going->arena, &lg_inbox_statements[LG_INBOX_LOSE],
			(struct lg_value[]){ lg_v_int(stream->site), lg_v_int(stream->service),
				lg_v_int(stream->lane), lg_v_int(stream->partition),
				lg_v_int((int64_t)point.number), lg_v_int(lg_now()) }),
		NULL, NULL);
	commit(going);
}

/* --- it has kept no longer what was not read ---------------------------------------------------- */

static bool takes_the_wish(const struct lg_service *service)
{
	for (const struct lg_handler *h = service->handlers; h->type != 0; h++)
		if (h->type == LG_STREAM_AHEAD)
			return true;
	return false;
}

/* One for each stream: a later one, before the first was heard, replaces it. */
static void keep_wish(struct going *going, const struct lg_stream *stream)
{
	const struct lg_statement *set = &lg_due_statements[LG_DUE_SET];
	struct lg_rows *rows = lg_rows_new(going->arena, set);
	Lifeguard__Bus__StreamAhead message = LIFEGUARD__BUS__STREAM_AHEAD__INIT;
	const struct lg_id key = lg_partition_key(stream->partition);
	const struct lg_id due_id = {
		.byte = { (uint8_t)(LG_STREAM_AHEAD >> 8), (uint8_t)LG_STREAM_AHEAD, stream->lane,
			stream->partition, [LG_ID_SIZE - 2] = (uint8_t)(stream->site >> 8),
			[LG_ID_SIZE - 1] = (uint8_t)stream->site }
	};

	message.site = stream->site;
	message.lane = stream->lane;
	message.partition = stream->partition;
	lg_rows_add(rows, (struct lg_value[]){ lg_v_id(&due_id), lg_v_int(stream->partition),
				  lg_v_id(&key), lg_v_int(LG_STREAM_AHEAD), lg_v_int(lg_now()),
				  lg_v_bytes(lg_encode(going->arena, &message.base)),
				  lg_v_bytes(lg_bytes("", 0)) });
	lg_pg_send(going->instance->pg, set, lg_rows_params(rows), NULL, NULL);
}

void lg_loss_go_ahead(struct lg_incoming *in, struct lg_point point)
{
	struct lg_instance *instance = in->owned->instance;
	uint64_t applied = lg_points_last(&in->subscriber.points).number;
	struct going *going = begin(in->owned);
	struct lg_rows *moves = lg_rows_new(going->arena, &lg_inbox_statements[LG_INBOX_MOVE]);

	assert(in->stream.destination != 0);
	lg_warn("rows were dropped before they were read here: their state is asked for anew",
		lg_f_int("site", in->stream.site), lg_f_int("service", in->stream.service),
		lg_f_int("partition", in->stream.partition), lg_f_int("applied", (int64_t)applied),
		lg_f_int("dropped", (int64_t)point.number));
	lg_metric_add(instance->count_passed_unread, point.number - applied);
	add_position(moves, &in->stream, &point);
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_MOVE], lg_rows_params(moves), NULL,
		NULL);
	if (takes_the_wish(instance->service))
		keep_wish(going, &in->stream);
	commit(going);
}

/* --- what was heard, for that day ------------------------------------------------------------ */

#define HEARD_SIZE (2 * LG_ID_SIZE + 4) /* of one event: common/db/schema/006_lost.sql */

static void put_heard(uint8_t *place, const struct lg_envelope *event)
{
	memcpy(place, event->event_id.byte, LG_ID_SIZE);
	memcpy(place + LG_ID_SIZE, event->case_id.byte, LG_ID_SIZE);
	for (unsigned i = 0; i < 4; i++)
		place[2 * LG_ID_SIZE + i] = (uint8_t)(event->type_number >> (24 - 8 * i));
}

void lg_loss_note_heard(struct lg_batch *batch, const struct lg_taken *taken)
{
	const struct lg_delivery *delivery = taken->delivery;
	const struct lg_stream *stream = &delivery->incoming->stream;
	uint64_t first = taken->end.number - taken->count + 1;
	uint8_t *events;

	if (stream->destination == 0)
		return;
	assert(first >= delivery->first);
	events = lg_alloc(batch->arena, (size_t)taken->count * HEARD_SIZE);
	for (uint32_t i = 0; i < taken->count; i++)
		put_heard(events + (size_t)i * HEARD_SIZE, &taken->events[i]);
	lg_rows_add(lg_batch_table(batch, &lg_inbox_statements[LG_INBOX_HEARD]),
		(struct lg_value[]){ lg_v_int(stream->site), lg_v_int(stream->service),
			lg_v_int(stream->lane), lg_v_int(stream->partition),
			lg_v_int((int64_t)first), lg_v_int(batch->now),
			lg_v_bytes(lg_bytes(events, (size_t)taken->count * HEARD_SIZE)) });
}
