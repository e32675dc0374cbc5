#include "services/gateway/reception.h"

#include "common/protect/site_for_tests.h"
#include "common/stream/partition.h"
#include "proto/bus.pb-c.h"

#define START    5000
#define TEXT_MAX 2048
#define CASE     "00070145eb2d4c20a1b2c3d4e5f60718"

/* A reception whose relay sends to nobody; what was sent and answered last is kept. */
struct hall {
	struct test_site site;
	struct lg_arena *arena;
	struct lg_pacts *gateway;
	struct reception reception;
	struct http_request request;
	struct lg_route route;
	struct lg_bytes frame;
	uint32_t sent, replied, status;
	char body[TEXT_MAX], allow[64];
	char token[TEXT_MAX]; /* "Bearer ..." of an operator */
};

static struct lg_status keep_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct hall *hall = user;

	hall->sent++;
	hall->route = *route;
	hall->frame = lg_copy(hall->arena, body);
	return lg_done();
}

static void keep_answer(struct http_request *request, const struct http_answer *answer)
{
	struct hall *hall = (struct hall *)((char *)request - offsetof(struct hall, request));

	if (request->asker != NULL) {
		inbox_heard(request, answer);
		return;
	}
	assert_true(answer->body.size < TEXT_MAX);
	if (answer->body.size > 0)
		memcpy(hall->body, answer->body.data, answer->body.size);
	hall->body[answer->body.size] = '\0';
	snprintf(hall->allow, sizeof hall->allow, "%s", answer->allow == NULL ? "" : answer->allow);
	hall->status = answer->status;
	hall->replied++;
}

static void make_token(struct hall *hall, lg_ms now)
{
	const struct lg_actor actor = {
		.user = test_id(3), .session = test_id(4), .role = 6, .assurance = 3
	};
	struct lg_bytes token =
		lg_token_sign(hall->arena, &hall->site.keys[LG_SERVICE_ACCESS], &actor, now);

	memcpy(hall->token, "Bearer ", 7);
	sodium_bin2hex(hall->token + 7, sizeof hall->token - 7, token.data, token.size);
}

static uint64_t test_random(void)
{
	return 7;
}

static int open_hall(void **state)
{
	struct hall *hall = calloc(1, sizeof *hall);

	assert_non_null(hall);
	test_site_init(&hall->site, 7);
	hall->site.keyring.country[0] = 'N';
	hall->site.keyring.country[1] = 'P';
	hall->arena = lg_arena_new();
	hall->gateway = lg_pacts_new(&hall->site.keys[LG_SERVICE_GATEWAY], &hall->site.keyring);
	hall->reception = (struct reception){
		.keyring = &hall->site.keyring,
		.tokens = lg_token_cache_new(),
		.relay = relay_new(&(struct relay_options){
			.site = hall->site.keyring.site,
			.pacts = hall->gateway,
			.send = keep_frame,
			.reply = keep_answer,
			.user = hall,
		}),
		.pacts = hall->gateway,
		.arena = lg_arena_new(),
		.reply = keep_answer,
	};
	hall->reception.inbox = inbox_new(&(struct inbox_options){
		.keyring = &hall->site.keyring,
		.tokens = hall->reception.tokens,
		.presence = &hall->reception.presence,
		.relay = hall->reception.relay,
		.door = { .reply = keep_answer },
		.random = test_random,
	});
	make_token(hall, NOON);
	*state = hall;
	return 0;
}

static int close_hall(void **state)
{
	struct hall *hall = *state;

	relay_give_up(hall->reception.relay);
	inbox_free(hall->reception.inbox);
	relay_free(hall->reception.relay);
	lg_pacts_free(hall->gateway);
	lg_token_cache_free(hall->reception.tokens);
	lg_arena_free(hall->reception.arena);
	lg_arena_free(hall->arena);
	free(hall);
	return 0;
}

/* A request by the operator, unless the caller changes it before it is taken. */
static void prepare(struct hall *hall, const char *method, const char *path)
{
	hall->request = (struct http_request){
		.method = method,
		.path = lg_copy_text(hall->arena, path),
		.authorization = hall->token,
	};
}

