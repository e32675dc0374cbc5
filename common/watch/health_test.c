#include "common/watch/health.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

struct door {
	uv_loop_t loop;
	uv_timer_t timer;
	bool is_late;
	struct lg_metrics *metrics;
	struct lg_metric *gauge;
	struct lg_health *health;
	bool ready;
	uint64_t scrapes;
	char folder[64];
	char answer[8192];
};

static bool is_ready(void *user)
{
	const struct door *door = user;

	return door->ready;
}

static void refresh(void *user)
{
	struct door *door = user;

	lg_metric_set(door->gauge, ++door->scrapes);
}

static struct lg_status open_at(struct door *door, const char *address)
{
	const struct lg_health_options options = {
		.loop = &door->loop,
		.address = address,
		.is_ready = is_ready,
		.refresh = refresh,
		.metrics = door->metrics,
		.user = door,
	};

	return lg_health_new(&options, &door->health);
}

static void on_late(uv_timer_t *timer)
{
	struct door *door = timer->data;

	door->is_late = true;
}

/* Sends a request and turns the loop until the other side has closed; the status code. */
static int ask(struct door *door, int line, const char *request)
{
	size_t size = 0;
	ssize_t got;

	assert_int_equal(write(line, request, strlen(request)), (ssize_t)strlen(request));
	door->is_late = false;
	uv_timer_start(&door->timer, on_late, 60000, 0);
	for (;;) {
		got = recv(line, door->answer + size, sizeof door->answer - 1 - size, MSG_DONTWAIT);
		if (got == 0 || door->is_late)
			break;
		if (got > 0)
			size += (size_t)got;
		else
			uv_run(&door->loop, UV_RUN_ONCE);
	}
	uv_timer_stop(&door->timer);
	close(line);
	assert_false(door->is_late);
	door->answer[size] = '\0';
	return size < 12 ? 0 : (int)strtol(door->answer + 9, NULL, 10);
}

static int connect_port(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int line = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(line, (struct sockaddr *)&address, sizeof address), 0);
	return line;
}

