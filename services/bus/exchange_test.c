#include "services/bus/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "common/link/link.h"
#include "common/stream/envelope.h"
#include "proto/bus.pb-c.h"
#include "services/bus/claim_wire.h"

#define SITE    17
#define WAIT_MS 60000
#define BODY    64

/* Who is in the house: two instances of intake with one key. */
enum who { GATEWAY, INTAKE, INTAKE_TWIN, REPORTING, WHO_COUNT };

static const uint8_t services[WHO_COUNT] = {
	[GATEWAY] = LG_SERVICE_GATEWAY,
	[INTAKE] = LG_SERVICE_INTAKE,
	[INTAKE_TWIN] = LG_SERVICE_INTAKE,
	[REPORTING] = LG_SERVICE_REPORTING,
};

struct house;

/* A service, and the last frame of each kind that it got. */
struct member {
	struct house *house;
	enum who who;
	struct lg_link *link;
	uint64_t got[LG_ROUTE_KIND_COUNT];
	struct lg_route last[LG_ROUTE_KIND_COUNT];
	char body[BODY];
};

struct house {
	uv_loop_t loop;
	uv_timer_t timer;
	bool is_late;
	char address[64];
	uint8_t bus_public[32], bus_secret[32];
	uint8_t public_keys[LG_SERVICE_COUNT][32], secrets[LG_SERVICE_COUNT][32];
	struct lg_metrics *metrics;
	struct lg_arena *arena;
	struct exchange *bus;
	long claims; /* sent by all */
	bool reads_joined[WHO_COUNT];
	struct member members[WHO_COUNT];
};

static void make_keys(uint8_t ret_public[32], uint8_t ret_secret[32])
{
	char public_text[41], secret_text[41];

	assert_int_equal(zmq_curve_keypair(public_text, secret_text), 0);
	assert_non_null(zmq_z85_decode(ret_public, public_text));
	assert_non_null(zmq_z85_decode(ret_secret, secret_text));
}

static void on_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct member *member = user;

	member->got[route->kind]++;
	member->last[route->kind] = *route;
	if (route->kind != LG_ROUTE_CLAIM && body.size < BODY) {
		if (body.size > 0)
			memcpy(member->body, body.data, body.size);
		member->body[body.size] = '\0';
	}
}

static void on_late(uv_timer_t *timer)
{
	struct house *house = timer->data;

	house->is_late = true;
}

static bool wait_for(struct house *house, const uint64_t *count, uint64_t at_least)
{
	house->is_late = false;
	uv_timer_start(&house->timer, on_late, WAIT_MS, 0);
	while (*count < at_least && !house->is_late)
		uv_run(&house->loop, UV_RUN_ONCE);
	uv_timer_stop(&house->timer);
	return *count >= at_least;
}

static void open_link(struct house *house, enum who who)
{
	uint8_t service = services[who];

	house->members[who].house = house;
	house->members[who].who = who;
	house->members[who].link = lg_link_new(&(struct lg_link_options){
		.loop = &house->loop,
		.address = house->address,
		.bus_public = house->bus_public,
		.own_public = house->public_keys[service],
		.own_secret = house->secrets[service],
		.frame = on_frame,
		.user = &house->members[who],
	});
}

static void say(struct house *house, enum who from, struct lg_route route, const char *body)
{
	route.version = 1;
	route.to_site = SITE;
	assert_true(lg_is_done(
		lg_link_send(house->members[from].link, &route, lg_bytes(body, strlen(body)))));
}

/* A claim of one partition by this instance. */
static void claim(struct house *house, enum who who, uint32_t partition, uint64_t takeover)
{
	Lifeguard__Bus__Claim wire = LIFEGUARD__BUS__CLAIM__INIT;
	const struct lg_route route = { .version = 1, .kind = LG_ROUTE_CLAIM, .to_site = SITE };
	uint8_t instance[LG_ID_SIZE] = { (uint8_t)(who + 1) };

	house->claims++;
	wire.instance.data = instance;
	wire.instance.len = sizeof instance;
	wire.reads_joined = house->reads_joined[who];
	wire.n_partitions = wire.n_takeovers = 1;
	wire.partitions = &partition;
	wire.takeovers = &takeover;
	assert_true(lg_is_done(lg_link_send(
		house->members[who].link, &route, lg_encode(house->arena, &wire.base))));
}

/* The number that a scrape shows behind name. */
static long scrape(struct house *house, const char *name)
{
	size_t size = 0;
	const char *text, *at;

	exchange_refresh(house->bus);
	text = lg_metrics_print(house->metrics, house->arena, &size);
	at = strstr(text, name);
	assert_non_null(at);
	return strtol(strchr(at, '}') + 1, NULL, 10);
}

