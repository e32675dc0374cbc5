/*
 * Records that are one person, from scored pairs.
 *
 * Not the bare closure of likely pairs: one false pair would join two families.  Inside each
 * closure, groups are joined while the mean probability over all their pairs speaks for it
 * (average linkage: R. Sokal, C. Michener, 1958).
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_CLUSTER_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_CLUSTER_H

#include "services/matching/engine/linkage/block.h"

#define CLUSTER_MAX 200 /* records of a closure that are weighed against each other */

struct scored_pair {
	struct record_pair pair;
	float bits; /* evidence, the prior included (model.h) */
};

/* Evidence for any two records; called for pairs that blocking left apart, too. */
struct cluster_judge {
	float (*bits)(void *context, uint32_t a, uint32_t b);
	void *context;
};

/*
 * Numbers each record's cluster by its lowest record.
 *
 *   pairs        in any order; sorted by this function, best first
 *   ret_cluster  one number per record
 *
 * A closure above CLUSTER_MAX is cut: its weakest pairs are left out until no closure is larger.
 */
void cluster_records(uint32_t record_count, struct scored_pair *pairs, uint32_t pair_count,
	const struct cluster_judge *judge, struct lg_arena *arena, uint32_t *ret_cluster);

/*
 * Keeps pairs so that no record stands in two: the best first.
 *   returns  how many are kept, at the front
 */
uint32_t cluster_one_to_one(
	struct scored_pair *pairs, uint32_t count, uint32_t record_count, struct lg_arena *arena);

/* Best evidence first; equal ones by their records, so that two runs give one order. */
void cluster_sort(struct scored_pair *pairs, uint32_t count);

#endif
