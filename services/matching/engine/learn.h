/*
 * Weights learned again from pairs that people have decided.
 *
 * Only proposed pairs are decided, so levels cannot simply be counted: among rejected pairs nearly every
 * name is alike, because others were never proposed.  What was not proposed was not seen, so m and
 * u are those under which the *proposed* pairs of either kind would show the levels that they show:
 * fields independent of each other over all pairs, but looked at through the threshold alone (L. A.
 * Goodman, "The Analysis of Cross-Classified Data", JASA 63 (1968): quasi-independence).  They are
 * found by iterative scaling (J. N. Darroch, D. Ratcliff, Ann. Math. Stat. 43 (1972)).
 *
 * Few decided pairs move little: the shipped weights count as LEARN_PRIOR pairs of each kind (a
 * Dirichlet prior; A. Gelman et al., Bayesian Data Analysis, 3rd ed., 3.4).
 *
 * Pure: no clock, no memory but what is given.
 */
#ifndef SERVICES_MATCHING_ENGINE_LEARN_H
#define SERVICES_MATCHING_ENGINE_LEARN_H

#include <stdbool.h>

#include "common/base/status.h"
#include "services/matching/engine/weigh.h"

#define LEARN_PATTERNS 1024 /* LEVEL_COUNT to the power of FIELD_COUNT */
#define LEARN_LEAST    50   /* decided pairs of each kind, below which nothing is learned */
#define LEARN_PRIOR    100  /* decided pairs of each kind that the shipped weights are worth */

/* Decided pairs by their levels; a part is held out: nothing is learned from it. */
struct decided {
	uint32_t same[LEARN_PATTERNS], other[LEARN_PATTERNS];
	uint32_t held_same[LEARN_PATTERNS], held_other[LEARN_PATTERNS];
};

struct learned {
	uint32_t same_count, other_count, held_out_count;
	double loss_before, loss_after; /* bits a held-out pair costs; 0: none is held out */
	struct weights weights;         /* their version is the caller's */
};

/*
 * Adds a pair.
 *   is_held_out  of about one pair in five, by something that says nothing of the pair
 */
void learn_add(struct decided *decided, const enum match_level levels[FIELD_COUNT], bool is_same,
	bool is_held_out);

/*
 * Learns.
 *   shipped      the prior, and the threshold through which pairs were seen: always the same ones, so
 *                that learning again from the same pairs changes nothing
 *   present      what must be beaten on the held-out pairs
 *   ret_learned  counts and losses also when refused
 *   refused      too few; worse than before on the held-out pairs; a closer level worth less than a
 *                farther one
 */
LG_MUST_CHECK struct lg_status learn(const struct weights *shipped, const struct weights *present,
	const struct decided *decided, struct learned *ret_learned);

#endif
