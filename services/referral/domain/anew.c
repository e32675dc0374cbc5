#include "services/referral/domain/anew.h"

#include <assert.h>

static void say(struct anew_words *words, enum anew_word word)
{
	assert(words->count < ANEW_WORDS_MAX);

	words->at[words->count++] = word;
}

enum anew_heard anew_heard_of(const struct referral *r)
{
	if (r->state == REFERRAL_DELIVERED)
		return ANEW_HEARD_DELIVERED;
	if (r->state == REFERRAL_OFFERED || r->state == REFERRAL_ESCALATED)
		return ANEW_HEARD_NOTHING;
	return ANEW_HEARD_YES;
}

/* The last of that site that was asked; zero: none. */
static struct lg_id asked_at(const struct referral *r, uint16_t site)
{
	for (uint32_t i = r->asked.count; i-- > 0;)
		if (lg_id_site(r->asked.at[i]) == site)
			return r->asked.at[i];
	return (struct lg_id){ .byte = { 0 } };
}

void anew_of_referral(const struct referral *r, uint16_t site, struct lg_id *ret_organisation,
	struct anew_words *ret_words)
{
	bool has_current = !lg_id_is_zero(r->organisation) && lg_id_site(r->organisation) == site;

	*ret_words = (struct anew_words){ .round = r->round };
	*ret_organisation = has_current ? r->organisation : asked_at(r, site);
	if (lg_id_is_zero(*ret_organisation))
		return;
	/* 1. at rest: a desk that still waits tells so, and is answered (anew_of_asking) */
	if (r->state == REFERRAL_NEW || r->state == REFERRAL_DECLINED ||
		r->state == REFERRAL_CLOSED)
		return;
	/* 2. somebody else has her, or is asked */
	if (!has_current) {
		say(ret_words, ANEW_PASSED);
		return;
	}
	/* 3. what the site keeps of her must go */
	if (r->state == REFERRAL_WITHDRAWN || r->state == REFERRAL_DESTROYED) {
		say(ret_words, ANEW_WITHDRAWN);
		return;
	}
	/* 4. the offer; 5. the promise; 6. that she was brought */
	say(ret_words, ANEW_OFFERED);
	if (anew_heard_of(r) == ANEW_HEARD_YES)
		say(ret_words, ANEW_ACCEPTED);
	if (r->handover.gave_at != 0)
		say(ret_words, ANEW_GAVE);
}

/* How far the desk has come: each state beyond has all words before it. */
static bool has_taken(const struct offer *o)
{
	return o->handover.took_at != 0 && o->state != REFERRAL_DESTROYED;
}

void anew_of_offer(const struct offer *o, struct anew_words *ret_words)
{
	*ret_words = (struct anew_words){ .round = o->round };
	/* 1. at rest: a home that still waits tells so, and is answered (anew_meet) */
	if (o->state == REFERRAL_NEW || o->state == REFERRAL_DECLINED ||
		o->state == REFERRAL_PASSED)
		return;
	/* 2. the home telephones until it hears this */
	if (o->state == REFERRAL_DESTROYED || o->state == REFERRAL_WITHDRAWN) {
		if (o->state == REFERRAL_DESTROYED)
			say(ret_words, ANEW_DESTROYED);
		return;
	}
	/* 3. it lies here; 4. yes; 5. received; 6. where she is */
	say(ret_words, ANEW_RECEIVED);
	if (o->state != REFERRAL_DELIVERED)
		say(ret_words, ANEW_YES);
	if (has_taken(o))
		say(ret_words, ANEW_TOOK);
	if (o->state == REFERRAL_REHABILITATION)
		say(ret_words, ANEW_REHABILITATION);
	else if (o->state == REFERRAL_REUNIFIED)
		say(ret_words, ANEW_REUNIFIED);
	else if (o->state == REFERRAL_CLOSED)
		say(ret_words, ANEW_CLOSED);
}

void anew_of_asking(const struct referral *r, struct lg_id organisation, uint32_t round,
	struct anew_words *ret_words)
{
	*ret_words = (struct anew_words){ .round = round > r->round ? round : r->round };
	if (!lg_id_equal(r->organisation, organisation) || r->state == REFERRAL_CLOSED)
		say(ret_words, ANEW_PASSED);
}

enum anew_meets anew_meet(struct offer *o, struct lg_id organisation, uint32_t round,
	enum anew_heard heard, struct organisation *held)
{
	bool is_promised = o->state == REFERRAL_ACCEPTED || o->state == REFERRAL_GAVE;
	bool has_answered = o->state == REFERRAL_ANSWERED || is_promised;
	bool is_open = o->state == REFERRAL_DELIVERED || has_answered;

	if (o->state == REFERRAL_NEW)
		return ANEW_FIRST;
	if (is_promised && round != o->round && offer_asked_again(o, organisation, round))
		return ANEW_AGAIN; /* one of both has lost the round of the promise */
	if (round > o->round) {    /* whatever was asked before is over */
		(void)anew_pass(o, round - 1, held);
		return ANEW_FIRST;
	}
	if (heard != ANEW_HEARD_YES && o->state == REFERRAL_PASSED)
		return ANEW_FIRST; /* the home has lost that it asked somebody else */
	if (heard != ANEW_HEARD_YES && o->state == REFERRAL_DECLINED)
		return lg_id_equal(o->organisation, organisation) ? ANEW_SAID_NO : ANEW_FIRST;
	if (!is_open ||
		heard == ANEW_HEARD_YES) /* a promise follows; after it the desk knows more */
		return ANEW_KNOWN;
	if (heard == ANEW_HEARD_DELIVERED && !has_answered && round == o->round)
		return ANEW_KNOWN;
	return offer_asked_again(o, organisation, round) ? ANEW_AGAIN : ANEW_KNOWN;
}

bool anew_pass(struct offer *o, uint32_t round, struct organisation *held)
{
	if (o->state == REFERRAL_NEW || o->round > round)
		return false;
	return offer_passed(o, o->round, held);
}
