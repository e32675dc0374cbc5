#include "services/referral/domain/ranking.h"

#include <string.h>

#include "services/referral/domain/words.h"

#define DISTRICT_POINTS 40u
#define PLACE_POINTS    5u /* each free place, at most: */
#define PLACES_COUNTED  6u
#define ANSWER_POINTS   30u

const char *const ranking_rule_names[RULE_COUNT] = {
	[RULE_DISTRICT] = "district",
	[RULE_PLACES] = "places",
	[RULE_ANSWERS] = "answers",
};

bool asked_has(const struct asked *asked, struct lg_id organisation_id)
{
	for (uint32_t i = 0; i < asked->count; i++)
		if (lg_id_equal(asked->at[i], organisation_id))
			return true;
	return false;
}

struct lg_status ranking_could_help(const struct organisation *organisation,
	const struct need *need, const struct sharing *sharing)
{
	if (organisation->is_closed)
		return lg_refuse("it is not asked any more");
	if (need->country[0] != '\0' && strcmp(need->country, organisation->country) != 0)
		return lg_refuse("it works in another country than she comes from");
	if (!words_have_all(organisation->services, need->services))
		return lg_refuse("it does not offer every service that is needed");
	if (!organisation_takes(organisation, need))
		return lg_refuse("it does not take somebody of her sex and age");
	if (organisation->free_places == 0)
		return lg_refuse("it has no free place");
	if (!sharing_may_tell(sharing, organisation->code))
		return lg_refuse("she did not agree that it is told");
	return lg_done();
}

static uint32_t district_points(const struct organisation *organisation, const struct need *need)
{
	if (need->district[0] == '\0')
		return 0;
	if (words_have(organisation->districts, need->district))
		return DISTRICT_POINTS;
	return organisation->districts[0] == '\0' ? DISTRICT_POINTS / 2 : 0;
}

static uint32_t place_points(const struct organisation *organisation)
{
	uint32_t places = organisation->free_places;

	return PLACE_POINTS * (places < PLACES_COUNTED ? places : PLACES_COUNTED);
}

/* (accepted + 1) of (answers + 2): one who never was asked stands in the middle. */
static uint32_t answer_points(const struct organisation *organisation)
{
	uint64_t yes = (uint64_t)organisation->accepted + 1;
	uint64_t all = (uint64_t)organisation->accepted + organisation->declined +
		       organisation->silent + 2;

	return (uint32_t)(ANSWER_POINTS * yes / all);
}

static struct ranked rank(const struct organisation *organisation, const struct need *need)
{
	struct ranked ranked = { .organisation = organisation };

	ranked.points[RULE_DISTRICT] = district_points(organisation, need);
	ranked.points[RULE_PLACES] = place_points(organisation);
	ranked.points[RULE_ANSWERS] = answer_points(organisation);
	for (uint32_t rule = 0; rule < RULE_COUNT; rule++)
		ranked.total += ranked.points[rule];
	return ranked;
}

static bool is_better(const struct ranked *one, const struct ranked *other)
{
	if (other->organisation == NULL)
		return true;
	if (one->total != other->total)
		return one->total > other->total;
	return strcmp(one->organisation->code, other->organisation->code) < 0;
}

struct ranked ranking_best(const struct directory *directory, const struct need *need,
	const struct sharing *sharing, const struct asked *asked)
{
	struct ranked best = { .organisation = NULL };

	if (asked->count == ASKED_MAX)
		return best;
	for (uint32_t i = 0; i < directory->count; i++) {
		const struct organisation *organisation = &directory->at[i];

		if (asked_has(asked, organisation->organisation_id) ||
			!lg_is_done(ranking_could_help(organisation, need, sharing)))
			continue;

		struct ranked ranked = rank(organisation, need);

		if (is_better(&ranked, &best))
			best = ranked;
	}
	return best;
}
