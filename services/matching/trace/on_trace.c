/*
 * Somebody of this site asks another for one person, agrees that names are told, or does not; the
 * traces are looked at.  What the other site says: on_traced.c.
 */
#include <assert.h>

#include "proto/codes.pb-c.h"
#include "services/matching/engine/clk/clk_person.h"
#include "services/matching/trace/trace_tell.h"
#include "services/matching/wire/identity.h"
#include "services/matching/wire/person_wire.h"
#include "services/matching/wire/trace_secret.h"

#define LIST_STANDARD 50
#define LIST_MAX      200

static const Lifeguard__Matching__AskTrace *ask_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__AskTrace *)item->message;
}

static const Lifeguard__Matching__ListTraces *list_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__ListTraces *)item->message;
}

static void answer_changed(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;
	Lifeguard__Matching__TraceChanged answer = LIFEGUARD__MATCHING__TRACE_CHANGED__INIT;

	answer.trace_id = id_to_wire(&work->trace->trace_id);
	answer.state = lg_copy_text(item->arena, trace_life.states[work->trace->state]);
	lg_answer(batch, item, &answer.base);
}

/* --- AskTrace ------------------------------------------------------------------------------ */

void load_ask(struct lg_batch *batch, struct lg_item *item)
{
	struct trace_work *work = item->work;
	const Lifeguard__Matching__AskTrace *asked = ask_of(item);
	struct lg_id record_id;

	work->site = lg_batch_site(batch);
	work->trace = read_trace(batch, item->key);
	if (!lg_is_done(id_from_wire(&asked->record_id, &record_id)))
		return;
	work->record = read_record(batch, record_id);
	lg_read_keys(batch, record_id);
	work->has_secret = asked->site <= UINT16_MAX &&
			   lg_is_done(lg_batch_pair_secret(batch, (uint16_t)asked->site,
				   trace_period(item->now), work->secret));
}

/* The basis is what was recorded of her, not what the one who asks says of it. */
static struct lg_status check_basis(const struct person_record *record, int basis)
{
	if ((basis == LIFEGUARD__MATCHING__TRACE_BASIS__FAMILY_ASKED) !=
		(record->kind == RECORD_MISSING))
		return lg_refuse("a family asks for whom it reported, and for nobody else");
	switch (basis) {
	case LIFEGUARD__MATCHING__TRACE_BASIS__FAMILY_ASKED:
		if (record->abroad != ABROAD_FAMILY)
			return lg_refuse("the family has not agreed that partners are asked");
		return lg_done();
	case LIFEGUARD__MATCHING__TRACE_BASIS__HER_BEST_INTEREST:
		if (record->abroad != ABROAD_BEST_INTEREST)
			return lg_refuse(
				"no best-interest decision on partners across the border is "
				"recorded");
		return lg_done();
	default:
		if (record->abroad != ABROAD_GIVEN)
			return lg_refuse("no consent of hers to partners across the border is "
					 "recorded");
		return lg_done();
	}
}

static struct lg_status check_ask(struct lg_item *item)
{
	const struct trace_work *work = item->work;
	const Lifeguard__Matching__AskTrace *asked = ask_of(item);

	if (!lg_bytes_equal(
		    lg_bytes(asked->trace_id.data, asked->trace_id.len), lg_id_bytes(&item->key)))
		return lg_refuse("the trace is not the command's key");
	if (lg_id_site(item->key) != work->site)
		return lg_refuse("a trace has an id of this site");
	if (work->record == NULL)
		return lg_refuse("record_id is 16 bytes");
	if (!work->has_secret)
		return lg_refuse("we are not linked with that site");
	switch ((int)asked->basis) {
	case LIFEGUARD__MATCHING__TRACE_BASIS__HER_CONSENT:
	case LIFEGUARD__MATCHING__TRACE_BASIS__HER_BEST_INTEREST:
	case LIFEGUARD__MATCHING__TRACE_BASIS__FAMILY_ASKED:
		break;
	default:
		return lg_refuse("basis is her_consent, her_best_interest or family_asked");
	}
	if (work->record->state == RECORD_NEW || !record_is_indexed(work->record)) {
		item->refusal_status = 404;
		return lg_refuse("no such record of this site");
	}
	item->refusal_status = 409;
	if (!record_may_be_asked_for(work->record))
		return lg_refuse("she said no, or is not searched for any more");
	return check_basis(work->record, (int)asked->basis);
}

