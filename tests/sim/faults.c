/* What goes wrong, how it is mended, and what must be true when all is mended. */

static uint64_t draw_rate(struct world *world, uint64_t often, uint64_t seldom)
{
	return one_in(world, 2) ? 0 : often + below(world, seldom - often);
}

/* Biased per run: half of the faults are absent, the others anything from seldom to always. */
static void draw_rates(struct world *world)
{
	struct rates *rates = &world->rates;

	rates->lost = draw_rate(world, 3, 100);
	rates->doubled = draw_rate(world, 2, 50);
	rates->late = draw_rate(world, 10, 200);
	rates->stale_route = draw_rate(world, 2, 10);
	rates->claim_heard = draw_rate(world, 2, 16);
	rates->fail = draw_rate(world, 10, 200);
	rates->unknown = draw_rate(world, 10, 200);
	rates->writer_taken = draw_rate(world, 30, 600);
	rates->writer_killed = draw_rate(world, 50, 600);
	rates->writer_backup = draw_rate(world, 30, 300);
	rates->writer_restore = draw_rate(world, 30, 400);
	rates->reader_taken = draw_rate(world, 30, 600);
	rates->reader_killed = draw_rate(world, 50, 600);
	rates->reader_backup = draw_rate(world, 20, 100);
	rates->reader_restore = draw_rate(world, 50, 400);
	rates->delay_ms = one_in(world, 3) ? 500 : 1 + below(world, 40);
	rates->database_ms = one_in(world, 3) ? 100 : 2 + below(world, 10);
	rates->row_bytes = one_in(world, 3) ? LG_ENVELOPE_MAX : 2000;
	rates->publish_ms = 50 + below(world, 600);
}

/* --- faults, each for one stream, ten times a second ---------------------------------------- */

static void restore_writer(struct world *world, struct stream *s)
{
	for (uint64_t n = s->backup.head + 1; n <= s->base.head; n++) {
		if (s->base.rows[n].event != 0)
			s->was_lost[s->base.rows[n].event] = true;
	}
	world->tally.restores++;
	s->base = s->backup;
	s->base_life++;
	s->restores++;
	for (uint8_t i = 0; i < INSTANCES; i++)
		writer_forget(&s->instances[i]);
	note(world, "publisher's backup is played back, head %lu", (unsigned long)s->base.head);
}

static void restore_reader(struct world *world, struct reading *r)
{
	world->tally.restores++;
	r->base = r->backup;
	r->base_life++;
	r->restores++;
	for (uint8_t i = 0; i < INSTANCES; i++)
		reader_forget(&r->instances[i]);
	note(world, "reader's backup is played back, at %lu",
		(unsigned long)lg_points_last(&r->base.points).number);
}

static void fault_writer(struct world *world, uint8_t stream)
{
	struct stream *s = &world->streams[stream];
	uint8_t instance = (uint8_t)below(world, INSTANCES);
	struct writer *writer = &s->instances[instance];

	if (one_in(world, world->rates.writer_taken) && writer->is_up && !writer->owns)
		writer_take(world, stream, instance); /* the old owner goes on, not knowing */
	if (one_in(world, world->rates.writer_killed)) {
		writer_forget(writer);
		writer->is_up = false;
	}
	if (one_in(world, world->rates.writer_backup)) {
		s->backup = s->base;
		s->has_backup = true;
	}
	if (one_in(world, world->rates.writer_restore) && s->has_backup && s->restores < 3)
		restore_writer(world, s);
}

static void fault_reader(struct world *world, uint8_t stream, uint8_t reading)
{
	struct reading *r = &world->streams[stream].readings[reading];
	uint8_t instance = (uint8_t)below(world, INSTANCES);
	struct reader *reader = &r->instances[instance];

	if (world->now < r->starts_at)
		return;
	if (one_in(world, world->rates.reader_taken) && reader->is_up && !reader->owns)
		reader_take(world, stream, reading, instance);
	if (one_in(world, world->rates.reader_killed)) {
		reader_forget(reader);
		reader->is_up = false;
	}
	if (one_in(world, world->rates.reader_backup)) {
		r->backup = r->base;
		r->backup_at = world->now;
		r->has_backup = true;
	}
	if (one_in(world, world->rates.reader_restore) && r->has_backup && r->restores < 3 &&
		r->backup_at + BACKUP_MAX_MS > world->now)
		restore_reader(world, r);
}

