/*
 * From a roster to scored pairs.
 *
 * A small task: broad keys, all their pairs compared; weights by EM over them.  A large one:
 *   1. A first look at some of the records: keys that the atoms' chances alone suggest; u from
 *      pairs drawn by chance, m and the prior by EM.
 *   2. What likely pairs of the first look share tells what a glance is worth (glance.h), and which
 *      keys hold nearly all pairs of one person (cover.h): of pairs drawn field by field, so that
 *      those which the first look could not see count too.
 *   3. Every pair of a key is glanced at; those that may be one person are compared.
 * The prior is set right once more at the end, now that the rarity of values counts.
 */
#ifndef SERVICES_MATCHING_TOOLS_LINKING_LINKER_H
#define SERVICES_MATCHING_TOOLS_LINKING_LINKER_H

#include "services/matching/engine/linkage/cluster.h"
#include "services/matching/engine/linkage/cover.h"
#include "services/matching/engine/linkage/estimate.h"
#include "services/matching/engine/linkage/sweep.h"

#define LINKER_FLOOR_BITS (-7.0f) /* pairs below a probability of about 0.008 are not kept */

/* How far a pair came. */
enum linker_reach {
	LINKER_APART,    /* no key brought it together */
	LINKER_GLANCED,  /* it was looked at, and let go at a glance */
	LINKER_COMPARED, /* value by value */
};

struct linker {
	/* set by the caller */
	const struct roster *roster; /* its values are counted */
	struct lg_arena *arena;      /* owns what is found */
	uint32_t workers;
	struct estimate_start start;
	bool has_model; /* the model is given; nothing is learned */
	bool says_progress;
	const struct record_pair *watched; /* pairs of which is asked how far they came */
	uint32_t watched_count;
	enum linker_reach *reached; /* per watched pair; filled */

	/* found */
	struct model model;
	struct blocking blocking;
	struct scored_pair *pairs; /* taken by malloc; freed with the arena */
	uint32_t pair_count;
	uint64_t glanced;  /* pairs that were looked at; one of two keys twice.  Small tasks: 0 */
	uint64_t compared; /* pairs that were scored */
	double held; /* share of pairs of one person that the keys are expected to hold; 1: small */
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
