/*
 * Streams coming in: the host of common/stream/subscriber.  A batch's origin is proved before
 * anything in it is looked at; what fits joins the queue.
 */
#ifndef LG_RUN_INCOMING_H
#define LG_RUN_INCOMING_H

#include "common/run/instance.h"
#include "common/stream/subscriber.h"
#include "common/stream/told.h"
#include "common/watch/age.h"

struct lg_incoming {
	struct lg_owned *owned;
	struct lg_stream stream;
	struct lg_subscriber subscriber;
	uint64_t head; /* as the publisher last said */
	struct lg_told told;
	struct lg_age age;           /* of the heads that it said */
	uint64_t publisher_takeover; /* of the owner that we read from */
	lg_ms owner_heard_at;        /* a publisher at another site said that it is new */
	uint64_t careful_bytes;      /* the owner before died: so many are handled one by one */
};

/* Positions were read back: starts to read. */
void lg_incoming_start(struct lg_incoming *in);

/* DELIVER, GO_BACK or GONE from the bus. */
void lg_incoming_frame(
	struct lg_instance *instance, const struct lg_route *route, struct lg_bytes body);

/*
 * Decodes an event of a run, which must stand where its stream says.  A row that cannot be read is a
 * dead letter, never a crash.
 *   returns  NULL, or the reason why not, a literal; ret_event is there in any case
 */
const char *lg_incoming_read(const struct lg_delivery *run, uint32_t place, struct lg_arena *arena,
	struct lg_envelope *ret_event);

/* Events known to be stored there and not yet here; 0 for NULL. */
uint64_t lg_incoming_lag(const struct lg_incoming *in);

/* Whether anything of any stream is so, or a partition of ours is not open yet. */
bool lg_incoming_is_behind(const struct lg_instance *instance);

/* How long the oldest of those has been known; 0 for NULL. */
lg_ms lg_incoming_age(const struct lg_incoming *in);

/* The transaction of a run's part is committed, through this number. */
void lg_incoming_stored(struct lg_incoming *in, uint64_t through, uint64_t size_bytes);

/* Once a second: asks again after a silence. */
void lg_incoming_tick(struct lg_incoming *in);

/* The publisher's owner has changed: asks at once. */
void lg_incoming_owner_changed(struct lg_incoming *in);

#endif
