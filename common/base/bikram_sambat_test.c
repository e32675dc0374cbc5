/* Bikram Sambat: known days, every day both ways, and the published years. */
#include "common/base/bikram_sambat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/*
 * Goal: the count stands where everybody's does.  Method: days that history books give in both
 * calendars.
 */
static void known_days_agree(void **unused)
{
	static const struct {
		struct lg_bs_date bs;
		struct lg_date date;
	} known[] = {
		{ { 2000, 1, 1 }, { 1943, 4, 14 } },
		{ { 2007, 11, 7 }, { 1951, 2, 18 } }, /* Democracy Day */
		{ { 2017, 9, 1 }, { 1960, 12, 15 } }, /* parliament is dissolved */
		{ { 2065, 2, 15 }, { 2008, 5, 28 } }, /* the republic */
		{ { 2072, 1, 12 }, { 2015, 4, 25 } }, /* the earthquake */
		{ { 2072, 6, 3 }, { 2015, 9, 20 } },  /* the constitution */
		{ { 2099, 12, 30 }, { 2043, 4, 13 } },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct lg_date date;
		struct lg_bs_date bs;

		assert_true(lg_is_done(lg_bs_to_date(known[i].bs, &date)));
		assert_memory_equal(&date, &known[i].date, sizeof date);
		assert_true(lg_is_done(lg_bs_from_date(known[i].date, &bs)));
		assert_memory_equal(&bs, &known[i].bs, sizeof bs);
	}
}

/* Goal: no day is lost or told twice.  Method: count every day of 300 years, both ways. */
static void every_day_has_its_date(void **unused)
{
	struct lg_date date;
	lg_ms day;

	(void)unused;
	assert_true(
		lg_is_done(lg_bs_to_date((struct lg_bs_date){ LG_BS_YEAR_MIN + 1, 1, 1 }, &date)));
	day = lg_date_start(date);
	for (int32_t year = LG_BS_YEAR_MIN + 1; year < LG_BS_YEAR_MAX; year++) {
		for (int32_t month = 1; month <= 12; month++) {
			int32_t days = lg_bs_month_days(year, month);

			assert_in_range(days, 29, 32);
			for (int32_t i = 1; i <= days; i++, day += LG_DAY_MS) {
				struct lg_bs_date bs = { year, month, i }, back;

				assert_true(lg_is_done(lg_bs_to_date(bs, &date)));
				assert_int_equal(lg_date_start(date), day);
				assert_true(lg_is_done(lg_bs_from_date(date, &back)));
				assert_memory_equal(&back, &bs, sizeof back);
			}
		}
	}
}

/* Goal: what is no date is refused.  Method: both sides of each limit. */
static void what_is_no_date_is_refused(void **unused)
{
	static const struct lg_bs_date wrong[] = { { 2080, 0, 1 }, { 2080, 13, 1 }, { 2080, 1, 0 },
		{ 2080, 1, 33 }, { LG_BS_YEAR_MIN - 1, 1, 1 }, { LG_BS_YEAR_MAX + 1, 1, 1 } };
	struct lg_date date;
	struct lg_bs_date bs;

	(void)unused;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(lg_bs_to_date(wrong[i], &date).outcome, LG_REFUSED);
	assert_int_equal(lg_bs_month_days(2080, 0), 0);
	assert_int_equal(lg_bs_from_date((struct lg_date){ 1800, 1, 1 }, &bs).outcome, LG_REFUSED);
	assert_int_equal(lg_bs_from_date((struct lg_date){ 2200, 1, 1 }, &bs).outcome, LG_REFUSED);
}

/*
 * Goal: the rule is the published calendar.  Method: every month of the 100 years in a table that is
 * not part of the product (LG_FIELD_DATA names its folder).
 */
static void published_years_agree(void **unused)
{
	const char *folder = getenv("LG_FIELD_DATA");
	char path[512], line[256];
	unsigned years = 0;
	FILE *file;

	(void)unused;
	if (folder == NULL)
		skip();
	snprintf(path, sizeof path, "%s/bikram_sambat.csv", folder);
	file = fopen(path, "re");
	if (file == NULL)
		skip();
	while (fgets(line, sizeof line, file) != NULL) {
		char *at = line;
		int32_t year = (int32_t)strtol(at, &at, 10);

		if (year == 0 || *at != ',')
			continue; /* the header */
		for (int32_t month = 1; month <= 12; month++)
			assert_int_equal(lg_bs_month_days(year, month), strtol(at + 1, &at, 10));
		years++;
	}
	fclose(file);
	print_message("published years of Bikram Sambat that agree: %u\n", years);
	assert_int_equal(years, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days_agree),
		cmocka_unit_test(every_day_has_its_date),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(published_years_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
