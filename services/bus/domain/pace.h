/*
 * How much may be under way on a line to another site.
 *
 * Whatever was put on a slow line stands before what is urgent: buffers of kernels and routers on the
 * way hold many seconds of it.  So each end says how many bytes have come, and the other keeps no more
 * under way than the line carries in WAIT_MS and a turn or two of it: the product of the best rate seen
 * lately and that time, as BBR does (Cardwell et al., ACM Queue 14-5, 2016); where the turn grows far
 * above the shortest one, something on the way is filling up and the rate was overrated.  What is urgent may go
 * above that by as much again.  An end that does not count is not waited for.
 */
#ifndef BUS_PACE_H
#define BUS_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/calendar.h"

#define PACE_WAIT_MS      400
#define PACE_WINDOW_MIN   8192u /* bytes: two pieces, or a line would stand still between two words */
#define PACE_WINDOW_MAX   (8u * 1024u * 1024u)
#define PACE_SAMPLE_MS    50     /* a rate is taken over at least that, */
#define PACE_SAMPLE_BYTES 65536u /* and so many bytes, */
#define PACE_SLOW_MS      2000   /* or a time in which fewer come */
#define PACE_REST_MS      500    /* a pause that does not count */
#define PACE_RATE_MS      4000   /* the best rate is believed so long */
#define PACE_LOST_MS      10000  /* nothing said so long: what was under way is lost */
#define PACE_LEAP_BYTES   (1024u * 1024u * 1024u) /* more than can ever be under way */

/* All zero: nothing is known. */
struct pace {
	bool is_counted; /* the other end has said how much has come */
	bool is_probing; /* it is timed when the other end will have said `probe` */
	uint64_t under_way, said;
	uint64_t probe;   /* bytes that must still be said */
	lg_ms moved_at;   /* something was said, or the first of what is under way was sent */
	bool is_refusing; /* no more may be sent, since refused_at, when so much was under way: */
	lg_ms refused_at;
	uint64_t refused;
	lg_ms probed_at, turn_ms;
	lg_ms sample_at;
	uint64_t sample_bytes;
	uint64_t rate; /* bytes a second, the best lately */
	lg_ms rate_at;
};

/* Bytes that may be under way. */
uint64_t pace_window(const struct pace *pace);

/*
 * Whether more may be sent now.
 *   is_urgent  care: up to twice the window
 */
bool pace_may_send(struct pace *pace, bool is_urgent, lg_ms now);

/* So many bytes were put on the line. */
void pace_sent(struct pace *pace, uint64_t bytes, lg_ms now);

/*
 * The other end says that so many bytes have come in all, above some start.  Returns whether it has begun
 * anew (less than before, or more than was under way): what was under way is lost then.
 */
bool pace_heard(struct pace *pace, uint64_t total, lg_ms now);

#endif
