/* What goes wrong: rates drawn for each run, and faults that strike the nodes ten times a second. */

/* Biased per run: half of the kinds are absent, the others anything from seldom to often. */
static void draw_rates(struct world *world)
{
	static const struct {
		uint16_t often, seldom;
	} limits[FAULT_COUNT] = {
		[FAULT_LOST] = { 3, 100 },
		[FAULT_DOUBLED] = { 2, 50 },
		[FAULT_LATE] = { 10, 200 },
		[FAULT_CUT] = { 40, 400 },
		[FAULT_AWAY] = { 150, 900 },
		[FAULT_STALE_ROUTE] = { 2, 10 },
		[FAULT_FAIL] = { 10, 200 },
		[FAULT_UNKNOWN] = { 10, 200 },
		[FAULT_OLD_SNAPSHOT] = { 2, 20 },
		[FAULT_TAKEN] = { 30, 600 },
		[FAULT_KILLED] = { 50, 600 },
		[FAULT_STOPPED] = { 50, 600 },
		[FAULT_LEAVES] = { 50, 600 },
		[FAULT_BACKUP] = { 20, 100 },
		[FAULT_RESTORE] = { 50, 400 },
		[FAULT_CLONE] = { 50, 400 },
		[FAULT_DOWNGRADE] = { 3, 20 },
		[FAULT_BAD_EVENT] = { 4, 60 },
		[FAULT_RETIRED] = { 100, 900 },
		[FAULT_OLD_BACKUP] = { 50, 400 },
		[FAULT_ADOPT] = { 50, 400 },
	};

	for (unsigned kind = 0; kind < FAULT_COUNT; kind++) {
		struct lg_random *random = random_of(world, kind);
		uint64_t rate =
			limits[kind].often +
			lg_random_below(random, (uint64_t)limits[kind].seldom - limits[kind].often);
		bool is_absent =
			lg_random_one_in(random, 2) || (world->options->without >> kind & 1u) != 0;

		world->rates[kind] = is_absent ? 0 : rate;
	}
	world->delay_ms = one_in(world, 3) ? 500 : 1 + below(world, 40);
	world->database_ms = one_in(world, 3) ? 100 : 2 + below(world, 10);
	world->row_bytes = one_in(world, 3) ? LG_ENVELOPE_MAX : 2000;
	world->command_ms = 100 + below(world, 900);
	world->upgrade_at = (lg_ms)below(world, (uint64_t)FAULTS_UNTIL_MS);
	world->steps_on = one_in(world, 2);
	world->waits_for_retention = one_in(world, 4);
}

/* What the other database does not have, which is played back or wakes in place of this one. */
static void mark_lost(struct world *world, uint8_t node, const struct base *other)
{
	const struct node *n = &world->nodes[node];

	for (uint8_t end = 0; end < n->out_count; end++) {
		const struct out *now = &n->base.out[end], *then = &other->out[end];

		for (uint64_t number = 1; number <= now->head; number++) {
			if (number > then->head || then->rows[number] != now->rows[number])
				world->events[now->rows[number]].was_lost = true;
		}
	}
}

/* A backup of the whole database: streams out and in, effects, letters go back together. */
static void restore(struct world *world, uint8_t node)
{
	struct node *n = &world->nodes[node];

	mark_lost(world, node, &n->backup);
	world->tally[TALLY_RESTORES]++;
	n->base = n->backup;
	n->base.is_restored = true;
	n->base_life++;
	n->restores++;
	for (uint8_t i = 0; i < INSTANCES; i++)
		die(&n->instances[i]);
	note(world, "node %d: a backup of %ld ms is played back", node, (long)n->backup_at);
}

/* A copy wakes on another machine.  It sees that, and waits to be adopted: it owns nothing. */
static void clone(struct world *world, uint8_t node)
{
	struct node *n = &world->nodes[node];

	n->clone = n->backup;
	n->has_clone = true;
	n->clone_life++;
	world->tally[TALLY_CLONES]++;
	if (world->broken == RULE_clone)
		take(world, node, CLONE);
}

/* What a stopped process has not heard is heard before anything that comes to a healed one. */
static lg_ms before_healing(const struct world *world, lg_ms until)
{
	return until < world->faults_until ? until : world->faults_until;
}

static void fault_instances(struct world *world, uint8_t node)
{
	struct node *n = &world->nodes[node];
	uint8_t which = (uint8_t)below(world, INSTANCES);
	struct instance *i = &n->instances[which];

	if (strikes(world, FAULT_TAKEN) && i->is_up && !i->owns && n->takeovers > 0)
		take(world, node, which); /* the old owner goes on, not knowing */
	if (strikes(world, FAULT_KILLED))
		die(i);
	if (strikes(world, FAULT_STOPPED) && i->owns && i->stopped_until <= world->now)
		i->stopped_until =
			before_healing(world, world->now + 1000 + (lg_ms)below(world, 12000));
	if (strikes(world, FAULT_LEAVES) && i->owns)
		i->is_leaving = true;
}

/*
 * An operator retires a reader that is away, and is wrong: it comes back.  What it did not read by then may be
 * gone.
 */
