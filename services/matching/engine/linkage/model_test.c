/*
 * Goal: evidence is monotonic: a better grade is never worth less, a rarer value never less than a
 * common one, and bits and probabilities say the same.  Method: weights drawn by chance (the seed is
 * printed), every grade of every field; values of invented people.
 */
#include "services/matching/engine/linkage/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define MODELS 500
#define SEED   11

static void draw_shares(struct lg_random *random, double shares[GRADE_COUNT])
{
	double sum = 0;

	shares[GRADE_MISSING] = 0;
	for (uint32_t g = GRADE_DIFFERENT; g < GRADE_COUNT; g++)
		sum += shares[g] = (double)(1 + lg_random_below(random, 1000));
	for (uint32_t g = GRADE_DIFFERENT; g < GRADE_COUNT; g++)
		shares[g] /= sum;
}

static void a_better_grade_is_never_worth_less(void **unused)
{
	struct lg_random random;

	(void)unused;
	print_message("seed %d\n", SEED);
	lg_random_seed(&random, SEED);
	for (uint32_t turn = 0; turn < MODELS; turn++) {
		struct model model = { .list = people_fields(), .prior = 0.01 };

		for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
			draw_shares(&random, model.m[f]);
			draw_shares(&random, model.u[f]);
		}
		model_settle(&model);
		for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
			assert_true(model.bits[f][GRADE_MISSING] == 0);
			for (uint32_t g = GRADE_DIFFERENT; g < GRADE_EQUAL; g++)
				assert_true(model.bits[f][g] <= model.bits[f][g + 1]);
			assert_true(model.bits[f][GRADE_CROSSED_CLOSE] <=
				    model.bits[f][GRADE_CROSSED_EQUAL]);
		}
	}
}

static void weights_in_order_are_left_as_they_are(void **unused)
{
	struct model model = people_model();

	(void)unused;
	/* rising m / u: log2(.6 / .01), log2(.05 / .9) */
	assert_float_equal(model.bits[0][GRADE_EQUAL], 5.9069, 0.001);
	assert_float_equal(model.bits[0][GRADE_DIFFERENT], -4.1699, 0.001);
}

static void a_rarer_value_says_no_less(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct model model = people_model();
	struct roster roster;

	(void)unused;
	people_twice(&roster, 60, arena);
	for (uint32_t a = 0; a < roster.count; a++)
		for (uint32_t b = 0; b < a; b++) {
			const uint32_t *of_a = roster_ids(&roster, a),
				       *of_b = roster_ids(&roster, b);
			float bits_a =
				model_field_bits(&model, &roster, 0, GRADE_EQUAL, of_a, of_a);
			float bits_b =
				model_field_bits(&model, &roster, 0, GRADE_EQUAL, of_b, of_b);

			if (roster.uses[0][of_a[0]] <= roster.uses[0][of_b[0]])
				assert_true(bits_a >= bits_b);
			else
				assert_true(bits_a <= bits_b);
		}
	lg_arena_free(arena);
}

static void bits_and_probability_are_one(void **unused)
{
	double before = 0;

	(void)unused;
	assert_float_equal(model_probability(0), 0.5, 0);
	for (int32_t bits = -60; bits <= 60; bits++) {
		double now = model_probability(bits);

		assert_true(now > before || (bits > 50 && now >= before));
		assert_float_equal((float)(now + model_probability(-bits)), 1, 1e-6);
		before = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_better_grade_is_never_worth_less),
		cmocka_unit_test(weights_in_order_are_left_as_they_are),
		cmocka_unit_test(a_rarer_value_says_no_less),
		cmocka_unit_test(bits_and_probability_are_one),
	};

	return cmocka_run_group_tests_name("matching/linkage/model", tests, NULL, NULL);
}
