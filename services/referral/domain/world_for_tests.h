/*
 * Two sites, their organisations and thousands of referrals in virtual time, as tests need them:
 * the domain unchanged, and around it what the service, the bus, the line and people do.
 *
 * A bus carries letters: of one referral from one site in order, of two referrals in any order,
 * late, told twice, and across the line only when it is up.  A deadline is a row that is read a
 * little late.  Partners accept, decline, stay silent, answer after they were given up, are away
 * for days, answer twice; women withdraw their word or give it late.  Pure, seeded.
 *
 * The world keeps the first thing that it saw which may not be.  What is planted breaks what is
 * around the domain, so that a test sees that the world would notice.
 */
#ifndef SERVICES_REFERRAL_DOMAIN_WORLD_FOR_TESTS_H
#define SERVICES_REFERRAL_DOMAIN_WORLD_FOR_TESTS_H

#include "services/referral/domain/world_line_for_tests.h"

/* --- after every decision of the home ---------------------------------------------------------- */

static inline void world_post_one(
	struct world *w, uint32_t referral, const struct referral_effect *e)
{
	static const struct {
		bool is_sent;
		enum referral_event on;
	} letters[] = {
		[EFFECT_OFFERED] = { true, ON_OFFERED },
		[EFFECT_ACCEPTED] = { true, ON_ACCEPTED },
		[EFFECT_PASSED] = { true, ON_PASSED },
		[EFFECT_WITHDRAWN] = { true, ON_WITHDRAWN },
		[EFFECT_GAVE] = { true, ON_HANDOVER },
		[EFFECT_CALL_BACK_DUE] = { false, ON_FOLLOW_UP_DUE },
	};
	struct witness *seen = &w->witness[referral];

	seen->yes += e->kind == EFFECT_ACCEPTED;
	seen->offers += e->kind == EFFECT_OFFERED;
	if (seen->yes > 1)
		world_wrong(w, referral, "two organisations were accepted");
	/* of one in seven no human of the home ever looks */
	if (e->kind == EFFECT_ESCALATED && referral % 7 != 0 && !world_one_in(w, 3))
		world_push(w, (struct happens){ .what = HUMAN_ACTS,
				      .at = w->now + world_hours(w, 30),
				      .referral = referral });
	if (e->kind == EFFECT_ACCEPTED && !world_one_in(w, 10))
		world_push(w, (struct happens){ .what = CARRIED,
				      .at = w->now + world_hours(w, 72),
				      .referral = referral });
	if (!letters[e->kind].is_sent || lg_id_is_zero(e->organisation))
		return;
	if ((w->planted == PLANTED_PASSED_NOT_TOLD && e->kind == EFFECT_PASSED) ||
		(w->planted == PLANTED_WITHDRAWN_NOT_TOLD && e->kind == EFFECT_WITHDRAWN))
		return;

	uint32_t organisation = world_organisation(e->organisation);

	world_send(w, (struct happens){ .referral = referral,
			      .organisation = organisation,
			      .round = e->round,
			      .on = letters[e->kind].on,
			      .is_for_desk = true,
			      .told_at = w->home[referral].handover.gave_at,
			      .from = (uint8_t)world_home_of(referral),
			      .to = (uint8_t)world_site_of(organisation) });
}

/* Silence is not a state: whoever waits has a deadline. */
static inline void world_after_home(
	struct world *w, uint32_t referral, const struct referral_effects *effects)
{
	const struct referral *r = &w->home[referral];
	struct witness *seen = &w->witness[referral];
	bool waits = r->state == REFERRAL_OFFERED || r->state == REFERRAL_DELIVERED ||
		     r->state == REFERRAL_ESCALATED || r->state == REFERRAL_ACCEPTED ||
		     r->state == REFERRAL_GAVE ||
		     (r->state == REFERRAL_WITHDRAWN && !lg_id_is_zero(r->organisation));

