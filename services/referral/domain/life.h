/*
 * The whole life of a referral as one table, from both sides: each side keeps a state of it, and
 * only the side named in `by` causes a step; the other follows what it is told.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_LIFE_H
#define SERVICES_REFERRAL_DOMAIN_LIFE_H

#include "common/base/lifecycle.h"

enum referral_state {
	REFERRAL_NEW,
	REFERRAL_OFFERED,
	REFERRAL_DELIVERED,
	REFERRAL_ANSWERED, /* yes, until the home has confirmed it */
	REFERRAL_DECLINED,
	REFERRAL_ESCALATED,
	REFERRAL_PASSED, /* at the organisation: somebody else was asked */
	REFERRAL_ACCEPTED,
	REFERRAL_GAVE,
	REFERRAL_TOOK,
	REFERRAL_HANDED_OVER,
	REFERRAL_REHABILITATION,
	REFERRAL_REUNIFIED,
	REFERRAL_CLOSED,
	REFERRAL_WITHDRAWN,
	REFERRAL_DESTROYED,
};
#define REFERRAL_STATE_COUNT 16

enum referral_event {
	ON_OFFERED,
	ON_RECEIVED,
	ON_YES,
	ON_NO,
	ON_ACCEPTED,
	ON_DECLINED,
	ON_ESCALATED,
	ON_PASSED,
	ON_WITHDRAWN,
	ON_DESTROYED,
	ON_DESTRUCTION_OVERDUE,
	ON_HANDOVER,
	ON_HANDOVER_OVERDUE,
	ON_REHABILITATION,
	ON_REUNIFIED,
	ON_FOLLOW_UP,
	ON_FOLLOW_UP_DUE,
	ON_LEGAL,
	ON_LINKED,
	ON_CLOSED,
};
#define REFERRAL_EVENT_COUNT 20

enum referral_side { BY_HOME, BY_ORGANISATION, BY_CLOCK };
#define REFERRAL_SIDE_COUNT 3

extern const struct lg_lifecycle referral_life;

/* Whether the table has this step. */
bool referral_may(enum referral_state state, enum referral_event on, enum referral_side by);

/*
 * Takes the step.
 *   refused  the table has none
 */
LG_MUST_CHECK struct lg_status referral_move(
	enum referral_state *state, enum referral_event on, enum referral_side by);

#endif
