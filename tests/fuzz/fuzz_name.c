/*
 * Any bytes as a name, a place and a date.  The input is cut at its first line feed into two; both
 * are read as each, and names and places compared.  Forms stay within their bounds, comparing is the same both ways,
 * a normal form done twice is the same.
 */
#include <assert.h>

#include "common/base/text.h"
#include "services/matching/engine/text/letters.h"
#include "services/matching/engine/text/place.h"
#include "services/matching/engine/text/written_date.h"
#include "tests/fuzz/fuzz.h"

#define COST_MAX 4000
#define BS_FROM  2027

static void check_normal(struct lg_bytes text)
{
	char once[LETTERS_MAX], twice[LETTERS_MAX];
	size_t size = letters_normal(text, once);

	assert(size < LETTERS_MAX);
	assert(lg_text_is_valid(lg_bytes(once, size)));
	assert(letters_normal(lg_bytes(once, size), twice) == size);
	assert(memcmp(once, twice, size) == 0);
}

static void check_form(const struct name_form *form)
{
	uint16_t grams[NAME_GRAMS_MAX];

	assert(form->size <= NAME_FORM_SOUNDS_MAX);
	assert(form->word_count <= NAME_FORM_WORDS_MAX);
	assert((form->size == 0) == (form->word_count == 0));
	assert(form->size == 0 || form->ends[form->word_count - 1] == form->size);
	assert(name_form_grams(form, grams) <= NAME_GRAMS_MAX);
}

static void check_names(struct lg_bytes left, struct lg_bytes right)
{
	struct name_form a, b;

	name_form_read(left, &a);
	name_form_read(right, &b);
	check_form(&a);
	check_form(&b);

	uint32_t cost = name_form_cost(&a, &b, COST_MAX);

	assert(cost <= COST_MAX);
	assert(cost == name_form_cost(&b, &a, COST_MAX));
	assert(name_form_compare(&a, &b) == name_form_compare(&b, &a));
	assert(name_form_compare(&a, &b) <= NAME_FORM_EQUAL);
}

static void check_places(struct lg_bytes left, struct lg_bytes right)
{
	struct place_table table = { .count = 0 };
	struct place a = place_read(&table, left, NULL), b = place_read(&table, right, &a.district);
	struct place_alike alike = place_compare(&a, &b), back = place_compare(&b, &a);

	check_form(&a.local);
	check_form(&b.district);
	assert(alike.local == back.local && alike.district == back.district);
	assert(place_grade(&alike) == place_grade(&back));
	assert(alike.local >= -1 && alike.local <= NAME_FORM_EQUAL);
}

static void check_date(struct lg_bytes text)
{
	struct lg_date date;

	if (!written_date_read(text, BS_FROM, &date))
		return;
	assert(date.year > 0 && date.year < BS_FROM);
	assert(date.month >= 0 && date.month <= 12);
	assert(date.day >= 0 && date.day <= 31 && (date.day == 0 || date.month > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size == 0 ? NULL : memchr(data, '\n', size);
	size_t left_size = cut == NULL ? size : (size_t)(cut - data);
	struct lg_bytes left = lg_bytes(data, left_size);
	struct lg_bytes right = cut == NULL ? left : lg_bytes(cut + 1, size - left_size - 1);

	check_normal(left);
	check_normal(right);
	check_names(left, right);
	check_places(left, right);
	check_date(left);
	check_date(right);
	return 0;
}