	for (uint32_t i = 0; i < effects->count; i++)
		world_post_one(w, referral, &effects->at[i]);
	if (waits && (r->deadline == 0 || (r->deadline != seen->armed && r->deadline <= w->now)))
		world_wrong(w, referral, "somebody is waited for without a deadline");
	if (r->deadline == seen->armed)
		return;
	seen->armed = r->deadline;
	if (r->deadline == 0 || (w->planted == PLANTED_DEADLINE_LOST && world_one_in(w, 200)))
		return;
	/* read a little late; by a clock that is ahead, too early */
	lg_ms at = r->deadline + (world_one_in(w, 50) ? -200 : (lg_ms)world_below(w, 90000));

	world_push(w, (struct happens){ .what = DEADLINE,
			      .at = at < w->now ? w->now : at,
			      .told_at = r->deadline,
			      .referral = referral });
}

/* --- the home hears ------------------------------------------------------------------------ */

static inline void world_home_hears(struct world *w, const struct happens *letter)
{
	struct referral *r = &w->home[letter->referral];
	struct lg_id organisation = world_id(letter->organisation);
	struct surroundings s = world_around(w, letter->referral);
	struct referral_effects effects = { .count = 0 };
	uint32_t round = w->planted == PLANTED_ROUND_IGNORED ? r->round : letter->round;
	struct lg_status status = lg_done();

	if (w->planted == PLANTED_ROUND_IGNORED)
		organisation = lg_id_is_zero(r->organisation) ? organisation : r->organisation;
	if (letter->on == ON_RECEIVED)
		referral_received(r, organisation, round, &s);
	else if (letter->on == ON_YES || letter->on == ON_NO)
		referral_answered(r, organisation, round, letter->on == ON_YES, 1, &s, &effects);
	else if (letter->on == ON_DESTROYED)
		referral_destroyed(r, organisation, &s, &effects);
	else if (letter->on != ON_HANDOVER)
		(void)referral_followed(r, organisation, letter->on);
	else if (lg_id_equal(r->organisation, organisation))
		status = referral_handed_over(r, BY_ORGANISATION, letter->told_at, &effects);
	if (!lg_is_done(status))
		world_wrong(w, letter->referral, "the home refused what a desk told");
	world_after_home(w, letter->referral, &effects);
}

/* --- the desk hears, and acts ---------------------------------------------------------------- */

static inline void world_desk_tells(
	struct world *w, const struct happens *about, uint32_t organisation, enum referral_event on)
{
	world_send(w, (struct happens){ .referral = about->referral,
			      .organisation = organisation,
			      .round = w->desk[world_site_of(organisation)][about->referral].round,
			      .on = on,
			      .told_at = w->now,
			      .from = (uint8_t)world_site_of(organisation),
			      .to = (uint8_t)world_home_of(about->referral) });
}

/* What this partner will do about this offer: most answer, some after they were given up. */
static inline void world_plan_answer(struct world *w, const struct happens *letter)
{
	struct happens act = { .what = DESK_ACTS,
		.referral = letter->referral,
		.organisation = letter->organisation,
		.round = letter->round,
		.accepts = world_below(w, 100) < 62 };
	uint64_t kind = world_below(w, 100);

	if (kind < 16) /* silent */
		return;
	act.at = w->now + world_hours(w, kind < 80 ? 3 : 24 * 9); /* else away for days */
	w->late_answers += kind >= 80;
	world_push(w, act);
	if (kind % 8 != 0)
		return;
	act.accepts = world_one_in(w, 2) ? act.accepts : !act.accepts;
	act.at += world_hours(w, 5);
	world_push(w, act);
}

