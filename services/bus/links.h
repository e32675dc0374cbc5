/* The lines of this site to others: which there are, and what is counted of each. */
#ifndef BUS_LINKS_H
#define BUS_LINKS_H

#include "common/watch/metrics.h"
#include "services/bus/domain/link_list.h"
#include "services/bus/site_link.h"

/* A line as the bus opens it: the place that was named, and whom the keyring knows there.  Both, and
 * our own keys, are alive as long as the links. */
struct link_peer {
	const struct link_place *place;
	const uint8_t *public_key; /* 32 bytes: CURVE key of the other site's bus */
};

struct links;

struct links_options {
	uv_loop_t *loop;
	uint16_t site;
	const uint8_t *own_public, *own_secret;
	const struct link_peer *peers;
	uint32_t peer_count;        /* at most LINKS_MAX */
	struct lg_metrics *metrics; /* not owned */
	void (*frame)(void *user, const struct lg_route *route, struct lg_bytes body);
	void (*up)(void *user, uint16_t site);
	void *user;
};

/* refused  as site_link_new(), of the first that cannot be opened */
LG_MUST_CHECK struct lg_status links_new(
	const struct links_options *options, struct links **ret_links);

/* Closes all at once; the loop turns once more.  NULL is fine. */
void links_free(struct links *links);

/* The line to a site; NULL: there is none. */
struct site_link *links_find(const struct links *links, uint16_t site);

/* Sets what is counted, before a scrape. */
void links_refresh(struct links *links);

#endif
