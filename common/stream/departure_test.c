/*
 * Goal: a batch begins as soon as it may, and events alone, after a large batch, wait for more of them.
 * Method: from a platform on which all stand ready, one thing is changed at a time, on both sides of
 * each limit.
 */
#include "common/stream/departure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A few events wait, nothing runs, the last batch was small. */
static const struct lg_platform quiet = { .waiting = 3, .last_items = 3, .since_us = 10 };

/* The same behind a large batch. */
static const struct lg_platform busy = {
	.waiting = LG_BEHIND_ITEMS - 1, .last_items = LG_MANY_ITEMS, .since_us = LG_MORE_US - 1
};

/* Enough wait behind a batch that is decided. */
static const struct lg_platform behind = {
	.waiting = LG_BEHIND_ITEMS, .under_way = 1, .is_front_decided = true
};

static void assert_departs(enum lg_departure expected, struct lg_platform platform)
{
	uint64_t wait_us = 7;

	assert_int_equal(lg_departure(&platform, &wait_us), expected);
	if (expected == LG_DEPART_LATER)
		assert_int_equal(wait_us,
			(platform.is_followed ? LG_FAR_MORE_US : LG_MORE_US) - platform.since_us);
	else
		assert_int_equal(wait_us, 7);
}

static void what_comes_when_nothing_runs_begins_at_once(void **unused)
{
	struct lg_platform platform = quiet;

	(void)unused;
	assert_departs(LG_DEPART_NOW, platform);
	platform.is_alone = true; /* nothing is beside it */
	assert_departs(LG_DEPART_NOW, platform);
	platform.waiting = 0;
	assert_departs(LG_DEPART_NOT, platform);
}

static void events_behind_a_large_batch_wait_for_more(void **unused)
{
	struct lg_platform platform = busy;

	(void)unused;
	assert_departs(LG_DEPART_LATER, platform);
	platform.waiting = 1;
	platform.since_us = 0;
	assert_departs(LG_DEPART_LATER, platform);
}

static void nothing_waits_that_need_not(void **unused)
{
	struct lg_platform platform = busy;

	(void)unused;
	platform.waiting = LG_BEHIND_ITEMS;
	assert_departs(LG_DEPART_NOW, platform);
	platform = busy;
	platform.last_items = LG_MANY_ITEMS - 1;
	assert_departs(LG_DEPART_NOW, platform);
	platform = busy;
	platform.since_us = LG_MORE_US;
	assert_departs(LG_DEPART_NOW, platform);
	platform = busy;
	platform.is_hurried = true;
	assert_departs(LG_DEPART_NOW, platform);
	platform = busy;
	platform.is_singling = true;
	assert_departs(LG_DEPART_NOW, platform);
	platform = busy;
	platform.is_stopping = true;
	assert_departs(LG_DEPART_NOW, platform);
}

/* Also behind one that is under way. */
static void what_is_followed_waits_until_enough_are_there(void **unused)
{
	struct lg_platform platform = { .waiting = LG_ENOUGH_ITEMS - 1,
		.is_followed = true,
		.under_way = 1,
		.is_front_decided = true,
		.last_items = LG_MANY_ITEMS,
		.since_us = LG_FAR_MORE_US - 1 };

	(void)unused;
	assert_departs(LG_DEPART_LATER, platform);
	platform.under_way = 0;
	assert_departs(LG_DEPART_LATER, platform);
	platform.since_us++;
	assert_departs(LG_DEPART_NOW, platform);
	platform.since_us = 0;
	platform.waiting = LG_ENOUGH_ITEMS;
	assert_departs(LG_DEPART_NOW, platform);
	platform.waiting = 1;
	platform.last_items = LG_MANY_ITEMS - 1;
	assert_departs(LG_DEPART_NOW, platform);
}

static void a_second_batch_follows_one_that_is_decided(void **unused)
{
	struct lg_platform platform = behind;

	(void)unused;
	assert_departs(LG_DEPART_NOW, platform);
	platform.last_items = LG_MANY_ITEMS; /* enough are there: they wait for no more */
	assert_departs(LG_DEPART_NOW, platform);
	platform.is_stopping = true; /* and what has come is done */
	assert_departs(LG_DEPART_NOW, platform);
}

static void a_second_batch_waits_for_what_it_needs(void **unused)
{
	struct lg_platform platform = behind;

	(void)unused;
	platform.waiting = LG_BEHIND_ITEMS - 1;
	assert_departs(LG_DEPART_NOT, platform);
	platform = behind;
	platform.is_front_decided = false;
	assert_departs(LG_DEPART_NOT, platform);
	platform = behind;
	platform.is_alone = true;
	assert_departs(LG_DEPART_NOT, platform);
	platform = behind;
	platform.is_singling = true;
	assert_departs(LG_DEPART_NOT, platform);
	platform = behind;
	platform.under_way = LG_ACTIVE_MAX;
	assert_departs(LG_DEPART_NOT, platform);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_when_nothing_runs_begins_at_once),
		cmocka_unit_test(events_behind_a_large_batch_wait_for_more),
		cmocka_unit_test(nothing_waits_that_need_not),
		cmocka_unit_test(what_is_followed_waits_until_enough_are_there),
		cmocka_unit_test(a_second_batch_follows_one_that_is_decided),
		cmocka_unit_test(a_second_batch_waits_for_what_it_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
