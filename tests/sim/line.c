/* The clock and the network: what lies ahead, in order of time; frames lost, doubled, late. */

static bool one_in(struct world *world, uint64_t n)
{
	return lg_random_one_in(&world->random, n);
}

static uint64_t below(struct world *world, uint64_t limit)
{
	return lg_random_below(&world->random, limit);
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

/* Puts a copy of an occurrence ahead, so many milliseconds from now. */
static void ahead(struct world *world, const struct occurrence *occurrence, uint64_t delay_ms)
{
	uint16_t place;
	uint32_t i;

	if (world->free_count == 0) {
		fail(world, "the simulator's own memory is full");
		return;
	}
	place = world->free[--world->free_count];
	world->pool[place] = *occurrence;
	world->pool[place].at = world->now + (lg_ms)delay_ms;
	world->pool[place].order = world->orders++;

	for (i = world->ahead_count++; i > 0; i = (i - 1) / 2) {
		if (!is_before(world, place, world->ahead[(i - 1) / 2]))
			break;
		world->ahead[i] = world->ahead[(i - 1) / 2];
	}
	world->ahead[i] = place;
}

/* The next occurrence; its place is free again when another is put ahead, so it is copied. */
static bool next_occurrence(struct world *world, struct occurrence *ret_occurrence)
{
	uint16_t place, last;
	uint32_t i = 0;

	if (world->ahead_count == 0)
		return false;
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
	*ret_occurrence = world->pool[place];
	world->free[world->free_count++] = place;
	return true;
}

static void send_frame(struct world *world, const struct occurrence *frame)
{
	bool is_lost = !world->is_healed && one_in(world, world->rates.lost);
	uint64_t delay = 1 + below(world, world->rates.delay_ms);

	if (world->is_healed) /* a good line keeps the order; it is still as slow */
		delay = world->rates.delay_ms;
	if (!world->is_healed && one_in(world, world->rates.late))
		delay += below(world, 8000);
	if (!is_lost)
		ahead(world, frame, delay);
	if (!world->is_healed && one_in(world, world->rates.doubled))
		ahead(world, frame, 1 + below(world, 10 * world->rates.delay_ms));
}

static enum fate draw_fate(struct world *world)
{
	if (world->is_healed)
		return FATE_COMMIT;
	if (one_in(world, world->rates.fail))
		return FATE_FAIL;
	if (one_in(world, world->rates.unknown))
		return one_in(world, 2) ? FATE_LOST_BEFORE : FATE_LOST_AFTER;
	return FATE_COMMIT;
}

/* When a statement that is sent now is executed: behind those sent before it. */
static uint64_t pipeline_delay(struct world *world, lg_ms *pipeline_at)
{
	lg_ms at = world->now + 1 + (lg_ms)below(world, world->rates.database_ms);

	if (at < *pipeline_at)
		at = *pipeline_at;
	*pipeline_at = at;
	return (uint64_t)(at - world->now);
}
