/* The incoming end: what is applied, what is dropped, when the reader asks again. */
#include "common/stream/subscriber.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct lg_id id(uint8_t n)
{
	return (struct lg_id){ .byte = { [LG_ID_SIZE - 1] = n } };
}

static struct lg_point point(uint8_t epoch, uint64_t number)
{
	return (struct lg_point){ .epoch = id(epoch), .number = number };
}

static void assert_point(struct lg_point got, uint8_t epoch, uint64_t number)
{
	assert_true(lg_id_equal(got.epoch, id(epoch)));
	assert_int_equal(got.number, number);
}

/* One reader under test, and what it did last. */
struct bench {
	struct lg_subscriber reader;
	struct lg_reader_actions did;
};

static void step(struct bench *b, struct lg_reader_event event)
{
	lg_subscriber_step(&b->reader, &event, &b->did);
}

/* The only action of the last step. */
static struct lg_reader_action only(const struct bench *b, enum lg_reader_action_kind kind)
{
	assert_int_equal(b->did.count, 1);
	assert_int_equal(b->did.at[0].kind, kind);
	return b->did.at[0];
}

/* A reader in session 50 that has applied epoch 1 up to 4; heard at 1000. */
static struct bench sample(void)
{
	struct bench b;
	struct lg_points points = { .count = 1, .at = { point(1, 4) } };

	lg_subscriber_init(&b.reader, &points);
	step(&b, (struct lg_reader_event){
			 .kind = LG_READER_STARTED, .session = id(50), .now = 1000 });
	assert_true(lg_id_equal(only(&b, LG_READER_SUBSCRIBE).session, id(50)));
	assert_int_equal(b.did.at[0].allowed_bytes, LG_WINDOW_BYTES);
	return b;
}

static void deliver(struct bench *b, uint8_t session, uint8_t prior_epoch, uint8_t epoch,
	uint64_t first, uint64_t through)
{
	step(b, (struct lg_reader_event){ .kind = LG_READER_DELIVERED,
			.session = id(session),
			.next_session = id(99),
			.prior = point(prior_epoch, first - 1),
			.epoch = id(epoch),
			.first = first,
			.through = through,
			.size_bytes = 100 * (through - first + 1),
			.now = 2000 });
}

static void store(struct bench *b, uint64_t through, uint64_t size_bytes)
{
	step(b, (struct lg_reader_event){
			.kind = LG_READER_STORED, .through = through, .size_bytes = size_bytes });
}

static void tick(struct bench *b, lg_ms now)
{
	step(b, (struct lg_reader_event){
			.kind = LG_READER_TICKED, .next_session = id(98), .now = now });
}

static void send_back(struct bench *b, uint8_t session, struct lg_point prior)
{
	step(b, (struct lg_reader_event){
			.kind = LG_READER_SENT_BACK, .session = id(session), .prior = prior });
}

/* --- lists ------------------------------------------------------------------------------ */

/* Goal: a list grows by epochs.  Method: raise the last, add one, overflow at the limit. */
static void points_move_forward(void **unused)
{
	struct lg_points points = { 0 };

	(void)unused;
	lg_points_move(&points, point(1, 3));
	lg_points_move(&points, point(1, 5));
	lg_points_move(&points, point(2, 6));
	assert_int_equal(points.count, 2);
	assert_point(points.at[0], 1, 5);
	assert_point(points.at[1], 2, 6);

	points.count = 0;
	for (uint64_t i = 1; i <= LG_POINTS_MAX + 1; i++) {
		lg_points_move(
			&points, (struct lg_point){ .epoch = lg_id_make(1, 0, i), .number = i });
		assert_int_equal(points.count, i <= LG_POINTS_MAX ? i : LG_POINTS_MAX);
	}
	assert_int_equal(points.at[0].number, 2);
	assert_int_equal(lg_points_last(&points).number, LG_POINTS_MAX + 1);
}

/* Goal: going back keeps what both know.  Method: within an epoch, at its end, to nothing. */
static void points_are_cut_to_a_point(void **unused)
{
	struct lg_points points = { .count = 3, .at = { point(1, 5), point(2, 8), point(3, 9) } };

	(void)unused;
	lg_points_cut(&points, point(2, 8));
	assert_int_equal(points.count, 2);
	lg_points_cut(&points, point(2, 6));
	assert_int_equal(points.count, 2);
	assert_point(points.at[1], 2, 6);
	lg_points_cut(&points, (struct lg_point){ 0 });
	assert_int_equal(points.count, 0);
}

