#include "common/json/if_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum lg_match compare(const char *text, uint64_t version)
{
	return lg_if_match(lg_bytes(text, strlen(text)), version);
}

/*
 * Goal: If-Match is read as RFC 9110 writes it.  Method: headers that name version 7, that name
 * others, and that are none.
 */
static void if_match_is_read_as_it_is_written(void **unused)
{
	static const char *const named[] = { "\"7\"", "\"7.0a1b\"", "*", " * ", "\"6.a\", \"7.b\"",
		"\"7\",", ",\"7\"", "W/\"7\",\"7\"", "\"a,b\" , \"7.x\"", "\"\",\"7\"" };
	static const char *const other[] = { "\"6\"", "\"8.7\"", "\"77\"", "W/\"7\"", "W/\"7.a\"",
		"\"\"", "\"x7\"", "\"7x\"", "\"-7\"", "\"18446744073709551623\"",
		"\"99999999999999999999999\"", "\"6\",\"8\"", "\"a,7\"", "\".7\"" };
	static const char *const none[] = { "", ",", " ", "7", "\"7", "7\"", "\"7\" \"7\"", "*,*",
		"*,\"7\"", "\"7\",*", "w/\"7\"", "W\"7\"", "\"7\"x", "\"a b\"", "\"\x7f\"", "W/" };

	(void)unused;
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
		assert_int_equal(compare(named[i], 7), LG_MATCH_NAMED);
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		assert_int_equal(compare(other[i], 7), LG_MATCH_OTHER);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(compare(none[i], 7), LG_MATCH_MALFORMED);
}

/* Goal: what is not there has no version, whatever is asked.  Method: version 0. */
static void what_is_not_there_is_not_named(void **unused)
{
	(void)unused;
	assert_int_equal(compare("*", 0), LG_MATCH_OTHER);
	assert_int_equal(compare("\"0\"", 0), LG_MATCH_OTHER);
	assert_int_equal(compare("\"x\"", 0), LG_MATCH_OTHER);
	assert_int_equal(compare("\"18446744073709551610\"", UINT64_MAX), LG_MATCH_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(if_match_is_read_as_it_is_written),
		cmocka_unit_test(what_is_not_there_is_not_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
