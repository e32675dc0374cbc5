/* The table of contents against the registry. */
#include "services/matching/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "proto/codes.pb-c.h"

static void is_named(uint32_t number, const char *name)
{
	assert_non_null(lg_message_type(number));
	assert_string_equal(lg_message_type(number)->name, name);
}

/* Goal: a number means one message everywhere.  Method: each of ours, by its name. */
static void numbers_are_those_of_the_registry(void **unused)
{
	(void)unused;
	is_named(RESCUE_RECORDED, "RescueRecorded");
	is_named(MISSING_PERSON_REPORTED, "MissingPersonReported");
	is_named(CONSENT_CHANGED, "ConsentChanged");
	is_named(MATCH_PROPOSED_EVENT, "MatchProposed");
	is_named(MATCH_CONFIRMED_EVENT, "MatchConfirmed");
	is_named(MATCH_REJECTED_EVENT, "MatchRejected");
	is_named(WATCHLIST_HIT, "WatchlistHit");
	is_named(MATCH_UNDONE_EVENT, "MatchUndone");
	is_named(SUSPECT_RECORDED, "SuspectRecorded");
	is_named(UNDO_MATCH, "UndoMatch");
	is_named(LEARN_WEIGHTS, "LearnWeights");
	is_named(CONFIRM_MATCH, "ConfirmMatch");
	is_named(REJECT_MATCH, "RejectMatch");
	is_named(LIST_MATCHES, "ListMatches");
	is_named(SHOW_MATCH, "ShowMatch");
	is_named(TRACE_ASKED_EVENT, "TraceAsked");
	is_named(TRACE_ANSWERED_EVENT, "TraceAnswered");
	is_named(TRACE_APPROVED_EVENT, "TraceApproved");
	is_named(TRACE_DECLINED_EVENT, "TraceDeclined");
	is_named(NAMES_RELEASED, "NamesReleased");
	is_named(ASK_TRACE, "AskTrace");
	is_named(APPROVE_TRACE, "ApproveTrace");
	is_named(DECLINE_TRACE, "DeclineTrace");
	is_named(LIST_TRACES, "ListTraces");
	is_named(SHOW_TRACED_PERSON, "ShowTracedPerson");
	is_named(PERSON_IDENTITY, "PersonIdentity");
	is_named(CASE_CLOSED, "CaseClosed");
	is_named(SEARCH_DUE, "SearchDue");
	is_named(FORGET_DUE, "ForgetDue");
	is_named(TRACE_HIT_EVENT, "TraceHit");
	is_named(TRACE_DUE, "TraceDue");
	is_named(TRACE_EXPIRY_DUE, "TraceExpiryDue");
}

/* Goal: what is sent to us has a handler that can take it.  Method: the registry, all rows. */
static void every_message_to_us_has_a_handler(void **unused)
{
	(void)unused;
	uint32_t count = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	for (uint32_t i = 0; i < count; i++) {
		const struct lg_handler *handler = matching_handlers;
		bool is_common = types[i].number >= 1900 && types[i].number < 2000;

		if (!lg_service_in(types[i].to, LG_SERVICE_MATCHING) || is_common)
			continue;
		while (handler->type != 0 && handler->type != types[i].number)
			handler++;
		assert_int_equal(handler->type, types[i].number);
		assert_non_null(handler->decide);
		assert_non_null(handler->store);
		if (types[i].kind == LG_MESSAGE_COMMAND || types[i].kind == LG_MESSAGE_QUERY)
			assert_true(handler->roles != 0);
	}
}

/*
 * Goal: only a lead or a protection officer decides who somebody is.  Method: the roles of the three
 * commands, and that nothing else shares their batch.
 */
static void only_a_lead_decides_and_alone(void **unused)
{
	(void)unused;
	for (const struct lg_handler *h = matching_handlers; h->type != 0; h++) {
		if (h->type != CONFIRM_MATCH && h->type != REJECT_MATCH && h->type != UNDO_MATCH)
			continue;
		assert_int_equal(
			h->roles, LG_ROLE(LIFEGUARD__CODES__ROLE__CENTRE_LEAD) |
					  LG_ROLE(LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER));
		assert_true(h->is_alone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_the_registry),
		cmocka_unit_test(every_message_to_us_has_a_handler),
		cmocka_unit_test(only_a_lead_decides_and_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
