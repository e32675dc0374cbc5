#include "lane_queue.h"

#include <assert.h>
#include <stdlib.h>

void lane_queue_init(struct lane_queue *queue)
{
	queue->first = NULL;
	queue->end = &queue->first;
	queue->bytes = 0;
}

static size_t room_of(size_t body_size)
{
	return sizeof(struct waiting) + body_size;
}

struct lg_status lane_queue_add(struct lane_queue *queue, uint32_t number,
	const struct lg_route *route, struct lg_bytes body)
{
	struct waiting *frame;

	if (queue->bytes + room_of(body.size) > LANE_QUEUE_BYTES_MAX)
		return lg_retry("the queue of that link is full");
	frame = malloc(room_of(body.size));
	if (frame == NULL)
		abort();
	*frame = (struct waiting){
		.route = *route,
		.piece = { .number = number, .count = piece_count(body.size) },
		.size = body.size,
	};
	if (body.size > 0)
		memcpy(frame->bytes, body.data, body.size);
	*queue->end = frame;
	queue->end = &frame->next;
	queue->bytes += room_of(body.size);
	return lg_done();
}

void lane_queue_drop_first(struct lane_queue *queue)
{
	struct waiting *frame = queue->first;

	assert(frame != NULL);
	queue->first = frame->next;
	if (queue->first == NULL)
		queue->end = &queue->first;
	queue->bytes -= room_of(frame->size);
	free(frame);
}

uint64_t lane_queue_clear(struct lane_queue *queue)
{
	uint64_t count = 0;

	for (; queue->first != NULL; count++)
		lane_queue_drop_first(queue);
	return count;
}
