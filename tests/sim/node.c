/* Instances: who owns, takes over, leaves, dies; what clients ask of them. */

static void forget(struct instance *i)
{
	i->owns = false;
	i->is_leaving = false;
	i->life++;
	i->pipelined = 0;
	i->taken_count = 0;
	i->is_marked = false;
	memset(i->held_bytes, 0, sizeof i->held_bytes);
}

/* The process is gone, and with it what it knew of itself. */
static void die(struct instance *i)
{
	forget(i);
	i->is_up = false;
	i->fence = (struct lg_id){ 0 };
}

static void start_publishers(struct world *world, uint8_t node, uint8_t instance)
{
	struct node *n = &world->nodes[node];
	struct instance *i = &n->instances[instance];
	struct base *base = base_of(world, node, instance == CLONE);
	static struct lg_points history;

	for (uint8_t end = 0; end < n->out_count; end++) {
		struct out *out = &base->out[end];
		struct lg_id epoch = fresh_id(world);

		if (world->broken == RULE_fresh)
			epoch = lg_id_make(1, 0, base->epoch_counter);
		if (world->broken == RULE_lastrange && out->dropped == out->head)
			out->head = out->dropped = 0; /* read from an empty table */
		history = out->history;
		if (history.count > 0 &&
			(world->broken == RULE_bump ||
				(world->broken == RULE_restoredold && base->is_restored)))
			i->publishers[end] = (struct lg_publisher){
				.history = history, .head = out->head, .dropped = out->dropped
			};
		else
			lg_publisher_start(
				&i->publishers[end], &history, out->head, out->dropped, epoch);
		out->history = i->publishers[end].history;
		for (uint8_t f = 0; f < FEEDS_MAX; f++)
			i->feeds[end][f] =
				(struct lg_feed){ .acknowledged = out->readers[f].applied };
	}
}

static void start_subscribers(
	struct world *world, uint8_t node, uint8_t instance, const struct lg_points *positions)
{
	struct node *n = &world->nodes[node];
	struct instance *i = &n->instances[instance];
	uint32_t life = i->life;

	for (uint8_t end = 0; end < n->in_count; end++) {
		lg_subscriber_init(&i->subscribers[end], &positions[end]);
		if (world->broken != RULE_gap) /* then it thinks that it has named all */
			i->subscribers[end].question.most = world->points_most;
	}
	for (uint8_t end = 0; end < n->in_count && life == i->life; end++) {
		struct lg_reader_event event = { .kind = LG_READER_STARTED,
			.session = fresh_id(world) };

		reader_step(world, node, instance, end, &event, NULL);
	}
}

/* Another owner, or the same one after a failure: the fence is moved, then all is read back. */
static void take(struct world *world, uint8_t node, uint8_t instance)
{
	struct node *n = &world->nodes[node];
	struct instance *i = &n->instances[instance];
	struct base *base = base_of(world, node, instance == CLONE);
	static struct lg_points positions[ENDS_MAX];
	bool was_ours = lg_id_equal(i->fence, base->fence) && i->takeover > 0;

	memcpy(positions, base->in, sizeof positions);
	if (world->broken == RULE_readearly && n->has_backup && n->backup_at + 3000 > world->now)
		memcpy(positions, n->backup.in, sizeof positions); /* as of before the fence */
	forget(i);
	i->owns = true;
	i->stopped_until = 0;
	i->takeover = ++n->takeovers;
	i->pipeline_at = i->answer_at = world->now;
	i->trial = base->trial;
	for (uint8_t end = 0; end < ENDS_MAX; end++) {
		if (!was_ours)
			i->careful_bytes[end] = base->is_released ? 0 : LG_WINDOW_BYTES;
	}
	memset(i->unknown, 0, sizeof i->unknown);
	if (world->broken == RULE_twoowners) {
		i->fence = base->fence;
		i->step = base->step;
	} else {
		i->fence = base->fence = fresh_id(world);
		i->step = base->step = 0;
	}
	base->epoch_counter++;
	base->is_released = false;
	world->tally[TALLY_TAKEOVERS]++;
	note(world, "node %d.%d takes over", node, instance);
	start_publishers(world, node, instance);
	base->is_restored = false;
	if (i->is_new) /* before anything else: what comes now may follow what is kept */
		send_work(world, make_work(world, node, instance, WORK_UPGRADE));
	start_subscribers(world, node, instance, positions);
}

