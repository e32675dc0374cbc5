#include "services/intake/domain/missing.h"

#include <assert.h>
#include <string.h>

#include "services/intake/domain/case_file.h"
#include "services/intake/domain/code_list.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum missing_event { ON_REPORT, ON_MATCH, ON_UNDO };
enum missing_side { BY_FAMILY, BY_MATCHING };

static const char *const states[] = {
	[MISSING_NEW] = "NEW",
	[MISSING_REPORTED] = "REPORTED",
	[MISSING_FOUND] = "FOUND",
};
static const char *const events[] = {
	[ON_REPORT] = "MissingPersonReported",
	[ON_MATCH] = "MatchConfirmed",
	[ON_UNDO] = "MatchUndone",
};
static const char *const sides[] = { [BY_FAMILY] = "family", [BY_MATCHING] = "matching" };

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from              on         by           to                why */
	{ MISSING_NEW,       ON_REPORT, BY_FAMILY,   MISSING_REPORTED, "somebody did not come home" },
	{ MISSING_REPORTED,  ON_MATCH,  BY_MATCHING, MISSING_FOUND,    "a lead says it is she" },
	{ MISSING_FOUND,     ON_UNDO,   BY_MATCHING, MISSING_REPORTED, "it was not she: the family still searches" },
};
/* clang-format on */

const struct lg_lifecycle missing_life = {
	.name = "missing",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = MISSING_NEW,
};

static bool is_same(const struct missing *a, const struct missing *b)
{
	return a->since == b->since && a->sex == b->sex && a->age_years == b->age_years &&
	       strcmp(a->district, b->district) == 0 && strcmp(a->country, b->country) == 0;
}

struct lg_status missing_report(
	struct missing *missing, const struct missing *told, lg_ms now, bool *ret_is_told)
{
	if (lg_id_is_zero(told->report_id))
		return lg_refuse("the report id is missing");
	if (!case_time_is_possible(told->since, now))
		return lg_refuse("the time is before the year 2000, or to come");
	if (told->age_years < -1 || told->age_years > FORM_AGE_MAX)
		return lg_refuse("an age is above 120 years");
	if (!code_is_known_or_empty("district", told->district))
		return lg_refuse("the district is not in proto/codes/district.csv");
	if (!code_is_known_or_empty("country", told->country))
		return lg_refuse("the country is not in proto/codes/country.csv");
	if (missing->state != MISSING_NEW) {
		if (!is_same(missing, told))
			return lg_refuse("reported before otherwise");
		*ret_is_told = true;
		return lg_done();
	}

	const struct lg_transition *row =
		lg_lifecycle_row(&missing_life, missing->state, ON_REPORT, BY_FAMILY);

	assert(row != NULL);
	*missing = *told;
	missing->state = (enum missing_state)row->to;
	*ret_is_told = false;
	return lg_done();
}

bool missing_find(struct missing *missing)
{
	const struct lg_transition *row =
		lg_lifecycle_row(&missing_life, missing->state, ON_MATCH, BY_MATCHING);

	if (row == NULL)
		return false;
	missing->state = (enum missing_state)row->to;
	return true;
}

bool missing_lose(struct missing *missing)
{
	const struct lg_transition *row =
		lg_lifecycle_row(&missing_life, missing->state, ON_UNDO, BY_MATCHING);

	if (row == NULL)
		return false;
	missing->state = (enum missing_state)row->to;
	return true;
}
