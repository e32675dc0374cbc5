/*
 * How often each value is held, and so how rare it is, while rows come and go.
 *
 * What roster_count_values() finds of a whole file at once is kept up here row by row, in the same
 * tables of the roster, which grow as values are first seen.
 */
#ifndef SERVICES_MATCHING_ENGINE_SEARCH_TALLY_H
#define SERVICES_MATCHING_ENGINE_SEARCH_TALLY_H

#include "services/matching/engine/linkage/roster.h"

struct tally {
	struct roster *roster;
	struct lg_arena *arena;
	uint32_t room[FIELDS_MAX];     /* of the tables, by pool */
	double twice[FIELDS_MAX];      /* sum of squared uses, by pool */
	uint64_t fresh_at[FIELDS_MAX]; /* values held when rarities were last made anew */
};

/* Nothing is held.  Roster and arena must outlive it. */
void tally_init(struct tally *tally, struct roster *roster, struct lg_arena *arena);

/* Reads cells, one per field, into a row of the roster; nothing is counted yet. */
void tally_read_row(struct tally *tally, uint32_t row, const struct lg_bytes *cells);

/* The values of a row are held once more (1), or once less (-1). */
void tally_count_row(struct tally *tally, uint32_t row, int32_t change);

/* Memory of the values and of what is known of them. */
uint64_t tally_bytes(const struct tally *tally);

#endif
