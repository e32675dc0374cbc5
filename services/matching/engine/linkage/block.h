/*
 * Which pairs are looked at: those whose records share a key.
 *
 * An atom is a part of a value that slips of the pen leave alone often enough: how a name
 * sounds, its skeleton, its head or tail, the year, day and month in any order, half of a number.
 * Of twins there are also atoms of both together, in any order.  A key is one to three atoms
 * (cover.h chooses).  Records are sorted by key, so a block is a run; a block that holds more
 * pairs than the limit is left to other keys.  A pair comes out once: under the first key that
 * it shares.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_BLOCK_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_BLOCK_H

#include "services/matching/engine/linkage/roster.h"

#define ATOMS_MAX     64
#define KEY_ATOMS_MAX 3
#define KEYS_MAX      512

struct block_atom {
	uint32_t field, twin; /* the same for atoms of one field */
	uint32_t which;       /* of the value's atoms */
	double chance;        /* that two records drawn by chance share it */
};

struct block_key {
	uint32_t count;
	uint32_t atoms[KEY_ATOMS_MAX];
};

struct record_pair {
	uint32_t a, b; /* a < b; when linking, a is on the left */
};

struct blocking {
	const struct roster *roster;
	uint32_t atom_count, key_count;
	struct block_atom atoms[ATOMS_MAX];
	struct block_key keys[KEYS_MAX];
	uint64_t used_atoms;  /* by the keys; a bit each */
	uint64_t pairs_limit; /* of one block */
	uint32_t *hashes;     /* count x key_count; 0: no such key, or too large a block */
	uint64_t **runs;      /* per key: hash and record; sorted by block_sort() */
	uint32_t *run_sizes;
};

/* A place in the walk over a worker's share of all blocks. */
struct block_walk {
	const struct blocking *blocking;
	uint32_t worker, worker_count;
	uint32_t key, run_end, first, second;
};

/* The atoms of the roster's fields, with their chances; its values are counted. */
void block_find_atoms(
	struct blocking *blocking, const struct roster *roster, struct lg_arena *arena);

/* All atoms of a row of ids of this roster; 0: it has none. */
void block_atoms(const struct blocking *blocking, const struct roster *roster, const uint32_t *ids,
	uint32_t *ret_atoms);

/* Memory for the keys that are set; before block_hash(). */
void block_prepare(struct blocking *blocking, struct lg_arena *arena);

/* Hashes of the records from..end-1; threads may share the records among them. */
void block_hash(struct blocking *blocking, uint32_t from, uint32_t end);

/*
 * Sorts the records by a key, leaves those out that lack it, and drops blocks above the limit.  All records must be
 * hashed; threads may share the keys among them, each with memory of its own.
 *
 *   work   as many words as the roster has records
 */
void block_sort(struct blocking *blocking, uint32_t key, uint64_t *work);

/* Starts one worker's walk over its share of the blocks; all keys must be sorted. */
struct block_walk block_walk_from(
	const struct blocking *blocking, uint32_t worker, uint32_t worker_count);

/* The next pairs, at most max; 0 when there is none left. */
uint32_t block_walk_next(struct block_walk *walk, struct record_pair *ret_pairs, uint32_t max);

/* Whether the walk brings two records together; all keys must be sorted. */
bool block_brings(const struct blocking *blocking, uint32_t a, uint32_t b);

/* A bit for every atom that two records share: for cover.h. */
uint64_t block_shared_atoms(const struct blocking *blocking, uint32_t a, uint32_t b);

#endif
