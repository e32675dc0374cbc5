#include "common/stream/encoding.h"

#include <assert.h>

/* Most messages are smaller; a larger one is mostly bytes to copy, and protobuf-c copies as fast. */
#define SCRATCH_BYTES 2048
#define VARINT_MAX    10

/* From the end of a scratch to its begin. */
struct writing {
	uint8_t *at, *begin;
};

static bool put_bytes(struct writing *writing, const void *data, size_t size)
{
	if ((size_t)(writing->at - writing->begin) < size)
		return false;
	writing->at -= size;
	if (size > 0)
		memcpy(writing->at, data, size);
	return true;
}

static bool put_varint(struct writing *writing, uint64_t value)
{
	uint8_t *at;

	if (writing->at - writing->begin < VARINT_MAX)
		return false;
	if (value > 0x7fu) {
		unsigned bits = 64 - (unsigned)__builtin_clzll(value);

		writing->at -= (bits + 6) / 7;
		for (at = writing->at; value > 0x7fu; value >>= 7)
			*at++ = (uint8_t)(value | 0x80u);
		*at = (uint8_t)value;
	} else {
		*--writing->at = (uint8_t)value;
	}
	return true;
}

static bool put_fixed(struct writing *writing, uint64_t value)
{
	uint8_t bytes[8]; /* the smallest first */

	for (size_t n = 0; n < sizeof bytes; n++)
		bytes[n] = (uint8_t)(value >> (8 * n));
	return put_bytes(writing, bytes, sizeof bytes);
}

static bool put_tag(struct writing *writing, const ProtobufCFieldDescriptor *field, unsigned wire)
{
	return put_varint(writing, (uint64_t)field->id << 3 | wire);
}

static bool put_run(struct writing *writing, const ProtobufCFieldDescriptor *field,
	const void *data, size_t size)
{
	return put_bytes(writing, data, size) && put_varint(writing, size) &&
	       put_tag(writing, field, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
}

static bool put_number(
	struct writing *writing, const ProtobufCFieldDescriptor *field, uint64_t value)
{
	return put_varint(writing, value) && put_tag(writing, field, PROTOBUF_C_WIRE_TYPE_VARINT);
}

static bool put_message(struct writing *writing, const ProtobufCMessage *message);

static bool put_inner(struct writing *writing, const ProtobufCFieldDescriptor *field,
	const ProtobufCMessage *message)
{
	const uint8_t *end = writing->at;

	return message != NULL && put_message(writing, message) &&
	       put_varint(writing, (uint64_t)(end - writing->at)) &&
	       put_tag(writing, field, PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
}

/* One value, with its tag; false also for a type that none of our messages has. */
static bool put_value(
	struct writing *writing, const ProtobufCFieldDescriptor *field, const void *member)
{
	const ProtobufCBinaryData *bytes = member;
	const char *const *text = member;
	const ProtobufCMessage *const *message = member;
	uint64_t number;
	int32_t small;

	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_ENUM:
		memcpy(&small, member, sizeof small);
		return put_number(writing, field, (uint64_t)(int64_t)small);
	case PROTOBUF_C_TYPE_UINT32:
		memcpy(&small, member, sizeof small);
		return put_number(writing, field, (uint32_t)small);
	case PROTOBUF_C_TYPE_BOOL:
		memcpy(&small, member, sizeof small);
		return put_number(writing, field, small != 0);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
		memcpy(&number, member, sizeof number);
		return put_number(writing, field, number);
	case PROTOBUF_C_TYPE_FIXED64:
		memcpy(&number, member, sizeof number);
		return put_fixed(writing, number) &&
		       put_tag(writing, field, PROTOBUF_C_WIRE_TYPE_64BIT);
	case PROTOBUF_C_TYPE_STRING:
		return *text != NULL && put_run(writing, field, *text, strlen(*text));
	case PROTOBUF_C_TYPE_BYTES:
		return put_run(writing, field, bytes->data, bytes->len);
	case PROTOBUF_C_TYPE_MESSAGE:
		return put_inner(writing, field, *message);
	default:
		return false;
	}
}

/* What proto3 does not write: zero, nothing, none. */
static bool is_absent(const ProtobufCFieldDescriptor *field, const void *member)
{
	const char *const *text = member;
	const void *const *message = member;
	uint64_t number = 0;

	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return *text == NULL || **text == '\0';
	case PROTOBUF_C_TYPE_BYTES:
		return ((const ProtobufCBinaryData *)member)->len == 0;
	case PROTOBUF_C_TYPE_MESSAGE:
		return *message == NULL;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		memcpy(&number, member, 8);
		return number == 0;
	default:
		memcpy(&number, member, 4);
		return number == 0;
	}
}

static size_t size_of_element(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_BYTES ? sizeof(ProtobufCBinaryData) : sizeof(void *);
}

static bool put_repeated(struct writing *writing, const ProtobufCFieldDescriptor *field,
	const ProtobufCMessage *message)
{
	const uint8_t *whole = (const uint8_t *)message;
	const uint8_t *elements;
	size_t count;

	memcpy(&count, whole + field->quantifier_offset, sizeof count);
	memcpy(&elements, whole + field->offset, sizeof elements);
	if (count > 0 && field->type != PROTOBUF_C_TYPE_BYTES &&
		field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE)
		return false; /* numbers, packed: rare */
	while (count-- > 0)
		if (!put_value(writing, field, elements + count * size_of_element(field)))
			return false;
	return true;
}

static bool put_field(struct writing *writing, const ProtobufCFieldDescriptor *field,
	const ProtobufCMessage *message)
{
	const uint8_t *whole = (const uint8_t *)message;
	const void *member = whole + field->offset;
	uint32_t which;

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return put_repeated(writing, field, message);
	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
		memcpy(&which, whole + field->quantifier_offset, sizeof which);
		return which != field->id || put_value(writing, field, member);
	}
	if (field->label != PROTOBUF_C_LABEL_NONE)
		return false;
	return is_absent(field, member) || put_value(writing, field, member);
}

/* False: it does not fit, or is of a kind that protobuf-c must write. */
static bool put_message(struct writing *writing, const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;

	if (message->n_unknown_fields > 0)
		return false;
	for (unsigned n = descriptor->n_fields; n-- > 0;)
		if (!put_field(writing, &descriptor->fields[n], message))
			return false;
	return true;
}

struct lg_bytes lg_encode(struct lg_arena *arena, const ProtobufCMessage *message)
{
	/* zeroing it costs as much as a small message */
	uint8_t scratch[SCRATCH_BYTES] __attribute__((uninitialized));
	uint8_t *end = scratch + sizeof scratch, *data;
	struct writing writing = { .at = end, .begin = scratch };
	bool is_written = put_message(&writing, message);
	size_t size = (size_t)(end - writing.at);

	if (is_written) {
		data = lg_alloc(arena, size + 1); /* never NULL, also for nothing */
		memcpy(data, writing.at, size);
	} else {
		size = protobuf_c_message_get_packed_size(message);
		data = lg_alloc(arena, size + 1);
		size_t packed = protobuf_c_message_pack(message, data);

		assert(packed == size);
	}
	explicit_bzero(writing.at, (size_t)(end - writing.at)); /* it may be what is to be sealed */
	return lg_bytes(data, size);
}
