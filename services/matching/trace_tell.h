/* What both sides of a trace tell each other: on_trace.c and on_traced.c speak through it. */
#ifndef SERVICES_MATCHING_TRACE_TELL_H
#define SERVICES_MATCHING_TRACE_TELL_H

#include "services/matching/handlers.h"

/* The machine that opens count identities for a trace, with one audit record. */
LG_MUST_CHECK struct lg_status trace_reader(struct lg_batch *batch, struct lg_item *item,
	enum lg_machine purpose, uint32_t count, struct lg_reader *ret_reader);

/* Publishes to the other site's matching. */
void trace_tell(struct lg_batch *batch, struct lg_item *item, uint32_t type,
	const ProtobufCMessage *message);

/* One side's yes or no. */
void trace_tell_approved(struct lg_batch *batch, struct lg_item *item);
void trace_tell_declined(struct lg_batch *batch, struct lg_item *item);

/* Both have agreed: this side's names, sealed anew under the trace's own name. */
void trace_tell_names(struct lg_batch *batch, struct lg_item *item);

/* This side's record of the trace; NULL when it has none or she may not be traced any more. */
const struct person_record *trace_own_record(struct lg_item *item);

#endif
