#include "services/matching/engine/search/promise.h"

#include <assert.h>

#define WORD_BITS       64
#define SOUND_BITS      6
#define SPELLING_BITS   3
#define RARITY_OF_SOUND 4.0f /* bits, of which half are promised to a name of the same sound */
#define YEARS_OFF       2    /* within which a guessed year counts as near */

static const uint8_t wanted_bits[KIND_COUNT] = {
	[KIND_NAME] = 10, [KIND_PLACE] = 7, [KIND_DATE] = 7, [KIND_CODE] = 2
};

/* Fewer columns are fewer reads for each word that passes by. */
static void plan_columns(struct promise_layout *layout)
{
	for (uint32_t i = 0; i < layout->count; i++) {
		uint32_t last = layout->column_count - 1, bits = layout->bits[i];

		if (layout->column_count > 0 &&
			(layout->masks[last] + 1) << bits <= 1u << PROMISE_CLASS_BITS) {
			layout->masks[last] = ((layout->masks[last] + 1) << bits) - 1;
			layout->members[last]++;
			continue;
		}
		last = layout->column_count++;
		layout->firsts[last] = (uint8_t)i;
		layout->members[last] = 1;
		layout->column_shifts[last] = layout->shifts[i];
		layout->masks[last] = (1u << bits) - 1;
	}
	while (layout->column_count % PROMISE_ABREAST != 0)
		layout->column_count++;
}

void promise_plan(const struct field_list *list, struct promise_layout *ret_layout)
{
	uint32_t sum = 0, shift = PROMISE_ROW_BITS;

	*ret_layout = (struct promise_layout){ .count = 0 };
	for (uint32_t f = 0; f < list->count; f++) {
		if (wanted_bits[list->fields[f].kind] == 0)
			continue;
		ret_layout->fields[ret_layout->count] = (uint8_t)f;
		ret_layout->bits[ret_layout->count++] = wanted_bits[list->fields[f].kind];
		sum += wanted_bits[list->fields[f].kind];
	}
	while (sum > WORD_BITS - PROMISE_ROW_BITS) {
		uint32_t widest = 0;

		for (uint32_t i = 1; i < ret_layout->count; i++)
			if (ret_layout->bits[i] >= ret_layout->bits[widest])
				widest = i;
		ret_layout->bits[widest]--;
		sum--;
	}
	for (uint32_t i = 0; i < ret_layout->count; i++) {
		ret_layout->shifts[i] = (uint8_t)shift;
		shift += ret_layout->bits[i];
	}
	plan_columns(ret_layout);
}

/* The year of a date's value, for keys; 0: none. */
static uint32_t promise_year(const struct roster *roster, uint32_t field, uint32_t id)
{
	return id == 0 ? 0 : vocabulary_value(roster->vocabularies[field], id)->number / 10000;
}

/* Bits of a name's class that tell its spelling; the others tell its sound. */
static uint32_t spelling_bits(uint32_t bits)
{
	if (bits <= SOUND_BITS)
		return 0;
	return bits - SOUND_BITS < SPELLING_BITS ? bits - SOUND_BITS : SPELLING_BITS;
}

static uint32_t class_of_name(const struct value *value, uint32_t bits)
{
	uint32_t low = spelling_bits(bits), sounds = (1u << (bits - low)) - 1;

	return (1 + value->atoms[0] % sounds) << low |
	       (uint32_t)(value_hash(value->text, value->size, 11) & ((1u << low) - 1));
}

/* Below 2^bits; 0: the value is missing. */
static uint32_t class_of(const struct roster *roster, uint32_t field, uint32_t id, uint32_t bits)
{
	uint32_t most = (1u << bits) - 1;

	if (id == 0)
		return 0;
	switch (roster->list.fields[field].kind) {
	case KIND_DATE:
		return 1 + promise_year(roster, field, id) % most;
	case KIND_NAME:
	case KIND_PLACE:
		return class_of_name(vocabulary_value(roster->vocabularies[field], id), bits);
	case KIND_CODE:
		return 1 + (id - 1) % most;
	case KIND_WORDS:
	case KIND_NUMBER:
	case KIND_PHONE:
	case KIND_AGE:
	case KIND_COUNT:
		break;
	}
	return 0;
}

uint64_t promise_word(const struct promise_layout *layout, const struct roster *roster,
	const uint32_t *ids, uint32_t row)
{
	uint64_t word = row;

	assert(row < 1u << PROMISE_ROW_BITS);
	for (uint32_t i = 0; i < layout->count; i++)
		word |= (uint64_t)class_of(
				roster, layout->fields[i], ids[layout->fields[i]], layout->bits[i])
			<< layout->shifts[i];
	return word;
}

