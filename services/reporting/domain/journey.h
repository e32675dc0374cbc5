/*
 * What is counted of the way from a talk at the crossing to the end of a case, and what each event
 * adds.  A definition stands beside each counter, because a number without one is read wrongly.
 *
 * Every event adds to counters, so the sums are the same in whatever order the events come.
 */
#ifndef SERVICES_REPORTING_DOMAIN_JOURNEY_H
#define SERVICES_REPORTING_DOMAIN_JOURNEY_H

#include "services/reporting/domain/projection.h"

enum journey_counter {
	INFORMED_WOMEN,
	INFORMED_GIRLS,
	INFORMED_MEN,
	INFORMED_BOYS,
	MISSING_REPORTED,
	ROUTE_R0,
	ROUTE_R1,
	ROUTE_R2,
	ROUTE_R3,
	ROUTE_R4,
	AT_RISK_WOMEN,
	AT_RISK_GIRLS,
	AT_RISK_MEN,
	AT_RISK_BOYS,
	AT_RISK_OTHERS,
	EXPLOITED_WOMEN,
	EXPLOITED_GIRLS,
	EXPLOITED_MEN,
	EXPLOITED_BOYS,
	EXPLOITED_OTHERS,
	STEPS_DONE,
	STEPS_NOT_APPLICABLE,
	MATCHES_PROPOSED,
	MATCHES_CONFIRMED,
	MATCHES_REJECTED,
	MATCHES_UNDONE,
	WATCHLIST_HITS,
	MISSING_FOUND,
	SEEN_AGAIN,
	/* the home of the referral counts */
	REFERRALS,
	OFFERS,
	ACCEPTED,
	DECLINED,
	PASSED,
	ESCALATED,
	ESCALATED_AGAIN,
	WITHDRAWN,
	DESTRUCTION_OVERDUE_COUNT,
	ENDED_TRAVELS_ON,
	ENDED_SAID_NO,
	ENDED_HELPED_OTHERWISE,
	DESTINATION_LINKED_COUNT,
	CALL_BACKS_DUE,
	HANDED_OVER,
	REUNIFIED,
	REHABILITATED,
	FOLLOWED_UP,
	CLOSED,
	/* the organisation's site counts */
	DESK_RECEIVED,
	DESK_SAID_YES,
	DESK_SAID_NO,
	DESK_DESTROYED,
	DESK_TOOK,
	DESK_REUNIFIED,
	DESK_REHABILITATED,
	DESK_FOLLOW_UPS_DUE,
	DESK_FOLLOWED_UP,
	DESK_NOT_FOUND,
	DESK_TRAFFICKED_AGAIN,
	DESK_FIRST_REPORTS,
	DESK_CHARGE_SHEETS,
	DESK_HEARINGS,
	DESK_VERDICTS,
	DESK_COMPENSATIONS_ORDERED,
	DESK_COMPENSATIONS_PAID,
	DESK_CLOSED_WITH_FAMILY,
	DESK_CLOSED_OTHER_CARE,
	DESK_CLOSED_WENT_ON,
	DESK_CLOSED_LEFT,
	NOTICES_SENT,
	NOTICES_FAILED,
	JOURNEY_COUNTERS,
};

struct journey_definition {
	const char *name; /* as it is stored and told */
	const char *means;
};

extern const struct journey_definition journey_counters[JOURNEY_COUNTERS];

/*
 * The counter of a name.
 *   refused  a name that this version does not know
 */
LG_MUST_CHECK struct lg_status journey_counter_of(
	const char *name, size_t size, enum journey_counter *ret_counter);

#define JOURNEY_SHARE_MAX 4

/* What one event adds: nothing at first. */
struct journey_share {
	char station[STATION_MAX + 1]; /* "": of no one station */
	char month[MONTH_SIZE];
	uint32_t count;
	struct journey_addition {
		enum journey_counter counter;
		uint32_t amount;
	} at[JOURNEY_SHARE_MAX];
};

/*
 * An empty share.
 *   station  "" where the event knows none
 *   refused  a station that is not 1..8 capital letters; a time outside the years 1970..9999
 */
LG_MUST_CHECK struct lg_status journey_share_begin(
	const char *station, lg_ms at, struct journey_share *ret_share);

/* Adds to a counter; nothing for 0. */
void journey_share_add(struct journey_share *share, enum journey_counter counter, uint32_t amount);

enum journey_route { VIA_R0, VIA_R1, VIA_R2, VIA_R3, VIA_R4 };
enum journey_sex { SEX_FEMALE, SEX_MALE, SEX_OTHERS };

/* Somebody whose route was decided. */
struct journey_person {
	enum journey_route route;
	enum journey_sex sex;
	bool is_exploited;  /* had begun: she was found, not stopped */
	bool has_age;       /* false: counts as a child */
	uint32_t age_years; /* with has_age */
};

/*
 * RescueRecorded: her route, and whether she was found exploited or her travel was stopped or
 * changed (R1-R3).  Nobody is counted as both; who only travelled on, or is an Indian citizen
 * found without exploitation, as neither.
 */
void journey_share_rescued(struct journey_share *share, const struct journey_person *person);

/* One counter of one station in one month; "" stands for all of them, or for no one station. */
struct journey_row {
	char station[STATION_MAX + 1];
	char month[MONTH_SIZE];
	enum journey_counter counter;
	int64_t amount;
};

#endif
