/* A bus that sends each frame back, its members, and one that obeys no rule: for tests of the line. */
#ifndef LG_LINK_HOUSE_FOR_TESTS_H
#define LG_LINK_HOUSE_FOR_TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/link/curve.h"
#include "common/link/link.h"

#define SITE    0x0911
#define WAIT_MS 20000
#define MEMBERS 3

struct key_pair {
	uint8_t public_key[32], secret[32];
};

/* A bus that sends each frame back, and services that count what comes. */
struct house {
	uv_loop_t loop;
	uv_timer_t timer;
	bool is_late;
	char address[64];
	struct key_pair bus_keys, keys[MEMBERS];
	struct lg_peer peers[MEMBERS]; /* the last key is of nobody */
	struct lg_exchange_socket *bus;
	enum lg_form form;   /* in which it sends back */
	uint64_t connection; /* of the last frame */
	struct lg_peer peer;
	struct lg_route route;
	size_t body_size;
	uint64_t at_bus;
	struct lg_link *link;
	uint64_t back;
	struct lg_route route_back;
	uint64_t next_back; /* bodies of the flood are numbered */
};

static inline struct key_pair make_keys(void)
{
	char public_text[41], secret_text[41];
	struct key_pair keys;

	assert_int_equal(zmq_curve_keypair(public_text, secret_text), 0);
	assert_non_null(zmq_z85_decode(keys.public_key, public_text));
	assert_non_null(zmq_z85_decode(keys.secret, secret_text));
	return keys;
}

static inline void at_bus(void *user, uint64_t connection, const struct lg_peer *peer,
	const struct lg_route *route, struct lg_bytes body)
{
	struct house *house = user;
	struct lg_route answer = *route;

	assert_int_not_equal(connection, 0);
	house->at_bus++;
	house->connection = connection;
	house->peer = *peer;
	house->route = *route;
	house->body_size = body.size;
	answer.to = connection;
	assert_true(lg_is_done(
		lg_exchange_socket_send(house->bus, connection, &answer, body, house->form)));
}

static inline void at_service(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct house *house = user;

	(void)body;
	house->back++;
	house->route_back = *route;
}

static inline void on_late(uv_timer_t *timer)
{
	struct house *house = timer->data;

	house->is_late = true;
}

/* Turns the loop until the count is reached; false: it was not in time. */
static inline bool wait_for(
	struct house *house, const uint64_t *count, uint64_t at_least, uint64_t ms)
{
	house->is_late = false;
	uv_timer_start(&house->timer, on_late, ms, 0);
	while (*count < at_least && !house->is_late)
		uv_run(&house->loop, UV_RUN_ONCE);
	uv_timer_stop(&house->timer);
	return *count >= at_least;
}

static inline struct lg_status open_bus_with(struct house *house,
	void (*frame)(void *user, uint64_t connection, const struct lg_peer *peer,
		const struct lg_route *route, struct lg_bytes body))
{
	const struct lg_exchange_options options = {
		.loop = &house->loop,
		.address = house->address,
		.own_secret = house->bus_keys.secret,
		.peers = house->peers,
		.peer_count = MEMBERS - 1,
		.frame = frame,
		.user = house,
	};

	return lg_exchange_socket_new(&options, &house->bus);
}

static inline struct lg_status open_bus(struct house *house)
{
	return open_bus_with(house, at_bus);
}

static inline int build(void **state)
{
	static unsigned number;
	struct house *house = calloc(1, sizeof *house);

	assert_non_null(house);
	uv_loop_init(&house->loop);
	uv_timer_init(&house->loop, &house->timer);
	house->timer.data = house;
	snprintf(house->address, sizeof house->address, "ipc://@lifeguard-curve-%d-%u",
		(int)getpid(), number++);
	house->bus_keys = make_keys();
	for (unsigned i = 0; i < MEMBERS; i++) {
		house->keys[i] = make_keys();
		house->peers[i] = (struct lg_peer){ .site = SITE, .service = (uint8_t)(i + 2) };
		memcpy(house->peers[i].public_key, house->keys[i].public_key, 32);
	}
	assert_true(lg_is_done(open_bus(house)));
	*state = house;
	return 0;
}

static inline int tear_down(void **state)
{
	struct house *house = *state;

	lg_link_free(house->link);
	lg_exchange_socket_free(house->bus);
	uv_close((uv_handle_t *)&house->timer, NULL);
	uv_run(&house->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&house->loop), 0);
	free(house);
	return 0;
}

static inline struct lg_link *open_link(struct house *house, const struct key_pair *keys)
{
	const struct lg_link_options options = {
		.loop = &house->loop,
		.address = house->address,
		.bus_public = house->bus_keys.public_key,
		.own_public = keys->public_key,
		.own_secret = keys->secret,
		.frame = at_service,
		.user = house,
	};

	return lg_link_new(&options);
}

static inline void say(struct lg_link *link, struct lg_bytes body)
{
	const struct lg_route route = {
		.version = 1, .kind = LG_ROUTE_CLAIM, .from_site = 7, .from_service = 7, .from = 7
	};

	assert_true(lg_is_done(lg_link_send(link, &route, body)));
}

/* A service that obeys no rule of ours: a DEALER of libzmq with a good key. */
static inline void *open_rude(struct house *house, void *context)
{
	void *socket = zmq_socket(context, ZMQ_DEALER);
	const int none = 0;

	zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, house->bus_keys.public_key, 32);
	zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, house->keys[0].public_key, 32);
	zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, house->keys[0].secret, 32);
	assert_int_equal(zmq_connect(socket, house->address), 0);
	return socket;
}

#endif
