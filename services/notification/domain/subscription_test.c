/* Who may hear of what, and the life of a subscription. */
#include "services/notification/domain/subscription.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/codes.pb-c.h"

#define VOLUNTEER LIFEGUARD__CODES__ROLE__VOLUNTEER
#define LEAD      LIFEGUARD__CODES__ROLE__CENTRE_LEAD
#define NGO       LIFEGUARD__CODES__ROLE__NGO_WORKER
#define OFFICER   LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER
#define OPERATOR  LIFEGUARD__CODES__ROLE__OPERATOR
#define ROLES     34 /* some numbers beyond the last role, too */
#define NOON      ((lg_ms)1400000000000)

#define SET(event) (1u << (event))

static const struct lg_id asha = { .byte = { 1 } }, other = { .byte = { 2 } };
static const struct lg_id maiti = { .byte = { 3 } }, shakti = { .byte = { 4 } };

static struct subscriber a_person(uint32_t role)
{
	return (struct subscriber){ .user = asha, .organisation = maiti, .role = role };
}

static struct subscription a_wish(uint32_t role, uint32_t events)
{
	return (struct subscription){ .subscription_id = { .byte = { 9 } },
		.role = role,
		.events = events,
		.channel = CHANNEL_FILE,
		.digest = { 7 } };
}

static void is_refused(struct lg_status status, const char *reason)
{
	assert_int_equal(status.outcome, LG_REFUSED);
	assert_string_equal(status.reason, reason);
}

/* Goal: the table has no dead, missing or doubled rows.  Method: its own check. */
static void the_states_are_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&subscription_life).outcome, LG_DONE);
}

/* Goal: every event is found by its name, nothing else is.  Method: all, and two others. */
static void events_are_found_by_their_names(void **unused)
{
	enum told_event found = TOLD_COUNT;

	(void)unused;
	for (unsigned i = 0; i < TOLD_COUNT; i++) {
		assert_int_equal(told_event_named(told_event_names[i], &found).outcome, LG_DONE);
		assert_int_equal(found, i);
	}
	assert_int_equal(told_event_named("PersonIdentified", &found).outcome, LG_REFUSED);
	assert_int_equal(told_event_named("", &found).outcome, LG_REFUSED);
}

/*
 * Goal: who only counts, runs machines or looks back hears of no case; every event has somebody
 * who may hear of it; an NGO hears of no rescue, match or escalation.
 * Method: every role and event.
 */
static void only_those_who_work_on_cases_may_hear(void **unused)
{
	(void)unused;
	for (unsigned event = 0; event < TOLD_COUNT; event++) {
		uint32_t hearers = 0;

		for (uint32_t role = 0; role < ROLES; role++) {
			bool works =
				role == VOLUNTEER || role == LEAD || role == NGO || role == OFFICER;
			bool may = told_may_hear(role, (enum told_event)event);

			assert_true(works || !may);
			hearers += may;
		}
		assert_true(hearers > 0);
		assert_true(told_may_hear(OFFICER, (enum told_event)event));
	}
	for (unsigned event = 0; event < TOLD_REFERRAL_RECEIVED; event++)
		assert_false(told_may_hear(NGO, (enum told_event)event));
	assert_true(told_may_hear(NGO, TOLD_REFERRAL_RECEIVED));
	assert_false(told_may_hear(NGO, TOLD_REFERRAL_ESCALATED));
	assert_true(told_may_hear(VOLUNTEER, TOLD_FEEDBACK_GIVEN));
	assert_false(told_may_hear(VOLUNTEER, TOLD_RESCUE_RECORDED));
}

