/* The clock and the network: what lies ahead, in order of time; frames lost, doubled, late, cut. */

static bool one_in(struct world *world, uint64_t n)
{
	return lg_random_one_in(&world->random, n);
}

static uint64_t below(struct world *world, uint64_t limit)
{
	return lg_random_below(&world->random, limit);
}

/* What draws for a kind of fault: kinds that came later draw apart, so that kept seeds stay what they were. */
static struct lg_random *random_of(struct world *world, unsigned kind)
{
	if (kind >= FAULT_ADOPT)
		return &world->adopting;
	return kind >= FAULT_RETIRED ? &world->apart : &world->random;
}

/* Whether this fault strikes now, by the rate of this run. */
static bool strikes(struct world *world, enum fault_kind kind)
{
	return !world->is_healed && lg_random_one_in(random_of(world, kind), world->rates[kind]);
}

static struct lg_id fresh_id(struct world *world)
{
	uint64_t high = lg_random_next(&world->random);

	return lg_id_make((uint16_t)(high >> 48 | 1), (lg_ms)(high & 0xffffffffffff),
		lg_random_next(&world->random));
}

static bool is_before(const struct world *world, uint16_t a, uint16_t b)
{
	const struct occurrence *x = &world->pool[a], *y = &world->pool[b];

	return x->at != y->at ? x->at < y->at : x->order < y->order;
}

/* A place for an occurrence, its head all zero: to be put ahead, or thrown away, at once. */
static struct occurrence *make(struct world *world, enum occurrence_kind kind, uint8_t node)
{
	static struct occurrence spare; /* never read: the run has failed */
	struct occurrence *it = &spare;

	if (world->free_count == 0)
		fail(world, "the simulator has no room for more occurrences");
	else
		it = &world->pool[world->free[--world->free_count]];
	memset(it, 0, offsetof(struct occurrence, work));
	it->kind = kind;
	it->node = node;
	return it;
}

static uint16_t place_of_occurrence(const struct world *world, const struct occurrence *it)
{
	return (uint16_t)(it - world->pool);
}

static void throw_away(struct world *world, const struct occurrence *it)
{
	if (it >= world->pool && it < world->pool + OCCURRENCES)
		world->free[world->free_count++] = place_of_occurrence(world, it);
}

/* Puts it ahead, so many milliseconds from now. */
static void put(struct world *world, struct occurrence *it, uint64_t delay_ms)
{
	uint16_t place;
	uint32_t i;

	if (it < world->pool || it >= world->pool + OCCURRENCES)
		return;
	place = place_of_occurrence(world, it);
	it->at = world->now + (lg_ms)delay_ms;
	it->order = world->orders++;
	for (i = world->ahead_count++; i > 0; i = (i - 1) / 2) {
		if (!is_before(world, place, world->ahead[(i - 1) / 2]))
			break;
		world->ahead[i] = world->ahead[(i - 1) / 2];
	}
	world->ahead[i] = place;
}

/* The next occurrence, or NULL; whoever gets it puts it ahead again or throws it away. */
static struct occurrence *next_occurrence(struct world *world)
{
	uint16_t place, last;
	uint32_t i = 0;

	if (world->ahead_count == 0)
		return NULL;
	place = world->ahead[0];
	last = world->ahead[--world->ahead_count];
	while (2 * i + 1 < world->ahead_count) {
		uint32_t child = 2 * i + 1;

		if (child + 1 < world->ahead_count &&
			is_before(world, world->ahead[child + 1], world->ahead[child]))
			child++;
		if (!is_before(world, world->ahead[child], last))
			break;
		world->ahead[i] = world->ahead[child];
		i = child;
	}
	world->ahead[i] = last;
	return &world->pool[place];
}

/* What a frame holds is its points or its rows: no need to copy what it does not use. */
static void copy_frame(struct occurrence *to, const struct occurrence *from)
{
	memcpy(to, from, offsetof(struct occurrence, work));
	memcpy(&to->frame, &from->frame, sizeof from->frame);
}

/* To another node, which gets it once, never, twice, late: as the line happens to be. */
static void send_frame(struct world *world, struct occurrence *it, uint8_t from)
{
	uint64_t delay = 1 + below(world, world->delay_ms);
	struct occurrence *copy;

	if (world->is_healed) { /* a good line keeps the order; it is still as slow */
		put(world, it, world->delay_ms);
		return;
	}
	if (world->cut_until[from][it->node] > world->now) {
		world->tally[TALLY_CUT_FRAMES]++;
		throw_away(world, it);
		return;
	}
	if (strikes(world, FAULT_DOUBLED)) {
		copy = make(world, it->kind, it->node);
		copy_frame(copy, it);
		put(world, copy, 1 + below(world, 10 * world->delay_ms));
	}
	if (strikes(world, FAULT_LOST)) {
		world->tally[TALLY_LOST_FRAMES]++;
		throw_away(world, it);
		return;
	}
	if (strikes(world, FAULT_LATE))
		delay += below(world, 8000);
	put(world, it, delay);
}

static enum fate draw_fate(struct world *world)
{
	if (strikes(world, FAULT_FAIL))
		return FATE_FAIL;
	if (strikes(world, FAULT_UNKNOWN))
		return one_in(world, 2) ? FATE_LOST_BEFORE : FATE_LOST_AFTER;
	return FATE_COMMIT;
}

/* When a statement that is sent now is executed: behind those sent before it. */
static uint64_t pipeline_delay(struct world *world, lg_ms *pipeline_at)
{
	lg_ms at = world->now + 1 + (lg_ms)below(world, world->database_ms);

	if (at < *pipeline_at)
		at = *pipeline_at;
	*pipeline_at = at;
	return (uint64_t)(at - world->now);
}
