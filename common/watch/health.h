/*
 * A small door for operators: GET /healthz, /readyz and /metrics, nothing else.
 *
 * It stands on a loopback address or a unix socket only, runs on the service's own loop (so
 * that an answer proves that the loop turns), and logs no request.
 */
#ifndef LG_WATCH_HEALTH_H
#define LG_WATCH_HEALTH_H

#include <uv.h>

#include "common/base/status.h"
#include "common/watch/metrics.h"

#define LG_HEALTH_CONNECTIONS_MAX 16

struct lg_health;

struct lg_health_options {
	uv_loop_t *loop;
	/* "127.0.0.1:9101", "[::1]:9101", or a path (with a '/') of a unix socket to be made;
	 * port 0 takes a free one */
	const char *address;
	bool (*is_ready)(void *user);
	void (*refresh)(void *user); /* sets gauges before a scrape; NULL is fine */
	struct lg_metrics *metrics;  /* not owned */
	void *user;
};

/*
 * Listens.
 *   refused  an address that is none of these or not loopback, or that is taken
 */
LG_MUST_CHECK struct lg_status lg_health_new(
	const struct lg_health_options *options, struct lg_health **ret_health);

/* Closes at once; the loop turns once more to give memory back.  NULL is fine. */
void lg_health_free(struct lg_health *health);

/* The port that it listens on; 0 for a unix socket. */
uint16_t lg_health_port(const struct lg_health *health);

#endif
