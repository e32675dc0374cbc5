/*
 * One stream coming in: a position, moved in the transaction of the effects.
 *
 * Several batches may be under way: tip runs ahead of the stored list.  A session begins only
 * when nothing is under way, so in it every byte that the publisher counts is counted here too,
 * and a lost grant, a copy or a late frame cannot make the two disagree.
 */
#include "common/stream/subscriber.h"

#include <assert.h>
#include <stdlib.h>

/* --- lists of points -------------------------------------------------------------------- */

void lg_points_cut(struct lg_points *points, struct lg_point point)
{
	uint32_t count = points->count;

	while (count > 0 && !lg_id_equal(points->at[count - 1].epoch, point.epoch))
		count--;
	assert(count > 0 || point.number == 0);

	points->count = count;
	if (count > 0)
		points->at[count - 1].number = point.number;
}

void lg_points_add(struct lg_points *points, struct lg_point point)
{
	if (points->count == LG_POINTS_MAX) {
		points->count--;
		memmove(&points->at[0], &points->at[1], points->count * sizeof points->at[0]);
	}
	points->at[points->count++] = point;
}

void lg_points_move(struct lg_points *points, struct lg_point point)
{
	assert(point.number > lg_points_last(points).number);

	if (points->count > 0 && lg_id_equal(points->at[points->count - 1].epoch, point.epoch)) {
		points->at[points->count - 1] = point;
		return;
	}
	lg_points_add(points, point);
}

/* --- session ---------------------------------------------------------------------------- */

static void act(struct lg_reader_actions *actions, struct lg_reader_action action)
{
	assert(actions->count < LG_READER_ACTIONS_MAX);

	actions->at[actions->count++] = action;
}

static bool is_flying(const struct lg_subscriber *subscriber)
{
	struct lg_point last = lg_points_last(&subscriber->points);

	return subscriber->tip.number != last.number ||
	       !lg_id_equal(subscriber->tip.epoch, last.epoch);
}

static void subscribe(struct lg_subscriber *subscriber, struct lg_reader_actions *actions)
{
	subscriber->asking = false;
	subscriber->received_bytes = 0;
	subscriber->applied_bytes = 0;
	subscriber->allowed_bytes = LG_WINDOW_BYTES;
	act(actions, (struct lg_reader_action){ .kind = LG_READER_SUBSCRIBE,
			     .session = subscriber->session,
			     .allowed_bytes = subscriber->allowed_bytes });
}

/* From now on frames of the old session are dropped; the new one is told when all is stored. */
static void begin_session(struct lg_subscriber *subscriber, struct lg_id session, lg_ms now,
	struct lg_reader_actions *actions)
{
	subscriber->session = session;
	subscriber->heard_at = now;
	subscriber->asking = is_flying(subscriber);
	if (!subscriber->asking)
		subscribe(subscriber, actions);
}

/* Forgets what is under way: its transactions are known to be dead. */
static void stand_at_stored(struct lg_subscriber *subscriber)
{
	subscriber->tip = lg_points_last(&subscriber->points);
	subscriber->question.asked = 0;
	subscriber->flying_count = 0;
	subscriber->going_back = subscriber->going_ahead = false;
}

void lg_subscriber_init(struct lg_subscriber *subscriber, const struct lg_points *stored)
{
	assert(stored->count <= LG_POINTS_MAX);

	*subscriber = (struct lg_subscriber){
		.points = *stored,
		.question.most = LG_POINTS_SENT_MAX,
		.silence_ms = LG_SILENCE_MS,
	};
	stand_at_stored(subscriber);
}

/* --- steps ------------------------------------------------------------------------------ */

/* False when the batch would touch one epoch too many. */
static bool note_flying(struct lg_subscriber *subscriber, struct lg_point point)
{
	uint32_t count = subscriber->flying_count;

	if (count > 0 && lg_id_equal(subscriber->flying[count - 1].epoch, point.epoch)) {
		subscriber->flying[count - 1] = point;
		return true;
	}
	if (count == LG_FLYING_MAX)
		return false;
	subscriber->flying[subscriber->flying_count++] = point;
	return true;
}

static void delivered(struct lg_subscriber *subscriber, const struct lg_reader_event *event,
	struct lg_reader_actions *actions)
{
	struct lg_point point = { .epoch = event->epoch, .number = event->through };

	if (!lg_id_equal(event->session, subscriber->session) || subscriber->going_back ||
		subscriber->going_ahead || subscriber->asking)
		return;
	if (event->first == 0 || event->through < event->first ||
		event->through - event->first >= LG_BATCH_MAX || lg_id_is_zero(event->epoch))
		return; /* no batch at all */

	subscriber->heard_at = event->now;
	if (event->through <= subscriber->tip.number)
		return; /* a copy */
	if (event->first - 1 != subscriber->tip.number ||
		!lg_id_equal(event->prior.epoch, subscriber->tip.epoch)) {
		begin_session(subscriber, event->next_session, event->now, actions);
		return; /* a frame was lost, or the publisher's history is another */
	}
	if (subscriber->received_bytes >= subscriber->allowed_bytes)
		return; /* beyond the credit: only a publisher at fault sends so */
	if (!note_flying(subscriber, point))
		return;

