/* Somebody asks when each event of a case took effect here. */
#include "services/reporting/handlers.h"

#include "proto/codes.pb-c.h"
#include "proto/reporting.pb-c.h"

void load_trace(struct lg_batch *batch, struct lg_item *item)
{
	struct trace_work *work = item->work;

	work->found = read_case_events(batch, item);
}

struct lg_status decide_trace(struct lg_item *item)
{
	const Lifeguard__Reporting__ShowTrace *message =
		(const Lifeguard__Reporting__ShowTrace *)item->message;
	const struct trace_work *work = item->work;

	if (!lg_bytes_equal(
		    lg_bytes(message->case_id.data, message->case_id.len), lg_id_bytes(&item->key)))
		return lg_refuse("the case id is not the query's key");
	item->refusal_status = 404;
	if (work->found->count == 0)
		return lg_refuse("no event of this case took effect here");
	return lg_done();
}

static ProtobufCBinaryData wire_bytes(struct lg_bytes bytes)
{
	/* protobuf-c has no const; nothing that packs a message writes to it */
	return (ProtobufCBinaryData){ .len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data };
}

static void trace_to_wire(const struct stored_event *event, Lifeguard__Reporting__Hop *hop)
{
	if (!lg_trace_is_set(&event->trace))
		return;
	hop->trace_id = wire_bytes(lg_bytes(event->trace.id, LG_TRACE_SIZE));
	hop->parent_span = wire_bytes(lg_bytes(event->trace.parent, LG_SPAN_SIZE));
	hop->span = wire_bytes(
		lg_bytes(event->event_id.byte + LG_ID_SIZE - LG_SPAN_SIZE, LG_SPAN_SIZE));
	hop->waited_us = event->hop.waited_us;
	hop->worked_us = event->hop.worked_us;
	if (event->hop.told_ms >= 0) {
		hop->told_case = LIFEGUARD__REPORTING__HOP__TOLD_TOLD_MS;
		hop->told_ms = (uint64_t)event->hop.told_ms;
	}
}

static Lifeguard__Reporting__Hop *hop_to_wire(struct lg_item *item, int row)
{
	const struct trace_work *work = item->work;
	struct stored_event *event = lg_alloc(item->arena, sizeof *event);
	Lifeguard__Reporting__Hop *hop = lg_alloc(item->arena, sizeof *hop);

	*event = case_event_from_row(work->found, row);

	const struct lg_message_type *type = lg_message_type(event->type);

	lifeguard__reporting__hop__init(hop);
	hop->event_id.data = event->event_id.byte;
	hop->event_id.len = LG_ID_SIZE;
	hop->type = event->type;
	hop->what = lg_copy_text(item->arena, type == NULL ? "?" : type->name);
	hop->recorded_ms = event->recorded_at;
	hop->arrived_ms = event->arrived_at;
	hop->applied_ms = event->applied_at;
	hop->wait_us = event->wait_us;
	hop->work_us = event->work_us;
	hop->site = event->site;
	hop->service = lg_copy_text(item->arena, lg_service_name(event->service));
	hop->key = wire_bytes(lg_id_bytes(&event->case_id));
	trace_to_wire(event, hop);
	return hop;
}

void store_trace(struct lg_batch *batch, struct lg_item *item)
{
	const struct trace_work *work = item->work;
	Lifeguard__Reporting__TraceShown answer = LIFEGUARD__REPORTING__TRACE_SHOWN__INIT;

	answer.n_hops = (size_t)work->found->count;
	answer.hops = lg_alloc_array(item->arena, answer.n_hops, sizeof *answer.hops);
	for (int i = 0; i < work->found->count; i++)
		answer.hops[i] = hop_to_wire(item, i);
	lg_audit(batch, item, LG_AUDIT_VIEW, LIFEGUARD__CODES__PURPOSE__OPERATION);
	lg_answer(batch, item, &answer.base);
}
