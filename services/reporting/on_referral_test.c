/* What the events of referral count, at the home and at the organisation's site. */
#include "services/reporting/journey_for_tests.h"

#include "proto/referral.pb-c.h"

static uint8_t organisation[LG_ID_SIZE] = { 0, 2, 7 };

/* Goal: askings and persons are two numbers.  Method: the first round and the second. */
static void the_first_asking_begins_a_referral(void **unused)
{
	(void)unused;
	Lifeguard__Referral__ReferralOffered message = LIFEGUARD__REFERRAL__REFERRAL_OFFERED__INIT;
	struct journey_work work;

	message.round = 1;
	work = decided(REFERRAL_OFFERED, &message.base, (struct lg_id){ { 0 } }, LG_DONE);
	assert_int_equal(work.share.count, 2);
	assert_int_equal(work.share.at[0].counter, OFFERS);
	assert_int_equal(work.share.at[1].counter, REFERRALS);
	message.round = 2;
	counts_one(REFERRAL_OFFERED, &message.base, OFFERS);
}

/* Goal: a desk's yes is not the home's.  Method: yes and no. */
static void an_answer_counts_at_the_desk(void **unused)
{
	(void)unused;
	Lifeguard__Referral__ReferralAnswered message =
		LIFEGUARD__REFERRAL__REFERRAL_ANSWERED__INIT;

	counts_one(REFERRAL_ANSWERED, &message.base, DESK_SAID_NO);
	message.accepts = true;
	counts_one(REFERRAL_ANSWERED, &message.base, DESK_SAID_YES);
}

/* Goal: a no of an organisation is not the end.  Method: with one, and each end without. */
static void a_no_and_an_end_are_two_things(void **unused)
{
	(void)unused;
	Lifeguard__Referral__ReferralDeclined message =
		LIFEGUARD__REFERRAL__REFERRAL_DECLINED__INIT;

	is_refused(REFERRAL_DECLINED, &message.base);
	message.end = LIFEGUARD__REFERRAL__END_REASON__TRAVELS_ON;
	counts_one(REFERRAL_DECLINED, &message.base, ENDED_TRAVELS_ON);
	message.end = LIFEGUARD__REFERRAL__END_REASON__SAID_NO;
	counts_one(REFERRAL_DECLINED, &message.base, ENDED_SAID_NO);
	message.end = LIFEGUARD__REFERRAL__END_REASON__HELPED_OTHERWISE;
	counts_one(REFERRAL_DECLINED, &message.base, ENDED_HELPED_OTHERWISE);
	message.organisation_id =
		(ProtobufCBinaryData){ .len = sizeof organisation, .data = organisation };
	counts_one(REFERRAL_DECLINED, &message.base, DECLINED);
}

/* Goal: being told again is not another search.  Method: levels 1 and 2. */
static void a_search_comes_to_a_human_once(void **unused)
{
	(void)unused;
	Lifeguard__Referral__ReferralEscalated message =
		LIFEGUARD__REFERRAL__REFERRAL_ESCALATED__INIT;

	message.level = 1;
	counts_one(REFERRAL_ESCALATED, &message.base, ESCALATED);
	message.level = 2;
	counts_one(REFERRAL_ESCALATED, &message.base, ESCALATED_AGAIN);
}

/* Goal: a handover counts once at each side.  Method: both words and none. */
static void only_the_desks_word_of_a_handover_counts(void **unused)
{
	(void)unused;
	Lifeguard__Referral__HandoverRecorded message =
		LIFEGUARD__REFERRAL__HANDOVER_RECORDED__INIT;

	message.handed_over_ms = MAY_2026;
	is_refused(HANDOVER_RECORDED, &message.base);
	message.side = LIFEGUARD__REFERRAL__HANDOVER_SIDE__GAVE;
	counts_nothing(HANDOVER_RECORDED, &message.base);
	message.side = LIFEGUARD__REFERRAL__HANDOVER_SIDE__TOOK;
	counts_one(HANDOVER_RECORDED, &message.base, DESK_TOOK);
	message.handed_over_ms = -1;
	is_refused(HANDOVER_RECORDED, &message.base);
}

/* Goal: every visit counts, and what must be shown apart does, too.  Method: each result. */
static void a_visit_counts_and_some_results_apart(void **unused)
{
	(void)unused;
	Lifeguard__Referral__FollowUpRecorded message =
		LIFEGUARD__REFERRAL__FOLLOW_UP_RECORDED__INIT;
	struct journey_work work;

	is_refused(FOLLOW_UP_RECORDED, &message.base);
	message.result = LIFEGUARD__REFERRAL__FOLLOW_UP_RESULT__WELL;
	counts_one(FOLLOW_UP_RECORDED, &message.base, DESK_FOLLOWED_UP);
	message.result = LIFEGUARD__REFERRAL__FOLLOW_UP_RESULT__NOT_FOUND;
	work = decided(FOLLOW_UP_RECORDED, &message.base, (struct lg_id){ { 0 } }, LG_DONE);
	assert_int_equal(work.share.count, 2);
	assert_int_equal(work.share.at[0].counter, DESK_NOT_FOUND);
	assert_int_equal(work.share.at[1].counter, DESK_FOLLOWED_UP);
	message.result = LIFEGUARD__REFERRAL__FOLLOW_UP_RESULT__TRAFFICKED_AGAIN;
	work = decided(FOLLOW_UP_RECORDED, &message.base, (struct lg_id){ { 0 } }, LG_DONE);
	assert_int_equal(work.share.at[0].counter, DESK_TRAFFICKED_AGAIN);
}