static bool wait_for_count(struct house *house, const char *name, long at_least)
{
	house->is_late = false;
	uv_timer_start(&house->timer, on_late, WAIT_MS, 0);
	while (scrape(house, name) < at_least && !house->is_late)
		uv_run(&house->loop, UV_RUN_ONCE);
	uv_timer_stop(&house->timer);
	return scrape(house, name) >= at_least;
}

static int build(void **state)
{
	static unsigned number;
	struct house *house = calloc(1, sizeof *house);
	struct lg_peer peers[LG_SERVICE_COUNT];
	uint32_t count = 0;

	assert_non_null(house);
	uv_loop_init(&house->loop);
	uv_timer_init(&house->loop, &house->timer);
	house->timer.data = house;
	house->arena = lg_arena_new();
	house->metrics = lg_metrics_new("bus");
	snprintf(house->address, sizeof house->address, "ipc://@lifeguard-exchange-%d-%u",
		(int)getpid(), number++);
	make_keys(house->bus_public, house->bus_secret);
	for (uint8_t service = LG_SERVICE_GATEWAY; service < LG_SERVICE_COUNT; service++) {
		make_keys(house->public_keys[service], house->secrets[service]);
		peers[count] = (struct lg_peer){ .site = SITE, .service = service };
		memcpy(peers[count++].public_key, house->public_keys[service], 32);
	}
	assert_true(lg_is_done(exchange_new(
		&(struct exchange_options){
			.loop = &house->loop,
			.address = house->address,
			.site = SITE,
			.own_secret = house->bus_secret,
			.peers = peers,
			.peer_count = count,
			.metrics = house->metrics,
		},
		&house->bus)));
	for (enum who who = 0; who < WHO_COUNT; who++)
		open_link(house, who);
	*state = house;
	return 0;
}

/* Everybody reads frames of one part; or only every second does: old versions beside new ones. */
static int build_joined(void **state)
{
	int built = build(state);
	struct house *house = *state;

	for (enum who who = 0; who < WHO_COUNT; who++)
		house->reads_joined[who] = true;
	return built;
}

static int build_mixed(void **state)
{
	int built = build_joined(state);
	struct house *house = *state;

	house->reads_joined[GATEWAY] = house->reads_joined[INTAKE_TWIN] = false;
	return built;
}

static int tear_down(void **state)
{
	struct house *house = *state;

	for (enum who who = 0; who < WHO_COUNT; who++)
		lg_link_free(house->members[who].link);
	exchange_free(house->bus);
	uv_close((uv_handle_t *)&house->timer, NULL);
	uv_run(&house->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&house->loop), 0);
	lg_metrics_free(house->metrics);
	lg_arena_free(house->arena);
	free(house);
	return 0;
}

/* Until the gateway has heard every claim so far: what comes back to it comes behind them. */
static void wait_for_claims(struct house *house)
{
	struct member *gateway = &house->members[GATEWAY];
	uint64_t before = gateway->got[LG_ROUTE_UNDELIVERED];

	assert_true(wait_for_count(house, "kind=\"claim\"}", house->claims));
	say(house, GATEWAY,
		(struct lg_route){ .kind = LG_ROUTE_COMMAND,
			.to_service = LG_SERVICE_INTAKE,
			.to_partition = 15 },
		"");
	assert_true(wait_for(house, &gateway->got[LG_ROUTE_UNDELIVERED], before + 1));
}

/* Everybody is known to the bus, and intake owns partition 3 by its 7th takeover. */
static void settle(struct house *house)
{
	uint64_t heard = 0;

	/* the bus tells of nobody to those who have not spoken yet: so each speaks until all heard */
	while (heard < 3) {
		claim(house, GATEWAY, 0, 1);
		claim(house, INTAKE, 3, 7);
		claim(house, INTAKE_TWIN, 4, 7);
		claim(house, REPORTING, 5, 1);
		assert_true(wait_for_count(house, "kind=\"claim\"}", house->claims));
		heard = UINT64_MAX;
		for (enum who who = 0; who < WHO_COUNT; who++)
			if (house->members[who].got[LG_ROUTE_CLAIM] < heard)
				heard = house->members[who].got[LG_ROUTE_CLAIM];
	}
	wait_for_claims(house);
	assert_int_equal(scrape(house, "lifeguard_bus_connections{"), WHO_COUNT);
	assert_int_equal(scrape(house, "of=\"intake\"}"), 2);
}

/*
 * Goal: a command reaches the owner, its answer the asker.  Method: both, with what the bus
 * writes into the route looked at on each side.
 */
