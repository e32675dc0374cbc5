#include "common/db/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/random.h"

/*
 * Goal: what is found is what was added, and the newest rows are always there.  Method: rows of
 * random sizes, each filled with its number, against the rule that the last ones which fit
 * must be found; seeds are fixed.
 */
static void the_newest_rows_are_found_as_they_were_added(void **unused)
{
	(void)unused;
	static uint8_t row[9000];

	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct lg_random random;
		struct lg_recent *recent = lg_recent_new();
		uint64_t first = 1 + seed * 7;

		lg_random_seed(&random, seed);
		for (uint64_t number = first; number < first + 4000; number++) {
			size_t size = lg_random_below(&random, sizeof row);
			struct lg_bytes found;

			memset(row, (int)(number & 0xff), sizeof row);
			lg_recent_add(recent, number, lg_bytes(row, size));
			for (uint64_t back = 0; back < 20 && number - back >= first; back++) {
				assert_true(lg_recent_find(recent, number - back, &found));
				for (size_t i = 0; i < found.size; i += 97)
					assert_int_equal(found.data[i], (number - back) & 0xff);
			}
			assert_false(lg_recent_find(recent, number + 1, &found));
		}
		lg_recent_free(recent);
	}
}

/*
 * Goal: both bounds hold.  Method: more rows than there are entries; a row as large as the ring.
 */
static void old_rows_make_room(void **unused)
{
	(void)unused;
	struct lg_recent *recent = lg_recent_new();
	struct lg_bytes found;
	uint8_t *large = calloc(1, LG_RECENT_BYTES);

	for (uint64_t number = 1; number <= LG_RECENT_ROWS + 1; number++)
		lg_recent_add(recent, number, lg_bytes("x", 1));
	assert_false(lg_recent_find(recent, 1, &found));
	assert_true(lg_recent_find(recent, 2, &found));

	lg_recent_add(recent, LG_RECENT_ROWS + 2, lg_bytes(large, LG_RECENT_BYTES));
	assert_false(lg_recent_find(recent, LG_RECENT_ROWS + 1, &found));
	assert_true(lg_recent_find(recent, LG_RECENT_ROWS + 2, &found));
	assert_int_equal(found.size, LG_RECENT_BYTES);

	lg_recent_clear(recent);
	assert_false(lg_recent_find(recent, LG_RECENT_ROWS + 2, &found));
	lg_recent_add(recent, 5, lg_bytes("", 0));
	assert_true(lg_recent_find(recent, 5, &found));
	free(large);
	lg_recent_free(recent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_rows_are_found_as_they_were_added),
		cmocka_unit_test(old_rows_make_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
