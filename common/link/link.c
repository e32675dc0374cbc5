#include "common/link/link.h"

#include <assert.h>
#include <stdlib.h>

#define RECONNECT_MS     20
#define RECONNECT_MAX_MS 1000
#define KEY_SIZE         32

struct lg_link {
	void *context;
	struct lg_socket *socket;
	void (*frame)(void *user, const struct lg_route *route, struct lg_bytes body);
	void *user;
	enum lg_form form; /* what the other end reads: the form in which it last spoke */
	struct lg_link_counts counts;
};

static void take(void *user, struct lg_parts *parts)
{
	struct lg_link *link = user;
	struct lg_route route;
	struct lg_bytes body;
	enum lg_form form;

	if (!lg_is_done(lg_parts_frame(parts, 0, &route, &body, &form))) {
		link->counts.refused++;
		return;
	}
	link->form = form; /* an older one may have taken its place, and then speaks in parts */
	link->counts.received++;
	link->frame(link->user, &route, body);
}

static void set_key(struct lg_link *link, int option, const uint8_t *key)
{
	int rc = zmq_setsockopt(lg_socket_zmq(link->socket), option, key, KEY_SIZE);

	assert(rc == 0);
}

struct lg_status lg_link_check_address(const char *address)
{
	void *context = zmq_ctx_new();
	void *socket = zmq_socket(context, ZMQ_DEALER);
	int linger = 0;
	int rc;

	assert(socket != NULL);
	zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
	rc = zmq_connect(socket, address);
	zmq_close(socket);
	zmq_ctx_term(context);
	return rc == 0 ? lg_done() : lg_refuse("not an address to connect to");
}

struct lg_link *lg_link_new(const struct lg_link_options *options)
{
	struct lg_link *link = calloc(1, sizeof *link);
	const int64_t size_max = LG_FRAME_MAX + LG_CURVE_SLACK;
	int rc;

	if (link == NULL)
		abort();
	link->frame = options->frame;
	link->user = options->user;
	link->context = zmq_ctx_new();
	assert(link->context != NULL);
	link->socket = lg_socket_new(options->loop, link->context, ZMQ_DEALER, take, link);
	lg_socket_set(link->socket, ZMQ_RECONNECT_IVL, RECONNECT_MS);
	lg_socket_set(link->socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS);
	lg_socket_reach(link->socket, options->reach);
	if (options->reach == LG_REACH_SITE) /* far away every message counts by itself */
		lg_socket_gather(link->socket);
	rc = zmq_setsockopt(
		lg_socket_zmq(link->socket), ZMQ_MAXMSGSIZE, &size_max, sizeof size_max);
	assert(rc == 0);
	set_key(link, ZMQ_CURVE_SERVERKEY, options->bus_public);
	set_key(link, ZMQ_CURVE_PUBLICKEY, options->own_public);
	set_key(link, ZMQ_CURVE_SECRETKEY, options->own_secret);

	rc = zmq_connect(lg_socket_zmq(link->socket), options->address);
	assert(rc == 0); /* lg_link_check_address() took it */
	return link;
}

void lg_link_free(struct lg_link *link)
{
	if (link == NULL)
		return;
	lg_socket_free(link->socket);
	zmq_ctx_term(link->context);
	free(link);
}

struct lg_status lg_link_send(
	struct lg_link *link, const struct lg_route *route, struct lg_bytes body)
{
	/* a claim is what an older end must be able to read, to say anything at all */
	enum lg_form form = route->kind == LG_ROUTE_CLAIM ? LG_FORM_PARTS : link->form;

	assert(body.size <= LG_FRAME_MAX);
	if (lg_socket_send_frame(link->socket, lg_bytes(NULL, 0), route, body, form, NULL) != 0) {
		link->counts.full++;
		return lg_retry("the queue to the bus is full");
	}
	link->counts.sent++;
	return lg_done();
}

struct lg_link_counts lg_link_counts(const struct lg_link *link)
{
	return link->counts;
}
