/*
 * Time as the product keeps it: milliseconds since 1970 UTC, and civil dates made from them.
 * Pure: the clock is read elsewhere and comes in as an argument.
 * Days are counted by the algorithm of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
#ifndef LG_BASE_CALENDAR_H
#define LG_BASE_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"

typedef int64_t lg_ms; /* a time: milliseconds since 1970-01-01T00:00:00Z */

#define LG_SECOND_MS ((lg_ms)1000)
#define LG_MINUTE_MS ((lg_ms)60 * LG_SECOND_MS)
#define LG_HOUR_MS   ((lg_ms)60 * LG_MINUTE_MS)
#define LG_DAY_MS    ((lg_ms)24 * LG_HOUR_MS)

#define LG_TIME_TEXT 25 /* "2014-05-11T06:15:00.000Z" and a NUL */

struct lg_date {
	int32_t year;
	int32_t month; /* 1..12 */
	int32_t day;   /* 1..31 */
};

/* The UTC date of a time. */
struct lg_date lg_date_of(lg_ms time);

/* The first millisecond of a date, UTC. */
lg_ms lg_date_start(struct lg_date date);

/*
 * Reads "2014-05-11T06:15:00Z" (seconds and a fraction of 1 to 3 digits are optional; only Z).
 *   refused  any other shape, or a date that does not exist (30 February, hour 24)
 */
LG_MUST_CHECK struct lg_status lg_time_parse(const char *text, lg_ms *ret_time);

/* Writes ISO 8601, UTC, with milliseconds; outside of the years 0..9999 their nearest end. */
void lg_time_print(lg_ms time, char ret_text[LG_TIME_TEXT]);

#endif
