/*
 * The databases: a transaction moves the fence and does all of its work, or none of it.  What a
 * handler would decide is asked of common/stream/arrival here, behind the fence, where memory and
 * table are one.
 */

static struct base *base_of(struct world *world, uint8_t node, bool is_clone)
{
	return is_clone ? &world->nodes[node].clone : &world->nodes[node].base;
}

static bool is_in(const uint16_t *set, uint32_t event)
{
	return (set[event / 16] >> event % 16 & 1u) != 0;
}

static void put_in(uint16_t *set, uint32_t event)
{
	set[event / 16] = (uint16_t)(set[event / 16] | 1u << event % 16);
}

/* --- rows out ----------------------------------------------------------------------------- */

/* Rows of one time share a range. */
static void note_range(const struct world *world, struct out *out)
{
	struct lg_range *last = out->range_count == 0 ? NULL : &out->ranges[out->range_count - 1];

	if (last == NULL || (last->written_at / RANGE_MS != world->now / RANGE_MS &&
				    out->range_count < RANGES_MAX))
		last = &out->ranges[out->range_count++];
	*last = (struct lg_range){ .last = out->head, .written_at = world->now };
}

static void append(struct world *world, struct base *base, uint16_t event, uint64_t number)
{
	const struct stream *s = &world->streams[world->events[event].stream];
	struct out *out = &base->out[s->from_end];

	if (number == 0)
		number = out->head + 1;
	if (number > ROWS_MAX) {
		fail(world, "the simulator has no room for more rows");
		return;
	}
	for (uint64_t n = 1; n <= out->head; n++) {
		if (out->rows[n] == event)
			fail(world, "a command was done twice");
	}
	out->rows[number] = event;
	out->grants[number] = (uint8_t)(1 + world->now / KEY_EPOCH_MS);
	if (number > out->head)
		out->head = number;
	world->events[event].was_committed = true;
	note_range(world, out);
}

static uint16_t new_event(struct world *world, uint8_t stream, enum event_kind kind)
{
	struct event *event;

	if (world->event_count + 1 >= (kind == EVENT_ANEW ? EVENTS_MAX : EVENTS_ASKED))
		return 0;
	event = &world->events[++world->event_count];
	*event = (struct event){ .kind = kind,
		.stream = stream,
		.key = (uint8_t)below(world, KEYS),
		.size_bytes = 1 + (uint32_t)below(world, world->row_bytes) };
	return (uint16_t)world->event_count;
}

/* --- effects ------------------------------------------------------------------------------ */

static void take_effect(struct world *world, uint8_t node, struct base *base, uint16_t event,
	uint16_t number, uint8_t stream)
{
	const struct node *n = &world->nodes[node];
	uint16_t answer;

	if (!world->events[event].was_committed)
		fail(world, "an event took effect that was never committed");
	for (uint32_t e = 0; e < base->effect_count; e++) {
		if (base->effects[e].event == event && !base->effects[e].is_listed)
			fail(world, "an event took effect twice");
	}
	if (base->effect_count == EFFECTS_MAX) {
		fail(world, "the simulator has no room for more effects");
		return;
	}
	world->tally[TALLY_EFFECTS]++;
	base->effects[base->effect_count++] =
		(struct effect){ .event = event, .number = number, .stream = stream };
	if (world->events[event].kind != EVENT_ASKING || n->out_count == 0)
		return;
	answer = new_event(world, n->out_stream[event % n->out_count], EVENT_PLAIN);
	if (answer == 0)
		return;
	world->events[answer].cause = event;
	world->events[answer].key = world->events[event].key;
	append(world, base, answer, 0);
}

static bool is_parked(const struct world *world, const struct base *base, uint8_t key)
{
	for (uint32_t i = 0; i < base->held_count; i++) {
		if (base->held[i].kind != HELD_UNHANDLED &&
			world->events[base->held[i].event].key == key)
			return true;
	}
	return false;
}

