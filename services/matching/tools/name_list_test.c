/* Files of names: what is read, what is named and left. */
#include "services/matching/tools/name_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Reads a list from bytes, by a file that is gone behind it. */
static bool read_bytes(const char *bytes, size_t size, bool keep_first, struct name_list *list)
{
	char path[] = "build/name_list_XXXXXX"; /* tests run from the root of the tree */
	int fd = mkstemp(path);
	bool is_read;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	close(fd);
	is_read = name_list_read(path, keep_first, list);
	unlink(path);
	return is_read;
}

static void text_is(const struct name_list *list, uint32_t at, const char *text)
{
	assert_true(at < list->count);
	assert_int_equal(list->texts[at].size, strlen(text));
	assert_memory_equal(list->texts[at].data, text, strlen(text));
}

/* Goal: one name a line, as it was written.  Method: a BOM, CRLF, blanks, no end of line. */
static void a_line_is_a_name(void **unused)
{
	static const char file[] = "\xef\xbb\xbfSita Thapa\r\n\n  \nसीता थापा\nGita ";
	struct name_list list;

	(void)unused;
	assert_true(read_bytes(file, sizeof file - 1, false, &list));
	assert_int_equal(list.count, 3);
	assert_int_equal(list.bad, 0);
	text_is(&list, 0, "Sita Thapa");
	text_is(&list, 1, "सीता थापा");
	text_is(&list, 2, "Gita");
	assert_true(name_form_compare(&list.forms[0], &list.forms[1]) > 900);
	name_list_release(&list);
}

/* Goal: a bad line costs itself alone.  Method: no UTF-8, a tab, no letters, a NUL, too long. */
static void a_bad_line_is_left(void **unused)
{
	char *file = calloc(1, 2 * NAME_LIST_LINE_MAX);
	static const char bad[] = "A\xff\nSita\tThapa\n123\nB\0C\nGita\n";
	struct name_list list;

	(void)unused;
	assert_non_null(file);
	memcpy(file, bad, sizeof bad - 1);
	memset(file + sizeof bad - 1, 'k', NAME_LIST_LINE_MAX + 1);
	assert_true(read_bytes(file, sizeof bad + NAME_LIST_LINE_MAX, false, &list));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.bad, 5);
	text_is(&list, 0, "Gita");
	name_list_release(&list);
	free(file);
}

/* Goal: what stands twice is kept once, when asked.  Method: copies near and far; both ways. */
static void copies_are_left_out(void **unused)
{
	char file[4096] = "";
	size_t size = 0;
	struct name_list list;

	(void)unused;
	for (int i = 0; i < 300; i++)
		size += (size_t)snprintf(
			file + size, sizeof file - size, "name%c%c\n", 'a' + i % 10, 'a' + i % 7);
	assert_true(read_bytes(file, size, true, &list));
	assert_int_equal(list.count, 70);
	name_list_release(&list);
	assert_true(read_bytes(file, size, false, &list));
	assert_int_equal(list.count, 300);
	name_list_release(&list);
}

/* Goal: a file that cannot be read is said, not guessed.  Method: none, a folder, an empty one. */
static void what_cannot_be_read_is_said(void **unused)
{
	struct name_list list;

	(void)unused;
	assert_false(name_list_read("nowhere/at/all", false, &list));
	name_list_release(&list);
	assert_false(name_list_read(".", false, &list));
	name_list_release(&list);
	assert_true(read_bytes("", 0, true, &list));
	assert_int_equal(list.count, 0);
	name_list_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_name),
		cmocka_unit_test(a_bad_line_is_left),
		cmocka_unit_test(copies_are_left_out),
		cmocka_unit_test(what_cannot_be_read_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