/* --- batches ---------------------------------------------------------------------------- */

/* Goal: what begins at the tip is applied and acknowledged.  Method: from nothing, two epochs. */
static void a_batch_at_the_tip_is_applied(void **unused)
{
	struct bench b;
	struct lg_points nothing = { 0 };

	(void)unused;
	lg_subscriber_init(&b.reader, &nothing);
	step(&b, (struct lg_reader_event){ .kind = LG_READER_STARTED, .session = id(50) });
	deliver(&b, 50, 0, 1, 1, 3);
	assert_point(only(&b, LG_READER_APPLY).point, 1, 3);
	store(&b, 3, 300);
	assert_point(only(&b, LG_READER_ACKNOWLEDGE).point, 1, 3);
	assert_int_equal(b.did.at[0].allowed_bytes, 300 + LG_WINDOW_BYTES);
	assert_true(lg_id_equal(b.did.at[0].session, id(50)));
	deliver(&b, 50, 1, 2, 4, 4);
	assert_point(only(&b, LG_READER_APPLY).point, 2, 4);
	store(&b, 4, 100);
	assert_int_equal(only(&b, LG_READER_ACKNOWLEDGE).allowed_bytes, 400 + LG_WINDOW_BYTES);
	assert_int_equal(b.reader.points.count, 2);
}

/* Goal: several batches may be under way, over epochs.  Method: three, stored in two parts. */
static void stored_points_follow_batches_over_epochs(void **unused)
{
	struct bench b = sample();

	(void)unused;
	deliver(&b, 50, 1, 1, 5, 6);
	deliver(&b, 50, 1, 2, 7, 9);
	deliver(&b, 50, 2, 2, 10, 11);
	deliver(&b, 50, 2, 3, 12, 12);
	assert_point(only(&b, LG_READER_APPLY).point, 3, 12);
	assert_point(lg_points_last(&b.reader.points), 1, 4);

	store(&b, 6, 200);
	assert_point(lg_points_last(&b.reader.points), 1, 6);
	store(&b, 9, 300);
	assert_point(lg_points_last(&b.reader.points), 2, 9);
	store(&b, 12, 300); /* two APPLYs in one transaction */
	assert_point(lg_points_last(&b.reader.points), 3, 12);
	assert_int_equal(b.reader.points.count, 3);
	assert_point(b.reader.points.at[1], 2, 11);
	assert_int_equal(b.reader.flying_count, 0);
}

/* Goal: memory is bounded.  Method: one epoch more under way than there is room for. */
static void epochs_under_way_are_bounded(void **unused)
{
	struct bench b = sample();

	(void)unused;
	for (uint8_t i = 0; i < LG_FLYING_MAX; i++) {
		deliver(&b, 50, (uint8_t)(1 + i), (uint8_t)(2 + i), 5 + (uint64_t)i,
			5 + (uint64_t)i);
		assert_point(only(&b, LG_READER_APPLY).point, (uint8_t)(2 + i), 5 + (uint64_t)i);
	}
	deliver(&b, 50, 1 + LG_FLYING_MAX, 2 + LG_FLYING_MAX, 5 + LG_FLYING_MAX, 5 + LG_FLYING_MAX);
	assert_int_equal(b.did.count, 0);
	store(&b, 5, 100);
	deliver(&b, 50, 1 + LG_FLYING_MAX, 2 + LG_FLYING_MAX, 5 + LG_FLYING_MAX, 5 + LG_FLYING_MAX);
	only(&b, LG_READER_APPLY);
}

/* Goal: nothing takes effect twice.  Method: copies, frames of other sessions, no batch at all. */
static void copies_and_strangers_are_ignored(void **unused)
{
	struct bench b = sample();

	(void)unused;
	deliver(&b, 49, 1, 1, 5, 6);
	assert_int_equal(b.did.count, 0);
	assert_int_equal(b.reader.heard_at, 1000);
	deliver(&b, 50, 1, 1, 5, 6);
	deliver(&b, 50, 1, 1, 5, 6);
	assert_int_equal(b.did.count, 0);
	deliver(&b, 50, 1, 1, 3, 4);
	assert_int_equal(b.did.count, 0);
	assert_int_equal(b.reader.received_bytes, 200);

	deliver(&b, 50, 1, 1, 0, 7);
	assert_int_equal(b.did.count, 0);
	deliver(&b, 50, 1, 1, 8, 7);
	assert_int_equal(b.did.count, 0);
	deliver(&b, 50, 1, 0, 7, 7);
	assert_int_equal(b.did.count, 0);
	deliver(&b, 50, 1, 1, 7, 7 + LG_BATCH_MAX);
	assert_int_equal(b.did.count, 0);
	deliver(&b, 50, 1, 1, 7, 6 + LG_BATCH_MAX);
	only(&b, LG_READER_APPLY);
}

