/*
 * Messages to bytes: what protobuf-c would write, byte for byte, in one pass.
 *
 * protobuf-c measures a message before it writes it, and each message inside once more for every one
 * around it; for an event that was a tenth of its publisher.  Written from its end, a message is as
 * long as what stands behind it already, and nothing has to be measured.
 */
#ifndef LG_STREAM_ENCODING_H
#define LG_STREAM_ENCODING_H

#include <protobuf-c/protobuf-c.h>

#include "common/base/arena.h"

/* Encodes a message into the arena. */
struct lg_bytes lg_encode(struct lg_arena *arena, const ProtobufCMessage *message);

#endif
