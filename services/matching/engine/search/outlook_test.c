/*
 * Goal: an outlook never promises less than a row reaches, and of most rows, oneself among them,
 * just that.  Method: every pair of invented people, some with their names crossed, beside the model.
 */
#include "services/matching/engine/search/outlook.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 60
#define ERROR   0.001f

struct world {
	struct lg_arena *arena;
	struct roster roster;
	struct pairing pairing;
	struct model model;
	struct outlook outlook;
};

/* Everybody twice; the second rows of every seventh person have their names crossed. */
static void begin(struct world *world)
{
	world->arena = lg_arena_new();
	people_twice(&world->roster, PERSONS, world->arena);
	for (uint32_t p = 0; p < PERSONS; p += 7) {
		uint32_t *ids = world->roster.ids + (size_t)(2 * p + 1) * PEOPLE_FIELDS;
		uint32_t given = ids[0];

		ids[0] = ids[1];
		ids[1] = given;
	}
	pairing_init(&world->pairing, &world->roster, world->arena);
	world->model = people_model();
	outlook_init(&world->outlook, &world->pairing, world->arena);
}

static void no_row_reaches_more_than_its_outlook(void **unused)
{
	uint32_t exact = 0, all = 0, crossed = 0;
	struct world world;

	(void)unused;
	begin(&world);
	for (uint32_t a = 0; a < 2 * PERSONS; a++) {
		const uint32_t *asked = roster_ids(&world.roster, a);

		outlook_ask(&world.outlook, &world.model, asked);
		for (uint32_t b = 0; b < 2 * PERSONS; b++) {
			const uint32_t *ids = roster_ids(&world.roster, b);
			uint64_t pattern = pairing_pattern(&world.pairing, asked, ids);
			float bits = model_bits(&world.model, &world.roster, pattern, asked, ids);
			float most = outlook_most(&world.outlook, ids, -1000);

			assert_true(most >= bits - ERROR);
			crossed += pattern_grade(pattern, 0) >= GRADE_CROSSED_CLOSE;
			exact += fabsf(most - bits) <= ERROR;
			assert_true(a != b || fabsf(most - bits) <= ERROR);
			all++;
		}
	}
	assert_true(crossed > 0);
	assert_true(exact > all / 2);
	lg_arena_free(world.arena);
}

static void who_cannot_reach_the_floor_is_left_below_it_and_nobody_else(void **unused)
{
	struct world world;

	(void)unused;
	begin(&world);
	for (uint32_t a = 0; a < 2 * PERSONS; a += 5) {
		const uint32_t *asked = roster_ids(&world.roster, a);

		outlook_ask(&world.outlook, &world.model, asked);
		for (uint32_t b = 0; b < 2 * PERSONS; b++) {
			const uint32_t *ids = roster_ids(&world.roster, b);
			float most = outlook_most(&world.outlook, ids, -1000);

			for (float floor = -20; floor < 20; floor += 3)
				assert_true((outlook_most(&world.outlook, ids, floor) >= floor) ==
					    (most >= floor));
		}
	}
	lg_arena_free(world.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_row_reaches_more_than_its_outlook),
		cmocka_unit_test(who_cannot_reach_the_floor_is_left_below_it_and_nobody_else),
	};

	return cmocka_run_group_tests_name("matching/search/outlook", tests, NULL, NULL);
}
