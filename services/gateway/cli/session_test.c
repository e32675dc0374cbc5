#include "services/gateway/cli/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PATH_SIZE 512

/* A folder of its own, where the session would be kept. */
static int make_folder(void **state)
{
	char *folder = calloc(1, PATH_SIZE);

	assert_non_null(folder);
	snprintf(folder, PATH_SIZE, "%s/lifeguard-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(folder));
	unsetenv("LIFEGUARD_TOKEN_FILE");
	setenv("XDG_STATE_HOME", folder, 1);
	*state = folder;
	return 0;
}

static int remove_folder(void **state)
{
	char path[2 * PATH_SIZE];

	snprintf(path, sizeof path, "%s/lifeguard/token", (char *)*state);
	unlink(path);
	snprintf(path, sizeof path, "%s/lifeguard", (char *)*state);
	rmdir(path);
	snprintf(path, sizeof path, "%s/secret", (char *)*state);
	unlink(path);
	assert_int_equal(rmdir(*state), 0); /* nothing else was left behind */
	free(*state);
	return 0;
}

static mode_t mode_of(const char *path)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 0777;
}

/* Goal: a token is kept for its owner alone.  Method: save twice, load, look at the modes. */
static void a_token_is_kept_for_its_owner_alone(void **state)
{
	struct lg_arena *arena = lg_arena_new();
	char path[2 * PATH_SIZE];

	umask(0);
	assert_null(session_load(arena));
	assert_true(lg_is_done(session_save(arena, "0123abcd")));
	assert_string_equal(session_load(arena), "0123abcd");
	assert_true(lg_is_done(session_save(arena, "ffff")));
	assert_string_equal(session_load(arena), "ffff");
	snprintf(path, sizeof path, "%s/lifeguard/token", (char *)*state);
	assert_string_equal(session_path(arena), path);
	assert_int_equal(mode_of(path), 0600);
	snprintf(path, sizeof path, "%s/lifeguard", (char *)*state);
	assert_int_equal(mode_of(path), 0700);
	lg_arena_free(arena);
}

/* Goal: a password file that others may read is none.  Method: both modes. */
static void a_secret_that_others_may_read_is_refused(void **state)
{
	char path[2 * PATH_SIZE], secret[SESSION_SECRET_MAX + 1] = "";

	snprintf(path, sizeof path, "%s/secret", (char *)*state);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("correct horse\r\nsecond line\n", file);
	fclose(file);
	chmod(path, 0640);
	assert_false(lg_is_done(session_read_secret("p", path, false, secret)));
	chmod(path, 0600);
	assert_true(lg_is_done(session_read_secret("p", path, false, secret)));
	assert_string_equal(secret, "correct horse");
}

/* Goal: a secret has a length.  Method: empty, the longest, one byte more; and no file. */
static void a_secret_is_bounded(void **state)
{
	char path[2 * PATH_SIZE], secret[SESSION_SECRET_MAX + 1] = "";

	snprintf(path, sizeof path, "%s/secret", (char *)*state);
	assert_false(lg_is_done(session_read_secret("p", path, false, secret)));
	for (int size = 0; size <= SESSION_SECRET_MAX + 1; size++) {
		if (size > 1 && size < SESSION_SECRET_MAX)
			continue;
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fprintf(file, "%0*d\n", size, 0);
		fclose(file);
		if (size == 0)
			assert_int_equal(truncate(path, 0), 0);
		chmod(path, 0600);
		assert_int_equal(lg_is_done(session_read_secret("p", path, false, secret)),
			size >= 1 && size <= SESSION_SECRET_MAX);
	}
}

/* --- at a terminal -------------------------------------------------------------------------- */

struct typing {
	int terminal;
	pid_t child;
};

/* Somebody who is asked for a password at a terminal of his own. */
static struct typing begin_typing(void)
{
	struct typing typing;
	char text[SESSION_SECRET_MAX + 1] = "";

	typing.child = forkpty(&typing.terminal, NULL, NULL, NULL);
	assert_true(typing.child >= 0);
	if (typing.child == 0) {
		struct lg_status status = session_read_secret("p", NULL, false, text);
		char next = '\0';
		bool is_next = read(STDIN_FILENO, &next, 1) == 1 && next == '+';

		_exit(lg_is_done(status) ? 10 : is_next ? 20 : 30);
	}
	return typing;
}

static struct termios modes_of(const struct typing *typing)
{
	struct termios modes;

	assert_int_equal(tcgetattr(typing->terminal, &modes), 0);
	return modes;
}

/* The prompt is there, and what is typed from now on is not shown. */
static void wait_for_prompt(const struct typing *typing)
{
	char prompt[64] = "";
	size_t used = 0;

	while (strchr(prompt, ':') == NULL && used < sizeof prompt - 1)
		used += read(typing->terminal, prompt + used, 1) == 1;
	while ((modes_of(typing).c_lflag & ECHO) != 0)
		continue;
}

static void type(const struct typing *typing, const char *text)
{
	assert_int_equal(write(typing->terminal, text, strlen(text)), (ssize_t)strlen(text));
}

static int end_of(const struct typing *typing)
{
	char shown[1024];
	int status;

	while (read(typing->terminal, shown, sizeof shown) > 0)
		continue;
	assert_int_equal(waitpid(typing->child, &status, 0), typing->child);
	return status;
}

/*
 * Goal: Ctrl-C at a password leaves a terminal that shows what is typed.  Method: a terminal of its
 * own, a key after half a password; the program has died of it, and echo is on again.
 */
static void ctrl_c_gives_the_echo_back(void **state)
{
	struct typing typing = begin_typing();

	(void)state;
	wait_for_prompt(&typing);
	type(&typing, "half\003");
	while ((modes_of(&typing).c_lflag & ECHO) == 0)
		continue;
	int status = end_of(&typing);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	close(typing.terminal);
}

/*
 * Goal: what was typed too much is no command of the shell that comes behind.  Method: a password
 * longer than the longest; the next that is read is what was typed after it.
 */
static void what_is_too_long_is_not_left_behind(void **state)
{
	struct typing typing = begin_typing();
	char text[SESSION_SECRET_MAX + 64] = "";

	(void)state;
	memset(text, 'x', SESSION_SECRET_MAX + 40);
	strncat(text, "\n", 2);
	wait_for_prompt(&typing);
	type(&typing, text);
	while ((modes_of(&typing).c_lflag & ECHO) == 0)
		continue;
	type(&typing, "+\n");
	int status = end_of(&typing);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 20);
	close(typing.terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_token_is_kept_for_its_owner_alone, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			a_secret_that_others_may_read_is_refused, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(a_secret_is_bounded, make_folder, remove_folder),
		cmocka_unit_test(ctrl_c_gives_the_echo_back),
		cmocka_unit_test(what_is_too_long_is_not_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
