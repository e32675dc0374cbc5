#include "common/run/loss.h"

#include <assert.h>

#include "common/base/log.h"
#include "common/db/inbox.h"
#include "common/run/gather.h"

/* --- a publisher has lost something --------------------------------------------------------- */

struct going_back {
	struct lg_instance *instance;
	uint8_t partition;
	uint64_t generation;
	struct lg_arena *arena;
};

static void went_back(void *argument, const PGresult *result)
{
	struct going_back *back = argument;
	/* committed or not: what is stored is read back, and reading begins from there */
	if (result != NULL &&
		lg_owned_still(back->instance, back->partition, back->generation) != NULL)
		lg_fence_forget(back->instance->fence, (uint16_t)(1u << back->partition));
	lg_arena_free(back->arena);
}

void lg_loss_go_back(struct lg_incoming *in, struct lg_point point)
{
	struct lg_owned *owned = in->owned;
	struct lg_instance *instance = owned->instance;
	struct lg_arena *arena = lg_arena_new();
	struct going_back *back = lg_alloc(arena, sizeof *back);
	struct lg_points points = in->subscriber.points;
	struct lg_rows *moves = lg_rows_new(arena, &lg_inbox_statements[LG_INBOX_MOVE]);

	lg_warn("publisher went back: events applied here are unknown there",
		lg_f_int("service", in->stream.service), lg_f_int("partition", owned->partition),
		lg_f_int("applied", (int64_t)lg_points_last(&points).number),
		lg_f_int("common", (int64_t)point.number));
	lg_points_cut(&points, point);
	for (uint32_t i = 0; i < points.count; i++)
		lg_rows_add(moves, (struct lg_value[]){ lg_v_int(in->stream.site),
					   lg_v_int(in->stream.service), lg_v_int(in->stream.lane),
					   lg_v_int(owned->partition), lg_v_id(&points.at[i].epoch),
					   lg_v_int((int64_t)points.at[i].number) });
	*back = (struct going_back){ .instance = instance,
		.partition = owned->partition,
		.generation = owned->generation,
		.arena = arena };

	lg_gather_forget(instance, owned->partition);
	lg_pg_begin(instance->pg);
	lg_fence_move(instance->fence, arena, (uint16_t)(1u << owned->partition));
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_CUT],
		lg_params_make(arena, &lg_inbox_statements[LG_INBOX_CUT],
			(struct lg_value[]){ lg_v_int(in->stream.site),
				lg_v_int(in->stream.service), lg_v_int(in->stream.lane),
				lg_v_int(owned->partition) }),
		NULL, NULL);
	if (points.count > 0)
		lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_MOVE], lg_rows_params(moves),
			NULL, NULL);
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_LOSE],
		lg_params_make(arena, &lg_inbox_statements[LG_INBOX_LOSE],
			(struct lg_value[]){ lg_v_int(in->stream.site),
				lg_v_int(in->stream.service), lg_v_int(in->stream.lane),
				lg_v_int(owned->partition), lg_v_int((int64_t)point.number),
				lg_v_int(lg_now()) }),
		NULL, NULL);
	lg_pg_commit(instance->pg, NULL, NULL);
	lg_pg_sync(instance->pg, went_back, back);
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