/* Goal: a loss is noticed at once.  Method: a gap, another epoch before, a batch across the tip. */
static void a_batch_that_does_not_follow_starts_a_new_session(void **unused)
{
	static const uint64_t rows[][3] = { { 1, 6, 7 }, { 2, 5, 7 }, { 1, 4, 7 } };

	(void)unused;
	for (size_t i = 0; i < 3; i++) {
		struct bench b = sample();

		deliver(&b, 50, (uint8_t)rows[i][0], 1, rows[i][1], rows[i][2]);
		assert_true(lg_id_equal(only(&b, LG_READER_SUBSCRIBE).session, id(99)));
		assert_int_equal(b.did.at[0].allowed_bytes, LG_WINDOW_BYTES);
		assert_point(b.reader.tip, 1, 4);
		deliver(&b, 50, 1, 1, 5, 6); /* the old session is over */
		assert_int_equal(b.did.count, 0);
		deliver(&b, 99, 1, 1, 5, 6);
		only(&b, LG_READER_APPLY);
	}
}

/* Goal: what is asked for and what is held are one.  Method: a gap while a batch is under way. */
static void a_new_session_waits_for_what_is_under_way(void **unused)
{
	struct bench b = sample();

	(void)unused;
	deliver(&b, 50, 1, 1, 5, 6);
	deliver(&b, 50, 1, 1, 7, 8);
	deliver(&b, 50, 1, 1, 11, 12);
	assert_int_equal(b.did.count, 0);
	deliver(&b, 50, 1, 1, 9, 10);
	assert_int_equal(b.did.count, 0);
	deliver(&b, 99, 1, 1, 9, 10); /* nobody was told of 99 yet */
	assert_int_equal(b.did.count, 0);
	store(&b, 6, 200);
	assert_int_equal(b.did.count, 0);
	tick(&b, 100000);
	assert_int_equal(b.did.count, 0);
	store(&b, 8, 200);
	assert_true(lg_id_equal(only(&b, LG_READER_SUBSCRIBE).session, id(99)));
	assert_int_equal(b.reader.received_bytes, 0);
	deliver(&b, 99, 1, 1, 9, 10);
	store(&b, 10, 200);
	assert_int_equal(only(&b, LG_READER_ACKNOWLEDGE).allowed_bytes, 200 + LG_WINDOW_BYTES);
}

/* Goal: a publisher cannot fill our memory.  Method: at the credit's end, and behind it. */
static void batches_beyond_the_credit_are_dropped(void **unused)
{
	struct bench b = sample();
	struct lg_reader_event event = { .kind = LG_READER_DELIVERED,
		.session = id(50),
		.prior = point(1, 4),
		.epoch = id(1),
		.first = 5,
		.through = 5,
		.size_bytes = LG_WINDOW_BYTES - 1 };

	(void)unused;
	step(&b, event);
	only(&b, LG_READER_APPLY);
	event.first = event.through = 6;
	step(&b, event); /* one byte of credit is left: one more may pass */
	only(&b, LG_READER_APPLY);
	event.first = event.through = 7;
	step(&b, event);
	assert_int_equal(b.did.count, 0);
	store(&b, 5, LG_WINDOW_BYTES - 1);
	step(&b, event);
	only(&b, LG_READER_APPLY);
}

/* --- failure, silence, going back -------------------------------------------------------- */

/* Goal: after a failure nothing in memory counts.  Method: the caller reads the list anew. */
static void a_failure_returns_to_what_is_stored(void **unused)
{
	struct bench b = sample();

	(void)unused;
	deliver(&b, 50, 1, 1, 5, 6);
	deliver(&b, 50, 1, 2, 7, 8);
	lg_points_move(
		&b.reader.points, point(1, 6)); /* the outcome was unknown: half was stored */
	step(&b, (struct lg_reader_event){
			 .kind = LG_READER_FAILED, .next_session = id(60), .now = 3000 });
	assert_true(lg_id_equal(only(&b, LG_READER_SUBSCRIBE).session, id(60)));
	assert_point(b.reader.tip, 1, 6);
	assert_int_equal(b.reader.flying_count, 0);
	assert_int_equal(b.reader.heard_at, 3000);
}

