/*
 * What another site's matching says: it asks for somebody, answers, agrees or not, tells names.
 *
 * A question is counted and written down whatever the answer; it is compared with whom this site may
 * trace, and the answer is one of a few words: how many are alike, how much, and who, stays here.
 */
#include "proto/codes.pb-c.h"
#include "services/matching/engine/clk/clk_person.h"
#include "services/matching/identity.h"
#include "services/matching/person_wire.h"
#include "services/matching/trace_secret.h"
#include "services/matching/trace_tell.h"

static const Lifeguard__Matching__TraceAsked *asked_of(const struct lg_item *item)
{
	return (const Lifeguard__Matching__TraceAsked *)item->message;
}

static bool is_this_trace(const struct lg_item *item, const ProtobufCBinaryData *trace_id)
{
	return lg_bytes_equal(lg_bytes(trace_id->data, trace_id->len), lg_id_bytes(&item->key));
}

/* --- TraceAsked ----------------------------------------------------------------------------- */

void load_asked(struct lg_batch *batch, struct lg_item *item)
{
	struct trace_work *work = item->work;
	const Lifeguard__Matching__TraceAsked *asked = asked_of(item);

	work->trace = read_trace(batch, item->key);
	work->budget = read_trace_budget(batch, item->event->site, asked->period,
		lg_bytes(asked->person_token.data, asked->person_token.len));
	work->found = read_traceable(batch, item->key);
	work->has_secret = lg_is_done(
		lg_batch_pair_secret(batch, item->event->site, asked->period, work->secret));
}

static struct lg_status check_asked(const struct lg_item *item)
{
	const Lifeguard__Matching__TraceAsked *asked = asked_of(item);

	if (!is_this_trace(item, &asked->trace_id))
		return lg_refuse("the trace is not the event's key");
	if (lg_id_site(item->key) != item->event->site)
		return lg_refuse("only its own site may ask by this id");
	if (asked->person_token.len != TRACE_TOKEN_SIZE)
		return lg_refuse("a token is 16 bytes");
	if (asked->n_encodings != CLK_ALIASES)
		return lg_refuse("a question has four encodings");
	for (size_t i = 0; i < asked->n_encodings; i++)
		if (asked->encodings[i].len != sizeof(struct clk))
			return lg_refuse("an encoding is 128 bytes");
	return lg_done();
}

static enum trace_outcome outcome_of(const struct lg_item *item)
{
	const struct trace_work *work = item->work;
	const Lifeguard__Matching__TraceAsked *asked = asked_of(item);
	struct trace_budget budget = budget_from_found(work->budget);
	uint8_t check[TRACE_CHECK_SIZE];

	if (!work->has_secret || !trace_is_in_time(asked->period, item->now))
		return TRACE_OUT_OF_STEP;
	trace_secret_check(work->secret, check);
	if (!lg_bytes_equal(lg_bytes(asked->secret_check.data, asked->secret_check.len),
		    lg_bytes(check, sizeof check)))
		return TRACE_OUT_OF_STEP;
	return trace_may_answer(budget.of_person, budget.of_site);
}

struct lg_status decide_asked(struct lg_item *item)
{
	struct trace_work *work = item->work;
	struct lg_status status = check_asked(item);

	if (lg_is_done(status) && work->trace->state != TRACE_NEW)
		status = lg_refuse("this trace was asked before");
	if (lg_is_done(status))
		work->outcome = outcome_of(item);
	return status;
}

/* The most alike of those that may be traced; the encodings asked for are not kept. */
static uint32_t search(struct lg_batch *batch, struct lg_item *item, struct lg_id *ret_best)
{
	const struct matching_state *state = item->state;
	const struct trace_work *work = item->work;
	const Lifeguard__Matching__TraceAsked *asked = asked_of(item);
	struct person *person = lg_alloc(item->arena, sizeof *person);
	struct clk questions[CLK_ALIASES], clks[CLK_ALIASES];
	struct lg_audit_entry entry = trace_entry(item, (uint32_t)work->found->count);
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;
	uint32_t best = 0;

	if (work->found->count == 0 ||
		!lg_is_done(lg_reader_machine(
			&trail, &entry, LG_SERVICE_MATCHING, LG_MACHINE_MATCHING_INDEX, &reader)))
		return 0;
	for (uint32_t i = 0; i < CLK_ALIASES; i++)
		memcpy(&questions[i], asked->encodings[i].data, sizeof questions[i]);
	for (int row = 0; row < work->found->count; row++) {
		const struct person_record record = record_from_found(work->found, row);
		uint32_t count, alike;

		person_begin(person, &record.facts, &state->districts);
		person_add_identity(person, identity_open(batch, item, &reader, &record));
		count = clk_person(work->secret, person, clks);
		alike = clk_best(questions, CLK_ALIASES, clks, count);
		if (alike > best) {
			best = alike;
			*ret_best = record.record_id;
		}
	}
	return best;
}

static Lifeguard__Matching__TraceOutcome outcome_to_wire(enum trace_outcome outcome)
{
	switch (outcome) {
	case TRACE_HIT:
		return LIFEGUARD__MATCHING__TRACE_OUTCOME__TRACE_HIT;
	case TRACE_NOTHING:
		return LIFEGUARD__MATCHING__TRACE_OUTCOME__TRACE_NOTHING;
	case TRACE_REFUSED:
		return LIFEGUARD__MATCHING__TRACE_OUTCOME__TRACE_REFUSED;
	case TRACE_OUT_OF_STEP:
		break;
	}
	return LIFEGUARD__MATCHING__TRACE_OUTCOME__TRACE_OUT_OF_STEP;
}

