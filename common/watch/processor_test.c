#include "common/watch/processor.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/types.h>
#include <cmocka.h>

static bool tick(struct lg_together *together, uint64_t used_ms, uint64_t waited_ms)
{
	return lg_together_tick(together, (struct lg_turns){ .passed_us = 1000000,
						  .used_us = used_ms * 1000,
						  .waited_us = waited_ms * 1000 });
}

/* Goal: threads meet only after quiet seconds.  Method: one busy, one crowded before the last of them. */
static void threads_meet_when_it_is_quiet(void **unused)
{
	struct lg_together together = { .is_together = false };

	(void)unused;
	for (uint32_t n = 1; n < LG_TOGETHER_TICKS; n++)
		assert_false(tick(&together, 1, 0));
	assert_false(tick(&together, 126, 0));
	for (uint32_t n = 1; n < LG_TOGETHER_TICKS; n++)
		assert_false(tick(&together, 125, 31));
	assert_false(tick(&together, 0, 1));
	for (uint32_t n = 1; n < LG_TOGETHER_TICKS; n++)
		assert_false(tick(&together, 125, 31));
	assert_true(tick(&together, 125, 31));
	assert_true(tick(&together, 250, 126)); /* some more does not part them */
}

static void meet(struct lg_together *together)
{
	uint32_t ticks = 0;

	while (!tick(together, 1, 0))
		assert_true(++ticks <= LG_TOGETHER_TICKS_MAX);
}

/* Goal: whoever has much to do is not held.  Method: each of the three reasons, once. */
static void work_parts_them_at_once(void **unused)
{
	struct lg_together together = { .is_together = false };

	(void)unused;
	meet(&together);
	assert_false(tick(&together, 251, 0));
	meet(&together);
	assert_false(tick(&together, 40, 22));
	meet(&together);
	lg_together_end(&together);
	assert_false(together.is_together);
	assert_false(tick(&together, 1, 0));
}

/*
 * Goal: beside a stranger who needs the processor they try it ever more seldom, and not for ever.
 * Method: crowd them out each time, count the quiet seconds before the next try; then let one last.
 */
static void a_crowded_place_is_tried_less_often(void **unused)
{
	struct lg_together together = { .is_together = false };
	uint32_t wanted = LG_TOGETHER_TICKS;

	(void)unused;
	for (int n = 0; n < 12; n++) {
		uint32_t ticks = 1;

		while (!tick(&together, 1, 0))
			ticks++;
		assert_int_equal(ticks, wanted);
		assert_false(tick(&together, 1, 50));
		wanted = wanted * 2 > LG_TOGETHER_TICKS_MAX ? LG_TOGETHER_TICKS_MAX : wanted * 2;
	}
	assert_int_equal(wanted, LG_TOGETHER_TICKS_MAX);
	meet(&together);
	for (int n = 0; n < 60; n++)
		assert_true(tick(&together, 1, 0));
	assert_false(tick(&together, 1, 50));
	assert_int_equal(together.wanted_ticks, LG_TOGETHER_TICKS);
}

/* --- the kernel ---------------------------------------------------------------------------- */

static void *sleep_until_told(void *gate)
{
	pthread_mutex_lock(gate);
	pthread_mutex_unlock(gate);
	return NULL;
}

/* Processors on which the most and the least bound of our threads may run. */
static void count_processors(int *ret_least, int *ret_most)
{
	DIR *threads = opendir("/proc/self/task");
	struct dirent *entry;

	assert_non_null(threads);
	*ret_least = CPU_SETSIZE;
	*ret_most = 0;
	while ((entry = readdir(threads)) != NULL) {
		pid_t thread = (pid_t)strtol(entry->d_name, NULL, 10);
		cpu_set_t set;

		if (thread <= 0 || sched_getaffinity(thread, sizeof set, &set) != 0)
			continue;
		if (CPU_COUNT(&set) < *ret_least)
			*ret_least = CPU_COUNT(&set);
		if (CPU_COUNT(&set) > *ret_most)
			*ret_most = CPU_COUNT(&set);
	}
	closedir(threads);
}

static void on_patience(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

static void on_look(uv_timer_t *timer)
{
	if (lg_processor_is_one(timer->data))
		uv_stop(timer->loop);
}

/* Runs the loop until they are together; false where the machine was too busy for it. */
static bool wait_until_one(uv_loop_t *loop, struct lg_processor *processor)
{
	uv_timer_t look, patience;

	uv_timer_init(loop, &look);
	uv_timer_init(loop, &patience);
	look.data = processor;
	uv_timer_start(&look, on_look, 20, 20);
	uv_timer_start(&patience, on_patience, 8000, 0);
	uv_run(loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&look, NULL);
	uv_close((uv_handle_t *)&patience, NULL);
	uv_run(loop, UV_RUN_NOWAIT);
	return lg_processor_is_one(processor);
}

/*
 * Goal: all threads of the process meet, also those that others began, and all are let go.  Method:
 * ask the kernel where a thread of ours that sleeps may run, before, while and after.
 */
static void all_threads_meet_and_part(void **unused)
{
	pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
	struct lg_processor *processor;
	int before, least, most;
	pthread_t thread;
	uv_loop_t loop;
	bool was_one;

	(void)unused;
	count_processors(&least, &before);
	if (before < 2)
		skip();
	pthread_mutex_lock(&gate);
	assert_int_equal(pthread_create(&thread, NULL, sleep_until_told, &gate), 0);
	uv_loop_init(&loop);
	processor = lg_processor_new(&loop, 3);
	was_one = wait_until_one(&loop, processor);
	count_processors(&least, &most);
	if (was_one)
		assert_int_equal(most, 1);
	lg_processor_spread(processor);
	count_processors(&least, &most);
	assert_int_equal(least, before);
	lg_processor_free(processor);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	pthread_mutex_unlock(&gate);
	pthread_join(thread, NULL);
	if (!was_one)
		skip(); /* the machine is busy, and they rightly kept apart */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_meet_when_it_is_quiet),
		cmocka_unit_test(work_parts_them_at_once),
		cmocka_unit_test(a_crowded_place_is_tried_less_often),
		cmocka_unit_test(all_threads_meet_and_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
