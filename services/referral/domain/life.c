#include "services/referral/domain/life.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const states[REFERRAL_STATE_COUNT] = {
	[REFERRAL_NEW] = "NEW",
	[REFERRAL_OFFERED] = "OFFERED",
	[REFERRAL_DELIVERED] = "DELIVERED",
	[REFERRAL_ANSWERED] = "ANSWERED",
	[REFERRAL_DECLINED] = "DECLINED",
	[REFERRAL_ESCALATED] = "ESCALATED",
	[REFERRAL_PASSED] = "PASSED",
	[REFERRAL_ACCEPTED] = "ACCEPTED",
	[REFERRAL_GAVE] = "GAVE",
	[REFERRAL_TOOK] = "TOOK",
	[REFERRAL_HANDED_OVER] = "HANDED_OVER",
	[REFERRAL_REHABILITATION] = "REHABILITATION",
	[REFERRAL_REUNIFIED] = "REUNIFIED",
	[REFERRAL_CLOSED] = "CLOSED",
	[REFERRAL_WITHDRAWN] = "WITHDRAWN",
	[REFERRAL_DESTROYED] = "DESTROYED",
};

static const char *const events[REFERRAL_EVENT_COUNT] = {
	[ON_OFFERED] = "ReferralOffered",
	[ON_RECEIVED] = "ReferralReceived",
	[ON_YES] = "ReferralAnswered: yes",
	[ON_NO] = "ReferralAnswered: no",
	[ON_ACCEPTED] = "ReferralAccepted",
	[ON_DECLINED] = "ReferralDeclined",
	[ON_ESCALATED] = "ReferralEscalated",
	[ON_PASSED] = "ReferralPassed",
	[ON_WITHDRAWN] = "ReferralWithdrawn",
	[ON_DESTROYED] = "DestructionAcknowledged",
	[ON_DESTRUCTION_OVERDUE] = "DestructionOverdue",
	[ON_HANDOVER] = "HandoverRecorded",
	[ON_HANDOVER_OVERDUE] = "HandoverOverdue",
	[ON_REHABILITATION] = "RehabilitationStarted",
	[ON_REUNIFIED] = "ReunificationRecorded",
	[ON_FOLLOW_UP] = "FollowUpRecorded",
	[ON_FOLLOW_UP_DUE] = "FollowUpDue",
	[ON_LEGAL] = "LegalMilestoneRecorded",
	[ON_LINKED] = "DestinationLinked",
	[ON_CLOSED] = "CaseClosed",
};

static const char *const sides[REFERRAL_SIDE_COUNT] = {
	[BY_HOME] = "home",
	[BY_ORGANISATION] = "organisation",
	[BY_CLOCK] = "clock",
};

