/*
 * The sun of the Surya Siddhanta (bikram_sambat.h): E. Burgess, "Translation of the Surya-Siddhanta"
 * (1860), I 29-37 for the year, II 34-39 for the epicycle; N. Dershowitz, E. Reingold, "Calendrical
 * Calculations", the chapter on the Hindu calendars, for the order of the steps.
 */
#include "common/base/bikram_sambat.h"

#include <assert.h>
#include <math.h>

#define YEAR_DAYS    (1577917828.0 / 4320000) /* sidereal: days of an age by its years */
#define EPOCH_DAYS   (588465.5 - 2440587.5)   /* the Kali age begins, in days since 1970 */
#define EPOCH_YEARS  3044                     /* of the Kali age at the beginning of BS 0 */
#define APSIS        (77 + 17 / 60.0)         /* degrees; it moves a hundredth in 20,000 years */
#define EPICYCLE     14.0                     /* degrees of 360; smaller at the odd quadrants: */
#define EPICYCLE_ODD (1 / 3.0)
#define RADIANS      (3.14159265358979323846 / 180)
#define STEPS        16 /* each gains more than one digit: the sun's speed varies by 4 of 100 */

/*
 * Where the day ends that a month's first moment is counted to, in days from midnight at Ujjain.
 * Midnight at Kathmandu is 0.026 (9.5 degrees east); months differ from it by under half an hour.
 * The two of the solstices have rules of their own: Saun is taken earlier and Magh later, by what
 * can still be bathed and fasted for on the day.  Each is the middle of what the published years
 * allow (0.007 wide or more).
 */
static const double day_end[12] = { 0.0235, 0.0078, 0.0215, -0.2108, 0.0201, 0.0254, 0.0283, 0.0296,
	0.0216, 0.3157, 0.0083, 0.0127 };

/* How far the true sun stands behind the mean one, in degrees. */
static double equation(double mean)
{
	double anomaly = sin((mean - APSIS) * RADIANS);
	double epicycle = EPICYCLE - EPICYCLE_ODD * fabs(anomaly);

	return asin(epicycle / 360 * anomaly) / RADIANS;
}

/* The first day of a month, in days since 1970; month may count on behind 12. */
static int64_t month_start(int32_t year, int32_t month)
{
	double turns = year + EPOCH_YEARS, sign = 30.0 * (month - 1), mean = sign;

	for (int step = 0; step < STEPS; step++)
		mean = sign + equation(mean);
	return (int64_t)floor(
		EPOCH_DAYS + (turns + mean / 360) * YEAR_DAYS + day_end[(month - 1) % 12]);
}

int32_t lg_bs_month_days(int32_t year, int32_t month)
{
	if (year < LG_BS_YEAR_MIN || year > LG_BS_YEAR_MAX || month < 1 || month > 12)
		return 0;
	return (int32_t)(month_start(year, month + 1) - month_start(year, month));
}

struct lg_status lg_bs_to_date(struct lg_bs_date bs, struct lg_date *ret_date)
{
	if (bs.day < 1 || bs.day > lg_bs_month_days(bs.year, bs.month))
		return lg_refuse("no such day in Bikram Sambat");
	*ret_date = lg_date_of((month_start(bs.year, bs.month) + bs.day - 1) * LG_DAY_MS);
	return lg_done();
}

struct lg_status lg_bs_from_date(struct lg_date date, struct lg_bs_date *ret_bs)
{
	int64_t day = lg_date_start(date) / LG_DAY_MS; /* whole days: nothing is rounded */
	int32_t year = date.year + 57, month = 1;

	if (year <= LG_BS_YEAR_MIN || year > LG_BS_YEAR_MAX)
		return lg_refuse("outside of the years of Bikram Sambat that are known");
	if (day < month_start(year, 1))
		year--;
	while (month < 12 && day >= month_start(year, month + 1))
		month++;
	assert(day >= month_start(year, month));
	*ret_bs = (struct lg_bs_date){
		.year = year, .month = month, .day = (int32_t)(day - month_start(year, month)) + 1
	};
	return lg_done();
}
