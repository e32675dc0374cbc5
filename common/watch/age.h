/*
 * How old is the oldest event that a reader has not applied?  Neither side keeps a time for each
 * number; here a few marks stand for all of them, fine for what is new and coarse for what is old,
 * so that an age is never told too small and at most about twice too large.
 */
#ifndef LG_WATCH_AGE_H
#define LG_WATCH_AGE_H

#include "common/base/calendar.h"

#define LG_AGE_MARKS 32
#define LG_AGE_STEP  250 /* ms that the newest mark stands for */

/* Zeroed: nothing was seen. */
struct lg_age {
	uint32_t count;
	struct {
		uint64_t through; /* numbers up to this one, behind those of the mark before */
		lg_ms since;      /* the first of them */
	} at[LG_AGE_MARKS];
};

/* The stream's head stands at number; a number that was seen before changes nothing. */
void lg_age_note(struct lg_age *age, uint64_t number, lg_ms now);

/* How long the first number behind `applied` has waited; 0 when there is none. */
lg_ms lg_age_behind(const struct lg_age *age, uint64_t applied, lg_ms now);

#endif
