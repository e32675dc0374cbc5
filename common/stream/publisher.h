/*
 * One stream going out, and one reader that is fed from it.
 *
 * Rows leave only after their commit is known; a reader's position is checked against the
 * history of epochs, for subscriptions and for acknowledgements; what a reader may still fall
 * back behind is never dropped.
 */
#ifndef LG_STREAM_PUBLISHER_H
#define LG_STREAM_PUBLISHER_H

#include "common/stream/stream.h"

struct lg_publisher {
	struct lg_points history; /* (epoch, first number given in it) */
	uint64_t head;            /* last number whose commit is known */
	uint64_t dropped;         /* rows up to this number are gone */
};

/* What one reader gets. */
struct lg_feed {
	bool live;              /* somebody has subscribed */
	bool fetching;          /* a FETCH is out, its rows have not come back */
	uint64_t fetch_after;   /* what that FETCH reads behind: of another place it is stale */
	struct lg_id session;   /* the reader's: frames carry it */
	struct lg_point sent;   /* where the last batch of this session ended */
	uint64_t sent_bytes;    /* since the session's start */
	uint64_t allowed_bytes; /* credit: a mark from the session's start */
	uint64_t window_bytes;  /* what the session began with */
	uint64_t acknowledged;  /* applied at the reader, by its last word */
};

enum lg_feed_event_kind {
	LG_FEED_SUBSCRIBED,   /* session, points, allowed_bytes */
	LG_FEED_ACKNOWLEDGED, /* session, points, allowed_bytes */
	LG_FEED_COMMITTED,    /* the publisher's head has moved */
	LG_FEED_FETCHED, /* through, size_bytes: rows behind the FETCH's after, dense, one epoch */
};

struct lg_feed_event {
	enum lg_feed_event_kind kind;
	struct lg_id session;
	const struct lg_points *points; /* the reader's list; not kept */
	uint64_t allowed_bytes;
	uint64_t through; /* FETCHED: last number read; the FETCH's after when nothing was there */
	uint64_t size_bytes; /* FETCHED: of the envelopes read */
};

enum lg_feed_action_kind {
	LG_FEED_FETCH,   /* read rows after..through, at most size_bytes (one row always) */
	LG_FEED_SEND,    /* batch: begins behind prior, numbers first..through of epoch */
	LG_FEED_GO_BACK, /* tell the reader: the last point we both know is prior.  Only after a look
	                    at the fence: an owner that was replaced knows too short a history */
	LG_FEED_GONE, /* tell the reader: all rows through prior are dropped; it stands before them,
	                    at a point that we know, and may go on from there.  Behind a look at the
	                    fence, too */
	LG_FEED_STORE, /* heard: this reader has applied up to through, perhaps as before */
};

struct lg_feed_action {
	enum lg_feed_action_kind kind;
	struct lg_id session;
	struct lg_point prior;
	struct lg_id epoch;
	uint64_t after, first, through;
	uint64_t size_bytes;
};

#define LG_FEED_ACTIONS_MAX 4

struct lg_feed_actions {
	uint32_t count;
	struct lg_feed_action at[LG_FEED_ACTIONS_MAX];
};

/*
 * Starts a publisher from what its database holds, in a fresh epoch.
 *   history  of earlier epochs; epochs in which no number was given are left out
 *   epoch    random, never used before; its first number is head + 1
 */
void lg_publisher_start(struct lg_publisher *publisher, const struct lg_points *history,
	uint64_t head, uint64_t dropped, struct lg_id epoch);

/* The epoch in which number was given (the zero id for 0). */
struct lg_id lg_publisher_epoch_of(const struct lg_publisher *publisher, uint64_t number);

/*
 * The last point of a reader's list that this history also has.
 * Point zero when there is none.
 */
struct lg_point lg_publisher_common(
	const struct lg_publisher *publisher, const struct lg_points *readers);

/*
 * One step of one reader's feed.  ret_actions are to be done in their order; FETCH is
 * answered by an event FETCHED, and until then no other FETCH is asked for.  A SEND stands for
 * the rows of the FETCHED that it answers; without one they are thrown away.
 */
void lg_feed_step(const struct lg_publisher *publisher, struct lg_feed *feed,
	const struct lg_feed_event *event, struct lg_feed_actions *ret_actions);

#endif
