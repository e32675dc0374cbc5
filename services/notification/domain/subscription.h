/*
 * A subscription: who wants to be told of which events, as whom, how and where.  Which role may
 * hear of what stands in one table here.  Pure.
 */
#ifndef NOTIFICATION_SUBSCRIPTION_H
#define NOTIFICATION_SUBSCRIPTION_H

#include "common/base/id.h"
#include "common/base/lifecycle.h"

/* What may be told; the names are those of the events. */
enum told_event {
	TOLD_RESCUE_RECORDED,
	TOLD_MISSING_PERSON_REPORTED,
	TOLD_CONSENT_CHANGED,
	TOLD_STEP_DONE,
	TOLD_MATCH_PROPOSED,
	TOLD_MATCH_CONFIRMED,
	TOLD_MATCH_REJECTED,
	TOLD_REFERRAL_OFFERED,
	TOLD_REFERRAL_RECEIVED,
	TOLD_REFERRAL_ACCEPTED,
	TOLD_REFERRAL_DECLINED,
	TOLD_REFERRAL_ESCALATED,
	TOLD_REFERRAL_WITHDRAWN,
	TOLD_DESTRUCTION_ACKNOWLEDGED,
	TOLD_DESTRUCTION_OVERDUE,
	TOLD_HANDOVER_CONFIRMED,
	TOLD_HANDOVER_OVERDUE,
	TOLD_REUNIFICATION_RECORDED,
	TOLD_REHABILITATION_STARTED,
	TOLD_FOLLOW_UP_RECORDED,
	TOLD_LEGAL_MILESTONE_RECORDED,
	TOLD_DESTINATION_LINKED,
	TOLD_CASE_CLOSED,
	TOLD_FOLLOW_UP_DUE,
	TOLD_FEEDBACK_GIVEN,
	TOLD_MATCH_UNDONE,
	TOLD_WATCHLIST_HIT,
	TOLD_TRACE_HIT,
	TOLD_COUNT,
};

enum channel_kind { CHANNEL_FILE, CHANNEL_SMTP, CHANNEL_KIND_COUNT };
enum language { LANGUAGE_EN, LANGUAGE_HI, LANGUAGE_NE, LANGUAGE_COUNT };

/* Names by number; those of channels and languages stand in the database. */
extern const char *const told_event_names[TOLD_COUNT];
extern const char *const channel_names[CHANNEL_KIND_COUNT];
extern const char *const language_names[LANGUAGE_COUNT];

enum subscription_state { SUBSCRIPTION_NEW, SUBSCRIPTION_ACTIVE, SUBSCRIPTION_ENDED };

#define SUBSCRIPTION_STATION_MAX 8
#define SUBSCRIPTION_ADDRESS_MAX 254 /* RFC 5321, 4.5.3.1.3, without its brackets */
#define SUBSCRIPTION_DIGEST_SIZE 32

struct subscription {
	enum subscription_state state;
	struct lg_id subscription_id;
	uint32_t role;   /* codes.Role: as whom */
	uint32_t events; /* set: bit (1 << told_event) */
	enum channel_kind channel;
	enum language language;
	char station[SUBSCRIPTION_STATION_MAX + 1]; /* "": of every one */
	struct lg_id organisation;                  /* zero: of every one */
	struct lg_id made_by;
	lg_ms made_at;
	uint8_t digest[SUBSCRIPTION_DIGEST_SIZE]; /* keyed, of the form it was made by */
};

extern const struct lg_lifecycle subscription_life;

/* Who acts on a subscription. */
struct subscriber {
	struct lg_id user, organisation;
	uint32_t role;
};

/* What an event says of whom it concerns. */
struct told {
	enum told_event event;
	const char *station;       /* NULL: it names none */
	struct lg_id organisation; /* zero: it names none */
};

/* A told_event by the name of its event.  refused: nobody can be told of that */
LG_MUST_CHECK struct lg_status told_event_named(const char *name, enum told_event *ret_event);

/* Whether a role (codes.Role) may hear of an event. */
bool told_may_hear(uint32_t role, enum told_event event);

/*
 * Whether what a form wants may be had.
 *   wanted   as the form says; state and made_by are not looked at
 *   address  "" for CHANNEL_FILE
 *   refused  with what to do
 */
LG_MUST_CHECK struct lg_status subscription_check(
	const struct subscription *wanted, const char *address, const struct subscriber *by);

/*
 * Makes it.  Told twice with the same digest it is done.
 *   s             as it is kept; NEW when there is none
 *   ret_repeated  it was here already; nothing changed
 *   refused       another one, or an ended one, has this id
 */
LG_MUST_CHECK struct lg_status subscription_make(struct subscription *s,
	const struct subscription *wanted, const struct subscriber *by, lg_ms now,
	bool *ret_repeated);

/* Ends it; told twice it is done.  refused: there is none, or it is somebody else's */
LG_MUST_CHECK struct lg_status subscription_end(
	struct subscription *s, const struct subscriber *by);

/*
 * Whether an event is for it.  A filter passes what it cannot judge, because a notice too many
 * is better than a referral that nobody hears of; but an NGO's worker hears only of what names
 * his organisation.
 */
bool subscription_wants(const struct subscription *s, const struct told *told);

#endif
