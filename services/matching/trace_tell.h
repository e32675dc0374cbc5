/* What both sides of a trace tell each other: on_trace.c and on_traced.c speak through it. */
#ifndef SERVICES_MATCHING_TRACE_TELL_H
#define SERVICES_MATCHING_TRACE_TELL_H

#include "services/matching/handlers.h"

/* The audit record of a machine that opens count identities for a trace. */
struct lg_audit_entry trace_entry(const struct lg_item *item, uint32_t count);

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
