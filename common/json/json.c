/*
 * A message and its JSON, by the message's descriptor.  The two recursions here follow
 * descriptors, which are not recursive and at most LG_JSON_DEPTH_MAX deep; none follows the input.
 */
#include "common/json/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "common/json/json_text.h"
#include "common/stream/wire.h"

#define NAME_MAX_BYTES 64 /* of an unknown name, to be repeated to its sender */

/* Where in the document we are; read from the leaf to the root when there is a fault. */
struct place {
	const struct place *parent; /* NULL: the document */
	const char *name;           /* of a member; NULL: an element */
	size_t index;               /* of an element */
};

struct reading {
	struct lg_arena *arena;
	struct lg_field_errors *errors;
	unsigned depth;
};

/* A name as a pointer has it: ~ is ~0, / is ~1 (RFC 6901, section 3). */
static const char *escaped(struct lg_arena *arena, const char *name)
{
	char *text = lg_alloc(arena, 2 * strlen(name) + 1);
	size_t length = 0;

	for (; *name != '\0'; name++) {
		bool is_special = *name == '~' || *name == '/';

		text[length++] = is_special ? '~' : *name;
		if (is_special)
			text[length++] = *name == '~' ? '0' : '1';
	}
	return text;
}

static void note(struct reading *reading, const struct place *place, const char *reason)
{
	struct lg_field_errors *errors = reading->errors;
	const char *pointer = "";

	if (errors->count == LG_JSON_ERRORS_MAX)
		return;
	for (; place != NULL; place = place->parent) {
		if (place->name != NULL)
			pointer = lg_format(reading->arena, "/%s%s",
				escaped(reading->arena, place->name), pointer);
		else
			pointer = lg_format(reading->arena, "/%zu%s", place->index, pointer);
	}
	errors->at[errors->count++] =
		(struct lg_field_error){ .pointer = pointer, .reason = reason };
}

/* --- reading ---------------------------------------------------------------------------- */

static bool is_signed(ProtobufCType type)
{
	return type == PROTOBUF_C_TYPE_INT32 || type == PROTOBUF_C_TYPE_SINT32 ||
	       type == PROTOBUF_C_TYPE_SFIXED32 || type == PROTOBUF_C_TYPE_INT64 ||
	       type == PROTOBUF_C_TYPE_SINT64 || type == PROTOBUF_C_TYPE_SFIXED64;
}

static const char *read_integer(const json_t *value, ProtobufCType type, void *field)
{
	int64_t wide = json_integer_value(value);

	if (!json_is_integer(value))
		return "a whole number is expected";
	if (!is_signed(type) && wide < 0)
		return "a number of zero or more is expected";
	if (lg_wire_width(type) == 8) {
		memcpy(field, &wide, sizeof wide);
		return NULL;
	}
	if (is_signed(type) ? wide < INT32_MIN || wide > INT32_MAX : wide > UINT32_MAX)
		return "the number is out of range";
	if (is_signed(type))
		memcpy(field, &(int32_t){ (int32_t)wide }, sizeof(int32_t));
	else
		memcpy(field, &(uint32_t){ (uint32_t)wide }, sizeof(uint32_t));
	return NULL;
}

/* Whether text is name in lower case. */
static bool is_lowered(const char *text, const char *name)
{
	for (; *text != '\0' && *name != '\0'; text++, name++) {
		char lowered = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;

		if (*text != lowered)
			return false;
	}
	return *text == *name;
}

static const char *read_enum(
	const json_t *value, const ProtobufCEnumDescriptor *descriptor, void *field)
{
	if (!json_is_string(value))
		return "one of the names is expected";
	for (unsigned i = 0; i < descriptor->n_values; i++) {
		if (!is_lowered(json_string_value(value), descriptor->values[i].name))
			continue;
		memcpy(field, &descriptor->values[i].value, sizeof(int));
		return NULL;
	}
	return "not one of the names";
}

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

static const char *read_bytes(struct lg_arena *arena, const json_t *value, void *field)
{
	const char *text = json_string_value(value);
	ProtobufCBinaryData bytes = { .len = json_string_length(value) / 2 };

	if (!json_is_string(value) || json_string_length(value) % 2 != 0)
		return "pairs of hexadecimal digits are expected";
	bytes.data = lg_alloc(arena, bytes.len);
	for (size_t i = 0; i < bytes.len; i++) {
		int high = digit_value(text[2 * i]);
		int low = digit_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return "pairs of hexadecimal digits are expected";
		bytes.data[i] = (uint8_t)(high * 16 + low);
	}
	memcpy(field, &bytes, sizeof bytes);
	return NULL;
}

static const char *read_text(struct lg_arena *arena, const json_t *value, void *field)
{
	char *text;

	if (!json_is_string(value))
		return "a text is expected";
	text = lg_copy_text(arena, json_string_value(value));
	memcpy(field, &text, sizeof(char *));
	return NULL;
}

static ProtobufCMessage *read_object(struct reading *reading, const struct place *place,
	const ProtobufCMessageDescriptor *descriptor, json_t *object);

