/*
 * Goal: the same value has the same number, another one another, and all stay where they are.
 * Method: spellings that fold to one text, cells that say nothing, more values than one chunk and
 * than the first table have.
 */
#include "services/matching/engine/linkage/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static uint32_t take(struct vocabulary *vocabulary, const char *cell)
{
	return vocabulary_take(vocabulary, lg_bytes(cell, strlen(cell)));
}

static void what_folds_to_one_text_is_one_value(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct vocabulary names, phones, dates;

	(void)unused;
	vocabulary_init(&names, &(struct field){ .kind = KIND_NAME }, arena);
	assert_int_equal(take(&names, "Sita"), 1);
	assert_int_equal(take(&names, "Gita"), 2);
	assert_int_equal(take(&names, " SITA "), 1);
	assert_int_equal(take(&names, "Sita"), 1);
	assert_int_equal(names.count, 2);
	vocabulary_init(&phones, &(struct field){ .kind = KIND_PHONE }, arena);
	assert_int_equal(take(&phones, "+977 9841234567"), 1);
	assert_int_equal(take(&phones, "9841234567"), 1);
	assert_int_equal(take(&phones, "9841234568"), 2);
	vocabulary_init(&dates, &(struct field){ .kind = KIND_DATE }, arena);
	assert_int_equal(take(&dates, "2001-03-15"), 1);
	assert_int_equal(take(&dates, "15/03/2001"), 1);
	assert_int_equal(take(&dates, "2001"), 2);
	lg_arena_free(arena);
}

static void what_says_nothing_is_missing_each_time(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	static const char *const nothing[] = { "", "-", "unknown", "N/A" };

	(void)unused;
	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		struct vocabulary vocabulary;

		vocabulary_init(
			&vocabulary, &(struct field){ .kind = (enum field_kind)kind }, arena);
		for (unsigned turn = 0; turn < 2; turn++)
			for (unsigned i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
				assert_int_equal(take(&vocabulary, nothing[i]), 0);
		assert_int_equal(vocabulary.count, 0);
	}
	lg_arena_free(arena);
}

static void many_values_stay_where_they_are_and_keep_their_numbers(void **unused)
{
	const uint32_t count = (1u << VOCABULARY_CHUNK_BITS) + 100;
	struct lg_arena *arena = lg_arena_new();
	struct vocabulary vocabulary;
	const struct value *first;
	char cell[32];

	(void)unused;
	vocabulary_init(&vocabulary, &(struct field){ .kind = KIND_PHONE }, arena);
	assert_int_equal(take(&vocabulary, "9800000001"), 1);
	first = vocabulary_value(&vocabulary, 1);
	for (unsigned turn = 0; turn < 2; turn++)
		for (uint32_t n = 1; n <= count; n++) {
			snprintf(cell, sizeof cell, "98%08u", n);
			assert_int_equal(take(&vocabulary, cell), n);
			assert_memory_equal(vocabulary_value(&vocabulary, n)->text, cell, 10);
		}
	assert_ptr_equal(vocabulary_value(&vocabulary, 1), first);
	assert_true(vocabulary_bytes(&vocabulary) > count * vocabulary.stride);
	lg_arena_free(arena);
}

static void a_value_of_another_vocabulary_is_known_by_its_text(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct vocabulary left, right;

	(void)unused;
	vocabulary_init(&left, &(struct field){ .kind = KIND_NAME }, arena);
	vocabulary_init(&right, &(struct field){ .kind = KIND_NAME }, arena);
	assert_int_equal(take(&left, "Sita"), 1);
	assert_int_equal(take(&right, "Gita"), 1);
	assert_int_equal(take(&right, "Sita"), 2);
	assert_int_equal(vocabulary_take_value(&left, vocabulary_value(&right, 2)), 1);
	assert_int_equal(vocabulary_take_value(&left, vocabulary_value(&right, 1)), 2);
	assert_int_equal(left.count, 2);
	lg_arena_free(arena);
}

/* All at once is one after the other: some are known, some new, more than the first table holds. */
static void all_of_another_vocabulary_get_their_numbers(void **unused)
{
	const uint32_t count = 3000;
	struct lg_arena *arena = lg_arena_new();
	struct vocabulary left, same, right;
	uint32_t *ids = lg_alloc_array(arena, count + 1, sizeof *ids);
	char cell[32];

	(void)unused;
	vocabulary_init(&left, &(struct field){ .kind = KIND_PHONE }, arena);
	vocabulary_init(&same, &(struct field){ .kind = KIND_PHONE }, arena);
	vocabulary_init(&right, &(struct field){ .kind = KIND_PHONE }, arena);
	vocabulary_take_all(&left, &right, ids); /* nothing */
	assert_int_equal(left.count, 0);
	for (uint32_t n = 1; n <= count; n++) {
		snprintf(cell, sizeof cell, "98%08u", n * 7919 % 5000);
		take(n % 2 == 0 ? &left : &right, cell);
		if (n % 2 == 0)
			take(&same, cell);
	}
	vocabulary_take_all(&left, &right, ids);
	for (uint32_t id = 1; id <= right.count; id++)
		assert_int_equal(
			ids[id], vocabulary_take_value(&same, vocabulary_value(&right, id)));
	assert_int_equal(left.count, same.count);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_folds_to_one_text_is_one_value),
		cmocka_unit_test(what_says_nothing_is_missing_each_time),
		cmocka_unit_test(many_values_stay_where_they_are_and_keep_their_numbers),
		cmocka_unit_test(a_value_of_another_vocabulary_is_known_by_its_text),
		cmocka_unit_test(all_of_another_vocabulary_get_their_numbers),
	};

	return cmocka_run_group_tests_name("matching/linkage/vocabulary", tests, NULL, NULL);
}
