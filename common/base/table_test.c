/*
 * Tables of data: each row comes once, and the first fault is told with file, line and reason.
 */
#include "common/base/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct lg_status keep(void *user, const struct lg_csv_row *row)
{
	char *kept = user;

	if (strcmp(row->cells[0], "bad") == 0)
		return lg_refuse("this one is bad");
	strncat(kept, row->cells[0], 20);
	strncat(kept, "=", 2);
	strncat(kept, row->cells[1], 20);
	strncat(kept, ";", 2);
	return lg_done();
}

static const struct lg_table_layout layout = { "pairs.csv", "left,right", keep };

/* What was kept, or what the problem is. */
static const char *outcome(struct lg_arena *arena, const char *text)
{
	char *kept = lg_alloc(arena, 256);
	const char *problem = "";

	if (!lg_is_done(
		    lg_table_parse(arena, &layout, lg_bytes(text, strlen(text)), kept, &problem)))
		return problem;
	return kept;
}

/* Goal: rows come in their order, the header does not.  Method: tables of none to two rows. */
static void rows_are_kept_in_their_order(void **unused)
{
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	assert_string_equal(outcome(arena, "left,right\na,b\n\nc,d"), "a=b;c=d;");
	assert_string_equal(outcome(arena, "\xef\xbb\xbfleft,right\r\n\"a,x\",b\r\n"), "a,x=b;");
	assert_string_equal(outcome(arena, "left,right\n"), "");
	assert_string_equal(outcome(arena, ""), "");
	lg_arena_free(arena);
}

/* Goal: whoever wrote the file finds the fault.  Method: each kind of fault once. */
static void the_first_fault_is_told_with_its_line(void **unused)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{ "left\n", "line 1: the first line names other columns" },
		{ "left,right,more\n", "line 1: the first line names other columns" },
		{ "leftright\n", "line 1: the first line names other columns" },
		{ "le,right\n", "line 1: the first line names other columns" },
		{ "\"left,right\"\n", "line 1: the first line names other columns" },
		{ "left,right\na\n", "line 2: more or fewer cells than the first line" },
		{ "left,right\na,b\nc,d,e\n", "line 3: more or fewer cells than the first line" },
		{ "left,right\na,b\nbad,b\nc\n", "line 3: this one is bad" },
		{ "left,right\na,\"b\n", "line 2: " },
	};
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *told = outcome(arena, cases[i].text);

		assert_ptr_equal(strstr(told, "pairs.csv, "), told);
		assert_non_null(strstr(told, cases[i].problem));
		assert_non_null(strstr(told, "(columns: left,right)"));
	}
	lg_arena_free(arena);
}

/* Goal: a file that is not there is named.  Method: none. */
static void a_file_that_is_not_there_is_named(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	const char *problem = "";
	struct lg_bytes text;

	(void)unused;
	assert_int_equal(
		lg_table_text(arena, "no/such/pairs.csv", &text, &problem).outcome, LG_REFUSED);
	assert_string_equal(problem, "no/such/pairs.csv: cannot be opened; is --data right?");
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_kept_in_their_order),
		cmocka_unit_test(the_first_fault_is_told_with_its_line),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
