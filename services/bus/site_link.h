/*
 * The line to the bus of one other site: either end may open it, it fails for days, and what it
 * loses is asked for again by those at its ends.
 *
 * Each side says that it is there every 2 s: a CLAIM from bus to bus, whose body is how many bytes have
 * come, for the other's pace (domain/pace).  A line that was silent for 6 s is down, and what waited for
 * it is forgotten.  Care leaves before bulk, between two pieces of a frame too (domain/piece).
 */
#ifndef BUS_SITE_LINK_H
#define BUS_SITE_LINK_H

#include <uv.h>

#include "common/link/curve.h"
#include "common/link/link.h"

#define SITE_LINK_CLAIM_MS   2000
#define SITE_LINK_SILENCE_MS 6000

struct site_link;

/* Texts and keys are not copied: they are alive as long as the link. */
struct site_link_options {
	uv_loop_t *loop;
	uint16_t own_site, site;
	const char *address;
	bool listens;                           /* binds the address; else connects to it */
	const uint8_t *own_public, *own_secret; /* CURVE keys of our bus */
	const uint8_t *peer_public;             /* of the other site's bus */
	/*
	 * A whole frame from over the line.  from_site is the link's, from_service is to_service (like
	 * talks to like), `from` is 0: no connection of this bus; all else as it was sent.
	 */
	void (*frame)(void *user, const struct lg_route *route, struct lg_bytes body);
	void (*up)(void *user, uint16_t site); /* the line has come up; NULL is fine */
	void *user;
};

/* refused  the address cannot be bound, or the self-test let an unknown key in */
LG_MUST_CHECK struct lg_status site_link_new(
	const struct site_link_options *options, struct site_link **ret_link);

/* Closes at once; the loop turns once more.  Not to be called from frame().  NULL is fine. */
void site_link_free(struct site_link *link);

/*
 * Queues a frame; its `to` and `from` do not cross the line.
 *   refused  the line is down
 *   retry    its queue is full
 */
LG_MUST_CHECK struct lg_status site_link_send(
	struct site_link *link, const struct lg_route *route, struct lg_bytes body);

/* The other site. */
uint16_t site_link_site(const struct site_link *link);

struct site_link_counts {
	bool is_up;
	uint64_t sent, sent_bytes, received, received_bytes; /* whole frames */
	uint64_t dropped; /* frames for which the line was down or full, or that waited in vain */
	uint64_t second;  /* messages over a second live line of that site, refused */
	uint64_t refused; /* malformed, of a stranger, or handshakes with a wrong key */
	uint64_t waiting_bytes;   /* in our queues, not on the line yet */
	uint64_t under_way_bytes; /* on the line; the other end has not said that they came */
	uint64_t window_bytes;    /* so many may be, and twice as many where care waits */
};
struct site_link_counts site_link_counts(const struct site_link *link);

#endif
