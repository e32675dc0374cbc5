/* Seeded randomness: the published numbers, and no number is preferred. */
#include "common/base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Goal: it is the published generator.  Method: the state 1, 2, 3, 4 and the first numbers that
 * its authors' own program prints for it. */
static void numbers_are_the_published_ones(void **unused)
{
	static const uint64_t expected[] = { 11520, 0, 1509978240, 1215971899390074240 };
	struct lg_random random = { .state = { 1, 2, 3, 4 } };

	(void)unused;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(lg_random_next(&random), expected[i]);
}

/* Goal: a seed gives one sequence, and zero is a seed.  Method: two of the same, one of zero;
 * splitmix64's first number for zero is published. */
static void same_seed_gives_same_numbers(void **unused)
{
	struct lg_random a, b;

	(void)unused;
	lg_random_seed(&a, 42);
	lg_random_seed(&b, 42);
	for (int i = 0; i < 100; i++)
		assert_int_equal(lg_random_next(&a), lg_random_next(&b));
	lg_random_seed(&a, 0);
	assert_int_equal(a.state[0], UINT64_C(0xe220a8397b1dcdaf));
	assert_int_not_equal(lg_random_next(&a), lg_random_next(&b));
}

/* Goal: below() stays below and prefers nothing.  Method: count 70,000 numbers below 7; a share is
 * 10,000 and five deviations are 463.  A large bound, where a plain remainder would be uneven:
 * below 3 * 2^62 the lowest third must not come up half of the time. */
static void numbers_are_even(void **unused)
{
	uint32_t count[7] = { 0 };
	uint32_t low = 0;
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 7);
	for (int i = 0; i < 70000; i++)
		count[lg_random_below(&random, 7)]++;
	for (size_t i = 0; i < 7; i++)
		assert_in_range(count[i], 10000 - 463, 10000 + 463);
	for (int i = 0; i < 30000; i++)
		low += lg_random_below(&random, UINT64_C(3) << 62) < UINT64_C(1) << 62;
	assert_in_range(low, 10000 - 409, 10000 + 409);
	assert_int_equal(lg_random_below(&random, 1), 0);
}

/* Goal: one_in means what it says.  Method: never, always, and one in ten of 10,000. */
static void one_in_ten_is_a_tenth(void **unused)
{
	uint32_t hits = 0;
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 11);
	for (int i = 0; i < 10000; i++) {
		assert_false(lg_random_one_in(&random, 0));
		assert_true(lg_random_one_in(&random, 1));
		hits += lg_random_one_in(&random, 10);
	}
	assert_in_range(hits, 850, 1150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_the_published_ones),
		cmocka_unit_test(same_seed_gives_same_numbers),
		cmocka_unit_test(numbers_are_even),
		cmocka_unit_test(one_in_ten_is_a_tenth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
