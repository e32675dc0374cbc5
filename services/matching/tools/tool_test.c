/* How a line of arguments becomes a verb of lg-match. */
#include "services/matching/tools/tool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { OUT, LOUD };

static enum tool_exit check_line(const struct tool_line *line)
{
	assert_string_equal(line->values[OUT], "file");
	assert_non_null(line->values[LOUD]);
	assert_int_equal(line->operand_count, 2);
	assert_string_equal(line->operands[0], "a");
	assert_string_equal(line->operands[1], "--odd");
	return TOOL_FAILED; /* told apart from what the reader returns */
}

static const struct tool join = {
	.word = "join",
	.operands = "A B",
	.least = 2,
	.most = 2,
	.summary = "join",
	.help = "help",
	.options = { [OUT] = { "out", "FILE", "where" }, [LOUD] = { "loud", NULL, "loud" } },
	.run = check_line,
};
static const struct tool *const tools[] = { &join, NULL };

#define RUN(...) \
	tool_run(tools, (int)(sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *)), \
		(char *[]){ __VA_ARGS__ })

/* Goal: options may stand anywhere, with or without '='.  Method: the same line in two orders. */
static void options_stand_where_one_likes(void **unused)
{
	(void)unused;
	assert_int_equal(RUN("lg-match", "join", "--out", "file", "a", "--loud", "--", "--odd"),
		TOOL_FAILED);
	assert_int_equal(
		RUN("lg-match", "join", "a", "--loud", "--out=file", "--", "--odd"), TOOL_FAILED);
}

/* Goal: a wrong line never runs.  Method: each way to be wrong. */
static void a_wrong_line_is_refused(void **unused)
{
	(void)unused;
	assert_int_equal(RUN("lg-match"), TOOL_WRONG_USE);
	assert_int_equal(RUN("lg-match", "part", "a", "b"), TOOL_WRONG_USE);
	assert_int_equal(RUN("lg-match", "join", "a"), TOOL_WRONG_USE);
	assert_int_equal(RUN("lg-match", "join", "a", "b", "c"), TOOL_WRONG_USE);
	assert_int_equal(RUN("lg-match", "join", "a", "b", "c", "d", "e"), TOOL_WRONG_USE);
	assert_int_equal(RUN("lg-match", "join", "a", "b", "--none"), TOOL_WRONG_USE);
	assert_int_equal(RUN("lg-match", "join", "a", "b", "--out"), TOOL_WRONG_USE);
	assert_int_equal(RUN("lg-match", "join", "a", "b", "--loud=1"), TOOL_WRONG_USE);
}

/* Goal: help is given and nothing is run.  Method: for all verbs, for one, beside what is wrong. */
static void help_runs_nothing(void **unused)
{
	(void)unused;
	assert_int_equal(RUN("lg-match", "--help"), TOOL_DONE);
	assert_int_equal(RUN("lg-match", "join", "--help"), TOOL_DONE);
	assert_int_equal(RUN("lg-match", "join", "--none", "--help"), TOOL_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_where_one_likes),
		cmocka_unit_test(a_wrong_line_is_refused),
		cmocka_unit_test(help_runs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