/* Goal: nobody widens what his role may hear.  Method: other roles, events, organisations. */
static void nobody_hears_more_than_his_role(void **unused)
{
	(void)unused;
	struct subscriber lead = a_person(LEAD), ngo = a_person(NGO), officer = a_person(OFFICER);
	struct subscription wish = a_wish(OFFICER, SET(TOLD_MATCH_PROPOSED));

	assert_int_equal(subscription_check(&wish, "", &officer).outcome, LG_DONE);
	assert_int_equal(subscription_check(&wish, "", &lead).outcome, LG_DONE);
	is_refused(subscription_check(&wish, "", &ngo),
		"only a lead or operator subscribes for another role");

	wish.events = 0;
	is_refused(subscription_check(&wish, "", &officer), "at least one event must be named");
	wish = a_wish(VOLUNTEER, SET(TOLD_STEP_DONE) | SET(TOLD_RESCUE_RECORDED));
	is_refused(subscription_check(&wish, "", &lead),
		"this role may not hear of one of these events");
	wish.role = 40;
	is_refused(subscription_check(&wish, "", &lead),
		"this role may not hear of one of these events");

	wish = a_wish(NGO, SET(TOLD_REFERRAL_RECEIVED));
	is_refused(
		subscription_check(&wish, "", &lead), "an NGO's worker must name his organisation");
	wish.organisation = shakti;
	assert_int_equal(subscription_check(&wish, "", &lead).outcome, LG_DONE);
	is_refused(subscription_check(&wish, "", &ngo),
		"it is not the organisation of this account: ask a lead");
	wish.organisation = maiti;
	assert_int_equal(subscription_check(&wish, "", &ngo).outcome, LG_DONE);
}

/* Goal: a code is a code.  Method: both sides of the limit, and what is none. */
static void a_station_is_capital_letters(void **unused)
{
	static const char *const bad[] = { "a", "SNL1", "S L", "SN\n" };
	struct subscriber lead = a_person(LEAD);
	struct subscription wish = a_wish(LEAD, SET(TOLD_RESCUE_RECORDED));

	(void)unused;
	memcpy(wish.station, "ABCDEFGH", 9);
	assert_int_equal(subscription_check(&wish, "", &lead).outcome, LG_DONE);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(wish.station, sizeof wish.station, "%s", bad[i]);
		is_refused(subscription_check(&wish, "", &lead),
			"station is 1 to 8 capital letters, or nothing");
	}
}

/*
 * Goal: no address can end a line or a bracket of the dialogue with a mail server.
 * Method: good ones; each forbidden byte; both sides of each length.
 */