static void a_command_goes_to_the_owner_and_its_answer_back(void **state)
{
	struct house *house = *state;
	struct member *gateway = &house->members[GATEWAY], *intake = &house->members[INTAKE];

	settle(house);
	say(house, GATEWAY,
		(struct lg_route){ .kind = LG_ROUTE_COMMAND,
			.to_service = LG_SERVICE_INTAKE,
			.to_partition = 3,
			.from_service = LG_SERVICE_ACCESS },
		"do");
	assert_true(wait_for(house, &intake->got[LG_ROUTE_COMMAND], 1));
	assert_string_equal(intake->body, "do");
	assert_int_equal(intake->last[LG_ROUTE_COMMAND].from_service, LG_SERVICE_GATEWAY);
	assert_int_equal(intake->last[LG_ROUTE_COMMAND].from_site, SITE);
	say(house, INTAKE,
		(struct lg_route){ .kind = LG_ROUTE_ANSWER,
			.to_service = LG_SERVICE_GATEWAY,
			.to_partition = LG_TO_ANY_OWNER,
			.to = intake->last[LG_ROUTE_COMMAND].from },
		"done");
	assert_true(wait_for(house, &gateway->got[LG_ROUTE_ANSWER], 1));
	assert_string_equal(gateway->body, "done");
	assert_int_equal(gateway->last[LG_ROUTE_ANSWER].from_service, LG_SERVICE_INTAKE);
}

/* Goal: a command is never swallowed.  Method: no owner; then an owner that has just died. */
static void a_command_without_an_owner_comes_back(void **state)
{
	struct house *house = *state;
	struct member *gateway = &house->members[GATEWAY];
	struct lg_route command = {
		.kind = LG_ROUTE_COMMAND, .to_service = LG_SERVICE_INTAKE, .to_partition = 9
	};
	uint64_t takeover = 1;

	settle(house);
	say(house, GATEWAY, command, "nine");
	assert_true(wait_for(house, &gateway->got[LG_ROUTE_UNDELIVERED], 2));
	assert_string_equal(gateway->body, "nine");
	assert_int_equal(gateway->last[LG_ROUTE_UNDELIVERED].from_service, LG_SERVICE_BUS);
	assert_int_equal(scrape(house, "reason=\"no_owner\"}"), 2);

	lg_link_free(house->members[INTAKE].link);
	house->members[INTAKE].link = NULL;
	command.to_partition = 3;
	while (gateway->got[LG_ROUTE_UNDELIVERED] == 2) { /* until its end has been noticed */
		uint64_t before = gateway->got[LG_ROUTE_CLAIM];

		say(house, GATEWAY, command, "three");
		claim(house, REPORTING, 5, ++takeover); /* news: told at once */
		assert_true(wait_for(house, &gateway->got[LG_ROUTE_CLAIM], before + 1));
	}
	assert_string_equal(gateway->body, "three");
	assert_int_equal(scrape(house, "lifeguard_bus_connections{"), WHO_COUNT - 1);
	assert_true(scrape(house, "lifeguard_bus_commands_undelivered_total{") >= 3);
}

/*
 * Goal: of two owners the later one is served.  Method: the twin takes partition 3 over; the
 * zombie claims again, before and after; commands go to the twin, others hear of it at once.
 */
static void a_zombie_does_not_take_its_route_back(void **state)
{
	struct house *house = *state;
	struct member *twin = &house->members[INTAKE_TWIN];
	const struct lg_route command = {
		.kind = LG_ROUTE_COMMAND, .to_service = LG_SERVICE_INTAKE, .to_partition = 3
	};
	uint64_t heard;

	settle(house);
	heard = house->members[GATEWAY].got[LG_ROUTE_CLAIM];
	claim(house, INTAKE_TWIN, 3, 8);
	assert_true(wait_for(house, &house->members[GATEWAY].got[LG_ROUTE_CLAIM], heard + 1));
	assert_int_equal(
		house->members[GATEWAY].last[LG_ROUTE_CLAIM].from_service, LG_SERVICE_INTAKE);
	assert_int_equal(scrape(house, "reason=\"stale_claim\"}"), 0);
	heard = house->members[GATEWAY].got[LG_ROUTE_CLAIM];
	claim(house, INTAKE, 3, 7);
	wait_for_claims(house);
	assert_int_equal(scrape(house, "reason=\"stale_claim\"}"), 1);
	assert_int_equal(house->members[GATEWAY].got[LG_ROUTE_CLAIM], heard);
	say(house, GATEWAY, command, "x");
	assert_true(wait_for(house, &twin->got[LG_ROUTE_COMMAND], 1));
	assert_int_equal(house->members[INTAKE].got[LG_ROUTE_COMMAND], 0);
}

