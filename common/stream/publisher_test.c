/* The outgoing end: history, resumption, credit, and what a reader's word may change. */
#include "common/stream/publisher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/random.h"

static struct lg_id id(uint8_t n)
{
	return (struct lg_id){ .byte = { [LG_ID_SIZE - 1] = n } };
}

static struct lg_point point(uint8_t epoch, uint64_t number)
{
	return (struct lg_point){ .epoch = id(epoch), .number = number };
}

/* A list of points from (epoch, number) pairs, ended by epoch 0. */
static const struct lg_points *list(struct lg_points *points, const uint8_t *pairs)
{
	points->count = 0;
	for (; pairs[0] != 0; pairs += 2)
		points->at[points->count++] = point(pairs[0], pairs[1]);
	return points;
}

#define LIST(...) list(&(struct lg_points){ 0 }, (const uint8_t[]){ __VA_ARGS__, 0 })

static void assert_point(struct lg_point got, uint8_t epoch, uint64_t number)
{
	assert_true(lg_id_equal(got.epoch, id(epoch)));
	assert_int_equal(got.number, number);
}

/* History of most tests: epoch 1 gave 1..4, epoch 2 gave 5..9, epoch 3 will give 10. */
static struct lg_publisher sample(void)
{
	struct lg_publisher publisher;

	lg_publisher_start(&publisher, LIST(1, 1, 2, 5), 9, 0, id(3));
	return publisher;
}

static struct lg_feed_actions step(
	const struct lg_publisher *publisher, struct lg_feed *feed, struct lg_feed_event event)
{
	struct lg_feed_actions actions;

	lg_feed_step(publisher, feed, &event, &actions);
	return actions;
}

static struct lg_feed_actions subscribe(const struct lg_publisher *publisher, struct lg_feed *feed,
	uint8_t session, const struct lg_points *points, uint64_t allowed)
{
	return step(publisher, feed,
		(struct lg_feed_event){ .kind = LG_FEED_SUBSCRIBED,
			.session = id(session),
			.points = points,
			.allowed_bytes = allowed });
}

static struct lg_feed_actions acknowledge(const struct lg_publisher *publisher,
	struct lg_feed *feed, uint8_t session, const struct lg_points *points, uint64_t allowed)
{
	return step(publisher, feed,
		(struct lg_feed_event){ .kind = LG_FEED_ACKNOWLEDGED,
			.session = id(session),
			.points = points,
			.allowed_bytes = allowed });
}

static struct lg_feed_actions fetched(const struct lg_publisher *publisher, struct lg_feed *feed,
	uint64_t through, uint64_t size_bytes)
{
	return step(publisher, feed,
		(struct lg_feed_event){
			.kind = LG_FEED_FETCHED, .through = through, .size_bytes = size_bytes });
}

static struct lg_feed_actions committed(const struct lg_publisher *publisher, struct lg_feed *feed)
{
	return step(publisher, feed, (struct lg_feed_event){ .kind = LG_FEED_COMMITTED });
}

/* The action of this kind; the test fails when there is none. */
static struct lg_feed_action find(
	const struct lg_feed_actions *actions, enum lg_feed_action_kind kind)
{
	for (uint32_t i = 0; i < actions->count; i++) {
		if (actions->at[i].kind == kind)
			return actions->at[i];
	}
	fail_msg("no action of kind %d", (int)kind);
	abort();
}

/* --- history ---------------------------------------------------------------------------- */

/* Goal: every number has its epoch.  Method: the ends of each run, zero, what comes next. */
static void each_number_has_its_epoch(void **unused)
{
	struct lg_publisher publisher = sample();

	(void)unused;
	assert_true(lg_id_is_zero(lg_publisher_epoch_of(&publisher, 0)));
	assert_true(lg_id_equal(lg_publisher_epoch_of(&publisher, 1), id(1)));
	assert_true(lg_id_equal(lg_publisher_epoch_of(&publisher, 4), id(1)));
	assert_true(lg_id_equal(lg_publisher_epoch_of(&publisher, 5), id(2)));
	assert_true(lg_id_equal(lg_publisher_epoch_of(&publisher, 9), id(2)));
	assert_true(lg_id_equal(lg_publisher_epoch_of(&publisher, 10), id(3)));
}

