/*
 * Goal: what a task finds depends on its records alone, not on how many work at it or which of the two
 * ways it goes.  Method: persons told twice with a slip, alone and on two sides, below and above the size
 * from which pairs are only glanced at.
 */
#include "services/matching/tools/linking/linker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define FEW  400u  /* all pairs of broad keys are compared */
#define MANY 7000u /* twice as many records: the second way */

struct run {
	struct lg_arena *arena;
	struct roster roster;
	struct linker linker;
};

static void draw_word(struct lg_random *random, char *word, size_t size)
{
	static const char *const parts[] = { "ka", "mo", "ri", "shu", "te", "lan", "dhi", "po" };

	*word = '\0';
	for (size_t i = 0, at = 0; i < 4 && at + 4 < size; i++)
		at += (size_t)snprintf(
			word + at, size - at, "%s", parts[lg_random_below(random, 8)]);
}

/* What is drawn field by field, unlike people_twice(), has few namesakes among many, too. */
static void draw_cells(struct lg_random *random, char cells[PEOPLE_FIELDS][32])
{
	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++)
		draw_word(random, cells[f], sizeof cells[f]);
	snprintf(cells[2], sizeof cells[2], "19%02u-%02u-%02u",
		(uint32_t)lg_random_below(random, 100), 1 + (uint32_t)lg_random_below(random, 12),
		1 + (uint32_t)lg_random_below(random, 28));
	snprintf(cells[4], sizeof cells[4], "%u", (uint32_t)lg_random_below(random, 1000000));
}

/* Persons twice each, the second time with a letter too many in one of the three words. */
static void draw_persons(struct roster *roster, uint32_t persons, struct lg_arena *arena)
{
	static const uint32_t words[] = { 0, 1, 3 };
	struct field_list list = people_fields();
	struct lg_random random;

	lg_random_seed(&random, 7);
	roster_init(roster, &list, persons * 2, 0, arena);
	for (uint32_t p = 0; p < persons; p++) {
		char cells[PEOPLE_FIELDS][32];
		char *slip = cells[words[p % 3]];

		draw_cells(&random, cells);
		for (uint32_t r = 2 * p; r <= 2 * p + 1; r++) {
			for (uint32_t f = 0; f < list.count; f++)
				roster_set(roster, r, f, lg_bytes(cells[f], strlen(cells[f])));
			memcpy(slip + strlen(slip), "n", sizeof "n");
		}
	}
	roster_count_values(roster, arena);
}

static struct run *begin(uint32_t persons, uint32_t workers)
{
	struct lg_arena *arena = lg_arena_new();
	struct run *run = lg_alloc(arena, sizeof *run);

	run->arena = arena;
	draw_persons(&run->roster, persons, arena);
	run->linker = (struct linker){ .roster = &run->roster,
		.arena = arena,
		.workers = workers,
		.start = estimate_standard };
	return run;
}

static struct run *link_persons(uint32_t persons, uint32_t workers)
{
	struct run *run = begin(persons, workers);

	linker_run(&run->linker);
	cluster_sort(run->linker.pairs, run->linker.pair_count);
	return run;
}

/* Pairs that are likely: of one person, and of two. */
static void count_likely(const struct linker *linker, uint32_t *ret_right, uint32_t *ret_wrong)
{
	*ret_right = *ret_wrong = 0;
	for (uint32_t i = 0; i < linker->pair_count; i++) {
		const struct scored_pair *scored = &linker->pairs[i];

		if (scored->bits < 0)
			continue;
		if (scored->pair.a / 2 == scored->pair.b / 2)
			++*ret_right;
		else
			++*ret_wrong;
	}
}

static void whoever_was_told_twice_is_found(void **unused)
{
	static const uint32_t sizes[] = { FEW, MANY };

	(void)unused;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct run *run = link_persons(sizes[i], 2);
		uint32_t right, wrong;

		count_likely(&run->linker, &right, &wrong);
		assert_in_range(right, sizes[i] * 98 / 100, sizes[i]);
		assert_in_range(wrong, 0, sizes[i] / 100);
		assert_true(run->linker.rounds > 0);
		assert_int_equal(run->linker.glanced > 0, sizes[i] == MANY);
		lg_arena_free(run->arena);
	}
}

static void how_many_work_changes_nothing(void **unused)
{
	static const uint32_t sizes[] = { FEW, MANY };

	(void)unused;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct run *alone = link_persons(sizes[i], 1), *crew = link_persons(sizes[i], 5);

		assert_int_equal(alone->linker.pair_count, crew->linker.pair_count);
		assert_memory_equal(alone->linker.pairs, crew->linker.pairs,
			alone->linker.pair_count * sizeof *alone->linker.pairs);
		assert_int_equal(alone->linker.compared, crew->linker.compared);
		lg_arena_free(alone->arena);
		lg_arena_free(crew->arena);
	}
}

static void weights_that_are_given_are_kept(void **unused)
{
	const struct model model = people_model();
	struct run *run = begin(FEW, 2);
	uint32_t right, wrong;

	(void)unused;
	run->linker.model = model;
	run->linker.has_model = true;
	linker_run(&run->linker);
	assert_int_equal(run->linker.rounds, 0);
	assert_memory_equal(&run->linker.model, &model, sizeof model);
	count_likely(&run->linker, &right, &wrong);
	assert_in_range(right, FEW * 98 / 100, FEW);
	lg_arena_free(run->arena);
}

static void what_became_of_a_watched_pair_is_said(void **unused)
{
	static const uint32_t sizes[] = { FEW, MANY };

	(void)unused;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct run *run = begin(sizes[i], 2);
		struct record_pair *watched = lg_alloc_array(run->arena, sizes[i], sizeof *watched);
		enum linker_reach *reached = lg_alloc_array(run->arena, sizes[i], sizeof *reached);
		uint32_t compared = 0, found;

		for (uint32_t p = 0; p < sizes[i]; p++)
			watched[p] = (struct record_pair){ 2 * p, 2 * p + 1 };
		run->linker.watched = watched;
		run->linker.watched_count = sizes[i];
		run->linker.reached = reached;
		linker_run(&run->linker);
		for (uint32_t p = 0; p < sizes[i]; p++)
			compared += reached[p] == LINKER_COMPARED;
		count_likely(&run->linker, &found, &(uint32_t){ 0 });
		assert_in_range(compared, found, sizes[i]); /* none is found that was not */
		lg_arena_free(run->arena);
	}
}

static void of_two_sides_only_pairs_across_are_found(void **unused)
{
	struct run *run = begin(FEW, 2);
	struct linker *linker = &run->linker;

	(void)unused;
	run->roster.left_count =
		FEW; /* both of one person are on one side: nothing is to be found */
	linker_run(linker);
	for (uint32_t i = 0; i < linker->pair_count; i++) {
		assert_true(linker->pairs[i].pair.a < FEW);
		assert_true(linker->pairs[i].pair.b >= FEW);
	}
	lg_arena_free(run->arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_was_told_twice_is_found),
		cmocka_unit_test(how_many_work_changes_nothing),
		cmocka_unit_test(weights_that_are_given_are_kept),
		cmocka_unit_test(what_became_of_a_watched_pair_is_said),
		cmocka_unit_test(of_two_sides_only_pairs_across_are_found),
	};

	return cmocka_run_group_tests_name("matching/linking/linker", tests, NULL, NULL);
}
