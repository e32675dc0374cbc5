#include "services/matching/engine/learn.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define ROUNDS     200
#define MASKS      (1u << FIELD_COUNT)
#define CLOSE_TO_1 1e-6
#define PPM        1e6

_Static_assert(LEARN_PATTERNS == 1u << 2 * FIELD_COUNT, "two bits a field");
_Static_assert(LEVEL_COUNT == 4, "two bits a field");

/* m or u of every level, as shares. */
struct side {
	double share[FIELD_COUNT][LEVEL_COUNT];
};

static enum match_level level_of(uint32_t pattern, unsigned field)
{
	return (enum match_level)(pattern >> 2 * field & 3);
}

/* The place of a pair's levels. */
static uint32_t learn_pattern(const enum match_level levels[FIELD_COUNT])
{
	uint32_t pattern = 0;

	for (unsigned field = 0; field < FIELD_COUNT; field++)
		pattern |= (uint32_t)levels[field] << 2 * field;
	return pattern;
}

void learn_add(struct decided *decided, const enum match_level levels[FIELD_COUNT], bool is_same,
	bool is_held_out)
{
	uint32_t pattern = learn_pattern(levels);

	if (is_held_out)
		(is_same ? decided->held_same : decided->held_other)[pattern]++;
	else
		(is_same ? decided->same : decided->other)[pattern]++;
}

/* Which fields are missing. */
static uint32_t mask_of(uint32_t pattern)
{
	uint32_t mask = 0;

	for (unsigned field = 0; field < FIELD_COUNT; field++)
		if (level_of(pattern, field) == LEVEL_MISSING)
			mask |= 1u << field;
	return mask;
}

static int32_t total_of(const struct weights *weights, uint32_t pattern)
{
	int32_t total = weights->prior_millibits;

	for (unsigned field = 0; field < FIELD_COUNT; field++)
		total += weights->millibits[field][level_of(pattern, field)];
	return total;
}

/* Whether a pair with these levels is proposed, and so can be decided. */
static bool is_seen(const struct weights *weights, uint32_t pattern)
{
	return weigh_probability(total_of(weights, pattern)) >= weights->propose_ppm;
}

static double share_of(const struct side *side, uint32_t pattern)
{
	double share = 1;

	for (unsigned field = 0; field < FIELD_COUNT; field++)
		if (level_of(pattern, field) != LEVEL_MISSING)
			share *= side->share[field][level_of(pattern, field)];
	return share;
}

/* Of the pairs with these fields missing, the share that is seen. */
static void seen_shares(
	const struct weights *weights, const struct side *side, double ret_seen[MASKS])
{
	memset(ret_seen, 0, MASKS * sizeof *ret_seen);
	for (uint32_t pattern = 0; pattern < LEARN_PATTERNS; pattern++)
		if (is_seen(weights, pattern))
			ret_seen[mask_of(pattern)] += share_of(side, pattern);
}

/* How many pairs of a kind the model expects to see at each level, of so many with each mask. */
static void expect(const struct weights *weights, const struct side *side,
	const double pairs[MASKS], struct side *ret_expected)
{
	double seen[MASKS];

	seen_shares(weights, side, seen);
	memset(ret_expected, 0, sizeof *ret_expected);
	for (uint32_t pattern = 0; pattern < LEARN_PATTERNS; pattern++) {
		uint32_t mask = mask_of(pattern);
		double expected;

		if (!is_seen(weights, pattern) || pairs[mask] == 0 || seen[mask] == 0)
			continue;
		expected = pairs[mask] * share_of(side, pattern) / seen[mask];
		for (unsigned field = 0; field < FIELD_COUNT; field++)
			ret_expected->share[field][level_of(pattern, field)] += expected;
	}
}

