/* What must be true when all is mended. */

/* Whether every row that is for the reader, and was not gone, has its effect, and nothing else has. */
static bool has_all(const struct world *world, uint8_t node, uint8_t end)
{
	const struct node *n = &world->nodes[node];
	const struct stream *s = &world->streams[n->in_stream[end]];
	const struct out *out = &world->nodes[s->from].base.out[s->from_end];
	bool has_effect[ROWS_MAX + 1] = { false };

	for (uint32_t e = 0; e < n->base.effect_count; e++) {
		const struct effect *effect = &n->base.effects[e];

		if (effect->is_listed || effect->stream != n->in_stream[end])
			continue;
		if (effect->number > out->head || out->rows[effect->number] != effect->event)
			return false;
		has_effect[effect->number] = true;
	}
	for (uint64_t number = 1; number <= out->head; number++) {
		if (has_effect[number] !=
			(is_for(world, node, out->rows[number]) && !n->base.gone[end][number]))
			return false;
	}
	return lg_points_last(&n->base.in[end]).number == out->head;
}

/* Whether the newest of each key took effect, or what was told anew in its place. */
static bool knows_state(const struct world *world, uint8_t node, uint8_t end)
{
	const struct node *n = &world->nodes[node];
	const struct stream *s = &world->streams[n->in_stream[end]];

	for (uint8_t key = 0; key < KEYS; key++) {
		uint16_t newest =
			newest_of(world, &world->nodes[s->from].base.out[s->from_end], node, key);
		bool is_known = newest == 0;

		for (uint32_t e = 0; e < n->base.effect_count && !is_known; e++) {
			const struct effect *effect = &n->base.effects[e];

			is_known = !effect->is_listed && effect->stream == n->in_stream[end] &&
				   (effect->event == newest ||
					   world->events[effect->event].restates == newest);
		}
		if (!is_known)
			return false;
	}
	return true;
}

/*
 * Order per key and publisher.  An event of a type that was unknown when it came is late, and in
 * order among its like.
 */
static void check_order(struct world *world, uint8_t node, uint8_t end)
{
	const struct node *n = &world->nodes[node];
	uint16_t last[KEYS][2] = { { 0 } };

	for (uint32_t e = 0; e < n->base.effect_count; e++) {
		const struct effect *effect = &n->base.effects[e];
		const struct event *event = &world->events[effect->event];
		uint16_t *before = &last[event->key][event->kind == EVENT_NEW];

		if (effect->is_listed || effect->stream != n->in_stream[end])
			continue;
		if (effect->number <= *before)
			fail(world, "the events of a key took effect out of order");
		*before = effect->number;
	}
}

static void check_listed(struct world *world, uint8_t node)
{
	const struct base *base = &world->nodes[node].base;

	for (uint32_t e = 0; e < base->effect_count; e++) {
		if (base->effects[e].is_listed && !world->events[base->effects[e].event].was_lost)
			fail(world, "what was handed back had never been lost");
	}
}

/* One answer for each effect that asks for one: they are one transaction. */
static void check_answers(struct world *world, uint8_t node)
{
	const struct node *n = &world->nodes[node];
	static uint8_t answers[EVENTS_MAX + 1], effects[EVENTS_MAX + 1];

	memset(answers, 0, sizeof answers);
	memset(effects, 0, sizeof effects);
	for (uint8_t end = 0; end < n->out_count; end++) {
		for (uint64_t number = 1; number <= n->base.out[end].head; number++)
			answers[world->events[n->base.out[end].rows[number]].cause]++;
	}
	for (uint32_t e = 0; e < n->base.effect_count; e++)
		effects[n->base.effects[e].event]++;
	for (uint32_t event = 1; event <= world->event_count; event++) {
		if (answers[event] > effects[event])
			fail(world, "an event was answered twice");
		if (world->events[event].kind == EVENT_ASKING && n->out_count > 0 &&
			answers[event] < effects[event] && world->event_count + 1 < EVENTS_ASKED)
			fail(world, "an event took effect without its answer");
	}
}

/* What was answered "stored" is in its publisher's stream, unless a restore has lost it. */
static void check_stored(struct world *world)
{
	static bool is_there[EVENTS_MAX + 1];

	memset(is_there, 0, sizeof is_there);
	for (uint8_t s = 0; s < world->stream_count; s++) {
		const struct stream *stream = &world->streams[s];
		const struct out *out = &world->nodes[stream->from].base.out[stream->from_end];

		for (uint64_t number = 1; number <= out->head; number++)
			is_there[out->rows[number]] = true;
	}
	for (uint32_t event = 1; event <= world->event_count; event++) {
		if (world->events[event].was_answered && !is_there[event] &&
			!world->events[event].was_lost)
			fail(world, "an event that was answered stored is missing");
	}
}

