/* The publishing end's host: feeds, what they fetch and send, and retention. */

/* A commit is known: what it wrote may leave. */
static void note_heads(struct world *world, const struct occurrence *it)
{
	struct instance *i = &world->nodes[it->node].instances[it->instance];
	struct lg_feed_event committed = { .kind = LG_FEED_COMMITTED };
	uint32_t life = i->life;

	for (uint8_t end = 0; end < world->nodes[it->node].out_count; end++) {
		if (life != i->life || it->heads[end] <= i->publishers[end].head)
			continue;
		i->publishers[end].head = it->heads[end];
		for (uint8_t f = 0; f < FEEDS_MAX && life == i->life; f++)
			feed_step(world, it->node, it->instance, end, f, &committed, NULL);
	}
}

/* Rows behind first - 1, dense, as many as fit; what was dropped is not there. */
static void read_rows(struct world *world, const struct base *base, uint8_t end,
	const struct instance *instance, struct frame *fetch)
{
	const struct out *out = &base->out[end];
	uint64_t size_bytes = 0, number = fetch->first, through = fetch->through;

	fetch->row_count = 0;
	if (strikes(world, FAULT_OLD_SNAPSHOT)) /* as of some time ago: less is there */
		through -= below(world, through - number + 2);
	for (; number <= through && fetch->row_count < FRAME_ROWS; number++) {
		uint16_t row = number <= ROWS_MAX ? out->rows[number] : 0;
		uint32_t row_bytes;

		if (number <= out->dropped)
			break;
		if (row == 0 && world->broken == RULE_aftercommit)
			row = instance->unknown[end][number];
		if (row == 0 && world->broken != RULE_cas)
			break;
		row_bytes = row == 0 ? 0 : world->events[row].size_bytes;
		if (size_bytes + row_bytes > fetch->allowed_bytes && fetch->row_count > 0)
			break;
		size_bytes += row_bytes;
		fetch->grants[fetch->row_count] =
			world->broken == RULE_storedgrant
				? out->grants[number]
				: (uint8_t)(1 + world->now / KEY_EPOCH_MS);
		fetch->rows[fetch->row_count++] = row;
	}
	if (world->broken == RULE_snapshot && fetch->row_count > 0) {
		number = fetch->through + 1; /* the head as it stands elsewhere */
		while (fetch->row_count < FRAME_ROWS && fetch->first + fetch->row_count < number) {
			fetch->grants[fetch->row_count] = fetch->grants[0];
			fetch->rows[fetch->row_count++] = 0;
		}
		number = fetch->first + fetch->row_count;
	}
	fetch->through = number - 1;
	fetch->size_bytes = size_bytes;
}

/* Takes the occurrence: its rows leave in it, or it is thrown away. */
static void fetched(struct world *world, struct occurrence *it)
{
	struct node *n = &world->nodes[it->node];
	struct instance *instance = &n->instances[it->instance];
	struct base *base = base_of(world, it->node, it->is_clone);
	uint8_t end = world->streams[it->stream].from_end;
	struct lg_feed_event event = { .kind = LG_FEED_FETCHED };

	if (it->life != instance->life ||
		it->base_life != (it->is_clone ? n->clone_life : n->base_life)) {
		throw_away(world, it);
		return;
	}
	read_rows(world, base, end, instance, &it->frame);
	event.through = it->frame.through;
	event.size_bytes = it->frame.size_bytes;
	feed_step(world, it->node, it->instance, end, it->feed, &event, it);
	throw_away(world, it);
}

static void store_applied(
	struct world *world, struct base *base, uint8_t end, uint8_t feed, uint64_t number)
{
	struct lg_reader_marks *marks = &base->out[end].readers[feed];

	if (base->out[end].is_retired[feed])
		return; /* nobody is registered who could say so */
	if (world->broken == RULE_setack && number < marks->applied)
		number = marks->applied;
	lg_reader_marks_note(marks, number, world->now, KEEP_MS);
}