/* Goal: epochs without a number are left out.  Method: empty ones before, between, behind. */
static void epochs_without_a_number_are_left_out(void **unused)
{
	struct lg_publisher publisher;

	(void)unused;
	lg_publisher_start(&publisher, LIST(7, 1, 1, 1, 8, 5, 2, 5, 9, 10), 9, 0, id(3));
	assert_int_equal(publisher.history.count, 3);
	assert_point(publisher.history.at[0], 1, 1);
	assert_point(publisher.history.at[1], 2, 5);
	assert_point(publisher.history.at[2], 3, 10);

	lg_publisher_start(&publisher, LIST(7, 1), 0, 0, id(3));
	assert_int_equal(publisher.history.count, 1);
	assert_point(publisher.history.at[0], 3, 1);
	assert_int_equal(publisher.dropped, 0);
}

/* Goal: the history is bounded; what it forgets is gone, loudly.  Method: both sides. */
static void a_full_history_forgets_its_oldest_epoch(void **unused)
{
	struct lg_publisher publisher;
	struct lg_points history = { .count = LG_POINTS_MAX - 1 };

	(void)unused;
	for (uint32_t i = 0; i < LG_POINTS_MAX; i++) {
		history.at[i].epoch = lg_id_make(1, 0, i);
		history.at[i].number = 1 + 2 * (uint64_t)i;
	}
	lg_publisher_start(&publisher, &history, 2 * LG_POINTS_MAX, 0, id(3));
	assert_int_equal(publisher.history.count, LG_POINTS_MAX);
	assert_int_equal(publisher.dropped, 0);

	history.count = LG_POINTS_MAX;
	lg_publisher_start(&publisher, &history, 2 * LG_POINTS_MAX, 0, id(3));
	assert_int_equal(publisher.history.count, LG_POINTS_MAX);
	assert_int_equal(publisher.history.at[0].number, 3);
	assert_int_equal(
		publisher.dropped, 3); /* nobody knows what 3 follows: a point to stand at */
}

/* Goal: the common point is the last that both have.  Method: readers of every branch. */
static void the_common_point_is_the_last_that_both_have(void **unused)
{
	struct lg_publisher publisher = sample();

	(void)unused;
	assert_point(lg_publisher_common(&publisher, LIST(0)), 0, 0);
	assert_point(lg_publisher_common(&publisher, LIST(1, 3)), 1, 3);
	assert_point(lg_publisher_common(&publisher, LIST(1, 4, 2, 9)), 2, 9);
	/* epoch 1 gave more in a branch that is dead */
	assert_point(lg_publisher_common(&publisher, LIST(1, 6)), 1, 4);
	/* the reader's last epochs are of a dead branch */
	assert_point(lg_publisher_common(&publisher, LIST(1, 4, 2, 7, 8, 8, 9, 12)), 2, 7);
	assert_point(lg_publisher_common(&publisher, LIST(8, 4, 9, 7)), 0, 0);
	/* a number from before its epoch is no point of ours */
	assert_point(lg_publisher_common(&publisher, LIST(1, 2, 2, 4)), 1, 2);
	/* nothing was given yet in epoch 3 */
	assert_point(lg_publisher_common(&publisher, LIST(1, 4, 3, 10)), 1, 4);
}

/*
 * Goal: resumption after any restores.  Method: seeds; histories that fork by restore and
 * readers that followed one of them; the point found is compared with the two lists of
 * (epoch, number) written out in full.
 */
static void the_common_point_is_found_in_random_forks(void **unused)
{
	(void)unused;
	for (uint64_t seed = 0; seed < 500; seed++) {
		uint8_t ours[64] = { 0 }, theirs[64] = { 0 }; /* epoch of each number */
		uint64_t head = 0, reader = 0, same = 0;
		struct lg_points history = { 0 }, points = { 0 };
		struct lg_publisher publisher;
		struct lg_point common;
		struct lg_random random;

		lg_random_seed(&random, seed);
		for (uint8_t epoch = 1; epoch <= 8; epoch++) {
			if (lg_random_one_in(&random, 3)) /* the backup that is played back */
				head = lg_random_below(&random, head + 1);
			for (uint64_t n = lg_random_below(&random, 5); n > 0 && head < 60; n--)
				ours[++head] = epoch;
			if (lg_random_one_in(&random, 3)) {
				reader = head;
				memcpy(theirs, ours, sizeof theirs);
			}
		}
		for (uint64_t n = 1; n <= head; n++) {
			if (n == 1 || ours[n] != ours[n - 1])
				history.at[history.count++] = point(ours[n], n);
		}
		for (uint64_t n = 1; n <= reader; n++) {
			if (n == reader || theirs[n] != theirs[n + 1])
				points.at[points.count++] = point(theirs[n], n);
		}
		while (same < reader && same < head && theirs[same + 1] == ours[same + 1])
			same++;

		lg_publisher_start(&publisher, &history, head, 0, id(200));
		common = lg_publisher_common(&publisher, &points);
		assert_int_equal(common.number, same);
		assert_true(lg_id_equal(common.epoch, lg_publisher_epoch_of(&publisher, same)));
	}
}

