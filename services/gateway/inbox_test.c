#include "services/gateway/inbox.h"

#include <stdio.h>

#include "common/protect/site_for_tests.h"

#define START            5000 /* steady */
#define TEXT_MAX         65536
#define ONE              "01010101010101010101010101010101"
#define TWO              "02020202020202020202020202020202"
#define ROW_ONE          "{\"referral_id\":\"" ONE "\",\"state\":\"OFFERED\"}"
#define ROW_TWO          "{\"referral_id\":\"" TWO "\",\"state\":\"OFFERED\"}"
#define ROW_TWO_ACCEPTED "{\"referral_id\":\"" TWO "\",\"state\":\"ACCEPTED\"}"

/* An inbox, the last question that it asked, and what its clients heard, in one text. */
struct desk {
	struct test_site site;
	struct lg_arena *arena;
	struct lg_token_cache *tokens;
	struct lg_pacts *gateway, *referral;
	struct presence presence;
	struct relay *relay;
	struct inbox *inbox;
	struct lg_bytes frame, token;
	uint8_t tag_key[TAG_KEY_SIZE];
	uint32_t sent, opened, ended;
	bool is_gone; /* whoever listens has hung up */
	void (*closed)(void *owner);
	void *owner;
	lg_ms wall;
	uint64_t steady_ms;
	size_t used;
	char heard[TEXT_MAX];
};

/* What a client holds is its desk; here a stream is one too. */
struct visitor {
	struct http_request request;
	struct desk *desk;
	uint32_t status;
};

static struct lg_status keep_frame(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct desk *desk = user;

	(void)route;
	desk->sent++;
	desk->frame = lg_copy(desk->arena, body);
	return lg_done();
}

static void reply(struct http_request *request, const struct http_answer *answer)
{
	((struct visitor *)request)->status = answer->status;
}

static void reply_or_hear(struct http_request *request, const struct http_answer *answer)
{
	if (request->asker != NULL)
		inbox_heard(request, answer);
	else
		reply(request, answer);
}

static struct sse *open_stream(
	struct http_request *request, void (*closed)(void *owner), void *owner)
{
	struct desk *desk = ((struct visitor *)request)->desk;

	desk->opened++;
	desk->closed = closed;
	desk->owner = owner;
	((struct visitor *)request)->status = 200;
	return (struct sse *)desk;
}

static void keep_event(struct sse *sse, const char *event, const char *id, struct lg_bytes data)
{
	struct desk *desk = (struct desk *)sse;

	desk->used +=
		(size_t)snprintf(desk->heard + desk->used, TEXT_MAX - desk->used, "%s %.*s %s\n",
			event, (int)data.size, (const char *)data.data, id == NULL ? "-" : id);
	assert_true(desk->used < TEXT_MAX);
}

static void keep_heartbeat(struct sse *sse)
{
	keep_event(sse, "beat", NULL, lg_bytes("", 0));
}

static bool is_gone(const struct sse *sse)
{
	return ((const struct desk *)sse)->is_gone;
}

static void keep_end(struct sse *sse)
{
	((struct desk *)sse)->ended++;
}

static uint64_t any_random(void)
{
	uint64_t number;

	randombytes_buf(&number, sizeof number);
	return number;
}

static int open_desk(void **state)
{
	struct desk *desk = calloc(1, sizeof *desk);
	const struct lg_actor actor = {
		.user = test_id(3), .session = test_id(4), .role = 2, .assurance = 3
	};

	assert_non_null(desk);
	test_site_init(&desk->site, 7);
	desk->arena = lg_arena_new();
	desk->tokens = lg_token_cache_new();
	desk->wall = NOON;
	desk->steady_ms = START;
	desk->token =
		lg_token_sign(desk->arena, &desk->site.keys[LG_SERVICE_ACCESS], &actor, desk->wall);
	desk->gateway = lg_pacts_new(&desk->site.keys[LG_SERVICE_GATEWAY], &desk->site.keyring);
	desk->referral = lg_pacts_new(&desk->site.keys[LG_SERVICE_REFERRAL], &desk->site.keyring);
	desk->relay = relay_new(&(struct relay_options){
		.site = desk->site.keyring.site,
		.pacts = desk->gateway,
		.send = keep_frame,
		.reply = reply_or_hear,
		.user = desk,
	});
	desk->inbox = inbox_new(&(struct inbox_options){
		.keyring = &desk->site.keyring,
		.tokens = desk->tokens,
		.presence = &desk->presence,
		.relay = desk->relay,
		.door = { reply, open_stream, keep_event, keep_heartbeat, is_gone, keep_end },
		.random = any_random,
		.tag_key = desk->tag_key,
	});
	*state = desk;
	return 0;
}