void store_asked(struct lg_batch *batch, struct lg_item *item)
{
	struct trace_work *work = item->work;
	const Lifeguard__Matching__TraceAsked *asked = asked_of(item);
	Lifeguard__Matching__TraceAnswered message = LIFEGUARD__MATCHING__TRACE_ANSWERED__INIT;
	struct trace told = {
		.trace_id = item->key,
		.other_site = item->event->site,
		.period = asked->period,
		.asked_at = item->now,
	};
	struct lg_id best = { 0 };

	lg_audit(batch, item, LG_AUDIT_SEARCH, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	memcpy(told.token, asked->person_token.data, TRACE_TOKEN_SIZE);
	if (work->outcome == TRACE_NOTHING && search(batch, item, &best) >= CLK_LEAST_HIT)
		work->outcome = TRACE_HIT;
	if (!lg_is_done(trace_be_asked(work->trace, &told, work->outcome, best)))
		return;
	write_trace(batch, work->trace);
	message.trace_id = id_to_wire(&work->trace->trace_id);
	message.outcome = outcome_to_wire(work->outcome);
	if (work->outcome == TRACE_HIT)
		message.contact = LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER;
	trace_tell(batch, item, TRACE_ANSWERED_EVENT, &message.base);
}

/* --- what follows --------------------------------------------------------------------------- */

void load_told(struct lg_batch *batch, struct lg_item *item)
{
	struct trace_work *work = item->work;

	work->trace = read_trace(batch, item->key);
	work->found = read_traced_record(batch, item->key);
	lg_read_keys(batch, item->key);
}

static struct lg_status check_told(const struct lg_item *item, const ProtobufCBinaryData *trace_id)
{
	const struct trace_work *work = item->work;

	if (!is_this_trace(item, trace_id))
		return lg_refuse("the trace is not the event's key");
	if (work->trace->state == TRACE_NEW)
		return lg_refuse("this trace was never heard of");
	if (work->trace->other_site != item->event->site)
		return lg_refuse("only the other site of a trace may speak of it");
	return lg_done();
}

struct lg_status decide_answered(struct lg_item *item)
{
	struct trace_work *work = item->work;
	const Lifeguard__Matching__TraceAnswered *message =
		(const Lifeguard__Matching__TraceAnswered *)item->message;
	struct lg_status status = check_told(item, &message->trace_id);

	if (!lg_is_done(status))
		return status;
	switch ((int)message->outcome) {
	case LIFEGUARD__MATCHING__TRACE_OUTCOME__TRACE_HIT:
		return trace_hear(work->trace, TRACE_HIT);
	case LIFEGUARD__MATCHING__TRACE_OUTCOME__TRACE_NOTHING:
	case LIFEGUARD__MATCHING__TRACE_OUTCOME__TRACE_REFUSED:
	case LIFEGUARD__MATCHING__TRACE_OUTCOME__TRACE_OUT_OF_STEP:
		return trace_hear(work->trace, TRACE_NOTHING);
	}
	return lg_refuse("an answer is hit, nothing, refused or out of step");
}

struct lg_status decide_they_approve(struct lg_item *item)
{
	struct trace_work *work = item->work;
	const Lifeguard__Matching__TraceApproved *message =
		(const Lifeguard__Matching__TraceApproved *)item->message;
	struct lg_status status = check_told(item, &message->trace_id);

	if (lg_is_done(status))
		status = trace_hear_approved(work->trace);
	/* she may have said no since we agreed */
	if (lg_is_done(status) && work->trace->state == TRACE_AGREED &&
		trace_own_record(item) == NULL)
		status = trace_decline(work->trace, &work->is_repeated);
	return status;
}

struct lg_status decide_they_decline(struct lg_item *item)
{
	struct trace_work *work = item->work;
	const Lifeguard__Matching__TraceDeclined *message =
		(const Lifeguard__Matching__TraceDeclined *)item->message;
	struct lg_status status = check_told(item, &message->trace_id);

	return lg_is_done(status) ? trace_hear_declined(work->trace) : status;
}

struct lg_status decide_names(struct lg_item *item)
{
	struct trace_work *work = item->work;
	const Lifeguard__Matching__NamesReleased *message =
		(const Lifeguard__Matching__NamesReleased *)item->message;
	struct lg_status status = check_told(item, &message->trace_id);

	if (!lg_is_done(status))
		return status;
	for (uint32_t i = 0; i < item->event->sealed_count; i++) {
		const Lifeguard__Envelope__Sealed *sealed = item->event->sealed[i];

		if (sealed->class_ == LG_CLASS_IDENTITY && sealed->content == PERSON_IDENTITY &&
			lg_bytes_equal(lg_bytes(sealed->subject.data, sealed->subject.len),
				lg_id_bytes(&item->key)))
			return trace_take_names(work->trace, item->event->event_id,
				lg_encode(item->arena, &sealed->base));
	}
	return lg_refuse("no names came with it");
}

void store_told(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;

	write_trace(batch, work->trace);
}

void store_they_approve(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;

	write_trace(batch, work->trace);
	if (work->trace->state == TRACE_AGREED)
		trace_tell_names(batch, item);
	else if (work->trace->state == TRACE_DECLINED && trace_own_record(item) == NULL)
		trace_tell_declined(batch, item);
}
