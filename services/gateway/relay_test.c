#include "services/gateway/relay.h"

#include "common/protect/site_for_tests.h"
#include "proto/bus.pb-c.h"

#define START    5000 /* steady */
#define TEXT_MAX 1024

/* A relay, the last frame that it sent, and the last answer that it gave. */
struct door {
	struct test_site site;
	struct lg_arena *arena;
	struct lg_pacts *gateway, *intake;
	struct relay *relay;
	struct http_request request;
	struct lg_route route;
	struct lg_bytes frame;
	uint32_t sent, replied, status, retry_after_s;
	uint64_t version;
	char body[TEXT_MAX], command_id[LG_ID_TEXT];
	bool is_line_full;
};

static struct lg_status keep_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct door *door = user;

	if (door->is_line_full)
		return lg_retry("full");
	door->sent++;
	door->route = *route;
	door->frame = lg_copy(door->arena, body);
	return lg_done();
}

static void keep_answer(struct http_request *request, const struct http_answer *answer)
{
	struct door *door = (struct door *)((char *)request - offsetof(struct door, request));

	assert_true(answer->body.size < TEXT_MAX);
	memcpy(door->body, answer->body.data, answer->body.size);
	door->body[answer->body.size] = '\0';
	door->status = answer->status;
	door->retry_after_s = answer->retry_after_s;
	door->version = answer->version;
	memcpy(door->command_id, answer->command_id, LG_ID_TEXT);
	door->replied++;
}

static int open_door(void **state)
{
	struct door *door = calloc(1, sizeof *door);

	assert_non_null(door);
	test_site_init(&door->site, 7);
	door->arena = lg_arena_new();
	door->gateway = lg_pacts_new(&door->site.keys[LG_SERVICE_GATEWAY], &door->site.keyring);
	door->intake = lg_pacts_new(&door->site.keys[LG_SERVICE_INTAKE], &door->site.keyring);
	door->relay = relay_new(&(struct relay_options){
		.site = door->site.keyring.site,
		.pacts = door->gateway,
		.send = keep_frame,
		.reply = keep_answer,
		.user = door,
	});
	*state = door;
	return 0;
}

static int close_door(void **state)
{
	struct door *door = *state;

	relay_give_up(door->relay);
	relay_free(door->relay);
	lg_pacts_free(door->gateway);
	lg_pacts_free(door->intake);
	lg_arena_free(door->arena);
	free(door);
	return 0;
}

static void ask(struct door *door, uint8_t which)
{
	relay_take(door->relay,
		&(struct relay_wish){
			.command_id = test_id(which),
			.type = 1101,
			.service = LG_SERVICE_INTAKE,
			.key = test_id(9),
			.body = lg_bytes("{\"name\":\"MARKER\"}", 17),
			.token = lg_bytes("a token", 7),
			.request = &door->request,
		},
		NOON, START);
}

/* What the service makes of the last frame; its answer goes back through the relay. */
static void answer_as(struct door *door, enum lg_service_number service, uint32_t status,
	const char *body, uint64_t steady_ms)
{
	struct lg_command command;
	struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_ANSWER,
		.from_service = (uint8_t)service,
	};

	assert_done(lg_command_open(door->arena, door->intake, door->frame, NOON + 1, &command));
	assert_int_equal(command.body.size, 17);
	relay_frame(door->relay, &route,
		lg_answer_close(door->arena, door->intake, &command,
			&(struct lg_answered){ .status = status,
				.version = 5,
				.body = lg_bytes(body, strlen(body)) }),
		steady_ms);
}

static void give_back(struct door *door, uint64_t steady_ms)
{
	struct lg_route route = { .version = 1, .kind = LG_ROUTE_UNDELIVERED };

	relay_frame(door->relay, &route, door->frame, steady_ms);
}

