/*
 * The durable protocol under a virtual clock: many seeds, each a world of its own, each the same
 * whenever it is run.
 *
 *   sim_main [--seeds N] [--first S] [--break RULE] [--until-caught] [--trace] [--rules]
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

static bool one_in(struct world *world, uint64_t n);
static uint64_t below(struct world *world, uint64_t limit);

static void writer_take(struct world *world, uint8_t stream, uint8_t instance);
static void writer_forget(struct writer *writer);
static void reader_take(struct world *world, uint8_t stream, uint8_t reading, uint8_t instance);
static void reader_forget(struct reader *reader);

#include "tests/sim/line.c"
#include "tests/sim/writer.c"
#include "tests/sim/reader.c"
#include "tests/sim/faults.c"

static const char *const rule_names[RULE_COUNT] = {
	[RULE_NONE] = "none",
	[RULE_CHAIN] = "chain",
	[RULE_SESSION] = "session",
	[RULE_MATCH] = "match",
	[RULE_SUBHIST] = "subhist",
	[RULE_ACKMATCH] = "ackmatch",
	[RULE_SETACK] = "setack",
	[RULE_ACKFLOOR] = "ackfloor",
	[RULE_REGISTERED] = "registered",
	[RULE_AFTERCOMMIT] = "aftercommit",
	[RULE_SNAPSHOT] = "snapshot",
	[RULE_ATOMIC] = "atomic",
	[RULE_CAS] = "cas",
	[RULE_FRESH] = "fresh",
	[RULE_BUMP] = "bump",
	[RULE_FENCEDBACK] = "fencedback",
};

static void fail(struct world *world, const char *what)
{
	if (world->failure == NULL)
		world->failure = what;
	note(world, "FAILED: %s", what);
}

static void note(const struct world *world, const char *format, ...)
{
	va_list arguments;

	if (!world->is_traced)
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

/* Comes again after so many milliseconds, as the clock of an instance does. */
static void again(struct world *world, enum occurrence_kind kind, uint8_t stream, uint64_t delay_ms)
{
	struct occurrence occurrence = { .kind = kind, .stream = stream };

	ahead(world, &occurrence, delay_ms);
}

static void occur(struct world *world, struct occurrence *it)
{
	switch (it->kind) {
	case AT_PUBLISH:
		publish(world, it->stream);
		if (world->now < FAULTS_UNTIL_MS + 2000) /* some more when all is mended */
			again(world, AT_PUBLISH, it->stream,
				1 + below(world, 2 * world->rates.publish_ms));
		return;
	case AT_WRITE_EXECUTED:
		write_executed(world, it);
		return;
	case AT_WRITE_ANSWERED:
		write_answered(world, it);
		return;
	case AT_FETCHED:
		fetched(world, it);
		return;
	case AT_READ_EXECUTED:
		read_executed(world, it);
		return;
	case AT_READ_ANSWERED:
		read_answered(world, it);
		return;
	case AT_TICK:
		reader_ticks(world, it->stream);
		again(world, AT_TICK, it->stream, 500);
		return;
	case AT_GUARD:
		guard(world, it->stream);
		again(world, AT_GUARD, it->stream, 1000);
		return;
	case AT_FAULT:
		if (world->is_healed)
			return;
		fault(world, it->stream);
		again(world, AT_FAULT, it->stream, 100);
		return;
	case AT_SUBSCRIBE:
	case AT_ACKNOWLEDGE:
		writer_hears(world, it);
		return;
	case AT_DELIVER:
	case AT_GO_BACK:
	case AT_GONE:
		reader_hears(world, it);
		return;
	}
	abort();
}

static void begin(struct world *world, uint64_t seed)
{
	memset(world, 0, offsetof(struct world, pool));
	lg_random_seed(&world->random, seed);
	for (uint16_t i = 0; i < OCCURRENCES; i++)
		world->free[world->free_count++] = i;
	draw_rates(world);
	world->stream_count = 1 + (uint32_t)below(world, STREAMS_MAX);
	for (uint8_t s = 0; s < world->stream_count; s++) {
		for (uint8_t i = 0; i < INSTANCES; i++) {
			world->streams[s].instances[i].is_up = true;
			for (uint8_t r = 0; r < READERS; r++)
				world->streams[s].readings[r].instances[i].is_up = true;
		}
		if (one_in(world, 3)) /* registered, and away for long */
			world->streams[s].readings[1].starts_at =
				30000 + (lg_ms)below(world, 25000);
		again(world, AT_GUARD, s, 0);
		again(world, AT_PUBLISH, s, 10);
		again(world, AT_TICK, s, below(world, 500));
		again(world, AT_FAULT, s, 50);
	}
}

