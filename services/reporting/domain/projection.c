/* One event's share of the totals. */
#include "services/reporting/domain/projection.h"

#include <stdlib.h>
#include <string.h>

#define YEAR_10000 ((lg_ms)253402300800000) /* 10000-01-01T00:00:00Z */

bool projection_is_station(const char *text)
{
	size_t size = strlen(text);

	return size > 0 && size <= STATION_MAX &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == size;
}

static void print_month(struct lg_date date, char month[MONTH_SIZE])
{
	month[0] = (char)('0' + date.year / 1000);
	month[1] = (char)('0' + date.year / 100 % 10);
	month[2] = (char)('0' + date.year / 10 % 10);
	month[3] = (char)('0' + date.year % 10);
	month[4] = '-';
	month[5] = (char)('0' + date.month / 10);
	month[6] = (char)('0' + date.month % 10);
	month[7] = '\0';
}

struct lg_status projection_month(lg_ms at, char ret_month[MONTH_SIZE])
{
	if (at < 0 || at >= YEAR_10000)
		return lg_refuse("the time is outside the years 1970 to 9999");
	print_month(lg_date_of(at), ret_month);
	return lg_done();
}

struct lg_status projection_row(
	const char *station, lg_ms engaged_at, struct interception_row *ret_row)
{
	struct interception_row row = { .station = "" };

	if (!projection_is_station(station))
		return lg_refuse("a station is 1 to 8 capital letters");
	struct lg_status status = projection_month(engaged_at, row.month);

	if (!lg_is_done(status))
		return status;
	memcpy(row.station, station, strlen(station) + 1);
	*ret_row = row;
	return status;
}

void projection_add_engaged(
	struct interception_row *row, uint32_t stated_victims, uint32_t stated_suspects)
{
	row->counts.interceptions++;
	row->counts.stated_victims += stated_victims;
	row->counts.stated_suspects += stated_suspects;
}

void projection_add_screened(
	struct interception_row *row, uint32_t points, bool has_reported, int32_t reported_points)
{
	row->counts.points += points;
	if (has_reported && (int64_t)reported_points != (int64_t)points)
		row->counts.points_differ++;
}

void projection_add_person(struct interception_row *row, enum listed_as listed)
{
	switch (listed) {
	case LISTED_AS_VICTIM:
		row->counts.victims++;
		return;
	case LISTED_AS_SUSPECT:
		row->counts.suspects++;
		return;
	}
	abort();
}