/* Goal: a command gets to its service and its answer back.  Method: the service's own half. */
static void an_answer_finds_its_request(void **state)
{
	struct door *door = *state;

	ask(door, 1);
	assert_int_equal(door->sent, 1);
	assert_int_equal(door->route.kind, LG_ROUTE_COMMAND);
	assert_int_equal(door->route.to_service, LG_SERVICE_INTAKE);
	assert_null(memmem(door->frame.data, door->frame.size, "MARKER", 6));
	answer_as(door, LG_SERVICE_INTAKE, 201, "{\"points\":5}", START + 10);
	assert_int_equal(door->replied, 1);
	assert_int_equal(door->status, 201);
	assert_int_equal(door->version, 5);
	assert_string_equal(door->body, "{\"points\":5}");
	assert_string_equal(door->command_id, "01010101010101010101010101010101");
	assert_int_equal(relay_counts(door->relay).pending, 0);

	answer_as(door, LG_SERVICE_INTAKE, 500, "{}", START + 20); /* a copy, late */
	assert_int_equal(door->replied, 1);
}

/* Goal: nobody else can answer.  Method: another service, by its name and by its key. */
static void an_answer_of_another_service_is_not_taken(void **state)
{
	struct door *door = *state;

	ask(door, 1);
	answer_as(door, LG_SERVICE_REPORTING, 200, "{}", START + 10);
	assert_int_equal(door->replied, 0);
	assert_int_equal(relay_counts(door->relay).refused_answers, 1);

	struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_ANSWER,
		.from_service = LG_SERVICE_INTAKE,
	};
	struct lg_command command;
	assert_done(lg_command_open(door->arena, door->intake, door->frame, NOON + 1, &command));
	/* reporting under intake's name: it has no pact of intake's */
	command.reply.key[0] ^= 1;
	relay_frame(door->relay, &route,
		lg_answer_close(door->arena, door->intake, &command,
			&(struct lg_answered){ .status = 200, .body = lg_bytes("{}", 2) }),
		START + 20);
	assert_int_equal(door->replied, 0);
	assert_int_equal(relay_counts(door->relay).refused_answers, 2);
}

/*
 * Goal: a lost frame costs time and nothing else.  Method: no answer; the same bytes leave again
 * when the silence is up, not before.
 */
static void silence_sends_the_same_command_again(void **state)
{
	struct door *door = *state;

	ask(door, 1);
	struct lg_bytes first = door->frame;
	relay_tick(door->relay, START + RELAY_SILENCE_MS - 1);
	assert_int_equal(door->sent, 1);
	relay_tick(door->relay, START + RELAY_SILENCE_MS);
	assert_int_equal(door->sent, 2);
	assert_true(lg_bytes_equal(first, door->frame));
	answer_as(door, LG_SERVICE_INTAKE, 200, "{}", START + RELAY_SILENCE_MS + 5);
	assert_int_equal(door->status, 200);
}

/* Goal: a service without owner is waited for.  Method: copies come back until the deadline. */
static void what_comes_back_is_not_delivered(void **state)
{
	struct door *door = *state;
	uint64_t now = START;

	ask(door, 1);
	while (door->replied == 0 && now < START + 2 * RELAY_DEADLINE_MS) {
		uint32_t sent = door->sent;

		give_back(door, now);
		relay_tick(door->relay, now + RELAY_RETURNED_MS - 1);
		assert_int_equal(door->sent, sent);
		now += RELAY_RETURNED_MS;
		relay_tick(door->relay, now);
	}
	assert_int_equal(now, START + RELAY_DEADLINE_MS);
	assert_int_equal(door->sent, RELAY_DEADLINE_MS / RELAY_RETURNED_MS);
	assert_int_equal(door->status, 503);
	assert_int_equal(door->retry_after_s, 1);
	assert_non_null(strstr(door->body, "nothing was changed"));
}

/* Goal: one lost copy leaves a doubt.  Method: the first stays silent, later ones come back. */
static void one_copy_that_is_not_back_leaves_the_outcome_unknown(void **state)
{
	struct door *door = *state;

	ask(door, 1);
	relay_tick(door->relay, START + RELAY_SILENCE_MS);
	give_back(door, START + RELAY_SILENCE_MS + 1);
	relay_tick(door->relay, START + RELAY_DEADLINE_MS - 1);
	give_back(door, START + RELAY_DEADLINE_MS - 1);
	assert_int_equal(door->replied, 0);
	relay_tick(door->relay, START + RELAY_DEADLINE_MS);
	assert_int_equal(door->status, 504);
	assert_non_null(strstr(door->body, "same Idempotency-Key"));
}

