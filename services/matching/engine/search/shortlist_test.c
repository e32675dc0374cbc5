/*
 * Goal: the shortlist holds those that promise most, best first, and stays short.  Method: random
 * levels beside a count of how many are better; a flood of rows that are all alike.
 */
#include "services/matching/engine/search/shortlist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/random.h"

#define ROWS   20000u
#define ENOUGH 100u

static uint32_t level_of(const struct shortlist *list, uint32_t at)
{
	return (uint32_t)(list->sorted[at] >> 32);
}

static void those_that_promise_most_come_first(void **unused)
{
	static struct shortlist list;
	static uint32_t levels[ROWS];
	struct lg_random random;

	(void)unused;
	for (uint32_t seed = 1; seed <= 20; seed++) {
		uint32_t better = 0, enough = seed % 2 == 0 ? SHORTLIST_ENOUGH : seed;

		lg_random_seed(&random, seed);
		shortlist_begin(&list, -40, enough);
		for (uint32_t row = 0; row < ROWS; row++) {
			levels[row] = (uint32_t)lg_random_below(&random, SHORTLIST_LEVELS + 9);
			shortlist_pick(&list, levels[row], row);
			if (levels[row] >= SHORTLIST_LEVELS)
				levels[row] = SHORTLIST_LEVELS - 1;
		}
		shortlist_sort(&list);
		assert_int_equal(list.count, enough);
		for (uint32_t i = 1; i < list.count; i++)
			assert_true(level_of(&list, i - 1) >= level_of(&list, i));
		for (uint32_t row = 0; row < ROWS; row++)
			better += levels[row] > level_of(&list, list.count - 1);
		assert_true(better <= list.count);
	}
}

static void few_words_and_many_words_leave_more_to_compare(void **unused)
{
	(void)unused;
	assert_int_equal(shortlist_enough(0), 112);
	assert_int_equal(shortlist_enough(64 * 48), 64);
	assert_int_equal(shortlist_enough(6000), 64);
	assert_int_equal(shortlist_enough(6001), SHORTLIST_ENOUGH);
	assert_int_equal(shortlist_enough(UINT32_MAX), SHORTLIST_ENOUGH);
	for (uint32_t words = 1; words <= 6000; words++) {
		assert_true(shortlist_enough(words) <= shortlist_enough(words - 1));
		assert_true(shortlist_enough(words) >= 64);
	}
}

static void few_are_all_kept(void **unused)
{
	static struct shortlist list;

	(void)unused;
	shortlist_begin(&list, 0, ENOUGH);
	for (uint32_t row = 0; row < ENOUGH; row++)
		shortlist_pick(&list, row % 3, row);
	shortlist_sort(&list);
	assert_int_equal(list.count, ENOUGH);
	assert_int_equal(level_of(&list, 0), 2);
	assert_int_equal(level_of(&list, list.count - 1), 0);
}

static void a_flood_of_the_same_does_not_hide_who_is_better(void **unused)
{
	static struct shortlist list;

	(void)unused;
	shortlist_begin(&list, 0, ENOUGH);
	for (uint32_t row = 0; row < ROWS; row++)
		shortlist_pick(&list, 5, row);
	shortlist_pick(&list, 9, ROWS);
	shortlist_sort(&list);
	assert_int_equal(list.count, ENOUGH);
	assert_int_equal(level_of(&list, 0), 9);
	assert_int_equal((uint32_t)list.sorted[0], ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_that_promise_most_come_first),
		cmocka_unit_test(few_words_and_many_words_leave_more_to_compare),
		cmocka_unit_test(few_are_all_kept),
		cmocka_unit_test(a_flood_of_the_same_does_not_hide_who_is_better),
	};

	return cmocka_run_group_tests_name("matching/search/shortlist", tests, NULL, NULL);
}