static void retire(struct world *world, uint8_t node)
{
	struct node *n = &world->nodes[node];
	uint8_t end = (uint8_t)lg_random_below(&world->apart, n->out_count);
	const struct stream *s = &world->streams[n->out_stream[end]];
	uint8_t feed = (uint8_t)lg_random_below(&world->apart, s->reader_count);
	uint8_t reader = s->to[feed];
	lg_ms until = world->now + KEEP_MS + (lg_ms)lg_random_below(&world->apart, 20000);

	n->base.out[end].is_retired[feed] = true;
	n->base.out[end].readers[feed] = (struct lg_reader_marks){ .applied = 0 };
	world->nodes[reader].may_miss[s->to_end[feed]] = true;
	world->cut_until[node][reader] = world->cut_until[reader][node] = until;
	note(world, "node %d retires node %d as a reader", node, reader);
}

/* A backup from before what is kept. */
static void restore_old(struct world *world, uint8_t node)
{
	struct node *n = &world->nodes[node];

	for (uint8_t end = 0; end < n->in_count; end++)
		n->may_miss[end] = true;
	restore(world, node);
}

/* --- a copy is adopted ---------------------------------------------------------------------- */

/* Where a reader's list and a database that would publish to it agree. */
static uint64_t common_with(const struct base *waking, uint8_t end, const struct lg_points *list)
{
	static struct lg_publisher publisher;

	publisher.history = waking->out[end].history;
	publisher.head = waking->out[end].head;
	publisher.dropped = waking->out[end].dropped;
	return lg_publisher_common(&publisher, list).number;
}

/* What the waking database has dropped, or drops before this reader speaks: by what it last heard of it. */
static uint64_t dropped_soon(const struct out *out, uint8_t feed)
{
	uint64_t floor = lg_reader_marks_floor(&out->readers[feed], KEEP_MS);

	if (out->is_retired[feed])
		return out->head;
	return floor > out->dropped ? floor : out->dropped;
}

/* Where a reader is put back by a word of the database that is left, which may be under way, and by the waking one's. */
static uint64_t back_to(
	const struct node *n, const struct base *waking, uint8_t end, const struct lg_points *list)
{
	uint64_t left = common_with(&n->base, end, list), woken = common_with(waking, end, list);

	return left < woken ? left : woken;
}

/*
 * Readers of the database that is left stand, or may be put back by a backup of theirs, where the waking one has
 * dropped what comes next: on its own branch they had read it, and then gave it back.
 */
static void note_gone(struct world *world, const struct node *n, const struct base *waking)
{
	for (uint8_t end = 0; end < n->out_count; end++) {
		const struct stream *s = &world->streams[n->out_stream[end]];

		for (uint8_t feed = 0; feed < s->reader_count; feed++) {
			struct node *reader = &world->nodes[s->to[feed]];
			uint8_t in = s->to_end[feed];
			uint64_t dropped = dropped_soon(&waking->out[end], feed);

			if (back_to(n, waking, end, &reader->base.in[in]) < dropped)
				reader->may_miss[in] = true;
			if (reader->has_backup &&
				back_to(n, waking, end, &reader->backup.in[in]) < dropped)
				reader->may_miss[in] = true;
		}
	}
}

/*
 * The machine is gone, and an operator adopts the copy; what it was made of sleeps where it is, and may be woken
 * in the same way.  What each has dropped meanwhile is its own: a reader that goes from branch to branch may come
 * to one that has dropped what it needs there.
 */
static void adopt(struct world *world, uint8_t node)
{
	static struct base left;
	struct node *n = &world->nodes[node];

	mark_lost(world, node, &n->clone);
	note_gone(world, n, &n->clone);
	for (uint8_t end = 0; end < n->in_count; end++)
		n->may_miss[end] = true; /* it is as old as it may be */
	left = n->base;
	n->base = n->clone;
	n->clone = left;
	n->base.is_restored = n->is_adopted = true;
	n->base_life++;
	n->clone_life++;
	n->restores++;
	n->has_backup = false; /* of another machine */
	for (uint8_t i = 0; i < INSTANCES; i++)
		die(&n->instances[i]);
	world->tally[TALLY_ADOPTED]++;
	note(world, "node %d: a copy is adopted", node);
}

static void fault_base(struct world *world, uint8_t node)
{
	struct node *n = &world->nodes[node];
	bool is_young = n->has_backup && n->backup_at + BACKUP_MAX_MS > world->now;

	if (strikes(world, FAULT_BACKUP)) {
		n->backup = n->base;
		n->backup_at = world->now;
		n->has_backup = is_young = true;
	}
	if (strikes(world, FAULT_RESTORE) && is_young && n->restores < 3)
		restore(world, node);
	if (strikes(world, FAULT_OLD_BACKUP) && n->has_backup && !is_young && n->restores < 3)
		restore_old(world, node);
	if (n->out_count > 0 && strikes(world, FAULT_RETIRED))
		retire(world, node);
	if (strikes(world, FAULT_CLONE) && is_young && !n->has_clone)
		clone(world, node);
	if (strikes(world, FAULT_ADOPT) && n->has_clone && n->restores < 3 &&
		world->broken != RULE_clone)
		adopt(world, node);
}

static void fault(struct world *world, uint8_t node)
{
	uint8_t other = (uint8_t)below(world, world->node_count);

	if (world->now < world->nodes[node].starts_at)
		return;
	fault_instances(world, node);
	fault_base(world, node);
	if (strikes(world, FAULT_CUT)) /* one way */
		world->cut_until[node][other] = world->now + (lg_ms)below(world, 10000);
	if (strikes(world, FAULT_AWAY)) { /* longer than rows are kept */
		lg_ms until = world->now + 5000 + (lg_ms)below(world, 40000);

		for (uint8_t i = 0; i < NODES_MAX; i++)
			world->cut_until[node][i] = world->cut_until[i][node] = until;
	}
}
