/* Proposals, a lead's word, and that no pair is missed or proposed twice. */
#include "services/matching/domain/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/random.h"

static struct person_record a_record(enum record_kind kind, uint8_t number)
{
	struct person_record record = { .state = RECORD_INDEXED, .kind = kind, .place = number };

	record.record_id = lg_id_make(1, 1700000000000 + number, number);
	record.home = lg_id_make(1, 1600000000000 + number, number);
	record.facts.at = 1700000000000 + number;
	return record;
}

static const struct weights weights = {
	.version = 3, .propose_ppm = 300000, .two_persons_ppm = 990000
};
static const struct lg_id one_lead = { .byte = { 1 } }, second = { .byte = { 2 } },
			  third = { .byte = { 3 } };

static struct match proposed(enum match_kind kind)
{
	return (struct match){ .state = MATCH_PROPOSED, .kind = kind };
}

/* Goal: the table is sound.  Method: the common check. */
static void its_table_is_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&match_life).outcome, LG_DONE);
}

/* Goal: who is compared with whom.  Method: each rule once, its neighbour beside it. */
static void pairs_are_what_the_rules_say(void **unused)
{
	struct person_record girl = a_record(RECORD_RESCUED, 9),
			     earlier = a_record(RECORD_RESCUED, 5);
	struct person_record report = a_record(RECORD_MISSING, 7);
	struct person_record other_report = a_record(RECORD_MISSING, 3), sister = earlier;

	(void)unused;
	sister.home = girl.home;
	assert_int_equal(match_pairing(&girl, &earlier), PAIRING_SEEN_BEFORE);
	assert_int_equal(match_pairing(&girl, &report), PAIRING_RESCUED_AND_MISSING);
	assert_int_equal(match_pairing(&report, &earlier), PAIRING_RESCUED_AND_MISSING);
	assert_int_equal(match_pairing(&report, &other_report), PAIRING_NONE);
	assert_int_equal(
		match_pairing(&earlier, &girl), PAIRING_NONE); /* the later one's business */
	assert_int_equal(match_pairing(&girl, &girl), PAIRING_NONE);
	assert_int_equal(match_pairing(&girl, &sister), PAIRING_NONE);

	girl.state = RECORD_WITHHELD;
	assert_int_equal(match_pairing(&girl, &report), PAIRING_NONE);
	assert_int_equal(match_pairing(&girl, &earlier), PAIRING_SEEN_BEFORE);
	earlier.state = RECORD_WITHHELD;
	assert_int_equal(match_pairing(&report, &earlier), PAIRING_NONE);
	earlier.state = RECORD_REFUSED; /* nothing to compare yet */
	assert_int_equal(match_pairing(&girl, &earlier), PAIRING_NONE);
}

/*
 * Goal: a closed case is proposed to no report, open proposals end, and who is met again is still
 * noticed.  Method: the rules of pairs once more, and each open state.
 */
static void a_closed_case_is_proposed_to_no_family(void **unused)
{
	static const enum match_state open[] = { MATCH_PROPOSED, MATCH_JUDGED_YES, MATCH_JUDGED_NO,
		MATCH_DISPUTED };
	struct person_record girl = a_record(RECORD_RESCUED, 5),
			     again = a_record(RECORD_RESCUED, 9);
	struct person_record report = a_record(RECORD_MISSING, 7);

	(void)unused;
	girl.sought = SOUGHT_CLOSED;
	assert_int_equal(match_pairing(&report, &girl), PAIRING_NONE);
	assert_int_equal(match_pairing(&again, &girl), PAIRING_SEEN_BEFORE);
	for (unsigned i = 0; i < sizeof open / sizeof open[0]; i++) {
		struct match match = { .state = open[i], .kind = MATCH_RESCUED_AND_MISSING };
		struct match seen = { .state = open[i], .kind = MATCH_SEEN_BEFORE };

		assert_true(match_reconsider(&match, &girl));
		assert_int_equal(match.state, MATCH_WITHDRAWN);
		assert_false(match_reconsider(&seen, &girl));
	}
	girl.sought = SOUGHT_LEFT;
	assert_int_equal(match_pairing(&report, &girl), PAIRING_RESCUED_AND_MISSING);
	girl.sought = SOUGHT_FORGOTTEN;
	assert_int_equal(match_pairing(&again, &girl), PAIRING_NONE);
}

