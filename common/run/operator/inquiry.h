/*
 * Commands of an operator that do not fit a batch: a dead letter tried again or given up, which
 * must run while nothing else does, and the audit chains, which are read page by page.
 */
#ifndef LG_RUN_OPERATOR_INQUIRY_H
#define LG_RUN_OPERATOR_INQUIRY_H

#include "common/run/instance.h"

/* The instance that an item is handled by. */
struct lg_instance *lg_inquiry_instance(const struct lg_item *item);

/* Whether the delivery must wait until no batch is under way. */
bool lg_inquiry_is_alone(const struct lg_delivery *delivery);

/* Whether the command is one of these; then it has been taken over, and answers itself. */
bool lg_inquiry_take(struct lg_instance *instance, struct lg_delivery *delivery);

/*
 * A retry's transaction has ended.
 *   settled  events that took effect
 *   fault    a literal: why the first that did not, did not; NULL: all did
 */
void lg_inquiry_retried(struct lg_instance *instance, struct lg_delivery *retry, uint32_t settled,
	const char *fault);

#endif
