/* The index against looking at everything. */
#include "services/matching/engine/text/name_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/random.h"

#define NAMES    3000
#define COST_MAX 2000 /* as the index has it */

struct built {
	struct name_form forms[NAMES];
	struct name_index index;
	struct name_search search;
	uint32_t *places;
	uint16_t totals[NAMES], shared[NAMES];
};

/* An invented name of syllables. */
static size_t invent(struct lg_random *random, char text[32])
{
	static const char *const parts[] = { "sa", "shi", "ra", "ri", "ksha", "bha", "vi", "ta",
		"ni", "ndra", "gya", "ku", "li", "mai", "de", "cha", "jha", "ya", "po", "go" };
	size_t size = 0, count = 2 + lg_random_below(random, 3);

	for (size_t i = 0; i < count; i++) {
		const char *part = parts[lg_random_below(random, sizeof parts / sizeof parts[0])];

		memcpy(text + size, part, strlen(part));
		size += strlen(part);
	}
	return size;
}

static struct built *build(uint64_t seed)
{
	struct built *built = calloc(1, sizeof *built);
	struct lg_random random;
	char text[32];

	assert_non_null(built);
	lg_random_seed(&random, seed);
	for (uint32_t i = 0; i < NAMES; i++)
		name_form_read(lg_bytes(text, invent(&random, text)), &built->forms[i]);
	built->places = calloc(name_index_places(built->forms, NAMES), sizeof *built->places);
	assert_non_null(built->places);
	built->search.shared = built->shared;
	name_index_build(built->forms, NAMES, built->places, built->totals, &built->index);
	return built;
}

static void release(struct built *built)
{
	free(built->places);
	free(built);
}

/*
 * Goal: what the index finds first is what a look at everything finds.  Method: 300 names that were
 * spelt anew by one syllable; the least cost of all, against the first hit.
 */
static void the_best_is_found(void **unused)
{
	struct built *built = build(12);
	struct lg_random random;
	uint32_t missed = 0;

	(void)unused;
	lg_random_seed(&random, 13);
	for (int round = 0; round < 300; round++) {
		struct name_form query = built->forms[lg_random_below(&random, NAMES)];
		struct name_hit hits[5];
		uint32_t least = COST_MAX;

		query.sounds[lg_random_below(&random, query.size)] =
			built->forms[lg_random_below(&random, NAMES)].sounds[0];
		uint32_t count = name_index_search(&built->index, &query, &built->search, 5, hits);

		for (uint32_t i = 0; i < NAMES; i++) {
			uint32_t cost = name_form_cost(&query, &built->forms[i], least);

			least = cost < least ? cost : least;
		}
		missed += count == 0 || hits[0].cost != least;
		for (uint32_t i = 1; i < count; i++)
			assert_true(hits[i - 1].cost < hits[i].cost ||
				    (hits[i - 1].cost == hits[i].cost &&
					    hits[i - 1].place < hits[i].place));
	}
	print_message("best of the full look missed: %u of 300\n", missed);
	assert_true(missed <= 1);
	release(built);
}

/* Goal: one search leaves nothing for the next.  Method: the work area is zero; twice the same. */
static void searches_do_not_touch_each_other(void **unused)
{
	struct built *built = build(14);
	struct name_hit first[10], again[10];
	uint32_t count;

	(void)unused;
	count = name_index_search(&built->index, &built->forms[7], &built->search, 10, first);
	assert_true(count > 0);
	assert_int_equal(first[0].cost, 0);
	for (uint32_t i = 0; i < NAMES; i++)
		assert_int_equal(built->shared[i], 0);
	assert_int_equal(
		name_index_search(&built->index, &built->forms[7], &built->search, 10, again),
		count);
	assert_memory_equal(first, again, count * sizeof *first);
	release(built);
}

/* Goal: an empty list and a name without sounds find nothing.  Method: both. */
static void nothing_finds_nothing(void **unused)
{
	struct built *built = build(15);
	struct name_form none = { .size = 0 };
	struct name_index empty;
	struct name_hit hits[3];

	(void)unused;
	assert_int_equal(name_index_search(&built->index, &none, &built->search, 3, hits), 0);
	name_index_build(NULL, 0, built->places, built->totals, &empty);
	assert_int_equal(name_index_search(&empty, &built->forms[0], &built->search, 3, hits), 0);
	release(built);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_is_found),
		cmocka_unit_test(searches_do_not_touch_each_other),
		cmocka_unit_test(nothing_finds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
