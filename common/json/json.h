/*
 * A message to JSON and back, by its protobuf-c descriptor: one mapping for all of them.
 *
 * Names are the .proto's own.  bytes are lower-case hexadecimal; int64 and uint64 are numbers;
 * enums are their names in lower case ("potential_victim"); a oneof of one is left out when
 * absent; fields with the standard value are written all the same, empty repeated ones as [].
 * A name that the document leaves out keeps its standard value; null is a wrong type.  uint64
 * above 2^63 - 1 is written, but refused when read.
 *
 * Documents hold names of persons: what the parser keeps on the heap is wiped when it is freed.
 */
#ifndef LG_JSON_JSON_H
#define LG_JSON_JSON_H

#include "common/base/arena.h"
#include "common/stream/envelope.h"

#define LG_JSON_MAX        (256u * 1024u) /* bytes of one document */
#define LG_JSON_VALUES_MAX 16384          /* values in it, nested ones counted */
#define LG_JSON_DEPTH_MAX  8              /* messages in messages */
#define LG_JSON_ERRORS_MAX 16

/* What is wrong with a field, for problem details: a pointer (RFC 6901) and a literal. */
struct lg_field_error {
	const char *pointer; /* "/persons/3/age_years", in the arena; "" is the whole document */
	const char *reason;  /* static */
};

struct lg_field_errors {
	uint32_t count;
	struct lg_field_error at[LG_JSON_ERRORS_MAX];
};

/*
 * JSON from outside to a message in the arena.
 *   refused  not one JSON object, too deep or large, an unknown or doubled name, a wrong type, a
 *            number out of range, bad hexadecimal, an unknown enum name; the first
 *            LG_JSON_ERRORS_MAX are in ret_errors, which is set in any case
 */
LG_MUST_CHECK struct lg_status lg_json_read(struct lg_arena *arena,
	const ProtobufCMessageDescriptor *descriptor, struct lg_bytes json,
	ProtobufCMessage **ret_message, struct lg_field_errors *ret_errors);

/* A message as JSON text in the arena, in the order of its fields. */
struct lg_bytes lg_json_write(struct lg_arena *arena, const ProtobufCMessage *message);

/*
 * A problem document (RFC 9457) in the arena.
 *   title, detail  literals or arena text without personal data
 *   errors         NULL, or field errors
 */
struct lg_bytes lg_json_problem(struct lg_arena *arena, uint32_t status, const char *title,
	const char *detail, const struct lg_field_errors *errors);

#endif
