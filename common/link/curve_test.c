#include "common/link/curve.h"

#include <sys/stat.h>

#include "common/base/random.h"
#include "common/link/house_for_tests.h"
#include "common/link/zap.h"

#define FLOOD 100000u
#define MANY  500u /* frames on their way at once; far below the queues */

/*
 * Goal: a known key passes, and the bus believes the key, not the words.  Method: a service
 * claims to be another; what arrives names the one whose key it is.
 */
static void who_sends_is_told_by_the_key(void **state)
{
	struct house *house = *state;

	house->link = open_link(house, &house->keys[1]);
	say(house->link, lg_bytes("x", 1));
	assert_true(wait_for(house, &house->back, 1, WAIT_MS));
	assert_int_equal(house->peer.site, SITE);
	assert_int_equal(house->peer.service, 3);
	assert_int_equal(house->route.from_site, SITE);
	assert_int_equal(house->route.from_service, 3);
	assert_int_equal(house->route.from, house->connection);
	assert_int_equal(house->route_back.to, house->connection);
	assert_int_equal(lg_exchange_socket_counts(house->bus).refused_peers, 0);
}

/*
 * Goal: an unknown key says nothing, and is held back.  Method: it connects and talks for as
 * long as a known one needs to be answered; it is counted about once per pause, not per try.
 */
static void an_unknown_key_is_refused(void **state)
{
	struct house *house = *state;
	struct lg_link *stranger = open_link(house, &house->keys[MEMBERS - 1]);
	struct lg_exchange_counts counts;

	say(stranger, lg_bytes("x", 1));
	assert_false(wait_for(house, &house->at_bus, 1, 2 * LG_ZAP_PAUSE_MS + 500));
	counts = lg_exchange_socket_counts(house->bus);
	assert_in_range(counts.refused_peers, 1, 4);
	assert_int_equal(counts.received, 0);

	house->link = open_link(house, &house->keys[0]);
	say(house->link, lg_bytes("x", 1));
	assert_true(wait_for(house, &house->back, 1, WAIT_MS));
	assert_int_equal(house->at_bus, 1);
	lg_link_free(stranger);
}

/* Goal: refusing does not cost memory.  Method: more strangers at once than denials are kept. */
static void a_crowd_of_strangers_does_not_lock_a_service_out(void **state)
{
	struct house *house = *state;
	struct lg_link *strangers[LG_ZAP_DENIALS_MAX + 8];
	const size_t count = sizeof strangers / sizeof strangers[0];

	for (size_t i = 0; i < count; i++)
		strangers[i] = open_link(house, &house->keys[MEMBERS - 1]);
	house->link = open_link(house, &house->keys[0]);
	say(house->link, lg_bytes("x", 1));
	assert_true(wait_for(house, &house->back, 1, WAIT_MS));
	for (size_t i = 0; i < count; i++)
		lg_link_free(strangers[i]);
}

/*
 * Goal: a server whose allow-list is missing is never opened.  Method: the self-test at sockets
 * of libzmq alone: without ZAP it finds the open door; with the domain enforced it is closed.
 */
static void the_self_test_finds_an_open_door(void **state)
{
	struct house *house = *state;
	void *context = zmq_ctx_new();
	void *open = zmq_socket(context, ZMQ_ROUTER), *closed = zmq_socket(context, ZMQ_ROUTER);
	const int on = 1;
	struct lg_status found = lg_done();
	uint8_t public_key[32];
	char endpoint[80];

	zmq_setsockopt(open, ZMQ_CURVE_SERVER, &on, sizeof on);
	zmq_setsockopt(open, ZMQ_CURVE_SECRETKEY, house->bus_keys.secret, 32);
	snprintf(endpoint, sizeof endpoint, "%s-open", house->address);
	assert_int_equal(zmq_bind(open, endpoint), 0);
	/* on a loaded machine an open door may answer later than one try waits */
	for (int tries = 0; tries < 10 && found.outcome != LG_REFUSED; tries++)
		found = lg_zap_self_test(NULL, context, endpoint, house->bus_keys.public_key);
	assert_int_equal(found.outcome, LG_REFUSED);

	lg_zap_guard(closed, house->bus_keys.secret, public_key);
	assert_memory_equal(public_key, house->bus_keys.public_key, 32);
	snprintf(endpoint, sizeof endpoint, "%s-closed", house->address);
	assert_int_equal(zmq_bind(closed, endpoint), 0);
	assert_true(lg_is_done(lg_zap_self_test(NULL, context, endpoint, public_key)));

	zmq_close(open);
	zmq_close(closed);
	zmq_ctx_term(context);
}