/* --- subscriptions ---------------------------------------------------------------------- */

/* Goal: a new reader gets everything, epoch by epoch.  Method: follow it to the head. */
static void a_reader_is_served_from_its_place_in_batches_of_one_epoch(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 };
	struct lg_feed_actions actions = subscribe(&publisher, &feed, 50, LIST(0), 1000);
	struct lg_feed_action action = find(&actions, LG_FEED_FETCH);

	(void)unused;
	assert_int_equal(actions.count, 2);
	assert_int_equal(actions.at[0].kind, LG_FEED_STORE);
	assert_int_equal(action.after, 0);
	assert_int_equal(action.through, 4);
	assert_int_equal(action.size_bytes, 1000);

	actions = fetched(&publisher, &feed, 3, 300);
	assert_int_equal(actions.count, 2);
	action = actions.at[0];
	assert_int_equal(action.kind, LG_FEED_SEND);
	assert_true(lg_id_equal(action.session, id(50)));
	assert_point(action.prior, 0, 0);
	assert_true(lg_id_equal(action.epoch, id(1)));
	assert_int_equal(action.first, 1);
	assert_int_equal(action.through, 3);
	assert_int_equal(action.size_bytes, 300);
	assert_int_equal(actions.at[1].kind, LG_FEED_FETCH);
	assert_int_equal(actions.at[1].after, 3);
	assert_int_equal(actions.at[1].through, 4);
	assert_int_equal(actions.at[1].size_bytes, 700);

	actions = fetched(&publisher, &feed, 4, 100);
	assert_point(actions.at[0].prior, 1, 3);
	actions = fetched(&publisher, &feed, 9, 100);
	assert_point(actions.at[0].prior, 1, 4);
	assert_true(lg_id_equal(actions.at[0].epoch, id(2)));
	assert_int_equal(actions.count, 1); /* nothing is behind the head */

	publisher.head = 10;
	actions = committed(&publisher, &feed);
	assert_int_equal(find(&actions, LG_FEED_FETCH).after, 9);
	actions = fetched(&publisher, &feed, 10, 1);
	assert_true(lg_id_equal(actions.at[0].epoch, id(3)));
	assert_point(actions.at[0].prior, 2, 9);
}

/* Goal: a reader of a dead branch is sent back and gets no row before.  Method: then it asks. */
static void a_reader_of_a_dead_branch_is_sent_back(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 };
	struct lg_feed_actions actions =
		subscribe(&publisher, &feed, 50, LIST(1, 4, 2, 6, 8, 8), 1000);

	(void)unused;
	assert_int_equal(actions.count, 1);
	assert_int_equal(actions.at[0].kind, LG_FEED_GO_BACK);
	assert_true(lg_id_equal(actions.at[0].session, id(50)));
	assert_point(actions.at[0].prior, 2, 6);
	assert_int_equal(committed(&publisher, &feed).count, 0);
	assert_int_equal(acknowledge(&publisher, &feed, 50, LIST(1, 4, 2, 6), 9000).count, 0);

	actions = subscribe(&publisher, &feed, 51, LIST(1, 4, 2, 6), 1000);
	assert_int_equal(find(&actions, LG_FEED_FETCH).after, 6);
	assert_int_equal(find(&actions, LG_FEED_STORE).through, 6);
}

/* Goal: dropped rows are never passed over in silence.  Method: at subscription and later. */
static void what_was_dropped_is_said_to_be_gone(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 };
	struct lg_feed_actions actions;

	(void)unused;
	publisher.dropped = 3;
	actions = subscribe(&publisher, &feed, 50, LIST(1, 2), 1000);
	assert_int_equal(actions.count, 1);
	assert_int_equal(actions.at[0].kind, LG_FEED_GONE);
	assert_point(actions.at[0].prior, 1, 3);
	assert_int_equal(committed(&publisher, &feed).count, 0);

	actions = subscribe(&publisher, &feed, 49, LIST(8, 2), 1000); /* first to what both know */
	assert_int_equal(actions.at[0].kind, LG_FEED_GO_BACK);
	actions = subscribe(&publisher, &feed, 51, LIST(1, 3), 1000);
	assert_int_equal(find(&actions, LG_FEED_FETCH).after, 3);
	publisher.dropped = 7;
	actions = fetched(&publisher, &feed, 4, 10);
	assert_int_equal(find(&actions, LG_FEED_SEND).through, 4);
	assert_point(find(&actions, LG_FEED_GONE).prior, 2, 7);
	assert_int_equal(committed(&publisher, &feed).count, 0);
}