/* To the reader that asked last: the action's numbers, and the rows of a batch. */
static void say(struct world *world, uint8_t node, uint8_t instance, uint8_t end, uint8_t feed,
	const struct lg_feed_action *action, const struct occurrence *rows)
{
	const struct node *n = &world->nodes[node];
	uint8_t stream = n->out_stream[end];
	struct occurrence *it = make(world, AT_DELIVER, world->streams[stream].to[feed]);

	if (action->kind != LG_FEED_SEND)
		it->kind = action->kind == LG_FEED_GONE ? AT_GONE : AT_GO_BACK;
	it->instance = n->instances[instance].reply_to[end][feed];
	it->stream = stream;
	it->feed = feed;
	it->frame = (struct frame){ .session = action->session,
		.prior = action->prior,
		.epoch = action->epoch,
		.first = action->first,
		.through = action->through,
		.size_bytes = action->size_bytes };
	if (it->kind == AT_DELIVER) {
		it->frame.row_count = rows->frame.row_count;
		memcpy(it->frame.rows, rows->frame.rows, sizeof it->frame.rows);
		memcpy(it->frame.grants, rows->frame.grants, sizeof it->frame.grants);
	}
	note(world, "stream %d: %d.%d to reader %d: %s behind %lu, %lu..%lu", stream, node,
		instance, it->node,
		it->kind == AT_DELIVER   ? "batch"
		: it->kind == AT_GO_BACK ? "go back"
					 : "gone",
		(unsigned long)action->prior.number, (unsigned long)action->first,
		(unsigned long)action->through);
	send_frame(world, it, node);
}

/* As if it did not matter what the reader has read behind the point up to which both agree. */
static void say_gone_at_once(struct world *world, uint8_t node, uint8_t instance, uint8_t end,
	uint8_t feed, const struct lg_feed_action *back)
{
	const struct lg_publisher *publisher =
		&world->nodes[node].instances[instance].publishers[end];
	struct lg_feed_action gone = *back;

	gone.kind = LG_FEED_GONE;
	gone.prior.number = publisher->dropped;
	gone.prior.epoch = lg_publisher_epoch_of(publisher, publisher->dropped);
	say(world, node, instance, end, feed, &gone, NULL);
}

static void feed_act(struct world *world, uint8_t node, uint8_t instance, uint8_t end, uint8_t feed,
	const struct lg_feed_action *action, const struct occurrence *rows)
{
	struct node *n = &world->nodes[node];
	struct instance *i = &n->instances[instance];
	struct base *base = base_of(world, node, instance == CLONE);
	bool is_owner = lg_id_equal(i->fence, base->fence);
	struct occurrence *it;

	switch (action->kind) {
	case LG_FEED_FETCH:
		it = make(world, AT_FETCHED, node);
		it->instance = instance;
		it->is_clone = instance == CLONE;
		it->life = i->life;
		it->base_life = it->is_clone ? n->clone_life : n->base_life;
		it->stream = n->out_stream[end];
		it->feed = feed;
		it->frame.first = action->after + 1;
		it->frame.through = action->through;
		it->frame.allowed_bytes = action->size_bytes;
		put(world, it, 1 + below(world, world->database_ms));
		return;
	case LG_FEED_STORE:
		if (is_owner)
			store_applied(world, base, end, feed, action->through);
		return;
	case LG_FEED_SEND:
		if (i->feeds[end][feed].sent_bytes >
			i->feeds[end][feed].allowed_bytes + LG_ENVELOPE_MAX)
			fail(world, "more bytes on their way than the credit allows");
		say(world, node, instance, end, feed, action, rows);
		return;
	case LG_FEED_GO_BACK:
		if (world->broken == RULE_backfirst &&
			action->prior.number < i->publishers[end].dropped) {
			say_gone_at_once(world, node, instance, end, feed, action);
			return;
		}
		if (!is_owner && world->broken != RULE_fencedback) {
			forget(i);
			return;
		}
		say(world, node, instance, end, feed, action, rows);
		return;
	case LG_FEED_GONE:
		say(world, node, instance, end, feed, action, rows);
		return;
	}
	abort();
}

static void feed_step(struct world *world, uint8_t node, uint8_t instance, uint8_t end,
	uint8_t feed, const struct lg_feed_event *event, const struct occurrence *rows)
{
	struct instance *i = &world->nodes[node].instances[instance];
	struct lg_feed_actions actions;
	uint32_t life = i->life;

	lg_feed_step(&i->publishers[end], &i->feeds[end][feed], event, &actions);
	for (uint32_t a = 0; a < actions.count && life == i->life; a++)
		feed_act(world, node, instance, end, feed, &actions.at[a], rows);
}

/* --- what readers say ----------------------------------------------------------------------- */