static int close_desk(void **state)
{
	struct desk *desk = *state;

	inbox_stop(desk->inbox);
	relay_give_up(desk->relay);
	inbox_free(desk->inbox);
	relay_free(desk->relay);
	lg_pacts_free(desk->gateway);
	lg_pacts_free(desk->referral);
	lg_token_cache_free(desk->tokens);
	lg_arena_free(desk->arena);
	free(desk);
	return 0;
}

static void come(struct desk *desk, struct visitor *visitor, uint8_t user, const char *last)
{
	struct inbox_wish wish = { .request = &visitor->request, .token = desk->token };

	assert_int_equal(routes_find("GET", "/api/v1/inbox/referrals", &wish.target), ROUTE_FOUND);
	visitor->desk = desk;
	visitor->request.last_event_id = last;
	wish.user = test_id(user);
	inbox_take(desk->inbox, &wish, desk->wall, desk->steady_ms);
}

/* The service answers the last question; what clients hear of it stands in desk->heard. */
static void answer(struct desk *desk, uint32_t status, const char *body)
{
	struct lg_command command;
	struct lg_route route = {
		.version = 1,
		.kind = LG_ROUTE_ANSWER,
		.from_service = LG_SERVICE_REFERRAL,
	};

	desk->used = 0;
	desk->heard[0] = '\0';
	assert_true(lg_is_done(
		lg_command_open(desk->arena, desk->referral, desk->frame, desk->wall, &command)));
	relay_frame(desk->relay, &route,
		lg_answer_close(desk->arena, desk->referral, &command,
			&(struct lg_answered){
				.status = status, .body = lg_bytes(body, strlen(body)) }),
		desk->steady_ms);
}

static void pass(struct desk *desk, uint64_t span_ms)
{
	desk->used = 0;
	desk->heard[0] = '\0';
	desk->wall += (lg_ms)span_ms;
	desk->steady_ms += span_ms;
	inbox_tick(desk->inbox, desk->wall, desk->steady_ms);
}

static void answer_list(struct desk *desk, const char *rows)
{
	answer(desk, 200, lg_format(desk->arena, "{\"rows\":[%s],\"next\":\"\"}", rows));
}

/* The id that the last event `listed` had. */
static const char *cursor_of(struct desk *desk)
{
	const char *listed = strstr(desk->heard, "listed ");

	assert_non_null(listed);
	char *cursor = lg_copy_text(desk->arena, strchr(listed + 7, ' ') + 1);
	cursor[strcspn(cursor, "\n")] = '\0';
	assert_int_equal(strlen(cursor), 32);
	return cursor;
}

/* Goal: only what changed is told.  Method: nothing, a change, a row that goes, turn by turn. */
static void only_what_changed_is_told(void **state)
{
	struct desk *desk = *state;
	struct visitor visitor = { 0 };

	come(desk, &visitor, 3, NULL);
	assert_int_equal(desk->opened, 0); /* not before the service has agreed */
	answer_list(desk, ROW_ONE "," ROW_TWO);
	assert_int_equal(desk->opened, 1);
	assert_non_null(strstr(desk->heard, "changed " ROW_ONE " -\nchanged " ROW_TWO " -\n"));
	assert_non_null(
		strstr(desk->heard, "listed {\"ids\":[\"" ONE "\",\"" TWO "\"],\"more\":false}"));

	uint32_t sent = desk->sent;
	pass(desk, INBOX_ASK_MS - 1);
	assert_int_equal(desk->sent, sent);
	pass(desk, 1);
	assert_int_equal(desk->sent, sent + 1);
	answer_list(desk, ROW_ONE "," ROW_TWO);
	assert_string_equal(desk->heard, "");

	pass(desk, INBOX_ASK_MS);
	answer_list(desk, ROW_ONE "," ROW_TWO_ACCEPTED);
	assert_null(strstr(desk->heard, "changed " ROW_ONE));
	assert_non_null(strstr(desk->heard, "changed " ROW_TWO_ACCEPTED " -\nlisted "));

	pass(desk, INBOX_ASK_MS);
	answer_list(desk, ROW_TWO_ACCEPTED);
	assert_null(strstr(desk->heard, "changed "));
	assert_non_null(strstr(desk->heard, "listed {\"ids\":[\"" TWO "\"],\"more\":false}"));
}

/*
 * Goal: what a service tells is asked for at once, and no client can be made to ask without end.
 * Method: news between turns, during a turn, of another service, and in a burst.
 */
