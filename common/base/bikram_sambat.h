/*
 * Bikram Sambat, the calendar of Nepal, both ways.
 *
 * A month begins on the day on which the sun enters its sign, by the Surya Siddhanta's sun; so it is
 * computed and no table of month lengths is kept.  The years 2000 to 2099 agree with the published
 * calendar in each of their 1,200 months (the test counts them); other years are by the same rule.
 */
#ifndef LG_BASE_BIKRAM_SAMBAT_H
#define LG_BASE_BIKRAM_SAMBAT_H

#include "common/base/calendar.h"

#define LG_BS_YEAR_MIN 1900
#define LG_BS_YEAR_MAX 2199

struct lg_bs_date {
	int32_t year;
	int32_t month; /* 1 (Baisakh) .. 12 (Chait) */
	int32_t day;   /* 1..32 */
};

/* Days of a month, 29..32; 0 for a year or a month that is none. */
int32_t lg_bs_month_days(int32_t year, int32_t month);

/* The Gregorian date.  refused: no such day, or a year outside LG_BS_YEAR_MIN .. LG_BS_YEAR_MAX */
LG_MUST_CHECK struct lg_status lg_bs_to_date(struct lg_bs_date bs, struct lg_date *ret_date);

/* The other way.  refused: a day outside of those years */
LG_MUST_CHECK struct lg_status lg_bs_from_date(struct lg_date date, struct lg_bs_date *ret_bs);

#endif
