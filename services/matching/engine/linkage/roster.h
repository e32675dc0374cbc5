/*
 * The persons of one task: per record one number per field, in one line of memory.
 *
 * Dedupe: all records are one side.  Link: the records before left_count are the left side, the
 * others the right one, and only pairs across are asked for.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_ROSTER_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_ROSTER_H

#include "services/matching/engine/linkage/vocabulary.h"

#define ROSTER_MAX (1u << 26)

/* A value's atoms (value.h). */
struct roster_atoms {
	uint32_t of[VALUE_ATOMS];
};

struct roster {
	struct field_list list;
	uint32_t count;
	uint32_t left_count; /* 0: dedupe */
	uint32_t *ids;       /* count x list.count, record by record; 0: missing */
	struct vocabulary *vocabularies[FIELDS_MAX]; /* of twins: the same one */
	uint32_t *uses[FIELDS_MAX];     /* by pool: how often a value is held, by either twin */
	uint64_t total[FIELDS_MAX];     /* by pool: how many values are held */
	float *rarity[FIELDS_MAX];      /* by pool and id: log2 of one in so many */
	uint64_t *sketches[FIELDS_MAX]; /* by pool and id, of names and places; NULL: not made */
	/* by pool and id, side by side: a value takes two lines of memory, its atoms a quarter of one */
	struct roster_atoms *atoms[FIELDS_MAX];
	float mean_rarity[FIELDS_MAX]; /* by pool: of two equal values drawn by chance */
};

/* Room for count records, all missing. */
void roster_init(struct roster *roster, const struct field_list *list, uint32_t count,
	uint32_t left_count, struct lg_arena *arena);

/*
 * All cells of records that follow one another: record by record, one per field.  Several at once,
 * since memory is asked for all of them first.
 */
void roster_set_rows(
	struct roster *roster, uint32_t first, uint32_t count, const struct lg_bytes *cells);
#define ROSTER_ROWS_MAX 16u /* at once */

/* One cell of a record; fields that share no vocabulary may be filled by different threads. */
void roster_set(struct roster *roster, uint32_t record, uint32_t field, struct lg_bytes cell);

/*
 * Two rosters of one list of fields become the sides of one task; the left one's vocabularies
 * take in the right one's values.
 */
void roster_join(struct roster *left, const struct roster *right, struct roster *ret_roster,
	struct lg_arena *arena);

/* Counts values and how rare they are, sketches them and gathers their atoms, once all are set. */
void roster_count_values(struct roster *roster, struct lg_arena *arena);

/*
 * A part of the records, drawn by their numbers and the seed; vocabularies and rarity are shared.
 * Of a link both sides are drawn from alike.
 *
 *   most  records, about
 */
void roster_draw(const struct roster *roster, uint32_t most, uint64_t seed,
	struct roster *ret_roster, struct lg_arena *arena);

/* Pairs that the task has. */
double roster_pairs(const struct roster *roster);

/* A record's ids, one per field. */
static inline const uint32_t *roster_ids(const struct roster *roster, uint32_t record)
{
	return roster->ids + (size_t)record * roster->list.count;
}

/* Asks memory for the atoms of a record's values, which are far apart; values are counted. */
static inline void roster_fetch_atoms(const struct roster *roster, uint32_t record)
{
	const uint32_t *ids = roster_ids(roster, record);

	for (uint32_t f = 0; f < roster->list.count; f++)
		if (ids[f] != 0)
			__builtin_prefetch(&roster->atoms[roster->list.fields[f].pool][ids[f]]);
}

#endif
