/*
 * Goal: no event is passed and forgotten, none overtakes its key.  Method: all 96 combinations
 * against the rule as a few sentences; then the life of an event that kills.
 */
#include "common/stream/arrival.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COMBINATIONS 96

static struct lg_arrival arrival_from(unsigned bits)
{
	return (struct lg_arrival){ .from = (enum lg_arrival_from)(bits >> 5),
		.is_parked = (bits & 1u) != 0,
		.is_stopped = (bits & 2u) != 0,
		.is_faulty = (bits & 4u) != 0,
		.is_foreign = (bits & 8u) != 0,
		.is_unknown = (bits & 16u) != 0 };
}

/* Goal: only what is whole, known and ours is handled, and never before what stands before it. */
static void only_the_next_of_its_key_is_handled(void **unused)
{
	(void)unused;
	for (unsigned bits = 0; bits < COMBINATIONS; bits++) {
		struct lg_arrival a = arrival_from(bits);
		bool waits = (a.from == LG_FROM_LETTER && a.is_stopped) ||
			     (a.from == LG_FROM_STREAM && a.is_parked);
		bool may = !waits && !a.is_faulty && !a.is_foreign && !a.is_unknown;

		assert_int_equal(lg_arrival_way(&a) == LG_WAY_HANDLE, may);
	}
}

/* Goal: nothing vanishes.  Method: only what is not for us, and whole, is passed over. */
static void only_what_is_foreign_is_passed_over(void **unused)
{
	(void)unused;
	for (unsigned bits = 0; bits < COMBINATIONS; bits++) {
		struct lg_arrival a = arrival_from(bits);

		if (lg_arrival_way(&a) == LG_WAY_PASS) {
			assert_true(a.is_foreign);
			assert_false(a.is_faulty);
		}
	}
}

/* Goal: order per key.  Method: every event of a stream whose key is parked, faulty or not. */
static void an_event_of_a_parked_key_waits_behind_it(void **unused)
{
	(void)unused;
	for (unsigned bits = 0; bits < COMBINATIONS; bits++) {
		struct lg_arrival a = arrival_from(bits);

		if (a.from == LG_FROM_STREAM)
			assert_int_equal(lg_arrival_way(&a) == LG_WAY_PARK, a.is_parked);
		if (a.from == LG_FROM_UNHANDLED)
			assert_int_not_equal(lg_arrival_way(&a), LG_WAY_PARK); /* it was first */
		if (a.from == LG_FROM_LETTER)
			assert_int_equal(lg_arrival_way(&a) == LG_WAY_WAIT, a.is_stopped);
	}
}

/* Goal: an unknown type is kept for the version that knows it, and stays there until then. */
static void an_unknown_type_is_kept(void **unused)
{
	struct lg_arrival a = { .from = LG_FROM_STREAM, .is_unknown = true };

	(void)unused;
	assert_int_equal(lg_arrival_way(&a), LG_WAY_UNHANDLED);
	a.from = LG_FROM_UNHANDLED;
	assert_int_equal(lg_arrival_way(&a), LG_WAY_WAIT);
	a.is_foreign = true; /* known now, and for others: nothing to wait for */
	assert_int_equal(lg_arrival_way(&a), LG_WAY_PASS);
	a.is_foreign = a.is_unknown = false;
	assert_int_equal(lg_arrival_way(&a), LG_WAY_HANDLE);
	a = (struct lg_arrival){ .from = LG_FROM_LETTER, .is_unknown = true };
	assert_int_equal(lg_arrival_way(&a), LG_WAY_DEAD_LETTER);
}

/* Goal: two deaths, not one and not three.  Method: owners die; each reads what was stored. */
static void an_event_that_kills_is_tried_twice(void **unused)
{
	struct lg_trial trial = { .deaths = 0 };
	struct lg_id killer = lg_id_make(1, 1, 1), other = lg_id_make(1, 1, 2);

	(void)unused;
	for (uint32_t death = 1; death <= LG_DEATHS_MAX; death++) {
		assert_true(lg_trial_begin(&trial, killer, &trial));
		assert_int_equal(trial.deaths, death);
	}
	assert_false(lg_trial_begin(&trial, killer, &trial));
	assert_true(lg_id_equal(trial.event_id, killer));
	assert_true(lg_trial_begin(&trial, other, &trial));
	assert_int_equal(trial.deaths, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_next_of_its_key_is_handled),
		cmocka_unit_test(only_what_is_foreign_is_passed_over),
		cmocka_unit_test(an_event_of_a_parked_key_waits_behind_it),
		cmocka_unit_test(an_unknown_type_is_kept),
		cmocka_unit_test(an_event_that_kills_is_tried_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
