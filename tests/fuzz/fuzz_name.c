/*
 * Any bytes as a name, a place and a date.  The input is cut at its first line feed into two; both
 * are read as each, and compared.  Forms stay within their bounds, comparing is the same both ways,
 * a normal form done twice is the same.
 */
#include <assert.h>

#include "common/base/text.h"
#include "services/matching/engine/text/birth.h"
#include "services/matching/engine/text/letters.h"
#include "services/matching/engine/text/place.h"
#include "tests/fuzz/fuzz.h"

#define COST_MAX  4000
#define THIS_YEAR 2026

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

static void check_births(struct lg_bytes left, struct lg_bytes right)
{
	struct birth a = birth_read(left, THIS_YEAR), b = birth_read(right, THIS_YEAR);

	assert(!a.is_known || a.first_day <= a.last_day);
	assert(birth_compare(a, b) == birth_compare(b, a));
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
	check_births(left, right);
	return 0;
}
