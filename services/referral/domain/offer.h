/*
 * A referral at the organisation's site: what lies on its desk, what it answered, and what it did
 * for her afterwards.  The steps stand in life.h; the home's side is referral.h.
 *
 * What the home says may come late or twice: then nothing happens and it is done.  What a worker
 * asks for and cannot be is refused.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_OFFER_H
#define SERVICES_REFERRAL_DOMAIN_OFFER_H

#include "services/referral/domain/aftercare.h"
#include "services/referral/domain/handover.h"
#include "services/referral/domain/life.h"
#include "services/referral/domain/organisation.h"

struct offer {
	struct lg_id case_id;
	enum referral_state state;
	struct lg_id organisation;
	uint32_t round;
	struct need need;
	lg_ms received_at, answer_by; /* answer_by: as the home said; it decides */
	uint32_t reason;              /* the message's, of a no */
	bool has_place;               /* one of the organisation's places is held for her */
	struct handover handover;
	struct aftercare aftercare;
	lg_ms since; /* where she is now: home, at a centre, or the case is closed; 0: before, or not kept */
	lg_ms changed_at;
	uint32_t version;       /* counts changes */
	struct lg_id sealed_in; /* id of the event that binds what is sealed */
	struct lg_bytes sealed; /* empty until the home confirmed */
};

/*
 * The home asks.  need is already set.
 *   organisation  of this site
 *   patience      how long it may take to answer
 *   ret_is_news   told twice: no
 *   refused       an offer of this referral is open here with another organisation or round
 */
LG_MUST_CHECK struct lg_status offer_receive(struct offer *o, struct lg_id organisation,
	uint32_t round, lg_ms patience, lg_ms now, bool *ret_is_news);

/* Whether a yes stands, so that one more changes nothing. */
bool offer_has_said_yes(const struct offer *o);

/*
 * Whether the home asks what it has asked before, and moves the offer so that it is answered anew: a
 * home that asks twice has come back from an older backup and knows of no answer.  What was
 * taken over here or withdrawn stays; there a human finds out.
 *   round  the home counts anew; its round holds.  Behind a promise any, else one that is not new
 */
bool offer_asked_again(struct offer *o, struct lg_id organisation, uint32_t round);

/*
 * A worker answers; a yes holds a place.
 *   refused  answered before, asked no more, no place is free
 */
LG_MUST_CHECK struct lg_status offer_answer(
	struct offer *o, bool accepts, struct organisation *organisation);

/*
 * The home confirmed the yes; returns whether it is news.  Where this site has lost the yes (it came
 * back from an older backup) the home's word holds, and the place is taken if there is one.
 *   organisation  NULL when unknown
 */
bool offer_accepted(struct offer *o, uint32_t round, struct organisation *organisation);

/* Whether the home's promise of this round is known, and nobody here has taken her over yet. */
bool offer_is_accepted(const struct offer *o, struct lg_id organisation, uint32_t round);

/* The home asked somebody else; returns whether it is news.  organisation: NULL when unknown. */
bool offer_passed(struct offer *o, uint32_t round, struct organisation *organisation);

/*
 * She does not want it: what is sealed goes, now.  Returns whether something was here that is
 * destroyed and must be acknowledged.
 */
bool offer_withdrawn(struct offer *o, struct organisation *organisation);

/*
 * One side says that she changed hands; the home's word after the end is passed over.
 *   refused  of the organisation: not in this state
 *   ret_is_news, ret_is_confirmed  told twice: neither; both sides have spoken now
 */
LG_MUST_CHECK struct lg_status offer_handed_over(struct offer *o, enum referral_side by, lg_ms at,
	bool *ret_is_news, bool *ret_is_confirmed);

/*
 * What the organisation does for her afterwards: rehabilitation, reunification, visit, law, closure.
 *   at            when; begins the plan of visits
 *   organisation  its place is free again when she went home, or the case is closed
 *   refused       not in this state
 */
LG_MUST_CHECK struct lg_status offer_follow(
	struct offer *o, enum referral_event on, lg_ms at, struct organisation *organisation);

/* When a visit is due next; 0: none is, or the case has ended. */
lg_ms offer_next_due(const struct offer *o, lg_ms month);

/* The clock: the month of the visit that is to be told as due; 0: none. */
uint32_t offer_overdue(struct offer *o, lg_ms month, lg_ms now);

#endif
