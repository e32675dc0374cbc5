#include "services/bus/domain/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SITE  17
#define OTHER 18

#define BIT(service) (1u << LG_SERVICE_##service)

/* A small registry of its own, so that the real one may grow; rows 4, 5 and 7 are traps. */
static const struct lg_message_type types[] = {
	{ .number = 1, .kind = LG_MESSAGE_EVENT, .from = BIT(INTAKE), .to = BIT(REPORTING) },
	{ .number = 2, .kind = LG_MESSAGE_COMMAND, .from = BIT(GATEWAY), .to = BIT(INTAKE) },
	{ .number = 3,
		.kind = LG_MESSAGE_QUERY,
		.from = BIT(GATEWAY),
		.to = BIT(REPORTING) | BIT(ACCESS) },
	{ .number = 4, .kind = LG_MESSAGE_CONTENT, .from = BIT(GATEWAY), .to = BIT(MATCHING) },
	{ .number = 5, .kind = LG_MESSAGE_COMMAND, .from = BIT(INTAKE), .to = BIT(ACCESS) },
	{ .number = 6, .kind = LG_MESSAGE_EVENT, .from = BIT(REFERRAL), .to = BIT(REFERRAL) },
	{ .number = 7, .kind = LG_MESSAGE_DUE, .from = BIT(MATCHING), .to = BIT(MATCHING) },
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

/* Goal: streams flow as the registry says.  Method: the two pairs of the sample, and no other. */
static void a_stream_needs_an_event_from_one_to_the_other(void **unused)
{
	static const uint8_t to_writer[] = { LG_ROUTE_SUBSCRIBE, LG_ROUTE_ACKNOWLEDGE };
	static const uint8_t to_reader[] = { LG_ROUTE_DELIVER, LG_ROUTE_GO_BACK, LG_ROUTE_GONE };

	(void)unused;
	for (size_t i = 0; i < sizeof to_writer; i++) {
		assert_true(may(to_writer[i], LG_SERVICE_REPORTING, LG_SERVICE_INTAKE));
		assert_true(may(to_writer[i], LG_SERVICE_REFERRAL, LG_SERVICE_REFERRAL));
		assert_int_equal(pairs(to_writer[i]), 2);
	}
	for (size_t i = 0; i < sizeof to_reader; i++) {
		assert_true(may(to_reader[i], LG_SERVICE_INTAKE, LG_SERVICE_REPORTING));
		assert_true(may(to_reader[i], LG_SERVICE_REFERRAL, LG_SERVICE_REFERRAL));
		assert_int_equal(pairs(to_reader[i]), 2);
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
	assert_int_equal(pairs(LG_ROUTE_NEWS), 3);
}

/* Goal: who is there may say so, and nobody speaks as the bus.  Method: all pairs. */
static void everybody_claims_and_nobody_undelivers(void **unused)
{
	(void)unused;
	assert_int_equal(pairs(LG_ROUTE_CLAIM), LG_SERVICE_COUNT * LG_SERVICE_COUNT);
	assert_int_equal(pairs(LG_ROUTE_UNDELIVERED), 0);
	assert_int_equal(pairs(0), 0);
}

/* What a frame of this kind may do, from a service here to another site, or from there. */
static bool crosses(struct lg_route route, bool from_there)
{
	struct policy policy = make();

	route.version = 1;
	route.from_site = from_there ? OTHER : SITE;
	route.to_site = from_there ? SITE : OTHER;
	return lg_is_done(
		from_there ? policy_check_far(&policy, &route) : policy_check(&policy, &route));
}

/*
 * Goal: over the line only streams go, between services of one name.  Method: all kinds and pairs,
 * from both ends.
 */
static void over_the_line_like_talks_to_like(void **unused)
{
	(void)unused;
	for (int from_there = 0; from_there < 2; from_there++)
		for (uint8_t kind = 0; kind <= LG_ROUTE_KIND_COUNT; kind++)
			for (uint8_t from = 0; from <= LG_SERVICE_COUNT; from++)
				for (uint8_t to = 0; to <= LG_SERVICE_COUNT; to++) {
					bool is_stream =
						kind >= LG_ROUTE_SUBSCRIBE && kind <= LG_ROUTE_GONE;
					bool is_like = from == LG_SERVICE_REFERRAL && to == from;

					if (kind == LG_ROUTE_CLAIM && !from_there)
						continue; /* taken by the bus, wherever it says */
					assert_int_equal(crosses((struct lg_route){ .kind = kind,
									 .from_service = from,
									 .to_service = to },
								 from_there),
						is_stream && is_like);
				}
}

/* Goal: no stranger names our connections or sites.  Method: one field of a good frame wrong. */
static void over_the_line_a_frame_goes_to_a_partition(void **unused)
{
	const struct lg_route good = { .kind = LG_ROUTE_DELIVER,
		.from_service = LG_SERVICE_REFERRAL,
		.to_service = LG_SERVICE_REFERRAL,
		.to_partition = 15 };
	struct lg_route bad = good;
	struct policy policy = make();

	(void)unused;
	for (int from_there = 0; from_there < 2; from_there++) {
		assert_true(crosses(good, from_there));
		bad = good;
		bad.to = 1;
		assert_false(crosses(bad, from_there));
		bad = good;
		bad.to_partition = LG_TO_ANY_OWNER;
		assert_false(crosses(bad, from_there));
	}
	bad = good;
	bad.from_site = OTHER;
	bad.to_site = OTHER + 1;
	assert_false(lg_is_done(policy_check_far(&policy, &bad)));
	bad.from_site = bad.to_site = SITE;
	assert_false(lg_is_done(policy_check_far(&policy, &bad)));
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
		cmocka_unit_test(over_the_line_like_talks_to_like),
		cmocka_unit_test(over_the_line_a_frame_goes_to_a_partition),
		cmocka_unit_test(another_site_is_refused),
		cmocka_unit_test(unknown_numbers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
