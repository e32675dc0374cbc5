/* What the events of intake, matching and notification count. */
#include "services/reporting/journey_for_tests.h"

#include "proto/codes.pb-c.h"
#include "proto/intake.pb-c.h"
#include "proto/matching.pb-c.h"
#include "proto/notification.pb-c.h"
#include "proto/referral.pb-c.h"

/* Goal: what counts one counts its own.  Method: each of them, empty. */
static void an_event_that_counts_one_counts_its_own(void **unused)
{
	(void)unused;
	Lifeguard__Referral__ReferralReceived any = LIFEGUARD__REFERRAL__REFERRAL_RECEIVED__INIT;

	counts_one(MISSING_PERSON_REPORTED, &any.base, MISSING_REPORTED);
	counts_one(MATCH_REJECTED, &any.base, MATCHES_REJECTED);
	counts_one(REFERRAL_RECEIVED, &any.base, DESK_RECEIVED);
	counts_one(REFERRAL_ACCEPTED, &any.base, ACCEPTED);
	counts_one(REFERRAL_WITHDRAWN, &any.base, WITHDRAWN);
	counts_one(REFERRAL_PASSED, &any.base, PASSED);
	counts_one(DESTRUCTION_ACKNOWLEDGED, &any.base, DESK_DESTROYED);
	counts_one(DESTRUCTION_OVERDUE, &any.base, DESTRUCTION_OVERDUE_COUNT);
	counts_one(REUNIFICATION_RECORDED, &any.base, DESK_REUNIFIED);
	counts_one(REHABILITATION_STARTED, &any.base, DESK_REHABILITATED);
	counts_one(DESTINATION_LINKED, &any.base, DESTINATION_LINKED_COUNT);
	counts_one(NOTIFICATION_SENT, &any.base, NOTICES_SENT);
	counts_one(NOTIFICATION_FAILED, &any.base, NOTICES_FAILED);
	counts_nothing(HANDOVER_CONFIRMED, &any.base);
}

/* Goal: contacts by women, girls, men, boys.  Method: four numbers, one of them 0; a bad station. */
static void people_informed_are_counted_apart(void **unused)
{
	(void)unused;
	Lifeguard__Intake__MigrantsInformed message = LIFEGUARD__INTAKE__MIGRANTS_INFORMED__INIT;
	char station[] = "SNL";
	struct journey_work work;

	is_refused(MIGRANTS_INFORMED, &message.base); /* of no station */
	message.station = station;
	message.informed_ms = MAY_2026 - 1;
	message.women = 7;
	message.girls = 5;
	message.boys = 3;
	work = decided(MIGRANTS_INFORMED, &message.base, (struct lg_id){ { 0 } }, LG_DONE);
	assert_string_equal(work.share.station, "SNL");
	assert_string_equal(work.share.month, "2026-04");
	assert_int_equal(work.share.count, 3);
	assert_int_equal(work.share.at[0].amount, 7);
	assert_int_equal(work.share.at[1].counter, INFORMED_GIRLS);
	assert_int_equal(work.share.at[1].amount, 5);
	assert_int_equal(work.share.at[2].counter, INFORMED_BOYS);
	message.men = 1;
	work = decided(MIGRANTS_INFORMED, &message.base, (struct lg_id){ { 0 } }, LG_DONE);
	assert_int_equal(work.share.count, 4);
	assert_int_equal(work.share.at[2].counter, INFORMED_MEN);
}

static struct journey_work rescued(Lifeguard__Codes__Route route, Lifeguard__Codes__Sex sex,
	const char *reason, int32_t age, enum lg_outcome outcome)
{
	Lifeguard__Intake__RescueRecorded message = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;
	char station[] = "SNL", copy[32] = "";

	memcpy(copy, reason, strlen(reason));
	message.station = station;
	message.rescued_ms = MAY_2026;
	message.route = route;
	message.sex = sex;
	message.reason = copy;
	if (age >= 0) {
		message.age_case = LIFEGUARD__INTAKE__RESCUE_RECORDED__AGE_AGE_YEARS;
		message.age_years = (uint32_t)age;
	}
	return decided(RESCUE_RECORDED, &message.base, (struct lg_id){ { 0 } }, outcome);
}

/* Goal: a rescue counts its route and her group.  Method: all routes, sexes and ages, and no route. */
static void a_rescue_counts_its_route_and_her_group(void **unused)
{
	(void)unused;
	struct journey_work work;

	for (uint32_t i = 0; i < 5; i++) {
		work = rescued((Lifeguard__Codes__Route)(LIFEGUARD__CODES__ROUTE__R0_ADVISE + i),
			LIFEGUARD__CODES__SEX__FEMALE, "exploited_in_india", 17, LG_DONE);
		assert_string_equal(work.share.station, "SNL");
		assert_int_equal(work.share.at[0].counter, ROUTE_R0 + i);
		assert_int_equal(work.share.at[1].counter, EXPLOITED_GIRLS);
	}
	work = rescued(LIFEGUARD__CODES__ROUTE__R1_HAND_BACK, LIFEGUARD__CODES__SEX__MALE,
		"wishes_to_return", 18, LG_DONE);
	assert_int_equal(work.share.at[1].counter, AT_RISK_MEN);
	work = rescued(LIFEGUARD__CODES__ROUTE__R1_HAND_BACK, LIFEGUARD__CODES__SEX__MALE,
		"wishes_to_return", -1, LG_DONE);
	assert_int_equal(work.share.at[1].counter, AT_RISK_BOYS);
	work = rescued(LIFEGUARD__CODES__ROUTE__R1_HAND_BACK, LIFEGUARD__CODES__SEX__NOT_RECORDED,
		"wishes_to_return", 30, LG_DONE);
	assert_int_equal(work.share.at[1].counter, AT_RISK_OTHERS);
	rescued(LIFEGUARD__CODES__ROUTE__ROUTE_UNSPECIFIED, LIFEGUARD__CODES__SEX__FEMALE, "", 30,
		LG_REFUSED);
	rescued((Lifeguard__Codes__Route)77, LIFEGUARD__CODES__SEX__FEMALE, "", 30, LG_REFUSED);
}

