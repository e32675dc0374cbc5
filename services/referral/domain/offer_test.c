/* The organisation's desk, the code at the line, the plan of visits. */
#include "services/referral/domain/offer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "services/referral/domain/deadline.h"

static struct organisation with_places(uint32_t free_places)
{
	return (struct organisation){
		.organisation_id = lg_id_make(2, 1, 1), .code = "maiti", .free_places = free_places
	};
}

static struct offer delivered(void)
{
	struct offer o = { .state = REFERRAL_NEW };
	bool is_news = false;

	assert_true(lg_is_done(offer_receive(&o, lg_id_make(2, 1, 1), 1, 50, 1000, &is_news)));
	assert_true(is_news);
	assert_int_equal(o.answer_by, 1050);
	return o;
}

/* Goal: an organisation promises no more than it has.  Method: one place, two yeses. */
static void a_yes_needs_a_place(void **unused)
{
	(void)unused;
	struct organisation organisation = with_places(1);
	struct offer first = delivered(), second = delivered();

	assert_true(lg_is_done(offer_answer(&first, true, &organisation)));
	assert_int_equal(offer_answer(&second, true, &organisation).outcome, LG_REFUSED);
	assert_int_equal(second.state, REFERRAL_DELIVERED);
	assert_int_equal(offer_answer(&first, false, &organisation).outcome, LG_REFUSED);
	assert_true(offer_passed(&first, 1, &organisation)); /* too late: the place is free again */
	assert_true(lg_is_done(offer_answer(&second, true, &organisation)));
}

/* Goal: told twice is done, an old round is passed over.  Method: each word again. */
static void told_twice_changes_nothing(void **unused)
{
	(void)unused;
	struct organisation organisation = with_places(1);
	struct offer o = delivered();
	bool is_news = true;

	assert_true(lg_is_done(offer_receive(&o, o.organisation, 1, 50, 2000, &is_news)));
	assert_false(is_news);
	assert_int_equal(o.answer_by, 1050);
	assert_false(offer_has_said_yes(&o));
	assert_true(lg_is_done(offer_answer(&o, true, &organisation)));
	assert_true(offer_has_said_yes(&o));
	assert_int_equal(organisation.free_places, 0);
	assert_false(offer_accepted(&o, 2, &organisation));
	assert_false(offer_passed(&o, 2, &organisation));
	assert_true(offer_accepted(&o, 1, &organisation));
	assert_false(offer_passed(&o, 1, &organisation));
	assert_int_equal(
		offer_receive(&o, o.organisation, 2, 50, 2000, &is_news).outcome, LG_REFUSED);
}

/*
 * Goal: a home that came back from an older backup is answered anew.  Method: it asks again, under a
 * round that it counts from the beginning, in each state in which its answer is open.
 */
static void a_home_that_has_lost_the_answer_is_told_again(void **unused)
{
	(void)unused;
	struct organisation organisation = with_places(1);
	struct offer o = delivered();
	bool is_news = false;

	o.round = 3;
	assert_true(offer_asked_again(&o, o.organisation, 1));
	assert_int_equal(o.round, 1);
	assert_false(offer_asked_again(&o, o.organisation, 2));      /* a new round is new */
	assert_false(offer_asked_again(&o, lg_id_make(2, 1, 2), 1)); /* somebody else */
	assert_true(lg_is_done(offer_answer(&o, true, &organisation)));
	assert_true(offer_asked_again(&o, o.organisation, 1));
	assert_int_equal(o.state, REFERRAL_ANSWERED);
	assert_true(offer_accepted(&o, 1, &organisation));
	assert_true(offer_asked_again(&o, o.organisation, 1));
	assert_int_equal(o.state, REFERRAL_ANSWERED);
	assert_int_equal(organisation.free_places, 0); /* it holds the one it held */
	assert_true(offer_passed(&o, 1, &organisation));
	assert_false(offer_asked_again(&o, o.organisation, 1));
	assert_true(lg_is_done(offer_receive(&o, o.organisation, 1, 50, 2000, &is_news)));
	assert_true(is_news);
	assert_int_equal(o.state, REFERRAL_DELIVERED);
}

/*
 * Goal: a desk that has lost its yes hears of it from the home.  Method: confirmed while it only lies
 * on the desk, with a place and without.
 */
