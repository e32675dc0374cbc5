/* What both sides of a trace tell each other: on_trace.c and on_traced.c speak through it. */
#ifndef SERVICES_MATCHING_TRACE_TRACE_TELL_H
#define SERVICES_MATCHING_TRACE_TRACE_TELL_H

#include "services/matching/handlers.h"

/* The audit record of a machine that opens count identities for a trace. */
struct lg_audit_entry trace_entry(const struct lg_item *item, uint32_t count);

/* Publishes to the other site's matching. */
void trace_tell(struct lg_batch *batch, struct lg_item *item, const struct trace *trace,
	uint32_t type, const ProtobufCMessage *message);

/*
 * What the answering side says to a question; of a hit, whom to ask for, and this site's readers
 * hear of it, too.
 *   record  of the hit, else NULL
 */
void trace_tell_answer(struct lg_batch *batch, struct lg_item *item, const struct trace *trace,
	enum trace_outcome outcome, const struct person_record *record);

/* Somebody may be known at the other site: told to this site's readers, once on each side. */
void trace_tell_hit(struct lg_batch *batch, struct lg_item *item, const struct trace *trace);

/* One side's yes or no. */
void trace_tell_approved(struct lg_batch *batch, struct lg_item *item);
void trace_tell_declined(struct lg_batch *batch, struct lg_item *item, const struct trace *trace);

/* Writes it, and sees to it that it is deleted when it expires. */
void trace_keep(struct lg_batch *batch, struct lg_item *item, const struct trace *trace);

/* She may not be asked for any more: ends every trace of hers and tells the other sides. */
void traces_withdraw(struct lg_batch *batch, struct lg_item *item, const struct lg_found *live);

/* Both have agreed: this side's names, sealed anew under the trace's own name. */
void trace_tell_names(struct lg_batch *batch, struct lg_item *item);

/* This side's record of the trace; NULL when it has none or her name may not cross. */
const struct person_record *trace_own_record(struct lg_item *item);

#endif
