/* The table of a referral's life, and the two sides walking through it. */
#include "services/referral/domain/life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/stream/registry.h"
#include "services/referral/domain/journey_for_tests.h"

#define SEEDS 2000

static struct journey journey;

/* Goal: no row is dead, doubled or out of range.  Method: the check of the common room. */
static void the_table_is_sound(void **unused)
{
	(void)unused;
	assert_true(lg_is_done(lg_lifecycle_check(&referral_life)));
}

/* The registry name of a table's event: "ReferralAnswered: yes" is ReferralAnswered. */
static const struct lg_message_type *message_of(unsigned event)
{
	char name[64];

	snprintf(name, sizeof name, "%.*s", (int)strcspn(referral_life.events[event], ":"),
		referral_life.events[event]);
	return lg_message_type_named(name);
}

/*
 * Goal: what one side says the other can hear.  Method: every step that one side causes and the
 * other must follow is a message from referral to referral; the clock's and the home's own steps
 * stay here.
 */
static void what_one_side_says_the_other_hears(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < referral_life.row_count; i++) {
		const struct lg_transition *row = &referral_life.rows[i];
		const struct lg_message_type *type = message_of(row->on);
		bool is_own = row->by == BY_CLOCK || row->on == ON_ESCALATED ||
			      row->on == ON_DECLINED || row->on == ON_LINKED;

		assert_non_null(type);
		assert_true(lg_service_in(type->from, LG_SERVICE_REFERRAL));
		if (!is_own)
			assert_true(lg_service_in(type->to, LG_SERVICE_REFERRAL));
	}
}

/* A random thing happens at the home. */
static void home_acts(struct journey *j)
{
	struct referral_effects effects = { .count = 0 };
	struct surroundings s = journey_around(j);
	uint64_t deed = lg_random_below(&j->random, 12);
	struct organisation *chosen = &j->directory.at[lg_random_below(&j->random, JOURNEY_DESKS)];
	struct lg_status status = lg_done();

	if (deed < 4)
		referral_begin(&j->home, &s, &effects);
	else if (deed < 7)
		referral_overdue(&j->home, &s, &effects);
	else if (deed == 7)
		status = referral_place(&j->home, chosen, &s, &effects);
	else if (deed == 8)
		status = referral_consent(&j->home, "", SHARING_GIVEN, &s, &effects);
	else if (deed == 9 && lg_random_one_in(&j->random, 20))
		status = referral_consent(&j->home, "", SHARING_WITHDRAWN, &s, &effects);
	else if (deed == 10)
		status = referral_handed_over(&j->home, BY_HOME, j->now, &effects);
	else if (lg_random_one_in(&j->random, 20))
		status = referral_withdraw(&j->home, &s, &effects);
	(void)status; /* what cannot be is refused */
	journey_post(j, &effects);
}

static bool is_quiet(const struct journey *j)
{
	for (uint32_t desk = 0; desk < JOURNEY_DESKS; desk++)
		if (j->out[desk].count > 0 || j->back[desk].count > 0)
			return false;
	return true;
}

static void walk(struct journey *j, uint64_t seed)
{
	journey_init(j, seed);
	for (uint32_t step = 0; step < 120; step++) {
		uint32_t desk = (uint32_t)lg_random_below(&j->random, JOURNEY_DESKS);

		j->now += (lg_ms)lg_random_below(&j->random, 120);
		switch (lg_random_below(&j->random, 4)) {
		case 0:
			home_acts(j);
			break;
		case 1:
			journey_desk_hears(j, desk);
			break;
		case 2:
			journey_home_hears(j, desk);
			break;
		default:
			journey_desk_acts(j, desk);
		}
	}
	/* the line is whole again, and time passes: everything arrives, nobody answers any more */
	for (uint32_t round = 0; round < 400; round++) {
		struct referral_effects effects = { .count = 0 };

		for (uint32_t desk = 0; desk < JOURNEY_DESKS; desk++) {
			journey_desk_hears(j, desk);
			journey_home_hears(j, desk);
		}
		if (!is_quiet(j))
			continue;
		j->now += 2000;

		struct surroundings s = journey_around(j);

		referral_begin(&j->home, &s, &effects);
		referral_overdue(&j->home, &s, &effects);
		journey_post(j, &effects);
	}
	assert_true(is_quiet(j));
}

/*
 * Goal: every referral ends accepted, declined, withdrawn or escalated.  Method: random walks of
 * home, desks, clock and line; in the end everything is delivered and only the clock speaks.
 */
static void every_referral_ends_in_one_of_four_ways(void **unused)
{
	(void)unused;
	uint32_t ends[REFERRAL_STATE_COUNT] = { 0 };

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		walk(&journey, seed);

		enum referral_state state = journey.home.state;
		bool is_waiting = state == REFERRAL_NEW || state == REFERRAL_OFFERED ||
				  state == REFERRAL_DELIVERED || state == REFERRAL_ANSWERED ||
				  state == REFERRAL_PASSED;

		if (is_waiting)
			print_message("seed %u\n", (unsigned)seed);
		assert_false(is_waiting);
		ends[state]++;
	}
	assert_true(ends[REFERRAL_ACCEPTED] > 0);
	assert_true(ends[REFERRAL_DECLINED] + ends[REFERRAL_CLOSED] > 0);
	assert_true(ends[REFERRAL_DESTROYED] > 0);
	assert_true(ends[REFERRAL_ESCALATED] > 0);
}

/*
 * Goal: both sides end in the same state, whatever came first.  Method: the same walks; whoever
 * accepted agrees with the home, nobody else believes to have her, places held are those.
 */
static void both_sides_end_in_the_same_state(void **unused)
{
	(void)unused;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		walk(&journey, seed);
		for (uint32_t desk = 0; desk < JOURNEY_DESKS; desk++) {
			const struct offer *offer = &journey.desks[desk];
			bool is_hers = lg_id_equal(journey.home.organisation, journey_id(desk));
			bool has_her = offer->state >= REFERRAL_ACCEPTED &&
				       offer->state <= REFERRAL_CLOSED;
			bool home_gave = journey.home.state >= REFERRAL_ACCEPTED &&
					 journey.home.state <= REFERRAL_CLOSED;

			if (has_her != (is_hers && home_gave))
				print_message("seed %u, desk %u\n", (unsigned)seed, desk);
			assert_int_equal(has_her, is_hers && home_gave);
			if (has_her)
				assert_int_equal(offer->state, journey.home.state);
			assert_int_equal(offer->state == REFERRAL_ANSWERED, false);
			if (offer->has_place)
				assert_true(has_her);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(what_one_side_says_the_other_hears),
		cmocka_unit_test(every_referral_ends_in_one_of_four_ways),
		cmocka_unit_test(both_sides_end_in_the_same_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
