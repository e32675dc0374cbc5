/* One rule per kind, each read from the best grade down (grade.h). */
#include "services/matching/engine/linkage/grade.h"

#include <assert.h>
#include <stdlib.h>

#include "services/matching/engine/alike.h"
#include "services/matching/engine/linkage/likeness.h"

/* Costs of sounds (engine/text/sound.h) below which a grade is given: fiftieths of a nat. */
#define COST_SOUND  40
#define COST_CLOSE  120
#define COST_NEAR   200
#define COST_REMOTE 300

#define ALIKE_NEAR 900 /* of 1000, by Jaro and Winkler */

static bool is_same_text(const struct value *a, const struct value *b)
{
	return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t count_bits(uint32_t word)
{
	word -= word >> 1 & 0x55555555u;
	word = (word & 0x33333333u) + (word >> 2 & 0x33333333u);
	return ((word + (word >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24;
}

/* Kinds of sounds or letters that only one of two has: with many of them no likeness is left. */
static bool are_apart(uint32_t a, uint32_t b)
{
	uint32_t only_a = count_bits(a & ~b), only_b = count_bits(b & ~a);

	return larger(only_a, only_b) > count_bits(a & b) + 1;
}

static bool is_far(const struct value *a, const struct value *b)
{
	uint32_t only_a = count_bits(a->letters & ~b->letters);
	uint32_t only_b = count_bits(b->letters & ~a->letters);

	return larger(only_a, only_b) * 2 > larger(a->size, b->size) + 1;
}

/* The shorter begins the longer one: an initial, a short form, a cell that was cut. */
static bool is_beginning(const struct value *a, const struct value *b)
{
	uint32_t size = a->size < b->size ? a->size : b->size;

	return memcmp(a->text, b->text, size) == 0;
}

/* What the differences of two names cost by their sounds, as a grade; best is known to be reached. */
static enum grade grade_sounds(const struct value *a, const struct value *b, enum grade best)
{
	uint32_t limit = best >= GRADE_CLOSE    ? COST_SOUND
			 : best >= GRADE_NEAR   ? COST_CLOSE
			 : best >= GRADE_REMOTE ? COST_NEAR
						: COST_REMOTE;
	uint32_t cost;

	if (a->form.size == 0 || b->form.size == 0 || are_apart(a->bones, b->bones))
		return GRADE_DIFFERENT;
	cost = name_form_cost(&a->form, &b->form, limit);
	if (cost >= limit)
		return GRADE_DIFFERENT;
	if (cost < COST_SOUND)
		return GRADE_SOUND;
	if (cost < COST_CLOSE)
		return GRADE_CLOSE;
	return cost < COST_NEAR ? GRADE_NEAR : GRADE_REMOTE;
}

/* Jaro and Winkler are asked where slips alone do not decide. */
static enum grade grade_letters(const struct value *a, const struct value *b)
{
	uint32_t longest = larger(a->size, b->size);
	uint32_t slips;

	if (is_beginning(a, b))
		return longest > 3 ? GRADE_NEAR : GRADE_REMOTE;
	if (is_far(a, b))
		return GRADE_DIFFERENT;
	slips = likeness_slips(a->text, a->size, b->text, b->size);
	if ((slips == 1 && longest >= 4) || (slips == 2 && longest >= 8))
		return GRADE_CLOSE;
	if (slips * 3 <= longest)
		return GRADE_NEAR;
	if (slips * 2 > longest + 1)
		return GRADE_DIFFERENT;
	return alike_words(a->text, a->size, b->text, b->size) >= ALIKE_NEAR ? GRADE_NEAR
									     : GRADE_REMOTE;
}

/* By letters and by sounds: a key beside the right one, or an ear for another spelling. */
static enum grade grade_names(const struct value *a, const struct value *b)
{
	enum grade letters, sounds;

	if (is_same_text(a, b))
		return GRADE_EQUAL;
	letters = grade_letters(a, b);
	sounds = grade_sounds(a, b, letters);
	return letters > sounds ? letters : sounds;
}

/* Letters, digits as one; bones; size. */
#define SKETCH_LETTERS 27
#define SKETCH_BONES   28
#define SKETCH_SIZE    (SKETCH_LETTERS + SKETCH_BONES)
_Static_assert(VALUE_TEXT_MAX < 1u << (64 - SKETCH_SIZE), "a size fits");

uint64_t grade_sketch(const struct value *value)
{
	uint64_t letters = value->letters & ((1u << (SKETCH_LETTERS - 1)) - 1);
	uint64_t bones = value->bones & ((1u << SKETCH_BONES) - 1);

	if (value->letters >> (SKETCH_LETTERS - 1) != 0)
		letters |= 1u << (SKETCH_LETTERS - 1);
	return letters | bones << SKETCH_LETTERS | (uint64_t)value->size << SKETCH_SIZE;
}

/* As is_far() and are_apart(); where each has a letter that the other lacks, neither begins it. */
bool grade_is_apart(uint64_t a, uint64_t b)
{
	const uint32_t letters = (1u << SKETCH_LETTERS) - 1, all_bones = (1u << SKETCH_BONES) - 1;
	uint32_t only_a = count_bits((uint32_t)(a & ~b) & letters);
	uint32_t only_b = count_bits((uint32_t)(b & ~a) & letters);
	uint32_t longest = larger((uint32_t)(a >> SKETCH_SIZE), (uint32_t)(b >> SKETCH_SIZE));

	return only_a > 0 && only_b > 0 && larger(only_a, only_b) * 2 > longest + 1 &&
	       are_apart((uint32_t)(a >> SKETCH_LETTERS) & all_bones,
		       (uint32_t)(b >> SKETCH_LETTERS) & all_bones);
}

static enum grade grade_words(const struct value *a, const struct value *b)
{
	uint32_t longest = larger(a->size, b->size);
	uint32_t slips;

	if (is_same_text(a, b))
		return GRADE_EQUAL;
	if (is_far(a, b))
		return GRADE_DIFFERENT;
	slips = likeness_slips(a->text, a->size, b->text, b->size);
	if (slips == 1 || slips * 12 <= longest)
		return GRADE_SOUND;
	if (slips * 6 <= longest)
		return GRADE_CLOSE;
	if (slips * 3 <= longest)
		return GRADE_NEAR;
	if (slips * 2 <= longest || is_beginning(a, b))
		return GRADE_REMOTE;
	return GRADE_DIFFERENT;
}

static enum grade grade_numbers(const struct value *a, const struct value *b)
{
	uint32_t longest = larger(a->size, b->size);
	uint32_t slips;

	if (is_same_text(a, b))
		return GRADE_EQUAL;
	slips = likeness_slips(a->text, a->size, b->text, b->size);
	if (slips == 1 && a->size == b->size && a->atoms[1] == b->atoms[1])
		return GRADE_SOUND;
	if (slips == 1)
		return longest >= 2 ? GRADE_CLOSE : GRADE_DIFFERENT;
	if (a->size == b->size && a->atoms[1] == b->atoms[1])
		return GRADE_NEAR;
	if (slips == 2 && longest >= 4)
		return longest >= 6 ? GRADE_NEAR : GRADE_REMOTE;
	return slips * 2 <= longest ? GRADE_REMOTE : GRADE_DIFFERENT;
}

struct parts {
	int32_t year, month, day;
};

static struct parts parts_of(const struct value *value)
{
	return (struct parts){ (int32_t)(value->number / 10000),
		(int32_t)(value->number / 100 % 100), (int32_t)(value->number % 100) };
}

static enum grade grade_years(int32_t apart)
{
	if (apart == 0)
		return GRADE_CROSSED_EQUAL;
	if (apart <= 2)
		return GRADE_CROSSED_CLOSE;
	return apart <= 5 ? GRADE_REMOTE : GRADE_DIFFERENT;
}

static enum grade grade_dates(const struct value *va, const struct value *vb)
{
	const struct parts a = parts_of(va), b = parts_of(vb);
	int32_t apart = abs(a.year - b.year);
	uint32_t slips;

	if (a.month == 0 || b.month == 0)
		return grade_years(apart);
	if (va->number == vb->number)
		return GRADE_EQUAL;
	if (apart == 0 && a.month == b.day && a.day == b.month)
		return GRADE_SOUND;
	slips = likeness_slips(va->text, va->size, vb->text, vb->size);
	if (slips == 1) {
		uint32_t changed = 0;

		for (uint32_t i = 0; i < 8; i++)
			changed += va->text[i] != vb->text[i];
		return changed == 2 ? GRADE_SOUND : GRADE_CLOSE;
	}
	if ((apart == 0) + (a.month == b.month) + (a.day == b.day) == 2)
		return GRADE_NEAR;
	return apart <= 1 || slips <= 2 ? GRADE_REMOTE : GRADE_DIFFERENT;
}

static enum grade grade_ages(const struct value *a, const struct value *b)
{
	uint32_t apart = (uint32_t)abs((int32_t)a->number - (int32_t)b->number);

	if (apart == 0)
		return GRADE_EQUAL;
	if (apart == 1)
		return GRADE_SOUND;
	if (apart == 2)
		return GRADE_CLOSE;
	if (apart <= 4)
		return GRADE_NEAR;
	return apart <= 8 ? GRADE_REMOTE : GRADE_DIFFERENT;
}

static enum grade grade_codes(const struct value *a, const struct value *b)
{
	if (is_same_text(a, b))
		return GRADE_EQUAL;
	return a->size > 1 && b->size > 1 && likeness_slips(a->text, a->size, b->text, b->size) == 1
		       ? GRADE_CLOSE
		       : GRADE_DIFFERENT;
}

enum grade grade_values(enum field_kind kind, const struct value *a, const struct value *b)
{
	static enum grade (*const rules[KIND_COUNT])(const struct value *, const struct value *) = {
		[KIND_NAME] = grade_names,
		[KIND_PLACE] = grade_names,
		[KIND_WORDS] = grade_words,
		[KIND_DATE] = grade_dates,
		[KIND_NUMBER] = grade_numbers,
		[KIND_PHONE] = grade_numbers,
		[KIND_AGE] = grade_ages,
		[KIND_CODE] = grade_codes,
	};

	assert(kind < KIND_COUNT);
	return rules[kind](a, b);
}
