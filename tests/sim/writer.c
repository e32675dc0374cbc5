/*
 * The publishing end's host: transactions that append rows behind the fence, takeover, and the
 * actions of each reader's feed.
 */

static struct occurrence writer_occurrence(
	const struct world *world, enum occurrence_kind kind, uint8_t stream, uint8_t instance)
{
	return (struct occurrence){ .kind = kind,
		.stream = stream,
		.instance = instance,
		.life = world->streams[stream].instances[instance].life,
		.base_life = world->streams[stream].base_life };
}

static void writer_forget(struct writer *writer)
{
	writer->owns = false;
	writer->life++;
	writer->pipelined = 0;
}

/* A fresh epoch behind what the database holds; memory begins anew. */
static void writer_take(struct world *world, uint8_t stream, uint8_t instance)
{
	struct stream *s = &world->streams[stream];
	struct writer *writer = &s->instances[instance];
	static struct lg_points history;
	struct lg_id epoch = fresh_id(world);

	writer_forget(writer);
	writer->owns = true;
	writer->fence = fresh_id(world);
	writer->step = 0;
	writer->takeover = ++s->takeovers;
	writer->pipeline_at = writer->answer_at = world->now;
	memset(writer->unknown, 0, sizeof writer->unknown);

	world->tally.takeovers++;
	s->base.fence = writer->fence;
	s->base.step = 0;
	s->base.epoch_counter++;
	if (world->broken == RULE_FRESH)
		epoch = lg_id_make(1, 0, s->base.epoch_counter);

	history = s->base.history;
	if (world->broken == RULE_BUMP && history.count > 0)
		writer->publisher = (struct lg_publisher){
			.history = history, .head = s->base.head, .dropped = s->base.dropped
		};
	else
		lg_publisher_start(
			&writer->publisher, &history, s->base.head, s->base.dropped, epoch);
	s->base.history = writer->publisher.history;
	for (uint8_t r = 0; r < READERS; r++)
		writer->feeds[r] = (struct lg_feed){ .acknowledged = s->base.applied[r] };
	note(world, "stream %d: writer %d takes over at %lu", stream, instance,
		(unsigned long)s->base.head);
}

/* --- transactions ----------------------------------------------------------------------- */

/* A client's wish: whoever believes to own the stream writes it. */
static void publish(struct world *world, uint8_t stream)
{
	struct stream *s = &world->streams[stream];
	uint8_t instance = (uint8_t)below(world, INSTANCES);
	struct writer *writer = &s->instances[instance];
	struct occurrence write = writer_occurrence(world, AT_WRITE_EXECUTED, stream, instance);

	if (!writer->owns || writer->pipelined == PIPELINED_MAX)
		return;
	write.row_count = 1 + (uint32_t)below(world, 4);
	if (s->event_count + write.row_count > ROWS_MAX)
		return;

	for (uint32_t i = 0; i < write.row_count; i++) {
		write.rows[i].event = ++s->event_count;
		write.rows[i].size_bytes = 1 + (uint32_t)below(world, world->rates.row_bytes);
		if (world->broken == RULE_AFTERCOMMIT) /* out at once, from memory */
			writer->unknown[++writer->publisher.head] = write.rows[i];
	}
	write.fence = writer->fence;
	write.step = writer->step++;
	write.fate = draw_fate(world);
	write.first = s->base.sequence + 1; /* counts only without fence */
	s->base.sequence += world->broken == RULE_CAS ? write.row_count : 0;
	writer->pipelined++;
	if (world->broken == RULE_CAS) /* as if over two connections */
		ahead(world, &write, 1 + below(world, 4 * world->rates.database_ms));
	else
		ahead(world, &write, pipeline_delay(world, &writer->pipeline_at));
}

static void write_executed(struct world *world, struct occurrence *write)
{
	struct stream *s = &world->streams[write->stream];
	uint64_t number = s->base.head;

	if (write->base_life != s->base_life)
		return; /* that database is no more */
	if (world->broken != RULE_CAS &&
		(!lg_id_equal(write->fence, s->base.fence) || write->step != s->base.step) &&
		write->fate != FATE_LOST_BEFORE)
		write->fate = FATE_FAIL;
	if (world->broken == RULE_CAS)
		number = write->first - 1;

	if (write->fate == FATE_COMMIT || write->fate == FATE_LOST_AFTER) {
		for (uint32_t i = 0; i < write->row_count; i++) {
			s->base.rows[++number] = write->rows[i];
			s->was_committed[write->rows[i].event] = true;
		}
		s->base.step++;
		if (number > s->base.head)
			s->base.head = number;
	}
	note(world, "stream %d: writer %d executed through %lu, fate %d", write->stream,
		write->instance, (unsigned long)number, (int)write->fate);
	write->through = number;
	write->kind = AT_WRITE_ANSWERED;
	ahead(world, write, pipeline_delay(world, &s->instances[write->instance].answer_at));
}

