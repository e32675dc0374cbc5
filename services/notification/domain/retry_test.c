/* When a notice is tried again. */
#include "services/notification/domain/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SEEDS 200

/*
 * Goal: pauses double from 30 s up to an hour, and no further.
 * Method: every number of attempts, many seeds; each pause is within a quarter of the rule.
 */
static void pauses_double_up_to_an_hour(void **unused)
{
	lg_ms rule = RETRY_FIRST_MS;

	(void)unused;
	for (uint32_t attempts = 1; attempts <= RETRY_ATTEMPTS_MAX; attempts++) {
		for (uint64_t seed = 0; seed < SEEDS; seed++) {
			lg_ms pause_ms = retry_after(attempts, seed);

			assert_true(pause_ms >= rule * 3 / 4);
			assert_true(pause_ms <= rule * 5 / 4);
		}
		rule = rule * 2 < RETRY_LONGEST_MS ? rule * 2 : RETRY_LONGEST_MS;
	}
}

/*
 * Goal: what failed together does not come again together, and the same notice waits as long
 * whenever it is asked.  Method: count different pauses; ask twice.
 */
static void pauses_are_spread_and_repeatable(void **unused)
{
	uint32_t different = 0;

	(void)unused;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		different += retry_after(8, seed) != retry_after(8, seed + 1);
		assert_int_equal(retry_after(3, seed), retry_after(3, seed));
	}
	assert_true(different > SEEDS * 9 / 10);
}

/* Goal: all attempts together outlast three days without a line.  Method: the shortest pauses. */
static void attempts_outlast_three_days(void **unused)
{
	lg_ms together = 0;

	(void)unused;
	for (uint32_t attempts = 1; attempts <= RETRY_ATTEMPTS_MAX; attempts++)
		together += retry_after(attempts, attempts);
	assert_true(together > 3 * LG_DAY_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pauses_double_up_to_an_hour),
		cmocka_unit_test(pauses_are_spread_and_repeatable),
		cmocka_unit_test(attempts_outlast_three_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
