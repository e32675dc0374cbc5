/*
 * Requests on their way to a service and back: closed here, opened there, asked again meanwhile.
 *
 * The bus may lose, double or delay every frame; a command has an id made by the client, so it
 * is simply sent again until it is answered or its deadline has come.  What then is known is
 * said: "not delivered" when every copy came back, "unknown" when one did not.
 *
 * No socket and no clock: frames and times come in, frames and answers go out by callbacks.
 */
#ifndef GATEWAY_RELAY_H
#define GATEWAY_RELAY_H

#include "common/link/route.h"
#include "common/protect/command.h"
#include "services/gateway/http.h"

#define RELAY_PENDING_MAX 1024 /* requests awaiting their answer */
#define RELAY_DEADLINE_MS LG_COMMAND_MS
#define RELAY_RETURNED_MS 100  /* pause after a copy came back, or the line was full */
#define RELAY_SILENCE_MS  1500 /* no answer for so long: send it again */

struct relay;

struct relay_options {
	uint16_t site;          /* ours */
	struct lg_pacts *pacts; /* the gateway's; kept, not owned */
	/* Queues a frame to the bus; retry: the line is full */
	struct lg_status (*send)(void *user, const struct lg_route *route, struct lg_bytes body);
	/* Answers a request; it is gone after it. */
	void (*reply)(struct http_request *request, const struct http_answer *answer);
	void *user;
};

/* What is to be sent. */
struct relay_wish {
	struct lg_id command_id;
	bool is_new_id; /* made here, for this wish */
	uint32_t type;  /* registry number */
	enum lg_service_number service;
	struct lg_id key;
	struct lg_bytes body; /* read during the call only, as token is */
	struct lg_bytes token;
	struct lg_trace trace;    /* zero: none */
	struct lg_bytes if_match; /* the header; empty: none */
	struct http_request *request;
};

struct relay_counts {
	uint64_t sent, resent, answered, returned, not_delivered, unknown, refused_answers;
	uint32_t pending;
};

struct relay *relay_new(const struct relay_options *options);

/* Nothing may be pending any more. */
void relay_free(struct relay *relay);

/*
 * Closes a wish and sends it; the request is answered now or later.
 *   wall       time of day: the command expires RELAY_DEADLINE_MS later
 *   steady_ms  as in every call: milliseconds that never jump
 */
void relay_take(struct relay *relay, const struct relay_wish *wish, lg_ms wall, uint64_t steady_ms);

/* ANSWER and UNDELIVERED frames; others are left alone. */
void relay_frame(struct relay *relay, const struct lg_route *route, struct lg_bytes body,
	uint64_t steady_ms);

/* Sends again what is due and gives up what is too late.  To be called every 50 ms or so. */
void relay_tick(struct relay *relay, uint64_t steady_ms);

/* Answers everything that is pending, as if its deadline had come. */
void relay_give_up(struct relay *relay);

/* Answers a request with one of the gateway's own problems. */
void relay_refuse(struct relay *relay, struct http_request *request, enum problem_kind kind,
	const char *allow, const struct lg_id *command_id);

/* What happened since the start, and what is pending now. */
struct relay_counts relay_counts(const struct relay *relay);

#endif
