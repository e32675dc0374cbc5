/* Totals as they are asked for. */
#include "services/reporting/domain/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct interception_row sample[] = {
	{ .station = "THB", .month = "2014-06", .counts = { .interceptions = 1, .points = 10 } },
	{ .station = "SNL", .month = "2014-06", .counts = { .interceptions = 2, .victims = 3 } },
	{ .station = "SNL", .month = "2014-05", .counts = { .interceptions = 4, .suspects = 5 } },
	{ .station = "THB", .month = "2014-05", .counts = { .interceptions = 8, .points = 20 } },
};

#define SAMPLE_COUNT (sizeof sample / sizeof sample[0])

static size_t add_up(struct interception_row rows[SAMPLE_COUNT], struct report_grouping grouping)
{
	struct interception_counts total;
	size_t count = 0;

	memcpy(rows, sample, sizeof sample);
	assert_int_equal(
		report_add_up(rows, SAMPLE_COUNT, grouping, &count, &total).outcome, LG_DONE);
	assert_int_equal(total.interceptions, 15);
	assert_int_equal(total.victims, 3);
	assert_int_equal(total.suspects, 5);
	assert_int_equal(total.points, 30);
	return count;
}

static void is_row(const struct interception_row *row, const char *station, const char *month,
	int64_t interceptions)
{
	assert_string_equal(row->station, station);
	assert_string_equal(row->month, month);
	assert_int_equal(row->counts.interceptions, interceptions);
}

/* Goal: each grouping has its rows, in order, and the same total.  Method: all four. */
static void rows_are_added_up_as_asked(void **unused)
{
	(void)unused;
	struct interception_row rows[SAMPLE_COUNT];

	assert_int_equal(add_up(rows, (struct report_grouping){ true, true }), 4);
	is_row(&rows[0], "SNL", "2014-05", 4);
	is_row(&rows[1], "SNL", "2014-06", 2);
	is_row(&rows[2], "THB", "2014-05", 8);
	is_row(&rows[3], "THB", "2014-06", 1);
	assert_int_equal(add_up(rows, (struct report_grouping){ true, false }), 2);
	is_row(&rows[0], "SNL", "", 6);
	is_row(&rows[1], "THB", "", 9);
	assert_int_equal(add_up(rows, (struct report_grouping){ false, true }), 2);
	is_row(&rows[0], "", "2014-05", 12);
	is_row(&rows[1], "", "2014-06", 3);
	assert_int_equal(add_up(rows, (struct report_grouping){ false, false }), 1);
	is_row(&rows[0], "", "", 15);
}

/* Goal: nothing adds up to nothing.  Method: no rows. */
static void no_rows_give_an_empty_total(void **unused)
{
	(void)unused;
	struct interception_counts total = { .points = 1 };
	size_t count = 1;

	assert_int_equal(
		report_add_up(NULL, 0, (struct report_grouping){ true, true }, &count, &total)
			.outcome,
		LG_DONE);
	assert_int_equal(count, 0);
	assert_int_equal(total.points, 0);
}

/* Goal: an answer has a limit.  Method: as many groups as it may hold, then one more. */
static void more_groups_than_an_answer_holds_are_refused(void **unused)
{
	(void)unused;
	static struct interception_row rows[REPORT_ROWS_MAX + 1];
	const struct report_grouping by_both = { true, true };
	struct interception_counts total;
	size_t count = 0;

	for (size_t i = 0; i <= REPORT_ROWS_MAX; i++)
		snprintf(rows[i].month, sizeof rows[i].month, "%07zu", i);
	assert_int_equal(
		report_add_up(rows, REPORT_ROWS_MAX, by_both, &count, &total).outcome, LG_DONE);
	assert_int_equal(count, REPORT_ROWS_MAX);
	assert_int_equal(report_add_up(rows, REPORT_ROWS_MAX + 1, by_both, &count, &total).outcome,
		LG_REFUSED);
	assert_int_equal(count, REPORT_ROWS_MAX);
}

/* Goal: only two words are known, each once.  Method: good and bad lists. */
static void a_grouping_is_station_and_month_in_any_order(void **unused)
{
	(void)unused;
	const char *const both[] = { "month", "station" };
	const char *const twice[] = { "month", "month" };
	const char *const unknown[] = { "station", "district" };
	struct report_grouping grouping = { true, true };

	assert_int_equal(report_grouping_of(NULL, 0, &grouping).outcome, LG_DONE);
	assert_false(grouping.by_station || grouping.by_month);
	assert_int_equal(report_grouping_of(both, 1, &grouping).outcome, LG_DONE);
	assert_true(!grouping.by_station && grouping.by_month);
	assert_int_equal(report_grouping_of(both, 2, &grouping).outcome, LG_DONE);
	assert_true(grouping.by_station && grouping.by_month);
	assert_int_equal(report_grouping_of(twice, 2, &grouping).outcome, LG_REFUSED);
	assert_int_equal(report_grouping_of(unknown, 2, &grouping).outcome, LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_added_up_as_asked),
		cmocka_unit_test(no_rows_give_an_empty_total),
		cmocka_unit_test(more_groups_than_an_answer_holds_are_refused),
		cmocka_unit_test(a_grouping_is_station_and_month_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
