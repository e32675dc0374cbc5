/*
 * Goal: rows that come one by one are counted as a whole file is.  Method: the same people by
 * roster_count_values() and by a tally; others come and go meanwhile.
 */
#include "services/matching/engine/search/tally.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 700u /* more values than the first room has */

static void read_person(struct tally *tally, uint32_t row, uint32_t person, bool has_slip)
{
	struct lg_bytes cells[PEOPLE_FIELDS];
	char text[PEOPLE_FIELDS][64];

	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
		people_cell(person, f, has_slip && f == person % PEOPLE_FIELDS, text[f],
			sizeof text[f]);
		cells[f] = lg_bytes(text[f], strlen(text[f]));
	}
	tally_read_row(tally, row, cells);
}

static void rows_one_by_one_count_as_a_whole_file(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct field_list list = people_fields();
	struct roster whole, roster;
	struct tally tally;

	(void)unused;
	people_twice(&whole, PERSONS, arena);
	roster_init(&roster, &list, 2 * PERSONS, 0, arena);
	tally_init(&tally, &roster, arena);
	for (uint32_t row = 0; row < 2 * PERSONS; row++) {
		read_person(&tally, row, PERSONS + row, true); /* somebody else, who goes again */
		tally_count_row(&tally, row, 1);
		tally_count_row(&tally, row, -1);
		read_person(&tally, row, row / 2, row % 2 == 1);
		tally_count_row(&tally, row, 1);
	}
	for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
		uint32_t pool = list.fields[f].pool;

		assert_int_equal(roster.total[pool], whole.total[pool]);
		assert_true(fabsf(roster.mean_rarity[pool] - whole.mean_rarity[pool]) < 1e-3f);
		for (uint32_t row = 0; row < 2 * PERSONS; row++) {
			uint32_t id = roster_ids(&roster, row)[f], of = roster_ids(&whole, row)[f];

			assert_int_equal(roster.uses[pool][id], whole.uses[pool][of]);
			/* made anew each time that twice as many are held */
			assert_true(
				fabsf(roster.rarity[pool][id] - whole.rarity[pool][of]) <= 1.01f);
			if (whole.sketches[pool] != NULL)
				assert_true(roster.sketches[pool][id] == whole.sketches[pool][of]);
		}
	}
	assert_true(tally_bytes(&tally) > 0);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_one_by_one_count_as_a_whole_file),
	};

	return cmocka_run_group_tests_name("matching/search/tally", tests, NULL, NULL);
}
