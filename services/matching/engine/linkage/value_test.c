/*
 * Goal: a cell means what people mean by it, in either script.  Method: cells as the field writes
 * them; vocabularies far above their first size.
 */
#include "services/matching/engine/linkage/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/vocabulary.h"

static bool reads(enum field_kind kind, const char *cell, struct value *ret_value)
{
	return value_read(&(struct field){ .kind = kind, .bs_from = 2027 },
		lg_bytes(cell, strlen(cell)), ret_value);
}

static void words_for_not_known_are_missing(void **unused)
{
	static const char *const cells[] = { "", "  ", "-", "?", "N/A", "unknown", "NULL" };
	struct value value;

	(void)unused;
	for (uint32_t kind = 0; kind < KIND_COUNT; kind++)
		for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
			assert_false(reads((enum field_kind)kind, cells[i], &value));
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
		assert_false(value_is_said(lg_bytes(cells[i], strlen(cells[i]))));
	assert_true(value_is_said(lg_bytes(" 2068-05-33 ", 12)));
}

static void dates_are_read_in_many_shapes(void **unused)
{
	static const struct {
		const char *cell;
		uint32_t number;
	} shapes[] = { { "20010315", 20010315 }, { "2001-03-15", 20010315 },
		{ "15/03/2001", 20010315 }, { "2001-03", 20010300 }, { "2001", 20010000 },
		{ "~2001", 20010000 }, { "2001-40-03", 20014003 }, /* a slip */
		{ "2068-05-12", 20110829 }, { "20680512", 20110829 }, { "2068", 20110000 },
		{ "२०६८-०५-१२", 20110829 }, { "2030 Saun 5 BS", 19730720 },
		{ "15 March 2001", 20010315 }, { "2001-03-15T06:00", 20010315 } };
	struct value value;

	(void)unused;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		assert_true(reads(KIND_DATE, shapes[i].cell, &value));
		assert_int_equal(value.number, shapes[i].number);
	}
	assert_false(reads(KIND_DATE, "soon", &value));
	assert_false(reads(KIND_DATE, "12-3", &value));
	assert_false(reads(KIND_DATE, "2068-05-33", &value));
	assert_false(reads(KIND_DATE, "2090 AD", &value));
}

static void a_name_has_the_same_bones_in_either_script(void **unused)
{
	struct value latin, deva;

	(void)unused;
	assert_true(reads(KIND_NAME, "Saraswati", &latin));
	assert_true(reads(KIND_NAME, "सरस्वती", &deva));
	assert_int_equal(latin.atoms[0], deva.atoms[0]);
}

static void any_bytes_are_read_within_bounds(void **unused)
{
	struct value value;

	(void)unused;
	for (uint32_t kind = 0; kind < KIND_COUNT; kind++) {
		char cell[700];

		for (uint32_t byte = 1; byte < 256; byte++) {
			memset(cell, (int)byte, sizeof cell);
			value_read(&(struct field){ .kind = (enum field_kind)kind },
				lg_bytes(cell, sizeof cell), &value);
			assert_true(value.size <= VALUE_TEXT_MAX);
		}
	}
}

static void a_vocabulary_numbers_values_and_keeps_them(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct vocabulary *words = lg_alloc(arena, sizeof *words);

	(void)unused;
	vocabulary_init(words, &(struct field){ .kind = KIND_NUMBER }, arena);
	for (uint32_t i = 0; i < 20000; i++) {
		char cell[16];
		int size = snprintf(cell, sizeof cell, "%u", i);

		assert_int_equal(vocabulary_take(words, lg_bytes(cell, (size_t)size)), i + 1);
	}
	assert_int_equal(vocabulary_take(words, lg_bytes(" 17 ", 4)), 18);
	assert_int_equal(vocabulary_take(words, lg_bytes("", 0)), 0);
	assert_int_equal(words->count, 20000);
	assert_memory_equal(vocabulary_value(words, 12346)->text, "12345", 5);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_for_not_known_are_missing),
		cmocka_unit_test(dates_are_read_in_many_shapes),
		cmocka_unit_test(a_name_has_the_same_bones_in_either_script),
		cmocka_unit_test(any_bytes_are_read_within_bounds),
		cmocka_unit_test(a_vocabulary_numbers_values_and_keeps_them),
	};

	return cmocka_run_group_tests_name("matching/linkage/value", tests, NULL, NULL);
}
