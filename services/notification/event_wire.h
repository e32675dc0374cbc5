/*
 * What an event says, as facts that a text may tell and as what subscriptions are chosen by.
 *
 * Which field may be told stands in one table here: ids, codes, counts, times.  A string is told
 * only when it looks like a code, so that nothing that somebody typed gets into a notice.
 */
#ifndef NOTIFICATION_EVENT_WIRE_H
#define NOTIFICATION_EVENT_WIRE_H

#include <protobuf-c/protobuf-c.h>

#include "services/notification/domain/render.h"
#include "services/notification/domain/subscription.h"

/* What every event has around its message. */
struct event_frame {
	struct lg_id case_id;
	lg_ms recorded_at;
	const char *link; /* what stands before the case id in a link; "" when there is none */
};

/* Names of the facts that an event of this kind has; ends with NULL. */
void event_placeholders(enum told_event event, const char *ret_names[RENDER_FACTS_MAX + 1]);

/* The facts themselves; values live in the arena. */
void facts_from_event(struct lg_arena *arena, enum told_event event,
	const ProtobufCMessage *message, const struct event_frame *frame, struct facts *ret_facts);

/* What subscriptions are chosen by; station points into the message. */
struct told told_from_event(enum told_event event, const ProtobufCMessage *message);

/* Whether every row of the table names a field that its message has, of a kind that may be told. */
bool event_table_is_sound(void);

#endif