/* Goal: an address that is none is told.  Method: bind to it. */
static void an_address_that_cannot_be_bound_is_refused(void **state)
{
	struct house *house = *state;
	struct lg_exchange_socket *first = house->bus;

	snprintf(house->address, sizeof house->address, "tcp://256.0.0.1:nowhere");
	assert_int_equal(open_bus(house).outcome, LG_REFUSED);
	assert_ptr_equal(house->bus, first);
}

/* Goal: two buses do not split a site.  Method: a second one at a path; when the first is gone
 * the path that it left behind is no hindrance. */
static void a_taken_path_is_refused(void **state)
{
	struct house *house = *state;
	struct lg_exchange_socket *abstract = house->bus, *first;
	char folder[32], path[48];
	struct stat found;

	snprintf(folder, sizeof folder, "%s/lifeguard-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/bus", folder);
	snprintf(house->address, sizeof house->address, "ipc://%s", path);
	assert_true(lg_is_done(open_bus(house)));
	first = house->bus;
	assert_int_equal(stat(path, &found), 0);
	/* services under other accounts share a group */
	assert_int_equal(found.st_mode & 0777, 0660);
	assert_int_equal(open_bus(house).outcome, LG_REFUSED);
	lg_exchange_socket_free(first);
	assert_int_equal(access(path, F_OK), 0);
	assert_true(lg_is_done(open_bus(house)));
	lg_exchange_socket_free(abstract);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void send_parts(void *socket, const uint8_t *body, size_t size, unsigned count)
{
	const struct lg_route route = { .version = 1, .kind = LG_ROUTE_CLAIM };
	uint8_t bytes[LG_ROUTE_SIZE];

	lg_route_write(&route, bytes);
	for (unsigned i = 0; i + 1 < count; i++)
		zmq_send(socket, bytes, sizeof bytes, ZMQ_SNDMORE);
	assert_int_equal(zmq_send(socket, body, size, 0), (int)size);
}

/*
 * Goal: a frame has two parts and at most LG_FRAME_MAX bytes.  Method: both sides of the limit,
 * one part and three; what is far too large ends the connection, and the line lives again.
 */
static void frames_of_another_shape_are_dropped_and_counted(void **state)
{
	struct house *house = *state;
	uint8_t *body = calloc(1, 4 * LG_FRAME_MAX);
	void *context = zmq_ctx_new();
	void *rude = open_rude(house, context);

	send_parts(rude, body, LG_FRAME_MAX + 1, 2);
	send_parts(rude, body, 8, 1);
	send_parts(rude, body, 8, 3);
	send_parts(rude, body, 8, LG_PARTS_MAX + 3);
	send_parts(rude, body, LG_FRAME_MAX, 2);
	assert_true(wait_for(house, &house->at_bus, 1, WAIT_MS));
	assert_int_equal(house->body_size, LG_FRAME_MAX);
	assert_int_equal(lg_exchange_socket_counts(house->bus).refused_frames, 4);

	send_parts(rude, body, 4 * LG_FRAME_MAX, 2);
	house->link = open_link(house, &house->keys[1]);
	say(house->link, lg_bytes(body, LG_FRAME_MAX));
	assert_true(wait_for(house, &house->back, 1, WAIT_MS));
	assert_int_equal(house->at_bus, 2);

	zmq_close(rude);
	zmq_ctx_term(context);
	free(body);
}

/* Goal: nobody chooses what he is called.  Method: a good key with a routing id of its own. */
static void a_chosen_routing_id_is_not_listened_to(void **state)
{
	struct house *house = *state;
	void *context = zmq_ctx_new();
	void *rude = zmq_socket(context, ZMQ_DEALER);
	const int none = 0;

	zmq_setsockopt(rude, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(rude, ZMQ_ROUTING_ID, "intake", 6);
	zmq_setsockopt(rude, ZMQ_CURVE_SERVERKEY, house->bus_keys.public_key, 32);
	zmq_setsockopt(rude, ZMQ_CURVE_PUBLICKEY, house->keys[0].public_key, 32);
	zmq_setsockopt(rude, ZMQ_CURVE_SECRETKEY, house->keys[0].secret, 32);
	assert_int_equal(zmq_connect(rude, house->address), 0);
	send_parts(rude, (const uint8_t *)"x", 1, 2);
	house->link = open_link(house, &house->keys[1]);
	for (unsigned tries = 0; lg_exchange_socket_counts(house->bus).refused_frames == 0;
		tries++) {
		uint64_t before = house->back;

		assert_true(tries < WAIT_MS);

		say(house->link, lg_bytes("x", 1));
		assert_true(wait_for(house, &house->back, before + 1, WAIT_MS));
		assert_int_equal(house->peer.service, 3);
	}
	zmq_close(rude);
	zmq_ctx_term(context);
}

/* Goal: a frame to nobody is told and counted.  Method: a number never given, and a peer gone. */
static void a_connection_that_is_gone_is_told(void **state)
{
	struct house *house = *state;
	const struct lg_route route = { .version = 1, .kind = LG_ROUTE_ANSWER };
	uint64_t connection, before = 0;

	house->link = open_link(house, &house->keys[0]);
	say(house->link, lg_bytes("x", 1));
	assert_true(wait_for(house, &house->back, 1, WAIT_MS));
	connection = house->connection;
	for (uint64_t bit = 0; bit < 64; bit += 8)
		assert_int_equal(
			lg_exchange_socket_send(house->bus, connection ^ (uint64_t)1 << bit, &route,
				lg_bytes("", 0), LG_FORM_PARTS)
				.outcome,
			LG_REFUSED);
	assert_int_equal(lg_exchange_socket_counts(house->bus).dropped, 8);

	lg_link_free(house->link);
	house->link = NULL;
	for (unsigned tries = 0; lg_is_done(lg_exchange_socket_send(
		     house->bus, connection, &route, lg_bytes("", 0), LG_FORM_JOINED));
		tries++) {
		assert_true(tries < WAIT_MS / 10);
		(void)wait_for(house, &before, 1, 10);
	}
	assert_int_equal(lg_exchange_socket_counts(house->bus).dropped, 9);
}

static void in_flood(void *user, const struct lg_route *route, struct lg_bytes body)
{
	struct house *house = user;
	uint64_t number;

	(void)route;
	assert_int_equal(body.size, sizeof number);
	memcpy(&number, body.data, sizeof number);
	assert_int_equal(number, house->next_back);
	house->next_back++;
}

/*
 * Goal: no edge is lost.  Method: 100,000 frames there and back, in order, with a random number
 * of them on the way (so that both ends run dry, and sleep, again and again), joined halfway.
 */
static void a_hundred_thousand_frames_come_back(void **state)
{
	struct house *house = *state;
	struct lg_link_options options = {
		.loop = &house->loop,
		.address = house->address,
		.bus_public = house->bus_keys.public_key,
		.own_public = house->keys[0].public_key,
		.own_secret = house->keys[0].secret,
		.frame = in_flood,
		.user = house,
	};
	struct lg_random random;
	uint64_t sent = 0;

	lg_random_seed(&random, 1);
	house->link = lg_link_new(&options);
	while (sent < FLOOD) {
		house->form = sent < FLOOD / 2 ? LG_FORM_PARTS : LG_FORM_JOINED;
		uint64_t upto = sent + 1 + lg_random_below(&random, MANY);

		for (; sent < upto; sent++)
			say(house->link, lg_bytes(&sent, sizeof sent));
		assert_true(wait_for(house, &house->next_back, sent, WAIT_MS));
	}
	assert_int_equal(house->next_back, sent);
	assert_int_equal(lg_exchange_socket_counts(house->bus).received, sent);
	assert_int_equal(lg_link_counts(house->link).received, sent);
}

/* Goal: the bus may be killed at any time.  Method: it is, and the same link speaks again. */
static void a_link_outlives_its_bus(void **state)
{
	struct house *house = *state;
	uint64_t before;

	house->link = open_link(house, &house->keys[0]);
	say(house->link, lg_bytes("x", 1));
	assert_true(wait_for(house, &house->back, 1, WAIT_MS));
	lg_exchange_socket_free(house->bus);
	house->bus = NULL;
	assert_true(lg_is_done(open_bus(house)));
	before = house->back;
	for (unsigned tries = 0; tries < 100 && house->back == before; tries++) {
		say(house->link, lg_bytes("y", 1));
		(void)wait_for(house, &house->back, before + 1, 200);
	}
	assert_true(house->back > before);
}

#define test(name) cmocka_unit_test_setup_teardown(name, build, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(who_sends_is_told_by_the_key),
		test(an_unknown_key_is_refused),
		test(a_crowd_of_strangers_does_not_lock_a_service_out),
		test(the_self_test_finds_an_open_door),
		test(an_address_that_cannot_be_bound_is_refused),
		test(a_taken_path_is_refused),
		test(frames_of_another_shape_are_dropped_and_counted),
		test(a_chosen_routing_id_is_not_listened_to),
		test(a_connection_that_is_gone_is_told),
		test(a_hundred_thousand_frames_come_back),
		test(a_link_outlives_its_bus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
