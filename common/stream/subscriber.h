/*
 * One stream coming in: a position, moved in the transaction of the effects.
 *
 * A batch says where it begins and is applied only if it begins where the reader stands.
 * Going back or starting anew takes a new random session; frames of an older one are dropped.
 */
#ifndef LG_STREAM_SUBSCRIBER_H
#define LG_STREAM_SUBSCRIBER_H

#include "common/stream/question.h"

#define LG_SILENCE_MS (3 * LG_SECOND_MS) /* without a frame for so long the reader asks again */
/*
 * The same for a stream from another site: a slow line may hold seconds of data, and asking anew
 * throws away all that is on its way (measured: nothing arrived for 120 s with 3 s here).
 */
#define LG_FAR_SILENCE_MS (20 * LG_SECOND_MS)
#define LG_WINDOW_BYTES   ((uint64_t)1024 * 1024) /* credit: under way or waiting to be applied */
#define LG_FLYING_MAX     4 /* epochs that batches under way may touch; a further one has to wait */

struct lg_subscriber {
	struct lg_id session;
	struct lg_points points;     /* stored: (epoch, last number applied in it) */
	struct lg_point tip;         /* taken for applying; its transaction may be under way */
	struct lg_question question; /* which points SUBSCRIBE and ACKNOWLEDGE name */
	uint64_t received_bytes;     /* in this session */
	uint64_t applied_bytes;      /* of those, effects stored */
	uint64_t allowed_bytes;      /* the mark last given to the publisher */
	lg_ms heard_at;
	lg_ms silence_ms; /* after so long without a frame the reader asks again */
	bool going_back;  /* a shorter list is being stored; tip is its end */
	bool going_ahead; /* what was dropped is being passed over; tip is its last */
	bool asking;      /* SUBSCRIBE waits until all that is under way is stored */
	uint32_t flying_count;
	struct lg_point flying[LG_FLYING_MAX]; /* taken, not stored: (epoch, last number) */
};

enum lg_reader_event_kind {
	LG_READER_STARTED, /* session, now: positions were read */
	LG_READER_DELIVERED, /* session, prior, epoch, first, through, size_bytes, now, next_session */
	LG_READER_STORED, /* through, size_bytes: APPLYs up to there are committed, in their order */
	LG_READER_FAILED, /* next_session, now: it is not, or nobody knows; caller has set points anew */
	LG_READER_SENT_BACK, /* session, prior, next_session, now: the publisher's GoBack */
	LG_READER_WENT_BACK, /* next_session, now: the shorter list is committed */
	LG_READER_GONE,      /* session, prior: the publisher's, of the last row that was dropped */
	LG_READER_WENT_AHEAD, /* next_session, now: the list that ends there is committed */
	LG_READER_TICKED,     /* next_session, now */
};

struct lg_reader_event {
	enum lg_reader_event_kind kind;
	struct lg_id session;
	struct lg_id next_session; /* random: used if a new session is to be started */
	struct lg_point prior;
	struct lg_id epoch;
	uint64_t first, through;
	uint64_t
		size_bytes; /* of the envelopes, as the publisher counts them: credit is made of it */
	lg_ms now;
};

enum lg_reader_action_kind {
	LG_READER_SUBSCRIBE, /* session, allowed_bytes; it names what lg_question_name() gives */
	LG_READER_APPLY,     /* handle the batch; in the same transaction store point as position */
	LG_READER_ACKNOWLEDGE, /* the same */
	LG_READER_STORE_BACK, /* store the list cut down to point; list what was applied behind it */
	LG_READER_STORE_AHEAD, /* in one transaction: move the list to point, whose rows are lost, and
	                          keep the wish to be told anew what they made true */
};

struct lg_reader_action {
	enum lg_reader_action_kind kind;
	struct lg_id session;
	struct lg_point point;
	uint64_t allowed_bytes;
};

#define LG_READER_ACTIONS_MAX 4

struct lg_reader_actions {
	uint32_t count;
	struct lg_reader_action at[LG_READER_ACTIONS_MAX];
};

/* A reader that knows its stored list; the event STARTED makes it ask.  silence_ms is
   that of a stream at home. */
void lg_subscriber_init(struct lg_subscriber *subscriber, const struct lg_points *stored);

/*
 * One step.  ret_actions are to be done in their order.  A batch that does not begin at the
 * tip gives no APPLY; if it ends behind it in the same session, a frame was lost and the reader
 * asks again: at once, or when the last transaction under way is stored, so that what it asks
 * for and what it holds are one.  After FAILED no STORED of an older APPLY may come.
 */
void lg_subscriber_step(struct lg_subscriber *subscriber, const struct lg_reader_event *event,
	struct lg_reader_actions *ret_actions);

/* points cut down to end at point: what a reader that goes back keeps. */
void lg_points_cut(struct lg_points *points, struct lg_point point);

/*
 * One more point behind the last, of another epoch.  Where there is no room the oldest is forgotten:
 * nobody goes back so far.
 */
void lg_points_add(struct lg_points *points, struct lg_point point);

/* points moved to point: the entry of its epoch raised, or a new one behind the last. */
void lg_points_move(struct lg_points *points, struct lg_point point);

#endif
