/*
 * Events that an earlier version did not know: kept beside their stream, and applied first of all when a
 * version comes that knows them.
 */
#ifndef LG_RUN_UNHANDLED_H
#define LG_RUN_UNHANDLED_H

#include "common/run/batch.h"
#include "common/run/owned.h"

/*
 * Reads what an earlier version kept of types that this one knows, and queues it before anything
 * of a stream; when nothing is left, streams are read (lg_owned_read).
 *
 *   after  seq of the last one that was queued
 */
void lg_unhandled_take(struct lg_owned *owned, int64_t after);

/* A batch that held a part of such rows has ended: reads on, or frees them. */
void lg_unhandled_ended(
	struct lg_instance *instance, const struct lg_taken *taken, bool is_committed);

#endif
