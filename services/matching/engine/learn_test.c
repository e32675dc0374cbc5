/* Weights learned from what people decided. */
#include "services/matching/engine/learn.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/random.h"

/* As the shipped file has them, more or less. */
static struct weights judged(void)
{
	static const struct {
		enum match_field field;
		enum match_level level;
		int32_t m, u;
	} rows[] = {
		{ FIELD_NAME, LEVEL_EQUAL, 700000, 500 },
		{ FIELD_NAME, LEVEL_CLOSE, 250000, 3000 },
		{ FIELD_NAME, LEVEL_DIFFERENT, 50000, 996500 },
		{ FIELD_PHONE, LEVEL_EQUAL, 600000, 10 },
		{ FIELD_PHONE, LEVEL_DIFFERENT, 400000, 999990 },
		{ FIELD_AGE, LEVEL_EQUAL, 700000, 120000 },
		{ FIELD_AGE, LEVEL_CLOSE, 250000, 250000 },
		{ FIELD_AGE, LEVEL_DIFFERENT, 50000, 630000 },
		{ FIELD_PLACE, LEVEL_EQUAL, 300000, 1000 },
		{ FIELD_PLACE, LEVEL_CLOSE, 550000, 13000 },
		{ FIELD_PLACE, LEVEL_DIFFERENT, 150000, 986000 },
		{ FIELD_SEX, LEVEL_EQUAL, 990000, 600000 },
		{ FIELD_SEX, LEVEL_DIFFERENT, 10000, 400000 },
	};
	struct weights weights = {
		.one_in = 10000, .propose_ppm = 300000, .two_persons_ppm = 990000, .version = 1
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		weights.m_ppm[rows[i].field][rows[i].level] = rows[i].m;
		weights.u_ppm[rows[i].field][rows[i].level] = rows[i].u;
	}
	weigh_settle(&weights);
	return weights;
}

/* The world differs: names agree more often by chance, ages are worth less, districts are kept. */
static struct weights true_ones(void)
{
	struct weights weights = judged();

	weights.u_ppm[FIELD_NAME][LEVEL_EQUAL] = 4000;
	weights.u_ppm[FIELD_NAME][LEVEL_CLOSE] = 20000;
	weights.u_ppm[FIELD_NAME][LEVEL_DIFFERENT] = 976000;
	weights.m_ppm[FIELD_AGE][LEVEL_EQUAL] = 450000;
	weights.m_ppm[FIELD_AGE][LEVEL_CLOSE] = 350000;
	weights.m_ppm[FIELD_AGE][LEVEL_DIFFERENT] = 200000;
	weights.m_ppm[FIELD_PLACE][LEVEL_EQUAL] = 360000;
	weights.m_ppm[FIELD_PLACE][LEVEL_CLOSE] = 600000;
	weights.m_ppm[FIELD_PLACE][LEVEL_DIFFERENT] = 40000;
	weights.one_in = 3000;
	weigh_settle(&weights);
	return weights;
}

static enum match_level draw(struct lg_random *random, const int32_t ppm[LEVEL_COUNT])
{
	int64_t left = (int64_t)lg_random_below(random, 1000000);

	for (unsigned level = LEVEL_DIFFERENT; level < LEVEL_COUNT; level++) {
		left -= ppm[level];
		if (left < 0)
			return (enum match_level)level;
	}
	return LEVEL_DIFFERENT;
}

static uint32_t probability(
	const struct weights *weights, const enum match_level levels[FIELD_COUNT])
{
	int32_t total = weights->prior_millibits;

	for (unsigned field = 0; field < FIELD_COUNT; field++)
		total += weights->millibits[field][levels[field]];
	return weigh_probability(total);
}

/*
 * Decided pairs as they come about: pairs of the true world are proposed by the present weights and
 * judged rightly.  Different persons are drawn as often as the prior says, from those alone whose name
 * or telephone is alike: the others are never proposed, and are too many to draw.
 */
static void decide(struct decided *decided, const struct weights *seen_by,
	const struct weights *world, uint32_t same, uint32_t other, uint64_t seed)
{
	struct lg_random random;
	enum match_level levels[FIELD_COUNT];

	memset(decided, 0, sizeof *decided);
	lg_random_seed(&random, seed);
	for (uint32_t i = 0; i < same + other;) {
		bool is_same = i < same;

		for (unsigned field = 0; field < FIELD_COUNT; field++)
			levels[field] =
				draw(&random, (is_same ? world->m_ppm : world->u_ppm)[field]);
		if (lg_random_one_in(&random, 3)) /* most have no telephone */
			levels[FIELD_PHONE] = LEVEL_MISSING;
		if (probability(seen_by, levels) < seen_by->propose_ppm)
			continue;
		learn_add(decided, levels, is_same, lg_random_one_in(&random, 5));
		i++;
	}
}

static double says(const struct weights *weights, uint32_t pattern)
{
	enum match_level levels[FIELD_COUNT];

	for (unsigned field = 0; field < FIELD_COUNT; field++)
		levels[field] = (enum match_level)(pattern >> 2 * field & 3);
	return probability(weights, levels) / 1e6;
}

/* How far the weights' word on the decided pairs is from what people said, over all. */
static double said_too_much(const struct weights *weights, const struct decided *decided)
{
	double too_much = 0, count = 0;

	for (uint32_t pattern = 0; pattern < LEARN_PATTERNS; pattern++) {
		uint32_t pairs = decided->same[pattern] + decided->other[pattern];

		too_much += pairs * says(weights, pattern) - decided->same[pattern];
		count += pairs;
	}
	return fabs(too_much) / count;
}