static void take(struct hall *hall)
{
	hall->status = 0;
	hall->body[0] = '\0';
	reception_take(&hall->reception, &hall->request, NOON + 1, START);
}

static void assert_problem(struct hall *hall, uint32_t status, const char *text)
{
	uint32_t sent = hall->sent;

	take(hall);
	assert_int_equal(hall->status, status);
	assert_non_null(strstr(hall->body, text));
	assert_int_equal(hall->sent, sent); /* no service hears of it */
}

/* The command that the last frame holds, as its service opens it. */
static struct lg_command opened(struct hall *hall, enum lg_service_number service)
{
	struct lg_pacts *pacts = lg_pacts_new(&hall->site.keys[service], &hall->site.keyring);
	struct lg_command command;

	assert_int_equal(hall->route.to_service, service);
	assert_done(lg_command_open(hall->arena, pacts, hall->frame, NOON + 2, &command));
	lg_pacts_free(pacts);
	return command;
}

/*
 * Goal: a stranger costs no service anything.  Method: no token, one that is none, one of yesterday,
 * one altered.
 */
static void without_a_good_token_nothing_is_sent(void **state)
{
	struct hall *hall = *state;

	prepare(hall, "GET", "/api/v1/cases/" CASE);
	hall->request.authorization = NULL;
	assert_problem(hall, 401, "not logged in");
	static const char *const bad[] = { "", "Bearer ", "Bearer xyz", "Bearer abc", "Basic 1234",
		"Bearer 1234" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		hall->request.authorization = bad[i];
		assert_problem(hall, 401, "session not valid");
	}
	hall->token[40] = hall->token[40] == '0' ? '1' : '0';
	hall->request.authorization = hall->token;
	assert_problem(hall, 401, "session not valid");
	make_token(hall, NOON - LG_DAY_MS);
	assert_problem(hall, 401, "session not valid");
	make_token(hall, NOON);
	take(hall);
	assert_int_equal(hall->sent, 1);
}

/* Goal: a form goes in as it came.  Method: body, token and key as the service sees them. */
static void a_body_passes_unread_with_its_key_and_its_id(void **state)
{
	struct hall *hall = *state;
	struct lg_id case_id;
	static const char body[] = "{ \"anything\" : 1 }";

	assert_done(lg_id_parse(CASE, &case_id));
	prepare(hall, "PUT", "/api/v1/cases/" CASE "/interception");
	hall->request.body = lg_bytes(body, sizeof body - 1);
	hall->request.content_type = "application/json; charset=utf-8";
	hall->request.idempotency_key = "05050505050505050505050505050505";
	take(hall);
	assert_int_equal(hall->sent, 1);
	struct lg_command command = opened(hall, LG_SERVICE_INTAKE);
	assert_true(lg_bytes_equal(command.body, hall->request.body));
	assert_true(lg_id_equal(command.key, case_id));
	assert_true(lg_id_equal(command.command_id, test_id(5)) && !command.is_new_id);
	assert_int_equal(command.type, 1101);
	assert_int_equal(command.token.size * 2, strlen(hall->token) - 7);
	assert_int_equal(hall->route.to_partition, lg_partition_of(case_id));
	assert_true(command.expires_at == NOON + 1 + RELAY_DEADLINE_MS);
}

/* Goal: without an id the gateway makes one of its site, another each time.  Method: two. */
static void a_request_without_id_gets_one(void **state)
{
	struct hall *hall = *state;

	prepare(hall, "GET", "/api/v1/services/reporting");
	take(hall);
	struct lg_id first = opened(hall, LG_SERVICE_REPORTING).command_id;
	take(hall);
	struct lg_command second = opened(hall, LG_SERVICE_REPORTING);
	assert_int_equal(lg_id_site(first), 7);
	assert_true(second.is_new_id && !lg_id_equal(first, second.command_id));
}

