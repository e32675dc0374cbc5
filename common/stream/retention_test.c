/*
 * Goal: no row goes that a reader may still ask for, and every row goes in the end.  Method:
 * readers that follow, fall back, stay away; clocks that jump; and the rule written a second
 * time, slowly, from the reader's whole past.
 */
#include "common/stream/retention.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/random.h"

#define KEEP  (30 * LG_DAY_MS)
#define STEPS 3000

static uint32_t count_with(const struct lg_reader_marks *reader, const struct lg_range *ranges,
	uint32_t range_count, lg_ms now)
{
	return lg_retention_count(&reader, 1, ranges, range_count, now, KEEP);
}

/* Looks each hour from one time to another; the reader stands still. */
static void watch(struct lg_reader_marks *marks, uint64_t applied, lg_ms from, lg_ms to)
{
	for (lg_ms at = from; at <= to; at += LG_HOUR_MS)
		lg_reader_marks_note(marks, applied, at, KEEP);
}

/* Goal: thirty days, not a look less.  Method: both sides of the limit. */
static void a_row_goes_when_the_reader_has_had_it_for_thirty_days(void **unused)
{
	struct lg_reader_marks marks = { .noted_at = 0 };
	const struct lg_range ranges[] = { { .last = 100 }, { .last = 200 } };

	(void)unused;
	watch(&marks, 100, 0, KEEP - LG_HOUR_MS);
	assert_int_equal(count_with(&marks, ranges, 2, KEEP - LG_HOUR_MS), 0);
	watch(&marks, 100, KEEP, KEEP);
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 100);
	assert_int_equal(count_with(&marks, ranges, 2, KEEP), 1);
}

/* Goal: a range goes whole or not at all.  Method: one number short. */
static void a_range_whose_last_row_is_young_stays(void **unused)
{
	struct lg_reader_marks marks = { .noted_at = 0 };
	struct lg_range ranges[] = { { .last = 101 }, { .last = 200 } };

	(void)unused;
	watch(&marks, 100, 0, 2 * KEEP);
	assert_int_equal(count_with(&marks, ranges, 2, 2 * KEEP), 0);
	ranges[0].last = 100;
	assert_int_equal(count_with(&marks, ranges, 2, 2 * KEEP), 1);
	ranges[0].written_at = KEEP + 1;
	assert_int_equal(count_with(&marks, ranges, 2, 2 * KEEP), 0);
}

/* Goal: the next number is never lost.  Method: all applied and old; one range is left. */
static void the_last_range_never_goes(void **unused)
{
	struct lg_reader_marks marks = { .noted_at = 0 };
	const struct lg_range ranges[] = { { .last = 10 }, { .last = 20 }, { .last = 20 } };

	(void)unused;
	watch(&marks, 20, 0, KEEP);
	assert_int_equal(count_with(&marks, ranges, 3, KEEP), 2);
	assert_int_equal(count_with(&marks, ranges, 1, KEEP), 0);
	assert_int_equal(count_with(&marks, ranges, 0, KEEP), 0);
}

/* Goal: who was never heard of, or is away, holds its rows; without readers age decides. */
static void a_registered_reader_that_is_away_holds_its_rows(void **unused)
{
	struct lg_reader_marks here = { .noted_at = 0 }, away = { .noted_at = 0 };
	const struct lg_reader_marks *readers[] = { &here, &away };
	const struct lg_range ranges[] = { { .last = 10 }, { .last = 20 } };
	const lg_ms year = 365 * LG_DAY_MS;

	(void)unused;
	watch(&here, 20, 0, year);
	watch(&away, 0, 0, year);
	assert_int_equal(lg_retention_count(readers, 2, ranges, 2, year, KEEP), 0);
	assert_int_equal(lg_retention_count(readers, 1, ranges, 2, year, KEEP), 1);
	assert_int_equal(lg_retention_count(readers, 0, ranges, 2, KEEP, KEEP), 1);
	assert_int_equal(lg_retention_count(readers, 0, ranges, 2, KEEP - 1, KEEP), 0);
}