static void feed_step(struct world *world, uint8_t stream, uint8_t instance, uint8_t reading,
	const struct lg_feed_event *event, const struct occurrence *rows);

static void write_answered(struct world *world, const struct occurrence *write)
{
	struct stream *s = &world->streams[write->stream];
	struct writer *writer = &s->instances[write->instance];
	struct lg_feed_event committed = { .kind = LG_FEED_COMMITTED };

	if (write->life != writer->life)
		return;
	world->tally.failed += write->fate != FATE_COMMIT;
	if (write->fate != FATE_COMMIT) { /* failed, or nobody knows: forget, read back */
		writer_forget(writer);
		if (lg_id_equal(writer->fence, s->base.fence))
			writer_take(world, write->stream, write->instance);
		return;
	}
	writer->pipelined--;
	for (uint32_t i = 0; i < write->row_count; i++)
		s->was_answered[write->rows[i].event] = true;
	if (write->through > writer->publisher.head)
		writer->publisher.head = write->through;
	for (uint8_t r = 0; r < READERS; r++)
		feed_step(world, write->stream, write->instance, r, &committed, NULL);
}

/* --- feeds ------------------------------------------------------------------------------ */

/* Rows behind fetch->first - 1, dense, as many as fit; what was dropped is not there. */
static void read_rows(struct world *world, struct occurrence *fetch)
{
	struct stream *s = &world->streams[fetch->stream];
	const struct writer *writer = &s->instances[fetch->instance];
	uint64_t size_bytes = 0, number = fetch->first;

	fetch->row_count = 0;
	for (; number <= fetch->through && fetch->row_count < FRAME_ROWS; number++) {
		struct row row = s->base.rows[number];

		if (number <= s->base.dropped)
			break;
		if (row.event == 0 && world->broken == RULE_AFTERCOMMIT)
			row = writer->unknown[number];
		if (row.event == 0 && world->broken != RULE_CAS)
			break;
		if (fetch->row_count > 0 && size_bytes + row.size_bytes > fetch->allowed_bytes)
			break;
		size_bytes += row.size_bytes;
		fetch->rows[fetch->row_count++] = row;
	}
	if (world->broken == RULE_SNAPSHOT && fetch->row_count > 0) {
		number = fetch->through + 1; /* the head as it stands elsewhere */
		while (fetch->row_count < FRAME_ROWS && fetch->first + fetch->row_count < number)
			fetch->rows[fetch->row_count++] = (struct row){ .event = 0 };
		number = fetch->first + fetch->row_count;
	}
	fetch->through = number - 1;
	fetch->size_bytes = size_bytes;
}

static void fetched(struct world *world, struct occurrence *fetch)
{
	struct stream *s = &world->streams[fetch->stream];
	struct lg_feed_event event = { .kind = LG_FEED_FETCHED };

	if (fetch->life != s->instances[fetch->instance].life || fetch->base_life != s->base_life)
		return;
	read_rows(world, fetch);
	event.through = fetch->through;
	event.size_bytes = fetch->size_bytes;
	feed_step(world, fetch->stream, fetch->instance, fetch->reading, &event, fetch);
}

/* A reader that falls back was restored: what it had acknowledged before counts from now. */
static void store_applied(struct world *world, struct stream *s, uint8_t reading, uint64_t number)
{
	struct writer_base *base = &s->base;

	base->is_heard[reading] = true;
	if (world->broken == RULE_SETACK && number < base->applied[reading])
		return;
	base->applied[reading] = number;
	for (uint32_t i = 0; i < base->candidate_count; i++) {
		if (base->candidates[i].mark > number)
			base->candidates[i].mark = number;
	}
}

