/*
 * Which route a person may be put on, by whom, and why: the triage's result.
 *
 * R0 advised, travels on; R1 handed back at the line; R2 Indian proceedings; R3 stopped in
 * Nepal; R4 Indian citizen.  Stopping an adult against her will is an infringement, not a rescue.
 */
#ifndef SERVICES_INTAKE_DOMAIN_RESCUE_H
#define SERVICES_INTAKE_DOMAIN_RESCUE_H

#include "services/intake/domain/person.h"
#include "services/intake/domain/procedure.h"

#define RESCUE_NEEDS_MAX 16
#define CALLBACK_MAX_MS  (366 * LG_DAY_MS)

struct rescue {
	enum route route;
	enum decider by;
	const char *reason;
	lg_ms rescued_at, callback_at; /* callback_at 0: no call was agreed */
	const char *home_district, *home_country;
	uint32_t need_count;
	const char *const *needs;
};

/*
 * Puts a person on a route.  The same again is done.
 *
 *   person       is changed when done
 *   book         says which reasons a route may have
 *   ret_is_told  the same was recorded before
 *   refused      she is a suspect, or nobody said that she is a possible victim (but for R0); another
 *                route was chosen before; an adult is stopped by the centre's word alone; a child
 *                decides alone, or travels on without own family; R4 and the home country do
 *                not agree; the reason is not one of the route's; a code is not known; a call
 *                without R0, or not within the year behind it
 */
LG_MUST_CHECK struct lg_status rescue_record(struct person *person, const struct rescue *rescue,
	const struct procedure_book *book, bool *ret_is_told);

#endif
