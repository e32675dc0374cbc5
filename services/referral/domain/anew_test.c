/* What a site that lost its line's words is told, and what it makes of them. */
#include "services/referral/domain/anew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HOME 1
#define HERE 2
#define ELSE 3

static struct lg_id desk_at(uint16_t site)
{
	return lg_id_make(site, 1, 1);
}

/* Of a home, in this state, with the organisation of a site asked in round 2. */
static struct referral asked(enum referral_state state, uint16_t site)
{
	struct referral r = { .state = state, .organisation = desk_at(site), .round = 2 };

	r.asked.count = 1;
	r.asked.at[0] = r.organisation;
	return r;
}

static struct offer on_desk(enum referral_state state)
{
	return (struct offer){ .state = state, .organisation = desk_at(HERE), .round = 2 };
}

static void assert_words(const struct anew_words *words, uint32_t count, const enum anew_word *want)
{
	assert_int_equal(words->count, count);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(words->at[i], want[i]);
}

#define WORDS(...) \
	(sizeof((enum anew_word[]){ __VA_ARGS__ }) / sizeof(enum anew_word)), (enum anew_word[]) \
	{ \
		__VA_ARGS__ \
	}

/* Goal: a home tells what its desk must know, and no more.  Method: every state, with the desk asked now. */
static void a_home_tells_the_desk_that_is_asked(void **unused)
{
	(void)unused;
	for (unsigned state = 0; state < REFERRAL_STATE_COUNT; state++) {
		struct referral r = asked((enum referral_state)state, HERE);
		struct anew_words words;
		struct lg_id organisation;

		anew_of_referral(&r, HERE, &organisation, &words);
		assert_true(lg_id_equal(organisation, desk_at(HERE)));
		if (state == REFERRAL_NEW || state == REFERRAL_DECLINED || state == REFERRAL_CLOSED)
			assert_int_equal(words.count, 0);
		else if (state == REFERRAL_WITHDRAWN || state == REFERRAL_DESTROYED)
			assert_words(&words, WORDS(ANEW_WITHDRAWN));
		else if (state == REFERRAL_OFFERED || state == REFERRAL_DELIVERED ||
			 state == REFERRAL_ESCALATED)
			assert_words(&words, WORDS(ANEW_OFFERED));
		else
			assert_words(&words, WORDS(ANEW_OFFERED, ANEW_ACCEPTED));

		r.handover.gave_at = 5;
		r.state = REFERRAL_GAVE;
		anew_of_referral(&r, HERE, &organisation, &words);
		assert_words(&words, WORDS(ANEW_OFFERED, ANEW_ACCEPTED, ANEW_GAVE));
	}
}

/* Goal: who was asked before hears that it is over; a stranger nothing.  Method: asked elsewhere since. */
static void a_desk_that_was_passed_hears_so(void **unused)
{
	struct referral r = asked(REFERRAL_ACCEPTED, HERE);
	struct anew_words words;
	struct lg_id organisation;

	(void)unused;
	r.organisation = r.asked.at[r.asked.count++] = desk_at(ELSE);
	anew_of_referral(&r, HERE, &organisation, &words);
	assert_words(&words, WORDS(ANEW_PASSED));
	assert_true(lg_id_equal(organisation, desk_at(HERE)));
	anew_of_referral(&r, 4, &organisation, &words);
	assert_int_equal(words.count, 0);
	r.state = REFERRAL_DECLINED;
	anew_of_referral(&r, HERE, &organisation, &words);
	assert_int_equal(words.count, 0);
}

/* Goal: a desk tells all that its home may lack.  Method: every state that a desk can be in. */
static void a_desk_tells_how_far_she_has_come(void **unused)
{
	struct anew_words words;
	struct offer o = on_desk(REFERRAL_DELIVERED);

	(void)unused;
	anew_of_offer(&o, &words);
	assert_words(&words, WORDS(ANEW_RECEIVED));
	for (unsigned state = REFERRAL_ANSWERED; state <= REFERRAL_GAVE; state++) {
		o = on_desk((enum referral_state)state);
		anew_of_offer(&o, &words);
		if (state == REFERRAL_DECLINED || state == REFERRAL_PASSED)
			assert_int_equal(words.count, 0);
		else if (state != REFERRAL_ESCALATED) /* no desk is so */
			assert_words(&words, WORDS(ANEW_RECEIVED, ANEW_YES));
	}
	for (unsigned state = REFERRAL_TOOK; state <= REFERRAL_CLOSED; state++) {
		static const enum anew_word last[] = { ANEW_REHABILITATION, ANEW_REUNIFIED,
			ANEW_CLOSED };

		o = on_desk((enum referral_state)state);
		o.handover.took_at = 7;
		anew_of_offer(&o, &words);
		assert_int_equal(words.at[2], ANEW_TOOK);
		assert_int_equal(words.count, state <= REFERRAL_HANDED_OVER ? 3 : 4);
		if (words.count == 4)
			assert_int_equal(words.at[3], last[state - REFERRAL_REHABILITATION]);
	}
	o = on_desk(REFERRAL_DESTROYED);
	o.handover.took_at = 7;
	anew_of_offer(&o, &words);
	assert_words(&words, WORDS(ANEW_DESTROYED));
}

/*
 * Goal: whoever knows it changes nothing, whoever lost it can answer, and the home hears what it lacks.
 * Method: each state of a desk beside each word of what the home has heard.
 */
