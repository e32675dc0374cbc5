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
	.operands = "FILE",
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
/* Runs only with what it takes. */
static enum command_exit check_ids(const struct command_line *line)
{
	assert_string_equal(line->command->words, "step done");
	return COMMAND_NOT_ALLOWED;
}

static const struct command done = {
	.words = "step done",
	.operands = "CASE STEP [PERSON]",
	.least = 2,
	.most = 3,
	.summary = "done",
	.help = "help",
	.run = check_ids,
};
static const struct command elsewhere = {
	.words = "match link",
	.operands = "",
	.summary = "elsewhere",
	.program = "no-such-program",
};
static const struct command *const commands[] = { &show, &status, &done, &elsewhere, NULL };

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
	assert_int_equal(RUN(NULL, "lifeguard", "help"), COMMAND_DONE);
	assert_int_equal(RUN(NULL, "lifeguard", "help", "case", "show"), COMMAND_DONE);
	assert_int_equal(RUN(NULL, "lifeguard", "-h"), COMMAND_DONE);
	assert_int_equal(RUN(NULL, "lifeguard", "case", "--help"), COMMAND_DONE);
	assert_int_equal(RUN(NULL, "lifeguard", "case", "show", "-h"), COMMAND_DONE);
	assert_int_equal(
		RUN("http://here:1", "lifeguard", "case", "show", "--format=json", "--loud", "-h"),
		COMMAND_DONE);
}

/*
 * Goal: what stands where an id is expected is never sent: it may be a name, and would be in a URL.
 * Method: a verb of two ids and a word between them, with a name at each place.
 */
static void only_an_id_stands_for_an_id(void **unused)
{
	char id[] = "000101a216b7f32a4582b27ec21b25db",
	     longer[] = "000101a216b7f32a4582b27ec21b25db0";

	(void)unused;
	assert_int_equal(RUN(NULL, "lifeguard", "step", "done", id, "a1"), COMMAND_NOT_ALLOWED);
	assert_int_equal(RUN(NULL, "lifeguard", "step", "done", id, "a1", id), COMMAND_NOT_ALLOWED);
	assert_int_equal(RUN(NULL, "lifeguard", "step", "done", "Asha", "a1"), COMMAND_WRONG_USE);
	assert_int_equal(
		RUN(NULL, "lifeguard", "step", "done", id, "a1", "Asha"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "step", "done", longer, "a1"), COMMAND_WRONG_USE);
	assert_int_equal(RUN(NULL, "lifeguard", "step", "done", "", "a1"), COMMAND_WRONG_USE);
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
		cmocka_unit_test(only_an_id_stands_for_an_id),
		cmocka_unit_test(a_missing_program_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