/* What is sought: the levels that were seen, and those of LEARN_PRIOR pairs of the shipped model. */
static double sought_of(const struct weights *weights, const struct side *before,
	const uint32_t counts[LEARN_PATTERNS], double ret_pairs[MASKS], struct side *ret_sought)
{
	double all = 0;

	memset(ret_pairs, 0, MASKS * sizeof *ret_pairs);
	for (uint32_t pattern = 0; pattern < LEARN_PATTERNS; pattern++)
		if (is_seen(weights, pattern)) {
			ret_pairs[mask_of(pattern)] += counts[pattern];
			all += counts[pattern];
		}
	for (uint32_t mask = 0; mask < MASKS && all > 0; mask++)
		ret_pairs[mask] *= LEARN_PRIOR / all;
	expect(weights, before, ret_pairs, ret_sought);
	for (uint32_t mask = 0; mask < MASKS && all > 0; mask++)
		ret_pairs[mask] *= (LEARN_PRIOR + all) / LEARN_PRIOR;
	for (uint32_t pattern = 0; pattern < LEARN_PATTERNS; pattern++)
		if (is_seen(weights, pattern))
			for (unsigned field = 0; field < FIELD_COUNT; field++)
				ret_sought->share[field][level_of(pattern, field)] +=
					counts[pattern];
	return all;
}

/* Brings one field's expected levels to those sought; returns the largest step, as a factor. */
static double scale_field(
	struct side *side, unsigned field, const struct side *sought, const struct side *expected)
{
	double sum = 0, step = 1;

	for (unsigned level = LEVEL_DIFFERENT; level < LEVEL_COUNT; level++) {
		double want = sought->share[field][level], have = expected->share[field][level];
		double factor = want > 0 && have > 0 ? want / have : 1;

		side->share[field][level] *= factor;
		step = fmax(step, fmax(factor, 1 / factor));
	}
	for (unsigned level = LEVEL_DIFFERENT; level < LEVEL_COUNT; level++)
		sum += side->share[field][level];
	for (unsigned level = LEVEL_DIFFERENT; level < LEVEL_COUNT; level++)
		side->share[field][level] /= sum;
	return step;
}

/* m or u under which the seen pairs of one kind would be seen; returns how many those are. */
static double fit(const struct weights *weights, const struct side *before,
	const uint32_t counts[LEARN_PATTERNS], double ret_pairs[MASKS], struct side *ret_side)
{
	struct side sought, expected;
	double all = sought_of(weights, before, counts, ret_pairs, &sought);

	*ret_side = *before;
	for (unsigned round = 0; round < ROUNDS; round++) {
		double step = 1;

		for (unsigned field = 0; field < FIELD_COUNT; field++) {
			expect(weights, ret_side, ret_pairs, &expected);
			step = fmax(step, scale_field(ret_side, field, &sought, &expected));
		}
		if (step < 1 + CLOSE_TO_1)
			break;
	}
	return all;
}

/* The share of seen pairs among all, over the masks as they came. */
static double seen_share(
	const struct weights *weights, const struct side *side, const double pairs[MASKS])
{
	double seen[MASKS], all = 0, hidden = 0;

	seen_shares(weights, side, seen);
	for (uint32_t mask = 0; mask < MASKS; mask++)
		if (seen[mask] > 0) {
			all += pairs[mask];
			hidden += pairs[mask] / seen[mask];
		}
	return hidden > 0 ? all / hidden : 1;
}

static void sides_of(const struct weights *weights, struct side *ret_m, struct side *ret_u)
{
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		for (unsigned level = 0; level < LEVEL_COUNT; level++) {
			ret_m->share[field][level] = weights->m_ppm[field][level] / PPM;
			ret_u->share[field][level] = weights->u_ppm[field][level] / PPM;
		}
}

/* A level that is there is never nothing: a share below one in a million is one. */
static int32_t ppm_of(double share)
{
	return share <= 0 ? 0 : (int32_t)lround(fmax(1, share * PPM));
}

static void weights_from(const struct weights *before, const struct side *m, const struct side *u,
	double odds, struct weights *ret_weights)
{
	*ret_weights = *before;
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		for (unsigned level = LEVEL_DIFFERENT; level < LEVEL_COUNT; level++) {
			ret_weights->m_ppm[field][level] = ppm_of(m->share[field][level]);
			ret_weights->u_ppm[field][level] = ppm_of(u->share[field][level]);
		}
	ret_weights->one_in = llround(fmin(1e9, fmax(2, 1 + 1 / odds)));
	weigh_settle(ret_weights);
}

