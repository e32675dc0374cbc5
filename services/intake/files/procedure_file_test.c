/* The data files that are shipped, and what a bad row says. */
#include "services/intake/files/procedure_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "services/intake/domain/code_list.h"

#define HEADER "route,who,step,responsible,deadline_hours,law,proof,inform,what\n"

static struct procedure_book book;

static enum lg_outcome parse(struct lg_arena *arena, const char *text, const char **ret_problem)
{
	book = (struct procedure_book){ .step_count = 0 };
	return procedure_file_parse(arena, lg_bytes(text, strlen(text)), &book, ret_problem)
		.outcome;
}

/*
 * Goal: the shipped files use known codes alone, and every route has steps and reasons.  Method: read
 * them as the service does (reasons are checked against proto/codes), count by route.
 */
static void the_shipped_files_are_whole(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	const char *problem = "";

	(void)unused;
	book = (struct procedure_book){ .step_count = 0 };

	struct lg_status status =
		procedure_file_read(arena, "services/intake/data", &book, &problem);

	if (!lg_is_done(status))
		fail_msg("%s", problem);
	for (unsigned route = ROUTE_R0; route < ROUTE_COUNT; route++) {
		uint32_t steps = 0, reasons = 0;

		for (uint32_t i = 0; i < book.step_count; i++)
			steps += book.steps[i].route == route;
		for (uint32_t i = 0; i < book.reason_count; i++)
			reasons += book.reasons[i].route == route;
		assert_true(steps >= 5);
		assert_true(reasons >= 2);
	}
	lg_arena_free(arena);
}

/* Goal: a child and an adult have a procedure on every route home.  Method: both, R1 to R4. */
static void every_route_home_has_steps_for_child_and_adult(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	const char *problem = "";

	(void)unused;
	book = (struct procedure_book){ .step_count = 0 };
	assert_true(
		lg_is_done(procedure_file_read(arena, "services/intake/data", &book, &problem)));
	for (unsigned route = ROUTE_R1; route < ROUTE_COUNT; route++) {
		for (int32_t age = 12; age <= 30; age += 18) {
			struct person person = {
				.age_years = age, .basis = BASIS_PAPER, .route = (enum route)route
			};
			uint32_t count = 0;

			for (uint32_t i = 0; i < book.step_count; i++)
				count += procedure_applies(&book.steps[i], &person);
			assert_true(count >= 3);
		}
	}
	lg_arena_free(arena);
}

/* Goal: a bad row is named by its line.  Method: one fault of each kind. */
static void a_bad_row_is_named_by_its_line(void **unused)
{
	static const char *const rows[] = {
		"R9,any,a1,worker,1,0,,,x\n",
		"NONE,any,a1,worker,1,0,,,x\n",
		"R1,elder,a1,worker,1,0,,,x\n",
		"R1,any,A1,worker,1,0,,,x\n",
		"R1,any,a1,worker,soon,0,,,x\n",
		"R1,any,a1,worker,-1,0,,,x\n",
		"R1,any,a1,worker,99999,0,,,x\n",
		"R1,any,a1,worker,1,2,,,x\n",
		"R1,any,a1,worker,1,0,,x\n",
	};
	struct lg_arena *arena = lg_arena_new();
	const char *problem = "";

	(void)unused;
	assert_int_equal(parse(arena, HEADER "R1,any,a1,worker,,1,,,x\n", &problem), LG_DONE);
	assert_int_equal(book.steps[0].deadline_hours, -1);
	assert_true(book.steps[0].is_law);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		problem = "";
		assert_int_equal(parse(arena, lg_format(arena, "%s%s", HEADER, rows[i]), &problem),
			LG_REFUSED);
		assert_non_null(strstr(problem, "procedures.csv, line 2: "));
	}
	assert_int_equal(parse(arena, "route,step\n", &problem), LG_REFUSED);
	lg_arena_free(arena);
}

/* Goal: reasons are codes of both countries.  Method: known, unknown, and of no route. */
static void reasons_are_known_codes(void **unused)
{
	static const char good[] = "route,reason\nR0,nothing_found\n-,na_not_wished\n";
	static const char unknown[] = "route,reason\nR0,because_i_say_so\n";
	static const char nowhere[] = "route,reason\nNONE,nothing_found\n";
	struct lg_arena *arena = lg_arena_new();
	const char *problem = "";

	(void)unused;
	book = (struct procedure_book){ .step_count = 0 };
	assert_true(lg_is_done(
		reason_file_parse(arena, lg_bytes(good, sizeof good - 1), &book, &problem)));
	assert_true(procedure_has_reason(&book, ROUTE_R0, "nothing_found"));
	assert_false(procedure_has_reason(&book, ROUTE_R1, "nothing_found"));
	assert_true(procedure_has_reason(&book, ROUTE_NONE, "na_not_wished"));
	assert_false(lg_is_done(
		reason_file_parse(arena, lg_bytes(unknown, sizeof unknown - 1), &book, &problem)));
	assert_false(lg_is_done(
		reason_file_parse(arena, lg_bytes(nowhere, sizeof nowhere - 1), &book, &problem)));
	lg_arena_free(arena);
}

/* Goal: a folder without files is said.  Method: one that is not there. */
static void a_missing_folder_is_said(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	const char *problem = "";

	(void)unused;
	assert_false(lg_is_done(procedure_file_read(arena, "no/such/folder", &book, &problem)));
	assert_non_null(strstr(problem, "is --data right?"));
	lg_arena_free(arena);
}

/* Goal: both countries' lists are built in.  Method: codes of each, and some that are none. */
static void code_lists_are_built_in(void **unused)
{
	(void)unused;
	assert_true(code_is_known("district", "rupandehi"));
	assert_true(code_is_known("district", "maharajganj"));
	assert_true(code_is_known("country", "NP"));
	assert_true(code_is_known("service", "shelter"));
	assert_true(code_is_known("purpose", "consent_police"));
	assert_true(code_is_known("reason", "chose_to_travel"));
	assert_false(code_is_known("district", "Rupandehi"));
	assert_false(code_is_known("district", "shelter"));
	assert_false(code_is_known("planet", "rupandehi"));
	assert_false(code_is_known("district", ""));
	assert_true(code_is_known_or_empty("district", ""));
	assert_false(code_is_known_or_empty("district", "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_files_are_whole),
		cmocka_unit_test(every_route_home_has_steps_for_child_and_adult),
		cmocka_unit_test(a_bad_row_is_named_by_its_line),
		cmocka_unit_test(reasons_are_known_codes),
		cmocka_unit_test(a_missing_folder_is_said),
		cmocka_unit_test(code_lists_are_built_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
