#include "services/matching/engine/linkage/model.h"

#include <assert.h>
#include <math.h>

#define SHARE_MIN    1e-9
#define CLOSE_SHARE  0.5f /* of a value's rarity, where the two are not quite equal */
#define RARITY_LEAST (-4.0f)

static float bits_of(double m, double u)
{
	return (float)log2((m > SHARE_MIN ? m : SHARE_MIN) / (u > SHARE_MIN ? u : SHARE_MIN));
}

/* Neighbours from..end that stand the wrong way round are one, as often as both were seen. */
static void settle_rising(
	const double *m, const double *u, uint32_t from, uint32_t end, float *bits)
{
	double sum_m[GRADE_COUNT], sum_u[GRADE_COUNT];
	uint32_t first[GRADE_COUNT + 1], groups = 0;

	for (uint32_t g = from; g < end; g++) {
		first[groups] = g;
		sum_m[groups] = m[g];
		sum_u[groups] = u[g];
		groups++;
		while (groups > 1 && sum_m[groups - 1] * sum_u[groups - 2] <
					     sum_m[groups - 2] * sum_u[groups - 1]) {
			sum_m[groups - 2] += sum_m[groups - 1];
			sum_u[groups - 2] += sum_u[groups - 1];
			groups--;
		}
	}
	first[groups] = end;
	for (uint32_t i = 0; i < groups; i++)
		for (uint32_t g = first[i]; g < first[i + 1]; g++)
			bits[g] = bits_of(sum_m[i], sum_u[i]);
}

void model_settle(struct model *model)
{
	assert(model->prior > 0 && model->prior < 1);
	model->prior_bits = (float)log2(model->prior / (1 - model->prior));
	for (uint32_t f = 0; f < model->list.count; f++) {
		model->bits[f][GRADE_MISSING] = 0;
		settle_rising(model->m[f], model->u[f], GRADE_DIFFERENT, GRADE_CROSSED_CLOSE,
			model->bits[f]);
		settle_rising(
			model->m[f], model->u[f], GRADE_CROSSED_CLOSE, GRADE_COUNT, model->bits[f]);
	}
}

/*
 * What the value itself adds to a grade.  Of two unequal values the rarer may be a slip of the
 * pen, so the commoner one counts; of twins that stand crosswise, the one that both records hold.
 */
static float rarity(const struct roster *roster, const struct field *field, uint32_t f,
	enum grade grade, const uint32_t *a, const uint32_t *b)
{
	const float *of = roster->rarity[field->pool];
	uint32_t first = a[f], second = b[f];
	float share = grade == GRADE_EQUAL ? 1 : CLOSE_SHARE, bits;

	if (field->kind == KIND_CODE || field->kind == KIND_AGE)
		return 0;
	if (grade >= GRADE_CROSSED_CLOSE) {
		if (field->twin == f || grade == GRADE_CROSSED_CLOSE)
			return 0;
		first = second = a[f] != 0 && a[f] == b[field->twin] ? a[f] : a[field->twin];
		share = 1;
	}
	bits = (of[first] < of[second] ? of[first] : of[second]) - roster->mean_rarity[field->pool];
	bits *= share;
	if (bits < RARITY_LEAST)
		return RARITY_LEAST;
	return bits > MODEL_RARITY_MOST ? MODEL_RARITY_MOST : bits;
}

static float rarity_of(const struct roster *roster, const struct field *field, uint32_t f,
	enum grade grade, const uint32_t *a, const uint32_t *b)
{
	return grade >= GRADE_CLOSE ? rarity(roster, field, f, grade, a, b) : 0;
}

float model_field_bits(const struct model *model, const struct roster *roster, uint32_t f,
	enum grade grade, const uint32_t *a, const uint32_t *b)
{
	return model->bits[f][grade] + rarity_of(roster, &model->list.fields[f], f, grade, a, b);
}

static bool agrees(uint64_t pattern, uint32_t f)
{
	enum grade grade = pattern_grade(pattern, f);

	return grade >= GRADE_CLOSE && grade <= GRADE_EQUAL;
}

static float said_twice(const struct model *model, uint64_t pattern, uint32_t f)
{
	return model->lean_bits[f] > 0 && agrees(pattern, f) && agrees(pattern, model->leans_on[f])
		       ? model->lean_bits[f]
		       : 0;
}

float model_said_twice(const struct model *model, uint64_t pattern)
{
	float sum = 0;

	for (uint32_t f = 1; f < model->list.count; f++)
		sum += said_twice(model, pattern, f);
	return sum;
}

float model_bits(const struct model *model, const struct roster *roster, uint64_t pattern,
	const uint32_t *a, const uint32_t *b)
{
	float sum = model->prior_bits;

	for (uint32_t f = 0; f < model->list.count; f++)
		sum += model_field_bits(model, roster, f, pattern_grade(pattern, f), a, b);
	return sum - model_said_twice(model, pattern);
}

void model_explain(const struct model *model, const struct roster *roster, uint64_t pattern,
	const uint32_t *a, const uint32_t *b, struct model_reason ret_reasons[FIELDS_MAX])
{
	for (uint32_t f = 0; f < model->list.count; f++) {
		enum grade grade = pattern_grade(pattern, f);

		ret_reasons[f] = (struct model_reason){
			.field = f,
			.grade = grade,
			.grade_bits = model->bits[f][grade],
			.rarity_bits = rarity_of(roster, &model->list.fields[f], f, grade, a, b) -
				       said_twice(model, pattern, f),
		};
	}
}

double model_probability(double bits)
{
	return 1 / (1 + exp2(-bits));
}
