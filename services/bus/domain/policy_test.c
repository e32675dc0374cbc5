#include "policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define SITE  17
#define OTHER 18

#define BIT(service) (1u << LG_SERVICE_##service)

/* A small registry of its own, so that the real one may grow; the last two rows are traps. */
static const struct lg_message_type types[] = {
	{ .number = 1, .kind = LG_MESSAGE_EVENT, .from = BIT(INTAKE), .to = BIT(REPORTING) },
	{ .number = 2, .kind = LG_MESSAGE_COMMAND, .from = BIT(GATEWAY), .to = BIT(INTAKE) },
	{ .number = 3,
		.kind = LG_MESSAGE_QUERY,
		.from = BIT(GATEWAY),
		.to = BIT(REPORTING) | BIT(ACCESS) },
	{ .number = 4, .kind = LG_MESSAGE_CONTENT, .from = BIT(GATEWAY), .to = BIT(MATCHING) },
	{ .number = 5, .kind = LG_MESSAGE_COMMAND, .from = BIT(INTAKE), .to = BIT(ACCESS) },
};

static struct policy make(void)
{
	struct policy policy;

	policy_init(&policy, SITE, types, sizeof types / sizeof types[0]);
	return policy;
}

static bool may(uint8_t kind, uint8_t from, uint8_t to)
{
	struct policy policy = make();
	const struct lg_route route = {
		.version = 1,
		.kind = kind,
		.from_site = SITE,
		.from_service = from,
		.to_site = SITE,
		.to_service = to,
	};

	return lg_is_done(policy_check(&policy, &route));
}

/* The pairs of services that may send this kind, counted over all pairs. */
static uint32_t pairs(uint8_t kind)
{
	uint32_t count = 0;

	for (uint8_t from = 0; from < LG_SERVICE_COUNT; from++)
		for (uint8_t to = 0; to < LG_SERVICE_COUNT; to++)
			count += may(kind, from, to);
	return count;
}

/* Goal: streams flow as the registry says.  Method: the one pair of the sample, and no other. */
static void a_stream_needs_an_event_from_one_to_the_other(void **unused)
{
	static const uint8_t to_writer[] = { LG_ROUTE_SUBSCRIBE, LG_ROUTE_ACKNOWLEDGE };
	static const uint8_t to_reader[] = { LG_ROUTE_DELIVER, LG_ROUTE_GO_BACK, LG_ROUTE_GONE };

	(void)unused;
	for (size_t i = 0; i < sizeof to_writer; i++) {
		assert_true(may(to_writer[i], LG_SERVICE_REPORTING, LG_SERVICE_INTAKE));
		assert_int_equal(pairs(to_writer[i]), 1);
	}
	for (size_t i = 0; i < sizeof to_reader; i++) {
		assert_true(may(to_reader[i], LG_SERVICE_INTAKE, LG_SERVICE_REPORTING));
		assert_int_equal(pairs(to_reader[i]), 1);
	}
}

/* Goal: only the gateway commands, also if a registry says otherwise.  Method: all pairs. */
static void commands_come_from_the_gateway_alone(void **unused)
{
	(void)unused;
	assert_true(may(LG_ROUTE_COMMAND, LG_SERVICE_GATEWAY, LG_SERVICE_INTAKE));
	assert_true(may(LG_ROUTE_COMMAND, LG_SERVICE_GATEWAY, LG_SERVICE_REPORTING));
	assert_true(may(LG_ROUTE_COMMAND, LG_SERVICE_GATEWAY, LG_SERVICE_ACCESS));
	assert_int_equal(pairs(LG_ROUTE_COMMAND), 3);
}

/* Goal: answers go back the same way.  Method: all pairs. */
static void answers_go_to_the_gateway_alone(void **unused)
{
	(void)unused;
	assert_true(may(LG_ROUTE_ANSWER, LG_SERVICE_INTAKE, LG_SERVICE_GATEWAY));
	assert_true(may(LG_ROUTE_ANSWER, LG_SERVICE_REPORTING, LG_SERVICE_GATEWAY));
	assert_true(may(LG_ROUTE_ANSWER, LG_SERVICE_ACCESS, LG_SERVICE_GATEWAY));
	assert_int_equal(pairs(LG_ROUTE_ANSWER), 3);
}

/* Goal: who is there may say so, and nobody speaks as the bus.  Method: all pairs. */
static void everybody_claims_and_nobody_undelivers(void **unused)
{
	(void)unused;
	assert_int_equal(pairs(LG_ROUTE_CLAIM), LG_SERVICE_COUNT * LG_SERVICE_COUNT);
	assert_int_equal(pairs(LG_ROUTE_UNDELIVERED), 0);
	assert_int_equal(pairs(0), 0);
}

/* Goal: one site.  Method: a good frame, then each of its sites changed. */
static void another_site_is_refused(void **unused)
{
	struct policy policy = make();
	struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_COMMAND,
		.from_site = SITE,
		.from_service = LG_SERVICE_GATEWAY,
		.to_site = SITE,
		.to_service = LG_SERVICE_INTAKE,
	};

	(void)unused;
	assert_true(lg_is_done(policy_check(&policy, &route)));
	route.to_site = OTHER;
	assert_int_equal(policy_check(&policy, &route).outcome, LG_REFUSED);
	route.to_site = SITE;
	route.from_site = OTHER;
	assert_int_equal(policy_check(&policy, &route).outcome, LG_REFUSED);
	route.kind = LG_ROUTE_CLAIM;
	assert_int_equal(policy_check(&policy, &route).outcome, LG_REFUSED);
}

/* Goal: numbers that mean nothing are refused.  Method: the first beyond each table. */
static void unknown_numbers_are_refused(void **unused)
{
	(void)unused;
	assert_false(may(LG_ROUTE_KIND_COUNT, LG_SERVICE_GATEWAY, LG_SERVICE_INTAKE));
	assert_false(may(LG_ROUTE_COMMAND, LG_SERVICE_COUNT, LG_SERVICE_INTAKE));
	assert_false(may(LG_ROUTE_COMMAND, LG_SERVICE_GATEWAY, LG_SERVICE_COUNT));
	assert_false(may(LG_ROUTE_COMMAND, LG_SERVICE_GATEWAY, UINT8_MAX));
	assert_true(may(LG_ROUTE_CLAIM, LG_SERVICE_GATEWAY, UINT8_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_needs_an_event_from_one_to_the_other),
		cmocka_unit_test(commands_come_from_the_gateway_alone),
		cmocka_unit_test(answers_go_to_the_gateway_alone),
		cmocka_unit_test(everybody_claims_and_nobody_undelivers),
		cmocka_unit_test(another_site_is_refused),
		cmocka_unit_test(unknown_numbers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
