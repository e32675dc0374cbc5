/*
 * Envelopes, and the one way in which bytes from outside become messages.
 *
 * The scan reads the wire form by the descriptor and refuses what protobuf-c would let pass:
 * depth, number of fields, unknown enum values, text that is no UTF-8 or holds a NUL.  Where the
 * two could read one thing in two ways (long tags, groups) the scan refuses.  The decoder then
 * takes its memory from the arena, and no more of it than its budget.
 */
#include "common/stream/envelope.h"

#include <assert.h>
#include <limits.h>

#include "common/base/text.h"
#include "common/stream/view.h"
#include "proto/codes.pb-c.h"

#define VARINT_MAX     10 /* bytes */
#define TAG_MAX        5  /* bytes; longer ones are read differently by different decoders */
#define BUDGET_TIMES   8
#define BUDGET_BASE    (64u * 1024u)
#define FORMAT_VERSION 1

_Static_assert(LG_ENVELOPE_MAX < LG_MESSAGE_MAX, "an envelope must fit into what is decoded");

/* --- scan ------------------------------------------------------------------------------- */

struct scan {
	const uint8_t *at, *end;
	uint32_t fields; /* seen so far, nested ones counted */
};

/* A varint of at most limit bytes; false at the end of the input or beyond the limit. */
static bool read_varint(struct scan *scan, unsigned limit, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < limit && scan->at < scan->end; i++) {
		uint8_t byte = *scan->at++;

		value |= (uint64_t)(byte & 0x7fu) << (7 * i);
		if ((byte & 0x80u) == 0) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}

static bool skip(struct scan *scan, uint64_t size)
{
	if ((uint64_t)(scan->end - scan->at) < size)
		return false;
	scan->at += size;
	return true;
}

static bool enum_is_known(const ProtobufCFieldDescriptor *field, uint64_t value)
{
	/* the decoder keeps the low 32 bits, so these are what is looked at */
	return protobuf_c_enum_descriptor_get_value(field->descriptor, (int)(uint32_t)value) !=
	       NULL;
}

/* Elements of a packed field: each counts, each enum value must be known. */
static struct lg_status scan_packed(struct scan *scan, const ProtobufCFieldDescriptor *field)
{
	while (scan->at < scan->end) {
		uint64_t value = 0;

		if (++scan->fields > LG_FIELDS_MAX)
			return lg_refuse("too many fields");
		switch ((int)field->type) {
		case PROTOBUF_C_TYPE_FIXED32:
		case PROTOBUF_C_TYPE_SFIXED32:
		case PROTOBUF_C_TYPE_FLOAT:
			if (!skip(scan, 4))
				return lg_refuse("malformed message");
			break;
		case PROTOBUF_C_TYPE_FIXED64:
		case PROTOBUF_C_TYPE_SFIXED64:
		case PROTOBUF_C_TYPE_DOUBLE:
			if (!skip(scan, 8))
				return lg_refuse("malformed message");
			break;
		default:
			if (!read_varint(scan, VARINT_MAX, &value))
				return lg_refuse("malformed message");
			if (field->type == PROTOBUF_C_TYPE_ENUM && !enum_is_known(field, value))
				return lg_refuse("unknown enum value");
		}
	}
	return lg_done();
}

static struct lg_status scan_message(
	struct scan *scan, const ProtobufCMessageDescriptor *descriptor, int depth);

/* What stands behind a length: text, bytes, a message, packed numbers. */
static struct lg_status scan_run(
	struct scan *scan, const ProtobufCFieldDescriptor *field, int depth)
{
	const uint8_t *outer_end = scan->end;
	struct lg_status status = lg_done();
	uint64_t size;

	if (!read_varint(scan, TAG_MAX, &size) || (uint64_t)(scan->end - scan->at) < size)
		return lg_refuse("malformed message");
	if (field == NULL || field->type == PROTOBUF_C_TYPE_BYTES) {
		scan->at += size;
		return lg_done();
	}

	scan->end = scan->at + size;
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		if (!lg_text_is_valid(lg_bytes(scan->at, (size_t)size)))
			return lg_refuse("text is not UTF-8");
		scan->at = scan->end;
	} else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		status = scan_message(scan, field->descriptor, depth + 1);
	} else if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		status = scan_packed(scan, field);
	} else {
		return lg_refuse("malformed message");
	}
	scan->end = outer_end;
	return status;
}

