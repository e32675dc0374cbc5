#include "services/gateway/cli/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* Goal: rate and time left are true.  Method: a quarter done in ten seconds. */
static void rate_and_time_left_follow_from_what_is_done(void **unused)
{
	struct progress progress = { .what = "forms", .total = 1000, .began_ms = 500 };
	char line[PROGRESS_TEXT];

	(void)unused;
	progress.done = 250;
	progress_line(&progress, 10500, line);
	assert_string_equal(line, "250 of 1000 forms (25 %), 25 a second, 0:30 left");
	progress.done = 0;
	progress.refused = 1;
	progress_line(&progress, 500, line);
	assert_string_equal(line, "0 of 1000 forms (0 %), 0 a second, some refused");
	progress.total = 0;
	progress_line(&progress, 500, line);
	assert_non_null(strstr(line, "100 %"));
}

/* Goal: a pipe gets plain lines, and few.  Method: print into memory at several times. */
static void a_pipe_gets_a_plain_line_now_and_then(void **unused)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)unused;
	assert_non_null(out);
	struct progress progress = { .out = out, .what = "forms", .total = 10 };
	progress_show(&progress, 1, 0, PROGRESS_PLAIN_MS - 1);
	progress_show(&progress, 5, 0, PROGRESS_PLAIN_MS);
	progress_show(&progress, 6, 0, PROGRESS_PLAIN_MS + 1);
	progress_clear(&progress);
	fclose(out);
	assert_string_equal(text, "5 of 10 forms (50 %), 1 a second, 0:05 left\n");
	free(text);
}

/* Goal: a terminal gets one line that is written over.  Method: half done. */
static void a_terminal_gets_a_bar(void **unused)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)unused;
	assert_non_null(out);
	struct progress progress = {
		.out = out, .is_terminal = true, .what = "forms", .total = 10
	};
	progress_show(&progress, 5, 0, PROGRESS_TERMINAL_MS);
	fclose(out);
	assert_non_null(strstr(text, "[############............]"));
	assert_null(strchr(text, '\n'));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rate_and_time_left_follow_from_what_is_done),
		cmocka_unit_test(a_pipe_gets_a_plain_line_now_and_then),
		cmocka_unit_test(a_terminal_gets_a_bar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
