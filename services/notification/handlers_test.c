/* The table of contents against the registry. */
#include "services/notification/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Goal: a number means one message everywhere.  Method: what is not an event, by its name. */
static void numbers_are_those_of_the_registry(void **unused)
{
	static const struct {
		uint32_t number;
		const char *name;
	} ours[] = {
		{ NOTIFICATION_SENT, "NotificationSent" },
		{ NOTIFICATION_FAILED, "NotificationFailed" },
		{ SUBSCRIBE, "Subscribe" },
		{ UNSUBSCRIBE, "Unsubscribe" },
		{ LIST_SUBSCRIPTIONS, "ListSubscriptions" },
		{ LIST_NOTICES, "ListNotices" },
		{ RETRY_NOTICE, "RetryNotice" },
		{ STAFF_CONTACT, "StaffContact" },
		{ SEND_DUE, "SendDue" },
		{ DELIVERY_DUE, "DeliveryDue" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		assert_non_null(lg_message_type(ours[i].number));
		assert_string_equal(lg_message_type(ours[i].number)->name, ours[i].name);
	}
}

/*
 * Goal: every event that may be told is told, and no other has that handler.
 * Method: rows of handlers.c by the names of their types; as many as there are names.
 */
static void every_event_that_may_be_told_is_told(void **unused)
{
	uint32_t seen = 0;

	(void)unused;
	for (const struct lg_handler *h = notification_handlers; h->type != 0; h++) {
		enum told_event event = TOLD_COUNT;

		if (h->load != load_event)
			continue;
		assert_non_null(lg_message_type(h->type));
		assert_true(lg_is_done(told_event_named(lg_message_type(h->type)->name, &event)));
		assert_int_equal(seen >> event & 1u, 0);
		seen |= 1u << event;
	}
	assert_int_equal(seen, (1u << TOLD_COUNT) - 1);
}

/* Goal: what is sent to us has a handler that can take it.  Method: the registry, all rows. */
static void every_message_to_us_has_a_handler(void **unused)
{
	uint32_t count = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	(void)unused;
	for (uint32_t i = 0; i < count; i++) {
		const struct lg_handler *handler = notification_handlers;
		bool is_common = types[i].number >= 1900 && types[i].number < 2000;
		bool needs_role =
			types[i].kind == LG_MESSAGE_COMMAND || types[i].kind == LG_MESSAGE_QUERY;

		if (!lg_service_in(types[i].to, LG_SERVICE_NOTIFICATION) || is_common)
			continue;
		while (handler->type != 0 && handler->type != types[i].number)
			handler++;
		if (handler->type == 0)
			fail_msg("%s has no handler", types[i].name);
		assert_non_null(handler->decide);
		assert_non_null(handler->store);
		assert_int_equal(handler->roles != 0, needs_role);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_the_registry),
		cmocka_unit_test(every_event_that_may_be_told_is_told),
		cmocka_unit_test(every_message_to_us_has_a_handler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