/* Goal: a stream flows both ways by connection.  Method: subscribe, deliver. */
static void a_reader_is_delivered_to_by_its_connection(void **state)
{
	struct house *house = *state;
	struct member *reporting = &house->members[REPORTING], *intake = &house->members[INTAKE];

	settle(house);
	say(house, REPORTING,
		(struct lg_route){ .kind = LG_ROUTE_SUBSCRIBE,
			.to_service = LG_SERVICE_INTAKE,
			.to_partition = 3 },
		"");
	assert_true(wait_for(house, &intake->got[LG_ROUTE_SUBSCRIBE], 1));
	say(house, INTAKE,
		(struct lg_route){ .kind = LG_ROUTE_DELIVER,
			.to_service = LG_SERVICE_REPORTING,
			.to_partition = 3,
			.from_partition = 3,
			.lane = 1,
			.destination = 5,
			.to = intake->last[LG_ROUTE_SUBSCRIBE].from },
		"batch");
	assert_true(wait_for(house, &reporting->got[LG_ROUTE_DELIVER], 1));
	assert_string_equal(reporting->body, "batch");
	assert_int_equal(reporting->last[LG_ROUTE_DELIVER].from_partition, 3);
	assert_int_equal(reporting->last[LG_ROUTE_DELIVER].lane, 1);
	assert_int_equal(reporting->last[LG_ROUTE_DELIVER].destination, 5);
}

/*
 * Goal: what may not be sent, or goes to the wrong one, is dropped and counted.  Method: one of
 * each reason; a good command behind them proves that they were seen and went nowhere.
 */
static void what_goes_nowhere_is_counted(void **state)
{
	struct house *house = *state;
	struct member *intake = &house->members[INTAKE];
	uint64_t intake_at, got = 0;

	settle(house);
	say(house, REPORTING,
		(struct lg_route){ .kind = LG_ROUTE_SUBSCRIBE,
			.to_service = LG_SERVICE_INTAKE,
			.to_partition = 3 },
		"");
	assert_true(wait_for(house, &intake->got[LG_ROUTE_SUBSCRIBE], 1));
	intake_at = house->members[GATEWAY].last[LG_ROUTE_CLAIM].from;

	/* policy: reporting commands nobody */
	say(house, REPORTING,
		(struct lg_route){ .kind = LG_ROUTE_COMMAND,
			.to_service = LG_SERVICE_INTAKE,
			.to_partition = 3 },
		"");
	/* other service: a connection of reporting named as intake's; it comes back */
	say(house, GATEWAY,
		(struct lg_route){ .kind = LG_ROUTE_COMMAND,
			.to_service = LG_SERVICE_INTAKE,
			.to = intake->last[LG_ROUTE_SUBSCRIBE].from },
		"");
	/* gone: a connection that never was; it comes back */
	say(house, GATEWAY,
		(struct lg_route){ .kind = LG_ROUTE_COMMAND,
			.to_service = LG_SERVICE_INTAKE,
			.to = intake_at ^ 0xff00 },
		"");
	/* no claim at all */
	say(house, GATEWAY, (struct lg_route){ .kind = LG_ROUTE_CLAIM }, "\xff");
	say(house, GATEWAY,
		(struct lg_route){ .kind = LG_ROUTE_COMMAND,
			.to_service = LG_SERVICE_INTAKE,
			.to_partition = 3 },
		"");
	assert_true(wait_for(house, &intake->got[LG_ROUTE_COMMAND], 1));
	assert_true(wait_for(house, &house->members[GATEWAY].got[LG_ROUTE_UNDELIVERED], 3));
	assert_true(wait_for_count(house, "reason=\"policy\"}", 1));
	for (enum who who = 0; who < WHO_COUNT; who++)
		got += house->members[who].got[LG_ROUTE_COMMAND];
	assert_int_equal(got, 1);
	assert_int_equal(scrape(house, "reason=\"policy\"}"), 1);
	assert_int_equal(scrape(house, "reason=\"other_service\"}"), 1);
	assert_int_equal(scrape(house, "reason=\"gone\"}"), 1);
	assert_int_equal(scrape(house, "reason=\"malformed_claim\"}"), 1);
}

#define test(name) \
	{ #name ", all in parts", name, build, tear_down, NULL }, \
		{ #name ", all joined", name, build_joined, tear_down, NULL }, \
	{ \
#name ", old beside new", name, build_mixed, tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_command_goes_to_the_owner_and_its_answer_back),
		test(a_command_without_an_owner_comes_back),
		test(a_zombie_does_not_take_its_route_back),
		test(a_reader_is_delivered_to_by_its_connection),
		test(what_goes_nowhere_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
