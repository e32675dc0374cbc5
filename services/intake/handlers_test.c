/* The table of contents against the registry. */
#include "services/intake/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
	is_named(RECORD_INTERCEPTION, "RecordInterception");
	is_named(SHOW_CASE, "ShowCase");
	is_named(RESCUE_RECORDED, "RescueRecorded");
	is_named(MISSING_PERSON_REPORTED, "MissingPersonReported");
	is_named(CONSENT_CHANGED, "ConsentChanged");
	is_named(STEP_DONE_EVENT, "StepDone");
	is_named(MIGRANTS_INFORMED, "MigrantsInformed");
	is_named(MATCH_CONFIRMED, "MatchConfirmed");
	is_named(MATCH_UNDONE, "MatchUndone");
	is_named(SUSPECT_RECORDED, "SuspectRecorded");
	is_named(FEEDBACK_GIVEN, "FeedbackGiven");
	is_named(COUNT_INFORMED, "CountInformed");
	is_named(ENGAGE_MIGRANT, "EngageMigrant");
	is_named(REGISTER_TRAVELLER, "RegisterTraveller");
	is_named(ADD_ALIAS, "AddAlias");
	is_named(RECORD_IMPRESSION, "RecordImpression");
	is_named(COMPLETE_SCREENING, "CompleteScreening");
	is_named(IDENTIFY_PERSON, "IdentifyPerson");
	is_named(RECORD_RESCUE, "RecordRescue");
	is_named(RECORD_CONSENT, "RecordConsent");
	is_named(REPORT_MISSING_PERSON, "ReportMissingPerson");
	is_named(COMPLETE_STEP, "CompleteStep");
	is_named(SHOW_CHECKLIST, "ShowChecklist");
	is_named(LIST_CASES, "ListCases");
	is_named(PERSON_IDENTITY, "PersonIdentity");
}

/* Goal: what is sent to us has a handler that can take it.  Method: the registry, all rows. */
static void every_message_to_us_has_a_handler(void **unused)
{
	(void)unused;
	uint32_t count = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	for (uint32_t i = 0; i < count; i++) {
		const struct lg_handler *handler = intake_handlers;
		bool is_common = types[i].number >= 1900 && types[i].number < 2000;

		if (!lg_service_in(types[i].to, LG_SERVICE_INTAKE) || is_common)
			continue;
		while (handler->type != 0 && handler->type != types[i].number)
			handler++;
		assert_int_equal(handler->type, types[i].number);
		assert_non_null(handler->decide);
		assert_non_null(handler->store);
		assert_int_equal(handler->roles == 0, types[i].kind == LG_MESSAGE_EVENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_the_registry),
		cmocka_unit_test(every_message_to_us_has_a_handler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