/* Goal: a client's trace goes on, and begins where there is none.  Method: with, without, malformed. */
static void a_trace_goes_on_or_begins(void **state)
{
	struct hall *hall = *state;
	char text[LG_TRACEPARENT];
	static const char sent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	prepare(hall, "GET", "/api/v1/services/reporting");
	hall->request.traceparent = sent;
	take(hall);
	struct lg_trace trace = opened(hall, LG_SERVICE_REPORTING).trace;
	lg_trace_print(&trace, text);
	assert_string_equal(text, sent);
	assert_memory_equal(&hall->request.trace, &trace, sizeof trace);

	hall->request.traceparent = "00-zz";
	take(hall);
	struct lg_trace first = opened(hall, LG_SERVICE_REPORTING).trace;
	hall->request.traceparent = NULL;
	take(hall);
	struct lg_trace second = opened(hall, LG_SERVICE_REPORTING).trace;
	assert_true(lg_trace_is_set(&first));
	assert_memory_not_equal(&first, &trace, sizeof trace);
	assert_memory_not_equal(&first, &second, sizeof first);
}

static void claim_for_intake(
	struct hall *hall, uint8_t instance, uint32_t *partitions, size_t count)
{
	struct lg_id id = test_id(instance);
	Lifeguard__Bus__Claim claim = LIFEGUARD__BUS__CLAIM__INIT;
	struct lg_route route = { .kind = LG_ROUTE_CLAIM, .from_service = LG_SERVICE_INTAKE };

	claim.instance = (ProtobufCBinaryData){ .data = id.byte, .len = LG_ID_SIZE };
	claim.partitions = partitions;
	claim.n_partitions = count;
	reception_claim(&hall->reception, &route, lg_encode(hall->arena, &claim.base), START - 10);
}

/* So many tallies, each row of `length` for one partition; returns how many they went to. */
static int partitions_of_rows(struct hall *hall, uint32_t rows, uint32_t length)
{
	uint32_t partitions = 0;

	for (uint32_t i = 0; i < rows * length; i++) {
		uint8_t before = hall->route.to_partition;

		prepare(hall, "POST", "/api/v1/informed");
		hall->request.body = lg_bytes("{}", 2);
		hall->request.content_type = "application/json";
		take(hall);
		assert_int_equal(hall->status, 0); /* not refused: it is under way */
		assert_true(i % length == 0 || hall->route.to_partition == before);
		partitions |= 1u << hall->route.to_partition;
	}
	return __builtin_popcount(partitions);
}

/* Goal: what may go anywhere keeps together, in shorter rows where several instances share it, and goes
 * everywhere in time.  Method: many tallies, to nobody known and to four of four partitions each. */
static void what_may_go_anywhere_goes_together(void **state)
{
	/* but for one run in 16^7 */
	assert_true(partitions_of_rows(*state, 8, RECEPTION_TOGETHER) > 1);
	for (uint32_t n = 0; n < 16; n += 4)
		claim_for_intake(*state, (uint8_t)n, (uint32_t[]){ n, n + 1, n + 2, n + 3 }, 4);
	assert_true(partitions_of_rows(*state, 20, RECEPTION_TOGETHER / 4) > 1);
}

/* Goal: logging in needs no token, and says so to nobody else.  Method: without one. */
static void logging_in_needs_no_token(void **state)
{
	struct hall *hall = *state;

	prepare(hall, "POST", "/api/v1/session");
	hall->request.authorization = NULL;
	hall->request.content_type = "application/json";
	hall->request.body = lg_bytes("{}", 2);
	take(hall);
	struct lg_command command = opened(hall, LG_SERVICE_ACCESS);
	assert_int_equal(command.token.size, 0);
	assert_true(lg_id_is_zero(command.key));
}