static void a_desk_meets_an_offer_that_is_told_anew(void **unused)
{
	(void)unused;
	for (unsigned state = 0; state < REFERRAL_STATE_COUNT; state++)
		for (unsigned heard = 0; heard <= ANEW_HEARD_YES; heard++) {
			struct offer o = on_desk((enum referral_state)state), before = o;
			enum anew_meets want = ANEW_KNOWN;

			if (state == REFERRAL_NEW)
				want = ANEW_FIRST;
			else if (heard != ANEW_HEARD_YES && state == REFERRAL_PASSED)
				want = ANEW_FIRST;
			else if (heard != ANEW_HEARD_YES && state == REFERRAL_DECLINED)
				want = ANEW_SAID_NO;
			else if (heard == ANEW_HEARD_NOTHING && state == REFERRAL_DELIVERED)
				want = ANEW_AGAIN;
			else if (heard != ANEW_HEARD_YES &&
				 (state == REFERRAL_ANSWERED || state == REFERRAL_ACCEPTED ||
					 state == REFERRAL_GAVE))
				want = ANEW_AGAIN;
			assert_int_equal(
				anew_meet(&o, desk_at(HERE), 2, (enum anew_heard)heard, NULL),
				want);
			if (want == ANEW_KNOWN || want == ANEW_SAID_NO)
				assert_memory_equal(&o, &before, sizeof o);
			if (want == ANEW_AGAIN)
				assert_int_equal(o.state, state == REFERRAL_DELIVERED
								  ? REFERRAL_DELIVERED
								  : REFERRAL_ANSWERED);
		}
}

/*
 * Goal: a home that has lost a no, and one that has lost that it asked somebody else, are understood.  Method: both
 * ask anew under a lower round; another organisation of the same site has not said no.
 */
static void a_no_is_of_who_said_it(void **unused)
{
	struct offer o = on_desk(REFERRAL_DELIVERED);
	struct organisation held = { .organisation_id = desk_at(HERE), .free_places = 1 };
	bool is_news = false;

	(void)unused;
	assert_true(lg_is_done(offer_answer(&o, false, &held)));
	assert_int_equal(
		anew_meet(&o, desk_at(HERE), 1, ANEW_HEARD_DELIVERED, &held), ANEW_SAID_NO);
	assert_int_equal(anew_meet(&o, desk_at(ELSE), 1, ANEW_HEARD_DELIVERED, &held), ANEW_FIRST);
	assert_true(lg_is_done(offer_receive(&o, desk_at(ELSE), 1, 50, 1000, &is_news)));
	assert_true(is_news);
	assert_true(anew_pass(&o, 1, &held));
	assert_int_equal(anew_meet(&o, desk_at(ELSE), 1, ANEW_HEARD_NOTHING, &held), ANEW_FIRST);
	assert_true(lg_is_done(offer_receive(&o, desk_at(ELSE), 1, 50, 2000, &is_news)));
	assert_int_equal(o.state, REFERRAL_DELIVERED);
}

/*
 * Goal: a desk that waits for a home which asks it no more hears so, and one that is asked hears no such thing.
 * Method: its telling beside each state of the home, under a lower, the same and a higher round.
 */
static void a_desk_that_waits_in_vain_hears_so(void **unused)
{
	(void)unused;
	for (unsigned state = REFERRAL_OFFERED; state < REFERRAL_STATE_COUNT; state++)
		for (uint32_t round = 1; round <= 3; round++) {
			struct referral r = asked((enum referral_state)state, HERE);
			struct anew_words words;

			anew_of_asking(&r, desk_at(HERE), round, &words);
			assert_int_equal(words.count, state == REFERRAL_CLOSED);
			r.organisation = desk_at(ELSE);
			anew_of_asking(&r, desk_at(HERE), round, &words);
			assert_words(&words, WORDS(ANEW_PASSED));
			assert_int_equal(words.round, round < 2 ? 2 : round);
		}
}

/* Goal: a later round says that the one before is over.  Method: a yes of round 2, an offer of round 3. */
static void a_newer_round_frees_what_was_held(void **unused)
{
	struct organisation held = { .organisation_id = desk_at(HERE), .free_places = 1 };
	struct offer o = on_desk(REFERRAL_DELIVERED);
	bool is_news = false;

	(void)unused;
	assert_true(lg_is_done(offer_answer(&o, true, &held)));
	assert_int_equal(held.free_places, 0);
	assert_int_equal(anew_meet(&o, desk_at(HERE), 3, ANEW_HEARD_NOTHING, &held), ANEW_FIRST);
	assert_int_equal(o.state, REFERRAL_PASSED);
	assert_int_equal(held.free_places, 1);
	assert_true(lg_is_done(offer_receive(&o, desk_at(HERE), 3, 50, 1000, &is_news)));
	assert_true(is_news);

	assert_false(anew_pass(&o, 2, &held)); /* of before: this one stands */
	assert_true(anew_pass(&o, 4, &held));
	assert_false(anew_pass(&o, 4, &held));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_home_tells_the_desk_that_is_asked),
		cmocka_unit_test(a_desk_that_was_passed_hears_so),
		cmocka_unit_test(a_desk_tells_how_far_she_has_come),
		cmocka_unit_test(a_desk_meets_an_offer_that_is_told_anew),
		cmocka_unit_test(a_no_is_of_who_said_it),
		cmocka_unit_test(a_desk_that_waits_in_vain_hears_so),
		cmocka_unit_test(a_newer_round_frees_what_was_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