/* Goal: "not now" of a service is asked again.  Method: 503, then 200; and 503 to the end. */
static void a_service_that_cannot_now_is_asked_again(void **state)
{
	struct door *door = *state;

	ask(door, 1);
	answer_as(door, LG_SERVICE_INTAKE, 503, "{}", START + 10);
	assert_int_equal(door->replied, 0);
	relay_tick(door->relay, START + 10 + RELAY_RETURNED_MS);
	assert_int_equal(door->sent, 2);
	answer_as(door, LG_SERVICE_INTAKE, 503, "{\"title\":\"full\"}",
		START + RELAY_DEADLINE_MS - 100);
	assert_int_equal(door->status, 503);
	assert_string_equal(door->body, "{\"title\":\"full\"}");
	assert_int_equal(door->retry_after_s, 1);
}

/* Goal: a full line is not a failure.  Method: full at first, free later. */
static void a_full_line_is_tried_again(void **state)
{
	struct door *door = *state;

	door->is_line_full = true;
	ask(door, 1);
	assert_int_equal(door->sent, 0);
	relay_tick(door->relay, START + RELAY_RETURNED_MS);
	door->is_line_full = false;
	relay_tick(door->relay, START + 2 * RELAY_RETURNED_MS);
	assert_int_equal(door->sent, 1);
	answer_as(door, LG_SERVICE_INTAKE, 200, "{}", START + 250);
	assert_int_equal(door->status, 200);
}

/* Goal: memory is bounded, one key has one request.  Method: both sides of the limit. */
static void what_is_pending_is_bounded_and_single(void **state)
{
	struct door *door = *state;

	ask(door, 1);
	ask(door, 1);
	assert_int_equal(door->status, 503);
	assert_non_null(strstr(door->body, "under way"));
	for (uint32_t i = 1; i < RELAY_PENDING_MAX; i++) {
		struct lg_id id = { .byte = { 99, (uint8_t)(i >> 8), (uint8_t)i } };

		relay_take(door->relay,
			&(struct relay_wish){ .command_id = id,
				.type = 1101,
				.service = LG_SERVICE_INTAKE,
				.request = &door->request },
			NOON, START);
	}
	assert_int_equal(door->replied, 1);
	assert_int_equal(relay_counts(door->relay).pending, RELAY_PENDING_MAX);
	ask(door, 2);
	assert_int_equal(door->replied, 2);
	assert_non_null(strstr(door->body, "too many"));
	relay_give_up(door->relay);
	assert_int_equal(door->replied, 2 + RELAY_PENDING_MAX);
}

/* Goal: noise on the line does nothing.  Method: frames that are no answers. */
static void malformed_frames_are_passed_over(void **state)
{
	struct door *door = *state;
	struct lg_route route = { .version = 1, .kind = LG_ROUTE_ANSWER };

	ask(door, 1);
	relay_frame(door->relay, &route, lg_bytes("\xff\xff", 2), START);
	route.kind = LG_ROUTE_UNDELIVERED;
	relay_frame(door->relay, &route, lg_bytes("\xff\xff", 2), START);
	relay_frame(door->relay, &route, lg_bytes(NULL, 0), START);
	route.kind = LG_ROUTE_DELIVER;
	relay_frame(door->relay, &route, door->frame, START);
	assert_int_equal(door->replied, 0);
	assert_int_equal(relay_counts(door->relay).refused_answers, 1);
	assert_int_equal(relay_counts(door->relay).returned, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_answer_finds_its_request, open_door, close_door),
		cmocka_unit_test_setup_teardown(
			an_answer_of_another_service_is_not_taken, open_door, close_door),
		cmocka_unit_test_setup_teardown(
			silence_sends_the_same_command_again, open_door, close_door),
		cmocka_unit_test_setup_teardown(
			what_comes_back_is_not_delivered, open_door, close_door),
		cmocka_unit_test_setup_teardown(
			one_copy_that_is_not_back_leaves_the_outcome_unknown, open_door,
			close_door),
		cmocka_unit_test_setup_teardown(
			a_service_that_cannot_now_is_asked_again, open_door, close_door),
		cmocka_unit_test_setup_teardown(a_full_line_is_tried_again, open_door, close_door),
		cmocka_unit_test_setup_teardown(
			what_is_pending_is_bounded_and_single, open_door, close_door),
		cmocka_unit_test_setup_teardown(
			malformed_frames_are_passed_over, open_door, close_door),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
