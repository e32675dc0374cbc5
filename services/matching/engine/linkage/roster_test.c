/*
 * Goal: a roster numbers equal values alike, whoever read them, and counts them right.  Method:
 * invented people read whole and in two halves that are joined.
 */
#include "services/matching/engine/linkage/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 50
#define ROWS    (PERSONS * 2)

/* Rows from..end-1 of people_twice(), set several at once. */
static void read_some(struct roster *roster, uint32_t from, uint32_t end, struct lg_arena *arena)
{
	struct field_list list = people_fields();
	uint32_t count;

	roster_init(roster, &list, end - from, 0, arena);
	for (uint32_t r = from; r < end; r += count) {
		char text[ROSTER_ROWS_MAX * PEOPLE_FIELDS][64];
		struct lg_bytes cells[ROSTER_ROWS_MAX * PEOPLE_FIELDS];

		count = end - r < ROSTER_ROWS_MAX ? end - r : ROSTER_ROWS_MAX;
		for (uint32_t i = 0; i < count * PEOPLE_FIELDS; i++) {
			uint32_t f = i % PEOPLE_FIELDS, row = r + i / PEOPLE_FIELDS;

			people_cell(row / 2, f, row % 2 == 1 && f == row / 2 % PEOPLE_FIELDS,
				text[i], sizeof text[i]);
			cells[i] = lg_bytes(text[i], strlen(text[i]));
		}
		roster_set_rows(roster, r - from, count, cells);
	}
}

static void rows_and_cells_say_the_same(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct roster by_cell, by_row;

	(void)unused;
	people_twice(&by_cell, PERSONS, arena);
	read_some(&by_row, 0, ROWS, arena);
	assert_memory_equal(by_cell.ids, by_row.ids, ROWS * PEOPLE_FIELDS * sizeof(uint32_t));
	lg_arena_free(arena);
}

static void two_sides_that_are_joined_number_values_alike(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct roster whole, left, right, joined;

	(void)unused;
	read_some(&whole, 0, ROWS, arena);
	read_some(&left, 0, ROWS / 4, arena);
	read_some(&right, ROWS / 4, ROWS, arena);
	roster_join(&left, &right, &joined, arena);
	assert_int_equal(joined.count, ROWS);
	assert_int_equal(joined.left_count, ROWS / 4);
	assert_true(roster_pairs(&joined) == ROWS / 4.0 * (ROWS * 3 / 4.0));
	for (uint32_t a = 0; a < ROWS; a++)
		for (uint32_t b = 0; b < ROWS; b++)
			for (uint32_t f = 0; f < PEOPLE_FIELDS; f++)
				assert_int_equal(
					roster_ids(&joined, a)[f] == roster_ids(&joined, b)[f],
					roster_ids(&whole, a)[f] == roster_ids(&whole, b)[f]);
	lg_arena_free(arena);
}

static void values_are_counted_and_the_rarer_says_more(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct roster roster;

	(void)unused;
	people_twice(&roster, PERSONS, arena);
	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
		uint32_t pool = roster.list.fields[f].pool, seen[ROWS * 2 + 1] = { 0 };

		for (uint32_t r = 0; r < ROWS; r++)
			for (uint32_t g = 0; g < PEOPLE_FIELDS; g++)
				if (roster.list.fields[g].pool == pool)
					seen[roster_ids(&roster, r)[g]]++;
		for (uint32_t id = 1; id <= roster.vocabularies[f]->count; id++) {
			assert_int_equal(seen[id], roster.uses[pool][id]);
			for (uint32_t other = 1; other < id; other++)
				assert_int_equal(seen[id]<seen[other], roster.rarity[pool][id]>
							 roster.rarity[pool][other]);
		}
	}
	lg_arena_free(arena);
}

static void a_part_is_drawn_of_both_sides_and_the_same_again(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct roster roster, drawn, again, other;

	(void)unused;
	people_twice(&roster, PERSONS, arena);
	roster.left_count = ROWS / 2;
	roster_draw(&roster, ROWS / 2, 1, &drawn, arena);
	roster_draw(&roster, ROWS / 2, 1, &again, arena);
	roster_draw(&roster, ROWS / 2, 2, &other, arena);
	assert_in_range(drawn.count, ROWS / 4, ROWS * 3 / 4);
	assert_in_range(drawn.left_count, 1, drawn.count - 1);
	assert_int_equal(drawn.count, again.count);
	assert_memory_equal(drawn.ids, again.ids, drawn.count * PEOPLE_FIELDS * sizeof(uint32_t));
	assert_true(other.count != drawn.count ||
		    memcmp(drawn.ids, other.ids, drawn.count * PEOPLE_FIELDS * 4) != 0);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_cells_say_the_same),
		cmocka_unit_test(two_sides_that_are_joined_number_values_alike),
		cmocka_unit_test(values_are_counted_and_the_rarer_says_more),
		cmocka_unit_test(a_part_is_drawn_of_both_sides_and_the_same_again),
	};

	return cmocka_run_group_tests_name("matching/linkage/roster", tests, NULL, NULL);
}
