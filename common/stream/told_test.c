/*
 * Goal: a second story shows as long as the first is remembered, and an honest copy never does.
 * Method: one number told twice; then so many more that it is forgotten.
 */
#include "common/stream/told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_second_story_shows_and_a_copy_does_not(void **unused)
{
	struct lg_told told = { .number = { 0 } };

	(void)unused;
	assert_false(lg_told_differs(&told, 0, 1));
	assert_false(lg_told_differs(&told, 7, 1));
	lg_told_note(&told, 7, 1);
	assert_false(lg_told_differs(&told, 7, 1));
	assert_true(lg_told_differs(&told, 7, 2));
	assert_false(lg_told_differs(&told, 8, 2));
}

static void what_is_forgotten_accuses_nobody(void **unused)
{
	struct lg_told told = { .number = { 0 } };

	(void)unused;
	for (uint64_t number = 1; number <= LG_TOLD_MAX + 1; number++)
		lg_told_note(&told, number, number);
	assert_false(lg_told_differs(&told, 1, 99));
	assert_true(lg_told_differs(&told, 2, 99));
	assert_true(lg_told_differs(&told, LG_TOLD_MAX + 1, 99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_story_shows_and_a_copy_does_not),
		cmocka_unit_test(what_is_forgotten_accuses_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
