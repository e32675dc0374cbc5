#include "common/link/zap.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ENFORCE_DOMAIN 93 /* ZMQ_ZAP_ENFORCE_DOMAIN, a draft that Debian's zmq.h leaves out */
#define DOMAIN         "lifeguard"
#define KEY_SIZE       32
#define ID_MAX         32 /* bytes of a routing id or request id; libzmq uses 5 and 1 */
#define USER_ID_TEXT   16 /* "65535:255" and a NUL */
#define SELF_TEST_MS   5000

/* Parts of a request as a ROUTER gets it. */
enum part {
	PART_ROUTING_ID,
	PART_EMPTY,
	PART_VERSION,
	PART_REQUEST_ID,
	PART_DOMAIN,
	PART_ADDRESS,
	PART_CLAIMED_ID,
	PART_MECHANISM,
	PART_KEY,
	PART_COUNT,
};

struct identifier {
	size_t size;
	uint8_t data[ID_MAX];
};

/* Whom to answer. */
struct asker {
	struct identifier routing_id, request_id;
};

/* A denial that is told when its time comes; a ring, in the order of due_ms. */
struct denial {
	struct asker asker;
	uint64_t due_ms;
};

struct lg_zap {
	uv_loop_t *loop;
	struct lg_socket *socket;
	uv_timer_t timer;
	bool testing; /* denials are told at once */
	uint32_t first, waiting;
	struct denial denials[LG_ZAP_DENIALS_MAX];
	uint64_t denied;
	uint32_t peer_count;
	struct lg_peer peers[LG_PEERS_MAX];
	char user_ids[LG_PEERS_MAX][USER_ID_TEXT]; /* theirs: looked at for every frame */
};

static bool is_text(struct lg_bytes bytes, const char *text)
{
	return lg_bytes_equal(bytes, lg_bytes(text, strlen(text)));
}

static bool keep(struct lg_bytes bytes, struct identifier *ret_identifier)
{
	if (bytes.size > ID_MAX)
		return false;
	ret_identifier->size = bytes.size;
	if (bytes.size > 0)
		memcpy(ret_identifier->data, bytes.data, bytes.size);
	return true;
}

static const struct lg_peer *peer_by_key(const struct lg_zap *zap, struct lg_bytes key)
{
	for (uint32_t i = 0; i < zap->peer_count; i++)
		if (lg_bytes_equal(key, lg_bytes(zap->peers[i].public_key, KEY_SIZE)))
			return &zap->peers[i];
	return NULL;
}

static void print_user_id(const struct lg_peer *peer, char ret_text[USER_ID_TEXT])
{
	snprintf(ret_text, USER_ID_TEXT, "%u:%u", (unsigned)peer->site, (unsigned)peer->service);
}

const struct lg_peer *lg_zap_peer(const struct lg_zap *zap, const char *user_id)
{
	for (uint32_t i = 0; i < zap->peer_count; i++)
		if (strcmp(zap->user_ids[i], user_id) == 0)
			return &zap->peers[i];
	return NULL;
}

/* An answer that cannot be sent means that the asking handshake is gone: nothing is lost. */
static void answer(
	struct lg_zap *zap, const struct asker *asker, const char *status, const char *user_id)
{
	const struct lg_bytes parts[] = {
		lg_bytes(asker->routing_id.data, asker->routing_id.size),
		lg_bytes(NULL, 0),
		lg_bytes("1.0", 3),
		lg_bytes(asker->request_id.data, asker->request_id.size),
		lg_bytes(status, 3),
		lg_bytes(NULL, 0),
		lg_bytes(user_id, strlen(user_id)),
		lg_bytes(NULL, 0),
	};

	(void)lg_socket_send(zap->socket, parts, sizeof parts / sizeof parts[0]);
}

static void on_timer(uv_timer_t *timer)
{
	struct lg_zap *zap = timer->data;
	uint64_t now_ms = uv_now(zap->loop);

	while (zap->waiting > 0 && zap->denials[zap->first].due_ms <= now_ms) {
		answer(zap, &zap->denials[zap->first].asker, "400", "");
		zap->first = (zap->first + 1) % LG_ZAP_DENIALS_MAX;
		zap->waiting--;
	}
	if (zap->waiting > 0)
		uv_timer_start(timer, on_timer, zap->denials[zap->first].due_ms - now_ms, 0);
}

static void deny(struct lg_zap *zap, const struct asker *asker)
{
	uint32_t next = (zap->first + zap->waiting) % LG_ZAP_DENIALS_MAX;

	zap->denied++;
	if (zap->testing) {
		answer(zap, asker, "400", "");
		return;
	}
	if (zap->waiting == LG_ZAP_DENIALS_MAX) { /* 300: the peer is cut off without a word */
		answer(zap, asker, "300", "");
		return;
	}
	zap->denials[next].asker = *asker;
	zap->denials[next].due_ms = uv_now(zap->loop) + LG_ZAP_PAUSE_MS;
	if (zap->waiting++ == 0)
		uv_timer_start(&zap->timer, on_timer, LG_ZAP_PAUSE_MS, 0);
}

static void take(void *user, struct lg_parts *parts)
{
	struct lg_zap *zap = user;
	const struct lg_peer *peer = NULL;
	struct asker asker;

	if (parts->count < PART_DOMAIN || parts->count > LG_PARTS_MAX)
		return;
	if (!keep(lg_part(parts, PART_ROUTING_ID), &asker.routing_id) ||
		!keep(lg_part(parts, PART_REQUEST_ID), &asker.request_id))
		return;
	if (parts->count == PART_COUNT && is_text(lg_part(parts, PART_VERSION), "1.0") &&
		is_text(lg_part(parts, PART_DOMAIN), DOMAIN) &&
		is_text(lg_part(parts, PART_MECHANISM), "CURVE"))
		peer = peer_by_key(zap, lg_part(parts, PART_KEY));
	if (peer == NULL) {
		deny(zap, &asker);
		return;
	}
	answer(zap, &asker, "200", zap->user_ids[peer - zap->peers]);
}