struct lg_status decide_ask(struct lg_item *item)
{
	struct trace_work *work = item->work;
	struct lg_status status = check_ask(item);
	struct trace asked = {
		.trace_id = item->key,
		.is_asked_here = true,
		.other_site = (uint16_t)ask_of(item)->site,
		.period = trace_period(item->now),
		.asked_at = item->now,
	};

	if (!lg_is_done(status))
		return status;
	asked.record_id = work->record->record_id;
	trace_token(work->secret, asked.record_id, asked.token);
	return trace_ask(work->trace, &asked, &work->is_repeated);
}

/* Her encodings, always as many; 0 when no name is kept. */
static uint32_t encode(struct lg_batch *batch, struct lg_item *item, struct clk *ret_clks)
{
	const struct matching_state *state = item->state;
	const struct trace_work *work = item->work;
	struct person *person = lg_alloc(item->arena, sizeof *person);
	struct lg_audit_entry entry = trace_entry(item, 1);
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;
	uint32_t count;

	if (!lg_is_done(lg_reader_machine(
		    &trail, &entry, LG_SERVICE_MATCHING, LG_MACHINE_MATCHING_INDEX, &reader)))
		return 0;
	person_begin(person, &work->record->facts, &state->districts);
	person_add_identity(
		person, &state->places, identity_open(batch, item, &reader, work->record));
	count = clk_person(work->secret, person, ret_clks);
	if (count > 0)
		trace_pad(ret_clks, count, CLK_ALIASES);
	return count;
}

void store_ask(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;
	Lifeguard__Matching__TraceAsked message = LIFEGUARD__MATCHING__TRACE_ASKED__INIT;
	uint8_t check[TRACE_CHECK_SIZE];
	struct clk clks[CLK_ALIASES];
	ProtobufCBinaryData wire[CLK_ALIASES];

	if (work->is_repeated) {
		answer_changed(batch, item);
		return;
	}
	if (encode(batch, item, clks) == 0) { /* nobody can be asked for without a name */
		struct lg_status status = trace_hear(work->trace, TRACE_NOTHING);

		assert(lg_is_done(status));
	} else {
		for (uint32_t i = 0; i < CLK_ALIASES; i++)
			wire[i] = (ProtobufCBinaryData){ .len = sizeof clks[i],
				.data = (uint8_t *)&clks[i] };
		trace_secret_check(work->secret, check);
		message.trace_id = id_to_wire(&work->trace->trace_id);
		message.person_token = (ProtobufCBinaryData){ .len = TRACE_TOKEN_SIZE,
			.data = (uint8_t *)work->trace->token };
		message.period = work->trace->period;
		message.secret_check = (ProtobufCBinaryData){ .len = sizeof check, .data = check };
		message.n_encodings = CLK_ALIASES;
		message.encodings = wire;
		message.officer = id_to_wire(&item->actor.user);
		trace_tell(batch, item, work->trace, TRACE_ASKED_EVENT, &message.base);
	}
	trace_keep(batch, item, work->trace);
	answer_changed(batch, item);
}

/* --- ApproveTrace, DeclineTrace -------------------------------------------------------------- */

void load_trace_verdict(struct lg_batch *batch, struct lg_item *item)
{
	struct trace_work *work = item->work;

	work->trace = read_trace(batch, item->key);
	work->found = read_traced_record(batch, item->key);
	lg_read_keys(batch, item->key);
}

static struct lg_status check_is_here(struct lg_item *item)
{
	const struct trace_work *work = item->work;

	item->refusal_status = 404;
	if (work->trace->state == TRACE_NEW)
		return lg_refuse("no such trace");
	item->refusal_status = 409;
	return lg_done();
}

struct lg_status decide_trace_approve(struct lg_item *item)
{
	struct trace_work *work = item->work;
	struct lg_status status = check_is_here(item);

	if (!lg_is_done(status))
		return status;
	if (trace_own_record(item) == NULL)
		return lg_refuse("nobody who may has agreed that her name crosses the border");
	return trace_approve(work->trace, item->now, &work->is_repeated);
}

struct lg_status decide_trace_decline(struct lg_item *item)
{
	struct trace_work *work = item->work;
	struct lg_status status = check_is_here(item);

	return lg_is_done(status) ? trace_decline(work->trace, &work->is_repeated) : status;
}

