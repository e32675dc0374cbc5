#include "services/bus/lane_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int build(void **state)
{
	*state = calloc(1, sizeof(struct lane_queue));
	return *state == NULL;
}

static int tear_down(void **state)
{
	lane_queue_clear(*state);
	free(*state);
	return 0;
}

static void add(struct lane_queue *queue, uint8_t partition, uint32_t number, const char *text)
{
	const struct lg_route route = {
		.version = 1, .from_service = LG_SERVICE_REFERRAL, .from_partition = partition
	};

	assert_true(
		lg_is_done(lane_queue_add(queue, number, &route, lg_bytes(text, strlen(text)))));
}

static uint32_t take(struct lane_queue *queue)
{
	const struct waiting *frame = lane_queue_first(queue);
	uint32_t number = frame == NULL ? 0 : frame->piece.number;

	if (frame != NULL)
		lane_queue_drop_first(queue);
	return number;
}

/* Goal: first in, first out.  Method: one stream, in and out in turn, until empty and again. */
static void frames_of_a_stream_leave_in_the_order_in_which_they_came(void **state)
{
	struct lane_queue *queue = *state;

	for (uint32_t round = 0; round < 3; round++) {
		add(queue, 3, 1, "one");
		add(queue, 3, 2, "");
		assert_int_equal(lane_queue_first(queue)->piece.count, 1);
		assert_int_equal(lane_queue_first(queue)->route.from_partition, 3);
		assert_memory_equal(lane_queue_first(queue)->bytes, "one", 3);
		assert_int_equal(take(queue), 1);
		add(queue, 3, 3, "three");
		assert_int_equal(lane_queue_first(queue)->size, 0);
		assert_int_equal(take(queue), 2);
		assert_int_equal(take(queue), 3);
		assert_null(lane_queue_first(queue));
		assert_int_equal(queue->bytes, 0);
	}
	add(queue, 3, 4, "x");
	add(queue, 3, 5, "y");
	assert_int_equal(lane_queue_clear(queue), 2);
	assert_int_equal(lane_queue_clear(queue), 0);
}

/* Goal: a backlog keeps nobody silent.  Method: many of one stream, then one of each of two. */
static void each_stream_has_its_turn(void **state)
{
	struct lane_queue *queue = *state;

	for (uint32_t number = 1; number <= 5; number++)
		add(queue, 4, number, "x");
	assert_int_equal(take(queue), 1);
	add(queue, 9, 90, "x");
	add(queue, 0, 10, "x");
	assert_int_equal(take(queue), 90);
	assert_int_equal(take(queue), 10);
	for (uint32_t number = 2; number <= 5; number++)
		assert_int_equal(take(queue), number);
	assert_int_equal(take(queue), 0);
}

/*
 * Goal: what nobody waits for is forgotten, and nothing else.  Method: two streams, one forgotten
 * with its turn; what comes later is there.
 */
static void a_stream_that_begins_anew_is_forgotten(void **state)
{
	struct lane_queue *queue = *state;

	add(queue, 4, 1, "x");
	add(queue, 4, 2, "x");
	add(queue, 5, 3, "x");
	assert_int_equal(lane_queue_first(queue)->piece.number, 1);
	assert_int_equal(lane_queue_forget(queue, LG_SERVICE_REFERRAL, 4), 2);
	assert_int_equal(lane_queue_forget(queue, LG_SERVICE_MATCHING, 5), 0);
	add(queue, 4, 4, "x");
	assert_int_equal(take(queue), 4);
	assert_int_equal(take(queue), 3);
	assert_int_equal(queue->bytes, 0);
}

/* Goal: memory is bounded.  Method: fill with the largest frames; one leaves, one fits again. */
static void a_full_queue_takes_no_more(void **state)
{
	struct lane_queue *queue = *state;
	uint8_t *bytes = calloc(1, LG_FRAME_MAX);
	const struct lg_route route = { .version = 1 };
	struct lg_status status = lg_done();
	uint32_t count = 0;

	assert_non_null(bytes);
	for (; lg_is_done(status); count++)
		status = lane_queue_add(queue, count, &route, lg_bytes(bytes, LG_FRAME_MAX));
	assert_int_equal(status.outcome, LG_RETRY);
	assert_int_equal(count, LANE_QUEUE_BYTES_MAX / LG_FRAME_MAX);
	assert_true(queue->bytes <= LANE_QUEUE_BYTES_MAX);
	lane_queue_drop_first(queue);
	assert_true(
		lg_is_done(lane_queue_add(queue, count, &route, lg_bytes(bytes, LG_FRAME_MAX))));
	assert_int_equal(lane_queue_clear(queue), count - 1);
	free(bytes);
}

#define test(name) cmocka_unit_test_setup_teardown(name, build, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(frames_of_a_stream_leave_in_the_order_in_which_they_came),
		test(each_stream_has_its_turn),
		test(a_stream_that_begins_anew_is_forgotten),
		test(a_full_queue_takes_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
