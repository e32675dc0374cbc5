/*
 * Goal: a record beside many lets through all who may be one with it, whatever the processor has, and
 * vectors let through hardly any other.  Method: tiles of every size around a vector's, lines drawn
 * from invented people with rarities by chance; each pair is asked for once more by itself.
 */
#include "services/matching/engine/linkage/abreast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 60
#define ROWS    (PERSONS * 2)

struct world {
	struct lg_arena *arena;
	struct roster roster;
	struct blocking blocking;
	struct glance glance;
	_Alignas(64) struct glance_line lines[ROWS];
	struct abreast_tile tile;
	struct abreast abreast;
};

static int begin(void **state)
{
	struct lg_arena *arena = lg_arena_new();
	uint8_t *piece = lg_alloc(arena, sizeof(struct world) + 64);
	struct world *w = (struct world *)(void *)(piece + (64 - (uintptr_t)piece % 64) % 64);
	struct lg_random random;

	w->arena = arena;
	lg_random_seed(&random, 5);
	people_twice(&w->roster, PERSONS, arena);
	block_find_atoms(&w->blocking, &w->roster, arena);
	glance_lay_out(&w->glance, &w->blocking);
	for (uint32_t r = 0; r < ROWS; r++) {
		uint32_t atoms[ATOMS_MAX];

		block_atoms(&w->blocking, &w->roster, roster_ids(&w->roster, r), atoms);
		glance_fill(&w->glance, atoms, roster_ids(&w->roster, r), &w->lines[r]);
		for (uint32_t i = 0; i < GLANCE_RARE; i++)
			w->lines[r].rarity[i] = (int8_t)((int)lg_random_below(&random, 96) - 32);
	}
	for (uint32_t a = 0; a < ROWS; a++)
		for (uint32_t b = 0; b < a; b++)
			glance_count(&w->glance, &w->glance.other,
				glance_shared(&w->lines[a], &w->lines[b]),
				w->lines[a].has & w->lines[b].has, 1);
	glance_begin(&w->glance);
	w->glance.lean_bits[3] = 2;
	w->glance.leans_on[3] = 2;
	glance_settle(&w->glance, 0.01);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	lg_arena_free(w->arena);
	return 0;
}

static void lay_tile(struct world *w, uint32_t size)
{
	w->tile.size = size;
	for (uint32_t i = 0; i < size; i++) {
		w->tile.lines[i] = w->lines[(i * 7 + size) % ROWS];
		w->tile.has[i] = w->tile.lines[i].has;
	}
}

/* Looks along the tile; returns how many came out although they are no pair. */
static uint32_t expect_all(
	struct world *w, const struct glance_line *line, uint32_t places, uint32_t from)
{
	const struct glance *glance = &w->glance;
	uint32_t count = w->abreast.look(&w->abreast, line, places, &w->tile, from);
	uint32_t next = 0, more = 0;

	for (uint32_t i = from; i < w->tile.size; i++) {
		uint32_t shared = glance_shared(line, &w->tile.lines[i]);
		float bits = glance_bits(glance, shared, line->has & w->tile.has[i]);
		bool is_due = (shared & places) == places &&
			      bits + glance_rest(glance, line, shared) >= glance->floor;
		bool is_let = next < count && w->abreast.at[next] == i;

		assert_true(is_let || !is_due);
		assert_true(!is_let || (shared & places) == places);
		more += is_let && !is_due && !glance_is_crossed(glance, shared);
		next += is_let;
	}
	assert_int_equal(next, count);
	return more;
}

/* All sizes, all records, with a key and without one; returns how many were let through for nothing. */
static uint32_t expect_of_all_tiles(struct world *w)
{
	static const uint32_t sizes[] = { 1, 15, 16, 17, 33, ABREAST_MAX };
	static const float floors[] = { -40, -6.5f, 4 };
	uint32_t more = 0;

	for (uint32_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
		lay_tile(w, sizes[s]);
		for (uint32_t r = 0; r < ROWS; r++) {
			w->glance.floor = floors[r % 3];
			more += expect_all(w, &w->lines[r], 0, 0);
			more += expect_all(
				w, &w->lines[r], 1u << w->glance.firsts[3], r % sizes[s]);
		}
	}
	return more;
}

static void whoever_may_be_one_is_let_through(void **state)
{
	struct world *w = *state;

	abreast_init(&w->abreast, &w->glance);
	w->abreast.look = abreast_look_portable;
	expect_of_all_tiles(w);
	assert_int_equal(w->abreast.look(&w->abreast, &w->lines[0], 0, &w->tile, ABREAST_MAX), 0);
}

static void vectors_let_the_same_through_and_hardly_more(void **state)
{
	struct world *w = *state;
	abreast_init(&w->abreast, &w->glance);
	if (abreast_vector_look() == NULL)
		skip();
	assert_true(w->abreast.look == abreast_vector_look());
	expect_of_all_tiles(w);
	w->glance.lean_bits[3] = 0; /* what is said twice is all that they leave out */
	assert_int_equal(expect_of_all_tiles(w), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whoever_may_be_one_is_let_through, begin, end),
		cmocka_unit_test_setup_teardown(
			vectors_let_the_same_through_and_hardly_more, begin, end),
	};

	return cmocka_run_group_tests_name("matching/linkage/abreast", tests, NULL, NULL);
}