/* Goal: a copy of a subscription changes nothing.  Method: the same again, midway. */
static void a_copy_of_a_subscription_changes_nothing(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 }, before;

	(void)unused;
	subscribe(&publisher, &feed, 50, LIST(0), 1000);
	fetched(&publisher, &feed, 3, 300);
	before = feed;
	assert_int_equal(subscribe(&publisher, &feed, 50, LIST(0), 1000).count, 0);
	assert_memory_equal(&before, &feed, sizeof feed);
}

/*
 * Goal: rows read for one place are never sent as those of another.  Method: a new session
 * while a FETCH is out; its rows are thrown away unless they begin where the new one stands.
 */
static void rows_of_a_stale_fetch_are_thrown_away(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 };
	struct lg_feed_actions actions;

	(void)unused;
	subscribe(&publisher, &feed, 50, LIST(0), 1000);
	actions = subscribe(&publisher, &feed, 51, LIST(1, 2), 1000);
	assert_int_equal(actions.count, 1); /* the mark, and no second FETCH */
	assert_int_equal(actions.at[0].kind, LG_FEED_STORE);

	actions = fetched(&publisher, &feed, 4, 400);
	assert_int_equal(actions.count, 1);
	assert_int_equal(actions.at[0].kind, LG_FEED_FETCH);
	assert_int_equal(actions.at[0].after, 2);

	subscribe(&publisher, &feed, 52, LIST(1, 2), 1000);
	actions = fetched(&publisher, &feed, 4, 200);
	assert_int_equal(find(&actions, LG_FEED_SEND).first, 3);
	assert_true(lg_id_equal(find(&actions, LG_FEED_SEND).session, id(52)));

	/* sent back while a FETCH is out: its rows are for nobody */
	subscribe(&publisher, &feed, 53, LIST(1, 6), 1000);
	assert_int_equal(fetched(&publisher, &feed, 9, 1).count, 0);
}

/* Goal: nothing read is no loop.  Method: an empty answer; the next event asks again. */
static void an_empty_fetch_waits_for_the_next_event(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 };
	struct lg_feed_actions actions;

	(void)unused;
	subscribe(&publisher, &feed, 50, LIST(0), 1000);
	assert_int_equal(fetched(&publisher, &feed, 0, 0).count, 0);
	actions = committed(&publisher, &feed);
	assert_int_equal(find(&actions, LG_FEED_FETCH).after, 0);
}

/* --- credit and acknowledgements -------------------------------------------------------- */

/* Goal: the limits of a batch.  Method: a long epoch, much credit. */
static void a_fetch_is_limited_in_rows_and_bytes(void **unused)
{
	struct lg_publisher publisher;
	struct lg_feed feed = { 0 };
	struct lg_feed_actions actions;

	(void)unused;
	lg_publisher_start(&publisher, LIST(1, 1), 5000, 0, id(2));
	actions = subscribe(&publisher, &feed, 50, LIST(0), UINT64_MAX);
	assert_int_equal(find(&actions, LG_FEED_FETCH).through, LG_BATCH_MAX);
	assert_int_equal(find(&actions, LG_FEED_FETCH).size_bytes, LG_BATCH_BYTES_MAX);
}

/* Goal: no credit, no row; any credit, one row at least.  Method: at the mark and below. */
static void rows_wait_for_credit(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 };
	struct lg_feed_actions actions = subscribe(&publisher, &feed, 50, LIST(0), 0);

	(void)unused;
	assert_int_equal(actions.count, 1);
	assert_int_equal(actions.at[0].kind, LG_FEED_STORE);
	actions = acknowledge(&publisher, &feed, 50, LIST(0), 1);
	assert_int_equal(find(&actions, LG_FEED_FETCH).size_bytes, 1);
	actions = fetched(&publisher, &feed, 1, 100); /* a row above the credit passes */
	assert_int_equal(actions.count, 1);
	assert_int_equal(actions.at[0].kind, LG_FEED_SEND);
	assert_int_equal(committed(&publisher, &feed).count, 0);

	actions = acknowledge(&publisher, &feed, 50, LIST(1, 1), 100);
	assert_int_equal(actions.count, 1);
	assert_int_equal(actions.at[0].kind, LG_FEED_STORE);
	actions = acknowledge(&publisher, &feed, 50, LIST(1, 1), 101);
	assert_int_equal(find(&actions, LG_FEED_FETCH).after, 1);
	/* a late mark does not take credit back */
	acknowledge(&publisher, &feed, 50, LIST(1, 1), 3);
	assert_int_equal(feed.allowed_bytes, 101);
}

