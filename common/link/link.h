/*
 * A service's line to its bus, or a bus's line to the bus of another site: one DEALER socket with
 * CURVE, on the loop.
 *
 * Every frame may be lost, doubled or late: nothing here promises more.
 */
#ifndef LG_LINK_LINK_H
#define LG_LINK_LINK_H

#include <uv.h>

#include "common/link/socket.h"

struct lg_link;

struct lg_link_options {
	uv_loop_t *loop;
	const char *address;       /* "ipc:///..." or "tcp://127.0.0.1:port" */
	const uint8_t *bus_public; /* 32 bytes: the bus's CURVE key, from the keyring */
	const uint8_t *own_public; /* 32 bytes */
	const uint8_t *own_secret; /* 32 bytes; copied by libzmq */
	enum lg_reach reach;
	/* body is alive during the call only; route is checked */
	void (*frame)(void *user, const struct lg_route *route, struct lg_bytes body);
	void *user;
};

/* For what an operator typed.  refused: not of the shape ipc://PATH or tcp://HOST:PORT */
LG_MUST_CHECK struct lg_status lg_link_check_address(const char *address);

/* Connects in the background, for ever: reconnect pauses 20 ms to 1 s (far: 0.2 to 5 s).  The
 * address is one that lg_link_check_address() takes. */
struct lg_link *lg_link_new(const struct lg_link_options *options);

/* Closes at once; what is queued is lost, and the loop turns once more to give memory back.  Not
 * to be called from frame().  NULL is fine. */
void lg_link_free(struct lg_link *link);

/*
 * Queues a frame; before the first connection too, but not over a far line.  body is at most
 * LG_FRAME_MAX.
 *   retry  the line's queue is full, or a far line is not connected (the frame is not sent)
 */
LG_MUST_CHECK struct lg_status lg_link_send(
	struct lg_link *link, const struct lg_route *route, struct lg_bytes body);

struct lg_link_counts {
	uint64_t sent, received, refused, full;
};
struct lg_link_counts lg_link_counts(const struct lg_link *link);

#endif
