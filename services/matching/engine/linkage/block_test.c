/*
 * Goal: blocking asks for every pair that shares a key, once, whoever walks.  Method: invented
 * people, all keys that cover finds; beside it every pair is looked at.
 */
#include "services/matching/engine/linkage/block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/cover.h"
#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 80
#define ROWS    (PERSONS * 2)

static void sort_all(struct blocking *blocking, struct lg_arena *arena)
{
	block_prepare(blocking, arena);
	block_hash(blocking, 0, blocking->roster->count);
	for (uint32_t k = 0; k < blocking->key_count; k++)
		block_sort(blocking, k,
			lg_alloc_array(arena, blocking->roster->count + 1, sizeof(uint64_t)));
}

static void every_pair_of_a_key_comes_once(void **unused)
{
	for (uint32_t left = 0; left <= ROWS / 2; left += ROWS / 2) {
		struct lg_arena *arena = lg_arena_new();
		uint8_t(*times)[ROWS] = lg_alloc_array(arena, ROWS, sizeof *times);
		struct blocking *blocking = lg_alloc(arena, sizeof *blocking);
		struct roster roster;
		uint32_t asked = 0;

		(void)unused;
		people_twice(&roster, PERSONS, arena);
		roster.left_count = left;
		block_find_atoms(blocking, &roster, arena);
		blocking->pairs_limit = 1000000;
		cover_broadly(blocking, roster_pairs(&roster), 400);
		sort_all(blocking, arena);
		for (uint32_t worker = 0; worker < 3; worker++) {
			struct block_walk walk = block_walk_from(blocking, worker, 3);
			struct record_pair pairs[7];
			uint32_t count;

			while ((count = block_walk_next(&walk, pairs, 7)) > 0)
				for (uint32_t i = 0; i < count; i++)
					times[pairs[i].a][pairs[i].b]++;
		}
		for (uint32_t a = 0; a < ROWS; a++)
			for (uint32_t b = a + 1; b < ROWS; b++) {
				bool is_shared = false;

				for (uint32_t k = 0; k < blocking->key_count; k++) {
					uint32_t of_a =
						blocking->hashes[a * blocking->key_count + k];

					is_shared |=
						of_a != 0 &&
						of_a == blocking->hashes[b * blocking->key_count +
									 k];
				}
				if (left > 0 && (a >= left || b < left))
					is_shared = false;
				assert_int_equal(times[a][b], is_shared);
				asked += is_shared;
			}
		assert_true(asked > 0);
		lg_arena_free(arena);
	}
}

static void two_rows_of_one_person_share_a_key_in_spite_of_a_slip(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct blocking *blocking = lg_alloc(arena, sizeof *blocking);
	struct roster roster;

	(void)unused;
	people_twice(&roster, PERSONS, arena);
	block_find_atoms(blocking, &roster, arena);
	for (uint32_t p = 0; p < PERSONS; p++)
		assert_true(block_shared_atoms(blocking, 2 * p, 2 * p + 1) != 0);
	lg_arena_free(arena);
}

static void chosen_keys_hold_the_likely_pairs_within_the_cost(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct blocking *blocking = lg_alloc(arena, sizeof *blocking);
	struct cover_row rows[PERSONS];
	struct roster roster;

	(void)unused;
	people_twice(&roster, PERSONS, arena);
	block_find_atoms(blocking, &roster, arena);
	for (uint32_t p = 0; p < PERSONS; p++)
		rows[p] = (struct cover_row){ block_shared_atoms(blocking, 2 * p, 2 * p + 1), 1 };
	assert_true(cover_choose(blocking, rows, PERSONS,
			    &(struct cover_task){ .pairs = roster_pairs(&roster),
				    .records = roster.count,
				    .most = roster_pairs(&roster) + 100.0 * roster.count,
				    .enough = 0.99 }) >= 0.99);
	assert_in_range(blocking->key_count, 1, 10);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_a_key_comes_once),
		cmocka_unit_test(two_rows_of_one_person_share_a_key_in_spite_of_a_slip),
		cmocka_unit_test(chosen_keys_hold_the_likely_pairs_within_the_cost),
	};

	return cmocka_run_group_tests_name("matching/linkage/block", tests, NULL, NULL);
}
