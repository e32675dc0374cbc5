#include "services/gateway/cli/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* Goal: a problem is told as what, why and where.  Method: with and without fields, and none. */
static void a_problem_is_told_with_its_fields(void **unused)
{
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	assert_string_equal(
		client_problem_text(arena,
			"{\"title\":\"bad form\",\"detail\":\"two things\",\"errors\":"
			"[{\"pointer\":\"/persons/3/age_years\",\"detail\":\"too old\"},"
			"{\"pointer\":\"/station\",\"reason\":\"no code\"}]}",
			422),
		"bad form: two things; /persons/3/age_years: too old; /station: no code");
	assert_string_equal(client_problem_text(arena, "{\"title\":\"gone\"}", 404), "gone");
	assert_string_equal(client_problem_text(arena, "<html>", 502), "HTTP status 502");
	assert_string_equal(client_problem_text(arena, NULL, 500), "HTTP status 500");
	assert_string_equal(client_problem_text(arena, "[1]", 500), "HTTP status 500");
	lg_arena_free(arena);
}

/* Goal: a problem cannot move a terminal's cursor.  Method: an escape in its title. */
static void a_problem_is_made_safe_for_a_terminal(void **unused)
{
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	assert_string_equal(
		client_problem_text(arena, "{\"title\":\"a\\u001b[2Jb\"}", 400), "a?[2Jb");
	lg_arena_free(arena);
}

/* Goal: exit codes tell what to do next.  Method: one status of each kind. */
static void a_status_becomes_an_exit_code(void **unused)
{
	(void)unused;
	assert_int_equal(client_exit_of(200), COMMAND_DONE);
	assert_int_equal(client_exit_of(201), COMMAND_DONE);
	assert_int_equal(client_exit_of(401), COMMAND_NOT_ALLOWED);
	assert_int_equal(client_exit_of(403), COMMAND_NOT_ALLOWED);
	assert_int_equal(client_exit_of(0), COMMAND_NOT_REACHABLE);
	assert_int_equal(client_exit_of(503), COMMAND_NOT_REACHABLE);
	assert_int_equal(client_exit_of(504), COMMAND_NOT_REACHABLE);
	assert_int_equal(client_exit_of(302), COMMAND_FAILED);
	assert_int_equal(client_exit_of(409), COMMAND_FAILED);
	assert_int_equal(client_exit_of(500), COMMAND_FAILED);
}

/* Goal: every kind of field can stand in a table.  Method: one of each, and what is not there. */
static void fields_become_cells(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	json_t *object = json_pack("{s:s, s:i, s:b, s:I, s:[]}", "text", "x", "number", -5, "flag",
		1, "at_ms", (json_int_t)1399788900000, "list");

	(void)unused;
	assert_string_equal(client_cell(arena, object, "text"), "x");
	assert_string_equal(client_cell(arena, object, "number"), "-5");
	assert_string_equal(client_cell(arena, object, "flag"), "yes");
	assert_string_equal(client_cell(arena, object, "list"), "");
	assert_string_equal(client_cell(arena, object, "missing"), "");
	assert_string_equal(client_cell(arena, NULL, "missing"), "");
	assert_string_equal(client_time_cell(arena, object, "at_ms"), "2014-05-11T06:15:00.000Z");
	assert_string_equal(client_time_cell(arena, object, "missing"), "");
	json_decref(object);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_problem_is_told_with_its_fields),
		cmocka_unit_test(a_problem_is_made_safe_for_a_terminal),
		cmocka_unit_test(a_status_becomes_an_exit_code),
		cmocka_unit_test(fields_become_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