/* Lays value into field; what is wrong with it is noted. */
static void read_value(struct reading *reading, const struct place *place,
	const ProtobufCFieldDescriptor *field, json_t *value, void *at)
{
	const char *fault = NULL;
	ProtobufCMessage *message;

	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		message = read_object(reading, place, field->descriptor, value);
		memcpy(at, &message, sizeof(ProtobufCMessage *));
		return;
	case PROTOBUF_C_TYPE_ENUM:
		fault = read_enum(value, field->descriptor, at);
		break;
	case PROTOBUF_C_TYPE_BYTES:
		fault = read_bytes(reading->arena, value, at);
		break;
	case PROTOBUF_C_TYPE_STRING:
		fault = read_text(reading->arena, value, at);
		break;
	case PROTOBUF_C_TYPE_BOOL:
		if (json_is_boolean(value))
			memcpy(at, &(protobuf_c_boolean){ json_is_true(value) },
				sizeof(protobuf_c_boolean));
		else
			fault = "true or false is expected";
		break;
	default: /* integers; lg_wire_width() aborts for anything else */
		fault = read_integer(value, field->type, at);
		break;
	}
	if (fault != NULL)
		note(reading, place, fault);
}

static void read_array(struct reading *reading, const struct place *place,
	const ProtobufCFieldDescriptor *field, json_t *array, ProtobufCMessage *message)
{
	size_t count = json_array_size(array);
	size_t size = lg_wire_width(field->type);
	char *elements;

	if (!json_is_array(array)) {
		note(reading, place, "a list is expected");
		return;
	}
	if (count == 0)
		return;
	elements = lg_alloc_array(reading->arena, count, size);
	for (size_t i = 0; i < count; i++) {
		struct place element = { .parent = place, .index = i };

		read_value(reading, &element, field, json_array_get(array, i), elements + i * size);
	}
	memcpy((char *)message + field->offset, &elements, sizeof elements);
	memcpy((char *)message + field->quantifier_offset, &count, sizeof count);
}

/* Marks which of a oneof's members is there; false when another one is already. */
static bool choose(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	char *chosen = (char *)message + field->quantifier_offset;
	uint32_t now;

	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
		return true;
	memcpy(&now, chosen, sizeof now);
	if (now != 0)
		return false;
	memcpy(chosen, &field->id, sizeof field->id);
	return true;
}

static void read_member(struct reading *reading, const struct place *parent,
	ProtobufCMessage *message, const char *name, json_t *value)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
	struct place place = { .parent = parent, .name = name };

	if (field == NULL)
		note(reading, strlen(name) > NAME_MAX_BYTES ? parent : &place, "an unknown name");
	else if (field->label == PROTOBUF_C_LABEL_REPEATED)
		read_array(reading, &place, field, value, message);
	else if (!choose(message, field))
		note(reading, &place, "only one of several names may stand here");
	else
		read_value(reading, &place, field, value, (char *)message + field->offset);
}

static ProtobufCMessage *read_object(struct reading *reading, const struct place *place,
	const ProtobufCMessageDescriptor *descriptor, json_t *object)
{
	ProtobufCMessage *message = lg_alloc(reading->arena, descriptor->sizeof_message);
	const char *name;
	json_t *value;

	assert(reading->depth < LG_JSON_DEPTH_MAX); /* our own .proto files are not deeper */
	descriptor->message_init(message);
	if (!json_is_object(object)) {
		note(reading, place, "an object is expected");
		return message;
	}
	reading->depth++;
	json_object_foreach(object, name, value) read_member(reading, place, message, name, value);
	reading->depth--;
	return message;
}

struct lg_status lg_json_read(struct lg_arena *arena, const ProtobufCMessageDescriptor *descriptor,
	struct lg_bytes json, ProtobufCMessage **ret_message, struct lg_field_errors *ret_errors)
{
	struct reading reading = { .arena = arena, .errors = ret_errors };
	ProtobufCMessage *message;
	const char *fault;
	json_t *root = lg_json_parse(json, &fault);

	ret_errors->count = 0;
	if (root == NULL) {
		note(&reading, NULL, fault);
		return lg_refuse("the document cannot be read");
	}
	message = read_object(&reading, NULL, descriptor, root);
	json_decref(root);
	if (ret_errors->count > 0)
		return lg_refuse("the document has faults");
	*ret_message = message;
	return lg_done();
}

/* --- writing ---------------------------------------------------------------------------- */

static int64_t signed_at(const void *at, size_t size)
{
	int32_t narrow;
	int64_t wide;

	if (size == 8) {
		memcpy(&wide, at, sizeof wide);
		return wide;
	}
	memcpy(&narrow, at, sizeof narrow);
	return narrow;
}

static uint64_t unsigned_at(const void *at, size_t size)
{
	uint64_t wide = (uint64_t)signed_at(at, size);

	return size == 8 ? wide : (uint32_t)wide;
}