static void hold(struct world *world, struct base *base, struct held held)
{
	static const enum tally_kind tallies[] = { [HELD_DEAD] = TALLY_DEAD,
		[HELD_PARKED] = TALLY_PARKED,
		[HELD_UNHANDLED] = TALLY_UNHANDLED };

	if (base->held_count == HELD_MAX) {
		fail(world, "the simulator has no room for more letters");
		return;
	}
	world->tally[tallies[held.kind]]++;
	base->held[base->held_count++] = held;
}

/* Whether its handler refuses it now; each look of a retry brings the end nearer. */
static bool is_refused(struct event *event, enum lg_arrival_from from)
{
	if (event->kind != EVENT_REFUSED && event->kind != EVENT_KILLING)
		return false;
	if (from == LG_FROM_LETTER && event->refusals > 0)
		event->refusals--;
	return event->refusals > 0;
}

/* Returns what became of the event; a held one is kept by the caller, who knows where it stood. */
static enum lg_arrival_way arrive(struct world *world, uint8_t node, struct base *base,
	const struct work *work, const struct held *it, enum lg_arrival_from from, bool is_stopped)
{
	struct event *event = &world->events[it->event];
	struct lg_arrival arrival = { .from = from,
		.is_parked =
			is_parked(world, base, event->key) && world->broken != RULE_letterorder,
		.is_stopped = is_stopped && world->broken != RULE_retryorder,
		.is_foreign = event->kind == EVENT_FOREIGN && node % 2 == 0,
		.is_unknown = event->kind == EVENT_NEW && !work->is_new };
	enum lg_arrival_way way = lg_arrival_way(&arrival);

	if (way == LG_WAY_HANDLE && is_refused(event, from)) {
		arrival.is_faulty = true;
		way = lg_arrival_way(&arrival);
	}
	if (way == LG_WAY_HANDLE)
		take_effect(world, node, base, it->event, it->number, it->stream);
	return way;
}

static void read_taken(
	struct world *world, uint8_t node, struct base *base, const struct work *work)
{
	const struct node *n = &world->nodes[node];

	for (uint32_t i = 0; i < work->taken_count; i++) {
		const struct taken *it = &work->taken[i];
		struct held held = { .event = it->event,
			.number = (uint16_t)it->point.number,
			.stream = n->in_stream[it->end] };
		enum lg_arrival_way way;

		if (it->event == 0)
			continue;
		way = arrive(world, node, base, work, &held, LG_FROM_STREAM, false);
		held.kind = way == LG_WAY_PARK        ? HELD_PARKED
			    : way == LG_WAY_UNHANDLED ? HELD_UNHANDLED
						      : HELD_DEAD;
		if (way == LG_WAY_UNHANDLED && world->broken == RULE_unhandled)
			continue;
		if (way != LG_WAY_HANDLE && way != LG_WAY_PASS)
			hold(world, base, held);
	}
}

static void move_positions(const struct world *world, struct base *base, const struct work *work)
{
	for (uint32_t i = 0; i < work->taken_count; i++) {
		const struct taken *it = &work->taken[i];
		struct lg_points *points = &base->in[it->end];

		if (it->point.number <= lg_points_last(points).number &&
			(world->broken == RULE_cas || world->broken == RULE_twoowners ||
				world->broken == RULE_pipeline))
			continue; /* without a fence two owners may move it */
		lg_points_move(points, it->point);
	}
}

/* --- dead letters, upgrades ----------------------------------------------------------------- */

static void forget_held(struct base *base, uint32_t place)
{
	base->held_count--;
	for (uint32_t i = place; i < base->held_count; i++)
		base->held[i] = base->held[i + 1];
}

/* One key's letter and what is parked behind it, until one cannot take effect. */
static void retry_key(struct world *world, uint8_t node, struct base *base, const struct work *work)
{
	bool is_stopped = false;

	for (uint32_t i = 0; i < base->held_count;) {
		struct held *held = &base->held[i];
		enum lg_arrival_way way;

		if (held->kind == HELD_UNHANDLED || world->events[held->event].key != work->key) {
			i++;
			continue;
		}
		way = arrive(world, node, base, work, held, LG_FROM_LETTER, is_stopped);
		if (way == LG_WAY_HANDLE || way == LG_WAY_PASS) {
			forget_held(base, i);
			continue;
		}
		if (way == LG_WAY_DEAD_LETTER) {
			held->kind = HELD_DEAD;
			is_stopped = true;
		}
		i++;
	}
}

