/*
 * Goal: names come in whole or not at all, and only from where nobody else may read them.
 * Method: files of every kind; what is said of a wrong one is looked at for what it holds.
 */
#include "services/gateway/cli/journey/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Reads a file with this text and these rights; ret_said: what was complained. */
static json_t *read_file(const void *text, size_t size, mode_t rights, char ret_said[512])
{
	struct lg_arena *arena = lg_arena_new();
	FILE *said = tmpfile();
	char path[] = "build/identity_XXXXXX";
	int fd = mkstemp(path), before = dup(STDERR_FILENO);
	json_t *identity;

	assert_non_null(said);
	assert_int_equal(write(fd, text, size), size);
	assert_int_equal(fchmod(fd, rights), 0);
	close(fd);
	fflush(stderr);
	dup2(fileno(said), STDERR_FILENO);
	identity = identity_read(arena, path);
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	unlink(path);
	rewind(said);
	ret_said[fread(ret_said, 1, 511, said)] = '\0';
	fclose(said);
	lg_arena_free(arena);
	return identity;
}

static void each_line_is_a_field(void **unused)
{
	static const char text[] =
		"name: Sita Thapa\r\nname:\tसीता\n\nphone: 98\naddress: Butwal 4";
	json_t *expected = json_pack("{s:[s,s], s:[s], s:s}", "names", "Sita Thapa", "सीता",
		"phones", "98", "address", "Butwal 4");
	char said[512];
	json_t *identity = read_file(text, sizeof text - 1, 0600, said);

	(void)unused;
	assert_true(json_equal(identity, expected));
	assert_string_equal(said, "");
	json_decref(identity);
	json_decref(expected);
}

static void what_others_may_read_is_not_read(void **unused)
{
	static const mode_t rights[] = { 0640, 0604, 0620 };
	char said[512];

	(void)unused;
	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++) {
		assert_null(read_file("name: Sita", 10, rights[i], said));
		assert_non_null(strstr(said, "chmod 600"));
		assert_null(strstr(said, "Sita"));
	}
}

static void a_wrong_line_is_named_by_its_number_alone(void **unused)
{
	static const char wrong[] = "name: Sita\nnickname: Gita\n";
	char said[512];

	(void)unused;
	assert_null(read_file(wrong, sizeof wrong - 1, 0600, said));
	assert_non_null(strstr(said, "line 2"));
	assert_null(strstr(said, "Gita"));
	assert_null(
		read_file("phone: 98\nname: \n", 17, 0600, said)); /* nor is an empty one kept */
	assert_non_null(strstr(said, "line 2"));
	assert_null(read_file("name: \xff", 7, 0600, said));
	assert_non_null(strstr(said, "UTF-8"));
}

/* On both sides of the most that a file may have. */
static void a_file_has_a_bound(void **unused)
{
	char text[8193], said[512];
	json_t *identity;

	(void)unused;
	memset(text, ' ', sizeof text);
	memcpy(text, "name: S", 7);
	identity = read_file(text, sizeof text - 1, 0600, said);
	assert_non_null(identity);
	json_decref(identity);
	assert_null(read_file(text, sizeof text, 0600, said));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_a_field),
		cmocka_unit_test(what_others_may_read_is_not_read),
		cmocka_unit_test(a_wrong_line_is_named_by_its_number_alone),
		cmocka_unit_test(a_file_has_a_bound),
	};

	return cmocka_run_group_tests_name("cli/journey/identity", tests, NULL, NULL);
}
