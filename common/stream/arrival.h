/*
 * What becomes of an event that has come.
 *
 * Every event of a stream ends in one of five ways, in the transaction that moves the position,
 * so none can be passed and forgotten.  One that cannot take effect parks its key: later events
 * of the key wait behind it, other keys go on.
 */
#ifndef LG_STREAM_ARRIVAL_H
#define LG_STREAM_ARRIVAL_H

#include <stdbool.h>

#include "common/base/id.h"

enum lg_arrival_from {
	LG_FROM_STREAM,    /* the next of its stream */
	LG_FROM_LETTER,    /* a dead letter, or parked behind one; retried in their order */
	LG_FROM_UNHANDLED, /* of a type that an earlier version did not know */
};

struct lg_arrival {
	enum lg_arrival_from from;
	bool is_parked;  /* an event of its key is a dead letter */
	bool is_stopped; /* LETTER: one before it, of the same retry, could not take effect */
	bool is_faulty;  /* undecodable, refused by decide or by the database alone, or a killer */
	bool is_foreign; /* of a known type that this service does not take: passed over */
	bool is_unknown; /* of a type that this version does not know */
};

enum lg_arrival_way {
	LG_WAY_HANDLE,      /* decide; when that refuses, ask again with is_faulty */
	LG_WAY_PASS,        /* nothing to do: not for us */
	LG_WAY_DEAD_LETTER, /* stays, or becomes, the first of its key */
	LG_WAY_PARK,        /* behind the dead letter of its key */
	LG_WAY_UNHANDLED,   /* kept for the version that knows it; its key goes on */
	LG_WAY_WAIT,        /* stays where it is */
};

/* The way of one event. */
enum lg_arrival_way lg_arrival_way(const struct lg_arrival *arrival);

#define LG_DEATHS_MAX 2 /* whoever handled it died so often: it is not tried a third time */

/* What was last tried after an owner had died, kept before the attempt, in a transaction of its own. */
struct lg_trial {
	struct lg_id event_id;
	uint32_t deaths; /* owners that died while this was tried */
};

/*
 * Whether an owner that came after an unclean end may try this event.  True: ret_trial is to be
 * stored first, alone, and one event is handled at a time.  False: it has killed too often and
 * is faulty.
 *
 *   trial   as it was stored by those who died
 */
bool lg_trial_begin(
	const struct lg_trial *trial, struct lg_id event_id, struct lg_trial *ret_trial);

#endif
