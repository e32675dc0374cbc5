/* A referral at its home. */
#include "services/referral/domain/referral.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "services/referral/domain/journey_for_tests.h"

static struct journey journey; /* 100 KiB: too large for a stack under the sanitiser */

/* A journey with so many organisations, the referral not begun. */
static struct referral *begin_with(uint32_t organisations, enum sharing_word word)
{
	journey_init(&journey, 7);
	journey.directory.count = organisations;
	journey.home.sharing.general = word;
	return &journey.home;
}

static struct referral_effects begin(void)
{
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = journey_around(&journey);

	referral_begin(&journey.home, &s, &effects);
	return effects;
}

static struct referral_effects overdue(void)
{
	struct referral_effects effects = { .count = 0 };

	journey.now = journey.home.deadline;

	struct surroundings s = journey_around(&journey);

	referral_overdue(&journey.home, &s, &effects);
	return effects;
}

static void deliver(void)
{
	struct surroundings s = journey_around(&journey);

	referral_received(&journey.home, journey.home.organisation, journey.home.round, &s);
	assert_int_equal(journey.home.state, REFERRAL_DELIVERED);
}

static struct referral_effects answer(bool accepts)
{
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = journey_around(&journey);

	referral_answered(&journey.home, journey.home.organisation, journey.home.round, accepts, 1,
		&s, &effects);
	return effects;
}

/*
 * Goal: silence is not a state.  Method: let only the clock speak, with any number of
 * organisations; every walk ends escalated, each was asked once, the last offer stands.
 */
static void silence_ends_in_escalation(void **unused)
{
	(void)unused;
	for (uint32_t ranked = 0; ranked <= JOURNEY_DESKS; ranked++) {
		struct referral *r = begin_with(ranked, SHARING_GIVEN);

		begin();
		for (uint32_t asked = 0; asked < ranked; asked++) {
			assert_int_equal(r->state, REFERRAL_OFFERED);
			deliver();
			overdue();
		}
		assert_int_equal(r->state, REFERRAL_ESCALATED);
		assert_int_equal(r->asked.count, ranked);
		assert_int_equal(lg_id_is_zero(r->organisation), ranked == 0);
		assert_int_equal(r->escalation, NOBODY_LEFT);
	}
}

/* Goal: a human who does nothing is followed by the next.  Method: the clock, three times. */
static void a_silent_human_is_followed_by_the_next(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(0, SHARING_GIVEN);

	begin();
	assert_int_equal(r->level, 1);
	for (uint32_t level = 2; level < 6; level++) {
		assert_int_equal(overdue().at[0].kind, EFFECT_ESCALATED);
		assert_int_equal(r->level, level);
		assert_int_equal(r->escalation, STILL_WAITING);
	}
}

/* Goal: the deadline runs from delivery.  Method: the line holds the offer; a late yes counts. */
static void an_offer_that_was_held_by_the_line_stands(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(2, SHARING_GIVEN);
	struct lg_id first;

	begin();
	first = r->organisation;
	assert_int_equal(overdue().at[0].kind, EFFECT_ESCALATED);
	assert_int_equal(r->escalation, UNDELIVERED);
	assert_true(lg_id_equal(r->organisation, first));

	struct surroundings s = journey_around(&journey);

	referral_received(r, first, 1, &s);
	assert_int_equal(r->state, REFERRAL_ESCALATED);
	assert_int_equal(answer(true).at[0].kind, EFFECT_ACCEPTED);
	assert_int_equal(r->state, REFERRAL_ACCEPTED);
}

/* Goal: no leads to the next, the last no to a human.  Method: two that decline. */
static void a_no_leads_to_the_next(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(2, SHARING_GIVEN);
	struct lg_id first;

	begin();
	first = r->organisation;
	deliver();

	struct referral_effects effects = answer(false);

	assert_int_equal(effects.count, 2);
	assert_int_equal(effects.at[0].kind, EFFECT_DECLINED);
	assert_true(lg_id_equal(effects.at[0].organisation, first));
	assert_int_equal(effects.at[1].kind, EFFECT_OFFERED);
	assert_false(lg_id_equal(r->organisation, first));
	deliver();
	effects = answer(false);
	assert_int_equal(effects.at[1].kind, EFFECT_ESCALATED);
	assert_int_equal(r->state, REFERRAL_ESCALATED);
	assert_true(lg_id_is_zero(r->organisation));
}

