/*
 * Evidence of many pairs, quickly: a pair is left as soon as it cannot reach the floor any more.
 *
 * What is best still possible for each field follows from the ids alone (equal, missing, other);
 * then fields are compared one by one, those first that are cheap and say much.  A pair that
 * reaches the floor gets what model_bits() gives it.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_SCORE_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_SCORE_H

#include "services/matching/engine/linkage/model.h"
#include "services/matching/engine/linkage/pairing.h"

struct score {
	const struct model *model;
	struct pairing *pairing;
	float floor;
	uint32_t order[FIELDS_MAX]; /* of a pair of twins only the first */
	uint32_t order_count;
	float most_unequal[FIELDS_MAX]; /* bits of the best grade below EQUAL */
};

/* For one thread; model and pairing must outlive it. */
void score_init(
	struct score *score, const struct model *model, struct pairing *pairing, float floor);

/* Evidence of a pair, or anything below the floor. */
float score_pair(struct score *score, const uint32_t *a, const uint32_t *b);

#endif