static void news_is_asked_for_at_once(void **state)
{
	struct desk *desk = *state;
	struct visitor visitor = { 0 };

	come(desk, &visitor, 3, NULL);
	answer_list(desk, ROW_ONE);

	uint32_t sent = desk->sent;
	pass(desk, 500);
	inbox_news(desk->inbox, LG_SERVICE_MATCHING, desk->wall, desk->steady_ms);
	assert_int_equal(desk->sent, sent);
	inbox_news(desk->inbox, LG_SERVICE_REFERRAL, desk->wall, desk->steady_ms);
	assert_int_equal(desk->sent, sent + 1);
	inbox_news(desk->inbox, LG_SERVICE_REFERRAL, desk->wall, desk->steady_ms);
	assert_int_equal(desk->sent, sent + 1); /* one question at a time */
	answer_list(desk, ROW_ONE "," ROW_TWO);
	assert_non_null(strstr(desk->heard, "changed " ROW_TWO));
	pass(desk, INBOX_NEWS_MS - 1);
	assert_int_equal(desk->sent, sent + 1);
	pass(desk, 1); /* it came while the list was read, so that it may not be in it */
	assert_int_equal(desk->sent, sent + 2);
	answer_list(desk, ROW_ONE "," ROW_TWO);
	pass(desk, INBOX_NEWS_MS);
	assert_int_equal(desk->sent, sent + 2);
}

/*
 * Goal: who comes back hears no row again that he has, and every row when he does not have them all.
 * Method: the cursor of a stream, with the same list and with another.
 */
static void who_comes_back_hears_what_he_missed(void **state)
{
	struct desk *desk = *state;
	struct visitor first = { 0 }, second = { 0 }, third = { 0 };

	come(desk, &first, 3, NULL);
	answer_list(desk, ROW_ONE "," ROW_TWO);
	const char *cursor = cursor_of(desk);

	come(desk, &second, 3, cursor);
	answer_list(desk, ROW_ONE "," ROW_TWO);
	assert_null(strstr(desk->heard, "changed "));
	assert_string_equal(cursor_of(desk), cursor);

	come(desk, &third, 3, cursor);
	answer_list(desk, ROW_ONE "," ROW_TWO_ACCEPTED);
	assert_non_null(strstr(desk->heard, "changed " ROW_ONE));
	assert_non_null(strstr(desk->heard, "changed " ROW_TWO_ACCEPTED));
	assert_string_not_equal(cursor_of(desk), cursor);
}

/* Goal: a list of several pages is one turn.  Method: two pages; a second page that fails. */
static void pages_make_one_turn(void **state)
{
	struct desk *desk = *state;
	struct visitor visitor = { 0 };
	struct lg_command command;

	come(desk, &visitor, 3, NULL);
	answer(desk, 200, "{\"rows\":[" ROW_ONE "],\"next\":\"" ONE "\"}");
	assert_string_equal(desk->heard, "");
	pass(desk, 50);
	assert_true(lg_is_done(
		lg_command_open(desk->arena, desk->referral, desk->frame, desk->wall, &command)));
	assert_true(lg_bytes_equal(command.body,
		lg_bytes("{\"after\":\"" ONE "\"}", strlen("{\"after\":\"" ONE "\"}"))));
	assert_true(lg_bytes_equal(command.token, desk->token));
	answer_list(desk, ROW_TWO);
	assert_non_null(
		strstr(desk->heard, "changed " ROW_ONE " -\nchanged " ROW_TWO " -\nlisted "));

	pass(desk, INBOX_ASK_MS);
	answer(desk, 200, "{\"rows\":[" ROW_ONE "],\"next\":\"" ONE "\"}");
	pass(desk, 50);
	answer(desk, 500, "{}"); /* half a list is not told: nothing has gone */
	assert_string_equal(desk->heard, "");
	pass(desk, INBOX_ASK_MS);
	answer_list(desk, ROW_ONE "," ROW_TWO);
	assert_string_equal(desk->heard, "");
}

/* Goal: a service's no reaches the client as any other.  Method: its first answer is 403. */
static void who_may_not_list_gets_no_stream(void **state)
{
	struct desk *desk = *state;
	struct visitor visitor = { 0 };

	come(desk, &visitor, 3, NULL);
	answer(desk, 403, "{}");
	assert_int_equal(visitor.status, 403);
	assert_int_equal(desk->opened, 0);
	assert_int_equal(inbox_clients(desk->inbox), 0);
}

/* Goal: a stream outlives no session.  Method: the token's time passes; a later 401. */
static void a_stream_ends_with_its_session(void **state)
{
	struct desk *desk = *state;
	struct visitor visitor = { 0 };

	come(desk, &visitor, 3, NULL);
	answer_list(desk, ROW_ONE);
	pass(desk, INBOX_ASK_MS);
	answer(desk, 401, "{}");
	assert_string_equal(desk->heard, "session-over {} -\n");
	assert_int_equal(desk->ended, 1);

	come(desk, &visitor, 3, NULL);
	answer_list(desk, ROW_ONE);
	uint32_t sent = desk->sent;
	pass(desk, (uint64_t)LG_TOKEN_MS + LG_TOKEN_SKEW_MS);
	assert_non_null(strstr(desk->heard, "session-over {} -\n"));
	assert_int_equal(desk->sent, sent);
	assert_int_equal(inbox_clients(desk->inbox), 0);
}

