/*
 * The reading end's host: batches become transactions of effects and position behind the fence;
 * what arrives while one is under way becomes the next.
 */

static struct reading *reading_of(struct world *world, uint8_t stream, uint8_t reading)
{
	return &world->streams[stream].readings[reading];
}

static struct occurrence reader_occurrence(struct world *world, enum occurrence_kind kind,
	uint8_t stream, uint8_t reading, uint8_t instance)
{
	struct reading *r = reading_of(world, stream, reading);

	return (struct occurrence){ .kind = kind,
		.stream = stream,
		.reading = reading,
		.instance = instance,
		.life = r->instances[instance].life,
		.base_life = r->base_life };
}

static void reader_forget(struct reader *reader)
{
	reader->owns = false;
	reader->life++;
	reader->pipelined = 0;
	reader->held_bytes = 0;
	memset(&reader->waiting, 0, sizeof reader->waiting);
}

/* --- actions ---------------------------------------------------------------------------- */

static void send_transaction(struct world *world, uint8_t stream, uint8_t reading, uint8_t instance,
	const struct work *work)
{
	struct reader *reader = &reading_of(world, stream, reading)->instances[instance];
	struct occurrence out =
		reader_occurrence(world, AT_READ_EXECUTED, stream, reading, instance);

	out.work = *work;
	out.fence = reader->fence;
	out.step = reader->step++;
	out.fate = draw_fate(world);
	reader->pipelined++;
	ahead(world, &out, pipeline_delay(world, &reader->pipeline_at));
}

/* Batches by load: what has arrived while two are under way is the next transaction. */
static void send_waiting(struct world *world, uint8_t stream, uint8_t reading, uint8_t instance)
{
	struct reader *reader = &reading_of(world, stream, reading)->instances[instance];

	if (reader->waiting.point_count == 0 || reader->pipelined >= 2)
		return;
	send_transaction(world, stream, reading, instance, &reader->waiting);
	memset(&reader->waiting, 0, sizeof reader->waiting);
}

static void take_batch(struct world *world, struct reader *reader, const struct occurrence *batch,
	uint64_t behind, struct lg_point point)
{
	struct work *work = &reader->waiting;
	uint32_t last = work->point_count;

	for (uint32_t i = 0; i < batch->row_count; i++) {
		if (batch->rows[i].event == 0 || batch->first + i <= behind)
			continue;
		assert(work->row_count < ROWS_MAX);
		work->events[work->row_count] = (uint16_t)batch->rows[i].event;
		work->numbers[work->row_count++] = (uint16_t)(batch->first + i);
	}
	if (last > 0 && lg_id_equal(work->points[last - 1].epoch, point.epoch))
		work->points[last - 1] = point;
	else
		work->points[work->point_count++] = point;
	work->size_bytes += batch->size_bytes;

	reader->held_bytes += batch->size_bytes;
	if (reader->held_bytes > LG_WINDOW_BYTES + LG_ENVELOPE_MAX)
		fail(world, "more bytes under way than the window allows");
}

static void send_word(struct world *world, uint8_t stream, uint8_t reading, uint8_t instance,
	enum occurrence_kind kind, const struct lg_reader_action *action)
{
	const struct lg_points *points =
		&reading_of(world, stream, reading)->instances[instance].subscriber.points;
	struct occurrence out = reader_occurrence(world, kind, stream, reading, instance);
	uint32_t most = world->broken == RULE_SUBHIST ? 1 : LG_POINTS_SENT_MAX;
	uint32_t skip = points->count > most ? points->count - most : 0;

	out.session = action->session;
	out.allowed_bytes = action->allowed_bytes;
	out.point_count = points->count - skip;
	memcpy(out.points, &points->at[skip], out.point_count * sizeof out.points[0]);
	note(world, "stream %d: reader %d.%d %s at %lu", stream, reading, instance,
		kind == AT_SUBSCRIBE ? "asks" : "acknowledges",
		(unsigned long)lg_points_last(points).number);
	send_frame(world, &out);
}

static void reader_step(struct world *world, uint8_t stream, uint8_t reading, uint8_t instance,
	struct lg_reader_event *event, const struct occurrence *batch)
{
	struct reader *reader = &reading_of(world, stream, reading)->instances[instance];
	uint64_t behind = reader->subscriber.tip.number;
	struct lg_reader_actions actions;
	struct work back = { .point_count = 1, .is_back = true };

	event->next_session = fresh_id(world);
	event->now = world->now;
	lg_subscriber_step(&reader->subscriber, event, &actions);
	for (uint32_t i = 0; i < actions.count; i++) {
		const struct lg_reader_action *action = &actions.at[i];

		switch (action->kind) {
		case LG_READER_SUBSCRIBE:
			send_word(world, stream, reading, instance, AT_SUBSCRIBE, action);
			break;
		case LG_READER_ACKNOWLEDGE:
			send_word(world, stream, reading, instance, AT_ACKNOWLEDGE, action);
			break;
		case LG_READER_APPLY:
			take_batch(world, reader, batch, behind, action->point);
			break;
		case LG_READER_STORE_BACK:
			back.points[0] = action->point;
			send_transaction(world, stream, reading, instance, &back);
			break;
		}
	}
	send_waiting(world, stream, reading, instance);
}

/* --- events ----------------------------------------------------------------------------- */