static inline void world_desk_hears(struct world *w, const struct happens *letter)
{
	uint32_t site = letter->to;
	struct offer *o = &w->desk[site][letter->referral];
	struct organisation *owner = world_known(w, site, letter->organisation);
	bool is_news = false, is_confirmed = false;
	struct lg_status status = lg_done();

	if (letter->on == ON_OFFERED) {
		status = offer_receive(o, world_id(letter->organisation), letter->round,
			w->ladders.at[w->home[letter->referral].need.urgency].answer, w->now,
			&is_news);
		if (is_news)
			world_desk_tells(w, letter, letter->organisation, ON_RECEIVED);
		if (is_news)
			world_plan_answer(w, letter);
	} else if (letter->on == ON_ACCEPTED) {
		(void)offer_accepted(o, letter->round, owner);
	} else if (letter->on == ON_PASSED) {
		(void)offer_passed(o, letter->round, owner);
	} else if (letter->on == ON_WITHDRAWN) {
		if (lg_id_equal(o->organisation, world_id(letter->organisation)) &&
			offer_withdrawn(o, owner))
			world_desk_tells(w, letter, letter->organisation, ON_DESTROYED);
	} else {
		status = offer_handed_over(o, BY_HOME, letter->told_at, &is_news, &is_confirmed);
	}
	if (!lg_is_done(status))
		world_wrong(w, letter->referral, "a desk refused what the home told");
	if (owner->is_news)
		world_list(w, letter->organisation);
}

static inline void world_desk_answers(struct world *w, const struct happens *act)
{
	uint32_t site = world_site_of(act->organisation);
	struct offer *o = &w->desk[site][act->referral];
	struct organisation *owner = world_known(w, site, act->organisation);
	struct organisation before = *owner;
	bool accepts = act->accepts;
	struct lg_status status;

	if (!lg_id_equal(o->organisation, world_id(act->organisation)))
		return; /* it is not on this desk any more */
	status = offer_answer(o, accepts, owner);
	if (!lg_is_done(status) && referral_may(o->state, ON_YES, BY_ORGANISATION)) {
		w->refused_full++;
		accepts = false;
		status = offer_answer(o, false, owner);
	}
	if (!lg_is_done(status)) {
		w->second_answers++;
		if (w->planted != PLANTED_ANSWER_TWICE)
			return;
	}
	if (w->planted == PLANTED_PLACE_NOT_KEPT && world_one_in(w, 50))
		*owner = before; /* a write that was lost */
	if (o->round < WORLD_ROUNDS_MAX && ++w->witness[act->referral].answers[o->round] > 1)
		world_wrong(w, act->referral, "one offer has two answers");
	world_desk_tells(w, act, act->organisation, accepts ? ON_YES : ON_NO);
	if (owner->is_news)
		world_list(w, act->organisation);
}

/* After the yes: taken over at the line, then some day home, and the place is free again. */
static inline void world_desk_carries(
	struct world *w, const struct happens *act, enum referral_event on)
{
	uint32_t organisation = act->organisation, site = world_site_of(organisation);
	struct offer *o = &w->desk[site][act->referral];
	struct organisation *owner = world_known(w, site, organisation);
	bool is_news = false, is_confirmed = false;
	struct lg_status status;

	if (on == ON_HANDOVER) {
		status = offer_handed_over(o, BY_ORGANISATION, w->now, &is_news, &is_confirmed);
	} else {
		status = offer_follow(o, on, w->now, owner);
		is_news = lg_is_done(status);
	}
	if (is_news)
		world_desk_tells(w, act, organisation, on);
	if (owner->is_news)
		world_list(w, organisation);
}

/* --- people --------------------------------------------------------------------------------- */

static inline void world_carried(struct world *w, const struct happens *act)
{
	struct referral *r = &w->home[act->referral];
	struct referral_effects effects = { .count = 0 };
	struct happens next = *act;
	struct lg_status status;

	if (act->round == 0) { /* those who bring her say so */
		status = referral_handed_over(r, BY_HOME, w->now, &effects);
		world_after_home(w, act->referral, &effects);
		if (!lg_is_done(status) || lg_id_is_zero(r->organisation))
			return;
		next.organisation = world_organisation(r->organisation);
	} else {
		static const enum referral_event deeds[] = { ON_HANDOVER, ON_HANDOVER, ON_REUNIFIED,
			ON_CLOSED };

		world_desk_carries(w, act, deeds[act->round]);
	}
	next.round++;
	next.at = w->now + world_hours(w, act->round == 0 ? 30 : 24 * 8);
	if (next.round < 4)
		world_push(w, next);
}

