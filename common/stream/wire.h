/* Bytes fields of protobuf-c messages as the program's runs of bytes, and back. */
#ifndef LG_STREAM_WIRE_H
#define LG_STREAM_WIRE_H

#include <protobuf-c/protobuf-c.h>
#include <stdlib.h>

#include "common/base/bytes.h"

static inline struct lg_bytes lg_bytes_from_wire(ProtobufCBinaryData wire)
{
	return lg_bytes(wire.data, wire.len);
}

/* protobuf-c has no const; packing only reads. */
static inline ProtobufCBinaryData lg_wire_from_bytes(struct lg_bytes bytes)
{
	return (ProtobufCBinaryData){ .len = bytes.size, .data = (uint8_t *)bytes.data };
}

static inline ProtobufCBinaryData lg_wire_from_array(const uint8_t *data, size_t size)
{
	return lg_wire_from_bytes(lg_bytes(data, size));
}

/*
 * Bytes that a value of a field takes in the struct that protobuf-c makes, or in the array of a repeated
 * one (protobuf-c keeps its own table to itself).  Aborts for float and double: no .proto file has one.
 */
static inline size_t lg_wire_width(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(uint32_t);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		break;
	}
	abort();
}

#endif
