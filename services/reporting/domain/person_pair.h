/*
 * Which records are one person: a person counts once, however many of her records were confirmed
 * to be the same.  Three records of one girl may have two or three confirmed pairs; both mean that
 * two of them count no more.
 */
#ifndef SERVICES_REPORTING_DOMAIN_PERSON_PAIR_H
#define SERVICES_REPORTING_DOMAIN_PERSON_PAIR_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "services/reporting/domain/journey.h"

#define PERSON_PAIRS_MAX 65536 /* of a report */

/* A pair that a lead confirmed. */
struct person_pair {
	bool is_report;         /* right is a missing-person report; else an earlier record */
	struct lg_id left;      /* a rescued person */
	struct lg_id right;     /* never zero */
	char month[MONTH_SIZE]; /* of the yes */
	bool is_undone;         /* the row that takes it back */
};

/*
 * The pairs that tell something new, as rows of MISSING_FOUND and SEEN_AGAIN.  How many there are
 * does not depend on the order of the pairs; in which month one counts is the first's.
 *
 *   pairs      at most PERSON_PAIRS_MAX, by month, then left and right
 *   ret_rows   room for count of them
 *   ret_count  rows that were written
 */
void person_pairs_count(struct lg_arena *arena, const struct person_pair *pairs, size_t count,
	struct journey_row *ret_rows, size_t *ret_count);

#endif
