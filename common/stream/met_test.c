#include "common/stream/met.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/random.h"

#define NOON 1700000000000

static struct lg_id make(uint64_t random)
{
	return lg_id_make(7, NOON, random);
}

/* Goal: an id is new once.  Method: many, each asked for twice at once and again at the end. */
static void an_id_is_new_once(void **unused)
{
	struct lg_met *met = calloc(1, sizeof *met);
	struct lg_random random;

	(void)unused;
	assert_non_null(met);
	lg_random_seed(&random, 1);
	for (int i = 0; i < 1000; i++) {
		struct lg_id id = make(lg_random_next(&random));

		assert_false(lg_met_before(met, id, NOON + i));
		assert_true(lg_met_before(met, id, NOON + i));
	}
	lg_random_seed(&random, 1);
	for (int i = 0; i < 1000; i++)
		assert_true(lg_met_before(met, make(lg_random_next(&random)), NOON + i));
	free(met);
}

/*
 * Goal: what was forgotten is never called new.  Method: ten times as many as there is room for, in
 * the order of their ends, every one asked for again at a random later time; a second copy is always
 * "perhaps", and what is asked for in its order is new but for a few that come as others are forgotten.
 */
static void what_was_forgotten_is_never_new(void **unused)
{
	enum { COUNT = 10 * LG_MET_BUCKETS * LG_MET_WAYS };
	struct lg_met *met = calloc(1, sizeof *met);
	struct lg_random random;
	struct lg_id *ids = calloc(COUNT, sizeof *ids);
	uint32_t doubtful = 0;

	(void)unused;
	assert_true(met != NULL && ids != NULL);
	lg_random_seed(&random, 2);
	for (uint32_t i = 0; i < COUNT; i++) {
		uint32_t other = (uint32_t)lg_random_below(&random, i + 1);

		ids[i] = make(lg_random_next(&random));
		doubtful += lg_met_before(met, ids[i], NOON + i / 16);
		assert_true(lg_met_before(met, ids[other], NOON + other / 16));
	}
	assert_true(met->forgotten_until > NOON);
	assert_in_range(doubtful, 0, COUNT / 100);
	free(ids);
	free(met);
}

/* Goal: the edge of what was forgotten.  Method: one bucket, one id too many; both sides of its end. */
static void only_what_ends_later_is_new(void **unused)
{
	struct lg_met *met = calloc(1, sizeof *met);

	(void)unused;
	assert_non_null(met);
	for (uint64_t i = 0; i <= LG_MET_WAYS; i++)
		assert_false(lg_met_before(met, make(i + 1), NOON + 10 * ((lg_ms)i + 1)));
	assert_true(met->forgotten_until == NOON + 10);
	assert_true(lg_met_before(met, make((uint64_t)99 << 56 | 2u), NOON + 10));
	assert_false(lg_met_before(met, make((uint64_t)98 << 56 | 2u), NOON + 11));
	free(met);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_new_once),
		cmocka_unit_test(what_was_forgotten_is_never_new),
		cmocka_unit_test(only_what_ends_later_is_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