static struct lg_status scan_field(
	struct scan *scan, const ProtobufCMessageDescriptor *descriptor, int depth)
{
	const ProtobufCFieldDescriptor *field;
	uint64_t tag, value;

	if (++scan->fields > LG_FIELDS_MAX)
		return lg_refuse("too many fields");
	if (!read_varint(scan, TAG_MAX, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
		return lg_refuse("malformed message");

	field = protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(tag >> 3));
	switch (tag & 7u) {
	case PROTOBUF_C_WIRE_TYPE_VARINT:
		if (!read_varint(scan, VARINT_MAX, &value))
			return lg_refuse("malformed message");
		if (field != NULL && field->type == PROTOBUF_C_TYPE_ENUM &&
			!enum_is_known(field, value))
			return lg_refuse("unknown enum value");
		return lg_done();
	case PROTOBUF_C_WIRE_TYPE_64BIT:
		return skip(scan, 8) ? lg_done() : lg_refuse("malformed message");
	case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
		return scan_run(scan, field, depth);
	case PROTOBUF_C_WIRE_TYPE_32BIT:
		return skip(scan, 4) ? lg_done() : lg_refuse("malformed message");
	default: /* groups, and what is no wire type */
		return lg_refuse("malformed message");
	}
}

static struct lg_status scan_message(
	struct scan *scan, const ProtobufCMessageDescriptor *descriptor, int depth)
{
	struct lg_status status = lg_done();

	if (depth > LG_DEPTH_MAX)
		return lg_refuse("message is too deep");
	while (lg_is_done(status) && scan->at < scan->end)
		status = scan_field(scan, descriptor, depth);
	return status;
}

/* --- decode ----------------------------------------------------------------------------- */

struct budget {
	struct lg_arena *arena;
	size_t left_bytes;
	bool is_spent;
};

static void *budget_alloc(void *data, size_t size_bytes)
{
	struct budget *budget = data;

	if (size_bytes > budget->left_bytes) {
		budget->is_spent = true;
		return NULL;
	}
	budget->left_bytes -= size_bytes;
	return lg_alloc(budget->arena, size_bytes);
}

static void budget_free(void *data, void *pointer)
{
	(void)data; /* the arena is freed whole */
	(void)pointer;
}

struct lg_status lg_decode(struct lg_arena *arena, const ProtobufCMessageDescriptor *descriptor,
	struct lg_bytes bytes, ProtobufCMessage **ret_message)
{
	static const uint8_t nothing[1];
	struct budget budget = { .arena = arena };
	ProtobufCAllocator allocator = { budget_alloc, budget_free, &budget };
	struct scan scan;
	ProtobufCMessage *message;
	struct lg_status status;

	if (bytes.size > LG_MESSAGE_MAX)
		return lg_refuse("message is too large");
	if (bytes.size == 0) /* NULL is allowed then, but not for pointer arithmetic */
		bytes.data = nothing;

	scan = (struct scan){ .at = bytes.data, .end = bytes.data + bytes.size };
	status = scan_message(&scan, descriptor, 1);
	if (!lg_is_done(status))
		return status;

