/*
 * What a request set off, as a tree: each event under the one that caused it, with what its hop
 * took.  Made from the hops of TraceShown (proto/reporting.proto).
 */
#ifndef CLI_WATCH_WAY_H
#define CLI_WATCH_WAY_H

#include <jansson.h>
#include <stdio.h>

#include "common/base/arena.h"

#define WAY_HOPS_MAX 1000 /* as many as an answer holds; more are left out */

/*
 * Prints one tree for each trace, in order of their first hop, and nothing where there is none.
 *   hops  array of Hop as JSON, in order of effect; those without a trace are passed over
 */
void way_print(struct lg_arena *arena, const json_t *hops, FILE *out);

#endif
