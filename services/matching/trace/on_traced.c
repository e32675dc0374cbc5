/*
 * What another site's matching says: it asks for somebody, answers, agrees or not, tells names.
 *
 * A question is counted and written down whatever the answer; it stands until its period is over and is
 * compared with whom this site may trace (on_question.c).  The answer is one of a few words: how many
 * are alike, how much, and who, stays here.
 */
#include <assert.h>

#include "proto/codes.pb-c.h"
#include "services/matching/engine/clk/clk_person.h"
#include "services/matching/trace/trace_tell.h"
#include "services/matching/wire/person_wire.h"
#include "services/matching/wire/trace_secret.h"

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

/* Zero: an older site names none. */
static struct lg_id officer_of(const ProtobufCBinaryData *wire)
{
	struct lg_id officer = { 0 };
	struct lg_status status = id_from_wire(wire, &officer);

	return lg_is_done(status) ? officer : (struct lg_id){ 0 };
}

/* What it brought, one behind the other. */
static struct lg_bytes encodings_of(struct lg_item *item)
{
	const Lifeguard__Matching__TraceAsked *asked = asked_of(item);
	struct clk *clks = lg_alloc_array(item->arena, CLK_ALIASES, sizeof *clks);

	for (uint32_t i = 0; i < CLK_ALIASES; i++)
		memcpy(&clks[i], asked->encodings[i].data, sizeof clks[i]);
	return lg_bytes(clks, CLK_ALIASES * sizeof *clks);
}

void store_asked(struct lg_batch *batch, struct lg_item *item)
{
	struct trace_work *work = item->work;
	const Lifeguard__Matching__TraceAsked *asked = asked_of(item);
	struct trace told = {
		.trace_id = item->key,
		.other_site = item->event->site,
		.period = asked->period,
		.asked_at = item->now,
	};
	struct lg_status status;

	lg_audit(batch, item, LG_AUDIT_SEARCH, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	memcpy(told.token, asked->person_token.data, TRACE_TOKEN_SIZE);
	told.officer = officer_of(&asked->officer);
	told.encodings = encodings_of(item);
	status = trace_be_asked(work->trace, &told, work->outcome);
	assert(lg_is_done(status)); /* decide has seen that it is new */
	trace_keep(batch, item, work->trace);
	if (work->trace->state == TRACE_OPEN)
		question_later(batch, item, work->trace, false);
	else
		trace_tell_answer(batch, item, work->trace, work->outcome, NULL);
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
		return trace_has_expired(item->key, item->now)
			       ? lg_done()
			       : lg_refuse("this trace was never heard of");
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

	if (!lg_is_done(status) || work->trace->state == TRACE_NEW)
		return status;
	switch ((int)message->outcome) {
	case LIFEGUARD__MATCHING__TRACE_OUTCOME__TRACE_HIT:
		if (work->trace->state == TRACE_ASKED || work->trace->state == TRACE_NO_HIT) {
			work->trace->officer = officer_of(&message->officer);
			work->is_first_hit = true;
		}
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

	if (!lg_is_done(status) || work->trace->state == TRACE_NEW)
		return status;
	if (message->officer.len > 0)
		work->trace->officer = officer_of(&message->officer);
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

	if (!lg_is_done(status) || work->trace->state == TRACE_NEW)
		return status;
	return trace_hear_declined(work->trace);
}

struct lg_status decide_names(struct lg_item *item)
{
	struct trace_work *work = item->work;
	const Lifeguard__Matching__NamesReleased *message =
		(const Lifeguard__Matching__NamesReleased *)item->message;
	struct lg_status status = check_told(item, &message->trace_id);

	if (!lg_is_done(status) || work->trace->state == TRACE_NEW)
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

/* What has expired here is told too late, and changes nothing. */
void store_told(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;

	if (work->trace->state == TRACE_NEW)
		return;
	write_trace(batch, work->trace);
	if (work->trace->state == TRACE_DECLINED)
		lg_erase_keys(batch, item->key);
}

void store_answered(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;

	store_told(batch, item);
	if (work->is_first_hit)
		trace_tell_hit(batch, item, work->trace);
}

void store_they_approve(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;

	if (work->trace->state == TRACE_NEW)
		return;
	trace_keep(batch, item, work->trace);
	if (work->trace->state == TRACE_AGREED)
		trace_tell_names(batch, item);
	else if (work->trace->state == TRACE_DECLINED && trace_own_record(item) == NULL)
		trace_tell_declined(batch, item, work->trace);
}
