/*
 * Goal: a posting's word shows what the row says, and who says the same promises more.  Method:
 * invented people; one self against a stranger, crossed names, a field that is missing.
 */
#include "services/matching/engine/search/promise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 40

struct world {
	struct lg_arena *arena;
	struct roster roster;
	struct model model;
	struct promise_layout layout;
	struct promise promise;
};

static void begin(struct world *world)
{
	struct field_list list = people_fields();

	world->arena = lg_arena_new();
	people_twice(&world->roster, PERSONS, world->arena);
	world->model = people_model();
	promise_plan(&list, &world->layout);
}

static int32_t promise_for(
	struct world *world, const uint32_t *asked, const uint32_t *row, bool crossed)
{
	uint64_t word = promise_word(&world->layout, &world->roster, row, 1);

	promise_ask(&world->layout, &world->model, &world->roster, asked, crossed, &world->promise);
	return promise_of(&world->layout, &world->promise, word);
}

static void a_word_has_room_for_the_row_and_every_field(void **unused)
{
	struct field_list list = { .count = FIELDS_MAX };
	struct promise_layout layout;
	struct world world;

	(void)unused;
	for (uint32_t f = 0; f < FIELDS_MAX; f++)
		list.fields[f] = (struct field){ .kind = KIND_NAME, .twin = f, .pool = f };
	promise_plan(&list, &layout);
	assert_int_equal(layout.count, FIELDS_MAX);
	for (uint32_t i = 0; i < layout.count; i++) {
		uint32_t end = i + 1 < layout.count ? layout.shifts[i + 1] : 64;

		assert_true(layout.bits[i] > 0);
		assert_true(layout.shifts[i] >= PROMISE_ROW_BITS);
		assert_true(layout.shifts[i] + layout.bits[i] <= end);
	}
	begin(&world);
	for (uint32_t row = 0; row < 1u << PROMISE_ROW_BITS; row = row * 3 + 1)
		assert_int_equal(promise_row(promise_word(&world.layout, &world.roster,
					 roster_ids(&world.roster, 0), row)),
			row);
	lg_arena_free(world.arena);
}

static void a_column_promises_what_its_fields_do_one_by_one(void **unused)
{
	struct world world;

	(void)unused;
	begin(&world);
	assert_true(world.layout.column_count % PROMISE_ABREAST == 0);
	for (uint32_t a = 0; a < 2 * PERSONS; a += 3)
		for (uint32_t b = 0; b < 2 * PERSONS; b++) {
			const uint32_t *asked = roster_ids(&world.roster, a);
			const uint32_t *row = roster_ids(&world.roster, b);
			int32_t whole = promise_for(&world, asked, row, false), sum;

			sum = world.promise.base;
			for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
				uint32_t one[PEOPLE_FIELDS] = { 0 };

				one[f] = asked[f];
				sum += promise_for(&world, one, row, false) - world.promise.base;
			}
			assert_int_equal(whole, sum);
		}
	lg_arena_free(world.arena);
}

static void fields_that_fit_one_table_are_one_column(void **unused)
{
	struct field_list list = { .count = 5 };
	struct promise_layout layout;

	(void)unused;
	/* as the service has them: two names, a year, a district, a sex */
	list.fields[0] = (struct field){ .kind = KIND_NAME, .twin = 1, .pool = 0 };
	list.fields[1] = (struct field){ .kind = KIND_NAME, .twin = 0, .pool = 0 };
	list.fields[2] = (struct field){ .kind = KIND_DATE, .twin = 2, .pool = 2 };
	list.fields[3] = (struct field){ .kind = KIND_PLACE, .twin = 3, .pool = 3 };
	list.fields[4] = (struct field){ .kind = KIND_CODE, .twin = 4, .pool = 4 };
	promise_plan(&list, &layout);
	assert_int_equal(layout.column_count, 4);
	assert_int_equal(layout.members[3], 2);
	for (uint32_t c = 0; c < layout.column_count; c++)
		assert_true(layout.masks[c] < 1u << PROMISE_CLASS_BITS);
}

static void who_says_the_same_promises_more_than_a_stranger(void **unused)
{
	struct world world;
	uint32_t better = 0, all = 0;

	(void)unused;
	begin(&world);
	for (uint32_t p = 0; p < PERSONS; p++) {
		const uint32_t *ids = roster_ids(&world.roster, 2 * p);
		int32_t self = promise_for(&world, ids, ids, false);

		for (uint32_t other = 0; other < PERSONS; other++) {
			const uint32_t *row = roster_ids(&world.roster, 2 * other);

			if (other == p)
				continue;
			all++;
			better += promise_for(&world, ids, row, false) < self;
		}
	}
	assert_true(better > all * 99 / 100);
	lg_arena_free(world.arena);
}

static void crossed_names_are_expected_where_the_twin_stands(void **unused)
{
	struct world world;
	uint32_t crossed[PEOPLE_FIELDS];

	(void)unused;
	begin(&world);
	for (uint32_t p = 0; p < PERSONS; p++) {
		const uint32_t *ids = roster_ids(&world.roster, 2 * p);

		memcpy(crossed, ids, sizeof crossed);
		crossed[0] = ids[1];
		crossed[1] = ids[0];
		assert_true(promise_for(&world, ids, crossed, true) >
			    promise_for(&world, ids, crossed, false));
	}
	lg_arena_free(world.arena);
}

static void what_is_missing_promises_nothing_and_takes_nothing(void **unused)
{
	const uint32_t nothing[PEOPLE_FIELDS] = { 0 };
	struct world world;

	(void)unused;
	begin(&world);
	assert_int_equal(promise_for(&world, nothing, roster_ids(&world.roster, 0), false),
		world.promise.base);
	assert_int_equal(promise_for(&world, roster_ids(&world.roster, 0), nothing, false),
		world.promise.base);
	lg_arena_free(world.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_has_room_for_the_row_and_every_field),
		cmocka_unit_test(a_column_promises_what_its_fields_do_one_by_one),
		cmocka_unit_test(fields_that_fit_one_table_are_one_column),
		cmocka_unit_test(who_says_the_same_promises_more_than_a_stranger),
		cmocka_unit_test(crossed_names_are_expected_where_the_twin_stands),
		cmocka_unit_test(what_is_missing_promises_nothing_and_takes_nothing),
	};

	return cmocka_run_group_tests_name("matching/search/promise", tests, NULL, NULL);
}
