/* The journey's counters as somebody asks for them: by station, by month, by both, or in sum. */
#ifndef SERVICES_REPORTING_DOMAIN_JOURNEY_REPORT_H
#define SERVICES_REPORTING_DOMAIN_JOURNEY_REPORT_H

#include "services/reporting/domain/journey.h"
#include "services/reporting/domain/report.h"

#define JOURNEY_ROWS_MAX 8000 /* of an answer: it must stay below 1 MiB of JSON */

/*
 * Adds rows up, in place, to one row per group and counter, ordered by station, month, counter.
 *
 *   rows        count of them; what is not asked for becomes ""
 *   ret_count   rows that are left, from the first on
 *   ret_totals  of all, by counter
 *   refused     more rows than an answer can hold
 */
LG_MUST_CHECK struct lg_status journey_add_up(struct journey_row *rows, size_t count,
	struct report_grouping grouping, size_t *ret_count, int64_t ret_totals[JOURNEY_COUNTERS]);

/*
 * Persons whose route was decided, each once.  A yes may be read before the rescues that it joins,
 * so that there may seem to be less than none: then none.
 */
int64_t journey_persons(const int64_t totals[JOURNEY_COUNTERS]);

#endif