/* --- clients ------------------------------------------------------------------------------ */

/* Whom the gateway believes to be the owner; nobody is CLONE + 1. */
static bool can_take(const struct world *world, const struct instance *i)
{
	return i->owns && !i->is_leaving && i->stopped_until <= world->now &&
	       i->pipelined < PIPELINED_MAX;
}

static void ask(struct world *world, uint16_t event)
{
	const struct stream *s = &world->streams[world->events[event].stream];
	uint8_t instance = route(world, s->from);
	struct instance *i;
	struct base *base;
	struct occurrence *it;

	if (instance > CLONE || (instance == CLONE && world->broken != RULE_clone))
		return;
	i = &world->nodes[s->from].instances[instance];
	if (!can_take(world, i))
		return;
	base = base_of(world, s->from, instance == CLONE);
	if (base->out[s->from_end].head >= ASKED_MAX)
		return;
	it = make_work(world, s->from, instance, WORK_COMMAND);
	it->work.event = event;
	if (world->broken == RULE_answerearly)
		world->events[event].was_answered = true;
	if (world->broken == RULE_aftercommit) /* out at once, from memory */
		i->unknown[s->from_end][++i->publishers[s->from_end].head] = event;
	if (world->broken == RULE_cas) {
		struct out *out = &base->out[s->from_end];

		if (out->sequence < out->head)
			out->sequence = out->head;
		it->work.rows_at = (uint16_t)++out->sequence;
	}
	send_work(world, it);
}

static enum event_kind draw_kind(struct world *world)
{
	if (strikes(world, FAULT_BAD_EVENT))
		return one_in(world, 3) ? EVENT_KILLING : EVENT_REFUSED;
	if (one_in(world, 8))
		return EVENT_NEW;
	if (one_in(world, 8))
		return EVENT_FOREIGN;
	return one_in(world, 4) ? EVENT_ASKING : EVENT_PLAIN;
}

/* A client asks until it is answered: the same id, until somebody says "stored". */
static void command(struct world *world, struct occurrence *it)
{
	uint16_t event = it->work.event;

	if (event == 0 && world->free_count < OCCURRENCES / 2) { /* too many wait already */
		put(world, it, 5000);
		return;
	}
	if (event == 0) {
		event = new_event(world, it->stream, draw_kind(world));
		if (event == 0) {
			throw_away(world, it);
			return;
		}
		world->events[event].refusals = (uint8_t)(1 + below(world, 3));
		if (world->now < world->faults_until + 2000) { /* some more when all is mended */
			struct occurrence *next = make(world, AT_COMMAND, it->node);

			next->stream = it->stream;
			next->work.event = 0;
			put(world, next, 1 + below(world, 2 * world->command_ms));
		}
	}
	if (world->events[event].was_answered) {
		throw_away(world, it);
		return;
	}
	ask(world, event);
	it->work.event = event;
	put(world, it, 1500 + below(world, 1500));
}

/* --- mending: once a second --------------------------------------------------------------- */

