/*
 * Those that promise most, of many that pass by: what a search compares.
 *
 * Promises are whole steps, so those that pass are counted by level; as soon as enough are better,
 * a level is closed, and what comes on it or below is not looked at again.
 */
#ifndef SERVICES_MATCHING_ENGINE_SEARCH_SHORTLIST_H
#define SERVICES_MATCHING_ENGINE_SEARCH_SHORTLIST_H

#include <stdint.h>

#define SHORTLIST_ENOUGH 256u                   /* that are compared at most */
#define SHORTLIST_MAX    (4 * SHORTLIST_ENOUGH) /* picks; tightened when there are so many */
#define SHORTLIST_LEVELS 512u                   /* of promises, in steps (promise.h) */

struct shortlist {
	int32_t least;       /* the promise of level 0 */
	uint32_t enough;     /* that are kept */
	uint32_t cut, above; /* the lowest level that counts; picks on it and above */
	uint32_t from;       /* the lowest level that is still taken */
	uint32_t count;
	uint32_t at_level[SHORTLIST_LEVELS];
	uint64_t picks[SHORTLIST_MAX], sorted[SHORTLIST_MAX]; /* level, row */
};

/*
 * How many rows are compared where so many words pass by.  Both share one time, so of few words more
 * are; but a common name has more look-alikes, so of many words most are.
 */
uint32_t shortlist_enough(uint32_t word_count);

/*
 * An empty one.
 *   least   steps below which nothing is taken
 *   enough  how many are kept, 1..SHORTLIST_ENOUGH
 */
void shortlist_begin(struct shortlist *list, int32_t least, uint32_t enough);

/* Takes a row, if its level (steps above the least) is not closed. */
void shortlist_pick(struct shortlist *list, uint32_t level, uint32_t row);

/* Sorts what was picked: count of sorted, the best promises first. */
void shortlist_sort(struct shortlist *list);

#endif
