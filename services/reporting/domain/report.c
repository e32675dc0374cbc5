/* Rows of the projection, added up to what was asked for. */
#include "services/reporting/domain/report.h"

#include <stdlib.h>
#include <string.h>

struct lg_status report_grouping_of(
	const char *const *by, size_t count, struct report_grouping *ret_grouping)
{
	struct report_grouping grouping = { .by_station = false };

	for (size_t i = 0; i < count; i++) {
		bool *asked = NULL;

		if (strcmp(by[i], "station") == 0)
			asked = &grouping.by_station;
		else if (strcmp(by[i], "month") == 0)
			asked = &grouping.by_month;
		else
			return lg_refuse("totals are by station or by month");
		if (*asked)
			return lg_refuse("station or month is asked for twice");
		*asked = true;
	}
	*ret_grouping = grouping;
	return lg_done();
}

static int compare_rows(const void *a, const void *b)
{
	const struct interception_row *left = a, *right = b;
	int order = strcmp(left->station, right->station);

	return order != 0 ? order : strcmp(left->month, right->month);
}

static void add(struct interception_counts *sum, const struct interception_counts *counts)
{
	sum->interceptions += counts->interceptions;
	sum->victims += counts->victims;
	sum->suspects += counts->suspects;
	sum->stated_victims += counts->stated_victims;
	sum->stated_suspects += counts->stated_suspects;
	sum->points += counts->points;
	sum->points_differ += counts->points_differ;
}

struct lg_status report_add_up(struct interception_row *rows, size_t count,
	struct report_grouping grouping, size_t *ret_count, struct interception_counts *ret_total)
{
	struct interception_counts total = { .interceptions = 0 };
	size_t groups = 0;

	for (size_t i = 0; i < count; i++) {
		if (!grouping.by_station)
			rows[i].station[0] = '\0';
		if (!grouping.by_month)
			rows[i].month[0] = '\0';
		add(&total, &rows[i].counts);
	}
	if (count > 0) /* qsort of NULL is undefined even for nothing */
		qsort(rows, count, sizeof *rows, compare_rows);
	for (size_t i = 0; i < count; i++) {
		if (groups > 0 && compare_rows(&rows[groups - 1], &rows[i]) == 0)
			add(&rows[groups - 1].counts, &rows[i].counts);
		else
			rows[groups++] = rows[i];
	}
	if (groups > REPORT_ROWS_MAX)
		return lg_refuse("too many rows: ask by station or by month alone");
	*ret_count = groups;
	*ret_total = total;
	return lg_done();
}
