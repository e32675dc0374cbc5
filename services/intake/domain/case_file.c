/* The states of a case, and what recording a form makes of it. */
#include "services/intake/domain/case_file.h"

#include <assert.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define EARLIEST     ((lg_ms)946684800000)  /* 2000-01-01T00:00:00Z: before the first station */
#define CLOCK_MARGIN (5 * 60 * (lg_ms)1000) /* of a telephone at the crossing */

enum case_event { ENGAGE, SCREEN, IDENTIFY, GO_ON, RESCUE, HAND_OVER, REUNITE, CLOSE };
enum case_side { CENTRE, REFERRAL };

static const char *const states[] = {
	[CASE_NEW] = "NEW",
	[CASE_ENGAGED] = "ENGAGED",
	[CASE_SCREENED] = "SCREENED",
	[CASE_IDENTIFIED] = "IDENTIFIED",
	[CASE_RELEASED] = "RELEASED",
	[CASE_RESCUED] = "RESCUED",
	[CASE_HANDED_OVER] = "HANDED_OVER",
	[CASE_REUNITED] = "REUNITED",
	[CASE_CLOSED] = "CLOSED",
};

static const char *const events[] = {
	[ENGAGE] = "MigrantEngaged",
	[SCREEN] = "ScreeningCompleted",
	[IDENTIFY] = "PersonIdentified",
	[GO_ON] = "RescueRecorded: R0",
	[RESCUE] = "RescueRecorded",
	[HAND_OVER] = "FeedbackGiven: handed over",
	[REUNITE] = "FeedbackGiven: reunified",
	[CLOSE] = "FeedbackGiven: closed",
};

static const char *const sides[] = { [CENTRE] = "centre", [REFERRAL] = "referral" };

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from              on         by        to                why */
	{ CASE_NEW,          ENGAGE,    CENTRE,   CASE_ENGAGED,     "somebody was stopped and talked to" },
	{ CASE_ENGAGED,      SCREEN,    CENTRE,   CASE_SCREENED,    "the indicators were gone through" },
	{ CASE_ENGAGED,      IDENTIFY,  CENTRE,   CASE_IDENTIFIED,  "listed without a screening" },
	{ CASE_SCREENED,     IDENTIFY,  CENTRE,   CASE_IDENTIFIED,  "the first person is listed" },
	{ CASE_IDENTIFIED,   IDENTIFY,  CENTRE,   CASE_IDENTIFIED,  "one more person is listed" },
	{ CASE_IDENTIFIED,   SCREEN,    CENTRE,   CASE_IDENTIFIED,  "the indicators, after the listing" },
	{ CASE_ENGAGED,      GO_ON,     CENTRE,   CASE_RELEASED,    "advised, travels on" },
	{ CASE_SCREENED,     GO_ON,     CENTRE,   CASE_RELEASED,    "advised, travels on" },
	{ CASE_IDENTIFIED,   GO_ON,     CENTRE,   CASE_RELEASED,    "advised, travels on" },
	{ CASE_RELEASED,     GO_ON,     CENTRE,   CASE_RELEASED,    "one more travels on" },
	{ CASE_RELEASED,     IDENTIFY,  CENTRE,   CASE_RELEASED,    "one more person is listed" },
	{ CASE_RELEASED,     RESCUE,    CENTRE,   CASE_RESCUED,     "another of the group needs help" },
	{ CASE_IDENTIFIED,   RESCUE,    CENTRE,   CASE_RESCUED,     "a route home is chosen" },
	{ CASE_RESCUED,      RESCUE,    CENTRE,   CASE_RESCUED,     "one more person" },
	{ CASE_RESCUED,      IDENTIFY,  CENTRE,   CASE_RESCUED,     "one more person is listed" },
	{ CASE_RESCUED,      SCREEN,    CENTRE,   CASE_RESCUED,     "the indicators, after the rescue" },
	{ CASE_RESCUED,      GO_ON,     CENTRE,   CASE_RESCUED,     "another of the group travels on" },
	{ CASE_RESCUED,      HAND_OVER, REFERRAL, CASE_HANDED_OVER, "both sides confirmed" },
	{ CASE_RESCUED,      REUNITE,   REFERRAL, CASE_REUNITED,    "home, heard before the handover" },
	{ CASE_RESCUED,      CLOSE,     REFERRAL, CASE_CLOSED,      "nothing more is due" },
	{ CASE_RELEASED,     CLOSE,     REFERRAL, CASE_CLOSED,      "the agreed call was made" },
	{ CASE_HANDED_OVER,  RESCUE,    CENTRE,   CASE_HANDED_OVER, "one more person" },
	{ CASE_HANDED_OVER,  REUNITE,   REFERRAL, CASE_REUNITED,    "back with the family" },
	{ CASE_HANDED_OVER,  CLOSE,     REFERRAL, CASE_CLOSED,      "nothing more is due" },
	{ CASE_REUNITED,     CLOSE,     REFERRAL, CASE_CLOSED,      "nothing more is due" },
};
/* clang-format on */

