#include "services/gateway/http.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define ANSWER_MAX (64u * 1024u)
#define PATIENCE   5000 /* turns of the loop with 1 ms of waiting each */

/* A door on the loop, the requests that it took, and what clients hear. */
struct house {
	uv_loop_t loop;
	struct http *http;
	uint32_t taken;
	size_t body_size;
	char path[256], token[256];
	struct http_request *waiting; /* to be answered later */
	bool answers_later;
};

static void answer(struct http_request *request)
{
	http_reply(request, &(struct http_answer){
				    .status = 200,
				    .body = lg_bytes("{\"done\":true}", 13),
				    .command_id = "01010101010101010101010101010101",
			    });
}

static void take(void *user, struct http_request *request)
{
	struct house *house = user;

	house->taken++;
	house->body_size = request->body.size;
	snprintf(house->path, sizeof house->path, "%s", request->path);
	snprintf(house->token, sizeof house->token, "%s",
		request->authorization == NULL ? "" : request->authorization);
	house->waiting = request;
	if (!house->answers_later)
		answer(request);
}

static int open_house(void **state)
{
	struct house *house = calloc(1, sizeof *house);
	const char *problem = "";

	assert_non_null(house);
	assert_int_equal(uv_loop_init(&house->loop), 0);
	assert_true(lg_is_done(http_new(&(struct http_options){ .loop = &house->loop,
						.listen = "127.0.0.1:0",
						.take = take,
						.user = house },
		&house->http, &problem)));
	*state = house;
	return 0;
}

static int close_house(void **state)
{
	struct house *house = *state;

	http_free(house->http);
	uv_run(&house->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&house->loop), 0);
	free(house);
	return 0;
}

