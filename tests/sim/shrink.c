/*
 * A failing seed made small: kinds of fault are left out, sites taken away and time cut short as
 * long as it still fails, whatever it says then.  What is left is printed as options: a line for
 * tests/sim/kept/.
 */

static bool still_fails(struct world *world, uint64_t seed, const struct options *options)
{
	run_seed(world, seed, options);
	return world->failure != NULL;
}

static void shrink_faults(struct world *world, uint64_t seed, struct options *options)
{
	for (unsigned kind = 0; kind < FAULT_COUNT; kind++) {
		struct options less = *options;

		less.without |= 1u << kind;
		if (still_fails(world, seed, &less))
			*options = less;
	}
}

/* Halves, then quarters of what is left: the first times that still fail. */
static void shrink_time(struct world *world, uint64_t seed, struct options *options)
{
	struct options less = *options;

	for (lg_ms step = FAULTS_UNTIL_MS / 2; step >= 1000; step /= 2) {
		lg_ms until = options->until_ms == 0 ? FAULTS_UNTIL_MS : options->until_ms;

		less.until_ms = until - step;
		if (less.until_ms > 0 && still_fails(world, seed, &less))
			*options = less;
	}
}

static void shrink(struct world *world, uint64_t seed, const struct options *failing)
{
	struct options options = *failing;

	shrink_faults(world, seed, &options);
	for (uint32_t nodes = 2; nodes < NODES_MAX; nodes++) {
		struct options less = options;

		less.nodes = nodes;
		if (still_fails(world, seed, &less)) {
			options = less;
			break;
		}
	}
	shrink_time(world, seed, &options);
	shrink_faults(world, seed, &options);
	if (!still_fails(world, seed, &options))
		abort();
	printf("kept: --first %lu --seeds 1", (unsigned long)seed);
	if (options.nodes > 0)
		printf(" --nodes %u", options.nodes);
	if (options.until_ms > 0)
		printf(" --until %ld", (long)options.until_ms);
	for (unsigned kind = 0; kind < FAULT_COUNT; kind++) {
		if ((options.without >> kind & 1u) != 0)
			printf(" --without %s", fault_names[kind]);
	}
	printf(" : %s at %ld ms\n", world->failure, (long)world->now);
}
