/*
 * Deadlines are rows; when due they arrive as messages.  Read by the partition's owner, by the
 * database's time: once a second, when one that a batch has set for the next second is due, and when
 * the last ones that were read are done.  A jump of that time ahead by more than an hour holds them all
 * until an operator restarts the service, because a wrong clock would escalate every referral.
 */
#ifndef LG_RUN_DUE_H
#define LG_RUN_DUE_H

#include "common/run/batch.h"
#include "common/run/owned.h"

/* Once, when the loop is there. */
void lg_due_open(struct lg_instance *instance);

/* A batch is stored that set or settled a deadline: looks when it is due, if that is soon. */
void lg_due_wake(struct lg_instance *instance, lg_ms due_at);

/*
 * Looks at the database's clock and lets what is due join the queue, at most 64 of each partition
 * that has none under way.  Asked for while it looks, it looks once more.
 */
void lg_due_poll(struct lg_instance *instance);

/* A deadline of a batch: decided by its handler, its row deleted in the same transaction. */
void lg_due_handle(struct lg_batch *batch, struct lg_batch_item *it);

#endif
