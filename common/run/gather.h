/*
 * The queue, and what of it makes the next batch: whatever has come while the last one ran, up
 * to LG_BATCH_ITEMS_MAX items.
 */
#ifndef LG_RUN_GATHER_H
#define LG_RUN_GATHER_H

#include "common/run/instance.h"

/* Puts a delivery at the end of the queue; the queue owns it from now on. */
void lg_gather_add(struct lg_instance *instance, struct lg_delivery *delivery);

/* Starts every batch that can be started. */
void lg_gather_pump(struct lg_instance *instance);

/* Runs a retry, which has taken the instance for itself (is_exclusive), alone. */
void lg_gather_run_alone(struct lg_instance *instance, struct lg_delivery *retry);

/* Whether a batch under way or a message that waits belongs to the partition. */
bool lg_gather_is_busy(const struct lg_instance *instance, uint8_t partition);

/* The partition is lost: drops its runs, returns its commands, fails batches not yet sent. */
void lg_gather_forget(struct lg_instance *instance, uint8_t partition);

/* We stop: runs that no batch has begun are left to the next owner, who is sent them again. */
void lg_gather_leave(struct lg_instance *instance);

/* Frees a delivery and what it owns. */
void lg_delivery_free(struct lg_delivery *delivery);

#endif
