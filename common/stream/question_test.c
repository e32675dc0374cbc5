/* What is named of a list, and what answers are worth: against the publisher itself, and against liars. */
#include "common/stream/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/stream/publisher.h"
#include "common/stream/subscriber.h"

#define EACH 10 /* numbers of one epoch */

static struct lg_id epoch(uint32_t n)
{
	return lg_id_make(1, 0, n + 1);
}

/* A reader's list: epoch i ends with number 10 (i + 1). */
static struct lg_points list_of(uint32_t count)
{
	struct lg_points points = { .count = count };

	for (uint32_t i = 0; i < count; i++)
		points.at[i] = (struct lg_point){ .epoch = epoch(i), .number = EACH * (i + 1) };
	return points;
}

/* A publisher that came back from a backup which ends with this number. */
static struct lg_publisher back_at(uint64_t head)
{
	struct lg_points history = { .count = (uint32_t)((head + EACH - 1) / EACH) };
	struct lg_publisher publisher;

	for (uint32_t i = 0; i < history.count; i++)
		history.at[i] = (struct lg_point){ .epoch = epoch(i), .number = EACH * i + 1 };
	lg_publisher_start(&publisher, &history, head, 0, lg_id_make(2, 0, 1));
	return publisher;
}

static struct lg_question question_of(uint32_t most)
{
	return (struct lg_question){ .most = most };
}

static struct lg_point answer_to(const struct lg_question *question, const struct lg_points *points,
	const struct lg_publisher *publisher)
{
	struct lg_points named;

	lg_question_name(question, points, &named);
	assert_true(named.count <= question->most);
	assert_memory_equal(
		&named.at[named.count - 1], &points->at[points->count - 1], sizeof named.at[0]);
	return lg_publisher_common(publisher, &named);
}

/* Asks until the way back is known.  Returns how often; where it goes is in ret_common. */
static uint32_t find(const struct lg_publisher *publisher, const struct lg_points *points,
	struct lg_question question, struct lg_point *ret_common)
{
	enum lg_answer answer = LG_ANSWER_AGAIN;
	uint32_t asked = 0;

	while (answer == LG_ANSWER_AGAIN) {
		*ret_common = answer_to(&question, points, publisher);
		answer = lg_question_weigh(&question, points, *ret_common);
		asked++;
	}
	assert_int_equal(answer, LG_ANSWER_FOUND);
	return asked;
}

/* --- what is named ------------------------------------------------------------------------ */

/* Goal: the usual list costs nothing.  Method: all lists up to the limit are named as they are. */
static void a_short_list_is_named_whole(void **unused)
{
	struct lg_question question = question_of(LG_POINTS_SENT_MAX);

	(void)unused;
	for (uint32_t count = 0; count <= LG_POINTS_SENT_MAX; count++) {
		struct lg_points points = list_of(count), named;

		lg_question_name(&question, &points, &named);
		assert_int_equal(named.count, count);
		assert_memory_equal(named.at, points.at, count * sizeof named.at[0]);
	}
}

/*
 * Goal: any answer leaves so little open that the next question names all of it.  Method: every longer
 * list; the oldest, the newest 8 one by one, and nowhere more than a question's room between two.
 */
static void a_long_list_is_named_from_end_to_end(void **unused)
{
	struct lg_question question = question_of(LG_POINTS_SENT_MAX);

	(void)unused;
	for (uint32_t count = LG_POINTS_SENT_MAX + 1; count <= LG_POINTS_MAX; count++) {
		struct lg_points points = list_of(count), named;

		lg_question_name(&question, &points, &named);
		assert_int_equal(named.count, LG_POINTS_SENT_MAX);
		assert_int_equal(named.at[0].number, EACH);
		assert_memory_equal(&named.at[LG_POINTS_SENT_MAX - 8], &points.at[count - 8],
			8 * sizeof named.at[0]);
		for (uint32_t i = 1; i < named.count; i++) {
			uint64_t distance = (named.at[i].number - named.at[i - 1].number) / EACH;

			assert_true(distance > 0);
			assert_true(distance < LG_POINTS_SENT_MAX - 2);
		}
	}
}

/* --- a publisher that came back ----------------------------------------------------------- */

/*
 * Goal: not one event more than was lost is handed back, in two questions.  Method: lists on both sides of
 * each limit, backups that end with and within every epoch, and before the first.
 */
static void the_last_that_both_know_is_found_in_two_questions(void **unused)
{
	static const uint32_t counts[] = { 1, 2, 31, 32, 33, 34, 57, 200, 511, 512 };

	(void)unused;
	for (uint32_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
		struct lg_points points = list_of(counts[c]);
		uint64_t last = lg_points_last(&points).number;

		for (uint64_t head = 0; head < last; head += head % EACH == 0 ? EACH - 3 : 3) {
			struct lg_publisher publisher = back_at(head);
			struct lg_point common;
			uint32_t asked =
				find(&publisher, &points, question_of(LG_POINTS_SENT_MAX), &common);

			assert_int_equal(common.number, head);
			assert_true(asked <= (counts[c] <= LG_POINTS_SENT_MAX ? 1 : 2));
		}
	}
}