const struct lg_lifecycle case_life = {
	.name = "case",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = CASE_NEW,
};

/* A form tells its steps in the order of the table, so a missing row is our own fault. */
static void move(struct case_file *file, enum case_event on, enum case_effect_kind kind,
	uint32_t person, struct case_effects *effects)
{
	const struct lg_transition *row = lg_lifecycle_row(&case_life, file->state, on, CENTRE);

	assert(row != NULL);
	assert(effects->count < CASE_EFFECTS_MAX);
	file->state = (enum case_state)row->to;
	file->steps++;
	effects->at[effects->count++] = (struct case_effect){ .kind = kind, .person = person };
}

static void keep(struct case_file *file, const struct form *form, const struct screening *screening,
	const uint8_t *digest)
{
	memcpy(file->station, form->station, strlen(form->station) + 1);
	file->engaged_at = form->engaged_at;
	file->stated_victims = form->stated_victims;
	file->stated_suspects = form->stated_suspects;
	file->certainty = form->certainty;
	file->is_screened = form_has_screening(form);
	file->reported_points = form->reported_points;
	file->screening = *screening;
	file->victims = form_count(form, PERSON_POTENTIAL_VICTIM);
	file->suspects = form_count(form, PERSON_SUSPECT);
	memcpy(file->digest, digest, CASE_DIGEST_SIZE);
}

struct lg_status case_file_record(struct case_file *file, const struct form *form,
	const struct screening *screening, const uint8_t *digest, struct case_effects *ret_effects)
{
	struct case_effects effects = { .is_repeated = false };

	assert(form->person_count <= FORM_PERSONS_MAX);
	assert(strlen(form->station) <= FORM_STATION_MAX);

	if (file->state != CASE_NEW) {
		if (memcmp(file->digest, digest, CASE_DIGEST_SIZE) != 0)
			return lg_refuse("recorded before with other content");
		effects.is_repeated = true;
		*ret_effects = effects;
		return lg_done();
	}

	move(file, ENGAGE, EFFECT_ENGAGED, 0, &effects);
	if (form_has_screening(form))
		move(file, SCREEN, EFFECT_SCREENED, 0, &effects);
	for (uint32_t i = 0; i < form->person_count; i++)
		move(file, IDENTIFY, EFFECT_IDENTIFIED, i, &effects);
	keep(file, form, screening, digest);
	*ret_effects = effects;
	return lg_done();
}

/* --- told one by one ------------------------------------------------------------------------ */

static struct lg_status step(struct case_file *file, enum case_event on, enum case_side by)
{
	const struct lg_transition *row = lg_lifecycle_row(&case_life, file->state, on, by);

	if (row == NULL)
		return lg_refuse("not possible in the case's state");
	file->state = (enum case_state)row->to;
	file->steps++;
	return lg_done();
}

bool case_time_is_possible(lg_ms at, lg_ms now)
{
	return at >= EARLIEST && at <= now + CLOCK_MARGIN;
}

bool case_station_is_one(const char *text)
{
	size_t size = strlen(text);

	return size > 0 && size <= FORM_STATION_MAX &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == size;
}

