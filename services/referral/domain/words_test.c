/* Lists of codes. */
#include "services/referral/domain/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Goal: a word is found whole, never as a part.  Method: first, last, only, parts, empty lists. */
static void a_word_is_found_whole(void **unused)
{
	(void)unused;
	assert_true(words_have("shelter legal", "shelter"));
	assert_true(words_have("shelter legal", "legal"));
	assert_true(words_have("legal", "legal"));
	assert_false(words_have("shelter legal", "leg"));
	assert_false(words_have("shelter", "shelter_home"));
	assert_false(words_have("", "legal"));
	assert_false(words_have("", ""));
}

/* Goal: all that is wanted is there, or not.  Method: none, some, all, one too many. */
static void all_that_is_wanted_is_there_or_not(void **unused)
{
	(void)unused;
	assert_true(words_have_all("a b c", ""));
	assert_true(words_have_all("a b c", "c a"));
	assert_false(words_have_all("a b c", "c d"));
	assert_false(words_have_all("", "a"));
	assert_int_equal(words_count(""), 0);
	assert_int_equal(words_count("a b  c "), 3);
}

/* Goal: a code is short and plain.  Method: both sides of the limit, and other letters. */
static void a_code_is_short_and_plain(void **unused)
{
	(void)unused;
	assert_true(word_is_code("maiti_1"));
	assert_true(word_is_code("abcdefghijklmnopqrstuvwxyz012345"));
	assert_false(word_is_code("abcdefghijklmnopqrstuvwxyz0123456"));
	assert_false(word_is_code(""));
	assert_false(word_is_code("Maiti"));
	assert_false(word_is_code("a b"));
}

/* Goal: a word above the limit does no harm.  Method: it is cut, and what follows is read. */
static void a_word_too_long_is_cut(void **unused)
{
	(void)unused;
	const char *list = "abcdefghijklmnopqrstuvwxyz0123456789 next";
	char word[WORD_MAX + 1];

	assert_true(words_next(&list, word));
	assert_int_equal(strlen(word), WORD_MAX);
	assert_true(words_next(&list, word));
	assert_string_equal(word, "next");
	assert_false(words_next(&list, word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_found_whole),
		cmocka_unit_test(all_that_is_wanted_is_there_or_not),
		cmocka_unit_test(a_code_is_short_and_plain),
		cmocka_unit_test(a_word_too_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
