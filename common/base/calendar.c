/*
 * Days are counted in eras of 400 years that begin on 1 March, so that the leap day is the last
 * of its year (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and
 * civil_from_days).
 */
#include "common/base/calendar.h"

#include <assert.h>

#define ERA_DAYS   146097
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

/* Rounded down, so that a time before 1970 belongs to the day that it is in. */
static int64_t floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

struct lg_date lg_date_of(lg_ms time)
{
	int64_t days = floor_div(time, LG_DAY_MS) + EPOCH_DAYS;
	int64_t era = floor_div(days, ERA_DAYS);
	int64_t day_of_era = days - era * ERA_DAYS;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153; /* from March, 0..11 */

	assert(day_of_era >= 0 && day_of_era < ERA_DAYS);
	return (struct lg_date){
		.year = (int32_t)(year_of_era + era * 400 + (month >= 10)),
		.month = (int32_t)(month < 10 ? month + 3 : month - 9),
		.day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1),
	};
}

lg_ms lg_date_start(struct lg_date date)
{
	int64_t year = (int64_t)date.year - (date.month <= 2);
	int64_t era = floor_div(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
	int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	assert(date.month >= 1 && date.month <= 12);
	assert(date.day >= 1 && date.day <= 31);
	assert(date.year > -200000000 && date.year < 200000000); /* what 63 bits of ms hold */
	return (era * ERA_DAYS + day_of_era - EPOCH_DAYS) * LG_DAY_MS;
}

/* Reads count digits at *at and moves behind them; -1 when one is missing. */
static int32_t digits(const char **at, int count)
{
	int32_t value = 0;

	for (int i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return -1;
		value = value * 10 + (**at - '0');
	}
	return value;
}

/* As digits(), behind a mark. */
static int32_t digits_behind(const char **at, char mark, int count)
{
	if (**at != mark)
		return -1;
	(*at)++;
	return digits(at, count);
}

/* ".5" is 500 ms: 1 to 3 digits, or -1. */
static int32_t fraction_ms(const char **at)
{
	int32_t value = digits_behind(at, '.', 1);

	if (value < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		value *= 10;
		if (**at >= '0' && **at <= '9')
			value += *(*at)++ - '0';
	}
	return value;
}

static bool date_exists(struct lg_date date)
{
	struct lg_date found;

	if (date.year < 0 || date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31)
		return false;
	found = lg_date_of(lg_date_start(date)); /* 30 February comes back as a day of March */
	return found.month == date.month && found.day == date.day;
}

struct lg_status lg_time_parse(const char *text, lg_ms *ret_time)
{
	const char *at = text;
	struct lg_date date = { .year = digits(&at, 4) };
	int32_t hour, minute, second = 0, ms = 0;

	if (date.year >= 0)
		date.month = digits_behind(&at, '-', 2);
	if (date.month > 0)
		date.day = digits_behind(&at, '-', 2);
	if (!date_exists(date))
		return lg_refuse("a time begins with a date that exists: 2014-05-11T06:15:00Z");

	hour = digits_behind(&at, 'T', 2);
	minute = hour < 0 ? -1 : digits_behind(&at, ':', 2);
	if (minute >= 0 && *at == ':')
		second = digits_behind(&at, ':', 2);
	if (minute >= 0 && second >= 0 && *at == '.' && at - text == 19)
		ms = fraction_ms(&at);
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 ||
		ms < 0)
		return lg_refuse("no such time of day: 2014-05-11T06:15:00Z is one");
	if (at[0] != 'Z' || at[1] != '\0')
		return lg_refuse("a time ends with Z: 2014-05-11T06:15:00Z");

	*ret_time = lg_date_start(date) + hour * LG_HOUR_MS + minute * LG_MINUTE_MS +
		    second * LG_SECOND_MS + ms;
	return lg_done();
}

/* Writes count digits and the mark behind them at *at, and moves behind both. */
static void put(char **at, int64_t value, int count, char mark)
{
	for (int i = count; i > 0; i--) {
		(*at)[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	*at += count;
	*(*at)++ = mark;
}

void lg_time_print(lg_ms time, char ret_text[LG_TIME_TEXT])
{
	const lg_ms first = lg_date_start((struct lg_date){ .year = 0, .month = 1, .day = 1 });
	const lg_ms end = lg_date_start((struct lg_date){ .year = 10000, .month = 1, .day = 1 });
	lg_ms shown = time < first ? first : time >= end ? end - 1 : time;
	struct lg_date date = lg_date_of(shown);
	lg_ms of_day = shown - lg_date_start(date);
	char *at = ret_text;

	put(&at, date.year, 4, '-');
	put(&at, date.month, 2, '-');
	put(&at, date.day, 2, 'T');
	put(&at, of_day / LG_HOUR_MS, 2, ':');
	put(&at, of_day / LG_MINUTE_MS % 60, 2, ':');
	put(&at, of_day / LG_SECOND_MS % 60, 2, '.');
	put(&at, of_day % LG_SECOND_MS, 3, 'Z');
	*at++ = '\0';
	assert(at == ret_text + LG_TIME_TEXT);
}