/* Goal: what is wrong with a request is said by its kind.  Method: one of each. */
static void wrong_requests_are_refused_by_their_kind(void **state)
{
	struct hall *hall = *state;

	prepare(hall, "GET", "/nothing");
	assert_problem(hall, 404, "not found");
	prepare(hall, "DELETE", "/api/v1/cases/" CASE);
	assert_problem(hall, 405, "method not allowed");
	assert_string_equal(hall->allow, "GET, HEAD, OPTIONS");
	prepare(hall, "GET", "/api/v1/cases/12");
	assert_problem(hall, 400, "malformed path");
	prepare(hall, "GET", "/api/v1/services/nobody");
	assert_problem(hall, 404, "no such service");
	prepare(hall, "GET", "/api/v1/cases/" CASE);
	hall->request.argument_count = 1;
	hall->request.argument_name = "name";
	hall->request.argument_value = "1";
	assert_problem(hall, 400, "malformed argument");
	hall->request.argument_name = "identity";
	hall->request.argument_count = 2;
	assert_problem(hall, 400, "malformed argument");
	hall->request.argument_count = 1;
	hall->request.argument_value = "maybe";
	assert_problem(hall, 400, "malformed argument");
	prepare(hall, "GET", "/api/v1/cases/" CASE);
	hall->request.idempotency_key = "short";
	assert_problem(hall, 400, "malformed Idempotency-Key");
	prepare(hall, "GET", "/api/v1/cases/" CASE);
	hall->request.body = lg_bytes("{}", 2);
	assert_problem(hall, 400, "body not wanted");
	prepare(hall, "PUT", "/api/v1/cases/" CASE "/interception");
	assert_problem(hall, 400, "body missing");
	hall->request.body = lg_bytes("{}", 2);
	assert_problem(hall, 415, "not JSON");
	hall->request.content_type = "application/jsonp";
	assert_problem(hall, 415, "not JSON");
	prepare(hall, "POST", "/api/v1/services/intake/dead-letters/3/retry");
	assert_problem(hall, 400, "malformed argument");
}

/* Goal: OPTIONS tells what a path takes.  Method: one that is there, one that is not. */
static void options_are_answered_without_a_token(void **state)
{
	struct hall *hall = *state;

	prepare(hall, "OPTIONS", "/api/v1/session");
	hall->request.authorization = NULL;
	take(hall);
	assert_int_equal(hall->status, 204);
	assert_string_equal(hall->allow, "POST, OPTIONS");
	prepare(hall, "OPTIONS", "/nothing");
	assert_problem(hall, 404, "not found");
}

/* Goal: who is there is known from claims.  Method: none, then one of half the partitions. */
static void claims_tell_which_services_are_there(void **state)
{
	struct hall *hall = *state;
	struct lg_route route = { .kind = LG_ROUTE_CLAIM, .from_service = LG_SERVICE_INTAKE };

	prepare(hall, "GET", "/api/v1/health");
	hall->request.authorization = NULL;
	take(hall);
	assert_int_equal(hall->status, 200);
	assert_string_equal(
		hall->body, "{\"ready\":false,\"site\":7,\"country\":\"NP\",\"demo\":true}");

	claim_for_intake(hall, 8, (uint32_t[]){ 0, 1, 2, 3, 4, 5, 6, 7, 99 }, 9);
	reception_claim(&hall->reception, &route, lg_bytes("\xff", 1), START - 10);

	take(hall);
	assert_non_null(strstr(hall->body, "\"ready\":true"));
	prepare(hall, "GET", "/api/v1/services");
	take(hall);
	assert_string_equal(hall->body,
		"{\"services\":[{\"name\":\"access\",\"instances\":0,\"partitions\":0},"
		"{\"name\":\"intake\",\"instances\":1,\"partitions\":8},"
		"{\"name\":\"matching\",\"instances\":0,\"partitions\":0},"
		"{\"name\":\"referral\",\"instances\":0,\"partitions\":0},"
		"{\"name\":\"notification\",\"instances\":0,\"partitions\":0},"
		"{\"name\":\"reporting\",\"instances\":0,\"partitions\":0}]}");
	hall->request.authorization = NULL;
	assert_problem(hall, 401, "not logged in");

	/* a request of any key goes where there is an owner */
	for (int i = 0; i < 50; i++) {
		prepare(hall, "GET", "/api/v1/services/intake");
		take(hall);
		assert_in_range(hall->route.to_partition, 0, 7);
	}
}