/* Goal: with less room it is found as well, if later.  Method: few points, every list and backup. */
static void little_room_costs_questions_and_nothing_else(void **unused)
{
	(void)unused;
	for (uint32_t most = LG_POINTS_SENT_MIN; most <= 9; most++) {
		for (uint32_t count = 1; count <= 40; count++) {
			struct lg_points points = list_of(count);

			for (uint64_t head = 0; head < EACH * count; head += EACH) {
				struct lg_publisher publisher = back_at(head);
				struct lg_point common;

				assert_true(find(&publisher, &points, question_of(most), &common) <=
					    LG_QUESTIONS_MAX);
				assert_int_equal(common.number, head);
			}
		}
	}
}

/*
 * Goal: what an earlier owner said binds nobody.  Method: the first question is answered from one backup,
 * the next ones from another, every pair of them; the second one's word counts.
 */
static void a_new_owner_between_two_questions_is_believed_alone(void **unused)
{
	struct lg_points points = list_of(80);

	(void)unused;
	for (uint64_t first = 0; first < 80; first++) {
		struct lg_publisher before = back_at(EACH * first);

		for (uint64_t second = 0; second <= 80; second++) {
			struct lg_publisher after = back_at(EACH * second);
			struct lg_question question = question_of(LG_POINTS_SENT_MAX);
			struct lg_point common = answer_to(&question, &points, &before);

			if (lg_question_weigh(&question, &points, common) == LG_ANSWER_FOUND)
				continue;
			if (second < 80)
				find(&after, &points, question, &common);
			else /* it knows the list's end, and sends from there */
				common = answer_to(&question, &points, &after);
			assert_int_equal(common.number, EACH * second);
		}
	}
}

/* --- liars -------------------------------------------------------------------------------- */

/* Goal: only what was named is an answer.  Method: each point of the list, and what no list has. */
static void what_was_not_named_is_no_answer(void **unused)
{
	struct lg_points points = list_of(100), named;
	struct lg_question question = question_of(LG_POINTS_SENT_MAX);
	const struct lg_point strange[] = {
		{ .epoch = epoch(100), .number = 5 },   /* an epoch of nobody */
		{ .epoch = epoch(0), .number = 0 },     /* no number */
		{ .number = 5 },                        /* no epoch */
		{ .epoch = epoch(0), .number = 11 },    /* more than was had of it */
		{ .epoch = epoch(98), .number = 980 },  /* the end of the epoch before */
		{ .epoch = epoch(99), .number = 1000 }, /* not back */
		{ .epoch = epoch(99), .number = 1001 }, /* ahead */
		{ .epoch = epoch(0), .number = UINT64_MAX },
	};

	(void)unused;
	lg_question_name(&question, &points, &named);
	for (uint32_t i = 0, n = 0; i < points.count; i++) {
		struct lg_question copy = question;
		struct lg_point within = { .epoch = epoch(i), .number = EACH * i + 1 };
		bool is_named = lg_id_equal(named.at[n].epoch, epoch(i));

		n += is_named;
		assert_int_equal(lg_question_weigh(&copy, &points, within),
			is_named ? LG_ANSWER_FOUND : LG_ANSWER_STRANGE);
		assert_int_equal(
			lg_question_weigh(&copy, &points, points.at[i]) == LG_ANSWER_STRANGE,
			!is_named || i + 1 == points.count);
	}
	for (uint32_t i = 0; i < sizeof strange / sizeof strange[0]; i++)
		assert_int_equal(
			lg_question_weigh(&question, &points, strange[i]), LG_ANSWER_STRANGE);
	assert_int_equal(question.asked, 0);
	assert_int_equal(
		lg_question_weigh(&question, &(struct lg_points){ 0 }, (struct lg_point){ 0 }),
		LG_ANSWER_STRANGE);
}

/* An answer that leaves something open, if there is one: none, or the newest that does. */
static bool answer_openly(struct lg_question *question, const struct lg_points *points)
{
	struct lg_points named;

	lg_question_name(question, points, &named);
	named.at[named.count] = (struct lg_point){ .number = 0 };
	for (uint32_t i = named.count + 1; i-- > 0;) {
		struct lg_question copy = *question;

		if (lg_question_weigh(&copy, points, named.at[i]) != LG_ANSWER_AGAIN)
			continue;
		*question = copy;
		return true;
	}
	return false;
}

