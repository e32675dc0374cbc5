/*
 * The queue, and what of it makes the next batch: whatever has come while the last one ran, up
 * to LG_BATCH_ITEMS_MAX items.
 */
#ifndef LG_RUN_GATHER_H
#define LG_RUN_GATHER_H

#include "common/run/instance.h"

/* Before the first delivery; the loop closes what it opens. */
void lg_gather_open(struct lg_instance *instance);

/* Puts a delivery at the end of the queue; the queue owns it from now on. */
void lg_gather_add(struct lg_instance *instance, struct lg_delivery *delivery);

/* Starts every batch that can be started. */
void lg_gather_pump(struct lg_instance *instance);

/*
 * What the queue, which is not empty, and what is under way look like to lg_departure().
 *   now_us  as uv_hrtime() / 1000
 */
struct lg_platform lg_gather_platform(const struct lg_instance *instance, uint64_t now_us);

/* Runs a retry, which has taken the instance for itself (is_exclusive), alone. */
void lg_gather_run_alone(struct lg_instance *instance, struct lg_delivery *retry);

/* Whether a batch under way or a message that waits belongs to the partition. */
bool lg_gather_is_busy(const struct lg_instance *instance, uint8_t partition);

/* The partition is lost: drops its runs, returns its commands, fails batches not yet sent. */
void lg_gather_forget(struct lg_instance *instance, uint8_t partition);

/* We stop: runs that no batch has begun are left to the next owner, who is sent them again. */
void lg_gather_leave(struct lg_instance *instance);

/*
 * A run has arrived and must be proved, which takes as long as to begin a transaction and to move the
 * fence.  So the server is told to do that meanwhile: for a small run of this site, where nothing is queued
 * or under way and no event needs a read, so that the batch is complete before the loop turns.
 */
void lg_gather_begin(struct lg_instance *instance, const struct lg_incoming *in, size_t size_bytes);

/* It was proved and has joined the queue, or not: its batch is run now, or the transaction abandoned. */
void lg_gather_end(struct lg_instance *instance);

/* Abandons a transaction that was begun and not used; nothing where there is none. */
void lg_gather_abandon(struct lg_instance *instance);

/* Frees a delivery and what it owns. */
void lg_delivery_free(struct lg_delivery *delivery);

#endif
