/* Weights as messages: in the table, in answers; and the levels that a stored match was scored by. */
#ifndef SERVICES_MATCHING_WEIGHTS_WIRE_H
#define SERVICES_MATCHING_WEIGHTS_WIRE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "proto/matching.pb-c.h"
#include "services/matching/engine/weigh.h"

/* In the arena. */
Lifeguard__Matching__MatchWeights *weights_to_wire(
	struct lg_arena *arena, const struct weights *weights);

/*
 * Puts stored weights in place of those that are there; thresholds stay.
 *   encoded  MatchWeights; empty: nothing was learned, nothing changes
 *   refused  what we did not write: an unknown field or level, a share out of range
 */
LG_MUST_CHECK struct lg_status weights_apply(
	struct lg_arena *arena, struct lg_bytes encoded, struct weights *weights);

/*
 * The levels of a match.
 *   encoded  MatchReasons
 *   refused  what we did not write
 */
LG_MUST_CHECK struct lg_status levels_from_reasons(
	struct lg_arena *arena, struct lg_bytes encoded, enum match_level ret_levels[FIELD_COUNT]);

#endif
