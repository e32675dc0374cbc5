/* A report is made once and found by a match. */
#include "services/intake/domain/missing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW ((lg_ms)1800000000000)

static struct missing a_report(void)
{
	return (struct missing){
		.report_id = { .byte = { 1 } },
		.since = NOW - LG_DAY_MS,
		.age_years = 11,
		.district = "dang",
		.country = "NP",
	};
}

static enum lg_outcome report(struct missing *missing, struct missing told, bool *ret_is_told)
{
	return missing_report(missing, &told, NOW, ret_is_told).outcome;
}

/* Goal: the table has no dead, missing or doubled rows.  Method: its own check. */
static void the_states_are_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&missing_life).outcome, LG_DONE);
}

/* Goal: told twice it is done, otherwise refused; a match finds it once.  Method: one walk. */
static void a_report_is_made_once_and_found(void **unused)
{
	struct missing missing = { .state = MISSING_NEW }, other = a_report();
	bool is_told = true;

	(void)unused;
	assert_false(missing_find(&missing)); /* heard of before: nothing to find */
	assert_int_equal(report(&missing, a_report(), &is_told), LG_DONE);
	assert_false(is_told);
	assert_int_equal(report(&missing, a_report(), &is_told), LG_DONE);
	assert_true(is_told);
	other.age_years = 12;
	assert_int_equal(report(&missing, other, &is_told), LG_REFUSED);
	assert_true(missing_find(&missing));
	assert_int_equal(missing.state, MISSING_FOUND);
	assert_false(missing_find(&missing));
}

/* Goal: what cannot be true is refused.  Method: one wrong thing at a time. */
static void reports_that_cannot_be_true_are_refused(void **unused)
{
	struct missing missing = { .state = MISSING_NEW }, told = a_report();
	bool is_told = false;

	(void)unused;
	told.report_id = (struct lg_id){ 0 };
	assert_int_equal(report(&missing, told, &is_told), LG_REFUSED);
	told = a_report();
	told.since = NOW + LG_DAY_MS;
	assert_int_equal(report(&missing, told, &is_told), LG_REFUSED);
	told = a_report();
	told.age_years = 121;
	assert_int_equal(report(&missing, told, &is_told), LG_REFUSED);
	told = a_report();
	told.district = "Dang";
	assert_int_equal(report(&missing, told, &is_told), LG_REFUSED);
	told = a_report();
	told.country = "Nepal";
	assert_int_equal(report(&missing, told, &is_told), LG_REFUSED);
	assert_int_equal(missing.state, MISSING_NEW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_states_are_sound),
		cmocka_unit_test(a_report_is_made_once_and_found),
		cmocka_unit_test(reports_that_cannot_be_true_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