static int get(struct door *door, const char *path)
{
	char request[256];

	snprintf(request, sizeof request,
		"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
	return ask(door, connect_port(lg_health_port(door->health)), request);
}

static int build(void **state)
{
	struct door *door = calloc(1, sizeof *door);

	assert_non_null(door);
	uv_loop_init(&door->loop);
	uv_timer_init(&door->loop, &door->timer);
	door->timer.data = door;
	door->metrics = lg_metrics_new("intake");
	door->gauge = lg_metrics_gauge(door->metrics, "scrapes", "Looked at.", NULL, NULL);
	snprintf(door->folder, sizeof door->folder, "%s/lifeguard-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(door->folder));
	*state = door;
	return 0;
}

static int tear_down(void **state)
{
	struct door *door = *state;

	lg_health_free(door->health);
	uv_close((uv_handle_t *)&door->timer, NULL);
	uv_run(&door->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&door->loop), 0);
	lg_metrics_free(door->metrics);
	assert_int_equal(rmdir(door->folder), 0);
	free(door);
	return 0;
}

/* Goal: three questions are answered.  Method: ask them over TCP, ready and not. */
static void three_questions_are_answered(void **state)
{
	struct door *door = *state;

	assert_true(lg_is_done(open_at(door, "127.0.0.1:0")));
	assert_int_equal(get(door, "/healthz"), 200);
	assert_int_equal(get(door, "/readyz"), 503);
	door->ready = true;
	assert_int_equal(get(door, "/readyz"), 200);
	assert_int_equal(get(door, "/metrics"), 200);
	assert_non_null(strstr(door->answer, "text/plain; version=0.0.4"));
	assert_non_null(strstr(door->answer, "lifeguard_scrapes{service=\"intake\"} 1\n"));
	assert_int_equal(get(door, "/metrics"), 200);
	assert_non_null(strstr(door->answer, "lifeguard_scrapes{service=\"intake\"} 2\n"));
}

/* Goal: nothing else is.  Method: other paths, other methods, a body, no HTTP at all. */
static void nothing_else_is_answered(void **state)
{
	struct door *door = *state;
	uint16_t port;

	assert_true(lg_is_done(open_at(door, "127.0.0.1:0")));
	port = lg_health_port(door->health);
	assert_int_equal(get(door, "/"), 404);
	assert_int_equal(get(door, "/healthz/../metrics"), 404);
	assert_int_equal(get(door, "/metrics/"), 404);
	assert_int_equal(ask(door, connect_port(port),
				 "POST /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
				 "Content-Length: 0\r\n\r\n"),
		405);
	assert_int_equal(ask(door, connect_port(port),
				 "HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
		405);
	assert_int_not_equal(ask(door, connect_port(port), "\x16\x03\x01 hello\r\n\r\n"), 200);
	assert_int_equal(door->scrapes, 0);
}

/* Goal: a head has a size.  Method: a path larger than a connection's memory; the door lives. */
static void a_head_that_is_too_large_is_refused(void **state)
{
	struct door *door = *state;
	static char request[32 * 1024];

	assert_true(lg_is_done(open_at(door, "127.0.0.1:0")));
	memset(request, 'a', sizeof request - 1);
	memcpy(request, "GET /", 5);
	assert_int_not_equal(ask(door, connect_port(lg_health_port(door->health)), request), 200);
	assert_int_equal(get(door, "/healthz"), 200);
}

/* Goal: a unix socket serves as well, also after a crash.  Method: a socket is left behind. */
static void a_unix_socket_is_taken_over_only_when_it_is_dead(void **state)
{
	struct door *door = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct lg_health *first;
	int left = socket(AF_UNIX, SOCK_STREAM, 0), line = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s/health", door->folder);
	assert_int_equal(bind(left, (struct sockaddr *)&address, sizeof address), 0);
	close(left);
	assert_true(lg_is_done(open_at(door, address.sun_path)));
	assert_int_equal(lg_health_port(door->health), 0);
	assert_int_equal(connect(line, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(ask(door, line, "GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n"), 200);

	first = door->health;
	assert_int_equal(open_at(door, address.sun_path).outcome, LG_REFUSED);
	assert_ptr_equal(door->health, first);
}

/* Goal: the door is never open to a network.  Method: addresses that are not ours alone. */
static void only_loopback_is_listened_on(void **state)
{
	static const char *const refused[] = { "0.0.0.0:0", "10.0.0.1:80", "*:80", "localhost:80",
		"127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
		"[::]:0", ":80", "", "128.0.0.1:0",
		"0000000000000000000000000000000000000000000000000:80" };
	struct door *door = *state;
	char path[160];

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		assert_int_equal(open_at(door, refused[i]).outcome, LG_REFUSED);
	assert_int_equal(open_at(door, door->folder).outcome, LG_REFUSED); /* a folder */
	memset(path, 'p', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	path[0] = '/';
	assert_int_equal(open_at(door, path).outcome, LG_REFUSED);
	assert_null(door->health);
}

/* Goal: a taken port is told.  Method: the second door at it. */
static void a_taken_port_is_refused(void **state)
{
	struct door *door = *state;
	struct lg_health *first;
	char address[32];

	assert_true(lg_is_done(open_at(door, "127.0.0.1:0")));
	first = door->health;
	snprintf(address, sizeof address, "127.0.0.1:%u", (unsigned)lg_health_port(first));
	assert_int_equal(open_at(door, address).outcome, LG_REFUSED);
	assert_ptr_equal(door->health, first);
}

#define test(name) cmocka_unit_test_setup_teardown(name, build, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(three_questions_are_answered),
		test(nothing_else_is_answered),
		test(a_head_that_is_too_large_is_refused),
		test(a_unix_socket_is_taken_over_only_when_it_is_dead),
		test(only_loopback_is_listened_on),
		test(a_taken_port_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