/* Goal: a pair has one id and one left side.  Method: both ways round, both kinds. */
static void a_pair_is_the_same_both_ways_round(void **unused)
{
	struct person_record girl = a_record(RECORD_RESCUED, 9),
			     earlier = a_record(RECORD_RESCUED, 5);
	struct person_record report = a_record(RECORD_MISSING, 20);
	const struct comparison comparison = { .probability_ppm = 700000 };
	struct match a = { .state = MATCH_NEW }, b = a, c = a, d = a;

	(void)unused;
	match_propose(&a, PAIRING_SEEN_BEFORE, &girl, &earlier, &weights, &comparison, 5);
	match_propose(&b, PAIRING_SEEN_BEFORE, &earlier, &girl, &weights, &comparison, 5);
	match_propose(&c, PAIRING_RESCUED_AND_MISSING, &girl, &report, &weights, &comparison, 5);
	match_propose(&d, PAIRING_RESCUED_AND_MISSING, &report, &girl, &weights, &comparison, 5);
	assert_memory_equal(&a, &b, sizeof a);
	assert_memory_equal(&c, &d, sizeof c);
	assert_true(lg_id_equal(a.left, girl.record_id)); /* the later case */
	assert_true(lg_id_equal(c.left, girl.record_id)); /* the rescued one */
	assert_true(lg_id_equal(c.right_home, report.home));
	assert_false(lg_id_equal(a.match_id, c.match_id));
	assert_int_equal(lg_id_site(a.match_id), 1);
	assert_int_equal(a.state, MATCH_PROPOSED);
	earlier.facts.at = girl.facts.at; /* at one moment: the greater id */
	a.state = b.state = MATCH_NEW;
	match_propose(&a, PAIRING_SEEN_BEFORE, &girl, &earlier, &weights, &comparison, 5);
	match_propose(&b, PAIRING_SEEN_BEFORE, &earlier, &girl, &weights, &comparison, 5);
	assert_memory_equal(&a, &b, sizeof a);
}

/* Goal: a lead decides once.  Method: each word in each state, twice. */
static void a_lead_decides_once(void **unused)
{
	struct match match = proposed(MATCH_SEEN_BEFORE);
	bool is_repeated = true;

	(void)unused;
	assert_int_equal(match_judge(&match, VERDICT_YES, one_lead, &is_repeated).outcome, LG_DONE);
	assert_false(is_repeated);
	assert_int_equal(match_judge(&match, VERDICT_YES, one_lead, &is_repeated).outcome, LG_DONE);
	assert_true(is_repeated);
	assert_int_equal(
		match_judge(&match, VERDICT_NO, one_lead, &is_repeated).outcome, LG_REFUSED);
	assert_int_equal(match.state, MATCH_CONFIRMED);

	match = proposed(MATCH_SEEN_BEFORE);
	assert_int_equal(match_judge(&match, VERDICT_NO, one_lead, &is_repeated).outcome, LG_DONE);
	assert_int_equal(match_judge(&match, VERDICT_NO, one_lead, &is_repeated).outcome, LG_DONE);
	assert_true(is_repeated);
	assert_int_equal(
		match_judge(&match, VERDICT_YES, one_lead, &is_repeated).outcome, LG_REFUSED);
	assert_int_equal(match.state, MATCH_REJECTED);
}

/* Goal: two decide what looks certain, neither hearing of the other.  Method: every pair of words. */
static void two_decide_a_strong_match_and_a_third_where_they_differ(void **unused)
{
	(void)unused;
	for (unsigned words = 0; words < 8; words++) {
		enum verdict one = words & 1 ? VERDICT_YES : VERDICT_NO;
		enum verdict two = words & 2 ? VERDICT_YES : VERDICT_NO;
		enum verdict last = words & 4 ? VERDICT_YES : VERDICT_NO;
		enum match_state end = two == VERDICT_YES ? MATCH_CONFIRMED : MATCH_REJECTED;
		struct match match = proposed(MATCH_SEEN_BEFORE);
		bool is_repeated;

		match.needs_two = true;
		assert_int_equal(match_judge(&match, one, one_lead, &is_repeated).outcome, LG_DONE);
		assert_string_equal(match_shown_state(&match), "PROPOSED");
		assert_int_equal(match_judge(&match, one, one_lead, &is_repeated).outcome, LG_DONE);
		assert_true(is_repeated);
		assert_int_equal(match_judge(&match, one == VERDICT_YES ? VERDICT_NO : VERDICT_YES,
					 one_lead, &is_repeated)
					 .outcome,
			LG_REFUSED); /* nobody is two persons */
		assert_int_equal(match_judge(&match, two, second, &is_repeated).outcome, LG_DONE);
		if (one == two) {
			assert_int_equal(match.state, end);
			continue;
		}
		assert_int_equal(match.state, MATCH_DISPUTED);
		assert_int_equal(
			match_judge(&match, last, one_lead, &is_repeated).outcome, LG_REFUSED);
		assert_int_equal(
			match_judge(&match, last, second, &is_repeated).outcome, LG_REFUSED);
		assert_int_equal(match_judge(&match, last, third, &is_repeated).outcome, LG_DONE);
		assert_int_equal(
			match.state, last == VERDICT_YES ? MATCH_CONFIRMED : MATCH_REJECTED);
	}
}

