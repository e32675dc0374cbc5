/*
 * Goal: weights are found without labels, from wherever the search begins, and a better grade is
 * never worth less.  Method: patterns drawn from known shares; the shares must come back.
 */
#include "services/matching/engine/linkage/estimate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define MATCHES 2000
#define OTHERS  200000

static enum grade drawn(struct lg_random *random, const double shares[GRADE_COUNT])
{
	double at = (double)lg_random_below(random, 1u << 30) / (double)(1u << 30);
	uint32_t g = GRADE_DIFFERENT;

	while (g + 1 < GRADE_COUNT && (at -= shares[g]) >= 0)
		g++;
	return (enum grade)g;
}

static void draw_patterns(struct pattern_table *table, const struct model *truth)
{
	struct lg_random random;

	lg_random_seed(&random, 3);
	for (uint32_t i = 0; i < MATCHES + OTHERS; i++) {
		uint64_t pattern = 0;

		for (uint32_t f = 0; f < PEOPLE_FIELDS; f++)
			pattern |= (uint64_t)drawn(&random, i < MATCHES ? truth->m[f] : truth->u[f])
				   << (f * GRADE_BITS);
		pattern_table_add(table, pattern, 1);
	}
}

static void known_shares_come_back_from_any_start(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	const double starts[] = { 0.3, 0.6, 0.95 };
	struct model truth = people_model();
	struct pattern_table table;

	(void)unused;
	pattern_table_init(&table, arena);
	draw_patterns(&table, &truth);
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		struct model model = truth;
		struct estimate_start start = estimate_standard;

		start.equal = starts[i];
		memset(model.m, 0, sizeof model.m);
		assert_true(estimate_m(&model, &table, MATCHES + OTHERS, 6000, &start) > 0);
		assert_float_equal(model.prior, (double)MATCHES / (MATCHES + OTHERS), 0.001);
		for (uint32_t f = 0; f < PEOPLE_FIELDS; f++)
			assert_float_equal(model.m[f][GRADE_EQUAL], truth.m[f][GRADE_EQUAL], 0.05);
	}
	lg_arena_free(arena);
}

static void a_better_grade_is_never_worth_less(void **unused)
{
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 8);
	for (uint32_t i = 0; i < 1000; i++) {
		struct model model = people_model();

		for (uint32_t g = GRADE_DIFFERENT; g < GRADE_COUNT; g++) {
			model.m[0][g] = (double)(1 + lg_random_below(&random, 1000)) / 1000;
			model.u[0][g] = (double)(1 + lg_random_below(&random, 1000)) / 1000;
		}
		model_settle(&model);
		for (uint32_t g = GRADE_REMOTE; g <= GRADE_EQUAL; g++)
			assert_true(model.bits[0][g] >= model.bits[0][g - 1]);
		assert_true(
			model.bits[0][GRADE_CROSSED_EQUAL] >= model.bits[0][GRADE_CROSSED_CLOSE]);
	}
}

/* Numbers that follow from the place, births that do not. */
static void a_field_leans_on_the_one_that_it_follows_from(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct field_list list = people_fields();
	struct model model = people_model();
	struct record_pair *pairs =
		lg_alloc_array(arena, estimate_standard.random_pairs, sizeof *pairs);
	uint64_t *patterns =
		lg_alloc_array(arena, estimate_standard.random_pairs, sizeof *patterns);
	struct pairing pairing;
	struct roster roster;
	uint32_t count;

	(void)unused;
	roster_init(&roster, &list, 2000, 0, arena);
	for (uint32_t r = 0; r < 2000; r++) {
		uint32_t village = r * 7919 % 40;
		char cell[64];

		for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
			people_cell(f < 3 ? r : village, f, false, cell, sizeof cell);
			roster_set(&roster, r, f, lg_bytes(cell, strlen(cell)));
		}
	}
	roster_count_values(&roster, arena);
	pairing_init(&pairing, &roster, arena);
	count = estimate_draw(&roster, &estimate_standard, pairs);
	assert_in_range(
		count, estimate_standard.random_pairs * 99 / 100, estimate_standard.random_pairs);
	for (uint32_t i = 0; i < count; i++)
		patterns[i] = pairing_pattern(
			&pairing, roster_ids(&roster, pairs[i].a), roster_ids(&roster, pairs[i].b));
	estimate_u(&model, &roster, patterns, count);
	assert_int_equal(model.leans_on[4], 3);
	assert_true(model.lean_bits[4] > 2);
	assert_float_equal(model.lean_bits[3], 0, 0);
	lg_arena_free(arena);
}

/* Pairs that are likely beyond doubt, and others: the prior becomes the share of the former. */
static void the_prior_follows_what_is_likely(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct model model = people_model();
	const uint32_t likely = 300, count = 1000;
	struct scored_pair *pairs = lg_alloc_array(arena, count, sizeof *pairs);
	const float before = model.prior_bits;
	float shift;

	(void)unused;
	for (uint32_t i = 0; i < count; i++)
		pairs[i].bits = i < likely ? 40 : -6;
	shift = estimate_prior(&model, pairs, count, -7, 1e6);
	assert_true(fabs(model.prior * 1e6 - likely) < 5);
	assert_float_equal(model.prior_bits, before + shift, 1e-5f);
	assert_float_equal(shift, -1.74f, 0.05f); /* 0.0003 beside 0.001 */
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_shares_come_back_from_any_start),
		cmocka_unit_test(a_better_grade_is_never_worth_less),
		cmocka_unit_test(the_prior_follows_what_is_likely),
		cmocka_unit_test(a_field_leans_on_the_one_that_it_follows_from),
	};

	return cmocka_run_group_tests_name("matching/linkage/estimate", tests, NULL, NULL);
}
