/*
 * One answer that does not end: server-sent events to one client, over libmicrohttpd.
 *
 * Events are written into a bounded buffer and leave as the client takes them; while there is
 * nothing to send its connection sleeps.  A client that does not take SSE_UNSENT_MAX bytes is cut off.
 */
#ifndef GATEWAY_SSE_H
#define GATEWAY_SSE_H

#include <microhttpd.h>

#include "common/base/bytes.h"

#define SSE_UNSENT_MAX (256u * 1024u)

struct sse;

struct sse_options {
	struct MHD_Connection *connection;
	/* The connection was waked: MHD wants to be called soon. */
	void (*wake)(void *user);
	void *user;
	/* The client is gone and the stream with it; not called once the stream was ended. */
	void (*closed)(void *owner);
	void *owner;
};

/*
 * A stream and the response that carries it; whoever calls queues the response and destroys its
 * own hold of it, the stream goes with it.
 */
struct sse *sse_new(const struct sse_options *options, struct MHD_Response **ret_response);

/*
 * Sends one event.
 *   event  its name, a literal
 *   id     NULL, or what the client gives back as Last-Event-ID; no line break
 *   data   text; may have line breaks
 */
void sse_event(struct sse *sse, const char *event, const char *id, struct lg_bytes data);

/* A comment, so that both ends see that the line stands. */
void sse_heartbeat(struct sse *sse);

/* Whether the client has hung up; MHD itself sees that only when it writes. */
bool sse_is_gone(const struct sse *sse);

/* What was written still leaves, then the answer is at its end; not to be used after it. */
void sse_end(struct sse *sse);

#endif
