#include "services/gateway/domain/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/*
 * Goal: every problem is whole: a status that is an error, a title, what to do.  Method: all of
 * them; and only those that pass by themselves ask to come back.
 */
static void every_problem_says_what_it_is_and_what_to_do(void **unused)
{
	(void)unused;
	for (enum problem_kind kind = 0; kind < PROBLEM_COUNT; kind++) {
		const struct problem *problem = problem_of(kind);

		assert_in_range(problem->status, 400, 599);
		assert_true(strlen(problem->title) > 0);
		assert_true(strlen(problem->detail) > strlen(problem->title));
		assert_int_equal(problem->retry_after_s > 0,
			problem->status >= 500 || problem->status == 429);
	}
}

/*
 * Goal: a client can tell "nothing happened" from "nobody knows".  Method: the two end differently,
 * and both say that the same key makes asking again safe.
 */
static void not_delivered_and_unknown_are_two_things(void **unused)
{
	const struct problem *returned = problem_of(PROBLEM_NOT_DELIVERED);
	const struct problem *unknown = problem_of(PROBLEM_UNKNOWN_OUTCOME);

	(void)unused;
	assert_int_equal(returned->status, 503);
	assert_int_equal(unknown->status, 504);
	assert_non_null(strstr(returned->detail, "nothing was changed"));
	assert_non_null(strstr(returned->detail, "Idempotency-Key"));
	assert_non_null(strstr(unknown->detail, "Idempotency-Key"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_problem_says_what_it_is_and_what_to_do),
		cmocka_unit_test(not_delivered_and_unknown_are_two_things),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