/* Goal: who is too late is told.  Method: the first answers yes after the second was asked. */
static void a_yes_that_is_too_late_is_told_back(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(2, SHARING_GIVEN);
	struct referral_effects effects = { .count = 0 };
	struct lg_id first;

	begin();
	first = r->organisation;
	deliver();
	overdue();

	struct surroundings s = journey_around(&journey);

	referral_answered(r, first, 1, true, 0, &s, &effects);
	assert_int_equal(effects.count, 1);
	assert_int_equal(effects.at[0].kind, EFFECT_PASSED);
	assert_true(lg_id_equal(effects.at[0].organisation, first));
	assert_int_equal(effects.at[0].round, 1);
	assert_int_equal(r->state, REFERRAL_OFFERED);
	effects.count = 0;
	referral_answered(r, first, 1, false, 1, &s, &effects); /* a late no needs no word */
	assert_int_equal(effects.count, 0);
}

/* Goal: nobody is told before she agreed.  Method: not asked, then yes; refused; travels on. */
static void nobody_is_told_before_she_agreed(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(2, SHARING_NOT_ASKED);
	struct referral_effects effects = { .count = 0 };

	assert_int_equal(begin().at[0].kind, EFFECT_ESCALATED);
	assert_int_equal(r->escalation, CONSENT_MISSING);

	struct surroundings s = journey_around(&journey);

	assert_true(lg_is_done(referral_consent(r, "", SHARING_GIVEN, &s, &effects)));
	assert_int_equal(effects.at[0].kind, EFFECT_OFFERED);

	r = begin_with(2, SHARING_REFUSED);
	assert_int_equal(begin().at[0].kind, EFFECT_ENDED);
	assert_int_equal(r->state, REFERRAL_DECLINED);

	r = begin_with(2, SHARING_GIVEN);
	r->need.route = ROUTE_ADVISE;
	effects = begin();
	assert_int_equal(effects.at[0].code, END_TRAVELS_ON);
	assert_true(lg_is_done(referral_link(r, journey.now + 50)));
	assert_int_equal(overdue().at[0].kind, EFFECT_CALL_BACK_DUE);
	assert_int_equal(r->deadline, 0);
}

/* Goal: she may refuse one and keep the others.  Method: no to the one who was asked. */
static void a_no_to_one_organisation_leads_to_the_next(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(2, SHARING_GIVEN);
	struct referral_effects effects = { .count = 0 };

	begin();

	struct surroundings s = journey_around(&journey);
	const char *code = directory_find(&journey.directory, r->organisation)->code;

	assert_true(lg_is_done(referral_consent(r, code, SHARING_REFUSED, &s, &effects)));
	assert_int_equal(effects.at[0].kind, EFFECT_PASSED);
	assert_int_equal(effects.at[1].kind, EFFECT_OFFERED);
	effects.count = 0;
	assert_true(lg_is_done(referral_consent(r, "", SHARING_WITHDRAWN, &s, &effects)));
	assert_int_equal(effects.at[0].kind, EFFECT_WITHDRAWN);
	assert_int_equal(r->state, REFERRAL_WITHDRAWN);
}

/* Goal: destruction is asked for until it is acknowledged.  Method: the clock, then the word. */
static void destruction_is_asked_for_until_acknowledged(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(1, SHARING_GIVEN);
	struct referral_effects effects = { .count = 0 };

	begin();

	struct surroundings s = journey_around(&journey);

	assert_true(lg_is_done(referral_withdraw(r, &s, &effects)));
	assert_int_equal(overdue().at[0].kind, EFFECT_DESTRUCTION_OVERDUE);
	assert_int_equal(overdue().at[0].kind, EFFECT_DESTRUCTION_OVERDUE);
	referral_destroyed(r, journey_id(3), &s, &effects); /* somebody else's word */
	assert_int_equal(r->state, REFERRAL_WITHDRAWN);
	referral_destroyed(r, r->organisation, &s, &effects);
	assert_int_equal(r->state, REFERRAL_DESTROYED);
	assert_int_equal(r->deadline, 0);
	assert_int_equal(referral_withdraw(r, &s, &effects).outcome, LG_REFUSED);
}