/* Goal: a failure ends going back and asking too.  Method: fail in both. */
static void a_failure_ends_whatever_was_begun(void **unused)
{
	struct bench b = sample();

	(void)unused;
	send_back(&b, 50, point(1, 2));
	step(&b, (struct lg_reader_event){ .kind = LG_READER_FAILED, .next_session = id(60) });
	only(&b, LG_READER_SUBSCRIBE);
	assert_point(b.reader.tip, 1, 4);
	assert_false(b.reader.going_back);

	deliver(&b, 60, 1, 1, 5, 6);
	deliver(&b, 60, 1, 1, 9, 9);
	assert_true(b.reader.asking);
	step(&b, (struct lg_reader_event){ .kind = LG_READER_FAILED, .next_session = id(61) });
	only(&b, LG_READER_SUBSCRIBE);
	assert_false(b.reader.asking);
}

/*
 * Goal: what is on its way over a slow line is not thrown away.  Method: a reader of another
 * site's stream, just before and at its own limit.
 */
static void a_far_stream_may_be_silent_for_longer(void **unused)
{
	struct bench b = sample();

	(void)unused;
	b.reader.silence_ms = LG_FAR_SILENCE_MS;
	tick(&b, 1000 + LG_FAR_SILENCE_MS - 1);
	assert_int_equal(b.did.count, 0);
	tick(&b, 1000 + LG_FAR_SILENCE_MS);
	only(&b, LG_READER_SUBSCRIBE);
}

/* Goal: silence is not a state.  Method: just before and at the limit, under way, clock back. */
static void after_silence_the_reader_asks_again(void **unused)
{
	struct bench b = sample();

	(void)unused;
	tick(&b, 1000 + LG_SILENCE_MS - 1);
	assert_int_equal(b.did.count, 0);
	tick(&b, 1000 + LG_SILENCE_MS);
	assert_true(lg_id_equal(only(&b, LG_READER_SUBSCRIBE).session, id(98)));
	tick(&b, 1000 + LG_SILENCE_MS + 1);
	assert_int_equal(b.did.count, 0);

	tick(&b, 10); /* the clock was set back an hour: silence is counted from there */
	assert_int_equal(b.did.count, 0);
	tick(&b, 10 + LG_SILENCE_MS);
	only(&b, LG_READER_SUBSCRIBE);

	deliver(&b, 98, 1, 1, 5, 6);
	tick(&b, 1000000);
	assert_int_equal(b.did.count, 0);
	store(&b, 6, 200);
	tick(&b, 1000000);
	only(&b, LG_READER_SUBSCRIBE);
}

/* Goal: a reader goes back where it is told, then asks anew.  Method: the whole way. */
static void a_reader_goes_back_and_asks_anew(void **unused)
{
	struct bench b = sample();

	(void)unused;
	lg_points_move(&b.reader.points, point(2, 9));
	step(&b, (struct lg_reader_event){ .kind = LG_READER_FAILED, .next_session = id(60) });
	send_back(&b, 60, point(1, 3));
	assert_point(only(&b, LG_READER_STORE_BACK).point, 1, 3);
	send_back(&b, 60, point(1, 3));
	assert_int_equal(b.did.count, 0);
	deliver(&b, 60, 1, 1, 4, 5);
	assert_int_equal(b.did.count, 0);
	tick(&b, 100000);
	assert_int_equal(b.did.count, 0);

	step(&b, (struct lg_reader_event){
			 .kind = LG_READER_WENT_BACK, .next_session = id(61), .now = 1 });
	assert_true(lg_id_equal(only(&b, LG_READER_SUBSCRIBE).session, id(61)));
	assert_int_equal(b.reader.points.count, 1);
	assert_point(b.reader.tip, 1, 3);
	deliver(&b, 61, 1, 7, 4, 4);
	only(&b, LG_READER_APPLY);
}

