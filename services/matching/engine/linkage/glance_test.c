/*
 * Goal: a glance reads two lines as block.h reads two records, weighs what is shared the same from
 * either side, and more where more is shared.  Method: all pairs of invented people; weights as they
 * are before anything was learned, and from counts.
 */
#include "services/matching/engine/linkage/glance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 60
#define ROWS    (PERSONS * 2)
#define DRAWS   20000

struct world {
	struct lg_arena *arena;
	struct roster roster;
	struct blocking blocking;
	struct glance glance;
	struct glance_line *lines;
};

static int begin(void **state)
{
	struct lg_arena *arena = lg_arena_new();
	struct world *w = lg_alloc(arena, sizeof *w);

	w->arena = arena;
	people_twice(&w->roster, PERSONS, arena);
	block_find_atoms(&w->blocking, &w->roster, arena);
	glance_lay_out(&w->glance, &w->blocking);
	w->lines = lg_alloc_array(arena, ROWS + 1, sizeof *w->lines);
	w->lines += ((uintptr_t)w->lines % sizeof *w->lines) != 0;
	w->lines =
		(struct glance_line *)((uintptr_t)w->lines / sizeof *w->lines * sizeof *w->lines);
	for (uint32_t r = 0; r < ROWS; r++) {
		uint32_t atoms[ATOMS_MAX];

		block_atoms(&w->blocking, &w->roster, roster_ids(&w->roster, r), atoms);
		glance_fill(&w->glance, atoms, roster_ids(&w->roster, r), &w->lines[r]);
	}
	for (uint32_t a = 0; a < ROWS; a++)
		for (uint32_t b = 0; b < a; b++)
			glance_count(&w->glance, &w->glance.other,
				glance_shared(&w->lines[a], &w->lines[b]),
				w->lines[a].has & w->lines[b].has, 1);
	glance_begin(&w->glance);
	glance_settle(&w->glance, 0.01);
	*state = w;
	return 0;
}

static int end(void **state)
{
	lg_arena_free(((struct world *)*state)->arena);
	return 0;
}

static void two_lines_share_what_two_records_share(void **state)
{
	struct world *w = *state;

	assert_in_range(w->blocking.atom_count, 1, GLANCE_ATOMS);
	for (uint32_t a = 0; a < ROWS; a++)
		for (uint32_t b = 0; b < ROWS; b++) {
			uint32_t shared = glance_shared(&w->lines[a], &w->lines[b]);
			uint64_t atoms = block_shared_atoms(&w->blocking, a, b);

			/* an atom is folded to 16 bits: of these few none meets another */
			assert_true(glance_atoms(&w->glance, shared) == atoms);
			assert_int_equal(shared, glance_shared(&w->lines[b], &w->lines[a]));
		}
}

static void no_two_atoms_have_one_place_and_no_field_is_split(void **state)
{
	struct world *w = *state;
	uint32_t taken = 0;

	for (uint32_t i = 0; i < w->blocking.atom_count; i++) {
		uint32_t bit = 1u << w->glance.slots[i];

		assert_true(w->glance.slots[i] < GLANCE_ATOMS);
		assert_int_equal(taken & bit, 0);
		taken |= bit;
	}
	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++)
		assert_int_equal(w->glance.firsts[f] / GLANCE_PART_ATOMS,
			(w->glance.firsts[f] + w->glance.sizes[f] - 1u) / GLANCE_PART_ATOMS);
}

static void sharing_a_whole_field_more_is_more_evidence(void **state)
{
	struct world *w = *state;
	uint32_t all = (1u << PEOPLE_FIELDS) - 1;

	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
		uint32_t whole = ((1u << w->glance.sizes[f]) - 1) << w->glance.firsts[f];
		uint32_t rest = ~whole & ((1u << GLANCE_ATOMS) - 1);

		assert_true(glance_bits(&w->glance, whole, all) > glance_bits(&w->glance, 0, all));
		assert_true(glance_bits(&w->glance, whole | rest, all) >
			    glance_bits(&w->glance, rest, all));
		/* nothing shared counts against, nothing known does not */
		assert_true(glance_bits(&w->glance, 0, all) <
			    glance_bits(&w->glance, 0, all & ~(1u << f)));
	}
}

static void one_persons_rows_stand_above_nearly_all_others(void **state)
{
	struct world *w = *state;

	for (uint32_t p = 0; p < PERSONS; p++) {
		const struct glance_line *a = &w->lines[2 * p], *b = &w->lines[2 * p + 1];
		float bits = glance_bits(&w->glance, glance_shared(a, b), a->has & b->has);
		uint32_t above = 0;

		for (uint32_t r = 0; r < ROWS; r++)
			above += r / 2 != p &&
				 glance_bits(&w->glance, glance_shared(a, &w->lines[r]),
					 a->has & w->lines[r].has) >= bits;
		assert_in_range(above, 0, ROWS / 20);
	}
}

static void pairs_are_drawn_as_they_were_counted(void **state)
{
	struct world *w = *state;
	struct glance_counts drawn = { .pairs = 0 };
	struct lg_random random;

	w->glance.same = (struct glance_counts){ .pairs = 0 };
	for (uint32_t p = 0; p < PERSONS; p++)
		glance_count(&w->glance, &w->glance.same,
			glance_shared(&w->lines[2 * p], &w->lines[2 * p + 1]),
			w->lines[2 * p].has & w->lines[2 * p + 1].has, 1);
	lg_random_seed(&random, 1);
	for (uint32_t i = 0; i < DRAWS; i++) {
		uint32_t has, shared = glance_draw(&w->glance, &random, &has);

		glance_count(&w->glance, &drawn, shared, has, 1);
	}
	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++)
		for (uint32_t s = 0; s < GLANCE_MASKS; s++)
			assert_float_equal(drawn.shapes[f][s] / DRAWS,
				w->glance.same.shapes[f][s] / PERSONS, 0.03);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_lines_share_what_two_records_share, begin, end),
		cmocka_unit_test_setup_teardown(
			no_two_atoms_have_one_place_and_no_field_is_split, begin, end),
		cmocka_unit_test_setup_teardown(
			sharing_a_whole_field_more_is_more_evidence, begin, end),
		cmocka_unit_test_setup_teardown(
			one_persons_rows_stand_above_nearly_all_others, begin, end),
		cmocka_unit_test_setup_teardown(pairs_are_drawn_as_they_were_counted, begin, end),
	};

	return cmocka_run_group_tests_name("matching/linkage/glance", tests, NULL, NULL);
}
