/*
 * The present state told anew, to a site that could not read what it was told before: which words bring it
 * there, and what a desk makes of an offer that it may know.
 *
 * Whoever owns the next word tells: the home of what it asks and promised, the desk of what it
 * answered and did.  Whoever knows it already changes nothing.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_ANEW_H
#define SERVICES_REFERRAL_DOMAIN_ANEW_H

#include "services/referral/domain/offer.h"
#include "services/referral/domain/referral.h"

enum anew_word {
	/* the home's */
	ANEW_OFFERED,
	ANEW_ACCEPTED, /* with her identity, and the code that holds */
	ANEW_GAVE,
	ANEW_PASSED,
	ANEW_WITHDRAWN,
	/* the desk's */
	ANEW_RECEIVED,
	ANEW_YES,
	ANEW_NO,
	ANEW_TOOK,
	ANEW_REHABILITATION,
	ANEW_REUNIFIED,
	ANEW_CLOSED,
	ANEW_DESTROYED,
};

#define ANEW_WORDS_MAX 4

/* In the order in which they are told. */
struct anew_words {
	uint32_t count;
	uint32_t round; /* under which they are told; ANEW_PASSED: every asking up to it is over */
	enum anew_word at[ANEW_WORDS_MAX];
};

/* What the home says that it has heard of an offer that it tells anew. */
enum anew_heard { ANEW_HEARD_NOTHING, ANEW_HEARD_DELIVERED, ANEW_HEARD_YES };

/* Of a referral with an organisation asked; before delivery, and where a human was called: nothing. */
enum anew_heard anew_heard_of(const struct referral *r);

/*
 * What a home tells another site of its referral; nothing of one that is at rest, or that the site was never
 * asked about.  What was withdrawn is told also when it was destroyed: the site may have come back from a
 * backup in which she still is.
 *   ret_organisation  at that site: asked now, or asked last
 */
void anew_of_referral(const struct referral *r, uint16_t site, struct lg_id *ret_organisation,
	struct anew_words *ret_words);

/* What a desk tells the home of its offer. */
void anew_of_offer(const struct offer *o, struct anew_words *ret_words);

enum anew_meets {
	ANEW_KNOWN, /* nothing changes */
	ANEW_AGAIN, /* the home has not heard the answer, which is told again; round and state are set */
	ANEW_SAID_NO, /* nor the no, which is told again under the home's round */
	ANEW_FIRST, /* to be received like any offer; a place held for an older round is free again */
};

/*
 * An offer is told anew to a desk.
 *   heard  as the home says
 *   held   whose place the desk holds, if it holds one; NULL when unknown
 */
enum anew_meets anew_meet(struct offer *o, struct lg_id organisation, uint32_t round,
	enum anew_heard heard, struct organisation *held);

/*
 * A desk tells anew that an offer lies there, or that it said yes to it: what the home answers, when it asks
 * that organisation no more, or the case is closed.  Where it asks it, under whatever round, its own telling says what holds.
 */
void anew_of_asking(const struct referral *r, struct lg_id organisation, uint32_t round,
	struct anew_words *ret_words);

/* Whether every asking up to this round is over, and the desk has not heard so; then it is passed. */
bool anew_pass(struct offer *o, uint32_t round, struct organisation *held);

#endif
