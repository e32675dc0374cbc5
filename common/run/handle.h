/*
 * One item of a batch: decided by its handler, stored, or put where it belongs when it cannot
 * be: dead letters (and then its key is parked), parked behind one, unhandled for the version
 * that knows it.
 */
#ifndef LG_RUN_HANDLE_H
#define LG_RUN_HANDLE_H

#include "common/run/batch.h"
#include "common/run/owned.h"

/* Moves the position of a run's stream to the end of the part that this batch takes. */
void lg_handle_position(struct lg_batch *batch, const struct lg_taken *taken);

/*
 * An event of a run or of a retry.
 *   ret_stopped  set when an event could not take effect: a retry then goes no further
 */
void lg_handle_event(struct lg_batch *batch, struct lg_batch_item *it, bool *ret_stopped);

/* In load: queues one question for all commands of the batch that may have been answered before. */
void lg_handle_read_answers(struct lg_batch *batch);

/* Once that is answered, from any thread: whether an item is a command that needs no more work. */
bool lg_handle_is_answered(const struct lg_batch *batch, const struct lg_item *item);

/* A command or query: same id, same answer. */
void lg_handle_command(struct lg_batch *batch, struct lg_batch_item *it);

/* In load: queues the read of the version that an item is compared with, or shows. */
void lg_handle_load(struct lg_batch *batch, struct lg_batch_item *it);

#endif
