/*
 * Envelopes, and the one way in which bytes from outside become messages.
 *
 * protobuf-c 1.4.1 has no depth limit, accepts unknown enum values, bad UTF-8 and NULs, and
 * lets 1 MiB of empty sub-messages take 84 MiB.  lg_decode() therefore scans before it decodes,
 * decodes within a budget, and checks what came out against the descriptor.
 */
#ifndef LG_STREAM_ENVELOPE_H
#define LG_STREAM_ENVELOPE_H

#include <protobuf-c/protobuf-c.h>

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/base/trace.h"
#include "common/stream/encoding.h"
#include "common/stream/registry.h"
#include "proto/envelope.pb-c.h"

#define LG_ENVELOPE_MAX (256u * 1024u)  /* bytes of one envelope */
#define LG_MESSAGE_MAX  (1024u * 1024u) /* bytes of anything decoded */
#define LG_DEPTH_MAX    8
#define LG_FIELDS_MAX   65536 /* fields in one message, nested ones counted */
#define LG_SEALED_MAX   16    /* sealed values in one envelope */

/* Who acts, as the program keeps it (envelope.Actor on the wire). */
struct lg_actor {
	struct lg_id user, organisation, session;
	uint32_t role;      /* codes.Role */
	uint32_t assurance; /* 1 system .. 4 token and second factor */
};

/* What became of the cause in the service that published (Envelope). */
struct lg_hop {
	uint32_t waited_us, worked_us;
	int64_t told_ms; /* -1: a command was the cause */
};

/* An envelope whose parts were checked; body, boxes and other bytes point into its row. */
struct lg_envelope {
	struct lg_id event_id, case_id, cause_id;
	const struct lg_message_type *type; /* NULL: a type that this version does not know */
	uint32_t type_number;
	uint16_t site;
	uint8_t service;
	lg_ms occurred_at, recorded_at;
	struct lg_actor actor;
	uint32_t purpose;
	struct lg_trace trace;           /* zero: none */
	struct lg_hop hop;               /* means nothing without a trace */
	const ProtobufCMessage *message; /* the decoded body; NULL when the type is unknown */
	struct lg_bytes body;
	uint32_t sealed_count;
	Lifeguard__Envelope__Sealed *const *sealed;
};

/*
 * Decodes bytes from outside.
 *
 *   ret_message  in the arena, never freed alone
 *   refused      above LG_MESSAGE_MAX, deeper than LG_DEPTH_MAX, more fields than
 *                LG_FIELDS_MAX, memory above 8 times the size and 64 KiB, malformed, an enum value
 *                that is unknown, text that is not UTF-8 or holds a NUL
 */
LG_MUST_CHECK struct lg_status lg_decode(struct lg_arena *arena,
	const ProtobufCMessageDescriptor *descriptor, struct lg_bytes bytes,
	ProtobufCMessage **ret_message);

/*
 * Makes the immutable bytes of an event from its parts; message is encoded as body.
 *   refused  above LG_ENVELOPE_MAX: nothing may be stored that can never be sent
 */
LG_MUST_CHECK struct lg_status lg_envelope_wrap(
	struct lg_arena *arena, const struct lg_envelope *envelope, struct lg_bytes *ret_bytes);

/*
 * Reads an envelope and its body.  An unknown type is no fault: type and message are NULL.
 *   refused  whatever lg_decode refuses; ids of a wrong length; too many sealed values; a type
 *            that the service of the envelope may not send; a sealed value whose context is
 *            not the event's id
 */
LG_MUST_CHECK struct lg_status lg_envelope_unwrap(
	struct lg_arena *arena, struct lg_bytes bytes, struct lg_envelope *ret_envelope);

/* Actor to wire, which points into it, and back.  refused: ids of a wrong length, unknown role */
Lifeguard__Envelope__Actor *lg_actor_to_wire(struct lg_arena *arena, const struct lg_actor *actor);
LG_MUST_CHECK struct lg_status lg_actor_from_wire(
	const Lifeguard__Envelope__Actor *wire, struct lg_actor *ret_actor);

#endif
