/*
 * Deadlines are rows; when due they arrive as messages.  Read once a second by the partition's
 * owner, by the database's time; a jump of that time ahead by more than an hour holds them all
 * until an operator restarts the service, because a wrong clock would escalate every referral.
 */
#ifndef LG_RUN_DUE_H
#define LG_RUN_DUE_H

#include "common/run/batch.h"
#include "common/run/owned.h"

#define LG_DUE_JUMP_MS LG_HOUR_MS

/* Once a second: lets what is due in the partition join the queue, unless some is under way. */
void lg_due_poll(struct lg_owned *owned);

/* Once a second: looks at the database's clock. */
void lg_due_watch_clock(struct lg_instance *instance);

/* A deadline of a batch: decided by its handler, its row deleted in the same transaction. */
void lg_due_handle(struct lg_batch *batch, struct lg_batch_item *it);

#endif
