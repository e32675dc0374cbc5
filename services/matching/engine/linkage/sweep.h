/*
 * All pairs of many records that share a key and may be one person at a glance (glance.h).
 *
 * Key by key: records are sorted by it, the lines of a block are laid side by side, and every pair
 * of the block is glanced at.  A pair comes out once: under the first key that it shares.  Blocks
 * above the limit are left to other keys.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_SWEEP_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_SWEEP_H

#include "services/matching/engine/linkage/abreast.h"

#define SWEEP_KEYS_MAX 64

struct sweep {
	const struct blocking *blocking; /* atoms and keys */
	const struct glance *glance;
	const struct roster *roster;
	struct glance_line *lines;
	uint32_t *columns[GLANCE_ATOMS]; /* per atom, by record */
	uint32_t places[SWEEP_KEYS_MAX]; /* per key: what a pair of it shares */
	uint8_t order[SWEEP_KEYS_MAX];   /* of the keys, those with most pairs first */
	uint64_t *
		crowded[SWEEP_KEYS_MAX]; /* per key: a bit per block that is left out; NULL: none */
};

/* One worker's way through one key after the other. */
struct sweep_walk {
	const struct sweep *sweep;
	struct abreast *abreast;
	uint64_t *words, *work;       /* hash and record */
	struct abreast_tile *tile;    /* records side by side */
	uint32_t key, count;          /* of words */
	uint32_t run, split, run_end; /* in words: left side, right side */
	uint32_t tile_from, tile_end, left, fetched;
	uint64_t glanced; /* pairs */
};

/* Memory for a roster's lines; the blocking has its atoms and is laid out. */
void sweep_init(struct sweep *sweep, const struct glance *glance, const struct roster *roster,
	struct lg_arena *arena);

/* Lines of the records from..end-1; threads may share the records among them. */
void sweep_fill(struct sweep *sweep, uint32_t from, uint32_t end);

/* How rare what each record has in a field is; when all are filled. Threads may share fields. */
void sweep_find_rarity(struct sweep *sweep, uint32_t field, uint32_t *buckets);
#define SWEEP_BUCKETS (1u << 20) /* words that it needs */

/*
 * Takes the blocking's keys; finds the blocks that are too large by some of the records.
 *
 *   block_most  pairs of one block
 *   key_most    pairs of one key; its largest blocks are left out until that is so
 */
void sweep_use_keys(
	struct sweep *sweep, double block_most, double key_most, struct lg_arena *arena);

/* A worker's memory. */
void sweep_walk_init(struct sweep_walk *walk, const struct sweep *sweep, struct lg_arena *arena);

/* Begins a key. */
void sweep_walk_key(struct sweep_walk *walk, uint32_t key);

/* The next pairs that may be one person, at most max (SWEEP_BATCH_LEAST or more); 0: none left. */
uint32_t sweep_walk_next(struct sweep_walk *walk, struct record_pair *ret_pairs, uint32_t max);
#define SWEEP_BATCH_LEAST ABREAST_MAX

/* Counts what two records share, as so much of a pair. */
void sweep_count(const struct sweep *sweep, struct glance_counts *counts, uint32_t a, uint32_t b,
	double weight);

/* Counts what so many pairs share that are drawn by chance, of a link from both sides. */
void sweep_count_by_chance(
	const struct sweep *sweep, struct glance_counts *counts, uint32_t pairs, uint64_t seed);

/* Whether a key brings two records together. */
bool sweep_brings(const struct sweep *sweep, uint32_t a, uint32_t b);

/* Whether two records that a key brings together may be one person at a glance. */
bool sweep_passes(const struct sweep *sweep, uint32_t a, uint32_t b);

#endif
