/*
 * Goal: a cluster is a group whose members speak for each other, named by its lowest record.
 * Method: groups with one false bridge between them, and pairs at random.
 */
#include "services/matching/engine/linkage/cluster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/random.h"

#define RECORDS 60

struct likes {
	float bits[RECORDS][RECORDS];
};

static float bits_of(void *context, uint32_t a, uint32_t b)
{
	struct likes *likes = context;

	return likes->bits[a][b];
}

static uint32_t pairs_of(const struct likes *likes, uint32_t records, struct scored_pair *ret_pairs)
{
	uint32_t count = 0;

	for (uint32_t a = 0; a < records; a++)
		for (uint32_t b = a + 1; b < records; b++)
			if (likes->bits[a][b] > -7)
				ret_pairs[count++] =
					(struct scored_pair){ { a, b }, likes->bits[a][b] };
	return count;
}

static void like(struct likes *likes, uint32_t a, uint32_t b, float bits)
{
	likes->bits[a][b] = likes->bits[b][a] = bits;
}

static void one_false_bridge_joins_nobody(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct likes *likes = lg_alloc(arena, sizeof *likes);
	struct scored_pair pairs[RECORDS * RECORDS / 2];
	uint32_t cluster[6];

	(void)unused;
	for (uint32_t a = 0; a < 6; a++)
		for (uint32_t b = 0; b < 6; b++)
			likes->bits[a][b] = a / 3 == b / 3 ? 9.0f : -12.0f;
	like(likes, 2, 3, 4);
	cluster_records(6, pairs, pairs_of(likes, 6, pairs),
		&(struct cluster_judge){ bits_of, likes }, arena, cluster);
	for (uint32_t r = 0; r < 6; r++)
		assert_int_equal(cluster[r], r / 3 * 3);
	lg_arena_free(arena);
}

static void members_carry_the_number_of_the_lowest(void **unused)
{
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 21);
	for (uint32_t round = 0; round < 200; round++) {
		struct lg_arena *arena = lg_arena_new();
		struct likes *likes = lg_alloc(arena, sizeof *likes);
		struct scored_pair pairs[RECORDS * RECORDS / 2];
		uint32_t cluster[RECORDS];

		for (uint32_t a = 0; a < RECORDS; a++)
			for (uint32_t b = a + 1; b < RECORDS; b++)
				like(likes, a, b,
					lg_random_one_in(&random, 30)
						? (float)lg_random_below(&random, 9)
						: -8.0f);
		cluster_records(RECORDS, pairs, pairs_of(likes, RECORDS, pairs),
			&(struct cluster_judge){ bits_of, likes }, arena, cluster);
		for (uint32_t r = 0; r < RECORDS; r++) {
			assert_true(cluster[r] <= r);
			assert_int_equal(cluster[cluster[r]], cluster[r]);
		}
		lg_arena_free(arena);
	}
}

static void one_to_one_leaves_no_record_in_two_pairs(void **unused)
{
	struct scored_pair pairs[] = { { { 0, 5 }, 3 }, { { 0, 6 }, 8 }, { { 1, 6 }, 7 },
		{ { 1, 5 }, 2 } };
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	assert_int_equal(cluster_one_to_one(pairs, 4, 7, arena), 2);
	assert_int_equal(pairs[0].pair.b, 6);
	assert_int_equal(pairs[1].pair.a, 1);
	assert_int_equal(pairs[1].pair.b, 5);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_false_bridge_joins_nobody),
		cmocka_unit_test(members_carry_the_number_of_the_lowest),
		cmocka_unit_test(one_to_one_leaves_no_record_in_two_pairs),
	};

	return cmocka_run_group_tests_name("matching/linkage/cluster", tests, NULL, NULL);
}
