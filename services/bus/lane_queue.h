/*
 * Frames that wait for a line to another site, in order, within a bound of bytes.
 *
 * Where a queue is full the newest frame is lost: what came first is what the other end waits for.
 */
#ifndef BUS_LANE_QUEUE_H
#define BUS_LANE_QUEUE_H

#include "domain/piece.h"

#define LANE_QUEUE_BYTES_MAX (32u * 1024u * 1024u) /* all of the windows of one service (stream) */

/* A frame on its way out. */
struct waiting {
	struct waiting *next;
	struct lg_route route;
	struct piece piece; /* that leaves next */
	size_t size;
	uint8_t bytes[];
};

struct lane_queue {
	struct waiting *first, **end; /* where the next one is hung up */
	size_t bytes;
};

void lane_queue_init(struct lane_queue *queue);

/*
 * Copies a frame in.
 *   number  of the frame on its line
 *   retry   the queue is full
 */
LG_MUST_CHECK struct lg_status lane_queue_add(struct lane_queue *queue, uint32_t number,
	const struct lg_route *route, struct lg_bytes body);

/* Forgets the first frame; the queue is not empty. */
void lane_queue_drop_first(struct lane_queue *queue);

/* Forgets all; returns how many. */
uint64_t lane_queue_clear(struct lane_queue *queue);

#endif
