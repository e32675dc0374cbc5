#include "services/matching/engine/search/outlook.h"

#include <assert.h>

void outlook_init(struct outlook *outlook, struct pairing *pairing, struct lg_arena *arena)
{
	*outlook = (struct outlook){ .arena = arena, .pairing = pairing };
}

static bool has_table(enum field_kind kind)
{
	return kind != KIND_PHONE && kind != KIND_NUMBER;
}

static void make_room(struct outlook *outlook, uint32_t f, bool has_twin)
{
	uint32_t count = outlook->pairing->roster->vocabularies[f]->count + 1;

	if (count <= outlook->room[f])
		return;
	if (outlook->room[f] > 0) {
		lg_give_back(outlook->arena, outlook->straight[f]);
		lg_give_back(outlook->arena, outlook->crossed[f]);
	}
	outlook->room[f] = count + count / 2;
	outlook->straight[f] = lg_alloc_array(outlook->arena, outlook->room[f], sizeof(float));
	outlook->crossed[f] =
		lg_alloc_array(outlook->arena, has_twin ? outlook->room[f] : 1, sizeof(float));
}

/* What a value adds where a twin is expected: the larger of what either field would say. */
static float crossed_worth(
	const struct outlook *outlook, uint32_t f, uint32_t twin, enum grade grade)
{
	const struct model *model = outlook->model;
	const uint32_t *asked = outlook->asked;
	uint32_t other[FIELDS_MAX] = { 0 };
	enum grade as = grade == GRADE_EQUAL  ? GRADE_CROSSED_EQUAL
			: grade >= GRADE_NEAR ? GRADE_CROSSED_CLOSE
					      : grade;
	float here = model->bits[f][as], there = model->bits[twin][as];

	other[twin] = asked[f];
	if (as == GRADE_CROSSED_EQUAL) {
		here = model_field_bits(model, outlook->pairing->roster, f, as, asked, other);
		there += here - model->bits[f][as];
	}
	return here > there ? here : there;
}

static void ask_field(struct outlook *outlook, uint32_t f)
{
	const struct roster *roster = outlook->pairing->roster;
	const uint32_t *asked = outlook->asked, twin = roster->list.fields[f].twin;
	uint32_t other[FIELDS_MAX] = { 0 };

	make_room(outlook, f, twin != f);
	outlook->straight[f][0] = outlook->crossed[f][0] = 0;
	for (uint32_t id = 1; id <= roster->vocabularies[f]->count; id++) {
		enum grade grade = pairing_grade(outlook->pairing, f, asked[f], id);

		other[f] = id;
		outlook->straight[f][id] =
			model_field_bits(outlook->model, roster, f, grade, asked, other);
		if (twin != f)
			outlook->crossed[f][id] = crossed_worth(outlook, f, twin, grade);
	}
}

/* The best that an unequal value may be: rarity counts for half of what it would in an equal one. */
static float most_unequal(const struct model *model, uint32_t f)
{
	float most = model->bits[f][GRADE_DIFFERENT];

	for (uint32_t g = GRADE_DIFFERENT; g < GRADE_COUNT; g++)
		if (g != GRADE_EQUAL && model->bits[f][g] > most)
			most = model->bits[f][g];
	return most + MODEL_RARITY_MOST / 2;
}

void outlook_ask(struct outlook *outlook, const struct model *model, const uint32_t *asked)
{
	const struct field_list *list = &model->list;

	outlook->model = model;
	outlook->asked = asked;
	for (uint32_t f = 0; f < list->count; f++) {
		outlook->equal[f] = outlook->unequal[f] = 0;
		if (has_table(list->fields[f].kind)) {
			ask_field(outlook, f);
		} else if (asked[f] != 0) {
			outlook->unequal[f] = most_unequal(model, f);
			outlook->equal[f] = model_field_bits(
				model, outlook->pairing->roster, f, GRADE_EQUAL, asked, asked);
		}
	}
}

/* What a field without a table may add: known without a look at the value where it is the same. */
static float of_numbers(const struct outlook *outlook, uint32_t f, const uint32_t *ids)
{
	if (ids[f] == 0)
		return 0;
	return ids[f] == outlook->asked[f] ? outlook->equal[f] : outlook->unequal[f];
}

/* Of a field and its twin, straight or crosswise, whichever says more. */
static float of_tables(
	const struct outlook *outlook, uint32_t f, uint32_t twin, const uint32_t *ids)
{
	float straight = outlook->straight[f][ids[f]], crosswise;

	if (twin == f)
		return straight;
	straight += outlook->straight[twin][ids[twin]];
	crosswise = outlook->crossed[f][ids[twin]] + outlook->crossed[twin][ids[f]];
	return straight > crosswise ? straight : crosswise;
}

float outlook_most(struct outlook *outlook, const uint32_t *ids, float floor)
{
	const struct model *model = outlook->model;
	const struct field_list *list = &model->list;
	float sum = model->prior_bits;

	for (uint32_t f = 0; f < list->count; f++)
		if (outlook->room[f] == 0)
			sum += of_numbers(outlook, f, ids);
		else if (list->fields[f].twin >= f)
			sum += of_tables(outlook, f, list->fields[f].twin, ids);
	for (uint32_t f = 0; f < list->count && sum >= floor; f++) {
		enum grade grade;

		if (outlook->room[f] > 0 || ids[f] == 0 || outlook->asked[f] == 0)
			continue;
		grade = pairing_grade(outlook->pairing, f, outlook->asked[f], ids[f]);
		sum += model_field_bits(
			       model, outlook->pairing->roster, f, grade, outlook->asked, ids) -
		       of_numbers(outlook, f, ids);
	}
	return sum;
}
