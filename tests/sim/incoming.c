/*
 * The reading end's host: what arrives while transactions are under way becomes the next one;
 * after an unclean end one event at a time, marked before it is tried.
 */

/* --- transactions out ----------------------------------------------------------------------- */

static struct occurrence *make_work(
	struct world *world, uint8_t node, uint8_t instance, enum work_kind kind)
{
	const struct node *n = &world->nodes[node];
	struct occurrence *it = make(world, AT_EXECUTED, node);

	it->instance = instance;
	it->is_clone = instance == CLONE;
	it->life = n->instances[instance].life;
	it->base_life = it->is_clone ? n->clone_life : n->base_life;
	it->work.kind = kind;
	it->work.is_new = n->instances[instance].is_new;
	it->work.rows_at = 0;
	it->work.taken_count = 0;
	return it;
}

static void send_work(struct world *world, struct occurrence *it)
{
	struct instance *i = &world->nodes[it->node].instances[it->instance];

	it->fence = i->fence;
	it->step = i->step++;
	it->fate = draw_fate(world);
	if (it->work.kind == WORK_READ && world->broken == RULE_atomic && one_in(world, 8) &&
		!world->is_healed)
		it->fate = FATE_LOST_AFTER; /* died between effects and position */
	i->pipelined++;
	if (world->broken == RULE_cas) /* as if over two connections */
		put(world, it, 1 + below(world, 4 * world->database_ms));
	else
		put(world, it, pipeline_delay(world, &i->pipeline_at));
}

/* Whoever handles it dies.  Returns whether that happened. */
static bool dies_of(struct world *world, uint8_t node, struct instance *i, const struct taken *it)
{
	const struct base *base = &world->nodes[node].base;
	const struct event *event = &world->events[it->event];

	if (it->event == 0 || event->kind != EVENT_KILLING || event->refusals == 0 ||
		is_parked(world, base, event->key))
		return false;
	if (world->broken != RULE_killer &&
		lg_id_equal(i->trial.event_id, lg_id_make(1, 0, it->event)) &&
		i->trial.deaths >= LG_DEATHS_MAX)
		return false; /* not tried: faulty */
	note(world, "node %d: an instance dies of event %d", node, it->event);
	world->tally[TALLY_DEATHS]++;
	die(i);
	return true;
}

/*
 * How many of those taken go into the next transaction; 0: none now.  Whatever the owner before may
 * have died of goes alone, marked in a transaction of its own before it is tried.
 */
static uint32_t next_count(struct world *world, uint8_t node, uint8_t instance)
{
	struct instance *i = &world->nodes[node].instances[instance];
	struct occurrence *it;
	struct lg_trial trial;
	uint32_t count = 0;

	if (world->broken == RULE_killer)
		return i->taken_count;
	while (count < i->taken_count && i->careful_bytes[i->taken[count].end] == 0)
		count++;
	if (count > 0 || i->taken_count == 0)
		return count;
	if (i->pipelined > 0)
		return 0;
	if (i->is_marked || i->taken[0].event == 0 ||
		!lg_trial_begin(&i->trial, lg_id_make(1, 0, i->taken[0].event), &trial))
		return 1;
	it = make_work(world, node, instance, WORK_MARK);
	it->work.trial = trial;
	send_work(world, it);
	return 0;
}

static void take_first(struct instance *i, uint32_t count)
{
	uint64_t *careful_bytes = &i->careful_bytes[i->taken[0].end];

	if (*careful_bytes > 0) /* then it goes alone */
		*careful_bytes -= i->taken[0].size_bytes < *careful_bytes ? i->taken[0].size_bytes
									  : *careful_bytes;
	i->taken_count -= count;
	memmove(&i->taken[0], &i->taken[count], i->taken_count * sizeof i->taken[0]);
	i->is_marked = false;
}

