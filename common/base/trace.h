/*
 * Which request set a thing off, as W3C Trace Context names it (https://www.w3.org/TR/trace-context):
 * a trace of 16 bytes and, in it, the span that a thing belongs under.
 *
 * An event is a span of its own; its name is the random half of its id, so that none is stored.
 * Numbers only: nothing of a person, and no meaning to anybody who does not have the log that
 * wrote them.
 */
#ifndef LG_BASE_TRACE_H
#define LG_BASE_TRACE_H

#include "common/base/id.h"

#define LG_TRACE_SIZE  16
#define LG_SPAN_SIZE   8
#define LG_TRACE_BYTES (LG_TRACE_SIZE + LG_SPAN_SIZE)
#define LG_TRACEPARENT 56 /* "00-<32>-<16>-01" and a NUL */

/* All zero: no trace. */
struct lg_trace {
	uint8_t id[LG_TRACE_SIZE];
	uint8_t parent[LG_SPAN_SIZE]; /* the span above */
};

_Static_assert(sizeof(struct lg_trace) == LG_TRACE_BYTES, "kept as one run of bytes");

/* Whether there is a trace: neither half is zero. */
bool lg_trace_is_set(const struct lg_trace *trace);

/* The same trace under the span of an event of it. */
struct lg_trace lg_trace_under(const struct lg_trace *trace, struct lg_id event_id);

/* Both halves as one run of LG_TRACE_BYTES; nothing when there is no trace. */
struct lg_bytes lg_trace_bytes(const struct lg_trace *trace);

/* Bytes as lg_trace_bytes() gives them; whatever else: no trace. */
struct lg_trace lg_trace_from_bytes(struct lg_bytes bytes);

/*
 * Reads the header `traceparent`, of version 00 or of a later one that begins like it.
 *   refused  malformed, capital letters, zeros, version ff: a new trace begins, says the standard
 */
LG_MUST_CHECK struct lg_status lg_trace_parse(const char *text, struct lg_trace *ret_trace);

/* Writes it as `traceparent`, version 00, sampled. */
void lg_trace_print(const struct lg_trace *trace, char ret_text[LG_TRACEPARENT]);

#endif
