/* The journey as it is asked for. */
#include "services/reporting/domain/journey_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct journey_row sample[] = {
	{ .station = "SNL", .month = "2026-06", .counter = OFFERS, .amount = 1 },
	{ .station = "", .month = "2026-05", .counter = OFFERS, .amount = 2 },
	{ .station = "SNL", .month = "2026-05", .counter = ROUTE_R1, .amount = 4 },
	{ .station = "SNL", .month = "2026-05", .counter = OFFERS, .amount = 8 },
};

#define SAMPLE_COUNT (sizeof sample / sizeof sample[0])

static size_t add_up(struct journey_row rows[SAMPLE_COUNT], struct report_grouping grouping)
{
	int64_t totals[JOURNEY_COUNTERS];
	size_t count = 0;

	memcpy(rows, sample, sizeof sample);
	assert_int_equal(
		journey_add_up(rows, SAMPLE_COUNT, grouping, &count, totals).outcome, LG_DONE);
	assert_int_equal(totals[OFFERS], 11);
	assert_int_equal(totals[ROUTE_R1], 4);
	assert_int_equal(totals[ACCEPTED], 0);
	return count;
}

static void is_row(const struct journey_row *row, const char *station, const char *month,
	enum journey_counter counter, int64_t amount)
{
	assert_string_equal(row->station, station);
	assert_string_equal(row->month, month);
	assert_int_equal(row->counter, counter);
	assert_int_equal(row->amount, amount);
}

/* Goal: each grouping has its rows, in order, and the same totals.  Method: all four. */
static void rows_are_added_up_as_asked(void **unused)
{
	(void)unused;
	struct journey_row rows[SAMPLE_COUNT];

	assert_int_equal(add_up(rows, (struct report_grouping){ true, true }), 4);
	is_row(&rows[0], "", "2026-05", OFFERS, 2);
	is_row(&rows[1], "SNL", "2026-05", ROUTE_R1, 4);
	is_row(&rows[2], "SNL", "2026-05", OFFERS, 8);
	is_row(&rows[3], "SNL", "2026-06", OFFERS, 1);
	assert_int_equal(add_up(rows, (struct report_grouping){ true, false }), 3);
	is_row(&rows[2], "SNL", "", OFFERS, 9);
	assert_int_equal(add_up(rows, (struct report_grouping){ false, true }), 3);
	is_row(&rows[1], "", "2026-05", OFFERS, 10);
	assert_int_equal(add_up(rows, (struct report_grouping){ false, false }), 2);
	is_row(&rows[0], "", "", ROUTE_R1, 4);
	is_row(&rows[1], "", "", OFFERS, 11);
}

/* Goal: nothing adds up to nothing.  Method: no rows. */
static void no_rows_give_totals_of_zero(void **unused)
{
	(void)unused;
	int64_t totals[JOURNEY_COUNTERS];
	size_t count = 1;

	memset(totals, 1, sizeof totals);
	assert_int_equal(
		journey_add_up(NULL, 0, (struct report_grouping){ true, true }, &count, totals)
			.outcome,
		LG_DONE);
	assert_int_equal(count, 0);
	for (uint32_t i = 0; i < JOURNEY_COUNTERS; i++)
		assert_int_equal(totals[i], 0);
}

/* Goal: an answer has a limit.  Method: as many rows as it may hold, then one more. */
static void more_rows_than_an_answer_holds_are_refused(void **unused)
{
	(void)unused;
	static struct journey_row rows[JOURNEY_ROWS_MAX + 1];
	const struct report_grouping by_both = { true, true };
	int64_t totals[JOURNEY_COUNTERS];
	size_t count = 0;

	for (size_t i = 0; i <= JOURNEY_ROWS_MAX; i++)
		snprintf(rows[i].month, sizeof rows[i].month, "%07zu", i);
	assert_int_equal(
		journey_add_up(rows, JOURNEY_ROWS_MAX, by_both, &count, totals).outcome, LG_DONE);
	assert_int_equal(count, JOURNEY_ROWS_MAX);
	assert_int_equal(
		journey_add_up(rows, JOURNEY_ROWS_MAX + 1, by_both, &count, totals).outcome,
		LG_REFUSED);
	assert_int_equal(count, JOURNEY_ROWS_MAX);
}

/* Goal: persons are those of all routes without those seen again.  Method: sums by hand, and a yes
 * that came before its rescues. */
static void persons_are_counted_once(void **unused)
{
	(void)unused;
	int64_t totals[JOURNEY_COUNTERS] = { [ROUTE_R0] = 1,
		[ROUTE_R1] = 2,
		[ROUTE_R2] = 4,
		[ROUTE_R3] = 8,
		[ROUTE_R4] = 16,
		[SEEN_AGAIN] = 3,
		[OFFERS] = 100 };

	assert_int_equal(journey_persons(totals), 28);
	totals[SEEN_AGAIN] = 31;
	assert_int_equal(journey_persons(totals), 0);
	totals[SEEN_AGAIN] = 32;
	assert_int_equal(journey_persons(totals), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_added_up_as_asked),
		cmocka_unit_test(no_rows_give_totals_of_zero),
		cmocka_unit_test(more_rows_than_an_answer_holds_are_refused),
		cmocka_unit_test(persons_are_counted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