/* Goal: what was confirmed can be undone, once, and stays apart.  Method: each state. */
static void only_what_is_confirmed_is_undone(void **unused)
{
	struct match match = proposed(MATCH_SEEN_BEFORE);
	bool is_repeated;

	(void)unused;
	assert_int_equal(match_undo(&match, &is_repeated).outcome, LG_REFUSED);
	assert_int_equal(match_judge(&match, VERDICT_YES, one_lead, &is_repeated).outcome, LG_DONE);
	assert_int_equal(match_undo(&match, &is_repeated).outcome, LG_DONE);
	assert_false(is_repeated);
	assert_int_equal(match_undo(&match, &is_repeated).outcome, LG_DONE);
	assert_true(is_repeated);
	assert_int_equal(
		match_judge(&match, VERDICT_YES, second, &is_repeated).outcome, LG_REFUSED);
	assert_int_equal(match.state, MATCH_UNDONE);
}

/* Goal: a proposal knows who scored it and how many must decide.  Method: both sides of the line. */
static void a_strong_proposal_needs_two(void **unused)
{
	struct person_record girl = a_record(RECORD_RESCUED, 9),
			     report = a_record(RECORD_MISSING, 5);
	struct comparison comparison = { .probability_ppm = 989999 };
	struct match match = { .state = MATCH_NEW };

	(void)unused;
	match_propose(
		&match, PAIRING_RESCUED_AND_MISSING, &girl, &report, &weights, &comparison, 5);
	assert_false(match.needs_two);
	assert_int_equal(match.weights_version, 3);
	match.state = MATCH_WITHDRAWN;
	comparison.probability_ppm = 990000;
	match_propose(
		&match, PAIRING_RESCUED_AND_MISSING, &girl, &report, &weights, &comparison, 6);
	assert_true(match.needs_two);
}

/* Goal: her no ends what a family could find.  Method: both kinds, both consents, each state. */
static void her_no_takes_family_proposals_back(void **unused)
{
	struct person_record girl = a_record(RECORD_RESCUED, 9);
	struct match match = proposed(MATCH_RESCUED_AND_MISSING);
	struct match seen = proposed(MATCH_SEEN_BEFORE);
	struct match confirmed = match;
	bool is_repeated;

	(void)unused;
	assert_false(match_reconsider(&match, &girl));
	girl.state = RECORD_WITHHELD;
	assert_false(match_reconsider(&seen, &girl));
	confirmed.state = MATCH_CONFIRMED;
	assert_false(match_reconsider(&confirmed, &girl));
	assert_true(match_reconsider(&match, &girl));
	assert_int_equal(match.state, MATCH_WITHDRAWN);
	assert_int_equal(
		match_judge(&match, VERDICT_YES, one_lead, &is_repeated).outcome, LG_REFUSED);
}

/* Goal: a search proposes the best few.  Method: twelve candidates, good and bad, in any order. */
static void the_best_are_proposed(void **unused)
{
	static const int32_t totals[12] = { 5, 9, 1, 9, 7, 3, 2, 8, 6, 4, 11, 10 };
	struct proposals proposals = { .count = 0 };

	(void)unused;
	for (uint32_t i = 0; i < 12; i++) {
		struct comparison c = { .total_millibits = totals[i],
			.probability_ppm = totals[i] > 1 ? 300000 : 299999 };

		proposals_add(&proposals, &weights, i, &c);
		if (i == 0)
			assert_int_equal(proposals.count, 1);
	}
	assert_int_equal(proposals.count, MATCH_PROPOSALS_MAX);
	assert_int_equal(proposals.at[0].candidate, 10);
	assert_int_equal(proposals.at[1].candidate, 11);
	assert_int_equal(proposals.at[2].candidate, 1); /* of equals, the first */
	assert_int_equal(proposals.at[3].candidate, 3);
	assert_int_equal(proposals.at[7].comparison.total_millibits, 5);
}