/* Batches by load: what has arrived while two are under way is the next transaction. */
static void send_taken(struct world *world, uint8_t node, uint8_t instance)
{
	struct instance *i = &world->nodes[node].instances[instance];
	struct occurrence *it;
	uint32_t count;

	if (i->pipelined >= 2)
		return;
	count = next_count(world, node, instance);
	if (count == 0)
		return;
	for (uint32_t t = 0; t < count; t++) {
		if (dies_of(world, node, i, &i->taken[t]))
			return;
	}
	it = make_work(world, node, instance, WORK_READ);
	it->work.taken_count = count;
	memcpy(it->work.taken, i->taken, count * sizeof i->taken[0]);
	take_first(i, count);
	send_work(world, it);
}

/* Takes what was granted with a row: to a key that the reader had when it was sent. */
static void take_grant(struct world *world, uint8_t grant)
{
	uint8_t now = (uint8_t)(1 + world->now / KEY_EPOCH_MS);

	if (grant + 2 < now)
		fail(world, "a reader could not open what it was granted");
}

/* --- actions ---------------------------------------------------------------------------- */

static void take_batch(struct world *world, struct instance *i, uint8_t end,
	const struct frame *batch, uint64_t behind)
{
	uint64_t size_bytes = 0;

	for (uint32_t r = 0; r < batch->row_count; r++) {
		uint64_t number = batch->first + r;
		uint16_t event = batch->rows[r];
		uint32_t row_bytes = event == 0 ? 0 : world->events[event].size_bytes;

		size_bytes += row_bytes;
		if (number <= behind)
			continue;
		take_grant(world, batch->grants[r]);
		if (i->taken_count == TAKEN_MAX) {
			fail(world, "a reader holds more events than the window allows");
			return;
		}
		if (world->broken == RULE_highwater && i->taken_count >= 6 &&
			r + 1 < batch->row_count)
			continue; /* the queue is full: thrown away */
		i->taken[i->taken_count++] = (struct taken){ .event = event,
			.end = end,
			.size_bytes = row_bytes,
			.point = { .epoch = batch->epoch, .number = number } };
	}
	i->held_bytes[end] += size_bytes;
	if (i->held_bytes[end] > LG_WINDOW_BYTES + LG_ENVELOPE_MAX)
		fail(world, "more bytes under way than the window allows");
}

static void say_where(struct world *world, uint8_t node, uint8_t instance, uint8_t end,
	enum occurrence_kind kind, const struct lg_reader_action *action)
{
	const struct node *n = &world->nodes[node];
	const struct lg_subscriber *subscriber = &n->instances[instance].subscribers[end];
	struct lg_question question = subscriber->question;
	static struct lg_points named;
	uint8_t stream = n->in_stream[end];
	const struct stream *s = &world->streams[stream];
	struct occurrence *it = make(world, kind, s->from);
	uint32_t skip = 0;

	question.most = world->points_most;
	lg_question_name(&question, &subscriber->points, &named);
	if (world->broken == RULE_subhist && named.count > 1)
		skip = named.count - 1;
	it->instance = instance;
	it->stream = stream;
	it->feed = s->to[0] == node ? 0 : 1;
	it->frame.session = action->session;
	it->frame.allowed_bytes = action->allowed_bytes;
	it->frame.point_count = named.count - skip;
	memcpy(it->frame.points, &named.at[skip],
		it->frame.point_count * sizeof it->frame.points[0]);
	note(world, "stream %d: reader %d.%d %s at %lu", stream, node, instance,
		kind == AT_SUBSCRIBE ? "asks" : "acknowledges",
		(unsigned long)lg_points_last(&subscriber->points).number);
	send_frame(world, it, node);
}