/* Goal: a reader that was restored has had only the lower number all the time. */
static void a_reader_that_falls_back_takes_its_marks_with_it(void **unused)
{
	struct lg_reader_marks marks = { .noted_at = 0 };

	(void)unused;
	watch(&marks, 100, 0, 2 * KEEP);
	lg_reader_marks_note(&marks, 40, 2 * KEEP, KEEP);
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 40);
	watch(&marks, 100, 2 * KEEP, 3 * KEEP - LG_HOUR_MS);
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 40);
	watch(&marks, 100, 3 * KEEP, 3 * KEEP + KEEP / (LG_MARKS_MAX - 2));
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 100);
}

/* Goal: a wrong clock drops nothing.  Method: a year ahead, back again, and a long sleep. */
static void a_clock_that_jumps_ages_no_mark(void **unused)
{
	struct lg_reader_marks marks = { .noted_at = 0 };
	const lg_ms year = 365 * LG_DAY_MS;

	(void)unused;
	watch(&marks, 100, 0, LG_DAY_MS);
	lg_reader_marks_note(&marks, 100, year, KEEP);
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 0);
	lg_reader_marks_note(&marks, 100, LG_DAY_MS, KEEP); /* a step was counted */
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 0);
	watch(&marks, 100, LG_DAY_MS, KEEP - LG_RETENTION_STEP(KEEP) - LG_HOUR_MS);
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 0);
	watch(&marks, 100, KEEP - LG_RETENTION_STEP(KEEP), KEEP);
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 100);
}

/*
 * Goal: a reader that is away may have been restored, so its silence frees nothing.  Method: it is
 * heard for a day, is silent for a year, and comes back lower.
 */
static void silence_frees_no_row(void **unused)
{
	struct lg_reader_marks marks = { .noted_at = 0 };
	const struct lg_range ranges[] = { { .last = 100 }, { .last = 200 } };
	const lg_ms year = 365 * LG_DAY_MS;

	(void)unused;
	watch(&marks, 100, 0, LG_DAY_MS);
	assert_int_equal(count_with(&marks, ranges, 2, year), 0);
	lg_reader_marks_note(&marks, 60, year, KEEP);
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 0);
	watch(&marks, 60, year, year + KEEP);
	assert_int_equal(lg_reader_marks_floor(&marks, KEEP), 60);
}

/*
 * Goal: never sooner than the rule, at most a sixth and a look later, with room for all marks.
 * Method: a reader that moves, stands and is restored at random; its whole past is kept, and the
 * rule is what it has had at every look of the last thirty days.
 */
static void marks_agree_with_the_whole_past(void **unused)
{
	static uint64_t past[STEPS];
	const lg_ms look = LG_HOUR_MS; /* all of it counts */
	const uint64_t keep = (uint64_t)(KEEP / look), late = keep / (LG_MARKS_MAX - 2) + 1;

	(void)unused;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct lg_random random;
		struct lg_reader_marks marks = { .noted_at = 0 };
		uint64_t applied = 0;

		lg_random_seed(&random, seed);
		print_message("seed %lu\n", (unsigned long)seed);
		for (uint64_t step = 0; step < STEPS; step++) {
			uint64_t had = UINT64_MAX, had_longer = UINT64_MAX, floor;

			if (lg_random_one_in(&random, 3))
				applied += lg_random_below(&random, 20);
			if (lg_random_one_in(&random, 400))
				applied -= applied / (2 + lg_random_below(&random, 20));
			past[step] = applied;
			lg_reader_marks_note(&marks, applied, (lg_ms)step * look, KEEP);
			floor = lg_reader_marks_floor(&marks, KEEP);
			if (step < keep + late) {
				assert_true(floor == 0 || step >= keep);
				continue;
			}
			for (uint64_t back = 0; back <= keep + late; back++) {
				if (past[step - back] < had_longer)
					had_longer = past[step - back];
				if (back == keep)
					had = had_longer;
			}
			assert_true(floor <= had);
			assert_true(floor >= had_longer);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_goes_when_the_reader_has_had_it_for_thirty_days),
		cmocka_unit_test(a_range_whose_last_row_is_young_stays),
		cmocka_unit_test(the_last_range_never_goes),
		cmocka_unit_test(a_registered_reader_that_is_away_holds_its_rows),
		cmocka_unit_test(a_reader_that_falls_back_takes_its_marks_with_it),
		cmocka_unit_test(a_clock_that_jumps_ages_no_mark),
		cmocka_unit_test(silence_frees_no_row),
		cmocka_unit_test(marks_agree_with_the_whole_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
