#include "services/matching/trace_tell.h"

#include "proto/codes.pb-c.h"
#include "services/matching/identity.h"
#include "services/matching/person_wire.h"

struct lg_audit_entry trace_entry(const struct lg_item *item, uint32_t count)
{
	struct lg_audit_entry entry = lg_audit_entry_of(
		item, LG_AUDIT_MACHINE, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);

	entry.case_id = (struct lg_id){ 0 }; /* any: what is compared has other homes */
	entry.class = LG_CLASS_IDENTITY;
	entry.count = count;
	return entry;
}

static void publish(struct lg_batch *batch, struct lg_item *item, struct lg_event *event)
{
	const struct trace_work *work = item->work;

	event->occurred_at = item->now;
	event->key = work->trace->trace_id;
	event->destination = work->trace->other_site;
	lg_publish(batch, item, event);
}

void trace_tell(struct lg_batch *batch, struct lg_item *item, uint32_t type,
	const ProtobufCMessage *message)
{
	publish(batch, item,
		&(struct lg_event){
			.type = type, .event_id = lg_new_id(batch), .message = message });
}

void trace_tell_approved(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;
	Lifeguard__Matching__TraceApproved message = LIFEGUARD__MATCHING__TRACE_APPROVED__INIT;

	message.trace_id = id_to_wire(&work->trace->trace_id);
	trace_tell(batch, item, TRACE_APPROVED_EVENT, &message.base);
}

void trace_tell_declined(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;
	Lifeguard__Matching__TraceDeclined message = LIFEGUARD__MATCHING__TRACE_DECLINED__INIT;

	message.trace_id = id_to_wire(&work->trace->trace_id);
	trace_tell(batch, item, TRACE_DECLINED_EVENT, &message.base);
}

const struct person_record *trace_own_record(struct lg_item *item)
{
	struct trace_work *work = item->work;
	struct person_record *record;

	if (work->found->count == 0)
		return NULL;
	record = lg_alloc(item->arena, sizeof *record);
	*record = record_from_found(work->found, 0);
	return record_is_traceable(record) ? record : NULL;
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
	publish(batch, item,
		&(struct lg_event){
			.type = NAMES_RELEASED,
			.event_id = event_id,
			.message = &message.base,
			.sealed_count = sealed == NULL ? 0 : 1,
			.sealed = &sealed,
		});
}
