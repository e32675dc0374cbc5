/*
 * Goal: a search finds who a look at every row finds; who was removed is found no more.  Method:
 * invented people, asked for with a slip; removals and insertions at random.
 */
#include "services/matching/engine/search/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 400

struct cells {
	char text[PEOPLE_FIELDS][64];
	struct lg_bytes bytes[PEOPLE_FIELDS];
};

static void fill(struct cells *cells, uint32_t person, bool has_slip)
{
	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
		people_cell(person, f, has_slip && f == person % PEOPLE_FIELDS, cells->text[f],
			sizeof cells->text[f]);
		cells->bytes[f] = lg_bytes(cells->text[f], strlen(cells->text[f]));
	}
}

static void insert(struct index *index, uint32_t person)
{
	struct cells cells;

	fill(&cells, person, false);
	assert_true(lg_is_done(index_insert(index, person, cells.bytes)));
}

static void a_search_finds_what_a_scan_finds(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct field_list list = people_fields();
	struct model model = people_model();
	struct index *index = index_new(&list, PERSONS, arena);

	(void)unused;
	for (uint32_t p = 0; p < PERSONS; p++)
		insert(index, p);
	for (uint32_t p = 0; p < PERSONS; p++) {
		struct index_hit found[3], scanned[3];
		struct cells cells;

		fill(&cells, p, true);
		assert_true(index_search(index, &model, cells.bytes, -5, 3, found) > 0);
		assert_true(index_scan(index, &model, cells.bytes, -5, 3, scanned) > 0);
		assert_int_equal(found[0].tag, p);
		assert_int_equal(scanned[0].tag, p);
		assert_true(found[0].bits == scanned[0].bits);
	}
	assert_int_equal(index_counts(index).rows, PERSONS);
	lg_arena_free(arena);
}

static void a_scan_sees_values_that_came_since_the_last_one(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct field_list list = people_fields();
	struct model model = people_model();
	struct index *index = index_new(&list, PERSONS, arena);

	(void)unused;
	for (uint32_t p = 0; p < PERSONS; p++) {
		struct index_hit hit;
		struct cells cells;

		insert(index, p);
		fill(&cells, p, true);
		assert_int_equal(index_scan(index, &model, cells.bytes, 0, 1, &hit), 1);
		assert_int_equal(hit.tag, p);
	}
	lg_arena_free(arena);
}

static void who_was_removed_is_found_no_more(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct field_list list = people_fields();
	struct model model = people_model();
	struct index *index = index_new(&list, PERSONS, arena);
	bool is_in[PERSONS] = { false };
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 13);
	for (uint32_t i = 0; i < 4000; i++) {
		uint32_t p = (uint32_t)lg_random_below(&random, PERSONS);
		struct index_hit hit;
		struct cells cells;
		bool is_found;

		if (is_in[p])
			assert_int_equal(index_remove(index, p), 1);
		else
			insert(index, p);
		is_in[p] = !is_in[p];
		fill(&cells, p, false);
		is_found =
			index_search(index, &model, cells.bytes, 10, 1, &hit) == 1 && hit.tag == p;
		assert_int_equal(is_found, is_in[p]);
	}
	assert_int_equal(index_remove(index, PERSONS), 0);
	lg_arena_free(arena);
}

static void a_full_index_says_so_and_knows_a_tag_of_many_rows_once(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct field_list list = people_fields();
	struct model model = people_model();
	struct index *index = index_new(&list, 2, arena);
	struct index_hit hits[2];
	struct cells cells;

	(void)unused;
	fill(&cells, 1, false);
	assert_true(lg_is_done(index_insert(index, 9, cells.bytes)));
	assert_true(lg_is_done(index_insert(index, 9, cells.bytes)));
	assert_false(lg_is_done(index_insert(index, 9, cells.bytes)));
	assert_int_equal(index_search(index, &model, cells.bytes, 0, 2, hits), 1);
	assert_int_equal(index_remove(index, 9), 2);
	assert_int_equal(index_search(index, &model, cells.bytes, 0, 2, hits), 0);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_search_finds_what_a_scan_finds),
		cmocka_unit_test(a_scan_sees_values_that_came_since_the_last_one),
		cmocka_unit_test(who_was_removed_is_found_no_more),
		cmocka_unit_test(a_full_index_says_so_and_knows_a_tag_of_many_rows_once),
	};

	return cmocka_run_group_tests_name("matching/linkage/index", tests, NULL, NULL);
}
