/* The log: one line of JSON per event, whole, whatever is in it. */
#include "common/base/log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct caught {
	FILE *file;
	int kept_stderr;
	char text[8192];
};

static void catch_begin(struct caught *caught)
{
	caught->file = tmpfile();
	assert_non_null(caught->file);
	caught->kept_stderr = dup(STDERR_FILENO);
	assert_true(dup2(fileno(caught->file), STDERR_FILENO) >= 0);
}

static void catch_end(struct caught *caught)
{
	size_t size;

	assert_true(dup2(caught->kept_stderr, STDERR_FILENO) >= 0);
	close(caught->kept_stderr);
	rewind(caught->file);
	size = fread(caught->text, 1, sizeof caught->text - 1, caught->file);
	caught->text[size] = '\0';
	fclose(caught->file);
}

/* The line behind its time, whose shape is looked at here. */
static const char *behind_time(const char *line)
{
	char text[LG_TIME_TEXT];
	lg_ms time;

	assert_memory_equal(line, "{\"time\":\"", 9);
	memcpy(text, line + 9, LG_TIME_TEXT - 1);
	text[LG_TIME_TEXT - 1] = '\0';
	assert_true(lg_is_done(lg_time_parse(text, &time)));
	assert_true(time > 1600000000 * LG_SECOND_MS);
	return line + 9 + LG_TIME_TEXT - 1;
}

/* Goal: a line says level, service, event and its typed fields.  Method: one of each kind. */
static void a_line_has_its_fields(void **unused)
{
	struct caught caught;

	(void)unused;
	lg_log_open("lg-test");
	catch_begin(&caught);
	lg_warn("batch rolled back", lg_f_id("case", lg_id_make(1, 2, 3)), lg_f_int("rows", -7),
		lg_f_literal("state", "40001"), lg_f_literal("none", NULL));
	catch_end(&caught);
	assert_string_equal(behind_time(caught.text),
		"\",\"level\":\"warn\",\"service\":\"lg-test\",\"event\":\"batch rolled back\","
		"\"case\":\"00010000000000020000000000000003\",\"rows\":-7,\"state\":\"40001\","
		"\"none\":null}\n");
}

/* Goal: a line without fields is a line.  Method: each level. */
static void fields_may_be_left_out(void **unused)
{
	struct caught caught;

	(void)unused;
	lg_log_open("lg-test");
	catch_begin(&caught);
	lg_info("started");
	lg_error("stopped");
	catch_end(&caught);
	assert_non_null(strstr(caught.text, "\"level\":\"info\",\"service\":\"lg-test\","
					    "\"event\":\"started\"}\n{\"time\""));
	assert_non_null(strstr(caught.text, "\"level\":\"error\""));
}

/* Goal: nothing in a field breaks the line.  Method: quotes, a line end, a byte above ASCII. */
static void a_literal_cannot_break_the_line(void **unused)
{
	struct caught caught;

	(void)unused;
	catch_begin(&caught);
	lg_info("odd", lg_f_literal("text", "a\"b\\c\nd\xff"));
	catch_end(&caught);
	assert_non_null(strstr(caught.text, "\"text\":\"a\\\"b\\\\c?d?\"}\n"));
}

/* Goal: a line is bounded, and what does not fit is left out whole.  Method: a field that is too
 * long between two that fit; then fields up to every length around the limit. */
static void what_does_not_fit_is_left_out(void **unused)
{
	static char filler[2100];
	struct caught caught;

	(void)unused;
	memset(filler, 'x', sizeof filler - 1);
	catch_begin(&caught);
	lg_info("long", lg_f_int("before", 1), lg_f_literal("filler", filler),
		lg_f_int("after", 2));
	catch_end(&caught);
	assert_non_null(strstr(caught.text, "\"before\":1,\"after\":2,\"cut\":true}\n"));

	for (size_t length = 1850; length < 2050; length++) {
		const char *whole = filler + sizeof filler - 1 - length;
		size_t size;

		catch_begin(&caught);
		lg_info("edge", lg_f_literal("filler", whole));
		catch_end(&caught);
		size = strlen(caught.text);
		assert_true(size <= 2048);
		assert_string_equal(caught.text + size - 2, "}\n");
		assert_int_equal(strstr(caught.text, whole) == NULL,
			strstr(caught.text, ",\"cut\":true") != NULL);
	}
}

/* Goal: who reports a failure can still ask which.  Method: errno, with standard error closed. */
static void errno_survives(void **unused)
{
	int kept = dup(STDERR_FILENO);

	(void)unused;
	close(STDERR_FILENO);
	errno = ENOENT;
	lg_error("no such file");
	assert_int_equal(errno, ENOENT);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_its_fields),
		cmocka_unit_test(fields_may_be_left_out),
		cmocka_unit_test(a_literal_cannot_break_the_line),
		cmocka_unit_test(what_does_not_fit_is_left_out),
		cmocka_unit_test(errno_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
