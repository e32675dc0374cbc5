/*
 * The exchange: takes each frame of the socket and of the links, asks the policy, and sends it on
 * or drops it.
 *
 * It keeps who owns what and which connection is whose, in memory, both learnt again within
 * seconds; everything that it drops is counted with its reason.
 */
#ifndef BUS_EXCHANGE_H
#define BUS_EXCHANGE_H

#include "services/bus/links.h"

struct exchange;

struct exchange_options {
	uv_loop_t *loop;
	const char *address;
	uint16_t site;
	const uint8_t *own_public;   /* 32 bytes; of use only with links */
	const uint8_t *own_secret;   /* 32 bytes; copied by libzmq */
	const struct lg_peer *peers; /* copied */
	uint32_t peer_count;
	const struct link_peer *links; /* to other sites; read, what they point to is kept */
	uint32_t link_count;
	struct lg_metrics *metrics; /* not owned */
};

/* refused  as lg_exchange_socket_new() and site_link_new() */
LG_MUST_CHECK struct lg_status exchange_new(
	const struct exchange_options *options, struct exchange **ret_exchange);

/* Closes at once; the loop turns once more.  NULL is fine. */
void exchange_free(struct exchange *exchange);

/* Sets the gauges, and the counters that the socket keeps, before a scrape. */
void exchange_refresh(struct exchange *exchange);

/* What the socket counts. */
struct lg_exchange_counts exchange_counts(const struct exchange *exchange);

#endif