/* Goal: nobody sends a reader anywhere else.  Method: points that it never had, late copies. */
static void a_reader_goes_back_only_along_its_own_list(void **unused)
{
	struct bench b = sample();

	(void)unused;
	lg_points_move(&b.reader.points, point(2, 9));
	step(&b, (struct lg_reader_event){ .kind = LG_READER_FAILED, .next_session = id(60) });

	send_back(&b, 50, point(1, 3)); /* another session */
	assert_int_equal(b.did.count, 0);
	send_back(&b, 60, point(2, 9)); /* not back */
	assert_int_equal(b.did.count, 0);
	send_back(&b, 60, point(3, 5)); /* an epoch it never had */
	assert_int_equal(b.did.count, 0);
	send_back(&b, 60, point(1, 5)); /* more than it had of epoch 1 */
	assert_int_equal(b.did.count, 0);
	send_back(&b, 60, point(2, 4)); /* before its epoch began */
	assert_int_equal(b.did.count, 0);
	send_back(&b, 60, point(1, 0));
	assert_int_equal(b.did.count, 0);
	deliver(&b, 60, 2, 2, 10, 10);
	send_back(&b, 60, point(1, 3)); /* something is under way: a copy */
	assert_int_equal(b.did.count, 0);
	store(&b, 10, 100);
	send_back(&b, 60, point(0, 0)); /* to the start */
	only(&b, LG_READER_STORE_BACK);
}

static void say_gone(struct bench *b, uint8_t session, struct lg_point dropped)
{
	step(b, (struct lg_reader_event){
			.kind = LG_READER_GONE, .session = id(session), .prior = dropped });
}

/* Goal: who is told GONE goes on behind what was dropped, and asks anew.  Method: the whole way. */
static void what_was_dropped_is_passed_over_and_asked_for(void **unused)
{
	struct bench b = sample();

	(void)unused;
	say_gone(&b, 50, point(2, 9));
	assert_point(only(&b, LG_READER_STORE_AHEAD).point, 2, 9);
	deliver(&b, 50, 2, 2, 10, 10);
	assert_int_equal(b.did.count, 0);
	step(&b, (struct lg_reader_event){
			 .kind = LG_READER_WENT_AHEAD, .next_session = id(61), .now = 1 });
	assert_true(lg_id_equal(only(&b, LG_READER_SUBSCRIBE).session, id(61)));
	assert_int_equal(b.reader.points.count, 2);
	assert_point(b.reader.tip, 2, 9);
	deliver(&b, 61, 2, 2, 10, 10);
	only(&b, LG_READER_APPLY);
}

/* Goal: nothing else moves it.  Method: other sessions, back, no epoch, something under way. */
static void a_reader_goes_ahead_only_at_a_word_for_it(void **unused)
{
	struct bench b = sample();

	(void)unused;
	say_gone(&b, 49, point(2, 9));
	assert_int_equal(b.did.count, 0);
	say_gone(&b, 50, point(1, 4));
	assert_int_equal(b.did.count, 0);
	say_gone(&b, 50, point(0, 9));
	assert_int_equal(b.did.count, 0);
	deliver(&b, 50, 1, 1, 5, 5);
	say_gone(&b, 50, point(2, 9));
	assert_int_equal(b.did.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_move_forward),
		cmocka_unit_test(points_are_cut_to_a_point),
		cmocka_unit_test(a_batch_at_the_tip_is_applied),
		cmocka_unit_test(stored_points_follow_batches_over_epochs),
		cmocka_unit_test(epochs_under_way_are_bounded),
		cmocka_unit_test(copies_and_strangers_are_ignored),
		cmocka_unit_test(a_batch_that_does_not_follow_starts_a_new_session),
		cmocka_unit_test(a_new_session_waits_for_what_is_under_way),
		cmocka_unit_test(batches_beyond_the_credit_are_dropped),
		cmocka_unit_test(a_failure_returns_to_what_is_stored),
		cmocka_unit_test(a_failure_ends_whatever_was_begun),
		cmocka_unit_test(a_far_stream_may_be_silent_for_longer),
		cmocka_unit_test(after_silence_the_reader_asks_again),
		cmocka_unit_test(a_reader_goes_back_and_asks_anew),
		cmocka_unit_test(a_reader_goes_back_only_along_its_own_list),
		cmocka_unit_test(what_was_dropped_is_passed_over_and_asked_for),
		cmocka_unit_test(a_reader_goes_ahead_only_at_a_word_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