static void upgrade(struct world *world, uint8_t node, struct base *base, const struct work *work)
{
	for (uint32_t i = 0; i < base->held_count;) {
		struct held held = base->held[i];
		enum lg_arrival_way way;

		if (held.kind != HELD_UNHANDLED) {
			i++;
			continue;
		}
		way = arrive(world, node, base, work, &held, LG_FROM_UNHANDLED, false);
		if (way == LG_WAY_WAIT) {
			i++;
			continue;
		}
		world->tally[TALLY_UPGRADED]++;
		if (world->broken != RULE_upgradetwice)
			forget_held(base, i);
		else
			i++;
		held.kind = way == LG_WAY_PARK ? HELD_PARKED : HELD_DEAD;
		if (way == LG_WAY_PARK || way == LG_WAY_DEAD_LETTER)
			hold(world, base, held);
	}
}

/* What was applied behind the common point is listed, and held back no longer. */
static void go_back(
	struct world *world, uint8_t stream, struct base *base, uint8_t end, struct lg_point point)
{
	world->tally[TALLY_BACK]++;
	lg_points_cut(&base->in[end], point);
	for (uint64_t number = point.number + 1; number <= ROWS_MAX; number++)
		base->gone[end][number] = false;
	for (uint32_t e = 0; e < base->effect_count; e++) {
		struct effect *effect = &base->effects[e];

		if (effect->stream == stream && effect->number > point.number &&
			!effect->is_listed) {
			effect->is_listed = true;
			world->tally[TALLY_HANDED_BACK]++;
		}
	}
	for (uint32_t i = 0; i < base->held_count;) {
		if (base->held[i].stream == stream && base->held[i].number > point.number)
			forget_held(base, i);
		else
			i++;
	}
}

/* What was dropped is passed over; the wish to be told anew is one transaction with that. */
static void go_ahead(
	struct world *world, uint8_t node, struct base *base, uint8_t end, struct lg_point point)
{
	const struct stream *s = &world->streams[world->nodes[node].in_stream[end]];
	const struct node *from = &world->nodes[s->from];
	uint64_t last = lg_points_last(&base->in[end]).number;

	world->tally[TALLY_AHEAD]++;
	world->tally[TALLY_AHEAD_COPY] += from->is_adopted;
	if (point.number > from->base.out[s->from_end].dropped && from->restores == 0)
		fail(world, "a row was passed over that is still there");
	for (uint64_t number = last + 1; number <= point.number && number <= ROWS_MAX; number++)
		base->gone[end][number] = true;
	lg_points_move(&base->in[end], point);
	if (world->broken != RULE_wish)
		base->wish[end] = ++world->wish_count;
}

/* Whether this reader is to take the event at all. */
static bool is_for(const struct world *world, uint8_t node, uint16_t event)
{
	return event != 0 && (world->events[event].kind != EVENT_FOREIGN || node % 2 != 0);
}

/* The newest event of a key in a stream that the reader is to know; 0: none.  What was told anew is none. */
static uint16_t newest_of(
	const struct world *world, const struct out *out, uint8_t reader, uint8_t key)
{
	for (uint64_t number = out->head; number > 0; number--) {
		uint16_t event = out->rows[number];

		if (is_for(world, reader, event) && world->events[event].key == key &&
			world->events[event].restates == 0)
			return event;
	}
	return 0;
}

