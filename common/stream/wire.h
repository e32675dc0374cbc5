/* Bytes fields of protobuf-c messages as the program's runs of bytes, and back. */
#ifndef LG_STREAM_WIRE_H
#define LG_STREAM_WIRE_H

#include <protobuf-c/protobuf-c.h>

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

#endif
