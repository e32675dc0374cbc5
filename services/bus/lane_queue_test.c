#include "lane_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct lg_status add(struct lane_queue *queue, uint32_t number, const char *text)
{
	const struct lg_route route = { .version = 1, .to_service = (uint8_t)number };

	return lane_queue_add(queue, number, &route, lg_bytes(text, strlen(text)));
}

/* Goal: first in, first out.  Method: in and out in turn, until empty and again. */
static void frames_leave_in_the_order_in_which_they_came(void **unused)
{
	struct lane_queue queue;

	(void)unused;
	lane_queue_init(&queue);
	for (uint32_t round = 0; round < 3; round++) {
		assert_true(lg_is_done(add(&queue, 1, "one")));
		assert_true(lg_is_done(add(&queue, 2, "")));
		assert_int_equal(queue.first->piece.number, 1);
		assert_int_equal(queue.first->piece.count, 1);
		assert_int_equal(queue.first->route.to_service, 1);
		assert_memory_equal(queue.first->bytes, "one", 3);
		lane_queue_drop_first(&queue);
		assert_true(lg_is_done(add(&queue, 3, "three")));
		assert_int_equal(queue.first->piece.number, 2);
		assert_int_equal(queue.first->size, 0);
		lane_queue_drop_first(&queue);
		assert_int_equal(queue.first->piece.number, 3);
		lane_queue_drop_first(&queue);
		assert_null(queue.first);
		assert_int_equal(queue.bytes, 0);
	}
	assert_true(lg_is_done(add(&queue, 4, "x")));
	assert_true(lg_is_done(add(&queue, 5, "y")));
	assert_int_equal(lane_queue_clear(&queue), 2);
	assert_int_equal(lane_queue_clear(&queue), 0);
}

/* Goal: memory is bounded.  Method: fill with the largest frames; one leaves, one fits again. */
static void a_full_queue_takes_no_more(void **unused)
{
	struct lane_queue queue;
	uint8_t *bytes = calloc(1, LG_FRAME_MAX);
	const struct lg_route route = { .version = 1 };
	struct lg_status status = lg_done();
	uint32_t count = 0;

	(void)unused;
	assert_non_null(bytes);
	lane_queue_init(&queue);
	for (; lg_is_done(status); count++)
		status = lane_queue_add(&queue, count, &route, lg_bytes(bytes, LG_FRAME_MAX));
	assert_int_equal(status.outcome, LG_RETRY);
	assert_int_equal(count, LANE_QUEUE_BYTES_MAX / LG_FRAME_MAX);
	assert_true(queue.bytes <= LANE_QUEUE_BYTES_MAX);
	assert_int_equal(queue.first->piece.number, 0);
	lane_queue_drop_first(&queue);
	assert_true(
		lg_is_done(lane_queue_add(&queue, count, &route, lg_bytes(bytes, LG_FRAME_MAX))));
	assert_int_equal(lane_queue_clear(&queue), count - 1);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_leave_in_the_order_in_which_they_came),
		cmocka_unit_test(a_full_queue_takes_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