/* Somebody looks at the dead letters now and then; when all is well, always. */
static void retry_letters(struct world *world, uint8_t node, uint8_t instance)
{
	const struct base *base = base_of(world, node, instance == CLONE);
	struct instance *i = &world->nodes[node].instances[instance];
	uint8_t keys[HELD_MAX];
	uint32_t count = 0;
	struct occurrence *it;

	for (uint32_t h = 0; h < base->held_count; h++) {
		if (base->held[h].kind != HELD_UNHANDLED)
			keys[count++] = world->events[base->held[h].event].key;
	}
	if (count == 0 || i->pipelined >= PIPELINED_MAX || (!world->is_healed && !one_in(world, 4)))
		return;
	it = make_work(world, node, instance, WORK_RETRY);
	it->work.key = keys[below(world, count)];
	send_work(world, it);
}

/*
 * A wish to be told anew is an ordinary message: it is asked until it was heard.  To whoever owns the stream,
 * in a transaction of its own.
 */
static void wish(struct world *world, uint8_t node)
{
	const struct node *n = &world->nodes[node];

	for (uint8_t end = 0; end < n->in_count; end++) {
		const struct stream *s = &world->streams[n->in_stream[end]];
		uint8_t feed = s->to[0] == node ? 0 : 1, owner;
		struct occurrence *it;

		if (n->base.wish[end] == 0 ||
			n->base.wish[end] ==
				world->nodes[s->from].base.out[s->from_end].told_anew[feed])
			continue;
		owner = route(world, s->from);
		if (owner >= CLONE || !can_take(world, &world->nodes[s->from].instances[owner]) ||
			(!world->is_healed && world->cut_until[node][s->from] > world->now))
			continue;
		it = make_work(world, s->from, owner, WORK_ANEW);
		it->work.end = s->from_end;
		it->work.key = feed;
		it->work.event = n->base.wish[end];
		send_work(world, it);
	}
}

/* Versions: each instance is replaced at its time; before all is well some go back again. */
static void guard_version(struct world *world, struct node *n, struct instance *i)
{
	bool is_time = world->now >= world->upgrade_at || world->is_healed;

	if (i->is_new != is_time && !i->owns)
		i->is_new = is_time;
	if (i->is_new && !i->owns && strikes(world, FAULT_DOWNGRADE))
		i->is_new = false;
	if (world->is_healed && i->owns && !i->is_new) { /* a restart in good order */
		n->base.is_released = true;
		forget(i);
		i->is_new = true;
	}
}

static void guard_instance(struct world *world, uint8_t node, uint8_t instance)
{
	struct node *n = &world->nodes[node];
	struct instance *i = &n->instances[instance];
	bool is_owner = i->owns && lg_id_equal(i->fence, n->base.fence);

	if (i->owns && !is_owner && i->stopped_until <= world->now &&
		(world->is_healed || one_in(world, 3)))
		forget(i); /* hears that it was replaced */
	if (i->is_leaving && i->pipelined == 0 && i->stopped_until <= world->now) {
		n->base.is_released = is_owner || n->base.is_released;
		die(i);
	}
	guard_version(world, n, i);
	if (!i->is_up && (world->is_healed || one_in(world, 3)))
		i->is_up = true;
}

/* What nobody who lives owns is taken, a while after its owner was last seen. */
static void guard_node(struct world *world, uint8_t node)
{
	struct node *n = &world->nodes[node];
	uint8_t next = (uint8_t)below(world, INSTANCES), owner = INSTANCES;

	if (world->now < n->starts_at)
		return;
	for (uint8_t i = 0; i < INSTANCES; i++) {
		guard_instance(world, node, i);
		if (n->instances[i].owns && lg_id_equal(n->instances[i].fence, n->base.fence) &&
			n->instances[i].stopped_until <= world->now)
			owner = i;
	}
	if (owner < INSTANCES) {
		n->away_since = 0;
		retention(world, node, owner);
		if (!n->instances[owner].is_leaving) {
			retry_letters(world, node, owner);
			wish(world, node);
		}
		return;
	}
	if (n->away_since == 0)
		n->away_since = world->now;
	if (n->instances[next].is_up && !n->instances[next].owns &&
		(n->base.is_released || world->now - n->away_since >= 1000))
		take(world, node, next);
}
