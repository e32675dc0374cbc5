/*
 * One stream going out, and one reader that is fed from it.
 *
 * A feed is a cursor into rows that are known to be committed: SUBSCRIBED sets it, FETCHED moves
 * it, credit and the reader's word only say how far it may run.  Why each look at the history is
 * there: without it a reader that knows a dead branch goes on behind it and loses or doubles
 * what came instead.
 */
#include "common/stream/publisher.h"

#include <assert.h>
#include <stdlib.h>

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static bool is_same_point(struct lg_point a, struct lg_point b)
{
	return a.number == b.number && lg_id_equal(a.epoch, b.epoch);
}

/* --- history ---------------------------------------------------------------------------- */

/* The last number of the epoch at this place of the history. */
static uint64_t epoch_end(const struct lg_publisher *publisher, uint32_t place)
{
	const struct lg_points *history = &publisher->history;

	if (place + 1 < history->count)
		return least(publisher->head, history->at[place + 1].number - 1);
	return publisher->head;
}

/* The place of the epoch in which number was or will be given; the count when none is known. */
static uint32_t place_of(const struct lg_publisher *publisher, uint64_t number)
{
	for (uint32_t i = publisher->history.count; i-- > 0;) {
		if (publisher->history.at[i].number <= number)
			return i;
	}
	return publisher->history.count;
}

void lg_publisher_start(struct lg_publisher *publisher, const struct lg_points *history,
	uint64_t head, uint64_t dropped, struct lg_id epoch)
{
	struct lg_points *own = &publisher->history;
	uint32_t skip = 0, count = 0;

	assert(history != own);
	assert(history->count <= LG_POINTS_MAX);
	assert(dropped <= head);

	*publisher = (struct lg_publisher){ .head = head, .dropped = dropped };
	for (uint32_t i = 0; i < history->count; i++) {
		uint64_t next = i + 1 < history->count ? history->at[i + 1].number : head + 1;

		if (history->at[i].number < next && history->at[i].number <= head)
			own->at[count++] = history->at[i];
	}
	if (count == LG_POINTS_MAX) { /* room for the new one: the oldest is forgotten */
		skip = 1;
		count--;
		memmove(&own->at[0], &own->at[skip], count * sizeof own->at[0]);
	}
	own->at[count++] = (struct lg_point){ .epoch = epoch, .number = head + 1 };
	own->count = count;

	/* nobody could say what the first row of the oldest known epoch follows: with all rows before it, it
	   cannot be served, and a reader that lacks it has a point to go on from */
	publisher->dropped = most(
		publisher->dropped, least(head, own->at[0].number == 1 ? 0 : own->at[0].number));
}

struct lg_id lg_publisher_epoch_of(const struct lg_publisher *publisher, uint64_t number)
{
	uint32_t place = place_of(publisher, number);

	if (number == 0 || place == publisher->history.count)
		return (struct lg_id){ 0 };
	return publisher->history.at[place].epoch;
}

struct lg_point lg_publisher_common(
	const struct lg_publisher *publisher, const struct lg_points *readers)
{
	const struct lg_points *history = &publisher->history;

	for (uint32_t r = readers->count; r-- > 0;) {
		for (uint32_t i = history->count; i-- > 0;) {
			struct lg_point point = readers->at[r];

			if (!lg_id_equal(point.epoch, history->at[i].epoch))
				continue;
			point.number = least(point.number, epoch_end(publisher, i));
			if (point.number >= history->at[i].number)
				return point;
		}
	}
	return (struct lg_point){ .number = 0 };
}

/* --- feed ------------------------------------------------------------------------------- */

static void act(struct lg_feed_actions *actions, struct lg_feed_action action)
{
	assert(actions->count < LG_FEED_ACTIONS_MAX);

	actions->at[actions->count++] = action;
}

static void tell_gone(
	const struct lg_publisher *publisher, struct lg_feed *feed, struct lg_feed_actions *actions)
{
	feed->live = false;
	act(actions,
		(struct lg_feed_action){ .kind = LG_FEED_GONE,
			.session = feed->session,
			.prior = { .epoch = lg_publisher_epoch_of(publisher, publisher->dropped),
				.number = publisher->dropped } });
}

/*
 * Credit comes back batch by batch: whoever spends little credit at once gets little back, and sends
 * small batches for ever.  So less than a quarter of the window waits for more, unless the reader
 * has applied all and no more will come.
 */
static bool is_worth_a_batch(const struct lg_feed *feed)
{
	if (feed->sent_bytes >= feed->allowed_bytes)
		return false;
	return feed->allowed_bytes - feed->sent_bytes >= feed->window_bytes / 4 ||
	       feed->acknowledged == feed->sent.number;
}

/*
 * Asks for the next rows.  While any credit is left one row may pass whatever its size, so no
 * envelope can lock a stream up; what is under way stays below the mark and one envelope.
 */
