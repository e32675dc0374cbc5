#include "common/link/socket.h"

#include "common/link/house_for_tests.h"

/* Sends "abc" in one form; what comes back, in parts, the last of them in ret_last. */
static size_t send_and_hear(struct house *house, void *socket, enum lg_form form,
	uint8_t ret_last[LG_ROUTE_SIZE + 3], int *ret_size)
{
	const struct lg_route route = { .version = 1, .kind = LG_ROUTE_CLAIM };
	uint64_t before = house->at_bus;
	uint8_t bytes[LG_ROUTE_SIZE + 3];
	size_t count = 0, size = sizeof(int);
	int more = 1;

	lg_route_write(&route, bytes);
	memcpy(bytes + LG_ROUTE_SIZE, "abc", 3);
	if (form == LG_FORM_JOINED) {
		zmq_send(socket, bytes, sizeof bytes, 0);
	} else {
		zmq_send(socket, bytes, LG_ROUTE_SIZE, ZMQ_SNDMORE);
		zmq_send(socket, "abc", 3, 0);
	}
	assert_true(wait_for(house, &house->at_bus, before + 1, WAIT_MS));
	assert_int_equal(house->body_size, 3);
	for (; more != 0; count++) {
		*ret_size = zmq_recv(socket, ret_last, LG_ROUTE_SIZE + 3, 0);
		zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size);
	}
	return count;
}

/*
 * Goal: a frame goes on in the form that its receiver reads, whichever it came in, with the route
 * that the bus wrote.  Method: both forms in, both out; the sender is in the route that comes back.
 */
static void a_frame_goes_on_in_either_form(void **state)
{
	struct house *house = *state;
	void *context = zmq_ctx_new();
	void *rude = open_rude(house, context);
	uint8_t last[LG_ROUTE_SIZE + 3];
	struct lg_route route;
	int size;

	for (unsigned i = 0; i < 8; i++) {
		house->form = (i & 1u) != 0 ? LG_FORM_JOINED : LG_FORM_PARTS;
		size_t parts = send_and_hear(
			house, rude, (i & 2u) != 0 ? LG_FORM_JOINED : LG_FORM_PARTS, last, &size);

		if (house->form == LG_FORM_PARTS) {
			assert_int_equal(parts, 2);
			assert_int_equal(size, 3);
			assert_memory_equal(last, "abc", 3);
			continue;
		}
		assert_int_equal(parts, 1);
		assert_int_equal(size, LG_ROUTE_SIZE + 3);
		assert_memory_equal(last + LG_ROUTE_SIZE, "abc", 3);
		assert_true(lg_is_done(lg_route_read(lg_bytes(last, LG_ROUTE_SIZE), &route)));
		assert_int_equal(route.from_service, house->peer.service);
		assert_true(route.from == house->connection && route.to == house->connection);
	}
	zmq_close(rude);
	zmq_ctx_term(context);
}

/* The same frame for many: the second must not write over what the first is being sent. */
static void at_bus_twice(void *user, uint64_t connection, const struct lg_peer *peer,
	const struct lg_route *route, struct lg_bytes body)
{
	struct house *house = user;
	struct lg_route second = *route;

	at_bus(user, connection, peer, route, body);
	second.to = UINT64_MAX;
	assert_true(lg_is_done(
		lg_exchange_socket_send(house->bus, connection, &second, body, LG_FORM_JOINED)));
}

/* Goal: what is told to many is told each as meant.  Method: one joined frame, sent on twice. */
static void a_joined_frame_may_go_to_two(void **state)
{
	struct house *house = *state;
	void *context = zmq_ctx_new();
	uint8_t last[LG_ROUTE_SIZE + 3];
	struct lg_route route;
	void *rude;
	int size;

	lg_exchange_socket_free(house->bus);
	house->form = LG_FORM_JOINED;
	assert_true(lg_is_done(open_bus_with(house, at_bus_twice)));
	rude = open_rude(house, context);
	assert_int_equal(send_and_hear(house, rude, LG_FORM_JOINED, last, &size), 1);
	assert_true(lg_is_done(lg_route_read(lg_bytes(last, LG_ROUTE_SIZE), &route)));
	assert_true(route.to == house->connection);
	assert_int_equal(zmq_recv(rude, last, sizeof last, 0), sizeof last);
	assert_true(lg_is_done(lg_route_read(lg_bytes(last, LG_ROUTE_SIZE), &route)));
	assert_true(route.to == UINT64_MAX);
	assert_memory_equal(last + LG_ROUTE_SIZE, "abc", 3);
	zmq_close(rude);
	zmq_ctx_term(context);
}

#define test(name) cmocka_unit_test_setup_teardown(name, build, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_frame_goes_on_in_either_form),
		test(a_joined_frame_may_go_to_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
