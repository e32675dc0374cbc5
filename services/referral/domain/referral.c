#include "services/referral/domain/referral.h"

#include <assert.h>

const char *const escalation_names[ESCALATION_COUNT] = {
	[ESCALATION_NONE] = "",
	[NOBODY_LEFT] = "NOBODY_LEFT",
	[UNDELIVERED] = "UNDELIVERED",
	[CONSENT_MISSING] = "CONSENT_MISSING",
	[STILL_WAITING] = "STILL_WAITING",
};

static const struct lg_id nobody;

/* A step that was looked up before: a missing row is our own fault. */
static void must_move(struct referral *r, enum referral_event on, enum referral_side by)
{
	struct lg_status status = referral_move(&r->state, on, by);

	assert(lg_is_done(status));
}

static struct referral_effect *add(
	struct referral_effects *effects, enum referral_effect_kind kind, const struct referral *r)
{
	assert(effects->count < REFERRAL_EFFECTS_MAX);

	struct referral_effect *effect = &effects->at[effects->count++];

	*effect = (struct referral_effect){
		.kind = kind, .organisation = r->organisation, .round = r->round
	};
	return effect;
}

static const struct ladder *ladder_of(const struct referral *r, const struct surroundings *s)
{
	return &s->ladders->at[r->need.urgency];
}

bool referral_asks(const struct referral *r, struct lg_id organisation, uint32_t round)
{
	return !lg_id_is_zero(r->organisation) && lg_id_equal(r->organisation, organisation) &&
	       r->round == round;
}

/* --- who is asked ---------------------------------------------------------------------- */

static void ask(struct referral *r, const struct ranked *ranked, struct lg_id organisation,
	enum referral_side by, const struct surroundings *s, struct referral_effects *effects)
{
	must_move(r, ON_OFFERED, by);
	r->organisation = organisation;
	if (!asked_has(&r->asked, organisation) && r->asked.count < ASKED_MAX)
		r->asked.at[r->asked.count++] = organisation;
	r->round++;
	r->level = 0;
	r->escalation = ESCALATION_NONE;
	r->deadline = s->now + ladder_of(r, s)->delivery;
	add(effects, EFFECT_OFFERED, r)->ranked = *ranked;
}

static void escalate(struct referral *r, enum escalation why, enum referral_side by,
	const struct surroundings *s, struct referral_effects *effects)
{
	must_move(r, ON_ESCALATED, by);
	r->escalation = why;
	r->level++;
	r->deadline = s->now + ladder_of(r, s)->reminder;
	add(effects, EFFECT_ESCALATED, r);
}

/*
 * Asks the best of those that are left; the one before is told.  Where nobody is left a human is
 * asked, and the offer stands as long as keeps_offer says.
 */
static void ask_next(struct referral *r, enum referral_side by, bool keeps_offer,
	const struct surroundings *s, struct referral_effects *effects)
{
	struct ranked best = ranking_best(s->directory, &r->need, &r->sharing, &r->asked);

	if (!lg_id_is_zero(r->organisation) && (best.organisation != NULL || !keeps_offer)) {
		add(effects, EFFECT_PASSED, r);
		r->organisation = nobody;
	}
	if (best.organisation != NULL)
		ask(r, &best, best.organisation->organisation_id, by, s, effects);
	else
		escalate(r, sharing_may_tell_any(&r->sharing) ? NOBODY_LEFT : CONSENT_MISSING, by,
			s, effects);
}

static void end(struct referral *r, enum ending ending, struct referral_effects *effects)
{
	must_move(r, ON_DECLINED, BY_HOME);
	r->deadline = 0;
	r->organisation = nobody;
	add(effects, EFFECT_ENDED, r)->code = ending;
}

void referral_begin(
	struct referral *r, const struct surroundings *s, struct referral_effects *effects)
{
	bool said_no =
		r->sharing.general == SHARING_REFUSED || r->sharing.general == SHARING_WITHDRAWN;

	if (r->state != REFERRAL_NEW)
		return;
	r->began_at = s->now;
	if (r->need.route == ROUTE_ADVISE)
		end(r, END_TRAVELS_ON, effects);
	else if (said_no && !sharing_may_tell_any(&r->sharing))
		end(r, END_SAID_NO, effects);
	else
		ask_next(r, BY_HOME, false, s, effects);
}

/* --- what the organisation says ---------------------------------------------------------- */

void referral_received(
	struct referral *r, struct lg_id organisation, uint32_t round, const struct surroundings *s)
{
	if (!referral_asks(r, organisation, round) ||
		!referral_may(r->state, ON_RECEIVED, BY_ORGANISATION))
		return;
	must_move(r, ON_RECEIVED, BY_ORGANISATION);
	if (r->state == REFERRAL_DELIVERED)
		r->deadline = s->now + ladder_of(r, s)->answer;
}

/* Counts how it answered; one that the directory does not know any more is not counted. */
static void count_answer(const struct surroundings *s, struct lg_id organisation, bool accepts)
{
	struct organisation *known = directory_find(s->directory, organisation);

	if (known == NULL)
		return;
	known->is_changed = true;
	if (accepts)
		known->accepted++;
	else
		known->declined++;
}