/* Bits that a held-out pair costs, on average: how surprised the weights are by what people said. */
static double loss_of(
	const struct weights *weights, const struct decided *decided, uint32_t *ret_count)
{
	double loss = 0;

	*ret_count = 0;
	for (uint32_t pattern = 0; pattern < LEARN_PATTERNS; pattern++) {
		double p = weigh_probability(total_of(weights, pattern)) / PPM;
		uint32_t same = decided->held_same[pattern], other = decided->held_other[pattern];

		p = fmin(1 - 1e-6, fmax(1e-6, p));
		loss -= same * log2(p) + other * log2(1 - p);
		*ret_count += same + other;
	}
	return *ret_count == 0 ? 0 : loss / *ret_count;
}

static bool is_in_order(const struct weights *weights)
{
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		int32_t least = INT32_MIN;

		for (unsigned level = LEVEL_DIFFERENT; level < LEVEL_COUNT; level++) {
			if (weights->m_ppm[field][level] == 0)
				continue;
			if (weights->millibits[field][level] < least)
				return false;
			least = weights->millibits[field][level];
		}
	}
	return true;
}

static uint32_t sum(const uint32_t counts[LEARN_PATTERNS])
{
	uint32_t all = 0;

	for (uint32_t pattern = 0; pattern < LEARN_PATTERNS; pattern++)
		all += counts[pattern];
	return all;
}

/* The odds before anything is compared: those among the seen, without what made them seen. */
static double odds_of(const struct weights *before, double same, double other, double m_seen,
	double u_seen, double m_seen_before, double u_seen_before)
{
	double prior = 1.0 / (double)(before->one_in - 1);
	double expected = prior * m_seen_before / u_seen_before;
	double share = expected / (1 + expected);

	same += LEARN_PRIOR * share; /* the shipped weights' word on how many are the same */
	other += LEARN_PRIOR * (1 - share);
	return same / other * u_seen / m_seen;
}

struct lg_status learn(const struct weights *before, const struct weights *present,
	const struct decided *decided, struct learned *ret_learned)
{
	struct learned learned = { .same_count = sum(decided->same) + sum(decided->held_same),
		.other_count = sum(decided->other) + sum(decided->held_other),
		.weights = *present };
	struct side m_before, u_before, m, u;
	double m_pairs[MASKS], u_pairs[MASKS], same, other;

	assert(before->one_in > 1);
	learned.loss_before = loss_of(present, decided, &learned.held_out_count);
	learned.loss_after = learned.loss_before;
	*ret_learned = learned;
	if (learned.same_count < LEARN_LEAST || learned.other_count < LEARN_LEAST)
		return lg_refuse("too few pairs were decided: 50 of each kind are needed");
	sides_of(before, &m_before, &u_before);
	same = fit(before, &m_before, decided->same, m_pairs, &m);
	other = fit(before, &u_before, decided->other, u_pairs, &u);
	if (same == 0 || other == 0)
		return lg_refuse("the shipped weights would have proposed none of these pairs");
	weights_from(before, &m, &u,
		odds_of(before, same, other, seen_share(before, &m, m_pairs),
			seen_share(before, &u, u_pairs), seen_share(before, &m_before, m_pairs),
			seen_share(before, &u_before, u_pairs)),
		&learned.weights);
	learned.loss_after = loss_of(&learned.weights, decided, &learned.held_out_count);
	*ret_learned = learned;
	if (learned.held_out_count == 0 || learned.loss_after >= learned.loss_before)
		return lg_refuse("no better than the present weights on the pairs held out");
	if (!is_in_order(&learned.weights))
		return lg_refuse(
			"a closer level would be worth less than a farther one: more pairs "
			"are needed");
	return lg_done();
}