/* clang-format off */
static const struct lg_transition rows[] = {
	/* from                    on                      by               to                        why */
	{ REFERRAL_NEW,            ON_OFFERED,             BY_HOME,         REFERRAL_OFFERED,         "somebody wants to go home" },
	{ REFERRAL_NEW,            ON_ESCALATED,           BY_HOME,         REFERRAL_ESCALATED,       "nobody can be asked: a human looks" },
	{ REFERRAL_NEW,            ON_DECLINED,            BY_HOME,         REFERRAL_DECLINED,        "she travels on, or said no" },

	{ REFERRAL_OFFERED,        ON_RECEIVED,            BY_ORGANISATION, REFERRAL_DELIVERED,       "it lies on the desk: the deadline runs" },
	{ REFERRAL_OFFERED,        ON_ESCALATED,           BY_CLOCK,        REFERRAL_ESCALATED,       "not delivered: telephone; the offer stands" },
	{ REFERRAL_OFFERED,        ON_OFFERED,             BY_HOME,         REFERRAL_OFFERED,         "she does not want this one: ask the next" },
	{ REFERRAL_OFFERED,        ON_ESCALATED,           BY_HOME,         REFERRAL_ESCALATED,       "she does not want this one, nobody is left" },
	{ REFERRAL_DELIVERED,      ON_YES,                 BY_ORGANISATION, REFERRAL_ANSWERED,        "a place is held for her" },
	{ REFERRAL_DELIVERED,      ON_NO,                  BY_ORGANISATION, REFERRAL_DECLINED,        "no place" },
	{ REFERRAL_DELIVERED,      ON_OFFERED,             BY_CLOCK,        REFERRAL_OFFERED,         "no answer: ask the next" },
	{ REFERRAL_DELIVERED,      ON_ESCALATED,           BY_CLOCK,        REFERRAL_ESCALATED,       "no answer, nobody is left: the offer stands" },
	{ REFERRAL_DELIVERED,      ON_OFFERED,             BY_HOME,         REFERRAL_OFFERED,         "she does not want this one: ask the next" },
	{ REFERRAL_DELIVERED,      ON_ESCALATED,           BY_HOME,         REFERRAL_ESCALATED,       "she does not want this one, nobody is left" },
	{ REFERRAL_DELIVERED,      ON_PASSED,              BY_HOME,         REFERRAL_PASSED,          "somebody else was asked" },
	{ REFERRAL_ANSWERED,       ON_ACCEPTED,            BY_HOME,         REFERRAL_ACCEPTED,        "a place is promised" },
	{ REFERRAL_ANSWERED,       ON_PASSED,              BY_HOME,         REFERRAL_PASSED,          "the yes came too late" },
	{ REFERRAL_ANSWERED,       ON_OFFERED,             BY_HOME,         REFERRAL_ANSWERED,        "the home has lost it: the yes is said again" },
	{ REFERRAL_ACCEPTED,       ON_OFFERED,             BY_HOME,         REFERRAL_ANSWERED,        "the home has lost it: the yes is said again" },
	{ REFERRAL_GAVE,           ON_OFFERED,             BY_HOME,         REFERRAL_ANSWERED,        "the home has lost it: the yes is said again" },
	{ REFERRAL_DELIVERED,      ON_ACCEPTED,            BY_HOME,         REFERRAL_ACCEPTED,        "the desk has lost its yes, the home has not" },
	{ REFERRAL_DECLINED,       ON_ACCEPTED,            BY_HOME,         REFERRAL_ACCEPTED,        "and has said no since: its yes was promised" },
	{ REFERRAL_PASSED,         ON_ACCEPTED,            BY_HOME,         REFERRAL_ACCEPTED,        "the home has lost that it asked another one" },
	{ REFERRAL_PASSED,         ON_OFFERED,             BY_HOME,         REFERRAL_OFFERED,         "a human asks again" },
	{ REFERRAL_DECLINED,       ON_OFFERED,             BY_HOME,         REFERRAL_OFFERED,         "ask the next, or a human asks again" },
	{ REFERRAL_DECLINED,       ON_ESCALATED,           BY_HOME,         REFERRAL_ESCALATED,       "nobody is left to ask" },
	{ REFERRAL_DECLINED,       ON_LINKED,              BY_HOME,         REFERRAL_DECLINED,        "she travels on, with a number to call" },
	{ REFERRAL_DECLINED,       ON_FOLLOW_UP_DUE,       BY_CLOCK,        REFERRAL_DECLINED,        "the agreed call-back" },
	{ REFERRAL_ESCALATED,      ON_OFFERED,             BY_HOME,         REFERRAL_OFFERED,         "a human found a place, or she agreed" },
	{ REFERRAL_ESCALATED,      ON_RECEIVED,            BY_ORGANISATION, REFERRAL_ESCALATED,       "delivered late: the offer stands" },
	{ REFERRAL_ESCALATED,      ON_YES,                 BY_ORGANISATION, REFERRAL_ANSWERED,        "answered late, and nobody else was asked" },
	{ REFERRAL_ESCALATED,      ON_NO,                  BY_ORGANISATION, REFERRAL_DECLINED,        "answered late" },
	{ REFERRAL_ESCALATED,      ON_ESCALATED,           BY_CLOCK,        REFERRAL_ESCALATED,       "nothing was done: the next human" },
	{ REFERRAL_ESCALATED,      ON_ESCALATED,           BY_HOME,         REFERRAL_ESCALATED,       "she does not want this one, nobody is left" },
	{ REFERRAL_ESCALATED,      ON_DECLINED,            BY_HOME,         REFERRAL_DECLINED,        "a human ended it: she is helped otherwise" },

	{ REFERRAL_ACCEPTED,       ON_HANDOVER,            BY_HOME,         REFERRAL_GAVE,            "brought, says the home" },
	{ REFERRAL_ACCEPTED,       ON_HANDOVER,            BY_ORGANISATION, REFERRAL_TOOK,            "received, says the organisation" },
	{ REFERRAL_ACCEPTED,       ON_HANDOVER_OVERDUE,    BY_CLOCK,        REFERRAL_ACCEPTED,        "nobody has brought her: a human looks" },
	{ REFERRAL_GAVE,           ON_HANDOVER_OVERDUE,    BY_CLOCK,        REFERRAL_GAVE,            "brought, and nobody says received: telephone" },
	{ REFERRAL_GAVE,           ON_HANDOVER,            BY_ORGANISATION, REFERRAL_HANDED_OVER,     "both say so" },
	{ REFERRAL_TOOK,           ON_HANDOVER,            BY_HOME,         REFERRAL_HANDED_OVER,     "both say so" },
	{ REFERRAL_REHABILITATION, ON_HANDOVER,            BY_HOME,         REFERRAL_REHABILITATION,  "the home's word came late" },
	{ REFERRAL_REUNIFIED,      ON_HANDOVER,            BY_HOME,         REFERRAL_REUNIFIED,       "the home's word came late" },
	{ REFERRAL_CLOSED,         ON_HANDOVER,            BY_HOME,         REFERRAL_CLOSED,          "the home's word came late" },
	{ REFERRAL_WITHDRAWN,      ON_HANDOVER,            BY_ORGANISATION, REFERRAL_WITHDRAWN,       "received before it knew" },

	{ REFERRAL_TOOK,           ON_REHABILITATION,      BY_ORGANISATION, REFERRAL_REHABILITATION,  "she stays at a centre" },
	{ REFERRAL_HANDED_OVER,    ON_REHABILITATION,      BY_ORGANISATION, REFERRAL_REHABILITATION,  "she stays at a centre" },
	{ REFERRAL_REUNIFIED,      ON_REHABILITATION,      BY_ORGANISATION, REFERRAL_REHABILITATION,  "home was not safe" },
	{ REFERRAL_TOOK,           ON_REUNIFIED,           BY_ORGANISATION, REFERRAL_REUNIFIED,       "she is home" },
	{ REFERRAL_HANDED_OVER,    ON_REUNIFIED,           BY_ORGANISATION, REFERRAL_REUNIFIED,       "she is home" },
	{ REFERRAL_REHABILITATION, ON_REUNIFIED,           BY_ORGANISATION, REFERRAL_REUNIFIED,       "she is home" },
	{ REFERRAL_REHABILITATION, ON_FOLLOW_UP,           BY_ORGANISATION, REFERRAL_REHABILITATION,  "somebody looked how she is" },
	{ REFERRAL_REUNIFIED,      ON_FOLLOW_UP,           BY_ORGANISATION, REFERRAL_REUNIFIED,       "somebody looked how she is" },
	{ REFERRAL_REHABILITATION, ON_FOLLOW_UP_DUE,       BY_CLOCK,        REFERRAL_REHABILITATION,  "1, 3, 6, 12 months" },
	{ REFERRAL_REUNIFIED,      ON_FOLLOW_UP_DUE,       BY_CLOCK,        REFERRAL_REUNIFIED,       "1, 3, 6, 12 months" },
	{ REFERRAL_TOOK,           ON_LEGAL,               BY_ORGANISATION, REFERRAL_TOOK,            "a step of the law" },
	{ REFERRAL_HANDED_OVER,    ON_LEGAL,               BY_ORGANISATION, REFERRAL_HANDED_OVER,     "a step of the law" },
	{ REFERRAL_REHABILITATION, ON_LEGAL,               BY_ORGANISATION, REFERRAL_REHABILITATION,  "a step of the law" },
	{ REFERRAL_REUNIFIED,      ON_LEGAL,               BY_ORGANISATION, REFERRAL_REUNIFIED,       "a step of the law" },
	{ REFERRAL_CLOSED,         ON_LEGAL,               BY_ORGANISATION, REFERRAL_CLOSED,          "courts take longer" },
	{ REFERRAL_TOOK,           ON_CLOSED,              BY_ORGANISATION, REFERRAL_CLOSED,          "nothing is left to do" },
	{ REFERRAL_HANDED_OVER,    ON_CLOSED,              BY_ORGANISATION, REFERRAL_CLOSED,          "nothing is left to do" },
	{ REFERRAL_REHABILITATION, ON_CLOSED,              BY_ORGANISATION, REFERRAL_CLOSED,          "nothing is left to do" },
	{ REFERRAL_REUNIFIED,      ON_CLOSED,              BY_ORGANISATION, REFERRAL_CLOSED,          "nothing is left to do" },

	{ REFERRAL_OFFERED,        ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_DELIVERED,      ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_ANSWERED,       ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_DECLINED,       ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "her word and the no crossed on the line" },
	{ REFERRAL_ESCALATED,      ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_ACCEPTED,       ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_GAVE,           ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_TOOK,           ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_HANDED_OVER,    ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_REHABILITATION, ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_REUNIFIED,      ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "she changed her mind" },
	{ REFERRAL_CLOSED,         ON_WITHDRAWN,           BY_HOME,         REFERRAL_WITHDRAWN,       "what is kept of her is destroyed" },
	{ REFERRAL_WITHDRAWN,      ON_DESTROYED,           BY_ORGANISATION, REFERRAL_DESTROYED,       "keys and sealed data are gone" },
	{ REFERRAL_WITHDRAWN,      ON_DESTRUCTION_OVERDUE, BY_CLOCK,        REFERRAL_WITHDRAWN,       "not yet destroyed: telephone" },
	{ REFERRAL_OFFERED,        ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
	{ REFERRAL_DELIVERED,      ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
	{ REFERRAL_ESCALATED,      ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
	{ REFERRAL_ACCEPTED,       ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
	{ REFERRAL_GAVE,           ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
	{ REFERRAL_TOOK,           ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
	{ REFERRAL_HANDED_OVER,    ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
	{ REFERRAL_REHABILITATION, ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
	{ REFERRAL_REUNIFIED,      ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
	{ REFERRAL_CLOSED,         ON_DESTROYED,           BY_ORGANISATION, REFERRAL_ESCALATED,       "the home has lost her no: she is asked" },
};
/* clang-format on */

_Static_assert(COUNT_OF(states) == REFERRAL_STATE_COUNT, "every state has a name");
_Static_assert(COUNT_OF(events) == REFERRAL_EVENT_COUNT, "every event has a name");

const struct lg_lifecycle referral_life = {
	.name = "referral",
	.states = states,
	.state_count = COUNT_OF(states),
	.events = events,
	.event_count = COUNT_OF(events),
	.sides = sides,
	.side_count = COUNT_OF(sides),
	.rows = rows,
	.row_count = COUNT_OF(rows),
	.initial = REFERRAL_NEW,
};

bool referral_may(enum referral_state state, enum referral_event on, enum referral_side by)
{
	return lg_lifecycle_row(&referral_life, state, on, by) != NULL;
}

struct lg_status referral_move(
	enum referral_state *state, enum referral_event on, enum referral_side by)
{
	const struct lg_transition *row = lg_lifecycle_row(&referral_life, *state, on, by);

	if (row == NULL)
		return lg_refuse("not possible in this state");
	*state = (enum referral_state)row->to;
	return lg_done();
}