/* A number that no name has comes from a newer version, and is written as a number. */
static void write_enum(
	struct lg_json_text *out, const ProtobufCEnumDescriptor *descriptor, const void *at)
{
	int number = (int)signed_at(at, sizeof(int));
	const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(descriptor, number);
	char *name;

	if (value == NULL) {
		lg_json_add(out, lg_format(out->arena, "%d", number));
		return;
	}
	name = lg_copy_text(out->arena, value->name);
	for (char *letter = name; *letter != '\0'; letter++)
		if (*letter >= 'A' && *letter <= 'Z')
			*letter = (char)(*letter - 'A' + 'a');
	lg_json_add_string(out, name);
}

static void write_message(
	struct lg_json_text *out, const ProtobufCMessage *message, unsigned depth);

static void write_value(struct lg_json_text *out, const ProtobufCFieldDescriptor *field,
	const void *at, unsigned depth)
{
	size_t size = lg_wire_width(field->type);
	const void *pointer = NULL;
	ProtobufCBinaryData bytes;

	switch ((int)field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		memcpy(&pointer, at, sizeof pointer);
		write_message(out, pointer, depth + 1);
		return;
	case PROTOBUF_C_TYPE_STRING:
		memcpy(&pointer, at, sizeof pointer);
		lg_json_add_string(out, pointer == NULL ? "" : pointer);
		return;
	case PROTOBUF_C_TYPE_BYTES:
		memcpy(&bytes, at, sizeof bytes);
		lg_json_add_hex(out, lg_bytes(bytes.data, bytes.len));
		return;
	case PROTOBUF_C_TYPE_ENUM:
		write_enum(out, field->descriptor, at);
		return;
	case PROTOBUF_C_TYPE_BOOL:
		lg_json_add(out, signed_at(at, sizeof(protobuf_c_boolean)) != 0 ? "true" : "false");
		return;
	default: /* integers; lg_wire_width() aborts for anything else */
		lg_json_add(
			out, is_signed(field->type)
				     ? lg_format(out->arena, "%" PRId64, signed_at(at, size))
				     : lg_format(out->arena, "%" PRIu64, unsigned_at(at, size)));
	}
}

static void write_array(struct lg_json_text *out, const ProtobufCFieldDescriptor *field,
	const ProtobufCMessage *message, unsigned depth)
{
	const char *elements;
	size_t count;

	memcpy(&elements, (const char *)message + field->offset, sizeof elements);
	memcpy(&count, (const char *)message + field->quantifier_offset, sizeof count);
	lg_json_add(out, "[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			lg_json_add(out, ",");
		write_value(out, field, elements + i * lg_wire_width(field->type), depth);
	}
	lg_json_add(out, "]");
}

/* Whether a field is there: a oneof's member that was chosen, a message that is not NULL. */
static bool is_there(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const void *pointer;
	uint32_t chosen;

	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
		memcpy(&chosen, (const char *)message + field->quantifier_offset, sizeof chosen);
		if (chosen != field->id)
			return false;
	}
	if (field->type != PROTOBUF_C_TYPE_MESSAGE || field->label == PROTOBUF_C_LABEL_REPEATED)
		return true;
	memcpy(&pointer, (const char *)message + field->offset, sizeof pointer);
	return pointer != NULL;
}

static void write_message(struct lg_json_text *out, const ProtobufCMessage *message, unsigned depth)
{
	assert(depth < LG_JSON_DEPTH_MAX); /* our own .proto files are not deeper */
	lg_json_add(out, "{");
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];

		if (!is_there(message, field))
			continue;
		lg_json_add_name(out, field->name);
		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			write_array(out, field, message, depth);
		else
			write_value(out, field, (const char *)message + field->offset, depth);
	}
	lg_json_add(out, "}");
}

struct lg_bytes lg_json_write(struct lg_arena *arena, const ProtobufCMessage *message)
{
	struct lg_json_text out = { .arena = arena };

	write_message(&out, message, 0);
	return lg_json_bytes(&out);
}

struct lg_bytes lg_json_problem(struct lg_arena *arena, uint32_t status, const char *title,
	const char *detail, const struct lg_field_errors *errors)
{
	struct lg_json_text out = { .arena = arena };

	lg_json_add(
		&out, lg_format(arena, "{\"type\":\"about:blank\",\"status\":%" PRIu32, status));
	lg_json_add_name(&out, "title");
	lg_json_add_string(&out, title);
	if (detail != NULL) {
		lg_json_add_name(&out, "detail");
		lg_json_add_string(&out, detail);
	}
	if (errors != NULL && errors->count > 0) {
		lg_json_add_name(&out, "errors");
		lg_json_add(&out, "[");
		for (uint32_t i = 0; i < errors->count; i++) {
			lg_json_add(&out, i > 0 ? ",{" : "{");
			lg_json_add_name(&out, "pointer");
			lg_json_add_string(&out, errors->at[i].pointer);
			lg_json_add_name(&out, "detail");
			lg_json_add_string(&out, errors->at[i].reason);
			lg_json_add(&out, "}");
		}
		lg_json_add(&out, "]");
	}
	lg_json_add(&out, "}");
	return lg_json_bytes(&out);
}