/*
 * Goal: a home that has lost that she took her word back tells nobody else of her.  Method: the holder says that it
 * destroyed, in each state in which the home may be; then one whom this home never asked; then one it asked before.
 */
static void a_no_that_the_home_has_lost_is_asked_for(void **unused)
{
	(void)unused;
	for (unsigned state = REFERRAL_OFFERED; state < REFERRAL_WITHDRAWN; state++) {
		struct referral *r = begin_with(2, SHARING_GIVEN);
		struct referral_effects effects = { .count = 0 };
		struct surroundings s = journey_around(&journey);
		struct lg_id holder;

		if (state == REFERRAL_DECLINED || state == REFERRAL_PASSED ||
			state == REFERRAL_ANSWERED)
			continue; /* at rest; or no state of a home */
		begin();
		holder = r->organisation;
		r->state = (enum referral_state)state;
		r->handover.gave_at = 5;
		referral_destroyed(r, holder, &s, &effects);
		assert_int_equal(r->state, REFERRAL_ESCALATED);
		assert_int_equal(r->escalation, CONSENT_MISSING);
		assert_int_equal(effects.count, 1);
		assert_int_equal(effects.at[0].kind, EFFECT_ESCALATED);
		assert_false(sharing_may_tell_any(&r->sharing));
		assert_true(lg_id_is_zero(r->organisation));
		assert_int_equal(r->handover.gave_at, 0);
		referral_destroyed(r, holder, &s, &effects); /* told twice */
		assert_int_equal(effects.count, 1);
		assert_int_equal(overdue().at[0].kind, EFFECT_ESCALATED); /* until somebody did */
	}

	struct referral *r = begin_with(2, SHARING_GIVEN);
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = journey_around(&journey);
	struct lg_id asked_in_between;

	begin();
	asked_in_between = r->organisation;
	referral_destroyed(r, journey_id(3), &s, &effects); /* asked in a time that is lost */
	assert_int_equal(effects.at[0].kind, EFFECT_PASSED);
	assert_true(lg_id_equal(effects.at[0].organisation, asked_in_between));
	assert_int_equal(r->state, REFERRAL_ESCALATED);
	effects.count = 0;
	referral_destroyed(r, asked_in_between, &s, &effects);
	assert_int_equal(effects.count, 0);
	assert_true(lg_is_done(referral_consent(r, "", SHARING_GIVEN, &s, &effects)));
	assert_int_equal(r->state, REFERRAL_OFFERED); /* she was asked: the next who was not */
	assert_false(lg_id_equal(r->organisation, asked_in_between));
}

/* Goal: a human's choice is bounded too.  Method: wrong state, the same, not agreed, good. */
static void a_human_may_place_her_by_hand(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(1, SHARING_GIVEN);
	struct referral_effects effects = { .count = 0 };

	begin();

	struct surroundings s = journey_around(&journey);
	struct organisation *first = &journey.directory.at[0], *other = &journey.directory.at[1];

	journey.directory.count = 2;
	assert_int_equal(referral_place(r, other, &s, &effects).outcome, LG_REFUSED);
	assert_int_equal(referral_end(r, END_HELPED_OTHERWISE, &s, &effects).outcome, LG_REFUSED);
	assert_int_equal(referral_link(r, 0).outcome, LG_REFUSED);
	overdue();
	assert_int_equal(referral_place(r, first, &s, &effects).outcome, LG_REFUSED);
	assert_true(lg_is_done(sharing_set(&r->sharing, other->code, SHARING_REFUSED)));
	assert_int_equal(referral_place(r, other, &s, &effects).outcome, LG_REFUSED);
	assert_true(lg_is_done(sharing_set(&r->sharing, other->code, SHARING_GIVEN)));
	assert_true(lg_is_done(referral_place(r, other, &s, &effects)));
	assert_int_equal(effects.at[0].kind, EFFECT_PASSED);
	assert_int_equal(effects.at[1].kind, EFFECT_OFFERED);
	overdue();
	effects.count = 0;
	assert_true(lg_is_done(referral_end(r, END_HELPED_OTHERWISE, &s, &effects)));
	assert_int_equal(effects.at[1].code, END_HELPED_OTHERWISE);
	assert_int_equal(r->state, REFERRAL_DECLINED);
}

