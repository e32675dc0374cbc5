/*
 * A question of another site stands here until its period is over.  It is compared with everybody who
 * was here when it came (TraceDue, in memory/encodings), and everybody who comes is compared with it in
 * her own search (questions_compare).  Both are committed before they look, so that no two pass each
 * other unseen.
 *
 * Encodings of our own people are made when a site first asks in a period and lie in memory alone.
 */
#include <assert.h>

#include "proto/codes.pb-c.h"
#include "services/matching/trace/trace_tell.h"
#include "services/matching/wire/identity.h"
#include "services/matching/wire/person_wire.h"

static const Lifeguard__Matching__TraceDue *due_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__TraceDue *)item->message;
}

void question_later(
	struct lg_batch *batch, struct lg_item *item, const struct trace *trace, bool is_caught_up)
{
	Lifeguard__Matching__TraceDue message = LIFEGUARD__MATCHING__TRACE_DUE__INIT;
	ProtobufCBinaryData wire[CLK_ALIASES];

	assert(trace->encodings.size == CLK_ALIASES * sizeof(struct clk));
	for (uint32_t i = 0; i < CLK_ALIASES; i++)
		wire[i] = (ProtobufCBinaryData){ .len = sizeof(struct clk),
			.data = (uint8_t *)trace->encodings.data + i * sizeof(struct clk) };
	message.other_site = trace->other_site;
	message.period = trace->period;
	message.caught_up = is_caught_up;
	message.n_encodings = CLK_ALIASES;
	message.encodings = wire;
	lg_due_set(batch, item, trace->trace_id, TRACE_DUE, item->now + 1, &message.base);
}

/* Those under this secret; whoever was not asked for longest makes room. */
static struct encodings *encodings_for(
	struct matching_state *state, uint16_t site, uint32_t period, bool *ret_is_new)
{
	struct encodings *last = state->encodings[ENCODINGS_KEPT - 1];
	unsigned at = 0;

	while (at < ENCODINGS_KEPT && !encodings_are_of(state->encodings[at], site, period))
		at++;
	*ret_is_new = at == ENCODINGS_KEPT;
	if (*ret_is_new) {
		encodings_begin(last, site, period);
		at = ENCODINGS_KEPT - 1;
	}
	last = state->encodings[at];
	memmove(&state->encodings[1], &state->encodings[0], at * sizeof(struct encodings *));
	state->encodings[0] = last;
	return last;
}

static void search_all(struct lg_batch *batch, struct lg_item *item)
{
	struct question_work *work = item->work;
	const Lifeguard__Matching__TraceDue *due = due_of(item);
	struct lg_id found[ENCODINGS_FOUND_MAX];
	struct clk questions[CLK_ALIASES];

	if (due->n_encodings != CLK_ALIASES)
		return;
	for (uint32_t i = 0; i < CLK_ALIASES; i++) {
		if (due->encodings[i].len != sizeof(struct clk))
			return;
		memcpy(&questions[i], due->encodings[i].data, sizeof(struct clk));
	}
	work->candidate_count = encodings_search(work->encodings, questions, CLK_ALIASES, found);
	for (uint32_t i = 0; i < work->candidate_count; i++)
		work->candidates[i] = read_record(batch, found[i]);
}

void load_question(struct lg_batch *batch, struct lg_item *item)
{
	struct question_work *work = item->work;
	const Lifeguard__Matching__TraceDue *due = due_of(item);
	uint16_t site = (uint16_t)due->other_site;
	bool is_new;

	work->trace = read_trace(batch, item->key);
	work->has_secret = lg_is_done(lg_batch_pair_secret(batch, site, due->period, work->secret));
	if (!work->has_secret)
		return;
	work->encodings = encodings_for(item->state, site, due->period, &is_new);
	if (is_new || !due->caught_up)
		work->arrivals = read_arrivals(batch, encodings_through(work->encodings));
	else
		search_all(batch, item);
}

/* The most alike who may still be asked for: her record may have changed since it was encoded. */
struct lg_status decide_question(struct lg_item *item)
{
	struct question_work *work = item->work;

	for (uint32_t i = 0; i < work->candidate_count && work->best == NULL; i++)
		if (record_may_be_asked_for(work->candidates[i]))
			work->best = work->candidates[i];
	if (work->trace->state != TRACE_OPEN) /* taken back meanwhile */
		work->best = NULL;
	return work->best == NULL ? lg_done() : trace_find(work->trace, work->best->record_id);
}

