/*
 * One pass: each field is found by the descriptor, checked and put where the generated struct has
 * it.  What is refused is what the scan of envelope.c refuses; where a decoder might read one thing
 * in two ways (long tags, groups, a message twice) this one refuses, too.
 */
#include "common/stream/view.h"

#include "common/base/text.h"
#include "common/stream/wire.h"

#define VARINT_MAX   10 /* bytes */
#define TAG_MAX      5  /* bytes; longer ones are read differently by different decoders */
#define BUDGET_TIMES 8
#define BUDGET_BASE  ((size_t)64 * 1024)
#define FIRST_ROOM   8 /* elements; a power of two, like all rooms behind it */

struct reading {
	struct lg_arena *arena;
	const uint8_t *at, *end;
	size_t left_bytes; /* of the budget */
	uint32_t fields;   /* seen so far, nested ones counted */
};

/* A message that is being filled. */
struct filling {
	ProtobufCMessage *message;
	const ProtobufCMessageDescriptor *descriptor;
	uint32_t next; /* the field that is likely to come: they are written in order */
	int depth;
};

/* NULL beyond the budget; zeroed. */
static void *take(struct reading *reading, size_t size_bytes)
{
	if (size_bytes > reading->left_bytes)
		return NULL;
	reading->left_bytes -= size_bytes;
	return lg_alloc(reading->arena, size_bytes);
}

/* A varint of at most limit bytes; false at the end of the input or beyond the limit. */
static bool read_varint(struct reading *reading, unsigned limit, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < limit && reading->at < reading->end; i++) {
		uint8_t byte = *reading->at++;

		value |= (uint64_t)(byte & 0x7fu) << (7 * i);
		if ((byte & 0x80u) == 0) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}

static bool read_fixed(struct reading *reading, size_t width, uint64_t *ret_value)
{
	uint64_t value = 0;

	if ((size_t)(reading->end - reading->at) < width)
		return false;
	for (size_t i = 0; i < width; i++)
		value |= (uint64_t)reading->at[i] << (8 * i);
	reading->at += width;
	*ret_value = value;
	return true;
}

static unsigned wire_type_of(const ProtobufCFieldDescriptor *field)
{
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return PROTOBUF_C_WIRE_TYPE_32BIT;
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return PROTOBUF_C_WIRE_TYPE_64BIT;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
	default:
		return PROTOBUF_C_WIRE_TYPE_VARINT;
	}
}

static bool read_number(struct reading *reading, unsigned wire_type, uint64_t *ret_value)
{
	switch (wire_type) {
	case PROTOBUF_C_WIRE_TYPE_VARINT:
		return read_varint(reading, VARINT_MAX, ret_value);
	case PROTOBUF_C_WIRE_TYPE_64BIT:
		return read_fixed(reading, 8, ret_value);
	case PROTOBUF_C_WIRE_TYPE_32BIT:
		return read_fixed(reading, 4, ret_value);
	default: /* groups, and what is no wire type */
		return false;
	}
}

static bool read_run(struct reading *reading, struct lg_bytes *ret_run)
{
	uint64_t size;

	if (!read_varint(reading, TAG_MAX, &size) || (uint64_t)(reading->end - reading->at) < size)
		return false;
	*ret_run = lg_bytes(reading->at, (size_t)size);
	reading->at += size;
	return true;
}

/* --- where a value goes ------------------------------------------------------------------- */

/* The next element of a repeated field, which has `count` so far; NULL beyond the budget. */
static uint8_t *next_element(struct reading *reading, uint8_t *array, uint8_t *count, size_t width)
{
	size_t used;
	uint8_t *elements;

	memcpy(&used, count, sizeof used);
	memcpy(&elements, array, sizeof elements);
	if (used == 0 || (used >= FIRST_ROOM && (used & (used - 1)) == 0)) {
		size_t room = used == 0 ? FIRST_ROOM : 2 * used;
		uint8_t *larger = take(reading, room * width);

		if (larger == NULL)
			return NULL;
		if (used > 0)
			memcpy(larger, elements, used * width);
		elements = larger;
		memcpy(array, &elements, sizeof elements);
	}
	used++;
	memcpy(count, &used, sizeof used);
	return elements + (used - 1) * width;
}