void referral_answered(struct referral *r, struct lg_id organisation, uint32_t round, bool accepts,
	uint32_t reason, const struct surroundings *s, struct referral_effects *effects)
{
	enum referral_event on = accepts ? ON_YES : ON_NO;

	if (!referral_asks(r, organisation, round) ||
		!referral_may(r->state, on, BY_ORGANISATION)) {
		/* a yes to what is closed: its desk has lost the rest, and hears that it is over */
		bool is_kept = !accepts || (referral_asks(r, organisation, round) &&
						   r->state != REFERRAL_CLOSED);

		if (!is_kept && r->state != REFERRAL_WITHDRAWN && r->state != REFERRAL_DESTROYED) {
			struct referral_effect *effect = add(effects, EFFECT_PASSED, r);

			effect->organisation = organisation;
			effect->round = round;
		}
		return;
	}
	must_move(r, on, BY_ORGANISATION);
	count_answer(s, organisation, accepts);
	if (accepts) {
		must_move(r, ON_ACCEPTED, BY_HOME);
		r->level = 0;
		r->deadline = s->now + ladder_of(r, s)->handover;
		add(effects, EFFECT_ACCEPTED, r);
		return;
	}
	add(effects, EFFECT_DECLINED, r)->code = reason;
	r->organisation = nobody;
	ask_next(r, BY_HOME, false, s, effects);
}

/* --- the clock --------------------------------------------------------------------------- */

static void silence(struct referral *r, const struct surroundings *s, struct referral_effects *e)
{
	struct organisation *silent = directory_find(s->directory, r->organisation);

	if (silent != NULL) {
		silent->silent++;
		silent->is_changed = true;
	}
	ask_next(r, BY_CLOCK, true, s, e);
}

void referral_overdue(
	struct referral *r, const struct surroundings *s, struct referral_effects *effects)
{
	if (r->deadline == 0 || s->now < r->deadline)
		return;
	if (r->state == REFERRAL_DELIVERED) {
		silence(r, s, effects);
	} else if (r->state == REFERRAL_OFFERED) {
		escalate(r, UNDELIVERED, BY_CLOCK, s, effects);
	} else if (r->state == REFERRAL_ESCALATED) {
		escalate(r, STILL_WAITING, BY_CLOCK, s, effects);
	} else if (r->state == REFERRAL_ACCEPTED || r->state == REFERRAL_GAVE) {
		must_move(r, ON_HANDOVER_OVERDUE, BY_CLOCK);
		r->level++;
		r->deadline = s->now + ladder_of(r, s)->reminder;
		add(effects, EFFECT_HANDOVER_OVERDUE, r);
	} else if (r->state == REFERRAL_WITHDRAWN) {
		must_move(r, ON_DESTRUCTION_OVERDUE, BY_CLOCK);
		r->deadline = s->now + ladder_of(r, s)->destruction;
		add(effects, EFFECT_DESTRUCTION_OVERDUE, r);
	} else if (r->state == REFERRAL_DECLINED) {
		must_move(r, ON_FOLLOW_UP_DUE, BY_CLOCK);
		r->deadline = 0;
		add(effects, EFFECT_CALL_BACK_DUE, r);
	} else {
		r->deadline = 0;
	}
}

/* --- her word ---------------------------------------------------------------------------- */

/*
 * Whether there is something to take back.  A desk hears of it also behind its own no; at the home
 * nobody is asked any more then, and an agreed call-back stands.
 */
static bool may_withdraw(const struct referral *r)
{
	return r->state != REFERRAL_DECLINED && referral_may(r->state, ON_WITHDRAWN, BY_HOME);
}

struct lg_status referral_withdraw(
	struct referral *r, const struct surroundings *s, struct referral_effects *effects)
{
	if (!may_withdraw(r))
		return lg_refuse("nothing is there to be withdrawn");
	must_move(r, ON_WITHDRAWN, BY_HOME);
	r->deadline = lg_id_is_zero(r->organisation) ? 0 : s->now + ladder_of(r, s)->destruction;
	add(effects, EFFECT_WITHDRAWN, r);
	return lg_done();
}

/* Whether the one who has the offer, or took her in, may still know of her. */
static bool may_current_know(const struct referral *r, const struct surroundings *s)
{
	const struct organisation *current = directory_find(s->directory, r->organisation);

	return current != NULL && sharing_may_tell(&r->sharing, current->code);
}

static bool is_being_asked(const struct referral *r)
{
	return r->state == REFERRAL_OFFERED || r->state == REFERRAL_DELIVERED ||
	       r->state == REFERRAL_ESCALATED;
}

