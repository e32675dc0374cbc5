/* The counters of the journey, and an event's share of them. */
#include "services/reporting/domain/journey.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ADULT_YEARS 18

/* clang-format off */
const struct journey_definition journey_counters[JOURNEY_COUNTERS] = {
	/*                              name                            means */
	[INFORMED_WOMEN]            = { "informed_women",             "contacts, not persons" },
	[INFORMED_GIRLS]            = { "informed_girls",             "contacts, not persons" },
	[INFORMED_MEN]              = { "informed_men",               "contacts, not persons" },
	[INFORMED_BOYS]             = { "informed_boys",              "contacts, not persons" },
	[MISSING_REPORTED]          = { "missing_reported",           "reports of a family, by the day of the report" },
	[ROUTE_R0]                  = { "route_r0",                   "persons and episodes: advised, travels on" },
	[ROUTE_R1]                  = { "route_r1",                   "persons and episodes: handed back at the border" },
	[ROUTE_R2]                  = { "route_r2",                   "persons and episodes: Indian proceedings" },
	[ROUTE_R3]                  = { "route_r3",                   "persons and episodes: stopped in Nepal" },
	[ROUTE_R4]                  = { "route_r4",                   "persons and episodes: Indian citizen" },
	[AT_RISK_WOMEN]             = { "at_risk_women",              "stopped or turned (R1-R3), not found exploited: 18 and older" },
	[AT_RISK_GIRLS]             = { "at_risk_girls",              "stopped or turned (R1-R3), not found exploited: under 18 or of unknown age" },
	[AT_RISK_MEN]               = { "at_risk_men",                "stopped or turned (R1-R3), not found exploited: 18 and older" },
	[AT_RISK_BOYS]              = { "at_risk_boys",               "stopped or turned (R1-R3), not found exploited: under 18 or of unknown age" },
	[AT_RISK_OTHERS]            = { "at_risk_others",             "stopped or turned (R1-R3), not found exploited: other sex or not recorded" },
	[EXPLOITED_WOMEN]           = { "exploited_women",            "found exploited, any route; never to be added to at_risk: 18 and older" },
	[EXPLOITED_GIRLS]           = { "exploited_girls",            "found exploited, any route; never to be added to at_risk: under 18 or of unknown age" },
	[EXPLOITED_MEN]             = { "exploited_men",              "found exploited, any route; never to be added to at_risk: 18 and older" },
	[EXPLOITED_BOYS]            = { "exploited_boys",             "found exploited, any route; never to be added to at_risk: under 18 or of unknown age" },
	[EXPLOITED_OTHERS]          = { "exploited_others",           "found exploited, any route; never to be added to at_risk: other sex or not recorded" },
	[STEPS_DONE]                = { "steps_done",                 "steps of a procedure that were done" },
	[STEPS_NOT_APPLICABLE]      = { "steps_not_applicable",       "steps declared not applicable, with a reason" },
	[MATCHES_PROPOSED]          = { "matches_proposed",           "pairs of records, each once" },
	[MATCHES_CONFIRMED]         = { "matches_confirmed",          "pairs to which a lead said yes" },
	[MATCHES_REJECTED]          = { "matches_rejected",           "pairs to which a lead said no" },
	[MATCHES_UNDONE]            = { "matches_undone",             "confirmed pairs that were taken back" },
	[WATCHLIST_HITS]            = { "watchlist_hits",             "known persons met again on a corridor, as this site found them" },
	[MISSING_FOUND]             = { "missing_found",              "reports whose person is confirmed among the rescued, each once" },
	[SEEN_AGAIN]                = { "seen_again",                 "records confirmed to be a person counted before, in the month of the yes" },
	[REFERRALS]                 = { "referrals",                  "home: persons for whom a first organisation was asked" },
	[OFFERS]                    = { "offers",                     "home: askings of an organisation" },
	[ACCEPTED]                  = { "accepted",                   "home: a yes that was confirmed" },
	[DECLINED]                  = { "declined",                   "home: a no of an organisation" },
	[PASSED]                    = { "passed",                     "home: offers or answers that came too late" },
	[ESCALATED]                 = { "escalated",                  "home: searches that came to a human" },
	[ESCALATED_AGAIN]           = { "escalated_again",            "home: the next human, because nothing was done" },
	[WITHDRAWN]                 = { "withdrawn",                  "home: she does not want it any more, or a human stopped it" },
	[DESTRUCTION_OVERDUE_COUNT] = { "destruction_overdue",        "home: reminders of a holder who has not destroyed" },
	[ENDED_TRAVELS_ON]          = { "ended_travels_on",           "home: her own choice (R0)" },
	[ENDED_SAID_NO]             = { "ended_said_no",              "home: she does not want to be referred" },
	[ENDED_HELPED_OTHERWISE]    = { "ended_helped_otherwise",     "home: a human ended the search" },
	[DESTINATION_LINKED_COUNT]  = { "destination_linked",         "home: linked with a network where she goes" },
	[CALL_BACKS_DUE]            = { "call_backs_due",             "home: agreed calls whose day has come" },
	[HANDED_OVER]               = { "handed_over",                "home: both sides said so" },
	[REUNIFIED]                 = { "reunified",                  "home: with her family; again after a stay at a centre counts again" },
	[REHABILITATED]             = { "rehabilitated",              "home: stays begun at a rehabilitation centre" },
	[FOLLOWED_UP]               = { "followed_up",                "home: visits it was told of" },
	[CLOSED]                    = { "closed",                     "home: nothing is left to do" },
	[DESK_RECEIVED]             = { "desk_received",              "organisation's site: offers that lay on a desk" },
	[DESK_SAID_YES]             = { "desk_said_yes",              "organisation's site: answers yes, confirmed or not" },
	[DESK_SAID_NO]              = { "desk_said_no",               "organisation's site: answers no" },
	[DESK_DESTROYED]            = { "desk_destroyed",             "organisation's site: withdrawn, keys and sealed data gone" },
	[DESK_TOOK]                 = { "desk_took",                  "organisation's site: received at the line" },
	[DESK_REUNIFIED]            = { "desk_reunified",             "organisation's site: with her family; again after a stay at a centre counts again" },
	[DESK_REHABILITATED]        = { "desk_rehabilitated",         "organisation's site: stays begun at a rehabilitation centre" },
	[DESK_FOLLOW_UPS_DUE]       = { "desk_follow_ups_due",        "organisation's site: visits whose day has come" },
	[DESK_FOLLOWED_UP]          = { "desk_followed_up",           "organisation's site: visits, whatever was found" },
	[DESK_NOT_FOUND]            = { "desk_not_found",             "of desk_followed_up: lost to follow-up" },
	[DESK_TRAFFICKED_AGAIN]     = { "desk_trafficked_again",      "of desk_followed_up: trafficked again" },
	[DESK_FIRST_REPORTS]        = { "desk_first_reports",         "organisation's site: FIR, jaheri" },
	[DESK_CHARGE_SHEETS]        = { "desk_charge_sheets",         "organisation's site: charge sheets" },
	[DESK_HEARINGS]             = { "desk_hearings",              "organisation's site: hearings" },
	[DESK_VERDICTS]             = { "desk_verdicts",              "organisation's site: verdicts, whatever they say" },
	[DESK_COMPENSATIONS_ORDERED] = { "desk_compensations_ordered", "organisation's site: ordered by a court" },
	[DESK_COMPENSATIONS_PAID]   = { "desk_compensations_paid",    "organisation's site: paid out" },
	[DESK_CLOSED_WITH_FAMILY]   = { "desk_closed_with_family",    "organisation's site: closed, returned to family" },
	[DESK_CLOSED_OTHER_CARE]    = { "desk_closed_other_care",     "organisation's site: closed, other care" },
	[DESK_CLOSED_WENT_ON]       = { "desk_closed_went_on",        "organisation's site: closed, went on" },
	[DESK_CLOSED_LEFT]          = { "desk_closed_left_on_her_own", "organisation's site: closed, left on her own" },
	[NOTICES_SENT]              = { "notices_sent",               "notices that left the site" },
	[NOTICES_FAILED]            = { "notices_failed",             "notices that were given up" },
};
/* clang-format on */

