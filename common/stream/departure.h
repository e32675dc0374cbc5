/*
 * When what waits becomes a batch: by load, not by a timer, with one exception.
 *
 * What came while a batch ran is the next one.  A second may begin behind one that is decided, if it is
 * worth its transaction.  And events that come in many small runs wait some milliseconds for more of
 * them: a transaction costs its database and its service as much as 20 events do.  Where events are few
 * the last batch was small, and none waits; nor does anything for which somebody waits.  What is read
 * behind a backlog of other sites comes the thinner the more sites there are, and waits longer.
 */
#ifndef LG_STREAM_DEPARTURE_H
#define LG_STREAM_DEPARTURE_H

#include <stdbool.h>
#include <stdint.h>

#define LG_ACTIVE_MAX   2    /* batches under way: one commits while the next is decided */
#define LG_BEHIND_ITEMS 64   /* so many must wait for a second one; fewer are better off together */
#define LG_MANY_ITEMS   16   /* after a batch of so many, events wait for more of them, */
#define LG_MORE_US      8000 /* until so long after it began, or LG_BEHIND_ITEMS are there; */
#define LG_FAR_MORE_US  200000 /* where more lies ready at another site until so long after it, */
#define LG_ENOUGH_ITEMS 1024   /* or so many are there, beside which a transaction costs nothing */

/* What is known when it is asked. */
struct lg_platform {
	/* what waits */
	uint32_t waiting; /* items; counted up to LG_BEHIND_ITEMS, if followed to LG_ENOUGH_ITEMS */
	bool is_alone;    /* the first must not run beside others */
	bool is_hurried;  /* one of them is not an event, or may have killed the owner before */
	bool is_followed; /* all are events of other sites, where more lies ready to be sent */
	/* what runs */
	uint32_t under_way;    /* batches */
	bool is_front_decided; /* the first of them: what it changes is in the pipeline */
	bool is_singling;      /* one item at a time (singling.h) */
	bool is_stopping;
	/* the batch that began last */
	uint32_t last_items;
	uint64_t since_us; /* its beginning */
};

enum lg_departure {
	LG_DEPART_NOW,
	LG_DEPART_LATER, /* after a while, if nothing else happens before */
	LG_DEPART_NOT,   /* when a batch that is under way has gone on, or something comes */
};

/*
 * Whether a batch begins.
 *   ret_wait_us  of LATER: how long
 */
enum lg_departure lg_departure(const struct lg_platform *platform, uint64_t *ret_wait_us);

#endif