/* Goal: a step that does not apply is not one that was done.  Method: both. */
static void steps_are_done_or_do_not_apply(void **unused)
{
	(void)unused;
	Lifeguard__Intake__StepDone message = LIFEGUARD__INTAKE__STEP_DONE__INIT;

	counts_one(STEP_DONE, &message.base, STEPS_DONE);
	message.not_applicable = true;
	counts_one(STEP_DONE, &message.base, STEPS_NOT_APPLICABLE);
}

static ProtobufCBinaryData to_wire(struct lg_id *id)
{
	return (ProtobufCBinaryData){ .len = LG_ID_SIZE, .data = id->byte };
}

/* Goal: a match that is told to two homes counts once.  Method: proposal and yes, at both homes. */
static void a_match_counts_at_the_home_of_its_left(void **unused)
{
	(void)unused;
	Lifeguard__Matching__MatchProposed proposed = LIFEGUARD__MATCHING__MATCH_PROPOSED__INIT;
	Lifeguard__Matching__MatchConfirmed confirmed = LIFEGUARD__MATCHING__MATCH_CONFIRMED__INIT;
	struct lg_id left = lg_id_make(1, 1600000000000, 1),
		     right = lg_id_make(1, 1600000000000, 2);
	struct lg_id left_case = lg_id_make(1, 1600000000000, 3);
	struct lg_id right_case = lg_id_make(1, 1600000000000, 4);
	struct journey_work work;

	proposed.left_case = to_wire(&left_case);
	proposed.right_case = to_wire(&right_case);
	work = decided(MATCH_PROPOSED, &proposed.base, right_case, LG_DONE);
	assert_int_equal(work.share.count, 0);
	work = decided(MATCH_PROPOSED, &proposed.base, left_case, LG_DONE);
	assert_int_equal(work.share.count, 1);
	assert_int_equal(work.share.at[0].counter, MATCHES_PROPOSED);

	confirmed.kind = LIFEGUARD__MATCHING__MATCH_KIND__SEEN_BEFORE;
	confirmed.left = to_wire(&left);
	confirmed.right = to_wire(&right);
	confirmed.left_case = proposed.left_case;
	confirmed.right_case = proposed.right_case;
	work = decided(MATCH_CONFIRMED, &confirmed.base, right_case, LG_DONE);
	assert_int_equal(work.share.count, 0);
	assert_false(work.has_pair);
	work = decided(MATCH_CONFIRMED, &confirmed.base, left_case, LG_DONE);
	assert_int_equal(work.share.count, 1);
	assert_int_equal(work.share.at[0].counter, MATCHES_CONFIRMED);
	assert_true(work.has_pair);
	assert_false(work.pair.is_report);
	assert_true(lg_id_equal(work.pair.left, left) && lg_id_equal(work.pair.right, right));
	assert_string_equal(work.pair.month, "2026-05");
	confirmed.kind = LIFEGUARD__MATCHING__MATCH_KIND__RESCUED_AND_MISSING;
	work = decided(MATCH_CONFIRMED, &confirmed.base, left_case, LG_DONE);
	assert_true(work.has_pair && work.pair.is_report);
}

/* Goal: a yes names what it joins.  Method: no kind, no left, no right, zero ids. */
static void a_yes_without_its_records_is_refused(void **unused)
{
	(void)unused;
	Lifeguard__Matching__MatchConfirmed message = LIFEGUARD__MATCHING__MATCH_CONFIRMED__INIT;
	struct lg_id left = lg_id_make(1, 1600000000000, 1),
		     right = lg_id_make(1, 1600000000000, 2);
	struct lg_id zero = { { 0 } };

	message.left = to_wire(&left);
	message.right = to_wire(&right);
	is_refused(MATCH_CONFIRMED, &message.base);
	message.kind = LIFEGUARD__MATCHING__MATCH_KIND__SEEN_BEFORE;
	message.left.len = 0;
	is_refused(MATCH_CONFIRMED, &message.base);
	message.left = to_wire(&left);
	message.right.len = 15;
	is_refused(MATCH_CONFIRMED, &message.base);
	message.right = to_wire(&zero);
	is_refused(MATCH_CONFIRMED, &message.base);
	message.right = to_wire(&right);
	message.left = to_wire(&zero);
	is_refused(MATCH_CONFIRMED, &message.base);
	message.left = to_wire(&left);
	decided(MATCH_CONFIRMED, &message.base, left, LG_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_that_counts_one_counts_its_own),
		cmocka_unit_test(people_informed_are_counted_apart),
		cmocka_unit_test(a_rescue_counts_its_route_and_her_group),
		cmocka_unit_test(steps_are_done_or_do_not_apply),
		cmocka_unit_test(a_match_counts_at_the_home_of_its_left),
		cmocka_unit_test(a_yes_without_its_records_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
