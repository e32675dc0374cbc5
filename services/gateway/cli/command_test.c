#include "services/gateway/cli/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

enum { FORMAT, LOUD };

/* A verb that succeeds when its line is the one of the tests below that run it. */
static enum command_exit check_line(const struct command_line *line)
{
	assert_string_equal(line->gateway, "http://here:1");
	assert_string_equal(line->values[FORMAT], "json");
	assert_non_null(line->values[LOUD]);
	assert_int_equal(line->operand_count, 1);
	assert_string_equal(line->operands[0], "--odd");
	return COMMAND_NOT_ALLOWED; /* told apart from what the reader itself returns */
}

static enum command_exit check_standard(const struct command_line *line)
{
	assert_string_equal(line->gateway, COMMAND_GATEWAY);
	assert_null(line->values[FORMAT]);
	return COMMAND_FAILED;
}

static const struct command show = {
	.words = "case show",
	.operands = "ID",
	.least = 1,
	.most = 1,
	.summary = "show",
	.help = "help",
	.options = { [FORMAT] = { "format", "NAME", "how" }, [LOUD] = { "loud", NULL, "loud" } },
	.run = check_line,
};
static const struct command status = {
	.words = "status",
	.operands = "",
	.summary = "status",
	.help = "help",
	.run = check_standard,
};
static const struct command elsewhere = {
	.words = "match link",
	.operands = "",
	.summary = "elsewhere",
	.program = "no-such-program",
};
static const struct command *const commands[] = { &show, &status, &elsewhere, NULL };

#define RUN(environment, ...) \
	command_run(commands, environment, \
		(int)(sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *)), \
		(char *[]){ __VA_ARGS__ })

/* Goal: options may stand anywhere, with or without '='.  Method: the same line in three orders. */
static void options_stand_where_one_likes(void **unused)
{
	(void)unused;
	assert_int_equal(RUN(NULL, "lifeguard", "--gateway", "http://here:1", "case", "show",
				 "--format=json", "--loud", "--", "--odd"),
		COMMAND_NOT_ALLOWED);
	assert_int_equal(RUN("http://there", "lifeguard", "case", "show", "--loud", "--format",
				 "json", "--gateway=http://here:1", "--", "--odd"),
		COMMAND_NOT_ALLOWED);
	assert_int_equal(RUN("http://here:1", "lifeguard", "case", "show", "--loud",
				 "--format=json", "--", "--odd"),
		COMMAND_NOT_ALLOWED);
	assert_int_equal(RUN(NULL, "lifeguard", "status"), COMMAND_FAILED);
	assert_int_equal(RUN("", "lifeguard", "status"), COMMAND_FAILED);
}

/* Goal: wrong use is exit code 2 and runs nothing.  Method: one of each kind. */
static void wrong_use_runs_nothing(void **unused)
{
	(void)unused;
	assert_int_equal(RUN(NULL, "lifeguard"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "cases"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "status", "--if-version", "0"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "--if-version", "x", "status"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "status", "--if-version"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "case"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "case", "show"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "case", "show", "a", "b"), COMMAND_WRONG_USE);
	assert_int_equal(
		RUN(NULL, "lifeguard", "case", "show", "a", "--format"), COMMAND_WRONG_USE);
	assert_int_equal(
		RUN(NULL, "lifeguard", "case", "show", "a", "--loud=1"), COMMAND_WRONG_USE);
	assert_int_equal(
		RUN(NULL, "lifeguard", "case", "show", "a", "--unknown"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "status", "a"), COMMAND_WRONG_USE);
	assert_int_equal(
		RUN(NULL, "lifeguard", "status", "a", "b", "c", "d", "e"), COMMAND_WRONG_USE);
}

/* Goal: help and version are no failure, wherever they stand.  Method: exit code 0. */
static void help_and_version_are_everywhere(void **unused)
{
	(void)unused;
	assert_int_equal(RUN(NULL, "lifeguard", "--help"), COMMAND_DONE);
	assert_int_equal(RUN(NULL, "lifeguard", "case", "show", "--help"), COMMAND_DONE);
	assert_int_equal(RUN(NULL, "lifeguard", "--help", "status"), COMMAND_DONE);
	assert_int_equal(RUN(NULL, "lifeguard", "--version"), COMMAND_DONE);
}

/*
 * Goal: a verb of another program never runs here, whatever its arguments are.  Method: a program
 * that is not there (tests/matching/names.sh runs the one that is).
 */
static void a_missing_program_is_a_failure(void **unused)
{
	(void)unused;
	assert_int_equal(RUN(NULL, "lifeguard", "match", "link"), COMMAND_FAILED);
	assert_int_equal(
		RUN(NULL, "lifeguard", "match", "link", "--odd", "--help"), COMMAND_FAILED);
	assert_int_equal(RUN(NULL, "lifeguard", "--gateway", "http://here:1", "match", "link"),
		COMMAND_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_where_one_likes),
		cmocka_unit_test(wrong_use_runs_nothing),
		cmocka_unit_test(help_and_version_are_everywhere),
		cmocka_unit_test(a_missing_program_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
