/*
 * The durable protocol under a virtual clock: many seeds, each a world of its own, each the same
 * whenever it is run.  The usage stands at the end.
 *
 * One program, one object: its other files are taken in here, because the build links a harness
 * from its main file alone.
 */
#include <assert.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/text.h"
#include "tests/sim/world.h"

/* what the files below need of each other and of this one */
static void fail(struct world *world, const char *what);
static void note(const struct world *world, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void forget(struct instance *i);
static void die(struct instance *i);
static void take(struct world *world, uint8_t node, uint8_t instance);
static void feed_step(struct world *world, uint8_t node, uint8_t instance, uint8_t end,
	uint8_t feed, const struct lg_feed_event *event, const struct occurrence *rows);

#include "tests/sim/line.c"

#include "tests/sim/base.c"

#include "tests/sim/outgoing.c"

#include "tests/sim/incoming.c"

#include "tests/sim/node.c"

#include "tests/sim/faults.c"

#include "tests/sim/check.c"

static void fail(struct world *world, const char *what)
{
	if (world->failure == NULL)
		world->failure = what;
	note(world, "FAILED: %s", what);
}

static void note(const struct world *world, const char *format, ...)
{
	va_list arguments;

	if (!world->options->is_traced)
		return;
	printf("%7ld  ", (long)world->now);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

static void mix(struct world *world, uint64_t value)
{
	world->digest = (world->digest ^ value) * 0x100000001b3u;
	world->digest ^= world->digest >> 29;
}

/* --- one occurrence ------------------------------------------------------------------------- */

/* The instance that it is for is stopped: it waits in its sockets until it goes on. */
static bool is_deferred(struct world *world, struct occurrence *it)
{
	const struct instance *i = &world->nodes[it->node].instances[it->instance];

	if (it->kind == AT_EXECUTED || it->kind == AT_SUBSCRIBE || it->kind == AT_ACKNOWLEDGE ||
		it->kind == AT_COMMAND || i->stopped_until <= world->now)
		return false;
	put(world, it, (uint64_t)(i->stopped_until - world->now));
	return true;
}

static void hear(struct world *world, struct occurrence *it)
{
	uint8_t to;

	if (it->kind == AT_SUBSCRIBE || it->kind == AT_ACKNOWLEDGE) {
		to = route(world, it->node);
		if (to <= CLONE && world->nodes[it->node].instances[to].stopped_until <= world->now)
			publisher_hears(world, it, to);
	} else {
		reader_hears(world, it);
	}
	throw_away(world, it);
}

/* What comes again and again, as the clock of each node does. */
static void beat(struct world *world, struct occurrence *it)
{
	if (it->kind == AT_TICK)
		ticks(world, it->node);
	else if (it->kind == AT_GUARD)
		guard_node(world, it->node);
	else if (!world->is_healed)
		fault(world, it->node);
	put(world, it, it->kind == AT_TICK ? 500 : it->kind == AT_GUARD ? 1000 : 100);
}

static void occur(struct world *world, struct occurrence *it)
{
	switch (it->kind) {
	case AT_COMMAND:
		command(world, it);
		return;
	case AT_EXECUTED:
		executed(world, it);
		return;
	case AT_ANSWERED:
		if (is_deferred(world, it))
			return;
		answered(world, it);
		throw_away(world, it);
		return;
	case AT_FETCHED:
		if (!is_deferred(world, it))
			fetched(world, it);
		return;
	case AT_TICK:
	case AT_GUARD:
	case AT_FAULT:
		beat(world, it);
		return;
	case AT_SUBSCRIBE:
	case AT_ACKNOWLEDGE:
	case AT_DELIVER:
	case AT_GO_BACK:
	case AT_GONE:
		if (!is_deferred(world, it))
			hear(world, it);
		return;
	}
	abort();
}

/* --- one world ---------------------------------------------------------------------------- */

static uint8_t add_end(struct node *n, uint8_t stream, bool is_out)
{
	if (is_out) {
		n->out_stream[n->out_count] = stream;
		return (uint8_t)n->out_count++;
	}
	n->in_stream[n->in_count] = stream;
	return (uint8_t)n->in_count++;
}

/* A stream from one node to one or two others, when all of them have room. */
static void add_stream(struct world *world, uint8_t from, uint8_t to, uint8_t second)
{
	struct stream *s = &world->streams[world->stream_count];
	uint8_t readers[FEEDS_MAX] = { to, second };

	if (from == to || world->nodes[from].out_count == ENDS_MAX)
		return;
	*s = (struct stream){ .from = from };
	for (uint8_t r = 0; r < FEEDS_MAX; r++) {
		struct node *n = &world->nodes[readers[r]];

		if (readers[r] == from || n->in_count == ENDS_MAX ||
			(s->reader_count > 0 && readers[r] == s->to[0]))
			continue;
		s->to[s->reader_count] = readers[r];
		s->to_end[s->reader_count++] = add_end(n, (uint8_t)world->stream_count, false);
	}
	if (s->reader_count == 0)
		return;
	s->from_end = add_end(&world->nodes[from], (uint8_t)world->stream_count, true);
	world->stream_count++;
}

static void draw_streams(struct world *world)
{
	uint32_t most = world->options->nodes, count = 2 + (uint32_t)below(world, NODES_MAX - 1);

	world->node_count = most >= 2 && most < count ? most : count;
	count = 1 + (uint32_t)below(world, STREAMS_MAX);
	for (uint32_t tries = 0; tries < 4 * STREAMS_MAX && world->stream_count < count; tries++) {
		uint8_t from = (uint8_t)below(world, world->node_count);
		uint8_t to = (uint8_t)below(world, world->node_count);
		uint8_t second = (uint8_t)below(world, world->node_count);

		add_stream(world, from, to, one_in(world, 3) ? second : to);
	}
}

/* Drawn apart from all else, so that kept seeds stay what they were. */
static uint32_t draw_points_most(uint64_t seed)
{
	struct lg_random random;

	lg_random_seed(&random, seed * 2 + 1);
	if (lg_random_one_in(&random, 2))
		return LG_POINTS_SENT_MAX;
	return LG_POINTS_SENT_MIN + (uint32_t)lg_random_below(&random, 5);
}

static void begin(struct world *world, uint64_t seed, const struct options *options)
{
	memset(world, 0, offsetof(struct world, pool));
	world->options = options;
	world->broken = options->broken;
	lg_random_seed(&world->random, seed);
	lg_random_seed(&world->apart, ~seed);
	world->points_most = draw_points_most(seed);
	lg_random_seed(&world->adopting, seed ^ 0x61646f7074); /* "adopt" */
	for (uint16_t i = 0; i < OCCURRENCES; i++)
		world->free[world->free_count++] = i;
	world->faults_until = FAULTS_UNTIL_MS;
	if (options->until_ms > 0 && options->until_ms < world->faults_until)
		world->faults_until = options->until_ms;
	draw_rates(world);
	while (world->stream_count == 0)
		draw_streams(world);
	for (uint8_t node = 0; node < world->node_count; node++) {
		struct node *n = &world->nodes[node];

		for (uint8_t i = 0; i < INSTANCES; i++)
			n->instances[i].is_up = true;
		n->base.is_released = true;
		if (one_in(world, 6)) /* registered, and away for long */
			n->starts_at = 30000 + (lg_ms)below(world, 25000);
		put(world, make(world, AT_GUARD, node), 0);
		put(world, make(world, AT_TICK, node), below(world, 500));
		put(world, make(world, AT_FAULT, node), 50);
	}
	for (uint8_t s = 0; s < world->stream_count; s++) {
		struct occurrence *it = make(world, AT_COMMAND, world->streams[s].from);

		it->stream = s;
		it->work.event = 0;
		put(world, it, 10);
	}
}

static void run(struct world *world)
{
	struct occurrence *it;

	while (world->failure == NULL && (it = next_occurrence(world)) != NULL) {
		world->now = it->at;
		world->is_healed = world->now >= world->faults_until;
		mix(world, (uint64_t)it->at << 8 | (uint64_t)it->kind);
		mix(world, (uint64_t)it->node << 16 | (uint64_t)it->stream << 8 | it->instance);
		if (world->now > world->faults_until + 5000 && it->kind == AT_GUARD &&
			it->node == 0 && is_settled(world))
			break;
		if (world->now > HEALED_BY_MS)
			break;
		occur(world, it);
	}
	if (world->failure == NULL)
		check(world);
}

/* --- program ------------------------------------------------------------------------------ */

static sigjmp_buf broken_off;

/* A broken rule may end in an assertion of the shipped code: that too is caught. */
static void on_abort(int number)
{
	(void)number;
	siglongjmp(broken_off, 1);
}

static void run_seed(struct world *world, uint64_t seed, const struct options *options)
{
	begin(world, seed, options);
	if (sigsetjmp(broken_off, 1) == 0)
		run(world);
	else
		world->failure = "an assertion failed";
}

#include "tests/sim/options.c"

#include "tests/sim/shrink.c"

static void print_tally(const uint64_t sum[TALLY_COUNT])
{
	printf("seen:");
	for (unsigned kind = 0; kind < TALLY_COUNT; kind++)
		printf("%s %lu %s", kind == 0 ? "" : ",", (unsigned long)sum[kind],
			tally_names[kind]);
	putchar('\n');
}

static int run_seeds(const struct options *options)
{
	static struct world world;
	uint64_t digest = 0, sum[TALLY_COUNT] = { 0 };
	int64_t failed = 0, count = 0;

	for (; count < options->seeds && !(options->is_until_caught && failed > 0); count++) {
		int64_t seed = options->first + count;

		run_seed(&world, (uint64_t)seed, options);
		digest = (digest ^ world.digest) * 0x100000001b3u;
		for (unsigned kind = 0; kind < TALLY_COUNT; kind++)
			sum[kind] += world.tally[kind];
		if (world.failure != NULL) {
			failed++;
			printf("seed %ld: %s at %ld ms\n", (long)seed, world.failure,
				(long)world.now);
			if (options->is_shrinking)
				shrink(&world, (uint64_t)seed, options);
		}
	}
	print_tally(sum);
	printf("sim: %ld seeds, %ld failed, digest %016lx\n", (long)count, (long)failed,
		(unsigned long)digest);
	return failed > 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct options options = { .seeds = 100, .first = 1 };

	if (argc == 2 && strcmp(argv[1], "--rules") == 0) {
		for (unsigned rule = 1; rule < RULE_COUNT; rule++)
			printf("%s\t%s\n", rules[rule].name, rules[rule].sentence);
		return 0;
	}
	if (!read_options(argc, argv, &options)) {
		fputs("usage: sim_main [--seeds N] [--first S] [--break RULE] [--until-caught]\n"
		      "                [--without FAULT]... [--nodes N] [--until MS] [--shrink]\n"
		      "                [--trace] | --rules\n",
			stderr);
		return 2;
	}
	/* assertions are expected then, one line each */
	if ((options.broken != RULE_none || options.is_shrinking) && !options.is_traced &&
		freopen("/dev/null", "w", stderr) == NULL)
		return 2;
	signal(SIGABRT, on_abort);
	return run_seeds(&options);
}