/*
 * Goal: whoever waits to change hands is not forgotten.  Method: after the yes, and after the home
 * alone has spoken, only the clock speaks: one human after the other is asked, until she is received.
 */
static void a_late_handover_is_told(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(1, SHARING_GIVEN);
	struct referral_effects effects = { .count = 0 };

	begin();
	deliver();
	answer(true);
	assert_int_equal(overdue().at[0].kind, EFFECT_HANDOVER_OVERDUE);
	assert_int_equal(r->state, REFERRAL_ACCEPTED);
	assert_int_equal(r->level, 1);
	assert_true(lg_is_done(referral_handed_over(r, BY_HOME, 7, &effects)));
	assert_int_equal(overdue().at[0].kind, EFFECT_HANDOVER_OVERDUE);
	assert_int_equal(r->state, REFERRAL_GAVE);
	assert_int_equal(r->level, 2);
	assert_true(lg_is_done(referral_handed_over(r, BY_ORGANISATION, 8, &effects)));
	assert_int_equal(r->deadline, 0);
	assert_int_equal(overdue().count, 0);
}

/*
 * Goal: who is helped otherwise, or travels on, has nothing to take back.  Method: ended by a human;
 * then her word.  A desk whose no crossed her word on the line destroys and says so (offer_test.c).
 */
static void a_search_that_ended_is_not_withdrawn(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(0, SHARING_GIVEN);
	struct referral_effects effects = { .count = 0 };

	begin();

	struct surroundings s = journey_around(&journey);

	assert_true(lg_is_done(referral_end(r, END_HELPED_OTHERWISE, &s, &effects)));
	effects.count = 0;
	assert_int_equal(referral_withdraw(r, &s, &effects).outcome, LG_REFUSED);
	assert_true(lg_is_done(referral_consent(r, "", SHARING_WITHDRAWN, &s, &effects)));
	assert_int_equal(r->state, REFERRAL_DECLINED);
	assert_int_equal(effects.count, 0);
}

/* Goal: told twice is done.  Method: every word of intake and the peer again. */
static void told_twice_changes_nothing(void **unused)
{
	(void)unused;
	struct referral *r = begin_with(1, SHARING_GIVEN);
	struct referral_effects effects = { .count = 0 };

	begin();
	assert_int_equal(begin().count, 0);
	deliver();

	struct surroundings s = journey_around(&journey);
	struct referral before = *r;

	referral_received(r, r->organisation, r->round, &s);
	referral_overdue(r, &s, &effects); /* early */
	assert_memory_equal(&before, r, sizeof before);
	answer(true);
	assert_int_equal(answer(true).count, 0);
	assert_true(lg_is_done(referral_handed_over(r, BY_ORGANISATION, 5, &effects)));
	assert_true(lg_is_done(referral_handed_over(r, BY_ORGANISATION, 6, &effects)));
	assert_int_equal(r->handover.took_at, 5);
	assert_int_equal(effects.count, 0);
	assert_true(lg_is_done(referral_handed_over(r, BY_HOME, 7, &effects)));
	assert_int_equal(effects.at[1].kind, EFFECT_HANDED_OVER);
	assert_false(referral_followed(r, journey_id(3), ON_CLOSED));
	assert_true(referral_followed(r, r->organisation, ON_CLOSED));
	assert_false(referral_followed(r, r->organisation, ON_CLOSED));
	r->deadline = 1;
	overdue(); /* nothing is due any more */
	assert_int_equal(r->deadline, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_ends_in_escalation),
		cmocka_unit_test(a_silent_human_is_followed_by_the_next),
		cmocka_unit_test(an_offer_that_was_held_by_the_line_stands),
		cmocka_unit_test(a_no_leads_to_the_next),
		cmocka_unit_test(a_yes_that_is_too_late_is_told_back),
		cmocka_unit_test(nobody_is_told_before_she_agreed),
		cmocka_unit_test(a_no_to_one_organisation_leads_to_the_next),
		cmocka_unit_test(destruction_is_asked_for_until_acknowledged),
		cmocka_unit_test(a_no_that_the_home_has_lost_is_asked_for),
		cmocka_unit_test(a_human_may_place_her_by_hand),
		cmocka_unit_test(a_late_handover_is_told),
		cmocka_unit_test(a_search_that_ended_is_not_withdrawn),
		cmocka_unit_test(told_twice_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
