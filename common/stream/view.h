/*
 * Messages read in place, for what comes by the hundred in one frame: scanned and decoded in one
 * pass, and bytes are not copied.
 *
 * lg_decode() reads everything twice, by two programs, and copies each run of bytes; for an event
 * that was a third of what its reader did.
 */
#ifndef LG_STREAM_VIEW_H
#define LG_STREAM_VIEW_H

#include "common/stream/envelope.h"

/*
 * Decodes bytes from outside as lg_decode() does, with these differences: fields of type bytes point
 * into `bytes`, which must stay as long as the message is used; fields that are not known are not
 * kept.
 *
 *   ret_message  in the arena, never freed alone
 *   refused      whatever lg_decode() refuses; a message field that is there twice and not repeated
 */
LG_MUST_CHECK struct lg_status lg_view(struct lg_arena *arena,
	const ProtobufCMessageDescriptor *descriptor, struct lg_bytes bytes,
	ProtobufCMessage **ret_message);

#endif