	budget.left_bytes = BUDGET_TIMES * bytes.size + BUDGET_BASE;
	message = protobuf_c_message_unpack(descriptor, &allocator, bytes.size, bytes.data);
	if (budget.is_spent)
		return lg_refuse("message takes too much memory");
	if (message == NULL)
		return lg_refuse("malformed message");
	*ret_message = message;
	return lg_done();
}

/* --- actor ------------------------------------------------------------------------------ */

static ProtobufCBinaryData wire_bytes(struct lg_bytes bytes)
{
	/* protobuf-c has no const; nothing that packs a message writes to it */
	return (ProtobufCBinaryData){ .len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data };
}

static struct lg_bytes own_bytes(ProtobufCBinaryData wire)
{
	return lg_bytes(wire.data, wire.len);
}

/* Empty stands for the zero id: nobody, nowhere. */
static ProtobufCBinaryData wire_id_or_empty(const struct lg_id *id)
{
	if (lg_id_is_zero(*id))
		return (ProtobufCBinaryData){ 0 };
	return wire_bytes(lg_id_bytes(id));
}

static struct lg_status read_id_or_empty(ProtobufCBinaryData wire, struct lg_id *ret_id)
{
	if (wire.len == 0) {
		*ret_id = (struct lg_id){ 0 };
		return lg_done();
	}
	return lg_id_from_bytes(own_bytes(wire), ret_id);
}

Lifeguard__Envelope__Actor *lg_actor_to_wire(struct lg_arena *arena, const struct lg_actor *actor)
{
	Lifeguard__Envelope__Actor *wire = lg_alloc(arena, sizeof *wire);

	lifeguard__envelope__actor__init(wire);
	wire->user = wire_id_or_empty(&actor->user);
	wire->organisation = wire_id_or_empty(&actor->organisation);
	wire->session = wire_id_or_empty(&actor->session);
	wire->role = actor->role;
	wire->assurance = actor->assurance;
	return wire;
}

struct lg_status lg_actor_from_wire(
	const Lifeguard__Envelope__Actor *wire, struct lg_actor *ret_actor)
{
	struct lg_actor actor = { .role = wire->role, .assurance = wire->assurance };
	struct lg_status status = read_id_or_empty(wire->user, &actor.user);

	if (lg_is_done(status))
		status = read_id_or_empty(wire->organisation, &actor.organisation);
	if (lg_is_done(status))
		status = read_id_or_empty(wire->session, &actor.session);
	if (!lg_is_done(status))
		return status;
	if (wire->role == LIFEGUARD__CODES__ROLE__ROLE_UNSPECIFIED || wire->role > INT_MAX ||
		protobuf_c_enum_descriptor_get_value(
			&lifeguard__codes__role__descriptor, (int)wire->role) == NULL)
		return lg_refuse("unknown role");
	*ret_actor = actor;
	return lg_done();
}

/* --- wrap and unwrap -------------------------------------------------------------------- */

/* A sealed value belongs to one event: moved to another it could be read in a wrong light. */
static struct lg_status check_sealed(
	struct lg_id event_id, size_t count, Lifeguard__Envelope__Sealed *const *sealed)
{
	if (count > LG_SEALED_MAX)
		return lg_refuse("too many sealed values");
	for (size_t i = 0; i < count; i++) {
		if (!lg_bytes_equal(own_bytes(sealed[i]->context), lg_id_bytes(&event_id)))
			return lg_refuse("sealed value of another event");
	}
	return lg_done();
}

/* What explains and decides nothing is left out where there is no trace. */
static void trace_to_wire(
	const struct lg_envelope *envelope, Lifeguard__Envelope__Envelope *ret_wire)
{
	const struct lg_hop *hop = &envelope->hop;

	ret_wire->trace = wire_bytes(lg_trace_bytes(&envelope->trace));
	if (ret_wire->trace.len == 0)
		return;
	ret_wire->waited_us = hop->waited_us;
	ret_wire->worked_us = hop->worked_us;
	if (hop->told_ms >= 0) {
		ret_wire->told_case = LIFEGUARD__ENVELOPE__ENVELOPE__TOLD_TOLD_MS;
		ret_wire->told_ms = hop->told_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)hop->told_ms;
	}
}

/* Whoever sends a malformed one is told as without any. */
static void trace_from_wire(
	const Lifeguard__Envelope__Envelope *wire, struct lg_envelope *ret_envelope)
{
	if (wire->trace.len == 0)
		return;
	ret_envelope->trace = lg_trace_from_bytes(own_bytes(wire->trace));
	ret_envelope->hop = (struct lg_hop){
		.waited_us = wire->waited_us,
		.worked_us = wire->worked_us,
		.told_ms = wire->told_case == LIFEGUARD__ENVELOPE__ENVELOPE__TOLD_TOLD_MS
				   ? (int64_t)wire->told_ms
				   : -1,
	};
}

struct lg_status lg_envelope_wrap(
	struct lg_arena *arena, const struct lg_envelope *envelope, struct lg_bytes *ret_bytes)
{
	Lifeguard__Envelope__Envelope wire = LIFEGUARD__ENVELOPE__ENVELOPE__INIT;
	struct lg_status status;
	struct lg_bytes bytes;

	status = check_sealed(envelope->event_id, envelope->sealed_count, envelope->sealed);
	if (!lg_is_done(status))
		return status;

