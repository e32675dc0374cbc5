/* What one event adds to the totals. */
#include "services/reporting/domain/projection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/random.h"

#define MAY_2014 ((lg_ms)1398902400000) /* 2014-05-01T00:00:00Z */

static struct interception_row row_at(lg_ms at)
{
	struct interception_row row;

	assert_int_equal(projection_row("SNL", at, &row).outcome, LG_DONE);
	return row;
}

/* Goal: months are counted in UTC.  Method: the last and the first millisecond, and the ends. */
static void a_month_begins_at_midnight_utc(void **unused)
{
	(void)unused;
	assert_string_equal(row_at(MAY_2014).month, "2014-05");
	assert_string_equal(row_at(MAY_2014 - 1).month, "2014-04");
	assert_string_equal(row_at(0).month, "1970-01");
	assert_string_equal(row_at(253402300799999).month, "9999-12");
	assert_string_equal(row_at(MAY_2014).station, "SNL");
}

/* Goal: what a peer sends is looked at.  Method: bad stations, times beyond both ends. */
static void bad_stations_and_times_are_refused(void **unused)
{
	(void)unused;
	struct interception_row row;

	assert_int_equal(projection_row("", MAY_2014, &row).outcome, LG_REFUSED);
	assert_int_equal(projection_row("snl", MAY_2014, &row).outcome, LG_REFUSED);
	assert_int_equal(projection_row("ABCDEFGHI", MAY_2014, &row).outcome, LG_REFUSED);
	assert_int_equal(projection_row("ABCDEFGH", MAY_2014, &row).outcome, LG_DONE);
	assert_int_equal(projection_row("SNL", -1, &row).outcome, LG_REFUSED);
	assert_int_equal(projection_row("SNL", 253402300800000, &row).outcome, LG_REFUSED);
}

/* Goal: a screening counts its points, and a differing total once.  Method: all three cases. */
static void only_a_given_and_other_total_differs(void **unused)
{
	(void)unused;
	struct interception_row row = row_at(MAY_2014);

	projection_add_screened(&row, 35, false, 0);
	projection_add_screened(&row, 40, true, 40);
	assert_int_equal(row.counts.points_differ, 0);
	projection_add_screened(&row, 50, true, 45);
	assert_int_equal(row.counts.points_differ, 1);
	assert_int_equal(row.counts.points, 125);
	assert_int_equal(row.counts.interceptions, 0);
}

static void apply(struct interception_row *row, uint32_t event)
{
	switch (event) {
	case 0:
		projection_add_engaged(row, 2, 1);
		return;
	case 1:
		projection_add_screened(row, 85, true, 90);
		return;
	case 2:
		projection_add_person(row, LISTED_AS_VICTIM);
		return;
	default:
		projection_add_person(row, LISTED_AS_SUSPECT);
		return;
	}
}

/*
 * Goal: the order of events does not matter.  Method: the events of a case in 100 shuffled orders;
 * every sum is the same.
 */
static void any_order_of_events_gives_the_same_totals(void **unused)
{
	(void)unused;
	uint32_t events[] = { 0, 1, 2, 2, 3 };
	const size_t count = sizeof events / sizeof events[0];
	const struct interception_counts expected = {
		.interceptions = 1,
		.victims = 2,
		.suspects = 1,
		.stated_victims = 2,
		.stated_suspects = 1,
		.points = 85,
		.points_differ = 1,
	};
	struct lg_random random;

	lg_random_seed(&random, 20140511);
	for (int order = 0; order < 100; order++) {
		struct interception_row row = row_at(MAY_2014);

		for (size_t i = count - 1; i > 0; i--) {
			size_t other = (size_t)lg_random_below(&random, i + 1);
			uint32_t event = events[i];

			events[i] = events[other];
			events[other] = event;
		}
		for (size_t i = 0; i < count; i++)
			apply(&row, events[i]);
		assert_memory_equal(&row.counts, &expected, sizeof expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_month_begins_at_midnight_utc),
		cmocka_unit_test(bad_stations_and_times_are_refused),
		cmocka_unit_test(only_a_given_and_other_total_differs),
		cmocka_unit_test(any_order_of_events_gives_the_same_totals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