static inline void world_human_acts(struct world *w, uint32_t referral)
{
	struct referral *r = &w->home[referral];
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = world_around(w, referral);
	struct lg_status status = lg_done();

	if (world_one_in(w, 3))
		status = referral_end(r, END_HELPED_OTHERWISE, &s, &effects);
	else
		status = referral_place(r,
			world_known(
				w, world_home_of(referral), (uint32_t)world_below(w, WORLD_HOMES)),
			&s, &effects);
	(void)status; /* what cannot be is refused */
	world_after_home(w, referral, &effects);
}

static inline void world_her_word(struct world *w, const struct happens *act)
{
	static const char *const codes[] = { "", "home-0", "home-1", "home-2" };
	struct referral *r = &w->home[act->referral];
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = world_around(w, act->referral);
	struct lg_status status;

	if (act->accepts)
		status = referral_consent(r, "", SHARING_GIVEN, &s, &effects);
	else if (world_one_in(w, 3))
		status = referral_withdraw(r, &s, &effects);
	else
		status = referral_consent(
			r, codes[world_below(w, 4)], SHARING_WITHDRAWN, &s, &effects);
	(void)status;
	world_after_home(w, act->referral, &effects);
}

static inline void world_begin(struct world *w, uint32_t referral)
{
	struct referral *r = &w->home[referral];
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = world_around(w, referral);
	uint64_t word = world_below(w, 100);
	static const char *const named[] = { "home-0", "home-1", "home-2", "home-3" };

	r->need = (struct need){ .route = world_one_in(w, 40) ? ROUTE_ADVISE : ROUTE_HAND_BACK,
		.sex = NEED_FEMALE,
		.age_years = (int32_t)world_below(w, 40),
		.urgency = (enum need_urgency)world_below(w, URGENCY_COUNT),
		.district = "",
		.country = "NP",
		.services = "shelter" };
	r->station = "SNL";
	r->sharing.general = word < 75   ? SHARING_GIVEN
			     : word < 80 ? SHARING_REFUSED
					 : SHARING_NOT_ASKED;
	for (uint32_t i = 0; word >= 88 && i < 1 + word % 3; i++) {
		struct lg_status set =
			sharing_set(&r->sharing, named[world_below(w, 4)], SHARING_GIVEN);

		assert(lg_is_done(set));
	}
	referral_begin(r, &s, &effects);
	world_after_home(w, referral, &effects);
	if (world_one_in(w, 5))
		world_push(w, (struct happens){ .what = HER_WORD,
				      .at = w->now + world_hours(w, 24 * 12),
				      .referral = referral,
				      .accepts = world_one_in(w, 3) });
}

/* --- time ---------------------------------------------------------------------------------- */

static inline void world_deadline(struct world *w, const struct happens *due)
{
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = world_around(w, due->referral);

	if (w->witness[due->referral].armed != due->told_at) /* another row stands there now */
		return;
	w->witness[due->referral].armed = 0;
	referral_overdue(&w->home[due->referral], &s, &effects);
	world_after_home(w, due->referral, &effects);
}

static inline void world_step(struct world *w)
{
	struct happens h = world_pop(w);
	bool nobody_acts = h.at > w->acts_end;

	w->now = h.at;
	switch (h.what) {
	case RESCUED:
		world_begin(w, h.referral);
		break;
	case LETTER:
		if (h.is_for_desk)
			world_desk_hears(w, &h);
		else
			world_home_hears(w, &h);
		break;
	case LISTED:
		if (!lg_is_done(directory_learn(&w->directory[h.to], &h.listed)))
			world_wrong(w, 0, "a directory refused what the other site told");
		break;
	case DEADLINE:
		world_deadline(w, &h);
		break;
	case DESK_ACTS:
		if (!nobody_acts)
			world_desk_answers(w, &h);
		break;
	case HUMAN_ACTS:
		if (!nobody_acts)
			world_human_acts(w, h.referral);
		break;
	case HER_WORD:
		if (!nobody_acts)
			world_her_word(w, &h);
		break;
	case CARRIED:
		if (!nobody_acts)
			world_carried(w, &h);
		break;
	}
}

#endif
