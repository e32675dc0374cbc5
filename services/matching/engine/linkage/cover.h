/*
 * Which keys bring records together (block.h): chosen from the data, not by hand.
 *
 * Before anything is known of the fields: every atom that is rare enough alone, and every two
 * or three of those that are not.  Later, when likely pairs of a sample are known: as few keys as
 * hold nearly all of them, those first that find most for what they cost.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_COVER_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_COVER_H

#include "services/matching/engine/linkage/block.h"

/* A kind of likely pair: the atoms that it shares, and how many are like it. */
struct cover_row {
	uint64_t atoms;
	double weight;
};

/*
 * Keys for a first look.
 *
 *   pairs      of the task, or of its sample
 *   each_most  pairs that one key may be expected to bring
 */
void cover_broadly(struct blocking *blocking, double pairs, double each_most);

struct cover_task {
	double pairs, records; /* of the task */
	double most;   /* that all keys may cost: pairs looked at, sorting of records beside them */
	double enough; /* share of the likely pairs that is aimed at, below 1 */
};

/*
 * Keys for the whole task.
 *
 *   rows, count  the likely pairs; read, not kept.  Sorted by this function
 *   returns      the share that the chosen keys hold
 */
double cover_choose(struct blocking *blocking, struct cover_row *rows, uint32_t count,
	const struct cover_task *task);

#endif