static void an_address_is_a_plain_mail_address(void **unused)
{
	static const char *const good[] = { "a@b", "desk.2+night@ngo-partner.example",
		"x@xn--11b4c3d.example" };
	static const char *const bad[] = { "", "a", "@b", "a@", ".a@b", "-a@b", "a@-b", "a@b-",
		"a@b..c", "a@b.", "a@.b", "a b@c", "a@b c", "a@b\r\nDATA", "<a@b>", "a@b>",
		"\"a\"@b", "a@[127.0.0.1]", "\xc3\xa4@b", "a@b@c" };
	struct subscriber lead = a_person(LEAD);
	struct subscription wish = a_wish(LEAD, SET(TOLD_RESCUE_RECORDED));
	char text[300];

	(void)unused;
	wish.channel = CHANNEL_SMTP;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(subscription_check(&wish, good[i], &lead).outcome, LG_DONE);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		is_refused(subscription_check(&wish, bad[i], &lead), "address is no mail address");

	for (int length = 64; length <= 65; length++) {
		snprintf(text, sizeof text, "%.*s@b", length,
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
		assert_int_equal(subscription_check(&wish, text, &lead).outcome,
			length == 64 ? LG_DONE : LG_REFUSED);
		snprintf(text, sizeof text, "b@%.*s", length - 1,
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
		assert_int_equal(subscription_check(&wish, text, &lead).outcome,
			length == 64 ? LG_DONE : LG_REFUSED);
	}
	memset(text, 0, sizeof text);
	memcpy(text, "a@", 2);
	for (int i = 2; i < SUBSCRIPTION_ADDRESS_MAX; i++)
		text[i] = i % 2 == 0 ? 'b' : '.';
	text[SUBSCRIPTION_ADDRESS_MAX - 1] = 'c';
	assert_int_equal(subscription_check(&wish, text, &lead).outcome, LG_DONE);
	text[SUBSCRIPTION_ADDRESS_MAX] = 'c';
	assert_int_equal(subscription_check(&wish, text, &lead).outcome, LG_REFUSED);

	wish.channel = CHANNEL_FILE;
	is_refused(subscription_check(&wish, "a@b", &lead), "files have no address");
	wish.channel = CHANNEL_KIND_COUNT;
	is_refused(subscription_check(&wish, "", &lead), "there is no such channel");
}

/* Goal: told twice is done, other content is refused, ended stays ended.  Method: the walk. */
static void a_subscription_is_made_once_and_ended_once(void **unused)
{
	struct subscriber by = a_person(OFFICER);
	struct subscription wish = a_wish(OFFICER, SET(TOLD_MATCH_PROPOSED)), s = { .role = 0 };
	bool repeated = true;

	(void)unused;
	is_refused(subscription_end(&s, &by), "there is no such subscription");
	assert_int_equal(subscription_make(&s, &wish, &by, NOON, &repeated).outcome, LG_DONE);
	assert_false(repeated);
	assert_int_equal(s.state, SUBSCRIPTION_ACTIVE);
	assert_true(lg_id_equal(s.made_by, asha));
	assert_int_equal(s.made_at, NOON);
	assert_int_equal(subscription_make(&s, &wish, &by, NOON + 1, &repeated).outcome, LG_DONE);
	assert_true(repeated);
	assert_int_equal(s.made_at, NOON);
	wish.digest[0] = 8;
	is_refused(subscription_make(&s, &wish, &by, NOON, &repeated),
		"made before with other content");

	struct subscriber stranger = { .user = other, .role = OFFICER };
	struct subscriber operator= { .user = other, .role = OPERATOR };

	is_refused(subscription_end(&s, &stranger), "it is somebody else's subscription");
	assert_int_equal(subscription_end(&s, &operator).outcome, LG_DONE);
	assert_int_equal(s.state, SUBSCRIPTION_ENDED);
	assert_int_equal(subscription_end(&s, &by).outcome, LG_DONE);
	is_refused(subscription_make(&s, &wish, &by, NOON, &repeated),
		"this subscription has ended: make another one");
}

/*
 * Goal: who is told of an event: filters pass what they cannot judge, an NGO hears of its own
 * cases alone.
 * Method: each filter, matching, not matching, and with nothing to judge.
 */
static void an_event_goes_to_those_whom_it_concerns(void **unused)
{
	struct subscription s = a_wish(LEAD, SET(TOLD_RESCUE_RECORDED));
	struct told told = { .event = TOLD_RESCUE_RECORDED, .station = "SNL" };

	(void)unused;
	assert_false(subscription_wants(&s, &told)); /* not active yet */
	s.state = SUBSCRIPTION_ACTIVE;
	assert_true(subscription_wants(&s, &told));
	told.event = TOLD_STEP_DONE;
	assert_false(subscription_wants(&s, &told));
	told.event = TOLD_RESCUE_RECORDED;

	memcpy(s.station, "SNL", 4);
	assert_true(subscription_wants(&s, &told));
	told.station = "KKR";
	assert_false(subscription_wants(&s, &told));
	told.station = NULL;
	assert_true(subscription_wants(&s, &told));

	told.organisation = maiti;
	assert_true(subscription_wants(&s, &told));
	s.organisation = shakti;
	assert_false(subscription_wants(&s, &told));
	s.organisation = maiti;
	assert_true(subscription_wants(&s, &told));

	s.role = NGO;
	s.events = SET(TOLD_REFERRAL_RECEIVED) | SET(TOLD_RESCUE_RECORDED);
	assert_false(subscription_wants(&s, &told)); /* stored by an older, wider table */
	told.event = TOLD_REFERRAL_RECEIVED;
	assert_true(subscription_wants(&s, &told));
	told.organisation = shakti;
	assert_false(subscription_wants(&s, &told));
	memset(&told.organisation, 0, sizeof told.organisation);
	assert_false(subscription_wants(&s, &told));
	s.state = SUBSCRIPTION_ENDED;
	told.organisation = maiti;
	assert_false(subscription_wants(&s, &told));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_states_are_sound),
		cmocka_unit_test(events_are_found_by_their_names),
		cmocka_unit_test(only_those_who_work_on_cases_may_hear),
		cmocka_unit_test(nobody_hears_more_than_his_role),
		cmocka_unit_test(a_station_is_capital_letters),
		cmocka_unit_test(an_address_is_a_plain_mail_address),
		cmocka_unit_test(a_subscription_is_made_once_and_ended_once),
		cmocka_unit_test(an_event_goes_to_those_whom_it_concerns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
