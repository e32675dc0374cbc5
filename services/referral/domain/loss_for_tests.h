/*
 * A home and four desks, each a site of its own, that lose rows of the line and their own state, and are told anew:
 * the domain unchanged, and around it what on_offer.c, on_answer.c and anew/ do with its decisions.  A side that
 * comes back from a backup goes on from there; what it said since is on a dead branch, and took effect all the same;
 * what it had read since is there to be read again, or was dropped, and it is told GONE.  Pure, seeded.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_LOSS_FOR_TESTS_H
#define SERVICES_REFERRAL_DOMAIN_LOSS_FOR_TESTS_H

#include "services/referral/domain/anew.h"
#include "services/referral/domain/journey_for_tests.h"

#define WAY_MAX  4000
#define STEPS    160
#define DESKS    JOURNEY_DESKS
#define QUESTION ON_LINKED /* AnewAsked: no desk and no home says this */

enum planted { PLANTED_NOTHING, PLANTED_NO, PLANTED_OVER, PLANTED_HER_NO, PLANTED_OLD_CODE };
#define PLANTED_COUNT 5

struct said {
	enum referral_event on;
	uint32_t round, code;
	lg_ms at;
	bool is_anew;
	enum anew_heard heard;
};

/* One direction of one line; what was read stays, for a reader that comes back. */
struct way {
	uint32_t read, count;
	struct said at[WAY_MAX];
};

struct past {
	struct referral home;
	struct directory directory;
	struct offer desk;
	struct organisation owner;
	uint32_t code, out_count[DESKS], back_read[DESKS];
};

struct walk {
	struct journey j; /* home, directory, ladders, desks and owners; its lines are not used */
	struct way out[DESKS], back[DESKS];
	struct past past_home, past_desk[DESKS];
	uint32_t codes, home_code, desk_code[DESKS];
	enum planted planted;
	bool may_disagree
		[DESKS]; /* promised by a home that has lost it, and has asked or ended otherwise */
	uint32_t restores, gone;
};

static inline struct lg_id id_of(uint32_t desk)
{
	return journey_id(desk);
}

static inline void send(struct way *way, struct said said)
{
	assert(way->count < WAY_MAX);
	way->at[way->count++] = said;
}

static inline bool has_her(const struct offer *o)
{
	return o->state >= REFERRAL_ACCEPTED && o->state <= REFERRAL_CLOSED;
}

/* --- told anew ------------------------------------------------------------------------------------------- */

static inline void home_tells(struct walk *w, uint32_t desk)
{
	const struct referral *r = &w->j.home;
	struct anew_words words;
	struct lg_id organisation;

	anew_of_referral(r, lg_id_site(id_of(desk)), &organisation, &words);
	for (uint32_t i = 0; i < words.count; i++) {
		struct said said = { .round = words.round, .is_anew = true };

		if (words.at[i] == ANEW_OFFERED) {
			said.on = ON_OFFERED;
			said.heard = anew_heard_of(r);
		} else if (words.at[i] == ANEW_ACCEPTED) {
			said.on = ON_ACCEPTED;
			said.code = w->home_code;
		} else if (words.at[i] == ANEW_GAVE) {
			said.on = ON_HANDOVER;
			said.at = r->handover.gave_at;
		} else {
			said.on = words.at[i] == ANEW_PASSED ? ON_PASSED : ON_WITHDRAWN;
		}
		send(&w->out[desk], said);
	}
}

static const enum referral_event said_by_desk[] = {
	[ANEW_RECEIVED] = ON_RECEIVED,
	[ANEW_YES] = ON_YES,
	[ANEW_NO] = ON_NO,
	[ANEW_TOOK] = ON_HANDOVER,
	[ANEW_REHABILITATION] = ON_REHABILITATION,
	[ANEW_REUNIFIED] = ON_REUNIFIED,
	[ANEW_CLOSED] = ON_CLOSED,
	[ANEW_DESTROYED] = ON_DESTROYED,
};

static inline void desk_tells(struct walk *w, uint32_t desk, const struct anew_words *words)
{
	for (uint32_t i = 0; i < words->count; i++)
		send(&w->back[desk], (struct said){ .on = said_by_desk[words->at[i]],
					     .round = words->round,
					     .at = w->j.desks[desk].handover.took_at,
					     .is_anew = true });
}

static inline void desk_tells_all(struct walk *w, uint32_t desk)
{
	struct anew_words words;

	anew_of_offer(&w->j.desks[desk], &words);
	desk_tells(w, desk, &words);
}

