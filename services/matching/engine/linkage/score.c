#include "services/matching/engine/linkage/score.h"

#include <assert.h>

#include "services/matching/engine/linkage/grade.h"

/* What a comparison costs: strings last. */
static uint32_t cost_of(enum field_kind kind)
{
	static const uint32_t costs[KIND_COUNT] = { [KIND_CODE] = 1,
		[KIND_AGE] = 1,
		[KIND_DATE] = 2,
		[KIND_NUMBER] = 3,
		[KIND_PHONE] = 7, /* nearly every one is read for the first time */
		[KIND_WORDS] = 5,
		[KIND_NAME] = 6,
		[KIND_PLACE] = 6 };

	return costs[kind];
}

void score_init(
	struct score *score, const struct model *model, struct pairing *pairing, float floor)
{
	const struct field_list *list = &model->list;

	*score = (struct score){ .model = model, .pairing = pairing, .floor = floor };
	for (uint32_t f = 0; f < list->count; f++) {
		uint32_t at = score->order_count;
		float most = 0;

		for (uint32_t g = GRADE_DIFFERENT; g < GRADE_COUNT; g++)
			if (g != GRADE_EQUAL && model->bits[f][g] > most)
				most = model->bits[f][g];
		score->most_unequal[f] = most + MODEL_RARITY_MOST;
		if (list->fields[f].twin < f)
			continue;
		while (at > 0 && cost_of(list->fields[score->order[at - 1]].kind) >
					 cost_of(list->fields[f].kind)) {
			score->order[at] = score->order[at - 1];
			at--;
		}
		score->order[at] = f;
		score->order_count++;
	}
}

/* Whether values are told apart at a glance; of twins, crosswise too. */
static bool are_strangers(
	const struct score *score, uint32_t f, const uint32_t *a, const uint32_t *b)
{
	const struct roster *roster = score->pairing->roster;
	const uint64_t *of = roster->sketches[roster->list.fields[f].pool];
	uint32_t twin = roster->list.fields[f].twin;

	if (of == NULL || a[f] == 0 || b[f] == 0 || !grade_is_apart(of[a[f]], of[b[f]]))
		return false;
	return twin == f ||
	       (a[twin] != 0 && b[twin] != 0 && grade_is_apart(of[a[f]], of[b[twin]]) &&
		       grade_is_apart(of[a[twin]], of[b[f]]));
}

/* The most that a field can still say. */
static float most_of(const struct score *score, uint32_t f, const uint32_t *a, const uint32_t *b)
{
	uint32_t twin = score->model->list.fields[f].twin;
	float most = score->most_unequal[f];

	if (are_strangers(score, f, a, b))
		return score->model->bits[f][GRADE_DIFFERENT];
	if (twin == f) {
		if (a[f] == 0 || b[f] == 0)
			return 0;
		if (a[f] == b[f])
			return model_field_bits(
				score->model, score->pairing->roster, f, GRADE_EQUAL, a, b);
		if (score->model->list.fields[f].kind != KIND_DATE)
			return most - MODEL_RARITY_MOST / 2;
	}
	return most;
}

float score_pair(struct score *score, const uint32_t *a, const uint32_t *b)
{
	const struct model *model = score->model;
	const struct roster *roster = score->pairing->roster;
	float most[FIELDS_MAX], sum = model->prior_bits;
	uint64_t whole = 0;

	for (uint32_t f = 0; f < model->list.count; f++) {
		pairing_expect(score->pairing, f, a[f], b[f]);
		most[f] = most_of(score, f, a, b);
		sum += most[f];
	}
	for (uint32_t i = 0; i < score->order_count && sum >= score->floor; i++) {
		uint32_t f = score->order[i], twin = model->list.fields[f].twin;
		uint64_t pattern = pairing_field(score->pairing, f, a, b);

		whole |= pattern;
		sum += model_field_bits(model, roster, f, pattern_grade(pattern, f), a, b) -
		       most[f];
		if (twin != f)
			sum += model_field_bits(
				       model, roster, twin, pattern_grade(pattern, twin), a, b) -
			       most[twin];
	}
	return sum >= score->floor ? sum - model_said_twice(model, whole) : sum;
}
