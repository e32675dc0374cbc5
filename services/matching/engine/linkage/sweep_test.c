/*
 * Goal: a sweep brings out every pair that shares a key and passes at a glance, once, and leaves out
 * blocks that are too large without losing what another key holds.  Method: invented people, one
 * file and two; beside the sweep every pair is asked for by itself.
 */
#include "services/matching/engine/linkage/sweep.h"

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
#define NO_MOST 1e18

struct world {
	struct lg_arena *arena;
	struct roster roster;
	struct blocking blocking;
	struct glance glance;
	struct sweep sweep;
	uint8_t (*times)[ROWS];
};

static int begin(void **state)
{
	struct lg_arena *arena = lg_arena_new();
	struct world *w = lg_alloc(arena, sizeof *w);

	w->arena = arena;
	people_twice(&w->roster, PERSONS, arena);
	block_find_atoms(&w->blocking, &w->roster, arena);
	glance_lay_out(&w->glance, &w->blocking);
	w->times = lg_alloc_array(arena, ROWS, sizeof *w->times);
	*state = w;
	return 0;
}

static int end(void **state)
{
	lg_arena_free(((struct world *)*state)->arena);
	return 0;
}

static void line_up(struct world *w, float floor, double block_most)
{
	uint32_t *buckets = lg_alloc_array(w->arena, SWEEP_BUCKETS, sizeof *buckets);

	sweep_init(&w->sweep, &w->glance, &w->roster, w->arena);
	sweep_fill(&w->sweep, 0, ROWS / 3);
	sweep_fill(&w->sweep, ROWS / 3, ROWS);
	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++)
		sweep_find_rarity(&w->sweep, f, buckets);
	for (uint32_t r = 1; r < ROWS; r++)
		glance_count(&w->glance, &w->glance.other,
			glance_shared(&w->sweep.lines[0], &w->sweep.lines[r]),
			w->sweep.lines[0].has & w->sweep.lines[r].has, 1);
	glance_begin(&w->glance);
	glance_settle(&w->glance, 0.01);
	w->glance.floor = floor;
	sweep_use_keys(&w->sweep, block_most, NO_MOST, w->arena);
}

static void sweep_all(struct world *w)
{
	struct sweep_walk walk;

	memset(w->times, 0, ROWS * sizeof *w->times);
	sweep_walk_init(&walk, &w->sweep, w->arena);
	for (uint32_t k = w->blocking.key_count; k > 0; k--) { /* the smallest first: no matter */
		struct record_pair pairs[SWEEP_BATCH_LEAST];
		uint32_t count;

		sweep_walk_key(&walk, w->sweep.order[k - 1]);
		while ((count = sweep_walk_next(&walk, pairs, SWEEP_BATCH_LEAST)) > 0)
			for (uint32_t i = 0; i < count; i++)
				w->times[pairs[i].a][pairs[i].b]++;
	}
}

static void expect_all(const struct world *w)
{
	uint32_t left = w->roster.left_count, asked = 0;

	for (uint32_t a = 0; a < ROWS; a++)
		for (uint32_t b = 0; b < ROWS; b++) {
			bool is_asked = left == 0 ? a < b : a < left && b >= left;
			bool is_due = is_asked && sweep_brings(&w->sweep, a, b) &&
				      sweep_passes(&w->sweep, a, b);

			assert_int_equal(w->times[a][b], is_due);
			asked += is_due;
		}
	assert_in_range(asked, 1, ROWS * ROWS / 2);
}

static void every_pair_of_a_key_comes_once(void **state)
{
	struct world *w = *state;

	for (uint32_t left = 0; left <= PERSONS; left += PERSONS) {
		w->roster.left_count = left;
		cover_broadly(&w->blocking, roster_pairs(&w->roster), 100);
		if (w->blocking.key_count > SWEEP_KEYS_MAX)
			w->blocking.key_count = SWEEP_KEYS_MAX;
		line_up(w, -1000, NO_MOST);
		sweep_all(w);
		expect_all(w);
	}
}

static void a_floor_lets_go_and_keeps_one_persons_rows(void **state)
{
	struct world *w = *state;
	uint32_t kept = 0;

	cover_broadly(&w->blocking, roster_pairs(&w->roster), 100);
	if (w->blocking.key_count > SWEEP_KEYS_MAX)
		w->blocking.key_count = SWEEP_KEYS_MAX;
	line_up(w, 0, NO_MOST);
	sweep_all(w);
	expect_all(w);
	for (uint32_t p = 0; p < PERSONS; p++)
		kept += w->times[2 * p][2 * p + 1];
	assert_in_range(kept, PERSONS * 9 / 10, PERSONS);
}

static void what_one_key_leaves_out_another_brings(void **state)
{
	struct world *w = *state;
	uint32_t brought[2] = { 0 };

	/* the first key has blocks above the limit, the second none: a family's name, a number */
	w->blocking.key_count = 0;
	for (uint32_t i = 0; i < w->blocking.atom_count; i++)
		if (w->blocking.atoms[i].which == 1 && w->blocking.atoms[i].field == 0 &&
			w->blocking.atoms[i].twin == 0)
			w->blocking.keys[0] = (struct block_key){ 1, { i } };
		else if (w->blocking.atoms[i].which == 0 && w->blocking.atoms[i].field == 4)
			w->blocking.keys[1] = (struct block_key){ 1, { i } };
	w->blocking.key_count = 2;
	for (uint32_t turn = 0; turn < 2; turn++) {
		line_up(w, -1000, turn == 0 ? NO_MOST : 60);
		sweep_all(w);
		expect_all(w);
		for (uint32_t p = 0; p < PERSONS; p++) {
			bool has_number =
				glance_shared(&w->sweep.lines[2 * p], &w->sweep.lines[2 * p + 1]) &
				w->sweep.places[1];

			assert_true(!has_number || w->times[2 * p][2 * p + 1] == 1);
		}
		for (uint32_t a = 0; a < ROWS; a++)
			for (uint32_t b = 0; b < ROWS; b++)
				brought[turn] += w->times[a][b];
	}
	assert_true(w->sweep.crowded[0] != NULL && w->sweep.crowded[1] == NULL);
	assert_int_equal(w->sweep.order[0] + w->sweep.order[1], 1);
	assert_true(brought[1] < brought[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_pair_of_a_key_comes_once, begin, end),
		cmocka_unit_test_setup_teardown(
			a_floor_lets_go_and_keeps_one_persons_rows, begin, end),
		cmocka_unit_test_setup_teardown(what_one_key_leaves_out_another_brings, begin, end),
	};

	return cmocka_run_group_tests_name("matching/linkage/sweep", tests, NULL, NULL);
}