/* Rows were dropped that this side had not read: it asks, and tells its own. */
static inline void home_is_told_gone(struct walk *w, uint32_t desk)
{
	w->back[desk].read = w->back[desk].count;
	send(&w->out[desk], (struct said){ .on = QUESTION });
	home_tells(w, desk);
}

static inline void desk_is_told_gone(struct walk *w, uint32_t desk)
{
	w->out[desk].read = w->out[desk].count;
	send(&w->back[desk], (struct said){ .on = QUESTION });
	desk_tells_all(w, desk);
}

/* --- the home -------------------------------------------------------------------------------------------- */

static inline void post(struct walk *w, const struct referral_effects *effects)
{
	static const enum referral_event on[] = {
		[EFFECT_OFFERED] = ON_OFFERED,
		[EFFECT_ACCEPTED] = ON_ACCEPTED,
		[EFFECT_PASSED] = ON_PASSED,
		[EFFECT_WITHDRAWN] = ON_WITHDRAWN,
		[EFFECT_GAVE] = ON_HANDOVER,
		[EFFECT_CALL_BACK_DUE] = QUESTION,
	};

	for (uint32_t i = 0; i < effects->count; i++) {
		const struct referral_effect *e = &effects->at[i];
		bool is_sent = e->kind == EFFECT_OFFERED || on[e->kind] != ON_OFFERED;

		if (e->kind == EFFECT_ACCEPTED)
			w->home_code = ++w->codes;
		if (!is_sent || lg_id_is_zero(e->organisation))
			continue;
		if (e->kind == EFFECT_PASSED &&
			has_her(&w->j.desks[journey_desk_of(e->organisation)]))
			w->may_disagree[journey_desk_of(e->organisation)] = true;
		send(&w->out[journey_desk_of(e->organisation)], (struct said){ .on = on[e->kind],
									.round = e->round,
									.code = w->home_code,
									.at = w->j.now });
	}
}

static inline void home_acts(struct walk *w, bool is_the_clock)
{
	struct journey *j = &w->j;
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = journey_around(j);
	uint64_t deed = is_the_clock ? 0 : lg_random_below(&j->random, 12);
	struct organisation *chosen = &j->directory.at[lg_random_below(&j->random, DESKS)];
	struct lg_status status = lg_done();

	if (deed < 4)
		referral_begin(&j->home, &s, &effects);
	if (deed < 7)
		referral_overdue(&j->home, &s, &effects);
	else if (deed == 7)
		status = referral_place(&j->home, chosen, &s, &effects);
	else if (deed == 8)
		status = referral_consent(&j->home, "", SHARING_GIVEN, &s, &effects);
	else if (deed == 9)
		status = referral_end(&j->home, END_HELPED_OTHERWISE, &s, &effects);
	else if (deed == 10)
		status = referral_handed_over(&j->home, BY_HOME, j->now, &effects);
	else if (lg_random_one_in(&j->random, 20))
		status = referral_withdraw(&j->home, &s, &effects);
	(void)status; /* what cannot be is refused */
	post(w, &effects);
}

static inline void say_over(struct walk *w, uint32_t desk, const struct said *said)
{
	struct anew_words words;

	anew_of_asking(&w->j.home, id_of(desk), said->round, &words);
	if (words.count > 0 && w->planted != PLANTED_OVER)
		send(&w->out[desk],
			(struct said){ .on = ON_PASSED, .round = words.round, .is_anew = true });
}

/* on_answer.c, on_aftercare.c, on_handover.c. */
static inline void home_hears(struct walk *w, uint32_t desk)
{
	struct referral *r = &w->j.home;
	struct way *way = &w->back[desk];
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = journey_around(&w->j);
	struct lg_id organisation = id_of(desk);
	struct lg_status status = lg_done();
	const struct said *said;

	if (way->read == way->count)
		return;
	said = &way->at[way->read++];
	if (said->on == QUESTION) {
		home_tells(w, desk);
	} else if (r->state == REFERRAL_NEW) { /* it does not know her */
		if (said->on == ON_YES && said->is_anew)
			say_over(w, desk, said);
		else if (said->on ==
			 ON_YES) /* kept for when it asks again, which may be another one */
			w->may_disagree[desk] = true;
	} else if (said->on == ON_RECEIVED || said->on == ON_YES || said->on == ON_NO) {
		if (said->is_anew && !referral_asks(r, organisation, said->round)) {
			say_over(w, desk, said);
		} else if (said->on == ON_RECEIVED) {
			referral_received(r, organisation, said->round, &s);
		} else {
			referral_answered(
				r, organisation, said->round, said->on == ON_YES, 1, &s, &effects);
		}
	} else if (said->on == ON_DESTROYED) {
		if (w->planted != PLANTED_HER_NO || r->state == REFERRAL_WITHDRAWN)
			referral_destroyed(r, organisation, &s, &effects);
	} else if (said->on != ON_HANDOVER) {
		(void)referral_followed(r, organisation, said->on);
	} else if (lg_id_equal(r->organisation, organisation)) {
		status = referral_handed_over(r, BY_ORGANISATION, said->at, &effects);
	}
	assert(lg_is_done(status));
	post(w, &effects);
}