static void the_home_knows_a_yes_that_the_desk_has_lost(void **unused)
{
	(void)unused;
	for (uint32_t places = 0; places < 2; places++) {
		struct organisation organisation = with_places(places);
		struct offer o = delivered();

		assert_true(offer_accepted(&o, 1, &organisation));
		assert_int_equal(o.state, REFERRAL_ACCEPTED);
		assert_int_equal(o.has_place, places == 1);
		assert_int_equal(organisation.free_places, 0);
		assert_true(offer_has_said_yes(&o));
		assert_int_equal(offer_answer(&o, false, &organisation).outcome, LG_REFUSED);
	}
}

/* Goal: nothing is left of who withdrew.  Method: withdrawn after acceptance, and again. */
static void nothing_is_left_of_who_withdrew(void **unused)
{
	(void)unused;
	struct organisation organisation = with_places(1);
	struct offer o = delivered(), never = { .state = REFERRAL_NEW };

	assert_true(lg_is_done(offer_answer(&o, true, &organisation)));
	assert_true(offer_accepted(&o, 1, &organisation));
	o.sealed = lg_bytes("sealed", 6);
	o.handover.has_code = true;
	assert_true(offer_withdrawn(&o, &organisation));
	assert_int_equal(o.sealed.size, 0);
	assert_false(o.handover.has_code);
	assert_int_equal(organisation.free_places, 1);
	assert_false(offer_withdrawn(&o, &organisation));
	assert_false(offer_withdrawn(&never, NULL));
}

/*
 * Goal: a holder whose no crossed her word on the line destroys too, and says so: else the home
 * would ask for it for ever.  Method: answered no, then withdrawn, twice.
 */
static void who_said_no_destroys_too(void **unused)
{
	(void)unused;
	struct organisation organisation = with_places(1);
	struct offer o = delivered();

	assert_true(lg_is_done(offer_answer(&o, false, &organisation)));
	assert_true(offer_withdrawn(&o, &organisation));
	assert_int_equal(o.state, REFERRAL_DESTROYED);
	assert_int_equal(organisation.free_places, 1);
	assert_false(offer_withdrawn(&o, &organisation));
}

/* Goal: both may be cut off, in any order.  Method: home first, then the organisation; reversed. */
static void two_words_meet_in_any_order(void **unused)
{
	(void)unused;
	for (unsigned order = 0; order < 2; order++) {
		enum referral_side first = order == 0 ? BY_HOME : BY_ORGANISATION;
		enum referral_side second = order == 0 ? BY_ORGANISATION : BY_HOME;
		struct offer o = { .state = REFERRAL_ACCEPTED };
		bool is_news, is_confirmed;

		assert_true(lg_is_done(offer_handed_over(&o, first, 7, &is_news, &is_confirmed)));
		assert_true(is_news && !is_confirmed);
		assert_true(lg_is_done(offer_handed_over(&o, first, 8, &is_news, &is_confirmed)));
		assert_false(is_news);
		assert_true(lg_is_done(offer_handed_over(&o, second, 9, &is_news, &is_confirmed)));
		assert_true(is_news && is_confirmed);
		assert_int_equal(o.state, REFERRAL_HANDED_OVER);
		assert_int_equal(handover_confirmed_at(&o.handover), 7);
	}
	struct offer early = { .state = REFERRAL_DELIVERED };
	bool is_news, is_confirmed;

	assert_int_equal(
		offer_handed_over(&early, BY_ORGANISATION, 7, &is_news, &is_confirmed).outcome,
		LG_REFUSED);
	assert_true(lg_is_done(offer_handed_over(&early, BY_HOME, 7, &is_news, &is_confirmed)));
	assert_int_equal(handover_confirmed_at(&early.handover), 0);
}

/* Goal: a code cannot be guessed.  Method: none, wrong, right, wrong five times, right again. */
static void five_wrong_codes_lock_it(void **unused)
{
	(void)unused;
	struct handover h = { .has_code = false };
	uint8_t right[HANDOVER_HASH_SIZE] = { 1 }, wrong[HANDOVER_HASH_SIZE] = { 2 };

	assert_false(lg_is_done(handover_check(&h, right)));
	h.has_code = true;
	memcpy(h.hash, right, sizeof right);
	assert_true(lg_is_done(handover_check(&h, right)));
	assert_false(lg_is_done(handover_check(&h, wrong)));
	h.guesses = HANDOVER_GUESSES_MAX - 1;
	assert_true(lg_is_done(handover_check(&h, right)));
	h.guesses++;
	assert_false(lg_is_done(handover_check(&h, right)));
	assert_true(handover_is_code("012345"));
	assert_false(handover_is_code("01234"));
	assert_false(handover_is_code("01234a"));
	assert_false(handover_is_code("0123456"));
}

