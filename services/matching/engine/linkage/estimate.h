/*
 * Weights without labels: u from pairs drawn by chance, m and the prior by expectation and
 * maximisation over the pairs that blocking brings together.
 *
 * Pairs that blocking leaves apart are taken as different persons.  So the sum runs over all pairs
 * of the task although few are looked at, and the prior is one of all pairs.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_ESTIMATE_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_ESTIMATE_H

#include "services/matching/engine/linkage/cluster.h"
#include "services/matching/engine/linkage/model.h"
#include "services/matching/engine/linkage/pairing.h"

struct pattern_row {
	uint64_t pattern; /* 0: free; no pair has only missing fields that counts */
	double count;
};

/* How often each pattern was seen. */
struct pattern_table {
	struct lg_arena *arena;
	uint32_t slot_count, used;
	struct pattern_row *rows;
};

struct estimate_start {
	double equal;    /* m of equal values before anything was seen, above 0, below 1 */
	double one_in;   /* records of which one has a partner, before anything was seen */
	uint32_t rounds; /* at most */
	uint64_t seed;   /* of the random pairs */
	uint32_t random_pairs;
};

/* What is used when nobody says otherwise. */
extern const struct estimate_start estimate_standard;

/* An empty table; it grows in the arena. */
void pattern_table_init(struct pattern_table *table, struct lg_arena *arena);

/* One more pair, or several, with this pattern. */
void pattern_table_add(struct pattern_table *table, uint64_t pattern, double count);

/*
 * Draws pairs by chance, start->random_pairs of them at most: as many are put as are of two records.
 *
 *   returns  how many
 */
uint32_t estimate_draw(const struct roster *roster, const struct estimate_start *start,
	struct record_pair *ret_pairs);

/* u of every field from the patterns of such pairs; equal values by how often each is held. */
void estimate_u(
	struct model *model, const struct roster *roster, const uint64_t *patterns, uint32_t count);

/*
 * m and the prior; u stays.  Settles the model.
 *
 *   patterns    of all pairs that blocking brought together
 *   all_pairs   of the task, those included
 *   records     of the task, for the prior to start from
 *   returns     rounds until nothing moved
 */
uint32_t estimate_m(struct model *model, const struct pattern_table *patterns, double all_pairs,
	double records, const struct estimate_start *start);

/*
 * The prior once more from pairs that were scored with it: a few rounds of EM on it alone.
 *
 *   floor    all bits lie above it
 *   returns  by how many bits it moved; the pairs' bits are left as they are
 */
float estimate_prior(struct model *model, const struct scored_pair *pairs, uint32_t count,
	float floor, double all_pairs);

#endif
