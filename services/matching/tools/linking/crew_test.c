/*
 * Goal: each part of a piece of work is done once, and all of it before anybody goes on.
 * Method: crews of every size, each member counting in a place of its own.
 */
#include "services/matching/tools/linking/crew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void count(void *context, uint32_t worker)
{
	uint32_t *counts = context;

	counts[worker]++;
}

static void each_part_is_done_once(void **unused)
{
	(void)unused;
	for (uint32_t size = 1; size <= CREW_MAX; size++) {
		uint32_t counts[CREW_MAX + 1] = { 0 };

		crew_run(size, count, counts);
		for (uint32_t i = 0; i <= CREW_MAX; i++)
			assert_int_equal(counts[i], i < size ? 1 : 0);
	}
}

static void a_crew_has_a_member_and_no_more_than_it_may(void **unused)
{
	(void)unused;
	assert_in_range(crew_size(), 1, CREW_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_part_is_done_once),
		cmocka_unit_test(a_crew_has_a_member_and_no_more_than_it_may),
	};

	return cmocka_run_group_tests_name("matching/linking/crew", tests, NULL, NULL);
}
