#include "common/watch/harden.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int harden(void **unused)
{
	(void)unused;
	lg_harden();
	return 0;
}

/* Goal: no core is written, ever.  Method: ask the kernel, and try to raise the limit again. */
static void no_core_is_written(void **unused)
{
	struct rlimit limit;

	(void)unused;
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
	assert_int_equal(limit.rlim_max, 0);
}

/* Goal: nobody of the same account reads our memory.  Method: ask the kernel. */
static void memory_is_not_dumpable(void **unused)
{
	(void)unused;
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
}

/* Goal: files are ours alone.  Method: the mask that a new file would get. */
static void new_files_are_our_own(void **unused)
{
	mode_t mask = umask(0);

	(void)unused;
	umask(mask);
	assert_int_equal(mask, 077);
}

/* Goal: a peer that hangs up kills nobody.  Method: write into a pipe that nobody reads. */
static void a_broken_pipe_is_an_error_not_a_death(void **unused)
{
	int ends[2];

	(void)unused;
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(write(ends[1], "x", 1), -1);
	close(ends[1]);
}

/* Goal: a crash of a hardened process leaves no core.  Method: a child aborts; wait tells. */
static void a_crash_leaves_no_core(void **unused)
{
	int status = 0;
	pid_t child = fork();

	(void)unused;
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		kill(getpid(), SIGABRT);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_false(WCOREDUMP(status));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_core_is_written),
		cmocka_unit_test(memory_is_not_dumpable),
		cmocka_unit_test(new_files_are_our_own),
		cmocka_unit_test(a_broken_pipe_is_an_error_not_a_death),
		cmocka_unit_test(a_crash_leaves_no_core),
	};

	return cmocka_run_group_tests(tests, harden, NULL);
}
