#include "services/gateway/tag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#define BODY lg_bytes("{\"a\":1}", 7)

/* Goal: a tag tells bodies apart, under its key alone.  Method: another body, another key. */
static void a_tag_tells_bodies_apart(void **unused)
{
	uint8_t key[TAG_KEY_SIZE], other_key[TAG_KEY_SIZE];
	char tag[TAG_TEXT], again[TAG_TEXT], other[TAG_TEXT];

	(void)unused;
	tag_key_make(lg_bytes("one secret of a site, 32 bytes..", 32), key);
	tag_key_make(lg_bytes("another secret of it, 32 bytes..", 32), other_key);
	tag_make(key, 3, BODY, tag);
	tag_make(key, 3, BODY, again);
	assert_string_equal(tag, again);
	assert_int_equal(strlen(tag), 1 + 2 + 32 + 1);
	assert_memory_equal(tag, "\"3.", 3);
	assert_int_equal(tag[strlen(tag) - 1], '"');
	tag_make(key, UINT64_MAX, BODY, other);
	assert_int_equal(strlen(other), TAG_TEXT - 1);
	tag_make(key, 0, BODY, other);
	assert_int_equal(strlen(other), 34);
	tag_make(key, 4, BODY, other);
	assert_string_not_equal(tag, other);
	tag_make(key, 3, lg_bytes("{\"a\":2}", 7), other);
	assert_string_not_equal(tag, other);
	tag_make(other_key, 3, BODY, other);
	assert_string_not_equal(tag, other);
}

/* Goal: If-None-Match is read as RFC 9110 writes it.  Method: texts that name it and that do not. */
static void a_tag_is_found_in_a_list(void **unused)
{
	static const char *const named[] = { "\"ab\"", "*", "W/\"ab\"", "\"x\", \"ab\"",
		" \"x\",W/\"ab\" ", "\"ab\",", "\"x\"\t,\t*" };
	static const char *const other[] = { "", ",", "ab", "\"a\"", "\"abc\"", "W/", "\"ab",
		"\"x\",\"y\"", "w/\"ab\"" };

	(void)unused;
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
		assert_true(tag_is_named("\"ab\"", named[i]));
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		assert_false(tag_is_named("\"ab\"", other[i]));
	assert_false(tag_is_named("\"ab\"", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_tells_bodies_apart),
		cmocka_unit_test(a_tag_is_found_in_a_list),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
