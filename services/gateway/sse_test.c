#include "services/gateway/sse.h"

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

#include "services/gateway/http.h"

#define PATIENCE 5000 /* turns of the loop with 1 ms of waiting each */
#define TEXT_MAX 4096

/* A door that answers every request with a stream, and one client of it. */
struct wire {
	uv_loop_t loop;
	struct http *http;
	struct sse *stream;
	uint32_t closed;
	int fd;
	uint8_t tag_key[TAG_KEY_SIZE];
	size_t used;
	char text[TEXT_MAX];
	bool wants_tag;
};

static void on_closed(void *owner)
{
	struct wire *wire = owner;

	wire->closed++;
	wire->stream = NULL;
}

static void take(void *user, struct http_request *request)
{
	struct wire *wire = user;

	assert_true(request->is_loopback);
	request->is_tagged = wire->wants_tag;
	if (wire->wants_tag)
		http_reply(
			request, &(struct http_answer){ .status = 200, .body = lg_bytes("{}", 2) });
	else
		wire->stream = http_stream(request, on_closed, wire);
}

static void turn(struct wire *wire)
{
	uv_run(&wire->loop, UV_RUN_NOWAIT);
}

static void send_text(struct wire *wire, const char *text)
{
	assert_int_equal(send(wire->fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static int open_wire(void **state)
{
	struct wire *wire = calloc(1, sizeof *wire);
	const char *problem = "";

	assert_non_null(wire);
	assert_int_equal(uv_loop_init(&wire->loop), 0);
	assert_true(lg_is_done(http_new(&(struct http_options){ .loop = &wire->loop,
						.listen = "127.0.0.1:0",
						.take = take,
						.user = wire,
						.tag_key = wire->tag_key },
		&wire->http, &problem)));
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(http_port(wire->http)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	wire->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(wire->fd, (struct sockaddr *)&address, sizeof address), 0);
	*state = wire;
	return 0;
}

static int close_wire(void **state)
{
	struct wire *wire = *state;

	if (wire->stream != NULL)
		sse_end(wire->stream);
	http_free(wire->http);
	close(wire->fd);
	uv_run(&wire->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&wire->loop), 0);
	free(wire);
	return 0;
}

/* Turns the loop until the client has read this. */
static void hear(struct wire *wire, const char *wanted)
{
	for (int i = 0; i < PATIENCE; i++) {
		struct pollfd what = { .fd = wire->fd, .events = POLLIN };

		turn(wire);
		if (poll(&what, 1, 1) > 0) {
			ssize_t got = recv(
				wire->fd, wire->text + wire->used, TEXT_MAX - 1 - wire->used, 0);
			wire->used += got > 0 ? (size_t)got : 0;
			wire->text[wire->used] = '\0';
		}
		if (strstr(wire->text, wanted) != NULL)
			return;
	}
	fail_msg("not heard: %s", wanted);
}

static void open_stream(struct wire *wire)
{
	send_text(wire, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	hear(wire, "\r\n\r\n");
	assert_non_null(wire->stream);
}

/* Goal: events arrive as they are written, and then the end.  Method: one after a pause each. */
static void events_arrive_as_they_are_written(void **state)
{
	struct wire *wire = *state;

	open_stream(wire);
	assert_non_null(strstr(wire->text, "Content-Type: text/event-stream"));
	assert_non_null(strstr(wire->text, "Cache-Control: no-store"));
	for (int i = 0; i < 20; i++)
		turn(wire); /* it sleeps */
	sse_event(wire->stream, "changed", NULL, lg_bytes("one\ntwo", 7));
	hear(wire, "event: changed\ndata: one\ndata: two\n\n");
	sse_event(wire->stream, "listed", "7f", lg_bytes("{}", 2));
	hear(wire, "id: 7f\nevent: listed\ndata: {}\n\n");
	sse_heartbeat(wire->stream);
	hear(wire, ":\n\n");
	sse_event(wire->stream, "session-over", NULL, lg_bytes(NULL, 0));
	sse_end(wire->stream);
	wire->stream = NULL;
	hear(wire, "event: session-over\ndata: \n\n");
	hear(wire, "\r\n0\r\n");
	assert_int_equal(wire->closed, 0); /* who ends it needs not be told */
}

/* Goal: a client that goes is noticed.  Method: it hangs up; the next heartbeats find out. */
static void a_client_that_goes_is_noticed(void **state)
{
	struct wire *wire = *state;

	open_stream(wire);
	assert_false(sse_is_gone(wire->stream));
	shutdown(wire->fd, SHUT_RDWR);
	close(wire->fd);
	for (int i = 0; i < PATIENCE && !sse_is_gone(wire->stream); i++)
		poll(NULL, 0, 1);
	assert_true(sse_is_gone(wire->stream));
	for (int i = 0; i < PATIENCE && wire->closed == 0; i++) {
		if (wire->stream != NULL && i % 8 == 0)
			sse_heartbeat(wire->stream);
		turn(wire);
	}
	assert_int_equal(wire->closed, 1);
	wire->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* Goal: a client that takes nothing costs a bounded buffer.  Method: write past the limit. */
static void a_client_that_takes_nothing_is_cut_off(void **state)
{
	struct wire *wire = *state;
	static char much[SSE_UNSENT_MAX / 4];

	open_stream(wire);
	memset(much, 'x', sizeof much);
	for (int i = 0; i < 5; i++)
		sse_event(wire->stream, "changed", NULL, lg_bytes(much, sizeof much));
	for (int i = 0; i < PATIENCE && wire->closed == 0; i++)
		turn(wire);
	assert_int_equal(wire->closed, 1);
}

/* Goal: what a client has is not sent again.  Method: ask, then ask with the tag of the answer. */
static void a_tagged_answer_is_not_sent_twice(void **state)
{
	struct wire *wire = *state;
	char again[256];

	wire->wants_tag = true;
	send_text(wire, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	hear(wire, "\r\n\r\n{}");
	const char *tag = strstr(wire->text, "ETag: \"");
	assert_non_null(tag);
	snprintf(again, sizeof again, "GET / HTTP/1.1\r\nHost: h\r\nIf-None-Match: %.34s\r\n\r\n",
		tag + 6);
	wire->used = 0;
	send_text(wire, again);
	hear(wire, "HTTP/1.1 304");
	assert_non_null(strstr(wire->text, "ETag: \""));
	assert_null(strstr(wire->text, "{}"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_wire, close_wire)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(events_arrive_as_they_are_written),
		TEST(a_client_that_goes_is_noticed),
		TEST(a_client_that_takes_nothing_is_cut_off),
		TEST(a_tagged_answer_is_not_sent_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
