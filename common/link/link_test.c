#include "common/link/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "common/link/socket.h"

#define WAIT_MS 60000
#define FULL    (LG_SOCKET_QUEUE_MAX + LG_SOCKET_HELD_MAX)

/* A link, and a ROUTER of libzmq that stands for a bus gone mad. */
struct line {
	uv_loop_t loop;
	uv_timer_t timer;
	bool is_late;
	char address[64];
	void *context, *bus;
	uint8_t bus_public[32], bus_secret[32], own_public[32], own_secret[32];
	struct lg_link *link;
	struct lg_route last;
	size_t body_size;
	uint64_t got;
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
	struct line *line = user;

	line->got++;
	line->last = *route;
	line->body_size = body.size;
}

static void on_late(uv_timer_t *timer)
{
	struct line *line = timer->data;

	line->is_late = true;
}

static int build(void **state)
{
	static struct line line;
	static unsigned number;
	const int on = 1, none = 0, wait_ms = WAIT_MS;
	int64_t any_size = -1;

	memset(&line, 0, sizeof line);
	uv_loop_init(&line.loop);
	uv_timer_init(&line.loop, &line.timer);
	line.timer.data = &line;
	snprintf(line.address, sizeof line.address, "ipc://@lifeguard-link-%d-%u", (int)getpid(),
		number++);
	make_keys(line.bus_public, line.bus_secret);
	make_keys(line.own_public, line.own_secret);
	line.context = zmq_ctx_new();
	line.bus = zmq_socket(line.context, ZMQ_ROUTER);
	zmq_setsockopt(line.bus, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(line.bus, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
	zmq_setsockopt(line.bus, ZMQ_SNDTIMEO, &wait_ms, sizeof wait_ms);
	zmq_setsockopt(line.bus, ZMQ_CURVE_SERVER, &on, sizeof on);
	zmq_setsockopt(line.bus, ZMQ_CURVE_SECRETKEY, line.bus_secret, 32);
	zmq_setsockopt(line.bus, ZMQ_MAXMSGSIZE, &any_size, sizeof any_size);
	line.link = lg_link_new(&(struct lg_link_options){
		.loop = &line.loop,
		.address = line.address,
		.bus_public = line.bus_public,
		.own_public = line.own_public,
		.own_secret = line.own_secret,
		.frame = on_frame,
		.user = &line,
	});
	*state = &line;
	return 0;
}

static int tear_down(void **state)
{
	struct line *line = *state;

	lg_link_free(line->link);
	zmq_close(line->bus);
	zmq_ctx_term(line->context);
	uv_close((uv_handle_t *)&line->timer, NULL);
	uv_run(&line->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&line->loop), 0);
	return 0;
}

static bool wait_for(struct line *line, const uint64_t *count, uint64_t at_least)
{
	line->is_late = false;
	uv_timer_start(&line->timer, on_late, WAIT_MS, 0);
	while (*count < at_least && !line->is_late)
		uv_run(&line->loop, UV_RUN_ONCE);
	uv_timer_stop(&line->timer);
	return *count >= at_least;
}

/* Goal: what an operator mistypes is told, not asserted.  Method: good and bad addresses. */
static void an_address_is_checked_before_it_is_used(void **unused)
{
	(void)unused;
	assert_true(lg_is_done(lg_link_check_address("ipc://run/bus.sock")));
	assert_true(lg_is_done(lg_link_check_address("tcp://127.0.0.1:7710")));
	assert_int_equal(lg_link_check_address("").outcome, LG_REFUSED);
	assert_int_equal(lg_link_check_address("run/bus.sock").outcome, LG_REFUSED);
	assert_int_equal(lg_link_check_address("tcp://127.0.0.1").outcome, LG_REFUSED);
}

/* Goal: the queue has an end, and who sends is told.  Method: nobody listens; send until full. */
static void a_full_queue_is_told(void **state)
{
	struct line *line = *state;
	const struct lg_route route = { .version = 1, .kind = LG_ROUTE_CLAIM };
	uint64_t sent = 0;

	while (sent <= 2 * FULL && lg_is_done(lg_link_send(line->link, &route, lg_bytes("x", 1))))
		sent++;
	assert_int_equal(sent, FULL);
	assert_int_equal(lg_link_send(line->link, &route, lg_bytes("x", 1)).outcome, LG_RETRY);
	assert_int_equal(lg_link_counts(line->link).sent, FULL);
	assert_int_equal(lg_link_counts(line->link).full, 2);
}

/* What was queued before there is a bus arrives when it comes; the id of the link. */
static size_t hear(struct line *line, uint8_t ret_id[8])
{
	uint8_t part[64];
	int size;

	/* the bus's end is plain libzmq: it waits by itself, the link's thread works meanwhile */
	size = zmq_recv(line->bus, ret_id, 8, 0);
	assert_in_range(size, 1, 8);
	assert_int_equal(zmq_recv(line->bus, part, sizeof part, 0), LG_ROUTE_SIZE);
	assert_int_equal(zmq_recv(line->bus, part, sizeof part, 0), 4);
	assert_memory_equal(part, "here", 4);
	return (size_t)size;
}

static void say(struct line *line, const uint8_t *id, size_t id_size, const struct lg_bytes *parts,
	size_t count)
{
	zmq_send(line->bus, id, id_size, ZMQ_SNDMORE);
	for (size_t i = 0; i < count; i++)
		zmq_send(line->bus, parts[i].data, parts[i].size, i + 1 < count ? ZMQ_SNDMORE : 0);
}

/*
 * Goal: a link gives on only whole frames with a readable route.  Method: a bus that sends other
 * shapes, both sides of the size limit among them; then one good frame.
 */
static void frames_of_another_shape_are_refused(void **state)
{
	struct line *line = *state;
	static const uint8_t large[LG_FRAME_MAX + 1];
	struct lg_route route = { .version = 1, .kind = LG_ROUTE_ANSWER, .to = 5 };
	uint8_t good[LG_ROUTE_SIZE], bad[LG_ROUTE_SIZE], id[8];
	struct lg_bytes parts[3] = { { 0 } };
	size_t size;

	lg_route_write(&route, good);
	route.kind = LG_ROUTE_KIND_COUNT;
	lg_route_write(&route, bad);
	assert_true(lg_is_done(
		lg_link_send(line->link, &(struct lg_route){ .version = 1 }, lg_bytes("here", 4))));
	uv_run(&line->loop, UV_RUN_NOWAIT);
	assert_int_equal(zmq_bind(line->bus, line->address), 0);
	size = hear(line, id);

	parts[0] = lg_bytes(bad, sizeof bad);
	say(line, id, size, parts, 2);
	say(line, id, size, parts, 1);
	parts[0] = lg_bytes(good, sizeof good - 1);
	say(line, id, size, parts, 1);
	parts[0] = lg_bytes(good, sizeof good);
	say(line, id, size, parts, 3);
	parts[1] = lg_bytes(large, LG_FRAME_MAX + 1);
	say(line, id, size, parts, 2);
	parts[1] = lg_bytes(large, LG_FRAME_MAX);
	say(line, id, size, parts, 2);
	assert_true(wait_for(line, &line->got, 1));
	assert_int_equal(line->body_size, LG_FRAME_MAX);
	assert_int_equal(line->last.to, 5);
	assert_int_equal(lg_link_counts(line->link).refused, 5);
	assert_int_equal(lg_link_counts(line->link).received, 1);
}

/* The next message at the bus: how many parts, and the bytes of the last. */
static size_t hear_any(struct line *line, uint8_t ret_last[128], size_t *ret_size)
{
	size_t count = 0, size = sizeof(int);
	int more = 1;

	for (; more != 0; count++) {
		*ret_size = (size_t)zmq_recv(line->bus, ret_last, 128, 0);
		zmq_getsockopt(line->bus, ZMQ_RCVMORE, &more, &size);
	}
	return count - 1; /* without the id of the link */
}

static void send_at(struct line *line, enum lg_route_kind kind, const char *text)
{
	const struct lg_route route = { .version = 1, .kind = (uint8_t)kind };

	assert_true(lg_is_done(lg_link_send(line->link, &route, lg_bytes(text, strlen(text)))));
	uv_run(&line->loop, UV_RUN_NOWAIT);
}

/*
 * Goal: an end is spoken to in the form in which it speaks, and an older one that takes its place
 * is understood.  Method: a bus that speaks in parts, joined, and in parts again; a claim, which
 * an older bus must be able to read, always has its two parts.
 */
static void a_bus_is_answered_in_its_own_form(void **state)
{
	struct line *line = *state;
	const struct lg_route route = { .version = 1, .kind = LG_ROUTE_ANSWER, .to = 5 };
	uint8_t bytes[LG_ROUTE_SIZE + 3], last[128], id[8];
	const struct lg_bytes parts[] = { { bytes, LG_ROUTE_SIZE }, { bytes + LG_ROUTE_SIZE, 3 } };
	const struct lg_bytes joined = { bytes, sizeof bytes };
	size_t size, id_size;

	lg_route_write(&route, bytes);
	memcpy(bytes + LG_ROUTE_SIZE, "abc", 3);
	send_at(line, LG_ROUTE_CLAIM, "here");
	assert_int_equal(zmq_bind(line->bus, line->address), 0);
	id_size = hear(line, id);
	for (uint64_t turn = 0; turn < 4; turn++) {
		bool is_joined = turn % 2 == 1;

		say(line, id, id_size, is_joined ? &joined : parts, is_joined ? 1 : 2);
		assert_true(wait_for(line, &line->got, turn + 1));
		assert_int_equal(line->last.to, 5);
		assert_int_equal(line->body_size, 3);
		send_at(line, LG_ROUTE_ANSWER, "frame");
		assert_int_equal(hear_any(line, last, &size), is_joined ? 1 : 2);
		assert_int_equal(size, is_joined ? LG_ROUTE_SIZE + 5 : 5);
		assert_memory_equal(last + size - 5, "frame", 5);
		send_at(line, LG_ROUTE_CLAIM, "claim");
		assert_int_equal(hear_any(line, last, &size), 2);
	}
	assert_int_equal(lg_link_counts(line->link).refused, 0);
}

/*
 * Goal: what a turn sends leaves at its end, all of it and in order.  Method: more than are held,
 * with a listening bus; nothing but the loop turns.
 */
static void what_a_turn_sends_leaves_in_order(void **state)
{
	struct line *line = *state;
	const struct lg_route route = { .version = 1, .kind = LG_ROUTE_ANSWER };
	uint8_t last[128];
	size_t size;

	for (uint32_t i = 0; i < 3 * LG_SOCKET_HELD_MAX + 1; i++)
		assert_true(lg_is_done(
			lg_link_send(line->link, &route, lg_bytes((const uint8_t *)&i, sizeof i))));
	assert_int_equal(zmq_bind(line->bus, line->address), 0);
	uv_run(&line->loop, UV_RUN_NOWAIT);
	for (uint32_t i = 0; i < 3 * LG_SOCKET_HELD_MAX + 1; i++) {
		assert_int_equal(hear_any(line, last, &size), 2);
		assert_int_equal(size, sizeof i);
		assert_memory_equal(last, &i, sizeof i);
	}
}

#define test(name) cmocka_unit_test_setup_teardown(name, build, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_checked_before_it_is_used),
		test(a_full_queue_is_told),
		test(frames_of_another_shape_are_refused),
		test(a_bus_is_answered_in_its_own_form),
		test(what_a_turn_sends_leaves_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
