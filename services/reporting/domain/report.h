/* Totals as somebody asks for them: by station, by month, by both, or one row. */
#ifndef SERVICES_REPORTING_DOMAIN_REPORT_H
#define SERVICES_REPORTING_DOMAIN_REPORT_H

#include "services/reporting/domain/projection.h"

#define REPORT_ROWS_MAX 4000 /* of an answer: it must stay below 1 MiB of JSON */

struct report_grouping {
	bool by_station, by_month;
};

/*
 * What "station" and "month", in any order, ask for.
 *   refused  another word, a word twice
 */
LG_MUST_CHECK struct lg_status report_grouping_of(
	const char *const *by, size_t count, struct report_grouping *ret_grouping);

/*
 * Adds rows up, in place, to one row per group, ordered by station, then month.
 *
 *   rows       count of them; what is not asked for becomes ""
 *   ret_count  rows that are left, from the first on
 *   ret_total  of all
 *   refused    more groups than an answer can hold
 */
LG_MUST_CHECK struct lg_status report_add_up(struct interception_row *rows, size_t count,
	struct report_grouping grouping, size_t *ret_count, struct interception_counts *ret_total);

#endif
