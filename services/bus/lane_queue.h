/*
 * Frames of one lane that wait for a line to another site, within a bound of bytes.
 *
 * Each stream has its turn, frame by frame: on a slow line a backlog of one partition would else
 * keep the others silent until their readers ask again, and what waits for them would be stale when
 * it comes.  Where a queue is full the newest frame is lost: what came first is what the other end
 * waits for.
 */
#ifndef BUS_LANE_QUEUE_H
#define BUS_LANE_QUEUE_H

#include "common/stream/partition.h"
#include "common/stream/registry.h"
#include "services/bus/domain/piece.h"

#define LANE_QUEUE_BYTES_MAX (32u * 1024u * 1024u) /* all windows of two services (stream) */
#define LANE_QUEUE_STREAMS   (LG_SERVICE_COUNT * LG_PARTITIONS)

/* A frame on its way out. */
struct waiting {
	struct waiting *next;
	struct lg_route route;
	struct piece piece; /* that leaves next */
	size_t size;
	uint8_t bytes[];
};

struct lane_queue {
	size_t bytes;
	uint32_t turn; /* the stream whose turn it is */
	struct {
		struct waiting *first, *last;
	} streams[LANE_QUEUE_STREAMS];
};

/*
 * Copies a frame in, behind those of its stream (from_service and from_partition of the route).
 *   number  of the frame on its line
 *   retry   the queue is full
 */
LG_MUST_CHECK struct lg_status lane_queue_add(struct lane_queue *queue, uint32_t number,
	const struct lg_route *route, struct lg_bytes body);

/* The frame whose turn it is, until it is dropped; NULL: none waits. */
struct waiting *lane_queue_first(struct lane_queue *queue);

/* Forgets the first frame, which is there; the next stream has its turn. */
void lane_queue_drop_first(struct lane_queue *queue);

/* Forgets all frames of a stream, also one of which a part has left; returns how many. */
uint64_t lane_queue_forget(struct lane_queue *queue, uint8_t service, uint8_t partition);

/* Forgets all; returns how many. */
uint64_t lane_queue_clear(struct lane_queue *queue);

#endif
