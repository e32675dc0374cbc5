/*
 * Goal: two rows are compared the same way from either side, the quick score is the whole one, and
 * the waterfall adds up to it.  Method: all pairs of invented people, both ways.
 */
#include "services/matching/engine/linkage/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 60

struct world {
	struct lg_arena *arena;
	struct roster roster;
	struct pairing pairing;
	struct model model;
};

static int begin(void **state)
{
	struct lg_arena *arena = lg_arena_new();
	struct world *world = lg_alloc(arena, sizeof *world);

	world->arena = arena;
	people_twice(&world->roster, PERSONS, arena);
	pairing_init(&world->pairing, &world->roster, arena);
	world->model = people_model();
	world->model.leans_on[4] = 3;
	world->model.lean_bits[4] = 2.5f;
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	lg_arena_free(world->arena);
	return 0;
}

static void a_pair_is_the_same_from_either_side(void **state)
{
	struct world *w = *state;

	for (uint32_t a = 0; a < PERSONS * 2; a++)
		for (uint32_t b = 0; b < PERSONS * 2; b++) {
			const uint32_t *of_a = roster_ids(&w->roster, a);
			const uint32_t *of_b = roster_ids(&w->roster, b);
			uint64_t pattern = pairing_pattern(&w->pairing, of_a, of_b);

			assert_true(pattern == pairing_pattern(&w->pairing, of_b, of_a));
			assert_true(model_bits(&w->model, &w->roster, pattern, of_a, of_b) ==
				    model_bits(&w->model, &w->roster, pattern, of_b, of_a));
		}
}

static void the_quick_score_is_the_whole_one_above_the_floor(void **state)
{
	struct world *w = *state;
	struct score score;

	score_init(&score, &w->model, &w->pairing, -7);
	for (uint32_t a = 0; a < PERSONS * 2; a++)
		for (uint32_t b = 0; b < a; b++) {
			const uint32_t *of_a = roster_ids(&w->roster, a);
			const uint32_t *of_b = roster_ids(&w->roster, b);
			float whole = model_bits(&w->model, &w->roster,
				pairing_pattern(&w->pairing, of_a, of_b), of_a, of_b);
			float quick = score_pair(&score, of_a, of_b);

			if (whole >= -6.99f)
				assert_float_equal(quick, whole, 0.001);
			else
				assert_true(quick < -6.98f);
		}
}

static void the_waterfall_adds_up(void **state)
{
	struct world *w = *state;
	const uint32_t *a = roster_ids(&w->roster, 6), *b = roster_ids(&w->roster, 7);
	uint64_t pattern = pairing_pattern(&w->pairing, a, b);
	struct model_reason reasons[FIELDS_MAX];
	float sum = w->model.prior_bits;

	model_explain(&w->model, &w->roster, pattern, a, b, reasons);
	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++)
		sum += reasons[f].grade_bits + reasons[f].rarity_bits;
	assert_float_equal(sum, model_bits(&w->model, &w->roster, pattern, a, b), 0.0001);
	assert_true(model_probability((double)sum) > 0.5);
}

static void what_is_said_twice_counts_once(void **state)
{
	struct world *w = *state;
	const uint32_t *a = roster_ids(&w->roster, 6);
	uint64_t pattern = pairing_pattern(&w->pairing, a, a);
	struct model free = w->model;

	free.lean_bits[4] = 0;
	assert_float_equal(model_said_twice(&w->model, pattern), 2.5, 0.0001);
	assert_float_equal(model_bits(&free, &w->roster, pattern, a, a) - 2.5f,
		model_bits(&w->model, &w->roster, pattern, a, a), 0.0001);
	assert_float_equal(
		model_said_twice(&w->model, (uint64_t)GRADE_EQUAL << (4 * GRADE_BITS)), 0, 0);
}

static void names_in_each_others_place_are_seen(void **state)
{
	struct world *w = *state;
	const uint32_t *a = roster_ids(&w->roster, 4);
	uint32_t b[PEOPLE_FIELDS];
	uint64_t pattern;

	memcpy(b, a, sizeof b);
	b[0] = a[1];
	b[1] = a[0];
	pattern = pairing_pattern(&w->pairing, a, b);
	assert_int_equal(pattern_grade(pattern, 0), GRADE_CROSSED_EQUAL);
	assert_int_equal(pattern_grade(pattern, 1), GRADE_CROSSED_EQUAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pair_is_the_same_from_either_side, begin, end),
		cmocka_unit_test_setup_teardown(
			the_quick_score_is_the_whole_one_above_the_floor, begin, end),
		cmocka_unit_test_setup_teardown(the_waterfall_adds_up, begin, end),
		cmocka_unit_test_setup_teardown(what_is_said_twice_counts_once, begin, end),
		cmocka_unit_test_setup_teardown(names_in_each_others_place_are_seen, begin, end),
	};

	return cmocka_run_group_tests_name("matching/linkage/score", tests, NULL, NULL);
}