static int16_t steps_of(float bits)
{
	return (int16_t)(bits * PROMISE_STEPS);
}

static void ask_date(const struct model *model, const struct roster *roster, uint32_t f,
	uint32_t id, uint32_t bits, int16_t *worth)
{
	const float *of = model->bits[f];
	bool is_whole = vocabulary_value(roster->vocabularies[f], id)->number % 10000 != 0;
	uint32_t class = class_of(roster, f, id, bits), most = (1u << bits) - 1;
	float near = of[GRADE_CROSSED_CLOSE];
	float same = of[is_whole ? GRADE_EQUAL : GRADE_CROSSED_EQUAL];

	for (uint32_t i = 1; i <= most; i++)
		worth[i] = steps_of(of[GRADE_DIFFERENT]);
	for (uint32_t off = YEARS_OFF; off > 0 && 2 * off < most; off--) {
		worth[1 + (class - 1 + off) % most] = steps_of(near);
		worth[1 + (class - 1 + most - off) % most] = steps_of(near);
	}
	worth[class] = steps_of(same);
}

static void ask_code(
	const struct model *model, uint32_t f, uint32_t class, uint32_t bits, int16_t *worth)
{
	for (uint32_t i = 1; i < 1u << bits; i++)
		worth[i] = steps_of(model->bits[f][GRADE_DIFFERENT]);
	worth[class] = steps_of(model->bits[f][GRADE_EQUAL]);
}

/* Names and places: the same spelling, the same sound, or another one. */
static void ask_name(const struct model *model, const struct roster *roster, uint32_t f,
	uint32_t from, const uint32_t *ids, uint32_t bits, int16_t *worth)
{
	const float *of = model->bits[f];
	uint32_t class = class_of(roster, f, ids[from], bits), low = spelling_bits(bits);
	uint32_t first = class >> low << low;
	float other = (of[GRADE_DIFFERENT] + of[GRADE_REMOTE]) / 2;
	float equal = model_field_bits(model, roster, f, GRADE_EQUAL, ids, ids);
	float rarity = equal - of[GRADE_EQUAL];
	float sound = of[GRADE_SOUND] + (rarity > RARITY_OF_SOUND ? RARITY_OF_SOUND : rarity) / 2;

	for (uint32_t i = 1; i < 1u << bits; i++)
		worth[i] = steps_of(other);
	for (uint32_t i = first; i < first + (1u << low); i++)
		worth[i] = steps_of(from == f ? sound : of[GRADE_CROSSED_CLOSE]);
	worth[class] = steps_of(from == f ? equal : of[GRADE_CROSSED_EQUAL]);
}

/* What each class of one field promises. */
static void ask_field(const struct promise_layout *layout, const struct model *model,
	const struct roster *roster, const uint32_t *ids, bool crossed, uint32_t i, int16_t *worth)
{
	uint32_t f = layout->fields[i], from = crossed ? roster->list.fields[f].twin : f;

	worth[0] = 0;
	if (ids[from] == 0)
		memset(worth, 0, sizeof *worth << layout->bits[i]);
	else if (roster->list.fields[f].kind == KIND_DATE)
		ask_date(model, roster, f, ids[f], layout->bits[i], worth);
	else if (roster->list.fields[f].kind == KIND_CODE)
		ask_code(model, f, class_of(roster, f, ids[f], layout->bits[i]), layout->bits[i],
			worth);
	else
		ask_name(model, roster, f, from, ids, layout->bits[i], worth);
}

/* Puts the classes of one more field above those that a column has. */
static void widen(int16_t *worth, uint32_t have, const int16_t *more, uint32_t more_count)
{
	for (uint32_t k = more_count; k-- > 0;)
		for (uint32_t i = 0; i < have; i++)
			worth[k * have + i] = (int16_t)(worth[i] + more[k]);
}

void promise_ask(const struct promise_layout *layout, const struct model *model,
	const struct roster *roster, const uint32_t *ids, bool crossed, struct promise *ret_promise)
{
	int16_t more[1u << PROMISE_CLASS_BITS];

	ret_promise->base = steps_of(model->prior_bits);
	for (uint32_t c = 0; c < layout->column_count; c++) {
		int16_t *worth = ret_promise->worth[c];
		uint32_t first = layout->firsts[c], have = 1u << layout->bits[first];

		if (layout->members[c] == 0) {
			worth[0] = 0;
			continue;
		}
		ask_field(layout, model, roster, ids, crossed, first, worth);
		for (uint32_t i = first + 1; i < first + layout->members[c]; i++) {
			ask_field(layout, model, roster, ids, crossed, i, more);
			widen(worth, have, more, 1u << layout->bits[i]);
			have <<= layout->bits[i];
		}
	}
}
