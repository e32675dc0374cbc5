/* Configuration: what wins, what is refused, and what a person is told. */
#include "common/base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct settings {
	const char *database;
	const char *keys;
	int64_t site;
	bool demo;
	bool quiet;
};

static const struct lg_option options[] = {
	{ "database", LG_OPTION_TEXT, offsetof(struct settings, database), NULL, 0, 0,
		"connection string" },
	{ "keys", LG_OPTION_TEXT, offsetof(struct settings, keys), "keys", 0, 0, "folder of keys" },
	{ "site", LG_OPTION_INT, offsetof(struct settings, site), "1", 1, 65535,
		"number of the site" },
	{ "demo", LG_OPTION_FLAG, offsetof(struct settings, demo), "no", 0, 0,
		"keys without password" },
	{ "quiet", LG_OPTION_FLAG, offsetof(struct settings, quiet), "yes", 0, 0, "say less" },
	{ .name = NULL },
};

#define ARGUMENTS_MAX 8

struct attempt {
	struct lg_arena *arena;
	char path[32];
	struct settings settings;
	struct lg_status status;
	const char *problem;
};

/*
 * Reads [intake] of a file with this text (NULL: no file) and arguments parted by spaces.
 */
static struct attempt attempt(const char *text, const char *line)
{
	struct attempt a = { .arena = lg_arena_new(), .path = "config-XXXXXX" };
	char *argv[ARGUMENTS_MAX + 1] = { lg_copy_text(a.arena, "lg-intake") };
	char *rest = lg_copy_text(a.arena, line);
	int argc = 1;

	for (char *next; rest != NULL && *rest != '\0'; rest = next) {
		next = strchr(rest, ' ');
		if (next != NULL)
			*next++ = '\0';
		assert_true(argc < ARGUMENTS_MAX);
		argv[argc++] = rest;
	}
	if (text != NULL) {
		int file = mkstemp(a.path);

		assert_true(file >= 0);
		assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
		close(file);
	}
	a.status = lg_config_read(a.arena, options, "intake", text == NULL ? NULL : a.path, argc,
		argv, &a.settings, &a.problem);
	if (text != NULL)
		unlink(a.path);
	return a;
}

/* The problem must begin with the path and end with this. */
static void assert_file_problem(const char *text, const char *expected)
{
	struct attempt a = attempt(text, "--database x");

	assert_int_equal(a.status.outcome, LG_REFUSED);
	assert_memory_equal(a.problem, a.path, strlen(a.path));
	assert_string_equal(a.problem + strlen(a.path), expected);
	lg_arena_free(a.arena);
}

static void assert_argument_problem(const char *line, const char *expected)
{
	struct attempt a = attempt(NULL, line);

	assert_int_equal(a.status.outcome, LG_REFUSED);
	assert_string_equal(a.problem, expected);
	lg_arena_free(a.arena);
}

/* Goal: the command line wins over the file, the file over the default.  Method: one option that
 * is given in no, one and both places. */
static void command_line_wins_over_file_over_default(void **unused)
{
	static const char file[] = "; a comment\n[intake]\ndatabase = dbname=lg user=intake\n"
				   "site = 7\nquiet = off\n\n[referral]\nsite = 9\nunknown = 1\n";
	struct attempt a = attempt(file, "--site 8 --demo");
	struct attempt b = attempt(file, "");

	(void)unused;
	assert_true(lg_is_done(a.status));
	assert_string_equal(a.settings.database, "dbname=lg user=intake");
	assert_string_equal(a.settings.keys, "keys");
	assert_int_equal(a.settings.site, 8);
	assert_true(a.settings.demo);
	assert_false(a.settings.quiet);
	assert_true(lg_is_done(b.status));
	assert_int_equal(b.settings.site, 7);
	assert_false(b.settings.demo);
	lg_arena_free(a.arena);
	lg_arena_free(b.arena);
}

/* Goal: both spellings of an argument work, and a value may hold an equals sign or be empty. */
static void arguments_are_read_in_both_spellings(void **unused)
{
	struct attempt a = attempt(NULL, "--database=dbname=lg --keys= --site=65535");
	struct attempt b = attempt(NULL, "--keys --demo --database x");

	(void)unused;
	assert_true(lg_is_done(a.status));
	assert_string_equal(a.settings.database, "dbname=lg");
	assert_string_equal(a.settings.keys, "");
	assert_int_equal(a.settings.site, 65535);
	assert_true(lg_is_done(b.status));
	assert_string_equal(b.settings.keys, "--demo"); /* a value is whatever stands there */
	assert_false(b.settings.demo);
	lg_arena_free(a.arena);
	lg_arena_free(b.arena);
}

