/*
 * What every service answers an operator within a batch: status, dead letters, states.
 */
#ifndef LG_RUN_OPERATOR_STANDING_H
#define LG_RUN_OPERATOR_STANDING_H

#include "common/run/instance.h"

/* Handlers that every service has; ends with type 0. */
extern const struct lg_handler lg_standing_handlers[];

#endif
