#include "services/bus/domain/link_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct lg_status read_text(const char *text)
{
	struct link_list list = { 0 };

	return link_list_add(&list, text, false);
}

/* Goal: what an operator types is understood.  Method: none, one, several, of both kinds. */
static void links_are_read_from_text(void **unused)
{
	struct link_list list = { 0 };

	(void)unused;
	assert_true(lg_is_done(link_list_add(&list, "", false)));
	assert_int_equal(list.count, 0);
	assert_true(lg_is_done(
		link_list_add(&list, "2=tcp://192.0.2.7:7801,65535=tcp://[2001:db8::1]:1", false)));
	assert_true(lg_is_done(link_list_add(&list, "3=tcp://0.0.0.0:7803", true)));
	assert_int_equal(list.count, 3);
	assert_int_equal(list.at[0].site, 2);
	assert_string_equal(list.at[0].address, "tcp://192.0.2.7:7801");
	assert_false(list.at[0].listens);
	assert_int_equal(list.at[1].site, 65535);
	assert_string_equal(list.at[1].address, "tcp://[2001:db8::1]:1");
	assert_true(list.at[2].listens);
	assert_true(link_list_has(&list, 3));
	assert_false(link_list_has(&list, 4));
}

/* Goal: a slip is told, not guessed at.  Method: each part left out or out of range. */
static void what_is_no_link_is_refused(void **unused)
{
	static const char *const bad[] = { "2", "=tcp://a:1", "0=tcp://a:1", "65536=tcp://a:1",
		"-1=tcp://a:1", "x=tcp://a:1", "000002=tcp://a:1", "2=", "2=tcp://a:1,",
		",2=tcp://a:1", "2=tcp://a:1,,3=tcp://b:1" };

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (read_text(bad[i]).outcome != LG_REFUSED)
			fail_msg("taken: %s", bad[i]);
}

/* Goal: one site, one link.  Method: twice in one text, and once in each. */
static void a_site_that_is_named_twice_is_refused(void **unused)
{
	struct link_list list = { 0 };

	(void)unused;
	assert_int_equal(read_text("2=tcp://a:1,2=tcp://b:1").outcome, LG_REFUSED);
	assert_true(lg_is_done(link_list_add(&list, "2=tcp://a:1", false)));
	assert_int_equal(link_list_add(&list, "2=tcp://a:1", true).outcome, LG_REFUSED);
}

/* Goal: bounds hold.  Method: as many as fit and one more; the longest address and one longer. */
static void links_and_addresses_are_bounded(void **unused)
{
	struct link_list list = { 0 };
	char text[LINK_ADDRESS_TEXT + 3];

	(void)unused;
	for (int site = 1; site <= LINKS_MAX; site++) {
		snprintf(text, sizeof text, "%d=tcp://a:1", site);
		assert_true(lg_is_done(link_list_add(&list, text, false)));
	}
	assert_int_equal(link_list_add(&list, "99=tcp://a:1", false).outcome, LG_REFUSED);

	memset(text, 'x', sizeof text);
	memcpy(text, "2=", 2);
	text[2 + LINK_ADDRESS_TEXT] = '\0';
	assert_int_equal(read_text(text).outcome, LG_REFUSED);
	text[2 + LINK_ADDRESS_TEXT - 1] = '\0';
	assert_true(lg_is_done(read_text(text)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_read_from_text),
		cmocka_unit_test(what_is_no_link_is_refused),
		cmocka_unit_test(a_site_that_is_named_twice_is_refused),
		cmocka_unit_test(links_and_addresses_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
