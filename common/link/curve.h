/*
 * The listening side: a ROUTER with CURVE and a ZAP handler that knows its keys by name.
 *
 * libzmq 4.3.4: without a ZAP handler CURVE admits any key even with a domain set, so
 * ZMQ_ZAP_ENFORCE_DOMAIN (93, a draft constant that Debian's header lacks) is set and a self-test
 * at start proves that an unknown key is refused.  Nobody sets a routing id, HANDOVER stays off;
 * who a peer is, is told by the User-Id of each message alone.
 */
#ifndef LG_LINK_CURVE_H
#define LG_LINK_CURVE_H

#include <uv.h>

#include "common/link/socket.h"

#define LG_PEERS_MAX 256

/* A key that may connect, and whose it is. */
struct lg_peer {
	uint8_t public_key[32];
	uint16_t site;
	uint8_t service;
};

struct lg_exchange_socket;

struct lg_exchange_options {
	uv_loop_t *loop;
	const char *address;         /* bound; an explicit one */
	const uint8_t *own_secret;   /* 32 bytes: CURVE server key */
	const struct lg_peer *peers; /* copied */
	uint32_t peer_count;
	enum lg_reach reach;
	/*
	 * connection: stable while the peer stays connected, not 0
	 * peer: by the authenticated key; route as sent, from_* already overwritten
	 */
	void (*frame)(void *user, uint64_t connection, const struct lg_peer *peer,
		const struct lg_route *route, struct lg_bytes body);
	void *user;
};

/*
 * Binds and tries an unknown key at itself.
 *   refused  the address cannot be bound, or the self-test let an unknown key in
 */
LG_MUST_CHECK struct lg_status lg_exchange_socket_new(
	const struct lg_exchange_options *options, struct lg_exchange_socket **ret_socket);

/* Closes at once; the loop turns once more to give memory back.  Not to be called from frame(). */
void lg_exchange_socket_free(struct lg_exchange_socket *socket);

/*
 * Sends to one connection; body is at most LG_FRAME_MAX, and shared when it is what frame() got.
 *   form     that the connection reads: LG_FORM_JOINED only where it has said so
 *   refused  that connection is gone, and will not come back
 *   retry    its queue is full; the frame is dropped
 */
LG_MUST_CHECK struct lg_status lg_exchange_socket_send(struct lg_exchange_socket *socket,
	uint64_t connection, const struct lg_route *route, struct lg_bytes body, enum lg_form form);

struct lg_exchange_counts {
	uint64_t received; /* given to frame() */
	uint64_t sent;
	uint64_t refused_frames; /* malformed, above LG_FRAME_MAX, or of nobody known */
	uint64_t refused_peers;  /* handshakes with an unknown key */
	uint64_t dropped;        /* sends that found no connection or a full queue */
};
struct lg_exchange_counts lg_exchange_socket_counts(const struct lg_exchange_socket *socket);

#endif