/* Goal: four visits fall due, each told once, one made early is not asked for.  Method: the clock. */
static void visits_fall_due_once(void **unused)
{
	(void)unused;
	struct organisation organisation = with_places(0);
	struct offer o = { .state = REFERRAL_HANDED_OVER, .has_place = true };

	assert_int_equal(offer_next_due(&o, 100), 0);
	assert_true(lg_is_done(offer_follow(&o, ON_REUNIFIED, 1000, &organisation)));
	assert_int_equal(o.since, 1000);
	assert_int_equal(organisation.free_places, 1);
	assert_int_equal(offer_next_due(&o, 100), 1100);
	assert_int_equal(offer_overdue(&o, 100, 1099), 0);
	assert_int_equal(offer_overdue(&o, 100, 1100), 1);
	assert_int_equal(offer_overdue(&o, 100, 1100), 0);
	assert_int_equal(aftercare_visit(&o.aftercare), 1);
	assert_int_equal(aftercare_visit(&o.aftercare), 3); /* early */
	assert_int_equal(offer_next_due(&o, 100), 1600);
	assert_int_equal(offer_overdue(&o, 100, 1600), 6);
	assert_int_equal(offer_overdue(&o, 100, 9999), 12);
	assert_int_equal(offer_next_due(&o, 100), 0);
	assert_int_equal(aftercare_visit(&o.aftercare), 6);
	assert_int_equal(aftercare_visit(&o.aftercare), 12);
	assert_int_equal(aftercare_visit(&o.aftercare), 0);
	assert_int_equal(o.since, 1000); /* a visit moves nobody */
	assert_true(lg_is_done(offer_follow(&o, ON_CLOSED, 2000, &organisation)));
	assert_int_equal(o.since, 2000);
	assert_int_equal(organisation.free_places, 1); /* given back once */
	assert_int_equal(offer_follow(&o, ON_REUNIFIED, 1, &organisation).outcome, LG_REFUSED);
}

/* Goal: the last human is asked for ever.  Method: levels behind the ladder's end; bad times. */
static void the_last_human_is_asked_for_ever(void **unused)
{
	(void)unused;
	struct ladder ladder = { .answer = 1,
		.delivery = 1,
		.reminder = 1,
		.handover = 1,
		.destruction = 1,
		.humans = { HUMAN_CENTRE_LEAD, HUMAN_OPERATOR, HUMAN_PROTECTION_OFFICER } };
	struct ladders ladders = { .at = { ladder, ladder, ladder }, .month = 1 };

	assert_int_equal(ladder_human(&ladder, 1), HUMAN_CENTRE_LEAD);
	assert_int_equal(ladder_human(&ladder, 3), HUMAN_PROTECTION_OFFICER);
	assert_int_equal(ladder_human(&ladder, 9), HUMAN_PROTECTION_OFFICER);
	assert_true(lg_is_done(ladders_check(&ladders)));
	ladders.at[2].reminder = 0;
	assert_false(lg_is_done(ladders_check(&ladders)));
	ladders.at[2].reminder = 1;
	ladders.month = 0;
	assert_false(lg_is_done(ladders_check(&ladders)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_yes_needs_a_place),
		cmocka_unit_test(told_twice_changes_nothing),
		cmocka_unit_test(a_home_that_has_lost_the_answer_is_told_again),
		cmocka_unit_test(the_home_knows_a_yes_that_the_desk_has_lost),
		cmocka_unit_test(nothing_is_left_of_who_withdrew),
		cmocka_unit_test(who_said_no_destroys_too),
		cmocka_unit_test(two_words_meet_in_any_order),
		cmocka_unit_test(five_wrong_codes_lock_it),
		cmocka_unit_test(visits_fall_due_once),
		cmocka_unit_test(the_last_human_is_asked_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