/*
 * To the instance whose claim is the highest; a bus that has just started may know another.
 * CLONE + 1 when nobody claims.
 */
static uint8_t route(struct world *world, uint8_t node)
{
	const struct node *n = &world->nodes[node];
	uint8_t to = CLONE + 1;

	for (uint8_t i = 0; i <= CLONE; i++) {
		const struct instance *instance = &n->instances[i];

		if (instance->owns &&
			(to > CLONE || instance->takeover > n->instances[to].takeover))
			to = i;
	}
	if (strikes(world, FAULT_STALE_ROUTE)) {
		uint8_t other = (uint8_t)below(world, CLONE + 1);

		if (n->instances[other].owns)
			to = other;
	}
	return to;
}

/* A reader's list as a publisher would see it that knows numbers only. */
static void number_only(const struct lg_publisher *publisher, struct lg_points *points)
{
	struct lg_point last = lg_points_last(points);

	if (last.number > publisher->head)
		last.number = publisher->head;
	last.epoch = lg_publisher_epoch_of(publisher, last.number);
	points->count = last.number > 0;
	points->at[0] = last;
}

static void publisher_hears(struct world *world, const struct occurrence *it, uint8_t to)
{
	struct instance *instance = &world->nodes[it->node].instances[to];
	uint8_t end = world->streams[it->stream].from_end;
	struct lg_publisher *publisher = &instance->publishers[end];
	struct lg_feed *feed = &instance->feeds[end][it->feed];
	static struct lg_points points;
	struct lg_feed_event event = { .kind = LG_FEED_SUBSCRIBED,
		.session = it->frame.session,
		.points = &points,
		.allowed_bytes = it->frame.allowed_bytes };

	if (instance->is_leaving)
		return;
	points.count = it->frame.point_count;
	memcpy(points.at, it->frame.points, points.count * sizeof points.at[0]);
	if (world->broken == RULE_match)
		number_only(publisher, &points);
	if (it->kind == AT_ACKNOWLEDGE) {
		event.kind = LG_FEED_ACKNOWLEDGED;
		if (world->broken == RULE_ackmatch) {
			event.session = feed->session;
			number_only(publisher, &points);
		}
	} else {
		instance->reply_to[end][it->feed] = it->instance;
		base_of(world, it->node, to == CLONE)->out[end].is_retired[it->feed] = false;
	}
	feed_step(world, it->node, to, end, it->feed, &event, NULL);
}

/* --- retention -------------------------------------------------------------------------- */

static void drop_ranges(struct world *world, uint8_t node, struct base *base, uint8_t end)
{
	const struct node *n = &world->nodes[node];
	const struct stream *s = &world->streams[n->out_stream[end]];
	struct out *out = &base->out[end];
	const struct lg_reader_marks *readers[FEEDS_MAX];
	uint32_t reader_count = 0, count;
	lg_ms keep_ms = world->broken == RULE_ackfloor ? 0 : KEEP_MS;

	for (uint8_t f = 0; f < s->reader_count; f++) {
		struct lg_reader_marks *marks = &out->readers[f];

		if (world->broken == RULE_silentages)
			lg_reader_marks_note(marks, marks->applied, world->now, KEEP_MS);
		if ((world->broken != RULE_registered || marks->applied > 0) && !out->is_retired[f])
			readers[reader_count++] = marks;
	}
	count = lg_retention_count(
		readers, reader_count, out->ranges, out->range_count, world->now, keep_ms);
	if (world->broken == RULE_onerange && count > 0 && count + 1 < out->range_count)
		count++;
	if (world->broken == RULE_lastrange && count + 1 == out->range_count)
		count++;
	if (count == 0)
		return;
	world->tally[TALLY_DROPPED] += out->ranges[count - 1].last - out->dropped;
	out->dropped = out->ranges[count - 1].last;
	out->range_count -= count;
	memmove(&out->ranges[0], &out->ranges[count], out->range_count * sizeof out->ranges[0]);
}

/* Once a second, by the owner, who knows then what it has dropped. */
static void retention(struct world *world, uint8_t node, uint8_t instance)
{
	struct instance *i = &world->nodes[node].instances[instance];
	struct base *base = base_of(world, node, instance == CLONE);

	for (uint8_t end = 0; end < world->nodes[node].out_count; end++) {
		drop_ranges(world, node, base, end);
		i->publishers[end].dropped = base->out[end].dropped;
	}
}