static int connect_to(const struct house *house)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(http_port(house->http)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void turn(struct house *house)
{
	uv_run(&house->loop, UV_RUN_NOWAIT);
}

static bool is_readable(int fd, int wait_ms)
{
	struct pollfd what = { .fd = fd, .events = POLLIN };

	return poll(&what, 1, wait_ms) > 0;
}

/* Turns the loop until a whole answer is there or the connection ends; returns its text. */
static const char *hear(struct house *house, int fd, char answer_text[ANSWER_MAX])
{
	size_t used = 0;

	answer_text[0] = '\0';
	for (int i = 0; i < PATIENCE; i++) {
		turn(house);
		if (!is_readable(fd, 1))
			continue;
		ssize_t got = recv(fd, answer_text + used, ANSWER_MAX - 1 - used, 0);
		if (got <= 0)
			return answer_text;
		used += (size_t)got;
		answer_text[used] = '\0';
		const char *end = strstr(answer_text, "\r\n\r\n");
		const char *length = strcasestr(answer_text, "Content-Length: ");
		if (end != NULL && (length == NULL || used - (size_t)(end + 4 - answer_text) >=
							      strtoul(length + 16, NULL, 10)))
			return answer_text;
	}
	fail_msg("no answer");
	return NULL;
}

/* Sends while the loop turns, so that a body larger than the socket's room gets through. */
static void tell(struct house *house, int fd, const char *text, size_t size)
{
	for (size_t sent = 0; sent < size;) {
		ssize_t now = send(fd, text + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (now > 0)
			sent += (size_t)now;
		else if (errno != EAGAIN)
			return; /* the door was shut */
		turn(house);
	}
}

static void tell_text(struct house *house, int fd, const char *text)
{
	tell(house, fd, text, strlen(text));
}

/* A PUT with a body of this size, its length declared or sent in pieces. */
static void put(struct house *house, int fd, size_t size, bool is_declared)
{
	char head[256];
	char *body = calloc(1, size + 1);

	assert_non_null(body);
	memset(body, ' ', size);
	if (is_declared)
		snprintf(head, sizeof head,
			"PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n", size);
	else
		snprintf(head, sizeof head,
			"PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n",
			size);
	tell_text(house, fd, head);
	tell(house, fd, body, size);
	if (!is_declared)
		tell_text(house, fd, "\r\n0\r\n\r\n");
	free(body);
}

/* Goal: a request comes whole and its answer leaves guarded.  Method: two on one connection. */
static void requests_of_one_connection_are_answered_in_turn(void **state)
{
	struct house *house = *state;
	char text[ANSWER_MAX];
	int fd = connect_to(house);

	for (uint32_t i = 1; i <= 2; i++) {
		tell_text(house, fd,
			"POST /api/v1/x?by=1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ab\r\n"
			"Content-Length: 2\r\n\r\n{}");
		hear(house, fd, text);
		assert_int_equal(house->taken, i);
		assert_int_equal(house->body_size, 2);
		assert_string_equal(house->path, "/api/v1/x");
		assert_string_equal(house->token, "Bearer ab");
		assert_non_null(strstr(text, "HTTP/1.1 200"));
		assert_non_null(strstr(text, "Cache-Control: no-store"));
		assert_non_null(strstr(text, "Content-Type: application/json"));
		assert_non_null(strstr(text, "Idempotency-Key: 0101"));
		assert_non_null(strstr(text, "{\"done\":true}"));
	}
	assert_int_equal(http_counts(house->http).requests, 2);
	close(fd);
}

/* Goal: a connection may sleep until its answer is there.  Method: answer after the loop turned. */
static void an_answer_may_come_later(void **state)
{
	struct house *house = *state;
	char text[ANSWER_MAX];
	int fd = connect_to(house);

	house->answers_later = true;
	tell_text(house, fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	while (house->taken == 0)
		turn(house);
	for (int i = 0; i < 20; i++)
		turn(house);
	assert_false(is_readable(fd, 20));
	answer(house->waiting);
	assert_non_null(strstr(hear(house, fd, text), "{\"done\":true}"));
	close(fd);
}

/* Goal: a client that goes away harms nobody.  Method: it hangs up while it is waited for. */
static void a_client_that_hangs_up_is_forgotten(void **state)
{
	struct house *house = *state;
	int fd = connect_to(house);

	house->answers_later = true;
	tell_text(house, fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	while (house->taken == 0)
		turn(house);
	close(fd);
	for (int i = 0; i < 20; i++)
		turn(house);
	answer(house->waiting);
	for (int i = 0; i < PATIENCE && http_counts(house->http).connections > 0; i++)
		turn(house);
	assert_int_equal(http_counts(house->http).connections, 0);
}

/*
 * Goal: a body has a limit, and who oversteps is told.  Method: both sides of it, its length declared
 * and not declared.
 */
static void a_body_above_the_limit_is_refused(void **state)
{
	struct house *house = *state;
	char text[ANSWER_MAX];

	for (int is_declared = 0; is_declared <= 1; is_declared++) {
		int fd = connect_to(house);
		uint32_t taken = house->taken;

		put(house, fd, HTTP_BODY_MAX, is_declared != 0);
		assert_non_null(strstr(hear(house, fd, text), " 200 "));
		assert_int_equal(house->body_size, HTTP_BODY_MAX);
		assert_int_equal(house->taken, taken + 1);
		close(fd);

		fd = connect_to(house);
		put(house, fd, HTTP_BODY_MAX + 1, is_declared != 0);
		hear(house, fd, text);
		assert_non_null(strstr(text, " 413 "));
		assert_non_null(strstr(text, "application/problem+json"));
		assert_non_null(strstr(text, "Cache-Control: no-store"));
		assert_int_equal(house->taken, taken + 1); /* nobody looked at it */
		close(fd);
	}
}

/* Goal: an endless body ends.  Method: pieces without an end; the door is shut in bounded time. */
static void an_endless_body_is_cut_off(void **state)
{
	struct house *house = *state;
	char piece[4096 + 16], text[ANSWER_MAX];
	int fd = connect_to(house);
	size_t told = 0;

	tell_text(house, fd, "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
	int head = snprintf(piece, sizeof piece, "%x\r\n", 4096);
	memset(piece + head, ' ', 4096);
	memcpy(piece + head + 4096, "\r\n", 2);
	while (told < 16u * HTTP_BODY_MAX && !is_readable(fd, 0)) {
		tell(house, fd, piece, (size_t)head + 4098);
		told += 4096;
	}
	assert_true(told < 16u * HTTP_BODY_MAX);
	assert_null(strstr(hear(house, fd, text), " 200 "));
	assert_int_equal(house->taken, 0);
	close(fd);
}

/* Goal: what is no HTTP gets no further.  Method: noise, and a request that lacks its Host. */
static void what_is_no_request_is_not_taken(void **state)
{
	static const char *const noise[] = { "\x01\x02\x03\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
		"GET\r\n\r\n" };
	struct house *house = *state;
	char text[ANSWER_MAX];

	for (size_t i = 0; i < sizeof noise / sizeof noise[0]; i++) {
		int fd = connect_to(house);

		tell_text(house, fd, noise[i]);
		assert_null(strstr(hear(house, fd, text), " 200 "));
		close(fd);
	}
	assert_int_equal(house->taken, 0);
}

/* Goal: a stopping door takes nobody in, and lets those inside finish.  Method: one waits. */
static void a_stopping_door_lets_those_inside_finish(void **state)
{
	struct house *house = *state;
	char text[ANSWER_MAX];
	int fd = connect_to(house);

	house->answers_later = true;
	tell_text(house, fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	while (house->taken == 0)
		turn(house);
	uint16_t port = http_port(house->http);
	http_stop_accepting(house->http);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(connect(late, (struct sockaddr *)&address, sizeof address), 0);
	close(late);
	answer(house->waiting);
	hear(house, fd, text);
	assert_non_null(strstr(text, " 200 "));
	assert_non_null(strcasestr(text, "Connection: close"));
	close(fd);
}

/* Goal: only addresses are listened on.  Method: what is none, and a port that is taken. */
static void an_address_that_is_none_is_refused(void **state)
{
	static const char *const bad[] = { "", "7717", ":7717", "localhost:1", "127.0.0.1:x",
		"300.0.0.1:1" };
	struct house *house = *state;
	struct http_options options = { .loop = &house->loop, .take = take };
	struct http *http;
	char taken[32];

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const char *problem = NULL;

		options.listen = bad[i];
		assert_false(lg_is_done(http_new(&options, &http, &problem)));
		assert_non_null(problem);
	}
	const char *problem = NULL;
	snprintf(taken, sizeof taken, "127.0.0.1:%u", http_port(house->http));
	options.listen = taken;
	assert_false(lg_is_done(http_new(&options, &http, &problem)));
	assert_non_null(strstr(problem, "another program"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requests_of_one_connection_are_answered_in_turn),
		TEST(an_answer_may_come_later),
		TEST(a_client_that_hangs_up_is_forgotten),
		TEST(a_body_above_the_limit_is_refused),
		TEST(an_endless_body_is_cut_off),
		TEST(what_is_no_request_is_not_taken),
		TEST(a_stopping_door_lets_those_inside_finish),
		TEST(an_address_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
