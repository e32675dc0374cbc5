/* Jaro and Winkler, against published values. */
#include "services/matching/engine/alike.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uint32_t alike(const char *a, const char *b)
{
	uint32_t forth = alike_words(a, strlen(a), b, strlen(b));
	uint32_t back = alike_words(b, strlen(b), a, strlen(a));

	assert_int_equal(forth, back);
	return forth;
}

/*
 * Goal: the measure is the published one.  Method: the examples of Winkler's reports (martha 0.961,
 * dwayne 0.840, dixon 0.813), in thousandths cut down.
 */
static void published_examples_come_out(void **unused)
{
	(void)unused;
	assert_in_range(alike("martha", "marhta"), 960, 961);
	assert_in_range(alike("dwayne", "duane"), 839, 840);
	assert_in_range(alike("dixon", "dicksonx"), 812, 814);
}

/* Goal: the ends of the scale.  Method: same, nothing in common, empty, initials. */
static void ends_of_the_scale(void **unused)
{
	char longer[ALIKE_MAX + 2];

	(void)unused;
	memset(longer, 'a', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(alike("sita", "sita"), 1000);
	assert_int_equal(alike("abc", "xyz"), 0);
	assert_int_equal(alike("", "sita"), 0);
	assert_int_equal(alike("", ""), 0);
	assert_int_equal(alike("s", "sita"), 850);
	assert_int_equal(alike("g", "sita"), 0);
	assert_int_equal(alike(longer, longer), 1000);
	assert_true(alike("sita", "gita") < 880);
	assert_true(alike("ab", "ba") < 700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_examples_come_out),
		cmocka_unit_test(ends_of_the_scale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