void store_trace_approve(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;

	answer_changed(batch, item);
	if (work->is_repeated)
		return;
	lg_audit(batch, item, LG_AUDIT_APPROVE, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	trace_keep(batch, item, work->trace);
	trace_tell_approved(batch, item);
	if (work->trace->state == TRACE_AGREED)
		trace_tell_names(batch, item);
}

void store_trace_decline(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;

	answer_changed(batch, item);
	if (work->is_repeated)
		return;
	write_trace(batch, work->trace);
	lg_erase_keys(batch, work->trace->trace_id);
	trace_tell_declined(batch, item, work->trace);
}

/* --- looking --------------------------------------------------------------------------------- */

static bool has_contact(const struct trace *trace)
{
	return trace->state != TRACE_ASKED && trace->state != TRACE_NO_HIT &&
	       trace->state != TRACE_OPEN;
}

/* The trace stays where it is: ids point into it. */
static Lifeguard__Matching__TraceRow *row_to_wire(struct lg_item *item, const struct trace *trace)
{
	Lifeguard__Matching__TraceRow *wire = lg_alloc(item->arena, sizeof *wire);

	lifeguard__matching__trace_row__init(wire);
	wire->trace_id = id_to_wire(&trace->trace_id);
	wire->state = lg_copy_text(item->arena, trace_life.states[trace->state]);
	wire->asked_here = trace->is_asked_here;
	wire->other_site = trace->other_site;
	wire->asked_ms = trace->asked_at;
	if (!lg_id_is_zero(trace->record_id))
		wire->record_id = id_to_wire(&trace->record_id);
	wire->expires_ms = trace->expires_at;
	if (has_contact(trace))
		wire->contact = LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER;
	if (has_contact(trace) && !lg_id_is_zero(trace->officer))
		wire->officer = id_to_wire(&trace->officer);
	return wire;
}

void load_traces(struct lg_batch *batch, struct lg_item *item)
{
	struct trace_work *work = item->work;
	uint32_t limit = list_of(item)->limit;

	if (limit <= LIST_MAX)
		work->found = read_traces(batch, limit == 0 ? LIST_STANDARD : limit);
}

struct lg_status decide_traces(struct lg_item *item)
{
	return list_of(item)->limit > LIST_MAX ? lg_refuse("limit is 1 to 200") : lg_done();
}

void store_traces(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;
	Lifeguard__Matching__TracesListed answer = LIFEGUARD__MATCHING__TRACES_LISTED__INIT;

	lg_audit_list(batch, item, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	answer.n_traces = (size_t)work->found->count;
	answer.traces = lg_alloc_array(item->arena, answer.n_traces, sizeof *answer.traces);
	for (int row = 0; row < work->found->count; row++) {
		struct trace *trace = lg_alloc(item->arena, sizeof *trace);

		*trace = trace_from_row(work->found, row);
		answer.traces[row] = row_to_wire(item, trace);
	}
	lg_answer(batch, item, &answer.base);
}

struct lg_status decide_traced(struct lg_item *item)
{
	return check_is_here(item);
}

static const Lifeguard__Content__PersonIdentity *open_names(
	struct lg_batch *batch, struct lg_item *item, const struct trace *trace)
{
	const struct lg_seal_place place = {
		.subject = trace->trace_id,
		.case_id = trace->trace_id,
		.context = trace->names_in,
		.class = LG_CLASS_IDENTITY,
		.content = PERSON_IDENTITY,
	};
	struct lg_audit_entry entry =
		lg_audit_entry_of(item, LG_AUDIT_VIEW, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	struct lg_audit_trail trail = lg_trail(batch, item);
	ProtobufCMessage *sealed = NULL;
	struct lg_reader reader;

	entry.subject = trace->trace_id;
	entry.class = LG_CLASS_IDENTITY;
	if (trace->names.size == 0 || trace->state != TRACE_AGREED)
		return NULL;
	if (!lg_is_done(lg_reader_person(
		    &trail, &entry, LG_RELATION_OWNER, item->now - trace->asked_at, &reader)) ||
		!lg_is_done(lg_decode(item->arena, &lifeguard__envelope__sealed__descriptor,
			trace->names, &sealed)))
		return NULL;
	return (const Lifeguard__Content__PersonIdentity *)lg_batch_open(
		batch, &reader, &place, (const Lifeguard__Envelope__Sealed *)sealed);
}

void store_traced(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;
	Lifeguard__Matching__TracedPersonShown answer =
		LIFEGUARD__MATCHING__TRACED_PERSON_SHOWN__INIT;

	lg_audit(batch, item, LG_AUDIT_VIEW, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	answer.trace = row_to_wire(item, work->trace);
	answer.identity =
		(Lifeguard__Content__PersonIdentity *)open_names(batch, item, work->trace);
	lg_answer(batch, item, &answer.base);
}