/* Where the struct keeps the field's value, or its next one; NULL beyond the budget. */
static uint8_t *place_of(struct reading *reading, const struct filling *filling,
	const ProtobufCFieldDescriptor *field)
{
	uint8_t *base = (uint8_t *)filling->message;

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return next_element(reading, base + field->offset, base + field->quantifier_offset,
			lg_wire_width(field->type));
	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
		const uint32_t which = field->id;

		memcpy(base + field->quantifier_offset, &which, sizeof which);
	}
	return base + field->offset;
}

/* Those that are neither shortened nor turned around: zigzag, a sign, a truth. */
static uint64_t number_as(const ProtobufCFieldDescriptor *field, uint64_t value)
{
	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_SINT32:
		value = (uint32_t)value;
		return value >> 1 ^ (~(value & 1) + 1);
	case PROTOBUF_C_TYPE_SINT64:
		return value >> 1 ^ (~(value & 1) + 1);
	case PROTOBUF_C_TYPE_BOOL:
		return value != 0;
	default:
		return value;
	}
}

static struct lg_status put_number(struct reading *reading, const struct filling *filling,
	const ProtobufCFieldDescriptor *field, uint64_t value)
{
	const uint64_t number = number_as(field, value);
	const uint32_t half = (uint32_t)number;
	uint8_t *place;

	/* the low 32 bits are kept, so these are what is looked at */
	if (field->type == PROTOBUF_C_TYPE_ENUM &&
		protobuf_c_enum_descriptor_get_value(field->descriptor, (int)half) == NULL)
		return lg_refuse("unknown enum value");
	place = place_of(reading, filling, field);
	if (place == NULL)
		return lg_refuse("message takes too much memory");
	if (lg_wire_width(field->type) == sizeof number)
		memcpy(place, &number, sizeof number);
	else
		memcpy(place, &half, sizeof half);
	return lg_done();
}

_Static_assert(sizeof(protobuf_c_boolean) == sizeof(uint32_t), "put_number() writes it");

/* --- what stands behind a length ------------------------------------------------------------ */

static struct lg_status read_message(struct reading *reading, struct filling *filling);

static struct lg_status put_packed(struct reading *reading, const struct filling *filling,
	const ProtobufCFieldDescriptor *field, struct lg_bytes run)
{
	const uint8_t *behind = reading->at, *outer_end = reading->end;
	struct lg_status status = lg_done();

	reading->at = run.data;
	reading->end = run.data + run.size;
	while (lg_is_done(status) && reading->at < reading->end) {
		uint64_t value;

		if (++reading->fields > LG_FIELDS_MAX)
			return lg_refuse("too many fields");
		if (!read_number(reading, wire_type_of(field), &value))
			return lg_refuse("malformed message");
		status = put_number(reading, filling, field, value);
	}
	reading->at = behind;
	reading->end = outer_end;
	return status;
}

static struct lg_status put_text(struct reading *reading, uint8_t *place, struct lg_bytes run)
{
	char *text;

	if (!lg_text_is_valid(run))
		return lg_refuse("text is not UTF-8");
	text = take(reading, run.size + 1);
	if (text == NULL)
		return lg_refuse("message takes too much memory");
	memcpy(text, run.data, run.size);
	memcpy(place, &text, sizeof text);
	return lg_done();
}