static void fault(struct world *world, uint8_t stream)
{
	fault_writer(world, stream);
	for (uint8_t r = 0; r < READERS; r++)
		fault_reader(world, stream, r);
}

/* --- mending: once a second --------------------------------------------------------------- */

/* Instances come up again; who was replaced hears of it; what nobody owns is taken. */
static void guard_writer(struct world *world, uint8_t stream)
{
	struct stream *s = &world->streams[stream];
	bool is_owned = false;
	uint8_t next = (uint8_t)below(world, INSTANCES);

	for (uint8_t i = 0; i < INSTANCES; i++) {
		struct writer *writer = &s->instances[i];
		bool is_owner = writer->owns && lg_id_equal(writer->fence, s->base.fence);

		if (writer->owns && !is_owner &&
			(world->is_healed || one_in(world, world->rates.claim_heard)))
			writer_forget(writer);
		if (!writer->is_up && (world->is_healed || one_in(world, 3)))
			writer->is_up = true;
		is_owned |= is_owner;
	}
	if (!is_owned && s->instances[next].is_up)
		writer_take(world, stream, next);
	retention(world, s);
}

static void guard_reader(struct world *world, uint8_t stream, uint8_t reading)
{
	struct reading *r = &world->streams[stream].readings[reading];
	bool is_owned = false;
	uint8_t next = (uint8_t)below(world, INSTANCES);

	if (world->now < r->starts_at)
		return;
	for (uint8_t i = 0; i < INSTANCES; i++) {
		struct reader *reader = &r->instances[i];
		bool is_owner = reader->owns && lg_id_equal(reader->fence, r->base.fence);

		if (reader->owns && !is_owner &&
			(world->is_healed || one_in(world, world->rates.claim_heard)))
			reader_forget(reader);
		if (!reader->is_up && (world->is_healed || one_in(world, 3)))
			reader->is_up = true;
		is_owned |= is_owner;
	}
	if (!is_owned && r->instances[next].is_up)
		reader_take(world, stream, reading, next);
}

static void guard(struct world *world, uint8_t stream)
{
	guard_writer(world, stream);
	for (uint8_t r = 0; r < READERS; r++)
		guard_reader(world, stream, r);
}

/* --- what must be true when all is mended ---------------------------------------------------- */

/* Whether the effects that count are the rows of the stream, once each, in order. */
static bool has_all(const struct stream *s, const struct reader_base *base)
{
	uint64_t number = 0;

	for (uint32_t e = 0; e < base->effect_count; e++) {
		if (base->effects[e].is_listed)
			continue;
		for (number++; number <= s->base.head && s->base.rows[number].event == 0;)
			number++; /* a hole: only without fence */
		if (number > s->base.head || s->base.rows[number].event != base->effects[e].event)
			return false;
	}
	return number == s->base.head;
}

static void check_reader(
	struct world *world, const struct stream *s, const struct reader_base *base)
{
	if (!has_all(s, base))
		fail(world, "a reader's effects are not the stream, once and in order");
	for (uint32_t e = 0; e < base->effect_count; e++) {
		if (s->was_lost[base->effects[e].event] != base->effects[e].is_listed)
			fail(world, "handed back is not what a restore has lost");
	}
}

static void check(struct world *world)
{
	for (uint8_t i = 0; i < world->stream_count; i++) {
		const struct stream *s = &world->streams[i];
		static bool is_there[ROWS_MAX + 1];

		memset(is_there, 0, sizeof is_there);
		for (uint64_t n = 1; n <= s->base.head; n++)
			is_there[s->base.rows[n].event] = true;
		for (uint32_t event = 1; event <= s->event_count; event++) {
			if (s->was_answered[event] && !is_there[event] && !s->was_lost[event])
				fail(world, "an event that was answered stored is missing");
		}
		for (uint8_t r = 0; r < READERS; r++)
			check_reader(world, s, &s->readings[r].base);
	}
}

static bool is_settled(const struct world *world)
{
	for (uint8_t i = 0; i < world->stream_count; i++) {
		const struct stream *s = &world->streams[i];

		for (uint8_t r = 0; r < READERS; r++) {
			if (!has_all(s, &s->readings[r].base))
				return false;
		}
	}
	return true;
}
