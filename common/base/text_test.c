/* Text: what is well-formed, what is equal, what is a number. */
#include "common/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Writes the sequence of a code point as RFC 3629 has it; returns its size. */
static size_t encode(uint32_t point, uint8_t ret_bytes[4])
{
	if (point < 0x80) {
		ret_bytes[0] = (uint8_t)point;
		return 1;
	}
	if (point < 0x800) {
		ret_bytes[0] = (uint8_t)(0xc0 | point >> 6);
		ret_bytes[1] = (uint8_t)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		ret_bytes[0] = (uint8_t)(0xe0 | point >> 12);
		ret_bytes[1] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
		ret_bytes[2] = (uint8_t)(0x80 | (point & 0x3f));
		return 3;
	}
	ret_bytes[0] = (uint8_t)(0xf0 | point >> 18);
	ret_bytes[1] = (uint8_t)(0x80 | (point >> 12 & 0x3f));
	ret_bytes[2] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
	ret_bytes[3] = (uint8_t)(0x80 | (point & 0x3f));
	return 4;
}

/* Goal: exactly the code points but NUL and surrogates are well-formed.  Method: all of them, and
 * those behind the last. */
static void every_code_point_is_judged_rightly(void **unused)
{
	(void)unused;
	for (uint32_t point = 0; point < 0x120000; point++) {
		uint8_t bytes[4];
		size_t size = encode(point, bytes);
		bool is_good = point != 0 && (point < 0xd800 || point > 0xdfff) && point < 0x110000;

		if (lg_text_is_valid(lg_bytes(bytes, size)) != is_good)
			fail_msg("code point %x", point);
	}
}

/* Goal: longer forms, cut sequences and stray bytes are found where they are.  Method: each behind
 * good text, in memory that ends with the text, so that a read past its end is seen. */
static void first_bad_byte_is_found(void **unused)
{
	static const struct {
		const char *text;
		size_t size, first_bad;
	} row[] = {
		{ "", 0, 0 },
		{ "Raxaul", 6, 6 },
		{ "\xe0\xa4\xb8\xe0\xa5\x80", 6, 6 },
		{ "ab\0c", 4, 2 },
		{ "ab\xc0\x80", 4, 2 },
		{ "ab\xc1\xbf", 4, 2 },
		{ "ab\xe0\x80\x80", 5, 2 },
		{ "ab\xe0\x9f\xbf", 5, 2 },
		{ "ab\xf0\x80\x80\x80", 6, 2 },
		{ "ab\xf0\x8f\xbf\xbf", 6, 2 },
		{ "ab\xed\xa0\x80", 5, 2 },
		{ "ab\xf4\x90\x80\x80", 6, 2 },
		{ "ab\xf5\x80\x80\x80", 6, 2 },
		{ "ab\xff", 3, 2 },
		{ "ab\x80", 3, 2 },
		{ "ab\xc3", 3, 2 },
		{ "ab\xe2\x82", 4, 2 },
		{ "ab\xf0\x9f\x98", 5, 2 },
		{ "ab\xe2\x82g", 5, 2 },
		{ "ab\xf0\x9f\x98g", 6, 2 },
		{ "ab\xc3(", 4, 2 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		uint8_t *exact = test_malloc(row[i].size + 1);
		struct lg_bytes text = lg_bytes(exact + 1, row[i].size);

		memcpy(exact + 1, row[i].text, row[i].size);
		assert_int_equal(lg_text_first_bad(text), row[i].first_bad);
		assert_int_equal(lg_text_is_valid(text), row[i].first_bad == row[i].size);
		test_free(exact);
	}
	/* ASCII is passed over by eight bytes: the same behind so many that are good */
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		for (size_t before = 1; before <= 17; before++) {
			size_t size = before + row[i].size;
			uint8_t *text = test_malloc(size);

			memset(text, 0x7f, before);
			memcpy(text + before, row[i].text, row[i].size);
			assert_int_equal(
				lg_text_first_bad(lg_bytes(text, size)), before + row[i].first_bad);
			test_free(text);
		}
	assert_true(lg_text_is_valid(lg_bytes(NULL, 0)));
}

/* Goal: only ASCII letters fold.  Method: pairs that do and do not. */
static void ascii_letters_fold(void **unused)
{
	(void)unused;
	assert_true(lg_text_equal_fold("", ""));
	assert_true(lg_text_equal_fold("SUNAULI", "sunauli"));
	assert_true(lg_text_equal_fold("aZ09_", "Az09_"));
	assert_false(lg_text_equal_fold("sunauli", "sunaul"));
	assert_false(lg_text_equal_fold("sunaul", "sunauli"));
	assert_false(lg_text_equal_fold("", "a"));
	assert_false(lg_text_equal_fold("@[", "`{"));
	assert_false(lg_text_equal_fold("\xc3\x89", "\xc3\xa9"));
}

static void assert_number(const char *text, int64_t expected)
{
	int64_t value = 1;

	assert_true(lg_is_done(lg_int_parse(text, &value)));
	assert_int_equal(value, expected);
}

/* Goal: whole numbers of 64 bits are read, nothing else is.  Method: both sides of each limit. */
static void numbers_are_whole_and_fit(void **unused)
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "--1", "1.0", "0x10", "1e3",
		"9223372036854775808", "-9223372036854775809", "99999999999999999999", "a", "1a" };
	int64_t value = 77;

	(void)unused;
	assert_number("0", 0);
	assert_number("-0", 0);
	assert_number("007", 7);
	assert_number("-12", -12);
	assert_number("9223372036854775807", INT64_MAX);
	assert_number("-9223372036854775808", INT64_MIN);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(lg_int_parse(bad[i], &value).outcome, LG_REFUSED);
	assert_int_equal(value, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_judged_rightly),
		cmocka_unit_test(first_bad_byte_is_found),
		cmocka_unit_test(ascii_letters_fold),
		cmocka_unit_test(numbers_are_whole_and_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
