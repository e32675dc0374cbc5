/* The table of contents against the registry, and the events' decisions. */
#include "services/reporting/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "proto/intake.pb-c.h"

static void is_named(uint32_t number, const char *name)
{
	assert_non_null(lg_message_type(number));
	assert_string_equal(lg_message_type(number)->name, name);
}

/* Goal: a number means one message everywhere.  Method: each of ours, by its name. */
static void numbers_are_those_of_the_registry(void **unused)
{
	(void)unused;
	is_named(MIGRANT_ENGAGED, "MigrantEngaged");
	is_named(SCREENING_COMPLETED, "ScreeningCompleted");
	is_named(PERSON_IDENTIFIED, "PersonIdentified");
	is_named(RESCUE_RECORDED, "RescueRecorded");
	is_named(MISSING_PERSON_REPORTED, "MissingPersonReported");
	is_named(STEP_DONE, "StepDone");
	is_named(MIGRANTS_INFORMED, "MigrantsInformed");
	is_named(MATCH_PROPOSED, "MatchProposed");
	is_named(MATCH_CONFIRMED, "MatchConfirmed");
	is_named(MATCH_REJECTED, "MatchRejected");
	is_named(MATCH_UNDONE, "MatchUndone");
	is_named(WATCHLIST_HIT, "WatchlistHit");
	is_named(REFERRAL_OFFERED, "ReferralOffered");
	is_named(REFERRAL_RECEIVED, "ReferralReceived");
	is_named(REFERRAL_ANSWERED, "ReferralAnswered");
	is_named(REFERRAL_ACCEPTED, "ReferralAccepted");
	is_named(REFERRAL_DECLINED, "ReferralDeclined");
	is_named(REFERRAL_ESCALATED, "ReferralEscalated");
	is_named(REFERRAL_WITHDRAWN, "ReferralWithdrawn");
	is_named(REFERRAL_PASSED, "ReferralPassed");
	is_named(DESTRUCTION_ACKNOWLEDGED, "DestructionAcknowledged");
	is_named(DESTRUCTION_OVERDUE, "DestructionOverdue");
	is_named(HANDOVER_RECORDED, "HandoverRecorded");
	is_named(HANDOVER_CONFIRMED, "HandoverConfirmed");
	is_named(REUNIFICATION_RECORDED, "ReunificationRecorded");
	is_named(REHABILITATION_STARTED, "RehabilitationStarted");
	is_named(FOLLOW_UP_RECORDED, "FollowUpRecorded");
	is_named(LEGAL_MILESTONE_RECORDED, "LegalMilestoneRecorded");
	is_named(DESTINATION_LINKED, "DestinationLinked");
	is_named(CASE_CLOSED, "CaseClosed");
	is_named(FOLLOW_UP_DUE, "FollowUpDue");
	is_named(FEEDBACK_GIVEN, "FeedbackGiven");
	is_named(NOTIFICATION_SENT, "NotificationSent");
	is_named(NOTIFICATION_FAILED, "NotificationFailed");
	is_named(REPORT_INTERCEPTIONS, "ReportInterceptions");
	is_named(SHOW_TRACE, "ShowTrace");
	is_named(REBUILD_PROJECTION, "RebuildProjection");
	is_named(REPORT_JOURNEY, "ReportJourney");
}

/* Goal: what is sent to us has a handler that can take it.  Method: the registry, all rows. */
static void every_message_to_us_has_a_handler(void **unused)
{
	(void)unused;
	uint32_t count = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	for (uint32_t i = 0; i < count; i++) {
		const struct lg_handler *handler = reporting_handlers;
		bool is_common = types[i].number >= 1900 && types[i].number < 2000;

		if (!lg_service_in(types[i].to, LG_SERVICE_REPORTING) || is_common)
			continue;
		while (handler->type != 0 && handler->type != types[i].number)
			handler++;
		assert_int_equal(handler->type, types[i].number);
		assert_non_null(handler->decide);
		assert_non_null(handler->store);
		/* events come from services, everything else from somebody with a role */
		assert_int_equal(handler->roles == 0, types[i].kind == LG_MESSAGE_EVENT);
	}
}

/* Goal: absent numbers count nothing.  Method: an arrival and a screening with and without. */
static void absent_numbers_count_nothing(void **unused)
{
	(void)unused;
	Lifeguard__Intake__MigrantEngaged engaged = LIFEGUARD__INTAKE__MIGRANT_ENGAGED__INIT;
	Lifeguard__Intake__ScreeningCompleted screened =
		LIFEGUARD__INTAKE__SCREENING_COMPLETED__INIT;
	struct event_work work = { .delta = { .station = "" } };
	struct lg_item item = { .message = &engaged.base, .work = &work };
	char station[] = "SNL";

	engaged.station = station;
	engaged.stated_suspects = 9; /* without its case it is no number */
	assert_int_equal(decide_engaged(&item).outcome, LG_DONE);
	assert_int_equal(work.delta.counts.stated_suspects, 0);
	engaged.suspects_case = LIFEGUARD__INTAKE__MIGRANT_ENGAGED__SUSPECTS_STATED_SUSPECTS;
	assert_int_equal(decide_engaged(&item).outcome, LG_DONE);
	assert_int_equal(work.delta.counts.stated_suspects, 9);

	item.message = &screened.base;
	screened.station = station;
	screened.points = 35;
	assert_int_equal(decide_screened(&item).outcome, LG_DONE);
	assert_int_equal(work.delta.counts.points_differ, 0);
	screened.reported_case = LIFEGUARD__INTAKE__SCREENING_COMPLETED__REPORTED_REPORTED_POINTS;
	assert_int_equal(decide_screened(&item).outcome, LG_DONE);
	assert_int_equal(work.delta.counts.points_differ, 1);
	screened.station = station + 3;
	assert_int_equal(decide_screened(&item).outcome, LG_REFUSED);
}

/* Goal: a person counts by kind, and nothing else passes.  Method: all kinds, and 77. */
static void persons_count_by_kind(void **unused)
{
	(void)unused;
	Lifeguard__Intake__PersonIdentified message = LIFEGUARD__INTAKE__PERSON_IDENTIFIED__INIT;
	struct event_work work = { .delta = { .station = "" } };
	struct lg_item item = { .message = &message.base, .work = &work };
	char station[] = "SNL";

	message.station = station;
	assert_int_equal(decide_identified(&item).outcome, LG_REFUSED);
	message.kind = (Lifeguard__Codes__PersonKind)77;
	assert_int_equal(decide_identified(&item).outcome, LG_REFUSED);
	message.kind = LIFEGUARD__CODES__PERSON_KIND__POTENTIAL_VICTIM;
	assert_int_equal(decide_identified(&item).outcome, LG_DONE);
	assert_int_equal(work.delta.counts.victims, 1);
	message.kind = LIFEGUARD__CODES__PERSON_KIND__SUSPECT;
	assert_int_equal(decide_identified(&item).outcome, LG_DONE);
	assert_int_equal(work.delta.counts.suspects, 1);
	assert_int_equal(work.delta.counts.victims, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_the_registry),
		cmocka_unit_test(every_message_to_us_has_a_handler),
		cmocka_unit_test(absent_numbers_count_nothing),
		cmocka_unit_test(persons_count_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