/* Goal: both ends see that the line stands.  Method: nothing changes for 15 s. */
static void a_quiet_line_is_heard(void **state)
{
	struct desk *desk = *state;
	struct visitor visitor = { 0 };

	come(desk, &visitor, 3, NULL);
	answer_list(desk, ROW_ONE);
	pass(desk, INBOX_HEARTBEAT_MS - 1);
	assert_null(strstr(desk->heard, "beat"));
	pass(desk, 1);
	assert_non_null(strstr(desk->heard, "beat"));
}

/* Goal: a client that goes is forgotten.  Method: it goes between two turns, and within one. */
static void a_client_that_goes_is_forgotten(void **state)
{
	struct desk *desk = *state;
	struct visitor visitor = { 0 };

	come(desk, &visitor, 3, NULL);
	answer_list(desk, ROW_ONE);
	desk->closed(desk->owner);
	assert_int_equal(inbox_clients(desk->inbox), 0);

	come(desk, &visitor, 3, NULL);
	answer_list(desk, ROW_ONE);
	pass(desk, INBOX_ASK_MS);
	desk->closed(desk->owner);
	answer_list(desk, ROW_TWO); /* nobody is there to hear it */
	assert_string_equal(desk->heard, "");
	assert_int_equal(inbox_clients(desk->inbox), 0);

	for (int i = 0; i < 2 * INBOX_OF_ONE_MAX; i++) { /* a page that is loaded again and again */
		desk->is_gone = true;
		come(desk, &visitor, 3, NULL);
		desk->is_gone = false;
		assert_int_equal(inbox_clients(desk->inbox), 1);
		answer_list(desk, ROW_ONE);
		assert_int_equal(visitor.status, 200);
	}
	desk->is_gone = true;
	pass(desk, INBOX_ASK_MS);
	assert_int_equal(inbox_clients(desk->inbox), 0);
}

/* Goal: nobody takes all places.  Method: both sides of the limits of account, address and all. */
static void clients_have_their_limits(void **state)
{
	struct desk *desk = *state;
	static struct visitor visitor[INBOX_CLIENTS_MAX + 1];

	for (uint32_t i = 0; i <= INBOX_OF_ONE_MAX; i++) {
		visitor[i] = (struct visitor){ .request.is_loopback = true };
		come(desk, &visitor[i], 3, NULL);
		assert_int_equal(visitor[i].status, i < INBOX_OF_ONE_MAX ? 0 : 429);
	}
	relay_give_up(desk->relay);
	for (uint32_t i = 0; i <= INBOX_OF_ONE_MAX; i++) {
		visitor[i] = (struct visitor){ .request.address = test_id(9) };
		come(desk, &visitor[i], (uint8_t)(10 + i), NULL);
		assert_int_equal(visitor[i].status, i < INBOX_OF_ONE_MAX ? 0 : 429);
	}
	relay_give_up(desk->relay);
	for (uint32_t i = 0; i <= INBOX_CLIENTS_MAX; i++) { /* a proxy on this machine */
		visitor[i] = (struct visitor){ .request.is_loopback = true };
		come(desk, &visitor[i], (uint8_t)(10 + i), NULL);
		assert_int_equal(visitor[i].status, i < INBOX_CLIENTS_MAX ? 0 : 429);
	}
	relay_give_up(desk->relay);
	assert_int_equal(inbox_clients(desk->inbox), 0);
}

/* Goal: a stopping inbox ends its streams and takes nobody.  Method: one of each. */
static void a_stopping_inbox_lets_all_go(void **state)
{
	struct desk *desk = *state;
	struct visitor one = { 0 }, late = { 0 };

	come(desk, &one, 3, NULL);
	answer_list(desk, ROW_ONE);
	inbox_stop(desk->inbox);
	assert_int_equal(desk->ended, 1);
	assert_int_equal(inbox_clients(desk->inbox), 0);
	come(desk, &late, 3, NULL);
	assert_int_equal(late.status, 503);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_changed_is_told),
		TEST(news_is_asked_for_at_once),
		TEST(who_comes_back_hears_what_he_missed),
		TEST(pages_make_one_turn),
		TEST(who_may_not_list_gets_no_stream),
		TEST(a_stream_ends_with_its_session),
		TEST(a_quiet_line_is_heard),
		TEST(a_client_that_goes_is_forgotten),
		TEST(clients_have_their_limits),
		TEST(a_stopping_inbox_lets_all_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
