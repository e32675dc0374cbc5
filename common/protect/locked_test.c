#include "common/protect/locked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/id.h"

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, LG_ID_SIZE);
}

/*
 * Goal: nothing random is given out twice, in one pool or two.
 * Method: draw pieces whose sizes do not divide the pool, past many of its ends, from two pools;
 * sorted, no two are equal; the largest piece is new each time, too.
 */
static void random_bytes_are_given_out_once(void **unused)
{
	enum { PIECES = 4096 };
	static uint8_t pieces[PIECES][LG_ID_SIZE], first[LG_FRESH_POOL], second[LG_FRESH_POOL];
	static struct lg_fresh pools[2];

	(void)unused;
	for (size_t i = 0; i < PIECES; i++) {
		uint8_t odd[LG_ID_SIZE + 1];

		lg_fresh_take(&pools[i % 2], odd, sizeof odd);
		memcpy(pieces[i], odd, LG_ID_SIZE);
	}
	qsort(pieces, PIECES, LG_ID_SIZE, by_bytes);
	for (size_t i = 1; i < PIECES; i++)
		assert_memory_not_equal(pieces[i - 1], pieces[i], LG_ID_SIZE);

	lg_fresh_take(&pools[0], first, sizeof first);
	lg_fresh_take(&pools[0], second, sizeof second);
	assert_memory_not_equal(first, second, sizeof first);
}

/* Goal: what was given out is not kept.  Method: a known piece is nowhere in the pool any more. */
static void what_was_given_out_is_wiped(void **unused)
{
	static struct lg_fresh pool;
	uint8_t piece[LG_ID_SIZE];

	(void)unused;
	for (size_t i = 0; i < 3 * LG_FRESH_POOL / sizeof piece; i++) {
		lg_fresh_take(&pool, piece, sizeof piece);
		assert_null(memmem(pool.random, sizeof pool.random, piece, sizeof piece));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_bytes_are_given_out_once),
		cmocka_unit_test(what_was_given_out_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