	wire.version = FORMAT_VERSION;
	wire.event_id = wire_bytes(lg_id_bytes(&envelope->event_id));
	wire.case_id = wire_bytes(lg_id_bytes(&envelope->case_id));
	wire.cause_id = wire_bytes(lg_id_bytes(&envelope->cause_id));
	wire.type = envelope->type != NULL ? envelope->type->number : envelope->type_number;
	wire.site = envelope->site;
	wire.service = envelope->service;
	wire.occurred_ms = envelope->occurred_at;
	wire.recorded_ms = envelope->recorded_at;
	wire.actor = lg_actor_to_wire(arena, &envelope->actor);
	wire.purpose = envelope->purpose;
	trace_to_wire(envelope, &wire);
	wire.body = wire_bytes(
		envelope->message != NULL ? lg_encode(arena, envelope->message) : envelope->body);
	wire.n_sealed = envelope->sealed_count;
	wire.sealed = (Lifeguard__Envelope__Sealed **)(uintptr_t)envelope->sealed;

	bytes = lg_encode(arena, &wire.base);
	if (bytes.size > LG_ENVELOPE_MAX)
		return lg_refuse("envelope is too large");
	*ret_bytes = bytes;
	return lg_done();
}

/* The parts that need no look at the body. */
static struct lg_status read_parts(
	const Lifeguard__Envelope__Envelope *wire, struct lg_envelope *ret_envelope)
{
	struct lg_status status;

	if (wire->version != FORMAT_VERSION)
		return lg_refuse("unknown version of envelope");
	if (wire->site > UINT16_MAX || wire->service == 0 || wire->service >= LG_SERVICE_COUNT)
		return lg_refuse("envelope of no known service");
	if (wire->actor == NULL)
		return lg_refuse("envelope without actor");

	status = lg_id_from_bytes(own_bytes(wire->event_id), &ret_envelope->event_id);
	if (lg_is_done(status))
		status = lg_id_from_bytes(own_bytes(wire->case_id), &ret_envelope->case_id);
	if (lg_is_done(status))
		status = lg_id_from_bytes(own_bytes(wire->cause_id), &ret_envelope->cause_id);
	if (lg_is_done(status))
		status = lg_actor_from_wire(wire->actor, &ret_envelope->actor);
	if (lg_is_done(status))
		status = check_sealed(ret_envelope->event_id, wire->n_sealed, wire->sealed);
	if (!lg_is_done(status))
		return status;

	ret_envelope->type_number = wire->type;
	ret_envelope->type = lg_message_type(wire->type);
	ret_envelope->site = (uint16_t)wire->site;
	ret_envelope->service = (uint8_t)wire->service;
	ret_envelope->occurred_at = wire->occurred_ms;
	ret_envelope->recorded_at = wire->recorded_ms;
	ret_envelope->purpose = wire->purpose;
	trace_from_wire(wire, ret_envelope);
	ret_envelope->body = own_bytes(wire->body);
	ret_envelope->sealed_count = (uint32_t)wire->n_sealed;
	ret_envelope->sealed = wire->sealed;
	return lg_done();
}

struct lg_status lg_envelope_unwrap(
	struct lg_arena *arena, struct lg_bytes bytes, struct lg_envelope *ret_envelope)
{
	struct lg_envelope envelope = { 0 };
	ProtobufCMessage *wire = NULL, *message = NULL;
	struct lg_status status;

	if (bytes.size > LG_ENVELOPE_MAX)
		return lg_refuse("envelope is too large");
	status = lg_view(arena, &lifeguard__envelope__envelope__descriptor, bytes, &wire);
	if (!lg_is_done(status))
		return status;
	status = read_parts((const Lifeguard__Envelope__Envelope *)wire, &envelope);
	if (!lg_is_done(status))
		return status;

	if (envelope.type != NULL) {
		if (envelope.type->kind != LG_MESSAGE_EVENT ||
			!lg_service_in(envelope.type->from, envelope.service))
			return lg_refuse("type that this service may not send");
		status = lg_view(arena, envelope.type->descriptor, envelope.body, &message);
		if (!lg_is_done(status))
			return status;
		envelope.message = message;
	}
	*ret_envelope = envelope;
	return lg_done();
}
