/*
 * Goal: an age is never told too small, and not much too large.  Method: a stream whose true times
 * are kept beside it, of many lengths and paces, asked at every place.
 */
#include "common/watch/age.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/random.h"

#define NUMBERS 4000

static void what_is_applied_has_no_age(void **unused)
{
	struct lg_age age = { .count = 0 };

	(void)unused;
	assert_int_equal(lg_age_behind(&age, 0, 1000), 0);
	lg_age_note(&age, 7, 1000);
	assert_int_equal(lg_age_behind(&age, 7, 9000), 0);
	assert_int_equal(lg_age_behind(&age, 6, 9000), 8000);
	assert_int_equal(lg_age_behind(&age, 6, 500), 0); /* a clock that went back */
}

static void a_pause_does_not_age_what_comes_after_it(void **unused)
{
	struct lg_age age = { .count = 0 };

	(void)unused;
	lg_age_note(&age, 1, 1000);
	lg_age_note(&age, 2, 1000 + LG_DAY_MS);
	assert_int_equal(lg_age_behind(&age, 1, 1005 + LG_DAY_MS), 5);
}

static void an_age_is_never_too_small_and_at_most_about_twice_too_large(void **unused)
{
	lg_ms at[NUMBERS + 1];

	(void)unused;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct lg_age age = { .count = 0 };
		struct lg_random random;
		lg_ms now = 1000;

		lg_random_seed(&random, seed);
		for (uint64_t n = 1; n <= NUMBERS; n++) {
			now += (lg_ms)lg_random_below(&random, 40 * seed);
			at[n] = now;
			lg_age_note(&age, n, now);
		}
		for (uint64_t applied = 0; applied < NUMBERS; applied++) {
			lg_ms told = lg_age_behind(&age, applied, now), is = now - at[applied + 1];

			assert_true(told >= is);
			assert_true(told <= 2 * is + 4 * LG_AGE_STEP + 40 * (lg_ms)seed);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_applied_has_no_age),
		cmocka_unit_test(a_pause_does_not_age_what_comes_after_it),
		cmocka_unit_test(an_age_is_never_too_small_and_at_most_about_twice_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
