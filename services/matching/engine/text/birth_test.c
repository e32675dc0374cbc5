/* Dates of two calendars, in part and by age. */
#include "services/matching/engine/text/birth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/random.h"

#define THIS_YEAR 2026

static struct birth read(const char *text)
{
	return birth_read(lg_bytes(text, strlen(text)), THIS_YEAR);
}

static int32_t day_of(int32_t year, int32_t month, int32_t day)
{
	return (int32_t)(lg_date_start((struct lg_date){ year, month, day }) / LG_DAY_MS);
}

static void is_range(const char *text, int32_t first_day, int32_t last_day)
{
	struct birth birth = read(text);

	if (!birth.is_known || birth.first_day != first_day || birth.last_day != last_day)
		fail_msg("%s: %d %d..%d, expected %d..%d", text, birth.is_known, birth.first_day,
			birth.last_day, first_day, last_day);
}

/* Goal: one day, however it is written.  Method: the same day in both calendars, orders, digits. */
static void a_day_is_read_in_either_calendar(void **unused)
{
	static const char *const same[] = { "2011-08-29", "29/8/2011", "29.08.2011",
		"29 August 2011", "Aug 29, 2011", "2011-8-29 AD", "8/29/2011", "2068-05-12",
		"12/5/2068", "2068 Bhadau 12", "12 Bhadra 2068 B.S.", "२०६८-०५-१२", "२०६८ भदौ १२",
		"वि.सं. २०६८/५/१२", "2068.5.12 BS", "born 2068/05/12" };

	(void)unused;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		is_range(same[i], day_of(2011, 8, 29), day_of(2011, 8, 29));
}

/* Goal: what was not said stays open.  Method: years and months alone, in both calendars. */
static void parts_are_ranges(void **unused)
{
	(void)unused;
	is_range("2068", day_of(2011, 4, 14), day_of(2012, 4, 12));
	is_range("2011", day_of(2011, 1, 1), day_of(2011, 12, 31));
	is_range("2010 BS", day_of(1953, 4, 13), day_of(1954, 4, 12));
	is_range("२०१०", day_of(1953, 4, 13), day_of(1954, 4, 12));
	is_range("2/2012", day_of(2012, 2, 1), day_of(2012, 2, 29));
	is_range("2012-12", day_of(2012, 12, 1), day_of(2012, 12, 31));
	is_range("Bhadau 2068", day_of(2011, 8, 18), day_of(2011, 9, 17));
	is_range("Asoj 2068", day_of(2011, 9, 18), day_of(2011, 10, 17));
	is_range("Asar 2068", day_of(2011, 6, 15), day_of(2011, 7, 16));
}

/* Goal: nothing is made up.  Method: days that do not exist, too little, too much, no years. */
static void what_is_no_date_is_not_known(void **unused)
{
	static const char *const wrong[] = { "", "unknown", "12", "12/5", "12/5/68", "2011-02-29",
		"2011-13-13", "2068-01-32", "2011-00-01", "1-2-3-2011", "May June 2011",
		"99999999999", "2090 AD", "2099 BS", "1200", "5 12 May 2011", "\xff\xfe",
		"2011-8-0x" };

	(void)unused;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (read(wrong[i]).is_known)
			fail_msg("%s was taken for a date", wrong[i]);
}

/* Goal: an age is as wide as it is weak.  Method: each basis, against days on both sides. */
static void an_age_is_a_range(void **unused)
{
	lg_ms at = lg_date_start((struct lg_date){ 2026, 11, 25 });
	struct birth paper = birth_of_age(14, BIRTH_ON_PAPER, at);
	struct birth stated = birth_of_age(14, BIRTH_STATED, at);
	struct birth guessed = birth_of_age(14, BIRTH_GUESSED, at);

	(void)unused;
	assert_int_equal(birth_compare(paper, read("2012-11-24")), BIRTH_OVERLAPS);
	assert_int_equal(birth_compare(paper, read("2011-11-28")), BIRTH_OVERLAPS);
	assert_int_equal(birth_compare(paper, read("2012-11-28")), BIRTH_NEAR);
	assert_int_equal(birth_compare(stated, read("2068 BS")), BIRTH_OVERLAPS);
	assert_int_equal(birth_compare(stated, read("2065 BS")), BIRTH_NEAR);
	assert_int_equal(birth_compare(guessed, read("2064 BS")), BIRTH_OVERLAPS);
	assert_int_equal(birth_compare(guessed, read("2058 BS")), BIRTH_APART);
	assert_false(birth_of_age(-1, BIRTH_STATED, at).is_known);
	assert_false(birth_of_age(131, BIRTH_STATED, at).is_known);
	assert_true(birth_of_age(0, BIRTH_GUESSED, at).is_known);
}

/* Goal: usual slips are known as such, others not.  Method: one day, and what a pen makes of it. */
static void a_slip_of_the_pen_is_one(void **unused)
{
	struct birth day = read("2011-03-12");

	(void)unused;
	assert_int_equal(birth_compare(day, read("12/3/2011")), BIRTH_SAME);
	assert_int_equal(birth_compare(day, read("2011-12-03")), BIRTH_SLIP);
	assert_int_equal(birth_compare(day, read("2011-03-21")), BIRTH_SLIP);
	assert_int_equal(birth_compare(day, read("2001-03-12")), BIRTH_SLIP);
	assert_int_equal(birth_compare(day, read("2011-03-13")), BIRTH_SLIP);
	assert_int_equal(birth_compare(read("2068-05-12"), read("2068-12-05")), BIRTH_SLIP);
	assert_int_equal(birth_compare(day, read("2011-04-23")), BIRTH_NEAR);
	assert_int_equal(birth_compare(day, read("2004-09-25")), BIRTH_APART);
	assert_int_equal(birth_compare(day, read("")), BIRTH_MISSING);
}

/*
 * Goal: who is asked first does not matter, and saying more never makes two births less alike that
 * are one.  Method: random pairs of ranges; then a day, its month, its year, its age.
 */
static void comparing_is_symmetric_and_monotonic(void **unused)
{
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 20681105);
	for (int i = 0; i < 20000; i++) {
		int32_t day = (int32_t)(lg_random_below(&random, 20000));
		int32_t other = day + (int32_t)lg_random_below(&random, 1500) - 750;
		struct birth a = { day, day, true };
		struct birth b = { other, other + (int32_t)lg_random_below(&random, 400), true };
		struct birth wide = { day - 40, day + 40, true };

		assert_int_equal(birth_compare(a, b), birth_compare(b, a));
		assert_int_equal(birth_compare(a, a), BIRTH_SAME);
		assert_int_equal(birth_compare(a, wide), BIRTH_OVERLAPS);
		assert_true(birth_compare(a, a) > birth_compare(a, wide));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_read_in_either_calendar),
		cmocka_unit_test(parts_are_ranges),
		cmocka_unit_test(what_is_no_date_is_not_known),
		cmocka_unit_test(an_age_is_a_range),
		cmocka_unit_test(a_slip_of_the_pen_is_one),
		cmocka_unit_test(comparing_is_symmetric_and_monotonic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
