/*
 * What one event adds to the totals: per station and month, without personal data.
 *
 * Each kind of event adds to its own counters, so the totals are the same in whatever order the
 * events come.
 */
#ifndef SERVICES_REPORTING_DOMAIN_PROJECTION_H
#define SERVICES_REPORTING_DOMAIN_PROJECTION_H

#include "common/base/calendar.h"

#define STATION_MAX 8 /* capital letters */
#define MONTH_SIZE  8 /* "2014-05" and a NUL */

struct interception_counts {
	int64_t interceptions;                   /* forms */
	int64_t victims, suspects;               /* persons listed */
	int64_t stated_victims, stated_suspects; /* head counts of the forms */
	int64_t points;                          /* computed */
	int64_t points_differ;                   /* forms whose own total is another */
};

/* Counts of one station in one month; "" stands for all of them. */
struct interception_row {
	char station[STATION_MAX + 1];
	char month[MONTH_SIZE];
	struct interception_counts counts;
};

/* Whether it is the code of a station: 1..8 capital letters. */
bool projection_is_station(const char *text);

/*
 * The month of a time, in UTC.
 *   refused  a time outside the years 1970..9999
 */
LG_MUST_CHECK struct lg_status projection_month(lg_ms at, char ret_month[MONTH_SIZE]);

enum listed_as { LISTED_AS_VICTIM, LISTED_AS_SUSPECT };

/*
 * The row of an event, its counts still zero.
 *   engaged_at  when it happened at the crossing; its month is counted in UTC
 *   refused     a station that is not 1..8 capital letters; a time outside the years 1970..9999
 */
LG_MUST_CHECK struct lg_status projection_row(
	const char *station, lg_ms engaged_at, struct interception_row *ret_row);

/* MigrantEngaged; an absent head count counts 0. */
void projection_add_engaged(
	struct interception_row *row, uint32_t stated_victims, uint32_t stated_suspects);

/* ScreeningCompleted; reported_points is looked at only when there is one. */
void projection_add_screened(
	struct interception_row *row, uint32_t points, bool has_reported, int32_t reported_points);

/* PersonIdentified. */
void projection_add_person(struct interception_row *row, enum listed_as listed);

#endif
