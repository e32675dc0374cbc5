/* Dates of two calendars, whole and in part. */
#include "services/matching/engine/text/written_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/base/bikram_sambat.h"

#define BS_FROM 2027

static bool read(const char *text, int32_t bs_from, struct lg_date *ret_date)
{
	return written_date_read(lg_bytes(text, strlen(text)), bs_from, ret_date);
}

static void means(const char *text, int32_t year, int32_t month, int32_t day)
{
	struct lg_date date = { 0 };

	if (!read(text, BS_FROM, &date) || date.year != year || date.month != month ||
		date.day != day)
		fail_msg("%s: %d-%d-%d, expected %d-%d-%d", text, date.year, date.month, date.day,
			year, month, day);
}

/* Goal: one day, however it is written.  Method: the same day in both calendars, orders, digits. */
static void a_day_is_read_in_either_calendar(void **unused)
{
	static const char *const same[] = { "2011-08-29", "29/8/2011", "29.08.2011",
		"29 August 2011", "Aug 29, 2011", "2011-8-29 AD", "8/29/2011", "20110829",
		"2011-08-29T06:30:00Z", "2011-08-29 06:30", "2068-05-12", "12/5/2068", "20680512",
		"2068-05-12T06:30", "2068-05-12 06:30:00", "2068 Bhadau 12", "12 Bhadra 2068 B.S.",
		"२०६८-०५-१२", "२०६८ भदौ १२", "वि.सं. २०६८/५/१२", "2068.5.12 BS", "born 2068/05/12" };

	(void)unused;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		means(same[i], 2011, 8, 29);
}

/* Goal: Bikram Sambat is exact.  Method: pairs that the published calendar has, at ends of years. */
static void known_pairs_agree(void **unused)
{
	(void)unused;
	means("2000-01-01 BS", 1943, 4, 14);
	means("२०००-१-१", 1943, 4, 14);
	means("2056-09-17", 2000, 1, 1);
	means("2061-09-17", 2005, 1, 1);
	means("2062-12-31", 2006, 4, 13);
	means("2063-01-01", 2006, 4, 14);
	means("2072-01-12", 2015, 4, 25); /* the earthquake */
	means("2077-12-31", 2021, 4, 13);
	means("2083-01-01", 2026, 4, 14);
}

/* Goal: what was not said stays open.  Method: years and months alone, in both calendars. */
static void parts_stay_parts(void **unused)
{
	(void)unused;
	means("2011", 2011, 0, 0);
	means("2/2012", 2012, 2, 0);
	means("2012-12", 2012, 12, 0);
	means("2068", 2011, 0, 0);
	means("2010 BS", 1953, 0, 0);
	means("२०१०", 1953, 0, 0);
	means("Bhadau 2068", 2011, 9, 0); /* 18 August to 17 September */
	means("Asoj 2068", 2011, 10, 0);
	means("Asar 2068", 2011, 6, 0);
}

/* Goal: nothing is made up.  Method: days that do not exist, too little, too much, too late. */
static void what_is_no_date_is_refused(void **unused)
{
	static const char *const wrong[] = { "", "unknown", "12", "12/5", "12/5/68", "2011-02-29",
		"2011-13-13", "2068-01-32", "2068-13-13", "2068-05-00", "2011-00-01", "1-2-3-2011",
		"May June 2011", "99999999999", "2090 AD", "2099 BS", "2084-01-01", "1200 BS",
		"2917-03-04", "5 12 May 2011", "\xff\xfe", "2011-8-0x", ":", "T" };
	struct lg_date date = { 1, 2, 3 };

	(void)unused;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (read(wrong[i], BS_FROM, &date))
			fail_msg("%s was taken for a date", wrong[i]);
	assert_int_equal(date.year, 1);
}

/* Goal: the year decides where nothing is said.  Method: one text, on either side of bs_from. */
static void the_year_decides_where_nothing_is_said(void **unused)
{
	struct lg_date date;

	(void)unused;
	assert_true(read("2027-05-12", 2027, &date));
	assert_int_equal(date.year, 1970);
	assert_true(read("2027-05-12", 2028, &date));
	assert_int_equal(date.year, 2027);
	assert_true(read("2068-05-12", 0, &date));
	assert_int_equal(date.year, 2068);
	assert_true(read("2099-05-12 BS", 0, &date));
	assert_int_equal(date.year, 2042);
}

/* Goal: each day is itself.  Method: 35 years of days, written in Bikram Sambat and read again. */
static void every_day_comes_back(void **unused)
{
	(void)unused;
	for (int64_t day = 7305; day < 20000; day++) { /* 1990 to 2024 */
		struct lg_date date = lg_date_of(day * LG_DAY_MS), again;
		struct lg_bs_date bs;
		char text[40];

		assert_true(lg_is_done(lg_bs_from_date(date, &bs)));
		snprintf(text, sizeof text, "%d-%02d-%02d", bs.year, bs.month, bs.day);
		assert_true(read(text, BS_FROM, &again));
		assert_memory_equal(&again, &date, sizeof date);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_read_in_either_calendar),
		cmocka_unit_test(known_pairs_agree),
		cmocka_unit_test(parts_stay_parts),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(the_year_decides_where_nothing_is_said),
		cmocka_unit_test(every_day_comes_back),
	};

	return cmocka_run_group_tests_name("matching/text/written_date", tests, NULL, NULL);
}