static void perform(struct world *world, uint8_t node, uint8_t instance, uint8_t end,
	const struct lg_reader_action *action, const struct frame *batch, uint64_t behind)
{
	struct instance *i = &world->nodes[node].instances[instance];
	struct occurrence *back;

	switch (action->kind) {
	case LG_READER_SUBSCRIBE:
		say_where(world, node, instance, end, AT_SUBSCRIBE, action);
		return;
	case LG_READER_ACKNOWLEDGE:
		say_where(world, node, instance, end, AT_ACKNOWLEDGE, action);
		return;
	case LG_READER_APPLY:
		take_batch(world, i, end, batch, behind);
		return;
	case LG_READER_STORE_BACK:
	case LG_READER_STORE_AHEAD:
		back = make_work(world, node, instance,
			action->kind == LG_READER_STORE_BACK ? WORK_BACK : WORK_AHEAD);
		back->work.end = end;
		back->work.point = action->point;
		send_work(world, back);
		return;
	}
	abort();
}

static void reader_step(struct world *world, uint8_t node, uint8_t instance, uint8_t end,
	struct lg_reader_event *event, const struct frame *batch)
{
	struct instance *i = &world->nodes[node].instances[instance];
	struct lg_subscriber *subscriber = &i->subscribers[end];
	uint64_t behind = subscriber->tip.number;
	uint32_t life = i->life, asked = subscriber->question.asked;
	struct lg_reader_actions actions;

	event->next_session = fresh_id(world);
	event->now = world->now;
	lg_subscriber_step(subscriber, event, &actions);
	world->tally[TALLY_ASKED_AGAIN] += subscriber->question.asked > asked;
	for (uint32_t a = 0; a < actions.count && life == i->life; a++)
		perform(world, node, instance, end, &actions.at[a], batch, behind);
	if (life == i->life)
		send_taken(world, node, instance);
}

/* --- events ----------------------------------------------------------------------------- */

static void reader_hears(struct world *world, const struct occurrence *it)
{
	struct node *n = &world->nodes[it->node];
	struct instance *i = &n->instances[it->instance];
	const struct stream *s = &world->streams[it->stream];
	uint8_t end = s->to_end[it->feed];
	struct lg_subscriber *subscriber = &i->subscribers[end];
	const struct frame *frame = &it->frame;
	struct lg_reader_event event = { .kind = LG_READER_DELIVERED,
		.session = frame->session,
		.prior = frame->prior,
		.epoch = frame->epoch,
		.first = frame->first,
		.through = frame->through,
		.size_bytes = frame->size_bytes };

	if (!i->owns || i->is_leaving)
		return;
	if (it->kind == AT_GONE) {
		event.kind = LG_READER_GONE;
		event.prior.number += world->broken == RULE_gonepoint;
		if (!n->may_miss[end] && lg_id_equal(frame->session, subscriber->session))
			fail(world, "rows were dropped that a reader needs");
	}
	if (it->kind == AT_GO_BACK)
		event.kind = LG_READER_SENT_BACK;
	if (world->broken == RULE_session)
		event.session = subscriber->session;
	if (world->broken == RULE_match && frame->first == subscriber->tip.number + 1)
		event.prior = subscriber->tip;
	if (world->broken == RULE_chain && frame->through > subscriber->tip.number) {
		event.prior = subscriber->tip;
		event.first = subscriber->tip.number + 1;
	}
	reader_step(world, it->node, it->instance, end, &event, frame);
}

/*
 * On a good line credit never ends while all that came is stored: the reader would have to wait
 * until it thinks that the line is dead.
 */
static void check_credit(struct world *world, uint8_t node, uint8_t instance, uint8_t end)
{
	const struct lg_subscriber *subscriber =
		&world->nodes[node].instances[instance].subscribers[end];
	const struct stream *s = &world->streams[world->nodes[node].in_stream[end]];
	const struct instance *publisher;
	const struct lg_feed *feed;
	uint8_t owner;

	if (world->now < world->faults_until + 10000 || world->now - subscriber->heard_at < 2500)
		return;
	owner = route(world, s->from);
	if (owner > CLONE)
		return;
	publisher = &world->nodes[s->from].instances[owner];
	feed = &publisher->feeds[s->from_end][s->to[0] == node ? 0 : 1];
	if (feed->live && lg_id_equal(feed->session, subscriber->session) &&
		feed->acknowledged == feed->sent.number &&
		publisher->publishers[s->from_end].head > feed->sent.number &&
		feed->sent_bytes + feed->window_bytes / 4 >= feed->allowed_bytes)
		fail(world, "a stream stands still for want of credit");
}

