#include "common/link/curve.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/link/zap.h"

#define ROUTING_ID_SIZE 5 /* as libzmq makes them: a zero and 32 bits */
#define IPC             "ipc://"
#define ENDPOINT_TEXT   256

enum part { PART_ROUTING_ID, PART_FRAME };

struct lg_exchange_socket {
	void *context;
	struct lg_zap *zap;
	struct lg_socket *socket;
	void (*frame)(void *user, uint64_t connection, const struct lg_peer *peer,
		const struct lg_route *route, struct lg_bytes body);
	void *user;
	zmq_msg_t *passing; /* the part with the body that frame() looks at; NULL outside */
	struct lg_exchange_counts counts;
	uint64_t self_tests; /* denials that were our own doing */
};

/* 0 for an id that libzmq did not make: nobody may choose one. */
static uint64_t connection_from_id(struct lg_bytes id)
{
	if (id.size != ROUTING_ID_SIZE || id.data[0] != 0)
		return 0;
	return (uint64_t)1 << 32 | (uint64_t)id.data[1] << 24 | (uint64_t)id.data[2] << 16 |
	       (uint64_t)id.data[3] << 8 | id.data[4];
}

static void id_from_connection(uint64_t connection, uint8_t ret_id[ROUTING_ID_SIZE])
{
	ret_id[0] = 0;
	for (unsigned i = 1; i < ROUTING_ID_SIZE; i++)
		ret_id[i] = (uint8_t)(connection >> (8 * (ROUTING_ID_SIZE - 1 - i)));
}

/* Who sent a message, by what our ZAP handler said of its connection; NULL: nobody known. */
static const struct lg_peer *peer_of(const struct lg_exchange_socket *socket, zmq_msg_t *part)
{
	const char *user_id = zmq_msg_gets(part, "User-Id");

	return user_id == NULL ? NULL : lg_zap_peer(socket->zap, user_id);
}

static void take(void *user, struct lg_parts *parts)
{
	struct lg_exchange_socket *socket = user;
	const struct lg_peer *peer;
	struct lg_route route;
	struct lg_bytes body;
	enum lg_form form;
	uint64_t connection;

	if (!lg_is_done(lg_parts_frame(parts, PART_FRAME, &route, &body, &form)))
		goto out;
	connection = connection_from_id(lg_part(parts, PART_ROUTING_ID));
	peer = peer_of(socket, &parts->at[PART_FRAME]);
	if (connection == 0 || peer == NULL)
		goto out;

	route.from_site = peer->site;
	route.from_service = peer->service;
	route.from = connection;
	socket->counts.received++;
	socket->passing = &parts->at[parts->count - 1];
	socket->frame(socket->user, connection, peer, &route, body);
	socket->passing = NULL;
	return;
out:
	socket->counts.refused_frames++;
}

/*
 * Services that run under accounts of their own meet the bus in one group.  Who may pass through the
 * folder says the operator, who may speak their keys say.
 */
static bool open_to_group(const char *address)
{
	const char *path = address + strlen(IPC);

	if (strncmp(address, IPC, strlen(IPC)) != 0 || *path == '@') /* no file: tcp, or abstract */
		return true;
	return chmod(path, S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) == 0;
}

static struct lg_status listen_at(
	struct lg_exchange_socket *socket, const char *address, const uint8_t *own_secret)
{
	void *zmq = lg_socket_zmq(socket->socket);
	const int64_t size_max = LG_FRAME_MAX + LG_CURVE_SLACK;
	char endpoint[ENDPOINT_TEXT];
	size_t size = sizeof endpoint;
	uint8_t own_public[32];
	int rc;

	lg_socket_set(socket->socket, ZMQ_ROUTER_MANDATORY, 1);
	lg_socket_set(socket->socket, ZMQ_ROUTER_HANDOVER, 0);
	rc = zmq_setsockopt(zmq, ZMQ_MAXMSGSIZE, &size_max, sizeof size_max);
	assert(rc == 0);
	lg_zap_guard(zmq, own_secret, own_public);
	/* libzmq would unlink the path under another bus and split the site in two */
	if (strncmp(address, IPC, strlen(IPC)) == 0 && lg_socket_is_taken(address + strlen(IPC)))
		return lg_refuse("somebody listens at that address");
	if (zmq_bind(zmq, address) != 0)
		return lg_refuse("the address cannot be bound");
	if (!open_to_group(address))
		return lg_refuse("the socket cannot be opened to its group");
	if (zmq_getsockopt(zmq, ZMQ_LAST_ENDPOINT, endpoint, &size) != 0)
		return lg_refuse("the bound address is too long");
	return lg_zap_self_test(socket->zap, socket->context, endpoint, own_public);
}

struct lg_status lg_exchange_socket_new(
	const struct lg_exchange_options *options, struct lg_exchange_socket **ret_socket)
{
	struct lg_exchange_socket *socket = calloc(1, sizeof *socket);
	struct lg_status status;

	if (socket == NULL)
		abort();
	socket->frame = options->frame;
	socket->user = options->user;
	socket->context = zmq_ctx_new();
	assert(socket->context != NULL);
	socket->zap =
		lg_zap_new(options->loop, socket->context, options->peers, options->peer_count);
	socket->socket = lg_socket_new(options->loop, socket->context, ZMQ_ROUTER, take, socket);
	lg_socket_reach(socket->socket, options->reach);
	status = listen_at(socket, options->address, options->own_secret);
	if (!lg_is_done(status)) {
		lg_exchange_socket_free(socket);
		return status;
	}
	socket->self_tests = lg_zap_denied(socket->zap);
	*ret_socket = socket;
	return lg_done();
}

void lg_exchange_socket_free(struct lg_exchange_socket *socket)
{
	if (socket == NULL)
		return;
	lg_socket_free(socket->socket);
	lg_zap_free(socket->zap);
	zmq_ctx_term(socket->context);
	free(socket);
}

/* What is passed on as it came is shared with libzmq, not copied: most of what a bus sends. */
static zmq_msg_t *passing(struct lg_exchange_socket *socket, struct lg_bytes body)
{
	zmq_msg_t *part = socket->passing;
	bool is_it = part != NULL && body.data + body.size == (const uint8_t *)zmq_msg_data(part) +
								      zmq_msg_size(part);

	if (!is_it)
		return NULL;
	if (body.data != zmq_msg_data(part)) /* joined: it can have one new route */
		socket->passing = NULL;
	return part;
}

struct lg_status lg_exchange_socket_send(struct lg_exchange_socket *socket, uint64_t connection,
	const struct lg_route *route, struct lg_bytes body, enum lg_form form)
{
	uint8_t id[ROUTING_ID_SIZE];
	int problem;

	assert(body.size <= LG_FRAME_MAX);
	if (connection >> 32 != 1) { /* it may be what a sender named */
		socket->counts.dropped++;
		return lg_refuse("that connection is gone");
	}
	id_from_connection(connection, id);
	problem = lg_socket_send_frame(
		socket->socket, lg_bytes(id, sizeof id), route, body, form, passing(socket, body));
	if (problem == 0) {
		socket->counts.sent++;
		return lg_done();
	}
	socket->counts.dropped++;
	if (problem == EAGAIN)
		return lg_retry("the queue of that connection is full");
	return lg_refuse("that connection is gone");
}

struct lg_exchange_counts lg_exchange_socket_counts(const struct lg_exchange_socket *socket)
{
	struct lg_exchange_counts counts = socket->counts;

	counts.refused_peers = lg_zap_denied(socket->zap) - socket->self_tests;
	return counts;
}