/* Goal: a wrong argument is told in one line.  Method: each fault, its whole text. */
static void wrong_arguments_are_told(void **unused)
{
	(void)unused;
	assert_argument_problem("", "database is not set: give --database");
	assert_argument_problem("--database", "--database needs a value");
	assert_argument_problem(
		"--database x --site 0", "--site is a whole number from 1 to 65535");
	assert_argument_problem(
		"--database x --site 65536", "--site is a whole number from 1 to 65535");
	assert_argument_problem(
		"--database x --site=1x", "--site is a whole number from 1 to 65535");
	assert_argument_problem("--database x --demo=no", "--demo takes no value");
	assert_argument_problem("--database x --sit 1",
		"there is no option --sit: see --help for those that there are");
	assert_argument_problem("--databases=x",
		"there is no option --databases: see --help for those that there are");
	assert_argument_problem(
		"--database x site", "site: an option is expected, with -- in front; see --help");
}

/* Goal: a wrong file is told with its line.  Method: each fault, its whole text. */
static void wrong_files_are_told_with_their_line(void **unused)
{
	(void)unused;
	assert_file_problem("[intake]\nsit = 1\n",
		":2: there is no option sit: see --help for those that there are");
	assert_file_problem("[intake]\n\nsite = 0\n", ":3: site is a whole number from 1 to 65535");
	assert_file_problem("[intake]\ndemo = perhaps\nsit = 1\n", ":2: demo is yes or no");
	assert_file_problem("[intake]\nsite\n", ":2: neither [section] nor name = value");
	assert_file_problem("[intake\nsite = 1\n", ":1: neither [section] nor name = value");
	assert_file_problem(
		"site = 1\n", ":1: a name stands before the first [section]: move it into one");
	assert_file_problem("[intake]\nsite = 1\nsite = 2\n", ":3: site stands twice: remove one");
	assert_file_problem("[intake]\nkeys = a\n  b\n", ":3: keys stands twice: remove one");
}

/* Goal: what must be given may come from the file, and the text says where.  Method: leave it out. */
static void missing_values_are_told_with_their_place(void **unused)
{
	struct attempt a = attempt("[intake]\nsite = 2\n", "");

	(void)unused;
	assert_int_equal(a.status.outcome, LG_REFUSED);
	assert_string_equal(a.problem,
		lg_format(a.arena,
			"database is not set: write it under [intake] in %s, or give --database",
			a.path));
	lg_arena_free(a.arena);
}

/* Goal: a long line is never cut in silence.  Method: both sides of the limit. */
static void too_long_a_line_is_refused(void **unused)
{
	char text[256];

	(void)unused;
	for (size_t length = 190; length <= 210; length++) {
		struct attempt a;

		memset(text, 'x', sizeof text);
		memcpy(text, "[intake]\ndatabase=", 18);
		text[9 + length] = '\n';
		text[9 + length + 1] = '\0';
		a = attempt(text, "");
		assert_int_equal(lg_is_done(a.status), length <= 198);
		if (lg_is_done(a.status))
			assert_int_equal(strlen(a.settings.database), length - 9);
		else
			assert_non_null(strstr(a.problem, ":2: the line is too long"));
		lg_arena_free(a.arena);
	}
}

/* Goal: a file that is not there is told.  Method: name one. */
static void missing_file_is_told(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct settings settings;
	const char *problem = NULL;

	(void)unused;
	assert_int_equal(lg_config_read(arena, options, "intake", "no-such-folder/site.ini", 0,
				 NULL, &settings, &problem)
				 .outcome,
		LG_REFUSED);
	assert_string_equal(
		problem, "no-such-folder/site.ini cannot be read: No such file or directory");
	assert_int_equal(
		lg_config_read(arena, options, "intake", ".", 0, NULL, &settings, &problem).outcome,
		LG_REFUSED);
	assert_string_equal(problem, ". cannot be read");
	lg_arena_free(arena);
}

/* Goal: --help shows every option with its default, aligned.  Method: the whole text. */
static void help_is_aligned(void **unused)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)unused;
	assert_non_null(out);
	lg_config_help(out, options);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "  --database TEXT  connection string (must be given)\n"
				  "  --keys TEXT      folder of keys (keys)\n"
				  "  --site NUMBER    number of the site (1)\n"
				  "  --demo           keys without password (no)\n"
				  "  --quiet          say less (yes)\n");
	free(text);
}

static void the_file_is_found_in_the_command_line(void **unused)
{
	char *const apart[] = { "lg-intake", "--demo", "--config", "a.conf", NULL },
		    *const joined[] = { "lg-intake", "--config=b.conf", NULL },
		    *const nothing_behind[] = { "lg-intake", "--config", NULL },
		    *const other[] = { "lg-intake", "--configure", "c.conf", NULL };

	(void)unused;
	assert_string_equal(lg_config_path(4, apart), "a.conf");
	assert_string_equal(lg_config_path(2, joined), "b.conf");
	assert_null(lg_config_path(2, nothing_behind));
	assert_null(lg_config_path(3, other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_line_wins_over_file_over_default),
		cmocka_unit_test(arguments_are_read_in_both_spellings),
		cmocka_unit_test(wrong_arguments_are_told),
		cmocka_unit_test(wrong_files_are_told_with_their_line),
		cmocka_unit_test(missing_values_are_told_with_their_place),
		cmocka_unit_test(too_long_a_line_is_refused),
		cmocka_unit_test(missing_file_is_told),
		cmocka_unit_test(help_is_aligned),
		cmocka_unit_test(the_file_is_found_in_the_command_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