struct lg_zap *lg_zap_new(
	uv_loop_t *loop, void *context, const struct lg_peer *peers, uint32_t peer_count)
{
	struct lg_zap *zap = calloc(1, sizeof *zap);
	int rc;

	if (zap == NULL)
		abort();
	assert(peer_count <= LG_PEERS_MAX);
	zap->loop = loop;
	zap->peer_count = peer_count;
	if (peer_count > 0)
		memcpy(zap->peers, peers, peer_count * sizeof *peers);
	for (uint32_t i = 0; i < peer_count; i++)
		print_user_id(&zap->peers[i], zap->user_ids[i]);
	uv_timer_init(loop, &zap->timer);
	zap->timer.data = zap;
	zap->socket = lg_socket_new(loop, context, ZMQ_ROUTER, take, zap);
	rc = zmq_bind(lg_socket_zmq(zap->socket), "inproc://zeromq.zap.01");
	assert(rc == 0);
	return zap;
}

static void on_close(uv_handle_t *timer)
{
	free(timer->data);
}

void lg_zap_free(struct lg_zap *zap)
{
	if (zap == NULL)
		return;
	lg_socket_free(zap->socket);
	uv_close((uv_handle_t *)&zap->timer, on_close);
}

uint64_t lg_zap_denied(const struct lg_zap *zap)
{
	return zap->denied;
}

static void set(void *socket, int option, const void *value, size_t size)
{
	int rc = zmq_setsockopt(socket, option, value, size);

	assert(rc == 0);
}

void lg_zap_guard(void *socket, const uint8_t *secret, uint8_t ret_public[32])
{
	char secret_text[41], public_text[41];
	const int on = 1;

	if (zmq_z85_encode(secret_text, secret, KEY_SIZE) == NULL ||
		zmq_curve_public(public_text, secret_text) != 0 ||
		zmq_z85_decode(ret_public, public_text) == NULL)
		abort();
	explicit_bzero(secret_text, sizeof secret_text);
	set(socket, ZMQ_CURVE_SERVER, &on, sizeof on);
	set(socket, ZMQ_CURVE_SECRETKEY, secret, KEY_SIZE);
	set(socket, ZMQ_ZAP_DOMAIN, DOMAIN, strlen(DOMAIN));
	set(socket, ENFORCE_DOMAIN, &on, sizeof on);
}

/* What the monitor of the trying socket says; 0: nothing yet. */
static unsigned handshake_event(void *monitor)
{
	uint8_t first[8];
	char address[256];
	uint16_t event;

	if (zmq_recv(monitor, first, sizeof first, ZMQ_DONTWAIT) < (int)sizeof event)
		return 0;
	(void)zmq_recv(monitor, address, sizeof address, ZMQ_DONTWAIT);
	memcpy(&event, first, sizeof event);
	return event;
}

static struct lg_status watch(struct lg_zap *zap, void *monitor)
{
	zmq_pollitem_t items[] = {
		{ .socket = monitor, .events = ZMQ_POLLIN },
		{ .socket = zap != NULL ? lg_socket_zmq(zap->socket) : NULL, .events = ZMQ_POLLIN },
	};
	const uint64_t end_ms = uv_hrtime() / 1000000 + SELF_TEST_MS;

	for (;;) {
		uint64_t now_ms = uv_hrtime() / 1000000;

		if (now_ms >= end_ms ||
			zmq_poll(items, zap != NULL ? 2 : 1, (long)(end_ms - now_ms)) == 0)
			return lg_refuse("the self-test of the allow-list got no answer");
		if (zap != NULL)
			lg_socket_turn(zap->socket);
		switch (handshake_event(monitor)) {
		case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
			return lg_refuse("an unknown key was let in");
		case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
		case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
		case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
			return lg_done();
		}
	}
}

struct lg_status lg_zap_self_test(
	struct lg_zap *zap, void *context, const char *endpoint, const uint8_t public_key[32])
{
	struct lg_status status = lg_refuse("the self-test of the allow-list cannot connect");
	char own_public[41], own_secret[41], events[48];
	void *socket = zmq_socket(context, ZMQ_DEALER);
	void *monitor = zmq_socket(context, ZMQ_PAIR);
	const int none = 0;

	assert(socket != NULL);
	assert(monitor != NULL);
	if (zmq_curve_keypair(own_public, own_secret) != 0)
		abort();
	set(socket, ZMQ_LINGER, &none, sizeof none);
	set(monitor, ZMQ_LINGER, &none, sizeof none);
	set(socket, ZMQ_CURVE_SERVERKEY, public_key, KEY_SIZE);
	set(socket, ZMQ_CURVE_PUBLICKEY, own_public, sizeof own_public);
	set(socket, ZMQ_CURVE_SECRETKEY, own_secret, sizeof own_secret);
	/* a name of its own: that of a test just ended may still be taken, and would look refused */
	snprintf(events, sizeof events, "inproc://self-test-%p", socket);
	if (zmq_socket_monitor(socket, events,
		    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
			    ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
			    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL) != 0 ||
		zmq_connect(monitor, events) != 0 || zmq_connect(socket, endpoint) != 0)
		goto out;
	if (zap != NULL)
		zap->testing = true;
	status = watch(zap, monitor);
	if (zap != NULL)
		zap->testing = false;
out:
	zmq_socket_monitor(socket, NULL, 0);
	zmq_close(monitor);
	zmq_close(socket);
	return status;
}