static void ticks(struct world *world, uint8_t node)
{
	for (uint8_t i = 0; i <= CLONE; i++) {
		struct instance *instance = &world->nodes[node].instances[i];

		for (uint8_t end = 0; end < world->nodes[node].in_count; end++) {
			struct lg_reader_event event = { .kind = LG_READER_TICKED };

			if (!instance->owns || instance->is_leaving ||
				instance->stopped_until > world->now)
				continue;
			check_credit(world, node, i, end);
			if (world->broken != RULE_silence)
				reader_step(world, node, i, end, &event, NULL);
		}
	}
}

/* --- answers of the database ------------------------------------------------------------------ */

/* Each stream that had rows in the transaction hears how far it is stored. */
static void tell_stored(struct world *world, struct occurrence *it)
{
	struct instance *i = &world->nodes[it->node].instances[it->instance];
	uint32_t life = i->life;

	for (uint8_t end = 0; end < world->nodes[it->node].in_count; end++) {
		struct lg_reader_event event = { .kind = LG_READER_STORED };

		for (uint32_t t = 0; t < it->work.taken_count; t++) {
			const struct taken *taken = &it->work.taken[t];

			if (taken->end != end)
				continue;
			event.through = taken->point.number;
			event.size_bytes += taken->size_bytes;
		}
		if (event.through == 0 || life != i->life)
			continue;
		i->held_bytes[end] -= event.size_bytes;
		if (world->broken == RULE_creditleak)
			event.size_bytes /= 2;
		reader_step(world, it->node, it->instance, end, &event, NULL);
	}
}

static void done(struct world *world, struct occurrence *it)
{
	struct instance *i = &world->nodes[it->node].instances[it->instance];
	struct lg_reader_event went = { .kind = it->work.kind == WORK_BACK ? LG_READER_WENT_BACK
									   : LG_READER_WENT_AHEAD };

	switch (it->work.kind) {
	case WORK_COMMAND:
		world->events[it->work.event].was_answered = true;
		break;
	case WORK_READ:
		tell_stored(world, it);
		break;
	case WORK_BACK:
	case WORK_AHEAD:
		if (world->steps_on)
			reader_step(world, it->node, it->instance, it->work.end, &went, NULL);
		else
			take(world, it->node, it->instance);
		break;
	case WORK_ANEW:
	case WORK_RETRY:
	case WORK_UPGRADE:
		break;
	case WORK_MARK:
		i->trial = it->work.trial;
		i->is_marked = true;
		break;
	}
}

static void answered(struct world *world, struct occurrence *it)
{
	struct instance *i = &world->nodes[it->node].instances[it->instance];
	const struct base *base = base_of(world, it->node, it->is_clone);

	if (it->life != i->life)
		return;
	if (it->fate != FATE_COMMIT) { /* failed, or nobody knows: forget, read back */
		world->tally[TALLY_FAILED]++;
		if (world->broken == RULE_pipeline && it->fate == FATE_FAIL) {
			i->pipelined--; /* as if it had been done */
			if (it->work.kind == WORK_READ)
				tell_stored(world, it);
			return;
		}
		if (lg_id_equal(i->fence, base->fence))
			take(world, it->node, it->instance);
		else
			forget(i); /* another one has it */
		return;
	}
	i->pipelined--;
	done(world, it);
	if (it->life != i->life)
		return;
	note_heads(world, it);
	if (it->life == i->life)
		send_taken(world, it->node, it->instance);
}