struct lg_status journey_counter_of(
	const char *name, size_t size, enum journey_counter *ret_counter)
{
	for (uint32_t i = 0; i < JOURNEY_COUNTERS; i++) {
		if (strlen(journey_counters[i].name) != size ||
			memcmp(journey_counters[i].name, name, size) != 0)
			continue;
		*ret_counter = (enum journey_counter)i;
		return lg_done();
	}
	return lg_refuse("a stored counter is unknown to this version: rebuild the projection");
}

struct lg_status journey_share_begin(const char *station, lg_ms at, struct journey_share *ret_share)
{
	struct journey_share share = { .count = 0 };

	if (station[0] != '\0' && !projection_is_station(station))
		return lg_refuse("a station is 1 to 8 capital letters");

	struct lg_status status = projection_month(at, share.month);

	if (!lg_is_done(status))
		return status;
	memcpy(share.station, station, strlen(station) + 1);
	*ret_share = share;
	return status;
}

void journey_share_add(struct journey_share *share, enum journey_counter counter, uint32_t amount)
{
	if (amount == 0)
		return;
	assert(share->count < JOURNEY_SHARE_MAX);
	share->at[share->count++] =
		(struct journey_addition){ .counter = counter, .amount = amount };
}

/* The place among women, girls, men, boys, others: the counters stand in this order. */
static uint32_t group_of(const struct journey_person *person)
{
	bool is_child = !person->has_age || person->age_years < ADULT_YEARS;

	switch (person->sex) {
	case SEX_FEMALE:
		return is_child ? 1 : 0;
	case SEX_MALE:
		return is_child ? 3 : 2;
	case SEX_OTHERS:
		return 4;
	}
	abort();
}

_Static_assert(AT_RISK_OTHERS == AT_RISK_WOMEN + 4, "group_of() counts on it");
_Static_assert(EXPLOITED_OTHERS == EXPLOITED_WOMEN + 4, "group_of() counts on it");
_Static_assert(ROUTE_R4 == ROUTE_R0 + VIA_R4, "routes stand in one order");

void journey_share_rescued(struct journey_share *share, const struct journey_person *person)
{
	bool is_stopped =
		person->route == VIA_R1 || person->route == VIA_R2 || person->route == VIA_R3;

	journey_share_add(share, (enum journey_counter)(ROUTE_R0 + person->route), 1);
	if (person->is_exploited)
		journey_share_add(
			share, (enum journey_counter)(EXPLOITED_WOMEN + group_of(person)), 1);
	else if (is_stopped)
		journey_share_add(
			share, (enum journey_counter)(AT_RISK_WOMEN + group_of(person)), 1);
}
