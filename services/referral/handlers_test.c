/* The table of contents against the registry. */
#include "services/referral/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void is_named(uint32_t number, const char *name)
{
	assert_non_null(lg_message_type(number));
	assert_string_equal(lg_message_type(number)->name, name);
}

/* Goal: a number means one message everywhere.  Method: ends and middles of each run, by name. */
static void numbers_are_those_of_the_registry(void **unused)
{
	(void)unused;
	is_named(RESCUE_RECORDED, "RescueRecorded");
	is_named(CONSENT_CHANGED, "ConsentChanged");
	is_named(MATCH_CONFIRMED, "MatchConfirmed");
	is_named(MATCH_UNDONE, "MatchUndone");
	is_named(REFERRAL_OFFERED_EVENT, "ReferralOffered");
	is_named(REFERRAL_PASSED_EVENT, "ReferralPassed");
	is_named(HANDOVER_CONFIRMED, "HandoverConfirmed");
	is_named(FEEDBACK_GIVEN, "FeedbackGiven");
	is_named(ORGANISATION_LISTED, "OrganisationListed");
	is_named(LIST_REFERRALS, "ListReferrals");
	is_named(SHOW_HANDOVER_CODE, "ShowHandoverCode");
	is_named(END_REFERRAL, "EndReferral");
	is_named(ADD_ORGANISATION, "AddOrganisation");
	is_named(ASSIGN_MEMBER, "AssignMember");
	is_named(PERSON_IDENTITY, "PersonIdentity");
	is_named(HANDOVER_CODE, "HandoverCode");
	is_named(REFERRAL_DUE, "ReferralDue");
	is_named(OFFER_DUE, "OfferDue");
	is_named(DIRECTORY_DUE, "DirectoryDue");
	is_named(HANDOVER_OVERDUE, "HandoverOverdue");
	is_named(ANEW_ASKED, "AnewAsked");
	is_named(TELL_ANEW_DUE, "TellAnewDue");
}

/* Goal: what is sent to us has a handler that can take it.  Method: the registry, all rows. */
static void every_message_to_us_has_a_handler(void **unused)
{
	(void)unused;
	uint32_t count = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	for (uint32_t i = 0; i < count; i++) {
		const struct lg_handler *handler = referral_handlers;
		bool is_common = types[i].number >= 1900 && types[i].number < 2000;
		bool is_asked_by_people =
			types[i].kind == LG_MESSAGE_COMMAND || types[i].kind == LG_MESSAGE_QUERY;

		if (!lg_service_in(types[i].to, LG_SERVICE_REFERRAL) || is_common)
			continue;
		while (handler->type != 0 && handler->type != types[i].number)
			handler++;
		assert_int_equal(handler->type, types[i].number);
		assert_non_null(handler->load);
		assert_non_null(handler->decide);
		assert_non_null(handler->store);
		assert_int_equal(handler->roles != 0, is_asked_by_people);
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
