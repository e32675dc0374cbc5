/*
 * How long may pass, and who is asked to act when it has: one ladder per urgency, from
 * data/ladders.ini, where an operator may shorten it.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_DEADLINE_H
#define SERVICES_REFERRAL_DOMAIN_DEADLINE_H

#include "common/base/calendar.h"
#include "services/referral/domain/need.h"

#define LADDER_STEPS_MAX 3 /* humans that are asked, one after the other */

enum human { HUMAN_CENTRE_LEAD, HUMAN_PROTECTION_OFFICER, HUMAN_OPERATOR };
#define HUMAN_COUNT 3

extern const char *const human_names[]; /* as in the file */

struct ladder {
	lg_ms answer;      /* an organisation may take so long, from delivery */
	lg_ms delivery;    /* an offer may be on its way so long */
	lg_ms reminder;    /* a human may take so long */
	lg_ms handover;    /* she may wait so long to change hands, once there is a place */
	lg_ms destruction; /* a holder may take so long to destroy */
	enum human humans[LADDER_STEPS_MAX];
};

struct ladders {
	struct ladder at[URGENCY_COUNT];
	lg_ms month; /* a month of the follow-up plan; shorter in demonstrations */
};

/* Whom level (1..) asks; the last is asked for ever. */
enum human ladder_human(const struct ladder *ladder, uint32_t level);

/* refused  a time that is not above zero */
LG_MUST_CHECK struct lg_status ladders_check(const struct ladders *ladders);

#endif
