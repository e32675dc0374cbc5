#include "services/matching/engine/linkage/estimate.h"

#include <assert.h>
#include <math.h>

#include "common/base/random.h"

#define FIRST_SLOTS         4096u
#define NEGLIGIBLE_BITS     (-30.0)
#define PRIOR_MOST          0.5
#define PRIOR_ROUNDS        50
#define PRIOR_STEPS         1024u /* pairs are counted by their bits; the last step holds the rest */
#define PRIOR_STEPS_PER_BIT 32
#define STILL               1e-7 /* a share of the expected matches that moves less is at rest */
#define LEAN_SEEN           30.0 /* pairs that agree in two fields, of those drawn by chance */
#define LEAN_LEAST          1.0f /* bits; less may be chance */
#define PSEUDO              0.5  /* pairs of each grade that are taken as seen before any was */

const struct estimate_start estimate_standard = {
	.equal = 0.8,
	.one_in = 2,
	.rounds = 200,
	.seed = 1,
	.random_pairs = 250000,
};

void pattern_table_init(struct pattern_table *table, struct lg_arena *arena)
{
	*table = (struct pattern_table){
		.arena = arena,
		.slot_count = FIRST_SLOTS,
		.rows = lg_alloc_array(arena, FIRST_SLOTS, sizeof(struct pattern_row)),
	};
}

static struct pattern_row *find_row(struct pattern_row *rows, uint32_t slot_count, uint64_t pattern)
{
	uint64_t hash = pattern * 0x9e3779b97f4a7c15u;
	uint32_t at = (uint32_t)(hash >> 32) & (slot_count - 1);

	while (rows[at].pattern != pattern && rows[at].pattern != 0)
		at = (at + 1) & (slot_count - 1);
	return &rows[at];
}

static void grow(struct pattern_table *table)
{
	uint32_t slot_count = table->slot_count * 2;
	struct pattern_row *rows = lg_alloc_array(table->arena, slot_count, sizeof *rows);

	for (uint32_t i = 0; i < table->slot_count; i++)
		if (table->rows[i].pattern != 0)
			*find_row(rows, slot_count, table->rows[i].pattern) = table->rows[i];
	table->rows = rows;
	table->slot_count = slot_count;
}

void pattern_table_add(struct pattern_table *table, uint64_t pattern, double count)
{
	struct pattern_row *row;

	if (pattern == 0)
		return;
	row = find_row(table->rows, table->slot_count, pattern);
	if (row->pattern == 0) {
		if (table->used >= table->slot_count / 2) {
			grow(table);
			row = find_row(table->rows, table->slot_count, pattern);
		}
		row->pattern = pattern;
		table->used++;
	}
	row->count += count;
}

/* Counts to shares, one field; what was never seen keeps a little. */
static void to_shares(double shares[GRADE_COUNT])
{
	double sum = 0;

	for (uint32_t g = GRADE_DIFFERENT; g < GRADE_COUNT; g++)
		sum += shares[g] + PSEUDO;
	for (uint32_t g = GRADE_DIFFERENT; g < GRADE_COUNT; g++)
		shares[g] = (shares[g] + PSEUDO) / sum;
	shares[GRADE_MISSING] = 0;
}

static double chance_of_equal(const struct roster *roster, uint32_t pool)
{
	return exp2(-(double)roster->mean_rarity[pool]);
}

/*
 * How often fields agree in pairs drawn by chance, alone and two by two; two only where nothing
 * else agrees, since in a small file one person's records are among them, and agree in all.
 */
struct agreements {
	double pairs, alone[FIELDS_MAX], both[FIELDS_MAX][FIELDS_MAX];
};

static void see_agreements(struct agreements *seen, uint64_t pattern, const struct field_list *list)
{
	uint32_t held[FIELDS_MAX], count = 0;

	seen->pairs++;
	for (uint32_t f = 0; f < list->count; f++) {
		enum grade grade = pattern_grade(pattern, f);

		if (grade < GRADE_CLOSE || grade > GRADE_EQUAL || list->fields[f].kind == KIND_CODE)
			continue;
		seen->alone[f]++;
		held[count++] = f;
	}
	if (count == 2)
		seen->both[held[1]][held[0]]++;
}

/* Each field leans on the earlier one with which it agrees most beyond chance. */
static void find_leanings(struct model *model, const struct agreements *seen)
{
	for (uint32_t f = 0; f < model->list.count; f++) {
		model->leans_on[f] = 0;
		model->lean_bits[f] = 0;
		for (uint32_t k = 0; k < f && model->list.fields[f].twin == f; k++) {
			double chance = seen->alone[f] * seen->alone[k];
			float bits;

			if (model->list.fields[k].twin != k || seen->both[f][k] < LEAN_SEEN)
				continue;
			bits = (float)log2(seen->both[f][k] * seen->pairs / chance);
			if (bits > LEAN_LEAST && bits > model->lean_bits[f]) {
				model->leans_on[f] = k;
				model->lean_bits[f] = bits;
			}
		}
	}
}

uint32_t estimate_draw(const struct roster *roster, const struct estimate_start *start,
	struct record_pair *ret_pairs)
{
	struct lg_random random;
	uint32_t left = roster->left_count, right = roster->count - left, count = 0;