static void feed_act(struct world *world, uint8_t stream, uint8_t instance, uint8_t reading,
	const struct lg_feed_action *action, const struct occurrence *rows)
{
	struct stream *s = &world->streams[stream];
	struct writer *writer = &s->instances[instance];
	struct occurrence out = writer_occurrence(world, AT_FETCHED, stream, instance);
	bool is_owner = lg_id_equal(writer->fence, s->base.fence);

	out.reading = reading;
	switch (action->kind) {
	case LG_FEED_FETCH:
		out.first = action->after + 1;
		out.through = action->through;
		out.allowed_bytes = action->size_bytes;
		ahead(world, &out, 1 + below(world, world->rates.database_ms));
		return;
	case LG_FEED_STORE:
		if (is_owner)
			store_applied(world, s, reading, action->through);
		return;
	case LG_FEED_SEND:
		out = *rows;
		out.kind = AT_DELIVER;
		break;
	case LG_FEED_GO_BACK:
		if (!is_owner && world->broken != RULE_FENCEDBACK) {
			writer_forget(writer);
			return;
		}
		out.kind = AT_GO_BACK;
		break;
	case LG_FEED_GONE:
		out.kind = AT_GONE;
		break;
	}
	out.instance = writer->reply_to[reading];
	out.session = action->session;
	out.prior = action->prior;
	out.epoch = action->epoch;
	out.first = action->first;
	out.through = action->through;
	out.size_bytes = action->size_bytes;
	note(world, "stream %d: writer %d to reader %d.%d: %s behind %lu, %lu..%lu", stream,
		instance, reading, out.instance,
		out.kind == AT_DELIVER   ? "batch"
		: out.kind == AT_GO_BACK ? "go back"
					 : "gone",
		(unsigned long)out.prior.number, (unsigned long)out.first,
		(unsigned long)out.through);
	send_frame(world, &out);
}

static void feed_step(struct world *world, uint8_t stream, uint8_t instance, uint8_t reading,
	const struct lg_feed_event *event, const struct occurrence *rows)
{
	struct writer *writer = &world->streams[stream].instances[instance];
	struct lg_feed_actions actions;
	uint32_t life = writer->life;

	lg_feed_step(&writer->publisher, &writer->feeds[reading], event, &actions);
	for (uint32_t i = 0; i < actions.count && life == writer->life; i++)
		feed_act(world, stream, instance, reading, &actions.at[i], rows);
}

/* To the instance whose claim is the highest; a bus that has just started may know another. */
static struct writer *route(struct world *world, struct stream *s, uint8_t *ret_instance)
{
	struct writer *a = &s->instances[0], *b = &s->instances[1];
	uint8_t to = a->owns && (!b->owns || a->takeover > b->takeover) ? 0 : 1;

	if (!world->is_healed && a->owns && b->owns && one_in(world, world->rates.stale_route))
		to = to == 0 ? 1 : 0;
	*ret_instance = to;
	return s->instances[to].owns ? &s->instances[to] : NULL;
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

static void writer_hears(struct world *world, const struct occurrence *frame)
{
	struct stream *s = &world->streams[frame->stream];
	uint8_t instance = 0;
	struct writer *writer = route(world, s, &instance);
	static struct lg_points points;
	struct lg_feed_event event = { .kind = LG_FEED_SUBSCRIBED,
		.session = frame->session,
		.points = &points,
		.allowed_bytes = frame->allowed_bytes };

	if (writer == NULL)
		return;
	points.count = frame->point_count;
	memcpy(points.at, frame->points, frame->point_count * sizeof points.at[0]);
	if (world->broken == RULE_MATCH)
		number_only(&writer->publisher, &points);
	if (frame->kind == AT_ACKNOWLEDGE) {
		event.kind = LG_FEED_ACKNOWLEDGED;
		if (world->broken == RULE_ACKMATCH) {
			event.session = writer->feeds[frame->reading].session;
			number_only(&writer->publisher, &points);
		}
	} else {
		writer->reply_to[frame->reading] = frame->instance;
	}
	feed_step(world, frame->stream, instance, frame->reading, &event, NULL);
}

/* --- retention -------------------------------------------------------------------------- */

/* Drops what all registered readers had applied a while ago, and still have. */
static void drop_rows(struct world *world, struct writer_base *base)
{
	uint64_t mark = base->head, floor = 0;

	for (uint8_t r = 0; r < READERS; r++) {
		bool counts = base->is_heard[r] || world->broken != RULE_REGISTERED;

		if (counts && base->applied[r] < mark)
			mark = base->applied[r];
	}
	if (base->candidate_count < CANDIDATES) {
		base->candidates[base->candidate_count].at = world->now;
		base->candidates[base->candidate_count++].mark = mark;
	}
	for (uint32_t i = 0; i < base->candidate_count; i++) {
		if (base->candidates[i].at + RETENTION_MS <= world->now)
			floor = base->candidates[i].mark;
	}
	if (floor > mark || world->broken == RULE_ACKFLOOR)
		floor = mark;
	if (floor > base->dropped) {
		world->tally.dropped += floor - base->dropped;
		base->dropped = floor;
	}
}

/* The owner knows what it dropped. */
static void retention(struct world *world, struct stream *s)
{
	drop_rows(world, &s->base);
	for (uint8_t i = 0; i < INSTANCES; i++) {
		if (s->instances[i].owns && lg_id_equal(s->instances[i].fence, s->base.fence))
			s->instances[i].publisher.dropped = s->base.dropped;
	}
}
