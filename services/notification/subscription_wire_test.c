/* What a client wants, made ours or refused. */
#include "services/notification/subscription_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "services/notification/page.h"

static uint8_t id[LG_ID_SIZE] = { 1, 2 }, other[LG_ID_SIZE] = { 3 };
static char *names[TOLD_COUNT + 1];

static Lifeguard__Notification__Subscribe a_form(void)
{
	Lifeguard__Notification__Subscribe wire = LIFEGUARD__NOTIFICATION__SUBSCRIBE__INIT;

	for (unsigned i = 0; i < TOLD_COUNT; i++)
		names[i] = (char *)(uintptr_t)told_event_names[i];
	wire.subscription_id.data = id;
	wire.subscription_id.len = LG_ID_SIZE;
	wire.role = LIFEGUARD__CODES__ROLE__CENTRE_LEAD;
	wire.n_events = 2;
	wire.events = names;
	wire.channel = LIFEGUARD__NOTIFICATION__CHANNEL__SMTP;
	wire.language = LIFEGUARD__NOTIFICATION__LANGUAGE__NE;
	wire.station = (char *)(uintptr_t) "SNL";
	return wire;
}

static void is_refused(const Lifeguard__Notification__Subscribe *wire)
{
	struct subscription wanted = { .role = 77 };

	assert_int_equal(subscription_from_wire(wire, &wanted).outcome, LG_REFUSED);
	assert_int_equal(wanted.role, 77);
}

/* Goal: every field arrives.  Method: a form with all of them. */
static void a_form_is_read_whole(void **unused)
{
	Lifeguard__Notification__Subscribe wire = a_form();
	struct subscription wanted;

	(void)unused;
	wire.organisation.data = other;
	wire.organisation.len = LG_ID_SIZE;
	assert_int_equal(subscription_from_wire(&wire, &wanted).outcome, LG_DONE);
	assert_memory_equal(wanted.subscription_id.byte, id, LG_ID_SIZE);
	assert_memory_equal(wanted.organisation.byte, other, LG_ID_SIZE);
	assert_int_equal(wanted.role, LIFEGUARD__CODES__ROLE__CENTRE_LEAD);
	assert_int_equal(wanted.events, 3);
	assert_int_equal(wanted.channel, CHANNEL_SMTP);
	assert_int_equal(wanted.language, LANGUAGE_NE);
	assert_string_equal(wanted.station, "SNL");
	wire.organisation.len = 0;
	assert_int_equal(subscription_from_wire(&wire, &wanted).outcome, LG_DONE);
	assert_true(lg_id_is_zero(wanted.organisation));
}

/* Goal: what is no subscription is refused.  Method: each field wrong, each limit's two sides. */
static void what_is_none_is_refused(void **unused)
{
	Lifeguard__Notification__Subscribe wire = a_form();
	struct subscription wanted;

	(void)unused;
	wire.subscription_id.len = 15;
	is_refused(&wire);
	wire = a_form();
	wire.organisation.data = other;
	wire.organisation.len = 3;
	is_refused(&wire);
	wire = a_form();
	wire.channel = LIFEGUARD__NOTIFICATION__CHANNEL__CHANNEL_UNSPECIFIED;
	is_refused(&wire);
	wire = a_form();
	wire.language = LIFEGUARD__NOTIFICATION__LANGUAGE__LANGUAGE_UNSPECIFIED;
	is_refused(&wire);
	wire = a_form();
	names[1] = names[0];
	is_refused(&wire);
	wire = a_form();
	names[1] = (char *)(uintptr_t) "Nothing";
	is_refused(&wire);
	wire = a_form();
	wire.station = (char *)(uintptr_t) "ABCDEFGHI";
	is_refused(&wire);
	wire.station = (char *)(uintptr_t) "ABCDEFGH";
	wire.n_events = 16;
	assert_int_equal(subscription_from_wire(&wire, &wanted).outcome, LG_DONE);
	wire.n_events = 17;
	is_refused(&wire);
}

/* Goal: pages are bounded and go on where the last one ended.  Method: both sides of each. */
static void pages_are_bounded(void **unused)
{
	ProtobufCBinaryData none = { .len = 0 }, good = { .len = LG_ID_SIZE, .data = id },
			    bad = { .len = 4, .data = id };

	(void)unused;
	assert_int_equal(page_check(0, none).outcome, LG_DONE);
	assert_int_equal(page_check(PAGE_MAX, good).outcome, LG_DONE);
	assert_int_equal(page_check(PAGE_MAX + 1, good).outcome, LG_REFUSED);
	assert_int_equal(page_check(1, bad).outcome, LG_REFUSED);
	assert_int_equal(page_limit(0), PAGE_STANDARD);
	assert_int_equal(page_limit(1), 1);
	assert_int_equal(page_limit(PAGE_MAX + 1), PAGE_MAX);
	assert_memory_equal(page_before(good).byte, id, LG_ID_SIZE);
	assert_int_equal(page_before(none).byte[0], 0xff);
	assert_int_equal(page_before(bad).byte[15], 0xff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_is_read_whole),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(pages_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