struct lg_status referral_consent(struct referral *r, const char *recipient, enum sharing_word word,
	const struct surroundings *s, struct referral_effects *effects)
{
	bool has_current = !lg_id_is_zero(r->organisation);
	struct lg_status status = sharing_set(&r->sharing, recipient, word);

	if (!lg_is_done(status) || r->state == REFERRAL_NEW)
		return status;
	if (r->state == REFERRAL_ESCALATED && !has_current && r->escalation == CONSENT_MISSING &&
		sharing_may_tell_any(&r->sharing)) {
		ask_next(r, BY_HOME, false, s, effects);
		return lg_done();
	}
	if (has_current ? may_current_know(r, s) : sharing_may_tell_any(&r->sharing))
		return lg_done();
	if (is_being_asked(r) && sharing_may_tell_any(&r->sharing)) /* only not this one */
		ask_next(r, BY_HOME, false, s, effects);
	else if (word != SHARING_GIVEN && may_withdraw(r))
		return referral_withdraw(r, s, effects);
	return lg_done();
}

/*
 * Her no is known to the desk alone: this home came back from before it.  That she was asked once, and said
 * yes, does not count any more.
 */
static void ask_her_anew(struct referral *r, struct lg_id organisation,
	const struct surroundings *s, struct referral_effects *effects)
{
	if (!lg_id_is_zero(r->organisation) && !lg_id_equal(r->organisation, organisation))
		add(effects, EFFECT_PASSED, r);
	if (!asked_has(&r->asked, organisation) && r->asked.count < ASKED_MAX)
		r->asked.at[r->asked.count++] = organisation;
	r->organisation = nobody;
	r->sharing = (struct sharing){ .general = SHARING_WITHDRAWN };
	r->handover = (struct handover){ .has_code = false };
	r->code_sealed = lg_bytes(NULL, 0);
	r->escalation = CONSENT_MISSING;
	r->level = 1;
	r->deadline = s->now + ladder_of(r, s)->reminder;
	add(effects, EFFECT_ESCALATED, r);
}

void referral_destroyed(struct referral *r, struct lg_id organisation, const struct surroundings *s,
	struct referral_effects *effects)
{
	bool is_holder = lg_id_equal(r->organisation, organisation);
	bool was_asked_for = r->state == REFERRAL_WITHDRAWN;

	if (!referral_may(r->state, ON_DESTROYED, BY_ORGANISATION) ||
		(!is_holder && (was_asked_for || asked_has(&r->asked, organisation))))
		return;
	must_move(r, ON_DESTROYED, BY_ORGANISATION);
	if (was_asked_for)
		r->deadline = 0;
	else
		ask_her_anew(r, organisation, s, effects);
}

/* --- humans of the home ------------------------------------------------------------------ */

struct lg_status referral_place(struct referral *r, struct organisation *chosen,
	const struct surroundings *s, struct referral_effects *effects)
{
	const struct ranked by_hand = { .organisation = chosen };

	if (r->state != REFERRAL_ESCALATED && r->state != REFERRAL_DECLINED)
		return lg_refuse("a place is found by hand only when a human was asked to");
	if (lg_id_equal(r->organisation, chosen->organisation_id))
		return lg_refuse("this organisation has the offer already");
	if (!sharing_may_tell(&r->sharing, chosen->code))
		return lg_refuse("she did not agree that this organisation is told");
	if (!lg_id_is_zero(r->organisation))
		add(effects, EFFECT_PASSED, r);
	ask(r, &by_hand, chosen->organisation_id, BY_HOME, s, effects);
	return lg_done();
}

struct lg_status referral_end(struct referral *r, enum ending ending, const struct surroundings *s,
	struct referral_effects *effects)
{
	(void)s;
	if (r->state != REFERRAL_ESCALATED)
		return lg_refuse("a search is ended only when a human was asked to look");
	if (!lg_id_is_zero(r->organisation))
		add(effects, EFFECT_PASSED, r);
	end(r, ending, effects);
	return lg_done();
}

struct lg_status referral_link(struct referral *r, lg_ms call_back_at)
{
	struct lg_status status = referral_move(&r->state, ON_LINKED, BY_HOME);

	if (!lg_is_done(status))
		return status;
	r->call_back_at = call_back_at;
	r->deadline = call_back_at;
	return lg_done();
}

/* --- from hand to hand ------------------------------------------------------------------- */

struct lg_status referral_handed_over(
	struct referral *r, enum referral_side by, lg_ms at, struct referral_effects *effects)
{
	lg_ms *said_at = by == BY_HOME ? &r->handover.gave_at : &r->handover.took_at;

	assert(at > 0);
	if (*said_at != 0) /* told twice */
		return lg_done();

	struct lg_status status = referral_move(&r->state, ON_HANDOVER, by);

	if (!lg_is_done(status)) /* a peer that is late is no fault; a user is told */
		return by == BY_HOME ? status : lg_done();
	*said_at = at;
	if (r->state == REFERRAL_TOOK || r->state == REFERRAL_HANDED_OVER) /* she is received */
		r->deadline = 0;
	if (by == BY_HOME)
		add(effects, EFFECT_GAVE, r);
	if (handover_is_confirmed(&r->handover))
		add(effects, EFFECT_HANDED_OVER, r);
	return lg_done();
}

bool referral_followed(struct referral *r, struct lg_id organisation, enum referral_event on)
{
	if (!lg_id_equal(r->organisation, organisation) ||
		!referral_may(r->state, on, BY_ORGANISATION))
		return false;
	must_move(r, on, BY_ORGANISATION);
	return true;
}