/* Goal: no publisher keeps a reader asking.  Method: one that always leaves something open. */
static void who_never_agrees_with_himself_is_believed_at_last(void **unused)
{
	struct lg_points points = list_of(LG_POINTS_MAX), named;
	struct lg_question question = question_of(LG_POINTS_SENT_MAX);
	uint32_t asked = 1;

	(void)unused;
	while (answer_openly(&question, &points))
		asked++;
	assert_int_equal(asked, LG_QUESTIONS_MAX);
	lg_question_name(&question, &points, &named);
	for (uint32_t i = 0; i + 1 < named.count; i++)
		assert_int_equal(
			lg_question_weigh(&question, &points, named.at[i]), LG_ANSWER_FOUND);
}

/* --- in a reader -------------------------------------------------------------------------- */

struct bench {
	struct lg_subscriber reader;
	struct lg_reader_actions did;
};

static void step(
	struct bench *b, enum lg_reader_event_kind kind, uint8_t session, struct lg_point prior)
{
	lg_subscriber_step(&b->reader,
		&(struct lg_reader_event){ .kind = kind,
			.session = lg_id_make(3, 0, session),
			.next_session = lg_id_make(3, 0, session + 1u),
			.prior = prior,
			.epoch = lg_id_make(2, 0, 1),
			.first = prior.number + 1,
			.through = prior.number + 1,
			.size_bytes = 1,
			.now = (lg_ms)session * LG_MINUTE_MS },
		&b->did);
}

/* The reader asks, in this session. */
static void assert_asks(const struct bench *b, uint8_t session)
{
	assert_int_equal(b->did.count, 1);
	assert_int_equal(b->did.at[0].kind, LG_READER_SUBSCRIBE);
	assert_true(lg_id_equal(b->did.at[0].session, lg_id_make(3, 0, session)));
}

/*
 * Goal: a reader goes back only when it knows how far, whatever is lost or comes twice meanwhile.
 * Method: an answer that leaves a gap, its copy, a question without answer, and the answer.
 */
static void a_reader_asks_again_before_it_goes(void **unused)
{
	struct lg_points points = list_of(100), named;
	struct lg_publisher publisher = back_at(EACH * 50);
	struct lg_point prior, common;
	static struct bench b;

	(void)unused;
	lg_subscriber_init(&b.reader, &points);
	step(&b, LG_READER_STARTED, 1, (struct lg_point){ 0 });
	prior = answer_to(&b.reader.question, &points, &publisher);
	assert_true(prior.number < EACH * 50);

	step(&b, LG_READER_SENT_BACK, 1, prior);
	assert_asks(&b, 2);
	step(&b, LG_READER_SENT_BACK, 1, prior); /* the same again: of an older session */
	assert_int_equal(b.did.count, 0);
	lg_question_name(&b.reader.question, &points, &named);
	step(&b, LG_READER_TICKED, 2, prior); /* nothing came: the same question, a new session */
	assert_asks(&b, 3);
	common = answer_to(&b.reader.question, &points, &publisher);
	assert_true(lg_id_equal(named.at[0].epoch, prior.epoch));
	assert_int_equal(common.number, EACH * 50);

	step(&b, LG_READER_SENT_BACK, 3, common);
	assert_int_equal(b.did.at[0].kind, LG_READER_STORE_BACK);
	assert_int_equal(b.did.at[0].point.number, EACH * 50);
	step(&b, LG_READER_WENT_BACK, 3, common);
	assert_asks(&b, 4);
	assert_int_equal(b.reader.points.count, 50);
	assert_int_equal(b.reader.question.asked, 0);
}

/* Goal: what was narrowed down is forgotten with its reason.  Method: a batch at the tip; a failure. */
static void where_a_reader_stands_it_asks_as_at_first(void **unused)
{
	struct lg_points points = list_of(100);
	static struct bench b;

	(void)unused;
	for (unsigned way = 0; way < 2; way++) {
		lg_subscriber_init(&b.reader, &points);
		step(&b, LG_READER_STARTED, 1, (struct lg_point){ 0 });
		step(&b, LG_READER_SENT_BACK, 1, points.at[0]);
		assert_asks(&b, 2);
		assert_int_equal(b.reader.question.asked, 1);
		step(&b, way == 0 ? LG_READER_DELIVERED : LG_READER_FAILED, 2,
			lg_points_last(&points));
		assert_int_equal(b.did.count, 1);
		assert_int_equal(b.reader.question.asked, 0);
		assert_int_equal(b.reader.question.most, LG_POINTS_SENT_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_list_is_named_whole),
		cmocka_unit_test(a_long_list_is_named_from_end_to_end),
		cmocka_unit_test(the_last_that_both_know_is_found_in_two_questions),
		cmocka_unit_test(little_room_costs_questions_and_nothing_else),
		cmocka_unit_test(a_new_owner_between_two_questions_is_believed_alone),
		cmocka_unit_test(what_was_not_named_is_no_answer),
		cmocka_unit_test(who_never_agrees_with_himself_is_believed_at_last),
		cmocka_unit_test(a_reader_asks_again_before_it_goes),
		cmocka_unit_test(where_a_reader_stands_it_asks_as_at_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