/* Another owner, or the same one after a failure: fence moved, positions read back. */
static void reader_take(struct world *world, uint8_t stream, uint8_t reading, uint8_t instance)
{
	struct reading *r = reading_of(world, stream, reading);
	struct reader *reader = &r->instances[instance];
	bool was_owner = reader->owns;
	struct lg_reader_event event = { .kind = was_owner ? LG_READER_FAILED : LG_READER_STARTED };

	reader_forget(reader);
	reader->owns = true;
	reader->fence = fresh_id(world);
	reader->step = 0;
	reader->pipeline_at = reader->answer_at = world->now;
	world->tally.takeovers++;
	r->base.fence = reader->fence;
	r->base.step = 0;
	note(world, "stream %d: reader %d.%d takes over at %lu", stream, reading, instance,
		(unsigned long)lg_points_last(&r->base.points).number);
	if (was_owner)
		reader->subscriber.points = r->base.points;
	else
		lg_subscriber_init(&reader->subscriber, &r->base.points);
	event.session = fresh_id(world);
	reader_step(world, stream, reading, instance, &event, NULL);
}

static void reader_hears(struct world *world, const struct occurrence *frame)
{
	struct reader *reader =
		&reading_of(world, frame->stream, frame->reading)->instances[frame->instance];
	struct lg_point tip = reader->subscriber.tip;
	struct occurrence batch = *frame;
	struct lg_reader_event event = { .kind = LG_READER_DELIVERED,
		.session = frame->session,
		.prior = frame->prior,
		.epoch = frame->epoch,
		.first = frame->first,
		.through = frame->through,
		.size_bytes = frame->size_bytes };

	if (!reader->owns)
		return;
	if (frame->kind == AT_GONE) {
		fail(world, "rows were dropped that a reader needs");
		return;
	}
	if (frame->kind == AT_GO_BACK)
		event.kind = LG_READER_SENT_BACK;
	if (world->broken == RULE_SESSION)
		event.session = reader->subscriber.session;
	if (world->broken == RULE_MATCH && frame->first == tip.number + 1)
		event.prior = tip;
	if (world->broken == RULE_CHAIN && frame->through > tip.number) {
		event.prior = tip;
		event.first = tip.number + 1;
	}
	reader_step(world, frame->stream, frame->reading, frame->instance, &event, &batch);
}

static void reader_ticks(struct world *world, uint8_t stream)
{
	for (uint8_t r = 0; r < READERS; r++) {
		for (uint8_t i = 0; i < INSTANCES; i++) {
			struct lg_reader_event event = { .kind = LG_READER_TICKED };

			if (reading_of(world, stream, r)->instances[i].owns)
				reader_step(world, stream, r, i, &event, NULL);
		}
	}
}

/* --- transactions ----------------------------------------------------------------------- */

static void take_effect(struct world *world, const struct stream *s, struct reader_base *base,
	const struct work *work)
{
	for (uint32_t i = 0; i < work->row_count; i++) {
		for (uint32_t e = 0; e < base->effect_count; e++) {
			if (base->effects[e].event == work->events[i])
				fail(world, "an event took effect twice");
		}
		if (!s->was_committed[work->events[i]])
			fail(world, "an event took effect that was never committed");
		if (base->effect_count == 2 * ROWS_MAX) {
			fail(world, "the simulator's own memory is full");
			return;
		}
		world->tally.effects++;
		base->effects[base->effect_count++] =
			(struct effect){ .event = work->events[i], .number = work->numbers[i] };
	}
}

static void go_back(struct world *world, struct reader_base *base, struct lg_point point)
{
	world->tally.go_backs++;
	lg_points_cut(&base->points, point);
	for (uint32_t e = 0; e < base->effect_count; e++) {
		struct effect *effect = &base->effects[e];

		if (effect->number > point.number && !effect->is_listed) {
			effect->is_listed = true;
			world->tally.handed_back++;
		}
	}
}

static void read_executed(struct world *world, struct occurrence *out)
{
	struct stream *s = &world->streams[out->stream];
	struct reading *r = &s->readings[out->reading];
	bool is_split = world->broken == RULE_ATOMIC && one_in(world, 8) && !world->is_healed;

	if (out->base_life != r->base_life)
		return;
	if (world->broken != RULE_CAS &&
		(!lg_id_equal(out->fence, r->base.fence) || out->step != r->base.step) &&
		out->fate != FATE_LOST_BEFORE)
		out->fate = FATE_FAIL;

	if (out->fate == FATE_COMMIT || out->fate == FATE_LOST_AFTER) {
		r->base.step++;
		if (out->work.is_back)
			go_back(world, &r->base, out->work.points[0]);
		else
			take_effect(world, s, &r->base, &out->work);
		for (uint32_t i = 0; i < out->work.point_count && !out->work.is_back; i++) {
			if (!is_split && (world->broken != RULE_CAS ||
						 out->work.points[i].number >
							 lg_points_last(&r->base.points).number))
				lg_points_move(&r->base.points, out->work.points[i]);
		}
		if (is_split) /* died between effects and position */
			out->fate = FATE_LOST_AFTER;
	}
	out->kind = AT_READ_ANSWERED;
	ahead(world, out, pipeline_delay(world, &r->instances[out->instance].answer_at));
}

static void read_answered(struct world *world, const struct occurrence *out)
{
	struct reading *r = reading_of(world, out->stream, out->reading);
	struct reader *reader = &r->instances[out->instance];
	struct lg_reader_event event = { .kind = LG_READER_STORED };

	if (out->life != reader->life)
		return;
	world->tally.failed += out->fate != FATE_COMMIT;
	if (out->fate != FATE_COMMIT) {
		if (lg_id_equal(reader->fence, r->base.fence))
			reader_take(world, out->stream, out->reading, out->instance);
		else
			reader_forget(reader); /* another one has it */
		return;
	}
	reader->pipelined--;
	reader->held_bytes -= out->work.size_bytes;
	if (out->work.is_back)
		event.kind = LG_READER_WENT_BACK;
	else
		event.through = out->work.points[out->work.point_count - 1].number;
	event.size_bytes = out->work.size_bytes;
	reader_step(world, out->stream, out->reading, out->instance, &event, NULL);
}