	lg_random_seed(&random, start->seed);
	for (uint32_t i = 0; i < start->random_pairs && roster->count > 1 && right > 0; i++) {
		uint32_t a = (uint32_t)lg_random_below(&random, left > 0 ? left : roster->count);
		uint32_t b = left + (uint32_t)lg_random_below(&random, right);

		if (a != b)
			ret_pairs[count++] = (struct record_pair){ a, b };
	}
	return count;
}

void estimate_u(
	struct model *model, const struct roster *roster, const uint64_t *patterns, uint32_t count)
{
	struct agreements seen = { .pairs = 0 };

	memset(model->u, 0, sizeof model->u);
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t f = 0; f < model->list.count; f++)
			model->u[f][pattern_grade(patterns[i], f)] += 1;
		see_agreements(&seen, patterns[i], &model->list);
	}
	find_leanings(model, &seen);
	for (uint32_t f = 0; f < model->list.count; f++) {
		const struct field *field = &model->list.fields[f];
		double chance = chance_of_equal(roster, field->pool);

		to_shares(model->u[f]);
		if (field->twin != f || field->kind == KIND_DATE || chance >= 1)
			continue;

		double rest = 1 - model->u[f][GRADE_EQUAL];

		for (uint32_t g = GRADE_DIFFERENT; g < GRADE_COUNT; g++)
			model->u[f][g] =
				g == GRADE_EQUAL ? chance : model->u[f][g] * (1 - chance) / rest;
	}
}

static void start_from(struct model *model, const struct estimate_start *start)
{
	for (uint32_t f = 0; f < model->list.count; f++) {
		double rest = 1 - start->equal;

		model->m[f][GRADE_MISSING] = 0;
		model->m[f][GRADE_DIFFERENT] = rest * 0.3;
		model->m[f][GRADE_REMOTE] = rest * 0.1;
		model->m[f][GRADE_NEAR] = rest * 0.1;
		model->m[f][GRADE_CLOSE] = rest * 0.2;
		model->m[f][GRADE_SOUND] = rest * 0.2;
		model->m[f][GRADE_EQUAL] = start->equal;
		model->m[f][GRADE_CROSSED_CLOSE] = rest * 0.05;
		model->m[f][GRADE_CROSSED_EQUAL] = rest * 0.05;
	}
}

/* Expected matches per field and grade; returns their number. */
static double expect(const struct model *model, const struct pattern_table *patterns,
	double ret_counts[FIELDS_MAX][GRADE_COUNT])
{
	double matches = 0;

	memset(ret_counts, 0, sizeof(double[FIELDS_MAX][GRADE_COUNT]));
	for (uint32_t i = 0; i < patterns->slot_count; i++) {
		const struct pattern_row *row = &patterns->rows[i];
		double bits = (double)model->prior_bits, expected;

		if (row->pattern == 0)
			continue;
		bits -= (double)model_said_twice(model, row->pattern);
		for (uint32_t f = 0; f < model->list.count; f++)
			bits += (double)model->bits[f][pattern_grade(row->pattern, f)];
		if (bits < NEGLIGIBLE_BITS)
			continue;
		expected = row->count * model_probability(bits);
		matches += expected;
		for (uint32_t f = 0; f < model->list.count; f++)
			ret_counts[f][pattern_grade(row->pattern, f)] += expected;
	}
	return matches;
}

static double prior_of(double matches, double all_pairs)
{
	double prior = (matches + PSEUDO) / (all_pairs + 2 * PSEUDO);

	return prior > PRIOR_MOST ? PRIOR_MOST : prior;
}

uint32_t estimate_m(struct model *model, const struct pattern_table *patterns, double all_pairs,
	double records, const struct estimate_start *start)
{
	double before = -1;
	uint32_t round = 0;

	assert(all_pairs >= 1 && start->equal > 0 && start->equal < 1);
	start_from(model, start);
	model->prior = prior_of(records / start->one_in, all_pairs);
	model_settle(model);
	for (; round < start->rounds; round++) {
		double counts[FIELDS_MAX][GRADE_COUNT];
		double matches = expect(model, patterns, counts);

		for (uint32_t f = 0; f < model->list.count; f++) {
			memcpy(model->m[f], counts[f], sizeof counts[f]);
			to_shares(model->m[f]);
		}
		model->prior = prior_of(matches, all_pairs);
		model_settle(model);
		if (fabs(matches - before) <= STILL * matches)
			break;
		before = matches;
	}
	return round;
}

float estimate_prior(struct model *model, const struct scored_pair *pairs, uint32_t count,
	float floor, double all_pairs)
{
	double before = model->prior, now = before;
	double counts[PRIOR_STEPS] = { 0 };
	float shift;

	for (uint32_t i = 0; i < count; i++) {
		float step = (pairs[i].bits - floor) * PRIOR_STEPS_PER_BIT;

		counts[step < PRIOR_STEPS - 1 ? (uint32_t)step : PRIOR_STEPS - 1]++;
	}
	for (uint32_t round = 0; round < PRIOR_ROUNDS; round++) {
		double sum = PSEUDO, moved = log2(now / (1 - now) / (before / (1 - before)));

		for (uint32_t i = 0; i < PRIOR_STEPS; i++)
			sum += counts[i] * model_probability((i + 0.5) / PRIOR_STEPS_PER_BIT +
							     (double)floor + moved);
		now = sum / (all_pairs + 2 * PSEUDO);
		if (now > PRIOR_MOST)
			now = PRIOR_MOST;
	}
	shift = (float)log2(now / (1 - now) / (before / (1 - before)));
	model->prior = now;
	model->prior_bits += shift;
	return shift;
}
