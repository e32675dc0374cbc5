/*
 * Where the threads of a process run: together while there is little to do, anywhere else otherwise.
 *
 * A message wakes ten threads between a commit and its effect, one after the other, and each does
 * a few microseconds of work.  The kernel sends every one of them to whichever processor idles; waking
 * that costs more than the work (15 us on the machine of the bench, of which nobody has any good).
 * Threads that take turns lose nothing on one processor.  So the programs of a site choose the same
 * one while they are at rest, and each is let go as soon as it has much to do, or must wait long for its
 * turn, be it for its like or for a stranger.
 *
 * PostgreSQL is left where it is.  Where the kernel does not say how long a thread waited, or does not
 * let us choose, nothing is ever chosen.
 */
#ifndef LG_WATCH_PROCESSOR_H
#define LG_WATCH_PROCESSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/* --- when: pure ---------------------------------------------------------------------------- */

#define LG_TOGETHER_TICKS     2   /* quiet seconds before threads meet */
#define LG_TOGETHER_TICKS_MAX 256 /* the same for one who was crowded out again and again */

struct lg_together {
	bool is_together;
	uint32_t quiet_ticks;
	uint32_t wanted_ticks; /* quiet ones before the next time; 0: never chosen yet */
	uint32_t since_ticks;  /* since they met */
};

/* About a second of the main thread. */
struct lg_turns {
	uint64_t passed_us; /* how long it was */
	uint64_t used_us;   /* the thread ran */
	uint64_t waited_us; /* it could have run, and somebody else did */
};

/* Whether the threads should be together in the next second. */
bool lg_together_tick(struct lg_together *together, struct lg_turns turns);

/* There is work for more than one processor: apart, until it has been quiet again. */
void lg_together_end(struct lg_together *together);

/* --- where --------------------------------------------------------------------------------- */

struct lg_processor;

/*
 * Looks at itself once a second from now on; the process may run where it may at this moment.
 *   number  of the site, from 1: its programs choose the same processor, another site the next one
 */
struct lg_processor *lg_processor_new(uv_loop_t *loop, uint16_t number);

/* Lets all threads go; its memory is given back when the loop turns.  NULL is fine. */
void lg_processor_free(struct lg_processor *processor);

/* Work for many has come: all threads may run anywhere, at once.  Costs nothing when they may. */
void lg_processor_spread(struct lg_processor *processor);

/* Whether the threads are together now. */
bool lg_processor_is_one(const struct lg_processor *processor);

#endif
