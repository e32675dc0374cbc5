/*
 * HTTP to the outside: libmicrohttpd on the loop, requests in, answers out, later if need be.
 *
 * A request is handed over whole, its connection sleeps until it is answered.  Bounds: 256
 * connections, 128 from one address, 16 KiB of headers, 256 KiB a body, 30 s of silence.  Nothing of a request is
 * logged, every answer says Cache-Control: no-store, and bodies are wiped when they are freed,
 * because they hold passwords and names on their way through.
 */
#ifndef GATEWAY_HTTP_H
#define GATEWAY_HTTP_H

#include <uv.h>

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/base/status.h"
#include "common/base/trace.h"
#include "services/gateway/domain/problem.h"
#include "services/gateway/sse.h"
#include "services/gateway/tag.h"

#define HTTP_BODY_MAX        (256u * 1024u)
#define HTTP_CONNECTIONS_MAX 256
#define HTTP_ADDRESS_MAX     128 /* connections of one address */
#define HTTP_TIMEOUT_S       30
#define HTTP_HEADERS_MAX     16384u /* bytes of one connection; zeroed for every request, so it costs */

struct http;
struct inbox_client;

/* One request; alive until it is answered.  Texts are as sent, NULL when absent. */
struct http_request {
	const char *method;
	char *path;
	const char *authorization, *idempotency_key, *content_type;
	uint32_t argument_count;                    /* behind '?' */
	const char *argument_name, *argument_value; /* the first of them */
	struct lg_bytes body;
	const char *last_event_id, *if_none_match, *if_match;
	uint32_t if_match_count; /* header lines; more than one is not taken */
	const char *traceparent; /* W3C Trace Context */
	struct lg_trace trace;   /* set by who takes it; answered as traceparent unless zero */
	struct lg_id address;    /* of the client; one of version 4 as ::ffff:a.b.c.d */
	bool is_loopback;        /* it stands on this machine: perhaps a proxy for many */
	bool is_tagged;          /* set by who takes it: the answer is one thing and gets an ETag */
	struct inbox_client *asker; /* an inbox asks it, no client: inbox_heard() has the answer */
	struct http_exchange *exchange; /* this file's own; NULL in tests of others */
};

struct http_answer {
	uint32_t status;
	uint64_t version;       /* of the thing, for its ETag; 0: it has none */
	struct lg_bytes body;   /* JSON; copied; a problem document when status >= 400 */
	const char *allow;      /* NULL, or the Allow header */
	const char *command_id; /* NULL, or the Idempotency-Key to ask again with */
	uint32_t retry_after_s; /* 0: none */
};

struct http_options {
	uv_loop_t *loop;
	const char
		*listen; /* "127.0.0.1:7717", "[::1]:7717": numbers only, port 0 takes a free one */
	void (*take)(void *user, struct http_request *request);
	void *user;
	const uint8_t *tag_key; /* TAG_KEY_SIZE bytes, of the caller */
};

struct http_counts {
	uint64_t requests, answered_2xx, answered_4xx, answered_5xx;
	uint32_t connections;
};

/*
 *   ret_problem  one line for a person, static
 *   refused      not an address, or it is taken
 */
LG_MUST_CHECK struct lg_status http_new(
	const struct http_options *options, struct http **ret_http, const char **ret_problem);

/* The port that is listened on. */
uint16_t http_port(const struct http *http);

/* Answers a request, at once or later; the request is gone after it. */
void http_reply(struct http_request *request, const struct http_answer *answer);

/*
 * Answers a request with a stream of events; the request is gone after it.
 *   closed  the client has gone; not called once the stream was ended
 */
struct sse *http_stream(struct http_request *request, void (*closed)(void *owner), void *owner);

/* Takes no new connection; what is open goes on and is closed behind its answer. */
void http_stop_accepting(struct http *http);

/* Every request must be answered, every stream ended before.  Closes the connections; memory goes with the loop. */
void http_free(struct http *http);

/* What happened since the start, and the connections that are open now. */
struct http_counts http_counts(const struct http *http);

#endif
