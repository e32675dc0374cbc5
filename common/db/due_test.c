/*
 * Goal: a clock that jumps ahead lets nothing come due, and every other clock does.  Method: looks at a
 * database's clock beside our own: on both sides of the bound, back, after a long pause of ours.
 */
#include "common/db/due.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NOON  ((lg_ms)1400000000000)
#define START 5000 /* our own clock then */

static struct lg_due_clock looked_at(void)
{
	struct lg_due_clock clock = { .is_held = false };

	assert_false(lg_due_clock_note(&clock, NOON, START));
	assert_false(clock.is_held);
	return clock;
}

static void the_first_look_believes_any_clock(void **unused)
{
	struct lg_due_clock clock = { .is_held = false };

	(void)unused;
	assert_false(lg_due_clock_note(&clock, INT64_MAX / 2, START));
	assert_false(clock.is_held);
}

static void an_hour_ahead_is_believed_and_more_is_not(void **unused)
{
	struct lg_due_clock clock = looked_at();

	(void)unused;
	assert_false(lg_due_clock_note(&clock, NOON + 1000 + LG_DUE_JUMP_MS, START + 1000));
	assert_false(clock.is_held);

	clock = looked_at();
	assert_true(lg_due_clock_note(&clock, NOON + 1001 + LG_DUE_JUMP_MS, START + 1000));
	assert_true(clock.is_held);
}

/* Put right, it goes on being held: what it said meanwhile may stand in rows. */
static void it_is_held_until_a_start(void **unused)
{
	struct lg_due_clock clock = looked_at();

	(void)unused;
	assert_true(lg_due_clock_note(&clock, NOON + 2 * LG_DAY_MS, START + 1000));
	assert_false(lg_due_clock_note(&clock, NOON + 2000, START + 2000));
	assert_true(clock.is_held);
}

static void time_that_passed_for_both_is_no_jump(void **unused)
{
	struct lg_due_clock clock = looked_at();

	(void)unused;
	assert_false(lg_due_clock_note(
		&clock, NOON + 30 * LG_DAY_MS, START + (uint64_t)(30 * LG_DAY_MS)));
	assert_false(clock.is_held);
}

static void a_clock_that_goes_back_is_only_late(void **unused)
{
	struct lg_due_clock clock = looked_at();

	(void)unused;
	assert_false(lg_due_clock_note(&clock, NOON - 30 * LG_DAY_MS, START + 1000));
	assert_false(clock.is_held);
	/* and a second one, back to where it was, is a jump: nobody can tell which was wrong */
	assert_true(lg_due_clock_note(&clock, NOON + 2000, START + 2000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_look_believes_any_clock),
		cmocka_unit_test(an_hour_ahead_is_believed_and_more_is_not),
		cmocka_unit_test(it_is_held_until_a_start),
		cmocka_unit_test(time_that_passed_for_both_is_no_jump),
		cmocka_unit_test(a_clock_that_goes_back_is_only_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