static void pump(
	const struct lg_publisher *publisher, struct lg_feed *feed, struct lg_feed_actions *actions)
{
	uint64_t after = feed->sent.number, through;

	if (!feed->live || feed->fetching)
		return;
	if (after < publisher->dropped) {
		tell_gone(publisher, feed, actions);
		return;
	}
	if (after >= publisher->head || !is_worth_a_batch(feed))
		return;

	through = least(after + LG_BATCH_MAX, epoch_end(publisher, place_of(publisher, after + 1)));
	assert(through > after);
	feed->fetching = true;
	feed->fetch_after = after;
	act(actions, (struct lg_feed_action){ .kind = LG_FEED_FETCH,
			     .session = feed->session,
			     .after = after,
			     .through = through,
			     .size_bytes = least(
				     feed->allowed_bytes - feed->sent_bytes, LG_BATCH_BYTES_MAX) });
}

/*
 * The reader's last word counts, also when it is less than an earlier one: it was restored.  A word
 * that says nothing new says that it still stands there, which retention wants to know.
 */
static void note_applied(struct lg_feed *feed, uint64_t number, struct lg_feed_actions *actions)
{
	feed->acknowledged = number;
	act(actions, (struct lg_feed_action){
			     .kind = LG_FEED_STORE, .session = feed->session, .through = number });
}

static void subscribed(const struct lg_publisher *publisher, struct lg_feed *feed,
	const struct lg_feed_event *event, struct lg_feed_actions *actions)
{
	struct lg_point last = lg_points_last(event->points);
	struct lg_point resume = lg_publisher_common(publisher, event->points);

	if (feed->live && lg_id_equal(feed->session, event->session))
		return; /* a copy: every session asks once */

	feed->session = event->session;
	feed->live = false;
	feed->sent = resume;
	feed->sent_bytes = 0;
	feed->allowed_bytes = feed->window_bytes = event->allowed_bytes;
	if (!is_same_point(resume, last)) {
		act(actions, (struct lg_feed_action){ .kind = LG_FEED_GO_BACK,
				     .session = feed->session,
				     .prior = resume });
		return;
	}
	if (resume.number < publisher->dropped) { /* behind a way back too: from there only ahead */
		tell_gone(publisher, feed, actions);
		return;
	}
	feed->live = true;
	note_applied(feed, resume.number, actions);
	pump(publisher, feed, actions);
}

static void acknowledged(const struct lg_publisher *publisher, struct lg_feed *feed,
	const struct lg_feed_event *event, struct lg_feed_actions *actions)
{
	struct lg_point last = lg_points_last(event->points);

	if (!feed->live || !lg_id_equal(feed->session, event->session))
		return;
	if (!is_same_point(lg_publisher_common(publisher, event->points), last))
		return; /* of a branch that this history does not have */

	/* marks of one session only rise: a late one says nothing new */
	feed->allowed_bytes = most(feed->allowed_bytes, event->allowed_bytes);
	note_applied(feed, last.number, actions);
	pump(publisher, feed, actions);
}

static void fetched(const struct lg_publisher *publisher, struct lg_feed *feed,
	const struct lg_feed_event *event, struct lg_feed_actions *actions)
{
	uint64_t first = feed->sent.number + 1;
	uint32_t place = place_of(publisher, first);

	assert(feed->fetching);

	feed->fetching = false;
	if (!feed->live || feed->fetch_after != feed->sent.number) {
		pump(publisher, feed, actions); /* the reader has moved meanwhile */
		return;
	}
	if (event->through < first)
		return; /* dropped meanwhile, or not readable now: the next event asks again */

	assert(event->through <= epoch_end(publisher, place));
	assert(event->through - first < LG_BATCH_MAX);
	act(actions, (struct lg_feed_action){ .kind = LG_FEED_SEND,
			     .session = feed->session,
			     .prior = feed->sent,
			     .epoch = publisher->history.at[place].epoch,
			     .after = feed->sent.number,
			     .first = first,
			     .through = event->through,
			     .size_bytes = event->size_bytes });
	feed->sent = (struct lg_point){ .epoch = publisher->history.at[place].epoch,
		.number = event->through };
	feed->sent_bytes += event->size_bytes;
	pump(publisher, feed, actions);
}

void lg_feed_step(const struct lg_publisher *publisher, struct lg_feed *feed,
	const struct lg_feed_event *event, struct lg_feed_actions *ret_actions)
{
	ret_actions->count = 0;
	switch (event->kind) {
	case LG_FEED_SUBSCRIBED:
		subscribed(publisher, feed, event, ret_actions);
		return;
	case LG_FEED_ACKNOWLEDGED:
		acknowledged(publisher, feed, event, ret_actions);
		return;
	case LG_FEED_COMMITTED:
		pump(publisher, feed, ret_actions);
		return;
	case LG_FEED_FETCHED:
		fetched(publisher, feed, event, ret_actions);
		return;
	}
	abort();
}
