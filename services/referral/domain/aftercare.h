/*
 * The plan after home: visits 1, 3, 6 and 12 months after she arrived (FIELD, a19).
 */
#ifndef SERVICES_REFERRAL_DOMAIN_AFTERCARE_H
#define SERVICES_REFERRAL_DOMAIN_AFTERCARE_H

#include "common/base/calendar.h"

#define VISITS_COUNT 4

extern const uint32_t visit_months[VISITS_COUNT]; /* 1, 3, 6, 12 */

struct aftercare {
	lg_ms began_at;  /* reunified, or rehabilitation started, the first of both; 0: not yet */
	uint32_t visits; /* of the plan that are done */
	uint32_t told;   /* of the plan that were told to be due */
};

/* Begins the plan; a later beginning changes nothing. */
void aftercare_begin(struct aftercare *aftercare, lg_ms began_at);

/* When the next visit that was not told yet is due; 0: none. */
lg_ms aftercare_next_due(const struct aftercare *aftercare, lg_ms month);

/*
 * The clock says something.
 *   returns  the month (1, 3, 6, 12) of the visit that is to be told as due now; 0: none
 */
uint32_t aftercare_tell(struct aftercare *aftercare, lg_ms month, lg_ms now);

/* A visit was made.  Returns which of the plan it was: its month, or 0 when all were made. */
uint32_t aftercare_visit(struct aftercare *aftercare);

#endif
