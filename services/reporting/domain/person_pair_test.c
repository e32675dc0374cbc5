/* A person counts once. */
#include "services/reporting/domain/person_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/random.h"

static struct lg_id id_of(uint32_t number)
{
	return lg_id_make(1, 1600000000000, number + 1);
}

static struct person_pair same(uint32_t left, uint32_t right, const char *month)
{
	struct person_pair pair = { .left = id_of(left), .right = id_of(right) };

	memcpy(pair.month, month, MONTH_SIZE);
	return pair;
}

static struct person_pair missed(uint32_t left, uint32_t report, const char *month)
{
	struct person_pair pair = same(left, report, month);

	pair.is_report = true;
	return pair;
}

#define ROWS_MAX 64

static size_t count(
	const struct person_pair *pairs, size_t pair_count, struct journey_row rows[ROWS_MAX])
{
	struct lg_arena *arena = lg_arena_new();
	size_t row_count = 99;

	assert_in_range(pair_count, 0, ROWS_MAX);
	person_pairs_count(arena, pairs, pair_count, rows, &row_count);
	lg_arena_free(arena);
	return row_count;
}

/* Goal: nothing is nothing.  Method: no pair. */
static void no_pair_gives_no_row(void **unused)
{
	(void)unused;
	assert_int_equal(count(NULL, 0, NULL), 0);
}

/*
 * Goal: three records of one girl are two too many, however they were joined, and a yes told twice
 * is one.  Method: all ways of joining three, then two other persons.
 */
static void records_of_one_person_count_once(void **unused)
{
	(void)unused;
	struct journey_row rows[ROWS_MAX];
	const struct person_pair chain[] = { same(2, 1, "2026-05"), same(3, 2, "2026-05") };
	const struct person_pair star[] = { same(3, 1, "2026-05"), same(3, 2, "2026-05") };
	const struct person_pair full[] = { same(2, 1, "2026-05"), same(3, 1, "2026-05"),
		same(3, 2, "2026-06") };
	const struct person_pair twice[] = { same(2, 1, "2026-05"), same(2, 1, "2026-05") };
	const struct person_pair two[] = { same(2, 1, "2026-05"), same(4, 3, "2026-06") };

	assert_int_equal(count(chain, 2, rows), 2);
	assert_int_equal(count(star, 2, rows), 2);
	assert_int_equal(count(full, 3, rows), 2);
	assert_int_equal(count(twice, 2, rows), 1);
	assert_int_equal(count(two, 2, rows), 2);
	assert_int_equal(rows[0].counter, SEEN_AGAIN);
	assert_int_equal(rows[0].amount, 1);
	assert_string_equal(rows[0].station, "");
	assert_string_equal(rows[0].month, "2026-05");
	assert_string_equal(rows[1].month, "2026-06");
}

/* Goal: a report is found once, and finding it does not make two persons one.  Method: two girls
 * matched with one report, one of them with another, and one pair of the two. */
static void a_report_is_found_once(void **unused)
{
	(void)unused;
	struct journey_row rows[ROWS_MAX];
	const struct person_pair pairs[] = { missed(1, 10, "2026-05"), missed(2, 10, "2026-06"),
		missed(1, 11, "2026-07"), same(2, 1, "2026-08") };

	assert_int_equal(count(pairs, 4, rows), 3);
	assert_int_equal(rows[0].counter, MISSING_FOUND);
	assert_string_equal(rows[0].month, "2026-05");
	assert_int_equal(rows[1].counter, MISSING_FOUND);
	assert_string_equal(rows[1].month, "2026-07");
	assert_int_equal(rows[2].counter, SEEN_AGAIN);
}

/*
 * Goal: how many there are does not depend on the order.  Method: 40 random pairs of 20 records, in
 * 100 shuffled orders.
 */
static void any_order_of_pairs_gives_the_same_count(void **unused)
{
	(void)unused;
	struct person_pair pairs[40];
	struct journey_row rows[ROWS_MAX];
	const size_t pair_count = sizeof pairs / sizeof pairs[0];
	struct lg_random random;

	lg_random_seed(&random, 20260511);
	for (size_t i = 0; i < pair_count; i++) {
		uint32_t left = (uint32_t)lg_random_below(&random, 19);

		pairs[i] = same(left, left + 1, "2026-05"); /* a path: holes are likely */
	}

	size_t expected = count(pairs, pair_count, rows);

	assert_in_range(expected, 1, 19);
	for (int order = 0; order < 100; order++) {
		for (size_t i = pair_count - 1; i > 0; i--) {
			size_t other = (size_t)lg_random_below(&random, i + 1);
			struct person_pair pair = pairs[i];

			pairs[i] = pairs[other];
			pairs[other] = pair;
		}
		assert_int_equal(count(pairs, pair_count, rows), expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_pair_gives_no_row),
		cmocka_unit_test(records_of_one_person_count_once),
		cmocka_unit_test(a_report_is_found_once),
		cmocka_unit_test(any_order_of_pairs_gives_the_same_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