static bool is_language(const char *text)
{
	size_t size = strlen(text);

	return (size == 0 || size == 2 || size == 3) &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz") == size;
}

static bool is_begun_by_form(const struct case_file *file)
{
	static const uint8_t none[CASE_DIGEST_SIZE] = { 0 };

	return memcmp(file->digest, none, CASE_DIGEST_SIZE) != 0;
}

struct lg_status case_file_engage(struct case_file *file, const char *station, lg_ms engaged_at,
	const char *language, lg_ms now, bool *ret_is_told)
{
	if (!case_station_is_one(station))
		return lg_refuse("a station is 1 to 8 capital letters");
	if (!case_time_is_possible(engaged_at, now))
		return lg_refuse("the time is before the year 2000, or to come");
	if (!is_language(language))
		return lg_refuse("a language is 2 or 3 small letters, or empty");
	if (file->state != CASE_NEW) {
		if (is_begun_by_form(file) || strcmp(file->station, station) != 0 ||
			file->engaged_at != engaged_at || strcmp(file->language, language) != 0)
			return lg_refuse("the case was begun before otherwise");
		*ret_is_told = true;
		return lg_done();
	}
	memcpy(file->station, station, strlen(station) + 1);
	memcpy(file->language, language, strlen(language) + 1);
	file->engaged_at = engaged_at;
	file->stated_suspects = -1;
	file->reported_points = POINTS_ABSENT;
	*ret_is_told = false;
	return step(file, ENGAGE, CENTRE);
}

struct lg_status case_file_impress(struct case_file *file, uint32_t certainty, bool *ret_is_told)
{
	if (file->state == CASE_NEW)
		return lg_refuse("no such case");
	if (certainty < 1 || certainty > CASE_CERTAINTY_MAX)
		return lg_refuse("an impression is 1 to 5");
	if (file->certainty != 0 && file->certainty != certainty)
		return lg_refuse("another impression was recorded before");
	if (file->certainty == 0 && file->is_screened)
		return lg_refuse("the points are known: an impression now would follow them");
	*ret_is_told = file->certainty == certainty;
	file->certainty = certainty;
	return lg_done();
}

static bool is_same_list(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

struct lg_status case_file_screen(struct case_file *file, const struct screening *screening,
	const char *yes, const char *no, bool *ret_is_told)
{
	if (file->state == CASE_NEW)
		return lg_refuse("no such case");
	if (file->certainty == 0)
		return lg_refuse("first record your own impression, then the answers");
	if (file->is_screened) {
		if (!is_same_list(file->indicators, yes) || !is_same_list(file->denied, no))
			return lg_refuse("screened before with other answers");
		*ret_is_told = true;
		return lg_done();
	}

	struct lg_status status = step(file, SCREEN, CENTRE);

	if (!lg_is_done(status))
		return status;
	file->screening = *screening;
	file->indicators = yes;
	file->denied = no;
	file->is_screened = true;
	*ret_is_told = false;
	return lg_done();
}

struct lg_status case_file_identify(struct case_file *file, enum person_kind kind)
{
	struct lg_status status = step(file, IDENTIFY, CENTRE);

	if (!lg_is_done(status))
		return status;
	if (kind == PERSON_SUSPECT)
		file->suspects++;
	else
		file->victims++;
	return lg_done();
}

struct lg_status case_file_route(struct case_file *file, bool goes_on)
{
	return step(file, goes_on ? GO_ON : RESCUE, CENTRE);
}

bool case_file_hear(struct case_file *file, enum case_news news)
{
	static const enum case_event events_of[] = {
		[NEWS_HANDED_OVER] = HAND_OVER,
		[NEWS_REUNITED] = REUNITE,
		[NEWS_CLOSED] = CLOSE,
	};
	const struct lg_transition *row =
		lg_lifecycle_row(&case_life, file->state, events_of[news], REFERRAL);

	if (row == NULL) /* it came late, or the state is further on */
		return false;
	file->state = (enum case_state)row->to;
	return true;
}
