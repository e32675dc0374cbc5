/*
 * What an agreement or a difference is worth.
 *
 * I. Fellegi, A. Sunter, "A Theory for Record Linkage", JASA 64 (1969): each field adds
 * log2(m / u), m how often the level is seen in two records of one person, u in two records of
 * different persons.  Fields are taken as independent.
 */
#ifndef SERVICES_MATCHING_ENGINE_WEIGH_H
#define SERVICES_MATCHING_ENGINE_WEIGH_H

#include <stdint.h>

enum match_field { FIELD_NAME, FIELD_PHONE, FIELD_AGE, FIELD_PLACE, FIELD_SEX, FIELD_COUNT };
enum match_level { LEVEL_MISSING, LEVEL_DIFFERENT, LEVEL_CLOSE, LEVEL_EQUAL, LEVEL_COUNT };

/* Words for reasons.  Of a place: equal is the same local level, close the same district. */
extern const char *const match_field_names[FIELD_COUNT];
extern const char *const match_level_names[LEVEL_COUNT];

struct weights {
	int32_t prior_millibits;  /* of two records before they are compared */
	uint32_t version;         /* which ones: a match keeps the version that scored it */
	uint32_t propose_ppm;     /* from here on a lead is asked */
	uint32_t two_persons_ppm; /* from here on two are asked */
	int32_t millibits[FIELD_COUNT][LEVEL_COUNT]; /* missing: 0 */
	/* what they come from: weigh_settle() */
	int64_t one_in; /* pair is one person, before anything is compared */
	int32_t m_ppm[FIELD_COUNT][LEVEL_COUNT],
		u_ppm[FIELD_COUNT][LEVEL_COUNT]; /* 0: no such level */
};

/* log2(m / u) in thousandths of a bit; both above 0. */
int32_t weigh_level(int64_t m_ppm, int64_t u_ppm);

/* Prior and millibits from one_in, m and u. */
void weigh_settle(struct weights *weights);

/* log2 of the odds of one pair in so many. */
int32_t weigh_prior(int64_t one_in);

/* The probability of a total, prior included: 0..1000000. */
uint32_t weigh_probability(int32_t total_millibits);

#endif