/* The present state, for one reader: of each key what is newest. */
static void tell_anew(struct world *world, uint8_t node, struct base *base, const struct work *work)
{
	uint8_t end = work->end, feed = work->key, stream = world->nodes[node].out_stream[end];
	struct out *out = &base->out[end];

	out->told_anew[feed] = work->event;
	for (uint8_t key = 0; key < KEYS; key++) {
		uint16_t newest = newest_of(world, out, world->streams[stream].to[feed], key);
		uint16_t event = newest == 0 ? 0 : new_event(world, stream, EVENT_ANEW);

		if (event == 0)
			continue;
		world->tally[TALLY_ANEW]++;
		world->events[event].key = key;
		world->events[event].restates = newest;
		append(world, base, event, 0);
	}
}

/* --- transactions --------------------------------------------------------------------------- */

static void do_command(struct world *world, struct base *base, const struct work *work)
{
	if (is_in(base->answered, work->event) && world->broken != RULE_commandonce) {
		world->tally[TALLY_REPEATED]++;
		return;
	}
	put_in(base->answered, work->event);
	append(world, base, work->event, work->rows_at);
}

static void do_work(struct world *world, struct base *base, const struct occurrence *it)
{
	const struct work *work = &it->work;
	const struct node *n = &world->nodes[it->node];

	switch (work->kind) {
	case WORK_COMMAND:
		do_command(world, base, work);
		return;
	case WORK_READ:
		read_taken(world, it->node, base, work);
		if (it->fate != FATE_LOST_AFTER || world->broken != RULE_atomic)
			move_positions(world, base, work);
		return;
	case WORK_BACK:
		go_back(world, n->in_stream[work->end], base, work->end, work->point);
		return;
	case WORK_AHEAD:
		go_ahead(world, it->node, base, work->end, work->point);
		return;
	case WORK_ANEW:
		tell_anew(world, it->node, base, work);
		return;
	case WORK_RETRY:
		retry_key(world, it->node, base, work);
		return;
	case WORK_UPGRADE:
		upgrade(world, it->node, base, work);
		return;
	case WORK_MARK:
		base->trial = work->trial;
		return;
	}
	abort();
}

/* The fence: who expects another owner or another step does nothing. */
static bool is_fenced_off(
	const struct world *world, const struct base *base, const struct occurrence *it)
{
	bool is_owner = lg_id_equal(it->fence, base->fence);

	if (world->broken == RULE_cas || world->broken == RULE_twoowners)
		return false;
	if (world->broken == RULE_pipeline)
		return !is_owner;
	return !is_owner || it->step != base->step;
}

/* Only when one event may stop its partition. */
static bool has_refused(const struct world *world, const struct base *base, const struct work *work)
{
	for (uint32_t i = 0; i < work->taken_count; i++) {
		const struct event *event = &world->events[work->taken[i].event];

		if (event->refusals > 0 && !is_parked(world, base, event->key) &&
			(event->kind == EVENT_REFUSED || event->kind == EVENT_KILLING))
			return true;
	}
	return false;
}

static void executed(struct world *world, struct occurrence *it)
{
	struct node *n = &world->nodes[it->node];
	struct base *base = base_of(world, it->node, it->is_clone);
	struct instance *instance = &n->instances[it->instance];

	if (it->base_life != (it->is_clone ? n->clone_life : n->base_life)) {
		throw_away(world, it); /* that database is no more */
		return;
	}
	if (it->fate != FATE_LOST_BEFORE && is_fenced_off(world, base, it)) {
		it->fate = FATE_FAIL;
		if (!lg_id_equal(it->fence, base->fence))
			world->tally[TALLY_ZOMBIES]++;
	}
	if (world->broken == RULE_stops && has_refused(world, base, &it->work))
		it->fate = FATE_FAIL;
	if (it->fate == FATE_COMMIT || it->fate == FATE_LOST_AFTER) {
		base->step++;
		do_work(world, base, it);
	}
	for (uint8_t end = 0; end < n->out_count; end++)
		it->heads[end] = base->out[end].head;
	note(world, "node %d.%d: work %d executed, fate %d", it->node, it->instance,
		(int)it->work.kind, (int)it->fate);
	it->kind = AT_ANSWERED;
	put(world, it, pipeline_delay(world, &instance->answer_at));
}