/* Goal: each step of the law and each outcome has its number.  Method: all of both, in the order
 * of their codes, which the counters follow; and none. */
static void law_and_outcome_count_by_their_code(void **unused)
{
	(void)unused;
	Lifeguard__Referral__LegalMilestoneRecorded legal =
		LIFEGUARD__REFERRAL__LEGAL_MILESTONE_RECORDED__INIT;
	Lifeguard__Referral__CaseClosed closed = LIFEGUARD__REFERRAL__CASE_CLOSED__INIT;

	is_refused(LEGAL_MILESTONE_RECORDED, &legal.base);
	for (uint32_t i = 0; i < 6; i++) {
		legal.step =
			(Lifeguard__Referral__LegalStep)(LIFEGUARD__REFERRAL__LEGAL_STEP__FIRST_REPORT +
							 i);
		counts_one(LEGAL_MILESTONE_RECORDED, &legal.base,
			(enum journey_counter)(DESK_FIRST_REPORTS + i));
	}
	is_refused(CASE_CLOSED, &closed.base);
	for (uint32_t i = 0; i < 4; i++) {
		closed.outcome =
			(Lifeguard__Referral__Outcome)(LIFEGUARD__REFERRAL__OUTCOME__WITH_FAMILY +
						       i);
		counts_one(CASE_CLOSED, &closed.base,
			(enum journey_counter)(DESK_CLOSED_WITH_FAMILY + i));
	}
}

/* Goal: a visit and an agreed call are due to two sides.  Method: a month and none. */
static void a_call_back_is_the_homes_and_a_visit_the_desks(void **unused)
{
	(void)unused;
	Lifeguard__Referral__FollowUpDue message = LIFEGUARD__REFERRAL__FOLLOW_UP_DUE__INIT;

	counts_one(FOLLOW_UP_DUE, &message.base, CALL_BACKS_DUE);
	message.month = 3;
	counts_one(FOLLOW_UP_DUE, &message.base, DESK_FOLLOW_UPS_DUE);
}

/*
 * Goal: the home counts milestones under the station that rescued, in the month when they were
 * reached.  Method: all of them, acceptance (which has an event of its own), and none.
 */
static void the_home_counts_milestones_by_station(void **unused)
{
	(void)unused;
	static const struct {
		Lifeguard__Referral__Milestone milestone;
		enum journey_counter counter;
	} reached[] = {
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_HANDED_OVER, HANDED_OVER },
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_REUNIFIED, REUNIFIED },
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_REHABILITATION, REHABILITATED },
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_FOLLOWED_UP, FOLLOWED_UP },
		{ LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_CLOSED, CLOSED },
	};
	Lifeguard__Referral__FeedbackGiven message = LIFEGUARD__REFERRAL__FEEDBACK_GIVEN__INIT;
	char station[] = "SNL";

	message.reached_ms = MAY_2026;
	is_refused(FEEDBACK_GIVEN, &message.base);
	message.milestone = LIFEGUARD__REFERRAL__MILESTONE__MILESTONE_ACCEPTED;
	counts_nothing(FEEDBACK_GIVEN, &message.base);
	message.station = station;
	for (size_t i = 0; i < sizeof reached / sizeof reached[0]; i++) {
		struct journey_work work;

		message.milestone = reached[i].milestone;
		message.reached_ms = MAY_2026;
		counts_one(FEEDBACK_GIVEN, &message.base, reached[i].counter);
		message.reached_ms = MAY_2026 - 1;
		work = decided(FEEDBACK_GIVEN, &message.base, (struct lg_id){ { 0 } }, LG_DONE);
		assert_string_equal(work.share.station, "SNL");
		assert_string_equal(work.share.month, "2026-04");
	}
	message.reached_ms = -1;
	is_refused(FEEDBACK_GIVEN, &message.base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_asking_begins_a_referral),
		cmocka_unit_test(an_answer_counts_at_the_desk),
		cmocka_unit_test(a_no_and_an_end_are_two_things),
		cmocka_unit_test(a_search_comes_to_a_human_once),
		cmocka_unit_test(only_the_desks_word_of_a_handover_counts),
		cmocka_unit_test(a_visit_counts_and_some_results_apart),
		cmocka_unit_test(law_and_outcome_count_by_their_code),
		cmocka_unit_test(a_call_back_is_the_homes_and_a_visit_the_desks),
		cmocka_unit_test(the_home_counts_milestones_by_station),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
