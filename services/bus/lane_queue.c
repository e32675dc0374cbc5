#include "services/bus/lane_queue.h"

#include <assert.h>
#include <stdlib.h>

static uint32_t stream_of(uint8_t service, uint8_t partition)
{
	assert(service < LG_SERVICE_COUNT);
	assert(partition < LG_PARTITIONS);
	return (uint32_t)service * LG_PARTITIONS + partition;
}

static size_t room_of(size_t body_size)
{
	return sizeof(struct waiting) + body_size;
}

struct lg_status lane_queue_add(struct lane_queue *queue, uint32_t number,
	const struct lg_route *route, struct lg_bytes body)
{
	uint32_t stream = stream_of(route->from_service, route->from_partition);
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
	if (queue->streams[stream].first == NULL)
		queue->streams[stream].first = frame;
	else
		queue->streams[stream].last->next = frame;
	queue->streams[stream].last = frame;
	queue->bytes += room_of(body.size);
	return lg_done();
}

struct waiting *lane_queue_first(struct lane_queue *queue)
{
	if (queue->bytes == 0)
		return NULL;
	while (queue->streams[queue->turn].first == NULL)
		queue->turn = (queue->turn + 1) % LANE_QUEUE_STREAMS;
	return queue->streams[queue->turn].first;
}

static void drop(struct lane_queue *queue, uint32_t stream)
{
	struct waiting *frame = queue->streams[stream].first;

	queue->streams[stream].first = frame->next;
	queue->bytes -= room_of(frame->size);
	free(frame);
}

void lane_queue_drop_first(struct lane_queue *queue)
{
	assert(lane_queue_first(queue) != NULL);
	drop(queue, queue->turn);
	queue->turn = (queue->turn + 1) % LANE_QUEUE_STREAMS;
}

static uint64_t forget(struct lane_queue *queue, uint32_t stream)
{
	uint64_t count = 0;

	for (; queue->streams[stream].first != NULL; count++)
		drop(queue, stream);
	return count;
}

uint64_t lane_queue_forget(struct lane_queue *queue, uint8_t service, uint8_t partition)
{
	return forget(queue, stream_of(service, partition));
}

uint64_t lane_queue_clear(struct lane_queue *queue)
{
	uint64_t count = 0;

	for (uint32_t stream = 0; stream < LANE_QUEUE_STREAMS; stream++)
		count += forget(queue, stream);
	return count;
}