/* --- a desk ---------------------------------------------------------------------------------------------- */

static inline void desk_says(struct walk *w, uint32_t desk, enum referral_event on)
{
	send(&w->back[desk],
		(struct said){ .on = on, .round = w->j.desks[desk].round, .at = w->j.now });
}

/* on_offer.c */
static inline void desk_is_offered(struct walk *w, uint32_t desk, const struct said *said)
{
	struct offer *o = &w->j.desks[desk];
	struct organisation *owner = &w->j.owners[desk];
	enum anew_meets meets = ANEW_FIRST;
	bool is_news = false;

	if (said->is_anew)
		meets = anew_meet(o, id_of(desk), said->round, said->heard, owner);
	else if (offer_asked_again(o, id_of(desk), said->round))
		meets = ANEW_AGAIN;
	else if (said->round > o->round)
		(void)anew_pass(o, said->round - 1, owner);
	if (meets == ANEW_SAID_NO && w->planted != PLANTED_NO) {
		desk_tells(w, desk,
			&(struct anew_words){ .count = 2,
				.round = said->round,
				.at = { ANEW_RECEIVED, ANEW_NO } });
		return;
	}
	if (meets == ANEW_FIRST) {
		struct lg_status status =
			offer_receive(o, id_of(desk), said->round, 100, w->j.now, &is_news);

		/* a dead letter: only where she was taken over, or what was here is destroyed */
		if (!lg_is_done(status))
			assert(o->state >= REFERRAL_TOOK);
	}
	if (is_news || meets == ANEW_AGAIN)
		desk_says(w, desk, ON_RECEIVED);
	if (meets == ANEW_AGAIN && o->state == REFERRAL_ANSWERED)
		desk_says(w, desk, ON_YES);
}

static inline void desk_hears(struct walk *w, uint32_t desk)
{
	struct offer *o = &w->j.desks[desk];
	struct organisation *owner = &w->j.owners[desk];
	struct way *way = &w->out[desk];
	bool is_news, is_confirmed;
	const struct said *said;

	if (way->read == way->count)
		return;
	said = &way->at[way->read++];
	if (said->on == QUESTION) {
		desk_tells_all(w, desk);
	} else if (said->on == ON_OFFERED) {
		desk_is_offered(w, desk, said);
	} else if (said->on == ON_ACCEPTED) {
		if ((w->planted != PLANTED_OLD_CODE &&
			    offer_is_accepted(o, id_of(desk), said->round)) ||
			offer_accepted(o, said->round, owner))
			w->desk_code[desk] = said->code;
	} else if (said->on == ON_PASSED) {
		if (said->is_anew)
			(void)anew_pass(o, said->round, owner);
		else
			(void)offer_passed(o, said->round, owner);
	} else if (said->on == ON_WITHDRAWN) {
		if (offer_withdrawn(o, owner))
			desk_says(w, desk, ON_DESTROYED);
	} else {
		struct lg_status status =
			offer_handed_over(o, BY_HOME, said->at, &is_news, &is_confirmed);

		assert(lg_is_done(status));
	}
}

static inline void desk_acts(struct walk *w, uint32_t desk)
{
	static const enum referral_event deeds[] = { ON_REUNIFIED, ON_REHABILITATION, ON_CLOSED };
	struct offer *o = &w->j.desks[desk];
	uint64_t deed = lg_random_below(&w->j.random, 7);
	bool is_news = false, is_confirmed = false;
	enum referral_event on;
	struct lg_status status;

	if (deed < 3) { /* more often yes */
		on = deed < 2 ? ON_YES : ON_NO;
		status = offer_answer(o, on == ON_YES, &w->j.owners[desk]);
		is_news = lg_is_done(status);
	} else if (deed == 3) {
		on = ON_HANDOVER;
		/* the code at the line: of a home that has lost its own, another one */
		if (w->desk_code[desk] != w->home_code)
			return;
		status = offer_handed_over(o, BY_ORGANISATION, w->j.now, &is_news, &is_confirmed);
		(void)status; /* refused: not in this state */
	} else {
		on = deeds[deed - 4];
		status = offer_follow(o, on, w->j.now, &w->j.owners[desk]);
		is_news = lg_is_done(status);
	}
	if (is_news)
		desk_says(w, desk, on);
}

#endif
