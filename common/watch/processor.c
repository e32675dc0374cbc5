#include "common/watch/processor.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TICK_MS     1000
#define SCHEDSTAT   "/proc/self/schedstat" /* of the main thread: ran, waited, turns */
#define THREADS     "/proc/self/task"
#define THREADS_MAX 1024

#define SINCE_TICKS_LONG 60 /* together for so long: the place was good */

/* --- when ---------------------------------------------------------------------------------- */

void lg_together_end(struct lg_together *together)
{
	together->is_together = false;
	together->quiet_ticks = 0;
}

/* Somebody else needs this processor: it is tried again, but less and less often. */
static void crowded_out(struct lg_together *together)
{
	lg_together_end(together);
	if (together->since_ticks >= SINCE_TICKS_LONG)
		together->wanted_ticks = LG_TOGETHER_TICKS;
	else if (together->wanted_ticks < LG_TOGETHER_TICKS_MAX)
		together->wanted_ticks *= 2;
}

/*
 * How long one waits says little, for whoever is woken seldom waits seldom; beside how long he runs it
 * tells.  At 500 events a second, together and alone on the machine, the bus waits 0.16 of the time that it
 * runs and services 0.04; beside 20 strangers who want two processors it is 0.7 to 3.4, however they
 * are placed.  A thousandth of the time is for those who hardly run at all.
 */
static bool is_crowded(struct lg_turns turns)
{
	return turns.waited_us > turns.used_us / 2 + turns.passed_us / 1000;
}

static bool is_quiet(struct lg_turns turns)
{
	return turns.used_us <= turns.passed_us / 8 &&
	       turns.waited_us <= turns.used_us / 4 + turns.passed_us / 2000;
}

bool lg_together_tick(struct lg_together *together, struct lg_turns turns)
{
	if (together->wanted_ticks == 0)
		together->wanted_ticks = LG_TOGETHER_TICKS;
	if (together->is_together) {
		if (together->since_ticks < SINCE_TICKS_LONG)
			together->since_ticks++;
		if (is_crowded(turns))
			crowded_out(together);
		else if (turns.used_us > turns.passed_us / 4)
			lg_together_end(together);
		return together->is_together;
	}
	if (!is_quiet(turns))
		together->quiet_ticks = 0;
	else if (++together->quiet_ticks >= together->wanted_ticks)
		*together = (struct lg_together){ .is_together = true,
			.wanted_ticks = together->wanted_ticks };
	return together->is_together;
}

/* --- where --------------------------------------------------------------------------------- */

struct lg_processor {
	uv_timer_t timer;
	int schedstat; /* -1: the kernel does not say */
	uint16_t number;
	cpu_set_t all, one; /* as they were when the threads met */
	struct lg_together together;
	bool is_one; /* as the threads were told last */
	uint64_t at_ns, used_ns, waited_ns;
};

/* False where there is nothing to choose. */
static bool choose(struct lg_processor *processor)
{
	int count, wanted;

	if (sched_getaffinity(0, sizeof processor->all, &processor->all) != 0)
		return false;
	count = CPU_COUNT(&processor->all);
	if (count < 2)
		return false;
	wanted = (processor->number - 1) % count;
	CPU_ZERO(&processor->one);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET((size_t)cpu, &processor->all) || wanted-- > 0)
			continue;
		CPU_SET((size_t)cpu, &processor->one);
		return true;
	}
	return false;
}

/* A thread that ends meanwhile needs no place; one that begins has the place of whoever began it. */
static void place(struct lg_processor *processor, bool is_one)
{
	const cpu_set_t *set = is_one ? &processor->one : &processor->all;
	uint32_t count = 0;
	DIR *threads;
	struct dirent *entry;

	if (processor->is_one == is_one || (is_one && !choose(processor)))
		return;
	processor->is_one = is_one;
	threads = opendir(THREADS);
	if (threads == NULL)
		return;
	while ((entry = readdir(threads)) != NULL && count++ < THREADS_MAX) {
		long thread = strtol(entry->d_name, NULL, 10);

		if (thread > 0)
			(void)sched_setaffinity((pid_t)thread, sizeof *set, set);
	}
	closedir(threads);
}

static bool read_times(
	const struct lg_processor *processor, uint64_t *ret_used_ns, uint64_t *ret_waited_ns)
{
	char text[128], *end;
	ssize_t size = pread(processor->schedstat, text, sizeof text - 1, 0);

	if (size <= 0)
		return false;
	text[size] = '\0';
	*ret_used_ns = strtoull(text, &end, 10);
	if (*end != ' ')
		return false;
	*ret_waited_ns = strtoull(end, NULL, 10);
	return true;
}

static void on_tick(uv_timer_t *timer)
{
	struct lg_processor *processor = timer->data;
	uint64_t now_ns = uv_hrtime(), used_ns, waited_ns;

	if (!read_times(processor, &used_ns, &waited_ns))
		return;
	struct lg_turns turns = {
		.passed_us = (now_ns - processor->at_ns) / 1000,
		.used_us = (used_ns - processor->used_ns) / 1000,
		.waited_us = (waited_ns - processor->waited_ns) / 1000,
	};

	if (processor->at_ns != 0)
		place(processor, lg_together_tick(&processor->together, turns));
	processor->at_ns = now_ns;
	processor->used_ns = used_ns;
	processor->waited_ns = waited_ns;
}

struct lg_processor *lg_processor_new(uv_loop_t *loop, uint16_t number)
{
	struct lg_processor *processor = calloc(1, sizeof *processor);

	if (processor == NULL)
		abort();
	processor->schedstat = open(SCHEDSTAT, O_RDONLY | O_CLOEXEC);
	uv_timer_init(loop, &processor->timer);
	processor->timer.data = processor;
	uv_unref((uv_handle_t *)&processor->timer); /* it keeps no loop alive */
	assert(number > 0);
	processor->number = number;
	if (processor->schedstat >= 0)
		uv_timer_start(&processor->timer, on_tick, 0, TICK_MS);
	return processor;
}

static void on_close(uv_handle_t *handle)
{
	free(handle->data);
}

void lg_processor_free(struct lg_processor *processor)
{
	if (processor == NULL)
		return;
	place(processor, false);
	if (processor->schedstat >= 0)
		close(processor->schedstat);
	uv_close((uv_handle_t *)&processor->timer, on_close);
}

void lg_processor_spread(struct lg_processor *processor)
{
	if (processor == NULL)
		return;
	lg_together_end(&processor->together);
	place(processor, false);
}

bool lg_processor_is_one(const struct lg_processor *processor)
{
	return processor->is_one;
}
