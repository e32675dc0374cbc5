/* Her word on being told to organisations. */
#include "services/referral/domain/sharing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Goal: the word for one counts before the word for all.  Method: both, in both ways. */
static void the_word_for_one_counts_before_the_word_for_all(void **unused)
{
	(void)unused;
	struct sharing s = { .count = 0 };

	assert_false(sharing_may_tell_any(&s));
	assert_true(lg_is_done(sharing_set(&s, "maiti", SHARING_GIVEN)));
	assert_true(sharing_may_tell(&s, "maiti"));
	assert_false(sharing_may_tell(&s, "ovn"));
	assert_true(sharing_may_tell_any(&s));
	assert_true(lg_is_done(sharing_set(&s, "", SHARING_GIVEN)));
	assert_true(lg_is_done(sharing_set(&s, "maiti", SHARING_WITHDRAWN)));
	assert_false(sharing_may_tell(&s, "maiti"));
	assert_true(sharing_may_tell(&s, "ovn"));
}

/* Goal: what is kept comes back.  Method: every word, printed and parsed, at the limit. */
static void what_is_kept_comes_back(void **unused)
{
	(void)unused;
	struct sharing s = { .general = SHARING_REFUSED }, back;
	char text[SHARING_TEXT_MAX], again[SHARING_TEXT_MAX];

	for (uint32_t i = 0; i < SHARING_MAX; i++) {
		char code[SHARING_CODE_MAX + 1];

		snprintf(code, sizeof code, "shelter-number%02u", (unsigned)i);
		assert_true(lg_is_done(sharing_set(&s, code, (enum sharing_word)(i % 4))));
	}
	assert_false(lg_is_done(sharing_set(&s, "one_more", SHARING_GIVEN)));
	sharing_print(&s, text);
	assert_true(lg_is_done(sharing_parse(text, &back)));
	sharing_print(&back, again);
	assert_string_equal(text, again);
	assert_int_equal(back.general, SHARING_REFUSED);
	assert_true(lg_is_done(sharing_parse("", &back)));
	assert_int_equal(back.general, SHARING_NOT_ASKED);
	assert_false(lg_is_done(sharing_parse("maiti", &back)));
	assert_false(lg_is_done(sharing_parse("Maiti+", &back)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_word_for_one_counts_before_the_word_for_all),
		cmocka_unit_test(what_is_kept_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
