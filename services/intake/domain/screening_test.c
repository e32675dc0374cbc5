/* What indicators add up to, and which sets and lists are refused. */
#include "services/intake/domain/screening.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct indicator an(const char *code, uint32_t points)
{
	return (struct indicator){ .code = code, .group = "state", .label = "", .points = points };
}

static void add(struct indicator_set *set, struct indicator indicator)
{
	assert_true(lg_is_done(indicator_set_add(set, 1, &indicator)));
}

static void refuse(struct indicator_set *set, uint32_t version, struct indicator indicator)
{
	uint32_t count = set->count;

	assert_int_equal(indicator_set_add(set, version, &indicator).outcome, LG_REFUSED);
	assert_int_equal(set->count, count);
}

/*
 * Goal: a code is found wherever it stands, in whatever order the set was filled.
 * Method: fill it downwards and upwards; look up each, and what lies between and beyond.
 */
static void every_code_is_found_whatever_the_order(void **unused)
{
	(void)unused;
	struct indicator_set set = { .version = 0 };

	add(&set, an("m", 1));
	add(&set, an("c", 2));
	add(&set, an("z", 3));
	add(&set, an("a_1", 4));
	assert_int_equal(indicator_find(&set, "a_1")->points, 4);
	assert_int_equal(indicator_find(&set, "c")->points, 2);
	assert_int_equal(indicator_find(&set, "m")->points, 1);
	assert_int_equal(indicator_find(&set, "z")->points, 3);
	assert_null(indicator_find(&set, "a"));
	assert_null(indicator_find(&set, "d"));
	assert_null(indicator_find(&set, "zz"));
	assert_null(indicator_find(&set, ""));
}

/* Goal: points are the sum, and history is left out of the second sum.  Method: one of each. */
static void points_are_summed_with_and_without_history(void **unused)
{
	(void)unused;
	struct indicator_set set = { .version = 0 };
	struct indicator caste = an("caste", 50);
	const char *const codes[] = { "lie", "caste", "seen" };
	struct screening screening;

	caste.is_history_only = true;
	add(&set, an("lie", 35));
	add(&set, caste);
	add(&set, an("seen", 0));
	assert_true(lg_is_done(screening_add_up(&set, codes, 3, &screening)));
	assert_int_equal(screening.version, 1);
	assert_int_equal(screening.points, 85);
	assert_int_equal(screening.points_without_history, 35);
	assert_true(lg_is_done(screening_add_up(&set, NULL, 0, &screening)));
	assert_int_equal(screening.points, 0);
}

/* Goal: a form cannot say what the set does not know, nor anything twice.  Method: each. */
static void unknown_and_doubled_indicators_are_refused(void **unused)
{
	(void)unused;
	struct indicator_set set = { .version = 0 };
	const char *const unknown[] = { "lie", "lies" };
	const char *const doubled[] = { "lie", "lie" };
	struct screening screening = { .points = 7 };

	add(&set, an("lie", 35));
	assert_int_equal(screening_add_up(&set, unknown, 2, &screening).outcome, LG_REFUSED);
	assert_int_equal(screening_add_up(&set, doubled, 2, &screening).outcome, LG_REFUSED);
	assert_int_equal(screening.points, 7);
}

/* Goal: the limits hold.  Method: stand on both sides of each. */
static void sets_and_forms_have_limits(void **unused)
{
	(void)unused;
	static char codes[INDICATORS_MAX + 1][8];
	const char *list[SCREENING_INDICATORS_MAX + 1];
	struct indicator_set set = { .version = 0 };
	struct screening screening;

	for (uint32_t i = 0; i <= INDICATORS_MAX; i++)
		snprintf(codes[i], sizeof codes[i], "c%u", i);
	for (uint32_t i = 0; i < INDICATORS_MAX; i++)
		add(&set, an(codes[i], INDICATOR_POINTS_MAX));
	refuse(&set, 1, an(codes[INDICATORS_MAX], 1));
	for (uint32_t i = 0; i <= SCREENING_INDICATORS_MAX; i++)
		list[i] = codes[i];
	assert_true(lg_is_done(screening_add_up(&set, list, SCREENING_INDICATORS_MAX, &screening)));
	assert_int_equal(
		screening_add_up(&set, list, SCREENING_INDICATORS_MAX + 1, &screening).outcome,
		LG_REFUSED);
}

/* Goal: a bad row never enters the set.  Method: one of each kind. */
static void bad_indicators_are_refused(void **unused)
{
	(void)unused;
	char longest[INDICATOR_CODE_MAX + 2];
	struct indicator_set set = { .version = 0 };

	memset(longest, 'a', sizeof longest);
	longest[INDICATOR_CODE_MAX + 1] = '\0';
	refuse(&set, 0, an("zero", 1));
	refuse(&set, 1, an("", 1));
	refuse(&set, 1, an("Capital", 1));
	refuse(&set, 1, an("a b", 1));
	refuse(&set, 1, an(longest, 1));
	refuse(&set, 1, an("points", INDICATOR_POINTS_MAX + 1));
	longest[INDICATOR_CODE_MAX] = '\0';
	add(&set, an(longest, 1));
	refuse(&set, 1, an(longest, 2));
}

/* Goal: the highest version is the one in use.  Method: add a second; then one of the first. */
static void a_higher_version_begins_the_set_anew(void **unused)
{
	(void)unused;
	struct indicator_set set = { .version = 0 };
	struct indicator second = an("lie", 20);

	add(&set, an("lie", 35));
	add(&set, an("gone", 1));
	assert_true(lg_is_done(indicator_set_add(&set, 2, &second)));
	assert_int_equal(set.version, 2);
	assert_int_equal(set.count, 1);
	assert_int_equal(indicator_find(&set, "lie")->points, 20);
	refuse(&set, 1, an("late", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_is_found_whatever_the_order),
		cmocka_unit_test(points_are_summed_with_and_without_history),
		cmocka_unit_test(unknown_and_doubled_indicators_are_refused),
		cmocka_unit_test(sets_and_forms_have_limits),
		cmocka_unit_test(bad_indicators_are_refused),
		cmocka_unit_test(a_higher_version_begins_the_set_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
