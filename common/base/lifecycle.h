/*
 * Tables of states: one row per step {from, on, by, to, why}; look up, check, print.
 *
 * No state lives outside such a table; the printed form in a README is compared by lint.
 */
#ifndef LG_BASE_LIFECYCLE_H
#define LG_BASE_LIFECYCLE_H

#include <stdint.h>
#include <stdio.h>

#include "common/base/status.h"

#define LG_LIFECYCLE_STATES_MAX 64

struct lg_transition {
	unsigned from, on, by, to;
	const char *why;
};

struct lg_lifecycle {
	const char *name;
	const char *const *states; /* names by number; they stand in the database */
	unsigned state_count;
	const char *const *events;
	unsigned event_count;
	const char *const *sides; /* who may cause a step */
	unsigned side_count;
	const struct lg_transition *rows;
	unsigned row_count;
	unsigned initial;
};

/* The row for this step, or NULL: not possible in this state, or not by this side. */
const struct lg_transition *lg_lifecycle_row(
	const struct lg_lifecycle *life, unsigned from, unsigned on, unsigned by);

/*
 * Whether the table is sound.
 *   refused  more than LG_LIFECYCLE_STATES_MAX states, a number out of range, two rows for one
 *            step, a state that cannot be reached
 */
LG_MUST_CHECK struct lg_status lg_lifecycle_check(const struct lg_lifecycle *life);

/* A state's number by its name.  refused: unknown */
LG_MUST_CHECK struct lg_status lg_lifecycle_state(
	const struct lg_lifecycle *life, const char *name, unsigned *ret_state);

/* Prints a Markdown table, columns aligned. */
void lg_lifecycle_print(const struct lg_lifecycle *life, FILE *out);

#endif