/* How far two weights' words on a decided pair are apart, on average. */
static double apart(const struct weights *a, const struct weights *b, const struct decided *decided)
{
	double far = 0, count = 0;

	for (uint32_t pattern = 0; pattern < LEARN_PATTERNS; pattern++) {
		uint32_t pairs = decided->same[pattern] + decided->other[pattern];

		far += pairs * fabs(says(a, pattern) - says(b, pattern));
		count += pairs;
	}
	return far / count;
}

/*
 * Goal: what was judged wrongly is learned, though only proposed pairs are decided.  Method: a world in
 * which names are eight times as common, seen through the threshold; held-out pairs surprise less, over all the
 * weights say what people said, and how often the age of one person differs is found.
 */
static void the_world_is_learned_through_the_threshold(void **unused)
{
	static struct decided decided;
	const struct weights before = judged(), world = true_ones();
	struct learned learned;

	(void)unused;
	decide(&decided, &before, &world, 3000, 3000, 7);
	assert_int_equal(learn(&before, &before, &decided, &learned).outcome, LG_DONE);
	assert_int_equal(learned.same_count, 3000);
	assert_int_equal(learned.other_count, 3000);
	assert_true(learned.held_out_count > 900 && learned.held_out_count < 1500);
	assert_true(learned.loss_after < learned.loss_before - 0.05);
	assert_true(said_too_much(&learned.weights, &decided) < 0.03);
	assert_true(abs(learned.weights.m_ppm[FIELD_AGE][LEVEL_DIFFERENT] - 200000) < 20000);
	/* counted among the rejected it would be worth nothing */
	assert_true(learned.weights.millibits[FIELD_NAME][LEVEL_EQUAL] > 3000);
}

/* Goal: what nobody contradicts stays.  Method: pairs of the very world that the weights describe. */
static void true_weights_stay(void **unused)
{
	static struct decided decided;
	const struct weights before = judged();
	struct learned learned;
	struct lg_status status;

	(void)unused;
	decide(&decided, &before, &before, 4000, 400, 11);
	status = learn(&before, &before, &decided, &learned);
	(void)status; /* a little better or a little worse: by chance */
	assert_true(apart(&learned.weights, &before, &decided) < 0.05);
}

/* Goal: pairs count once.  Method: learning again from the same pairs, over what was learned. */
static void learning_again_from_the_same_changes_nothing(void **unused)
{
	static struct decided decided;
	const struct weights shipped = judged(), world = true_ones();
	struct learned once, again;

	(void)unused;
	decide(&decided, &shipped, &world, 500, 500, 13);
	assert_int_equal(learn(&shipped, &shipped, &decided, &once).outcome, LG_DONE);
	assert_int_equal(learn(&shipped, &once.weights, &decided, &again).outcome, LG_REFUSED);
	assert_memory_equal(again.weights.m_ppm, once.weights.m_ppm, sizeof once.weights.m_ppm);
	assert_memory_equal(again.weights.u_ppm, once.weights.u_ppm, sizeof once.weights.u_ppm);
}

/* Goal: few pairs teach nothing.  Method: one below the least of each kind, and the least. */
static void few_pairs_teach_nothing(void **unused)
{
	static struct decided decided;
	const struct weights before = judged(), world = true_ones();
	struct learned learned;

	(void)unused;
	decide(&decided, &before, &world, LEARN_LEAST - 1, 500, 3);
	assert_string_equal(learn(&before, &before, &decided, &learned).reason,
		"too few pairs were decided: 50 of each kind are needed");
	decide(&decided, &before, &world, 500, LEARN_LEAST - 1, 3);
	assert_int_equal(learn(&before, &before, &decided, &learned).outcome, LG_REFUSED);
	assert_int_equal(learned.other_count, LEARN_LEAST - 1);
	assert_memory_equal(&learned.weights, &before, sizeof before);
}

/*
 * Goal: a worse model is refused.  Method: what is learned from was judged the other way round, what is
 * held out was judged rightly; then nothing is held out.
 */
static void a_worse_model_is_refused(void **unused)
{
	static struct decided decided, turned;
	const struct weights before = judged(), world = true_ones();
	struct learned learned;
	struct lg_status status;

	(void)unused;
	decide(&decided, &before, &world, 1000, 1000, 5);
	turned = decided;
	memcpy(turned.same, decided.other, sizeof turned.same);
	memcpy(turned.other, decided.same, sizeof turned.other);
	status = learn(&before, &before, &turned, &learned);
	assert_int_equal(status.outcome, LG_REFUSED);
	assert_string_equal(
		status.reason, "no better than the present weights on the pairs held out");
	assert_true(learned.loss_after >= learned.loss_before);
	memset(decided.held_same, 0, sizeof decided.held_same);
	memset(decided.held_other, 0, sizeof decided.held_other);
	assert_int_equal(learn(&before, &before, &decided, &learned).outcome, LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_world_is_learned_through_the_threshold),
		cmocka_unit_test(true_weights_stay),
		cmocka_unit_test(learning_again_from_the_same_changes_nothing),
		cmocka_unit_test(few_pairs_teach_nothing),
		cmocka_unit_test(a_worse_model_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