/* Her encodings; 0: she may not be asked for, or has no name that can be compared. */
static uint32_t encode(struct lg_batch *batch, struct lg_item *item, const struct lg_reader *reader,
	const uint8_t secret[32], const struct person_record *record, struct clk *ret_clks)
{
	const struct matching_state *state = item->state;
	struct person *person;

	if (!record_may_be_asked_for(record))
		return 0;
	person = lg_alloc(item->arena, sizeof *person);
	person_begin(person, &record->facts, &state->districts);
	person_add_identity(person, &state->places, identity_open(batch, item, reader, record));
	return clk_person(secret, person, ret_clks);
}

static void take_in(struct lg_batch *batch, struct lg_item *item)
{
	const struct question_work *work = item->work;
	struct lg_audit_entry entry = trace_entry(item, (uint32_t)work->arrivals->count);
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;

	if (work->arrivals->count == 0 ||
		!lg_is_done(lg_reader_machine(
			&trail, &entry, LG_SERVICE_MATCHING, LG_MACHINE_MATCHING_INDEX, &reader)))
		return;
	for (int row = 0; row < work->arrivals->count; row++) {
		const struct person_record record = arrival_from_row(work->arrivals, row);
		struct clk clks[CLK_ALIASES];
		uint32_t count = encode(batch, item, &reader, work->secret, &record, clks);

		encodings_take(work->encodings, record.record_id, record.place, clks, count);
	}
}

void store_question(struct lg_batch *batch, struct lg_item *item)
{
	const struct question_work *work = item->work;

	if (work->arrivals != NULL)
		take_in(batch, item);
	if (work->trace->state == TRACE_OPEN && work->arrivals != NULL) {
		question_later(batch, item, work->trace, work->arrivals->count < KNOWN_CHUNK);
		return;
	}
	if (work->trace->state == TRACE_OPEN) {
		trace_tell_answer(batch, item, work->trace,
			work->has_secret ? TRACE_NOTHING : TRACE_OUT_OF_STEP, NULL);
		return;
	}
	if (work->best == NULL)
		return;
	write_trace(batch, work->trace);
	trace_tell_answer(batch, item, work->trace, TRACE_HIT, work->best);
}

/* --- somebody comes ------------------------------------------------------------------------- */

void questions_compare(struct lg_batch *batch, struct lg_item *item, const struct lg_found *open,
	const struct person_record *record, const struct person *person)
{
	struct clk clks[CLK_ALIASES], questions[CLK_ALIASES];
	uint8_t secret[32];
	uint16_t site = 0;
	uint32_t period = 0, count = 0;

	for (int row = 0; row < open->count; row++) {
		struct trace *trace = lg_alloc(item->arena, sizeof *trace);

		*trace = trace_from_row(open, row);
		if (trace->other_site != site || trace->period != period) { /* they come in order */
			site = trace->other_site;
			period = trace->period;
			count = lg_is_done(lg_batch_pair_secret(batch, site, period, secret))
					? clk_person(secret, person, clks)
					: 0;
		}
		assert(trace->encodings.size == sizeof questions);
		memcpy(questions, trace->encodings.data, sizeof questions);
		if (count == 0 || clk_best(questions, CLK_ALIASES, clks, count) < CLK_LEAST_HIT ||
			!lg_is_done(trace_find(trace, record->record_id)))
			continue;
		write_trace(batch, trace);
		trace_tell_answer(batch, item, trace, TRACE_HIT, record);
	}
	explicit_bzero(secret, sizeof secret);
	explicit_bzero(clks, sizeof clks);
}

/* --- TraceExpiryDue -------------------------------------------------------------------------- */

void load_expiry(struct lg_batch *batch, struct lg_item *item)
{
	struct question_work *work = item->work;

	work->trace = read_trace(batch, item->key);
}

struct lg_status decide_expiry(struct lg_item *item)
{
	(void)item;
	return lg_done();
}

void store_expiry(struct lg_batch *batch, struct lg_item *item)
{
	const struct question_work *work = item->work;

	if (work->trace->state == TRACE_NEW)
		return;
	lg_audit(batch, item, LG_AUDIT_ERASE, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	delete_trace(batch, item->key);
}