/* --- no pair is missed, none is found twice ------------------------------------------------- */

#define RECORDS 12
#define ROUNDS  200

/* The table person_record, the due rows and what was proposed, as transactions see them. */
struct world {
	struct lg_random random;
	struct person_record records[RECORDS];
	bool is_committed[RECORDS], is_due[RECORDS];
	uint32_t arrived;
	int64_t places;
	uint32_t proposed[RECORDS][RECORDS];
};

/* One batch: it sees what was committed before; what it indexes is committed at its end. */
static void run_batch(struct world *w)
{
	uint32_t first = w->arrived;
	uint32_t more = (uint32_t)lg_random_below(&w->random, 4);
	bool searches[RECORDS] = { false };

	for (uint32_t i = 0; i < RECORDS; i++)
		searches[i] = w->is_due[i] && lg_random_one_in(&w->random, 2);
	while (more-- > 0 && w->arrived < RECORDS)
		w->arrived++;
	for (uint32_t i = 0; i < RECORDS; i++) {
		if (!searches[i])
			continue;
		w->is_due[i] = false;
		for (uint32_t k = 0; k < RECORDS; k++)
			if (w->is_committed[k] &&
				match_pairing(&w->records[i], &w->records[k]) != PAIRING_NONE)
				w->proposed[i < k ? i : k][i < k ? k : i]++;
	}
	if (lg_random_one_in(&w->random, 8)) { /* rolled back: handled again, later */
		w->arrived = first;
		for (uint32_t i = 0; i < RECORDS; i++)
			w->is_due[i] |= searches[i];
		for (uint32_t i = 0; i < RECORDS; i++)
			for (uint32_t k = 0; k < RECORDS && searches[i]; k++)
				if (w->is_committed[k] && match_pairing(&w->records[i],
								  &w->records[k]) != PAIRING_NONE)
					w->proposed[i < k ? i : k][i < k ? k : i]--;
		return;
	}
	for (uint32_t i = first; i < w->arrived; i++) {
		w->records[i].place = ++w->places;
		w->is_committed[i] = w->is_due[i] = true;
	}
}

/*
 * Goal: two halves that arrive at the same moment find each other, once.  Method: records in any
 * batches, searches in any later ones, some rolled back; 200 seeds; every pair that may be is
 * proposed exactly once.
 */
static void two_halves_at_one_moment_are_found_once(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct world w = { .arrived = 0 };

		lg_random_seed(&w.random, seed);
		for (uint8_t i = 0; i < RECORDS; i++)
			w.records[i] = a_record(i % 3 == 0 ? RECORD_MISSING : RECORD_RESCUED, i);
		for (int batch = 0; batch < 400; batch++)
			run_batch(&w);
		for (uint32_t i = 0; i < RECORDS; i++) {
			assert_true(w.is_committed[i] && !w.is_due[i]);
			for (uint32_t k = i + 1; k < RECORDS; k++) {
				bool both_missing = i % 3 == 0 && k % 3 == 0;

				if (w.proposed[i][k] != (both_missing ? 0u : 1u))
					fail_msg("seed %u: pair %u %u found %u times",
						(unsigned)seed, i, k, w.proposed[i][k]);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_table_is_sound),
		cmocka_unit_test(pairs_are_what_the_rules_say),
		cmocka_unit_test(a_closed_case_is_proposed_to_no_family),
		cmocka_unit_test(a_pair_is_the_same_both_ways_round),
		cmocka_unit_test(a_lead_decides_once),
		cmocka_unit_test(two_decide_a_strong_match_and_a_third_where_they_differ),
		cmocka_unit_test(only_what_is_confirmed_is_undone),
		cmocka_unit_test(a_strong_proposal_needs_two),
		cmocka_unit_test(her_no_takes_family_proposals_back),
		cmocka_unit_test(the_best_are_proposed),
		cmocka_unit_test(two_halves_at_one_moment_are_found_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