/* --- handlers that hear from several publishers --------------------------------------------- */

/* What a service knows of one key: a number per publisher, a set, and who spoke for it first. */
struct view {
	uint16_t newest[STREAMS_MAX]; /* number of the newest word of each publisher */
	uint64_t set;                 /* of all that was said, whatever the order */
	uint16_t state;               /* of the publisher that decides: the lowest that spoke */
};

static void see(const struct world *world, struct view *view, const struct effect *effect)
{
	uint64_t hash = (uint64_t)effect->event * 0x9e3779b97f4a7c15u;

	view->set += hash ^ hash >> 32;
	if (effect->number > view->newest[effect->stream])
		view->newest[effect->stream] = effect->number;
	if (world->broken == RULE_lastwins) {
		view->state = effect->event;
		return;
	}
	for (uint8_t s = 0; s < world->stream_count; s++) {
		if (view->newest[s] != 0) {
			const struct stream *stream = &world->streams[s];

			view->state = world->nodes[stream->from]
					      .base.out[stream->from_end]
					      .rows[view->newest[s]];
			return;
		}
	}
}

/* The same, told stream by stream in the order of their numbers: as another site may hear it. */
static void see_in_order(const struct world *world, uint8_t node, struct view *views)
{
	const struct node *n = &world->nodes[node];

	for (uint8_t end = 0; end < n->in_count; end++) {
		const struct stream *s = &world->streams[n->in_stream[end]];
		const struct out *out = &world->nodes[s->from].base.out[s->from_end];

		for (uint64_t number = 1; number <= out->head; number++) {
			struct effect effect = { .event = out->rows[number],
				.number = (uint16_t)number,
				.stream = n->in_stream[end] };

			if (is_for(world, node, effect.event) && !n->base.gone[end][number])
				see(world, &views[world->events[effect.event].key], &effect);
		}
	}
}

static void check_views(struct world *world, uint8_t node)
{
	const struct base *base = &world->nodes[node].base;
	static struct view heard[KEYS], told[KEYS];

	memset(heard, 0, sizeof heard);
	memset(told, 0, sizeof told);
	for (uint32_t e = 0; e < base->effect_count; e++) {
		if (!base->effects[e].is_listed)
			see(world, &heard[world->events[base->effects[e].event].key],
				&base->effects[e]);
	}
	see_in_order(world, node, told);
	for (uint8_t key = 0; key < KEYS; key++) {
		if (heard[key].state != told[key].state || heard[key].set != told[key].set)
			fail(world, "two sites that heard the same end differently");
	}
}

/* --- all -------------------------------------------------------------------------------- */

/* Only the last range is kept, and what is younger than readers may fall back. */
static bool is_outbox_small(const struct world *world, const struct node *n)
{
	for (uint8_t end = 0; end < n->out_count; end++) {
		if (n->base.out[end].range_count > 1)
			return false;
	}
	(void)world;
	return true;
}

static bool is_settled(const struct world *world)
{
	for (uint8_t node = 0; node < world->node_count; node++) {
		const struct node *n = &world->nodes[node];

		if (n->base.held_count > 0)
			return false;
		for (uint8_t end = 0; end < n->in_count; end++) {
			if (!has_all(world, node, end) || !knows_state(world, node, end))
				return false;
		}
		if (world->waits_for_retention && !is_outbox_small(world, n))
			return false;
	}
	return true;
}

static void check(struct world *world)
{
	check_stored(world);
	for (uint8_t node = 0; node < world->node_count; node++) {
		const struct node *n = &world->nodes[node];

		for (uint8_t end = 0; end < n->in_count; end++) {
			if (!has_all(world, node, end))
				fail(world, "a reader's effects are not the stream, once each");
			if (!knows_state(world, node, end))
				fail(world, "a reader was told GONE, and never what is true");
			check_order(world, node, end);
		}
		if (n->base.held_count > 0)
			fail(world, "letters are left when nothing is wrong any more");
		if (world->waits_for_retention && !is_outbox_small(world, n))
			fail(world, "the outbox keeps what nobody can ask for");
		check_listed(world, node);
		check_answers(world, node);
		check_views(world, node);
	}
}
