/* The calendar: every day once, leap years, and times that do not exist. */
#include "common/base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* Goal: dates and days agree.  Method: count every day from 1600 to 2400 by the plain rules of
 * the Gregorian calendar and compare, first and last millisecond of each. */
static void every_day_has_its_date(void **unused)
{
	static const int32_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	lg_ms start = lg_date_start((struct lg_date){ .year = 1600, .month = 1, .day = 1 });

	(void)unused;
	for (int32_t year = 1600; year < 2400; year++) {
		bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

		for (int32_t month = 1; month <= 12; month++) {
			int32_t days = lengths[month - 1] + (is_leap && month == 2);

			for (int32_t day = 1; day <= days; day++, start += LG_DAY_MS) {
				struct lg_date date = { year, month, day };
				struct lg_date first = lg_date_of(start);
				struct lg_date last = lg_date_of(start + LG_DAY_MS - 1);

				assert_int_equal(lg_date_start(date), start);
				assert_memory_equal(&first, &date, sizeof date);
				assert_memory_equal(&last, &date, sizeof date);
			}
		}
	}
}

/* Goal: the count starts where everybody's does.  Method: known times, before 1970 too, and the
 * ends of what an lg_ms holds. */
static void known_days_are_where_they_belong(void **unused)
{
	(void)unused;
	assert_int_equal(lg_date_start((struct lg_date){ 1970, 1, 1 }), 0);
	assert_int_equal(lg_date_start((struct lg_date){ 2000, 2, 29 }), 951782400 * LG_SECOND_MS);
	assert_int_equal(lg_date_start((struct lg_date){ 1969, 12, 31 }), -LG_DAY_MS);
	assert_int_equal(lg_date_of(-1).day, 31);
	assert_int_equal(lg_date_of(INT64_MAX).year, 292278994);
	assert_int_equal(lg_date_of(INT64_MIN).year, -292275055);
}

static void assert_time(const char *text, lg_ms expected, const char *printed)
{
	char again[LG_TIME_TEXT];
	lg_ms time = -1;

	assert_true(lg_is_done(lg_time_parse(text, &time)));
	assert_int_equal(time, expected);
	lg_time_print(time, again);
	assert_string_equal(again, printed);
}

/* Goal: seconds and fraction may be left out.  Method: each shape, there and back. */
static void times_are_read_in_each_shape(void **unused)
{
	(void)unused;
	assert_time("2014-05-11T06:15:00.000Z", 1399788900000, "2014-05-11T06:15:00.000Z");
	assert_time("2014-05-11T06:15:00Z", 1399788900000, "2014-05-11T06:15:00.000Z");
	assert_time("2014-05-11T06:15Z", 1399788900000, "2014-05-11T06:15:00.000Z");
	assert_time("2014-05-11T06:15:00.5Z", 1399788900500, "2014-05-11T06:15:00.500Z");
	assert_time("2014-05-11T06:15:00.05Z", 1399788900050, "2014-05-11T06:15:00.050Z");
	assert_time("2014-05-11T06:15:59.999Z", 1399788959999, "2014-05-11T06:15:59.999Z");
	assert_time("1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z");
	assert_time("2016-02-29T00:00:00Z", 1456704000000, "2016-02-29T00:00:00.000Z");
	assert_time("0000-01-01T00:00Z", -62167219200000, "0000-01-01T00:00:00.000Z");
	assert_time("9999-12-31T23:59:59.999Z", 253402300799999, "9999-12-31T23:59:59.999Z");
}

/* Goal: nothing else is a time, and the result stays untouched.  Method: one fault each, and every
 * beginning of a good text. */
static void other_times_are_refused(void **unused)
{
	static const char *const bad[] = {
		"2014-02-30T06:15:00Z",
		"2015-02-29T06:15:00Z",
		"1900-02-29T06:15:00Z",
		"2014-04-31T06:15:00Z",
		"2014-00-11T06:15:00Z",
		"2014-13-11T06:15:00Z",
		"2014-05-00T06:15:00Z",
		"2014-05-32T06:15:00Z",
		"2014-05-11T24:00:00Z",
		"2014-05-11T06:60:00Z",
		"2014-05-11T06:15:60Z",
		"2014-05-11T06:15:00",
		"2014-05-11T06:15:00z",
		"2014-05-11T06:15:00ZZ",
		"2014-05-11T06:15:00+05:45",
		"2014-05-11 06:15:00Z",
		"2014-05-11T06:15:00.Z",
		"2014-05-11T06:15:00.0000Z",
		"2014-05-11T06:15.5Z",
		"2014-05-11T06Z",
		"2014-5-11T06:15:00Z",
		"14-05-11T06:15:00Z",
		"+014-05-11T06:15:00Z",
		"2014-05-11T06:-1:00Z",
		" 2014-05-11T06:15:00Z",
	};
	static const char good[] = "2014-05-11T06:15:00.000Z";
	lg_ms time = 77;

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(lg_time_parse(bad[i], &time).outcome, LG_REFUSED);
	for (size_t length = 0; length < strlen(good); length++) {
		char cut[sizeof good] = { 0 };

		memcpy(cut, good, length);
		assert_int_equal(lg_time_parse(cut, &time).outcome, LG_REFUSED);
	}
	assert_int_equal(time, 77);
}

/* Goal: a peer may send any number, and printing it is safe.  Method: the ends of int64. */
static void far_times_are_printed_as_the_nearest_end(void **unused)
{
	char text[LG_TIME_TEXT];

	(void)unused;
	lg_time_print(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
	lg_time_print(INT64_MIN, text);
	assert_string_equal(text, "0000-01-01T00:00:00.000Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_has_its_date),
		cmocka_unit_test(known_days_are_where_they_belong),
		cmocka_unit_test(times_are_read_in_each_shape),
		cmocka_unit_test(other_times_are_refused),
		cmocka_unit_test(far_times_are_printed_as_the_nearest_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
