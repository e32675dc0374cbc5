/*
 * From a roster to scored pairs: a first look to learn weights and keys, then the whole.
 *
 *   1. u from pairs drawn by chance.
 *   2. Broad keys over all records, or over some where all would be too many; m and the prior
 *      by EM over what they bring together.
 *   3. Only where 2 was a sample: the fewest keys that hold its likely pairs, over all records.
 *   4. Every pair of a key is scored; the prior is set right once more, now that the rarity of
 *      values counts.
 */
#ifndef SERVICES_MATCHING_TOOLS_LINKER_H
#define SERVICES_MATCHING_TOOLS_LINKER_H

#include "services/matching/engine/linkage/cluster.h"
#include "services/matching/engine/linkage/cover.h"
#include "services/matching/engine/linkage/estimate.h"

#define LINKER_FLOOR_BITS (-7.0f) /* pairs below a probability of about 0.008 are not kept */

struct linker {
	/* set by the caller */
	const struct roster *roster; /* its values are counted */
	struct lg_arena *arena;      /* owns what is found */
	uint32_t workers;
	struct estimate_start start;
	bool has_model; /* the model is given; nothing is learned */
	bool says_progress;

	/* found */
	struct model model;
	struct blocking blocking;
	struct scored_pair *pairs; /* taken by malloc; freed with the arena */
	uint32_t pair_count;
	uint64_t compared; /* pairs that were scored */
	double held; /* share of the sample's likely pairs that the keys hold; 1: all looked at */
	uint32_t rounds; /* of EM */
};

/* Runs all of the above. */
void linker_run(struct linker *linker);

/* Evidence of any two records, for cluster.h: context is a struct linker_judge. */
struct linker_judge {
	const struct linker *linker;
	struct pairing pairing;
};
float linker_bits(void *context, uint32_t a, uint32_t b);

#endif