/* Goal: a gateway that stops takes nothing new.  Method: a command, and its own health. */
static void a_stopping_gateway_takes_nothing_new(void **state)
{
	struct hall *hall = *state;

	hall->reception.is_stopping = true;
	prepare(hall, "GET", "/api/v1/cases/" CASE);
	assert_problem(hall, 503, "stopping");
	prepare(hall, "GET", "/api/v1/health");
	take(hall);
	assert_int_equal(hall->status, 200);
}

/* Goal: an inbox is asked for with the client's own token.  Method: without one, and with it. */
static void an_inbox_is_asked_for_by_its_client(void **state)
{
	struct hall *hall = *state;

	prepare(hall, "GET", "/api/v1/inbox/referrals");
	hall->request.authorization = NULL;
	assert_problem(hall, 401, "not logged in");
	prepare(hall, "GET", "/api/v1/inbox/referrals");
	take(hall);
	assert_int_equal(hall->status, 0); /* it waits for the service */
	struct lg_command command = opened(hall, LG_SERVICE_REFERRAL);
	assert_int_equal(command.type, lg_message_type_named("ListReferrals")->number);
	assert_int_equal(command.token.size * 2 + strlen("Bearer "), strlen(hall->token));
}

/* Goal: one thing, shown, gets a tag, nothing else.  Method: a thing, a list, a change. */
static void only_one_thing_gets_a_tag(void **state)
{
	struct hall *hall = *state;

	prepare(hall, "GET", "/api/v1/cases/" CASE);
	take(hall);
	assert_true(hall->request.is_tagged);
	prepare(hall, "GET", "/api/v1/organisations");
	take(hall);
	assert_false(hall->request.is_tagged);
	prepare(hall, "POST", "/api/v1/matches/" CASE "/confirm");
	take(hall);
	assert_false(hall->request.is_tagged);
}

/*
 * Goal: If-Match travels closed and unread to the service that decides.  Method: one that is short,
 * the longest, one above it, two lines of it.
 */
static void if_match_is_for_the_service(void **state)
{
	struct hall *hall = *state;
	char longest[LG_IF_MATCH_MAX + 2];

	memset(longest, ',', sizeof longest);
	longest[LG_IF_MATCH_MAX] = '\0';
	prepare(hall, "POST", "/api/v1/matches/" CASE "/confirm");
	hall->request.if_match = "\"7.ab\", W/x";
	hall->request.if_match_count = 1;
	take(hall);
	struct lg_command command = opened(hall, LG_SERVICE_MATCHING);
	assert_true(lg_bytes_equal(command.if_match, lg_bytes("\"7.ab\", W/x", 11)));

	prepare(hall, "POST", "/api/v1/matches/" CASE "/confirm");
	hall->request.if_match = longest;
	take(hall);
	assert_int_equal(opened(hall, LG_SERVICE_MATCHING).if_match.size, (size_t)LG_IF_MATCH_MAX);
	longest[LG_IF_MATCH_MAX] = ',';
	longest[LG_IF_MATCH_MAX + 1] = '\0';
	assert_problem(hall, 400, "malformed If-Match");
	hall->request.if_match = "";
	assert_problem(hall, 400, "malformed If-Match");
	hall->request.if_match = "*";
	hall->request.if_match_count = 2;
	assert_problem(hall, 400, "malformed If-Match");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_hall, close_hall)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_good_token_nothing_is_sent),
		TEST(a_body_passes_unread_with_its_key_and_its_id),
		TEST(a_request_without_id_gets_one),
		TEST(a_trace_goes_on_or_begins),
		TEST(logging_in_needs_no_token),
		TEST(wrong_requests_are_refused_by_their_kind),
		TEST(options_are_answered_without_a_token),
		TEST(claims_tell_which_services_are_there),
		TEST(what_may_go_anywhere_goes_together),
		TEST(a_stopping_gateway_takes_nothing_new),
		TEST(an_inbox_is_asked_for_by_its_client),
		TEST(only_one_thing_gets_a_tag),
		TEST(if_match_is_for_the_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
