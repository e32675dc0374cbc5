#include "services/bus/domain/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define PIECE 4096

/*
 * A line of this rate with a queue of any length before it: pieces come one after the other, and what
 * has come is said at once, a turn later.  Runs for so long, with as much to send as may be.
 */
struct line {
	struct pace pace;
	uint64_t rate; /* bytes a second */
	lg_ms turn_ms;
	uint64_t sent, come;
	double allowance;
	lg_ms now;
	uint64_t said_late[2048]; /* what is said, by the time it arrives */
};

static void run(struct line *line, lg_ms ms)
{
	for (lg_ms end = line->now + ms; line->now < end; line->now++) {
		uint64_t *slot = &line->said_late[line->now % 2048];

		if (*slot > 0)
			pace_heard(&line->pace, *slot, line->now);
		*slot = 0;
		while (pace_may_send(&line->pace, false, line->now) &&
			line->sent - line->come < 64u * 1024 * 1024) {
			pace_sent(&line->pace, PIECE, line->now);
			line->sent += PIECE;
		}
		line->allowance += (double)line->rate / 1000;
		while (line->allowance >= PIECE && line->come < line->sent) {
			line->allowance -= PIECE;
			line->come += PIECE;
			line->said_late[(line->now + line->turn_ms) % 2048] = line->come;
		}
	}
}

/* A line whose other end has begun to count. */
static struct line *line_new(uint64_t rate, lg_ms turn_ms)
{
	struct line *line = calloc(1, sizeof *line);

	assert_non_null(line);
	line->rate = rate;
	line->turn_ms = turn_ms;
	line->now = 1000;
	pace_heard(&line->pace, 0, line->now);
	return line;
}

/*
 * Goal: on a slow line what is urgent waits a second at most for what is under way.  Method: 64 kbit/s,
 * all that may be sent is sent, for a minute.
 */
static void a_slow_line_holds_a_second_at_most(void **unused)
{
	(void)unused;
	struct line *line = line_new(8000, 50);

	run(line, 60000);
	assert_in_range(line->sent - line->come, 0, 12288);
	/* and it is used: nine tenths of what it could carry */
	assert_true(line->come > 8000 * 60 * 9 / 10);
	free(line);
}

/*
 * Goal: a fast line is not held back.  Method: 30 MB/s at once near, and 2 MB/s far away; after ten
 * seconds a second carries nine tenths of what it could.
 */
static void a_fast_line_is_filled(void **unused)
{
	(void)unused;
	static const struct {
		uint64_t rate;
		lg_ms turn_ms;
	} lines[] = { { 30000000, 1 }, { 2000000, 300 }, { 1000000, 700 } };

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct line *line = line_new(lines[i].rate, lines[i].turn_ms);
		uint64_t before;

		run(line, 20000);
		before = line->come;
		run(line, 1000);
		assert_true(line->come - before > lines[i].rate * 9 / 10);
		free(line);
	}
}

/* Goal: what is urgent is not held by the window.  Method: a full one. */
static void what_is_urgent_goes_above_the_window(void **unused)
{
	(void)unused;
	struct pace pace = { .is_counted = true };

	pace_sent(&pace, PACE_WINDOW_MIN, 1000);
	assert_false(pace_may_send(&pace, false, 1000));
	assert_true(pace_may_send(&pace, true, 1000));
	pace_sent(&pace, PACE_WINDOW_MIN, 1000);
	assert_false(pace_may_send(&pace, true, 1000));
}

/*
 * Goal: a line never stands still for ever.  Method: an end that does not count; one that says nothing
 * any more; one that begins to count anew, below what it had said and far above it.
 */
static void silence_does_not_stop_a_line(void **unused)
{
	(void)unused;
	struct pace pace = { .is_counted = false };

	pace_sent(&pace, 100 * PACE_WINDOW_MIN, 1000);
	assert_true(pace_may_send(&pace, false, 1000));

	pace = (struct pace){ .is_counted = true };
	pace_sent(&pace, PACE_WINDOW_MIN, 1000);
	assert_false(pace_may_send(&pace, false, 1000 + PACE_LOST_MS - 1));
	assert_true(pace_may_send(&pace, false, 1000 + PACE_LOST_MS));

	pace = (struct pace){ .is_counted = true, .said = 1000000 };
	pace_sent(&pace, 2 * PACE_WINDOW_MIN, 1000);
	assert_true(pace_heard(&pace, PIECE, 1010));
	assert_int_equal(pace.under_way, 0);
	assert_true(pace_may_send(&pace, false, 1010));

	pace_sent(&pace, 2 * PACE_WINDOW_MIN, 2000);
	assert_true(pace_heard(&pace, (uint64_t)1 << 60, 2010));
	assert_int_equal(pace.under_way, 0);
	assert_int_equal(pace_window(&pace), PACE_WINDOW_MIN);
}

/*
 * Goal: what was lost is not waited for, whatever else comes.  Method: a window and a half of care into a
 * connection that dies, so that it never comes; then, for a minute, small words that are not held by
 * the window (readers that ask) are sent each second and said to have come.
 */
static void what_was_lost_does_not_stop_a_line(void **unused)
{
	(void)unused;
	struct pace pace = { .is_counted = true };
	uint64_t come = 0;
	lg_ms now = 1000, refused_ms = 0;

	pace_sent(&pace, 3 * PACE_WINDOW_MIN, now);
	for (lg_ms end = now + 60000; now < end; now += 100) {
		if (now % 1000 == 0) {
			pace_sent(&pace, 56, now);
			come += 56;
		}
		if (now % 1000 == 500)
			assert_false(pace_heard(&pace, come, now));
		refused_ms += pace_may_send(&pace, true, now) ? 0 : 100;
	}
	assert_in_range(refused_ms, PACE_LOST_MS, 3 * PACE_LOST_MS);
}

/*
 * Goal: what is slow is not taken for lost.  Method: a line of 1,000 bytes a second, which needs longer
 * for a window than until a loss is believed: what is under way stays within two windows.
 */
static void a_very_slow_line_is_not_taken_for_lost(void **unused)
{
	(void)unused;
	struct line *line = line_new(1000, 50);

	for (int i = 0; i < 120; i++) {
		run(line, 1000);
		assert_in_range(line->sent - line->come, 0, 2 * PACE_WINDOW_MIN);
	}
	free(line);
}

/*
 * Goal: the first word of the other end is no measure of the line.  Method: it has counted a gigabyte
 * before the connection.
 */
static void what_came_before_is_no_rate(void **unused)
{
	(void)unused;
	struct pace pace = { .is_counted = false };

	pace_sent(&pace, PIECE, 1000);
	assert_false(pace_heard(&pace, 1000000000, 2000));
	assert_int_equal(pace_window(&pace), PACE_WINDOW_MIN);
	pace_sent(&pace, PIECE, 2000);
	assert_false(pace_heard(&pace, 1000000000 + PIECE, 2100));
	assert_int_equal(pace.under_way, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_line_holds_a_second_at_most),
		cmocka_unit_test(a_fast_line_is_filled),
		cmocka_unit_test(what_is_urgent_goes_above_the_window),
		cmocka_unit_test(silence_does_not_stop_a_line),
		cmocka_unit_test(what_was_lost_does_not_stop_a_line),
		cmocka_unit_test(a_very_slow_line_is_not_taken_for_lost),
		cmocka_unit_test(what_came_before_is_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