static void run(struct world *world)
{
	static struct occurrence it;

	while (world->failure == NULL && next_occurrence(world, &it)) {
		world->now = it.at;
		world->is_healed = world->now >= FAULTS_UNTIL_MS;
		mix(world, (uint64_t)it.at << 8 | (uint64_t)it.kind);
		mix(world, it.through << 16 | (uint64_t)it.stream << 8 | it.instance);
		if (world->now > FAULTS_UNTIL_MS + 5000 && it.kind == AT_GUARD && is_settled(world))
			break;
		if (world->now > HEALED_BY_MS)
			break;
		occur(world, &it);
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

static void run_seed(struct world *world, uint64_t seed, enum rule broken, bool is_traced)
{
	begin(world, seed);
	world->broken = broken;
	world->is_traced = is_traced;
	if (sigsetjmp(broken_off, 1) == 0)
		run(world);
	else
		world->failure = "an assertion failed";
}

struct options {
	int64_t seeds, first;
	enum rule broken;
	bool is_traced, is_until_caught;
};

static bool read_options(int argc, char **argv, struct options *options)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--trace") == 0) {
			options->is_traced = true;
		} else if (strcmp(argv[i], "--until-caught") == 0) {
			options->is_until_caught = true;
		} else if (strcmp(argv[i], "--seeds") == 0) {
			if (!lg_is_done(lg_int_parse(value, &options->seeds)))
				return false;
			i++;
		} else if (strcmp(argv[i], "--first") == 0) {
			if (!lg_is_done(lg_int_parse(value, &options->first)))
				return false;
			i++;
		} else if (strcmp(argv[i], "--break") == 0) {
			for (unsigned rule = 1; rule < RULE_COUNT; rule++) {
				if (strcmp(rule_names[rule], value) == 0)
					options->broken = (enum rule)rule;
			}
			if (options->broken == RULE_NONE)
				return false;
			i++;
		} else {
			return false;
		}
	}
	return options->seeds > 0 && options->first >= 0;
}

static void add_tally(struct tally *sum, const struct tally *tally)
{
	sum->effects += tally->effects;
	sum->takeovers += tally->takeovers;
	sum->restores += tally->restores;
	sum->go_backs += tally->go_backs;
	sum->handed_back += tally->handed_back;
	sum->failed += tally->failed;
	sum->dropped += tally->dropped;
}

static void print_tally(const struct tally *sum)
{
	printf("seen: %lu effects, %lu takeovers, %lu failed transactions, %lu restores,"
	       " %lu times back, %lu events handed back, %lu rows dropped\n",
		(unsigned long)sum->effects, (unsigned long)sum->takeovers,
		(unsigned long)sum->failed, (unsigned long)sum->restores,
		(unsigned long)sum->go_backs, (unsigned long)sum->handed_back,
		(unsigned long)sum->dropped);
}

static int run_seeds(const struct options *options)
{
	static struct world world;
	struct tally sum = { 0 };
	uint64_t digest = 0;
	int64_t failed = 0, done = 0;

	for (; done < options->seeds && !(options->is_until_caught && failed > 0); done++) {
		int64_t seed = options->first + done;

		run_seed(&world, (uint64_t)seed, options->broken, options->is_traced);
		digest = (digest ^ world.digest) * 0x100000001b3u;
		add_tally(&sum, &world.tally);
		if (world.failure != NULL) {
			failed++;
			printf("seed %ld: %s at %ld ms\n", (long)seed, world.failure,
				(long)world.now);
		}
	}
	print_tally(&sum);
	printf("sim: %ld seeds, %ld failed, digest %016lx\n", (long)done, (long)failed,
		(unsigned long)digest);
	return failed > 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct options options = { .seeds = 100, .first = 1 };

	if (argc == 2 && strcmp(argv[1], "--rules") == 0) {
		for (unsigned rule = 1; rule < RULE_COUNT; rule++)
			puts(rule_names[rule]);
		return 0;
	}
	if (!read_options(argc, argv, &options)) {
		fprintf(stderr, "usage: sim_main [--seeds N] [--first S] [--break RULE]"
				" [--until-caught] [--trace] | --rules\n");
		return 2;
	}
	/* assertions are expected then, one line each */
	if (options.broken != RULE_NONE && !options.is_traced &&
		freopen("/dev/null", "w", stderr) == NULL)
		return 2;
	signal(SIGABRT, on_abort);
	return run_seeds(&options);
}
