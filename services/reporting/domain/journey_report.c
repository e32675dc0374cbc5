/* Rows of the journey, added up to what was asked for. */
#include "services/reporting/domain/journey_report.h"

#include <stdlib.h>
#include <string.h>

static int compare_rows(const void *a, const void *b)
{
	const struct journey_row *left = a, *right = b;
	int order = strcmp(left->station, right->station);

	if (order == 0)
		order = strcmp(left->month, right->month);
	return order != 0 ? order : (int)left->counter - (int)right->counter;
}

struct lg_status journey_add_up(struct journey_row *rows, size_t count,
	struct report_grouping grouping, size_t *ret_count, int64_t ret_totals[JOURNEY_COUNTERS])
{
	int64_t totals[JOURNEY_COUNTERS] = { 0 };
	size_t groups = 0;

	for (size_t i = 0; i < count; i++) {
		if (!grouping.by_station)
			rows[i].station[0] = '\0';
		if (!grouping.by_month)
			rows[i].month[0] = '\0';
		totals[rows[i].counter] += rows[i].amount;
	}
	if (count > 0) /* qsort of NULL is undefined even for nothing */
		qsort(rows, count, sizeof *rows, compare_rows);
	for (size_t i = 0; i < count; i++) {
		if (groups > 0 && compare_rows(&rows[groups - 1], &rows[i]) == 0)
			rows[groups - 1].amount += rows[i].amount;
		else
			rows[groups++] = rows[i];
	}
	if (groups > JOURNEY_ROWS_MAX)
		return lg_refuse("too many rows: ask by station or by month alone");
	*ret_count = groups;
	memcpy(ret_totals, totals, sizeof totals);
	return lg_done();
}

int64_t journey_persons(const int64_t totals[JOURNEY_COUNTERS])
{
	int64_t persons = -totals[SEEN_AGAIN];

	for (uint32_t route = ROUTE_R0; route <= ROUTE_R4; route++)
		persons += totals[route];
	return persons < 0 ? 0 : persons;
}