static struct lg_status put_message(struct reading *reading, const struct filling *outer,
	const ProtobufCFieldDescriptor *field, uint8_t *place, struct lg_bytes run)
{
	const ProtobufCMessageDescriptor *descriptor = field->descriptor;
	const uint8_t *behind = reading->at, *outer_end = reading->end;
	struct filling inner = { .descriptor = descriptor, .depth = outer->depth + 1 };
	ProtobufCMessage *before = NULL;
	struct lg_status status;

	if (field->label != PROTOBUF_C_LABEL_REPEATED &&
		(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
		memcpy(&before, place, sizeof before);
	if (before != NULL)
		return lg_refuse("a message twice");
	inner.message = take(reading, descriptor->sizeof_message);
	if (inner.message == NULL)
		return lg_refuse("message takes too much memory");
	memcpy(place, &inner.message, sizeof inner.message);
	reading->at = run.data;
	reading->end = run.data + run.size;
	status = read_message(reading, &inner);
	reading->at = behind;
	reading->end = outer_end;
	return status;
}

static struct lg_status put_run(struct reading *reading, const struct filling *filling,
	const ProtobufCFieldDescriptor *field, struct lg_bytes run)
{
	uint8_t *place;

	if (wire_type_of(field) != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
		return field->label == PROTOBUF_C_LABEL_REPEATED
			       ? put_packed(reading, filling, field, run)
			       : lg_refuse("malformed message");
	place = place_of(reading, filling, field);
	if (place == NULL)
		return lg_refuse("message takes too much memory");
	if (field->type == PROTOBUF_C_TYPE_BYTES) {
		/* protobuf-c has no const; nobody writes to what was received */
		const ProtobufCBinaryData bytes = { .len = run.size,
			.data = (uint8_t *)(uintptr_t)run.data };

		memcpy(place, &bytes, sizeof bytes);
		return lg_done();
	}
	if (field->type == PROTOBUF_C_TYPE_STRING)
		return put_text(reading, place, run);
	return put_message(reading, filling, field, place, run);
}

/* --- fields --------------------------------------------------------------------------------- */

static const ProtobufCFieldDescriptor *field_of(struct filling *filling, unsigned number)
{
	const ProtobufCMessageDescriptor *descriptor = filling->descriptor;
	const ProtobufCFieldDescriptor *field;

	/* the one behind the last one, or the last one again where it is repeated */
	for (uint32_t i = filling->next; i < descriptor->n_fields && i <= filling->next + 1; i++) {
		if (descriptor->fields[i].id == number) {
			filling->next = i;
			return &descriptor->fields[i];
		}
	}
	field = protobuf_c_message_descriptor_get_field(descriptor, number);
	if (field != NULL)
		filling->next = (uint32_t)(field - descriptor->fields);
	return field;
}

static struct lg_status read_field(struct reading *reading, struct filling *filling)
{
	const ProtobufCFieldDescriptor *field;
	unsigned wire_type;
	uint64_t tag, value;

	if (++reading->fields > LG_FIELDS_MAX)
		return lg_refuse("too many fields");
	if (!read_varint(reading, TAG_MAX, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
		return lg_refuse("malformed message");
	wire_type = (unsigned)tag & 7u;
	field = field_of(filling, (unsigned)(tag >> 3));
	if (wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
		struct lg_bytes run;

		if (!read_run(reading, &run))
			return lg_refuse("malformed message");
		return field == NULL ? lg_done() : put_run(reading, filling, field, run);
	}
	if (!read_number(reading, wire_type, &value))
		return lg_refuse("malformed message");
	if (field == NULL)
		return lg_done();
	if (wire_type != wire_type_of(field))
		return lg_refuse("malformed message");
	return put_number(reading, filling, field, value);
}

static struct lg_status read_message(struct reading *reading, struct filling *filling)
{
	struct lg_status status = lg_done();

	if (filling->depth > LG_DEPTH_MAX)
		return lg_refuse("message is too deep");
	filling->descriptor->message_init(filling->message);
	while (lg_is_done(status) && reading->at < reading->end)
		status = read_field(reading, filling);
	return status;
}

struct lg_status lg_view(struct lg_arena *arena, const ProtobufCMessageDescriptor *descriptor,
	struct lg_bytes bytes, ProtobufCMessage **ret_message)
{
	static const uint8_t nothing[1];
	struct reading reading = { .arena = arena };
	struct filling filling = { .descriptor = descriptor, .depth = 1 };
	struct lg_status status;

	if (bytes.size > LG_MESSAGE_MAX)
		return lg_refuse("message is too large");
	if (bytes.size == 0) /* NULL is allowed then, but not for pointer arithmetic */
		bytes.data = nothing;
	reading.at = bytes.data;
	reading.end = bytes.data + bytes.size;
	reading.left_bytes = BUDGET_TIMES * bytes.size + BUDGET_BASE;
	filling.message = take(&reading, descriptor->sizeof_message);
	if (filling.message == NULL)
		return lg_refuse("message takes too much memory");
	status = read_message(&reading, &filling);
	if (lg_is_done(status))
		*ret_message = filling.message;
	return status;
}
