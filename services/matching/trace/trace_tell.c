#include "services/matching/trace/trace_tell.h"

#include "proto/codes.pb-c.h"
#include "services/matching/wire/identity.h"
#include "services/matching/wire/person_wire.h"

struct lg_audit_entry trace_entry(const struct lg_item *item, uint32_t count)
{
	struct lg_audit_entry entry = lg_audit_entry_of(
		item, LG_AUDIT_MACHINE, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);

	entry.case_id = (struct lg_id){ 0 }; /* any: what is compared has other homes */
	entry.class = LG_CLASS_IDENTITY;
	entry.count = count;
	return entry;
}

static void publish(struct lg_batch *batch, struct lg_item *item, const struct trace *trace,
	struct lg_event *event)
{
	event->occurred_at = item->now;
	event->key = trace->trace_id;
	lg_publish(batch, item, event);
}

void trace_tell(struct lg_batch *batch, struct lg_item *item, const struct trace *trace,
	uint32_t type, const ProtobufCMessage *message)
{
	publish(batch, item, trace,
		&(struct lg_event){
			.type = type,
			.event_id = lg_new_id(batch),
			.message = message,
			.destination = trace->other_site,
		});
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

void trace_tell_answer(struct lg_batch *batch, struct lg_item *item, const struct trace *trace,
	enum trace_outcome outcome, const struct person_record *record)
{
	Lifeguard__Matching__TraceAnswered message = LIFEGUARD__MATCHING__TRACE_ANSWERED__INIT;

	message.trace_id = id_to_wire(&trace->trace_id);
	message.outcome = outcome_to_wire(outcome);
	if (outcome == TRACE_HIT) {
		message.contact = LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER;
		if (!lg_id_is_zero(record->officer))
			message.officer = id_to_wire(&record->officer);
		trace_tell_hit(batch, item, trace);
	}
	trace_tell(batch, item, trace, TRACE_ANSWERED_EVENT, &message.base);
}

void trace_tell_hit(struct lg_batch *batch, struct lg_item *item, const struct trace *trace)
{
	Lifeguard__Matching__TraceHit message = LIFEGUARD__MATCHING__TRACE_HIT__INIT;

	message.trace_id = id_to_wire(&trace->trace_id);
	message.other_site = trace->other_site;
	message.contact = LIFEGUARD__CODES__ROLE__PROTECTION_OFFICER;
	if (!lg_id_is_zero(trace->officer))
		message.officer = id_to_wire(&trace->officer);
	publish(batch, item, trace,
		&(struct lg_event){ .type = TRACE_HIT_EVENT,
			.event_id = lg_new_id(batch),
			.message = &message.base });
}

void trace_tell_approved(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;
	Lifeguard__Matching__TraceApproved message = LIFEGUARD__MATCHING__TRACE_APPROVED__INIT;

	message.trace_id = id_to_wire(&work->trace->trace_id);
	message.officer = id_to_wire(&item->actor.user);
	trace_tell(batch, item, work->trace, TRACE_APPROVED_EVENT, &message.base);
}

void trace_tell_declined(struct lg_batch *batch, struct lg_item *item, const struct trace *trace)
{
	Lifeguard__Matching__TraceDeclined message = LIFEGUARD__MATCHING__TRACE_DECLINED__INIT;

	message.trace_id = id_to_wire(&trace->trace_id);
	trace_tell(batch, item, trace, TRACE_DECLINED_EVENT, &message.base);
}

/* A due of a trace that is not its comparing: another id from the same. */
static struct lg_id expiry_id(struct lg_id trace_id)
{
	for (unsigned i = LG_ID_SIZE / 2; i < LG_ID_SIZE; i++)
		trace_id.byte[i] ^= 0xff;
	return trace_id;
}

void trace_keep(struct lg_batch *batch, struct lg_item *item, const struct trace *trace)
{
	Lifeguard__Matching__TraceExpiryDue message = LIFEGUARD__MATCHING__TRACE_EXPIRY_DUE__INIT;

	write_trace(batch, trace);
	lg_due_set(batch, item, expiry_id(trace->trace_id), TRACE_EXPIRY_DUE, trace->expires_at,
		&message.base);
}

void traces_withdraw(struct lg_batch *batch, struct lg_item *item, const struct lg_found *live)
{
	for (int row = 0; row < live->count; row++) {
		struct trace *trace = lg_alloc(item->arena, sizeof *trace);
		bool is_repeated = false;

		*trace = trace_from_row(live, row);
		if (!lg_is_done(trace_decline(trace, &is_repeated)) || is_repeated)
			continue;
		write_trace(batch, trace);
		lg_erase_keys(batch, trace->trace_id);
		trace_tell_declined(batch, item, trace);
	}
}

const struct person_record *trace_own_record(struct lg_item *item)
{
	struct trace_work *work = item->work;
	struct person_record *record;

	if (work->found->count == 0)
		return NULL;
	record = lg_alloc(item->arena, sizeof *record);
	*record = record_from_found(work->found, 0);
	return record_may_cross(record) ? record : NULL;
}

void trace_tell_names(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;
	const struct person_record *record = trace_own_record(item);
	const Lifeguard__Content__PersonIdentity *identity;
	Lifeguard__Matching__NamesReleased message = LIFEGUARD__MATCHING__NAMES_RELEASED__INIT;
	struct lg_id event_id = lg_new_id(batch);
	const struct lg_seal_place place = {
		.subject = work->trace->trace_id, /* what crosses the line has a name of its own */
		.case_id = work->trace->trace_id,
		.context = event_id,
		.class = LG_CLASS_IDENTITY,
		.content = PERSON_IDENTITY,
	};
	struct lg_audit_entry entry = trace_entry(item, 1);
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;

	if (record == NULL || !lg_is_done(lg_reader_machine(&trail, &entry, LG_SERVICE_MATCHING,
				      LG_MACHINE_REGRANT, &reader)))
		return;
	identity = identity_open(batch, item, &reader, record);
	if (identity == NULL)
		return;

	Lifeguard__Envelope__Sealed *sealed = lg_batch_seal(batch, &place, &identity->base);

	message.trace_id = id_to_wire(&work->trace->trace_id);
	publish(batch, item, work->trace,
		&(struct lg_event){
			.type = NAMES_RELEASED,
			.destination = work->trace->other_site,
			.event_id = event_id,
			.message = &message.base,
			.sealed_count = sealed == NULL ? 0 : 1,
			.sealed = &sealed,
		});
}