	subscriber->tip = point;
	subscriber->question.asked = 0; /* the publisher knows where we stand */
	subscriber->received_bytes += event->size_bytes;
	act(actions,
		(struct lg_reader_action){
			.kind = LG_READER_APPLY, .session = subscriber->session, .point = point });
}

/* Moves the stored list through every epoch that the committed batches touched. */
static void move_stored(struct lg_subscriber *subscriber, uint64_t through)
{
	while (lg_points_last(&subscriber->points).number < through) {
		struct lg_point point = subscriber->flying[0];

		assert(subscriber->flying_count > 0);
		if (point.number > through) {
			point.number = through;
		} else {
			subscriber->flying_count--;
			memmove(&subscriber->flying[0], &subscriber->flying[1],
				subscriber->flying_count * sizeof subscriber->flying[0]);
		}
		lg_points_move(&subscriber->points, point);
	}
}

static void stored(struct lg_subscriber *subscriber, const struct lg_reader_event *event,
	struct lg_reader_actions *actions)
{
	assert(!subscriber->going_back);
	assert(!subscriber->going_ahead);
	assert(event->through > lg_points_last(&subscriber->points).number);
	assert(event->through <= subscriber->tip.number);

	move_stored(subscriber, event->through);
	if (subscriber->asking) { /* of the session before: its credit is forgotten with it */
		if (!is_flying(subscriber))
			subscribe(subscriber, actions);
		return;
	}
	subscriber->applied_bytes += event->size_bytes;
	assert(subscriber->applied_bytes <= subscriber->received_bytes);
	subscriber->allowed_bytes = subscriber->applied_bytes + LG_WINDOW_BYTES;
	act(actions, (struct lg_reader_action){ .kind = LG_READER_ACKNOWLEDGE,
			     .session = subscriber->session,
			     .point = lg_points_last(&subscriber->points),
			     .allowed_bytes = subscriber->allowed_bytes });
}

/* A publisher answers so only to a SUBSCRIBE, when nothing is under way; else it is a copy. */
static void sent_back(struct lg_subscriber *subscriber, const struct lg_reader_event *event,
	struct lg_reader_actions *actions)
{
	if (!lg_id_equal(event->session, subscriber->session) || is_flying(subscriber))
		return;
	switch (lg_question_weigh(&subscriber->question, &subscriber->points, event->prior)) {
	case LG_ANSWER_STRANGE:
		return;
	case LG_ANSWER_AGAIN:
		begin_session(subscriber, event->next_session, event->now, actions);
		return;
	case LG_ANSWER_FOUND:
		break;
	}
	subscriber->going_back = true;
	subscriber->tip = event->prior;
	act(actions, (struct lg_reader_action){ .kind = LG_READER_STORE_BACK,
			     .session = subscriber->session,
			     .point = event->prior });
}

/*
 * What the reader asks for is no more.  Only ahead, only in the session that asked, and only where
 * nothing is under way: the position is behind rows that nobody can have any more.
 */
static void gone(struct lg_subscriber *subscriber, const struct lg_reader_event *event,
	struct lg_reader_actions *actions)
{
	if (!lg_id_equal(event->session, subscriber->session) || is_flying(subscriber))
		return;
	if (event->prior.number <= subscriber->tip.number || lg_id_is_zero(event->prior.epoch))
		return;
	subscriber->going_ahead = true;
	subscriber->tip = event->prior;
	act(actions, (struct lg_reader_action){ .kind = LG_READER_STORE_AHEAD,
			     .session = subscriber->session,
			     .point = event->prior });
}

static void ticked(struct lg_subscriber *subscriber, const struct lg_reader_event *event,
	struct lg_reader_actions *actions)
{
	if (event->now < subscriber->heard_at) /* the clock was set back */
		subscriber->heard_at = event->now;
	if (is_flying(subscriber) || event->now - subscriber->heard_at < subscriber->silence_ms)
		return;
	begin_session(subscriber, event->next_session, event->now, actions);
}

void lg_subscriber_step(struct lg_subscriber *subscriber, const struct lg_reader_event *event,
	struct lg_reader_actions *ret_actions)
{
	ret_actions->count = 0;
	switch (event->kind) {
	case LG_READER_STARTED:
		begin_session(subscriber, event->session, event->now, ret_actions);
		return;
	case LG_READER_DELIVERED:
		delivered(subscriber, event, ret_actions);
		return;
	case LG_READER_STORED:
		stored(subscriber, event, ret_actions);
		return;
	case LG_READER_FAILED:
		stand_at_stored(subscriber);
		begin_session(subscriber, event->next_session, event->now, ret_actions);
		return;
	case LG_READER_SENT_BACK:
		sent_back(subscriber, event, ret_actions);
		return;
	case LG_READER_WENT_BACK:
		assert(subscriber->going_back);
		lg_points_cut(&subscriber->points, subscriber->tip);
		stand_at_stored(subscriber);
		begin_session(subscriber, event->next_session, event->now, ret_actions);
		return;
	case LG_READER_GONE:
		gone(subscriber, event, ret_actions);
		return;
	case LG_READER_WENT_AHEAD:
		assert(subscriber->going_ahead);
		lg_points_move(&subscriber->points, subscriber->tip);
		stand_at_stored(subscriber);
		begin_session(subscriber, event->next_session, event->now, ret_actions);
		return;
	case LG_READER_TICKED:
		ticked(subscriber, event, ret_actions);
		return;
	}
	abort();
}
