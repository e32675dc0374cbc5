/*
 * A ZeroMQ socket on a libuv loop: both ends of the line stand on it.
 *
 * The descriptor of a ZeroMQ socket is edge-triggered, and every send and receive may swallow
 * an edge.  So the socket is looked at once before each time the loop would sleep, and while
 * something waits the loop does not sleep.  A turn takes a bounded number of messages: timers
 * and health have their turn too.
 */
#ifndef LG_LINK_SOCKET_H
#define LG_LINK_SOCKET_H

#include <uv.h>
#include <zmq.h>

#include "common/link/route.h"

#define LG_SOCKET_TURN_MAX  256   /* messages taken in one turn of the loop */
#define LG_SOCKET_QUEUE_MAX 10000 /* messages queued each way for one peer */
#define LG_SOCKET_HELD_MAX  32    /* messages held until the end of a turn */
#define LG_PARTS_MAX        12    /* parts of one message that are looked at */

/* A route, and what CURVE puts around a part on the wire (33 bytes in libzmq 4.3), so that a body of
 * exactly LG_FRAME_MAX passes; a larger one ends its connection before memory is taken for it. */
#define LG_CURVE_SLACK (LG_ROUTE_SIZE + 64)

/* How far the other end is. */
enum lg_reach {
	LG_REACH_SITE, /* on this machine or in this house */
	/*
	 * Another site, over a line that fails: pauses of 0.2 to 5 s with jitter between attempts,
	 * nothing is queued while there is no connection, and little lies in queues that cannot be
	 * reordered any more, so that what is urgent waits behind little.
	 */
	LG_REACH_FAR,
};

struct lg_socket;

/* One message as it came.  Parts above LG_PARTS_MAX are counted but not kept. */
struct lg_parts {
	uint32_t count; /* of all parts */
	zmq_msg_t at[LG_PARTS_MAX];
};

/*
 * Opens a socket with the limits that every line has: LINGER 0, queues, handshake within 5 s,
 * heartbeats of 2 s.
 *
 *   take   is called for each message; the parts are alive during the call
 */
struct lg_socket *lg_socket_new(uv_loop_t *loop, void *context, int type,
	void (*take)(void *user, struct lg_parts *parts), void *user);

/* Closes the socket at once; its memory is given back when the loop turns.  NULL is fine. */
void lg_socket_free(struct lg_socket *socket);

/* The libzmq socket, for options, bind and connect. */
void *lg_socket_zmq(struct lg_socket *socket);

/* Sets an option that cannot fail: ours, not an operator's. */
void lg_socket_set(struct lg_socket *socket, int option, int value);

/* Before bind or connect: limits for an end that is far; nothing for one that is near. */
void lg_socket_reach(struct lg_socket *socket, enum lg_reach reach);

/* Takes what waits now, at most LG_SOCKET_TURN_MAX; for use before the loop turns. */
void lg_socket_turn(struct lg_socket *socket);

/*
 * From here on what is sent is held until the loop has done its turn, or so many wait: each message that
 * finds the thread of libzmq asleep wakes it, and it then sends that one alone.  Only for a socket of
 * one peer: what lg_socket_send() returns says nothing about a single peer any more.
 */
void lg_socket_gather(struct lg_socket *socket);

/*
 * Sends one message or nothing, and never waits.
 *   returns  0, or the errno of libzmq: EAGAIN (queue full), EHOSTUNREACH (peer is gone)
 */
int lg_socket_send(struct lg_socket *socket, const struct lg_bytes *parts, uint32_t count);

/*
 * Sends a frame, as lg_socket_send() does.
 *   to       the routing id of whom it is for; empty: the socket has one peer
 *   passing  NULL, or the message that the body lies in, as it came: then it is shared where its form
 *            allows.  A frame that came joined has the new route written over its own: pass it once.
 */
int lg_socket_send_frame(struct lg_socket *socket, struct lg_bytes to, const struct lg_route *route,
	struct lg_bytes body, enum lg_form form, zmq_msg_t *passing);

/* Whether somebody listens now at the unix socket of this path; one that was left behind by a
 * killed process answers nobody. */
bool lg_socket_is_taken(const char *path);

/*
 * The frame of a message in either form; the body lies in the last part.
 *   first    the part that it begins with
 *   refused  another shape, a body above LG_FRAME_MAX, a route that cannot be read
 */
LG_MUST_CHECK struct lg_status lg_parts_frame(struct lg_parts *parts, uint32_t first,
	struct lg_route *ret_route, struct lg_bytes *ret_body, enum lg_form *ret_form);

/* The bytes of a kept part. */
static inline struct lg_bytes lg_part(struct lg_parts *parts, uint32_t index)
{
	return lg_bytes(zmq_msg_data(&parts->at[index]), zmq_msg_size(&parts->at[index]));
}

#endif