/* Goal: batches do not shrink to the last bit of credit.  Method: both sides of a quarter; the end. */
static void little_credit_waits_for_more(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 };
	struct lg_feed_actions actions = subscribe(&publisher, &feed, 50, LIST(0), 1000);

	(void)unused;
	assert_int_equal(find(&actions, LG_FEED_FETCH).size_bytes, 1000);
	assert_int_equal(fetched(&publisher, &feed, 2, 751).count, 1);
	assert_int_equal(committed(&publisher, &feed).count, 0);
	actions = acknowledge(&publisher, &feed, 50, LIST(1, 1), 1000);
	assert_int_equal(actions.count, 1);
	actions = acknowledge(&publisher, &feed, 50, LIST(1, 1), 1001);
	assert_int_equal(find(&actions, LG_FEED_FETCH).size_bytes, 250);
	assert_int_equal(fetched(&publisher, &feed, 3, 200).count, 1);
	/* it has applied all, and what it allows is what there will be */
	actions = acknowledge(&publisher, &feed, 50, LIST(1, 3), 1001);
	assert_int_equal(find(&actions, LG_FEED_FETCH).size_bytes, 50);
}

/* Goal: an acknowledgement is the reader's word in this session.  Method: who else may speak. */
static void only_acknowledgements_of_this_session_and_history_count(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 };
	struct lg_feed_actions actions;

	(void)unused;
	assert_int_equal(acknowledge(&publisher, &feed, 0, LIST(1, 4), 1000).count, 0);
	subscribe(&publisher, &feed, 50, LIST(1, 2), 1);
	assert_int_equal(feed.acknowledged, 2);
	assert_int_equal(acknowledge(&publisher, &feed, 49, LIST(1, 4), 1000).count, 0);
	assert_int_equal(acknowledge(&publisher, &feed, 50, LIST(1, 4, 8, 6), 1000).count, 0);
	assert_int_equal(feed.acknowledged, 2);
	assert_int_equal(feed.allowed_bytes, 1);

	actions = acknowledge(&publisher, &feed, 50, LIST(1, 4, 2, 6), 2);
	assert_int_equal(find(&actions, LG_FEED_STORE).through, 6);
	actions = acknowledge(&publisher, &feed, 50, LIST(1, 3), 2); /* a set, not a maximum */
	assert_int_equal(find(&actions, LG_FEED_STORE).through, 3);
	actions = acknowledge(&publisher, &feed, 50, LIST(1, 3), 2); /* it still stands there */
	assert_int_equal(find(&actions, LG_FEED_STORE).through, 3);
}

/* Goal: a feed of nobody does nothing.  Method: events before any subscription. */
static void nothing_is_sent_before_a_subscription(void **unused)
{
	struct lg_publisher publisher = sample();
	struct lg_feed feed = { 0 };

	(void)unused;
	assert_int_equal(committed(&publisher, &feed).count, 0);
	assert_int_equal(acknowledge(&publisher, &feed, 1, LIST(0), 1000).count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_number_has_its_epoch),
		cmocka_unit_test(epochs_without_a_number_are_left_out),
		cmocka_unit_test(a_full_history_forgets_its_oldest_epoch),
		cmocka_unit_test(the_common_point_is_the_last_that_both_have),
		cmocka_unit_test(the_common_point_is_found_in_random_forks),
		cmocka_unit_test(a_reader_is_served_from_its_place_in_batches_of_one_epoch),
		cmocka_unit_test(a_reader_of_a_dead_branch_is_sent_back),
		cmocka_unit_test(what_was_dropped_is_said_to_be_gone),
		cmocka_unit_test(a_copy_of_a_subscription_changes_nothing),
		cmocka_unit_test(rows_of_a_stale_fetch_are_thrown_away),
		cmocka_unit_test(an_empty_fetch_waits_for_the_next_event),
		cmocka_unit_test(a_fetch_is_limited_in_rows_and_bytes),
		cmocka_unit_test(rows_wait_for_credit),
		cmocka_unit_test(little_credit_waits_for_more),
		cmocka_unit_test(only_acknowledgements_of_this_session_and_history_count),
		cmocka_unit_test(nothing_is_sent_before_a_subscription),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
