/*
 * Inboxes: what changes in a service's list, told to every client that keeps a stream open for it.
 *
 * Nothing is kept here and nothing opened: for each client its service is asked when it has said
 * that something changed, else every two seconds, with that client's own token, and what is not as
 * it was at the last turn is sent on.  A turn with
 * news ends with the event `listed`, that names all rows: after it the client knows exactly what
 * the inbox holds, whatever it missed.
 *
 * No socket and no clock: times and answers come in, requests and events go out by callbacks.
 */
#ifndef GATEWAY_INBOX_H
#define GATEWAY_INBOX_H

#include "common/protect/token.h"
#include "services/gateway/domain/presence.h"
#include "services/gateway/relay.h"
#include "services/gateway/routes.h"

#define INBOX_CLIENTS_MAX  64
#define INBOX_OF_ONE_MAX   4 /* of one account; of one address too, when it is not this machine's */
#define INBOX_ASK_MS       2000
#define INBOX_NEWS_MS      20 /* between two turns, however much changes */
#define INBOX_HEARTBEAT_MS 15000

struct inbox;

/* The outside; http.h and sse.h, or a test. */
struct inbox_door {
	void (*reply)(struct http_request *request, const struct http_answer *answer);
	struct sse *(*open)(struct http_request *request, void (*closed)(void *owner), void *owner);
	void (*event)(struct sse *sse, const char *event, const char *id, struct lg_bytes data);
	void (*heartbeat)(struct sse *sse);
	bool (*is_gone)(const struct sse *sse);
	void (*end)(struct sse *sse);
};

struct inbox_options {
	const struct lg_keyring *keyring;
	struct lg_token_cache *tokens;
	const struct presence *presence;
	struct relay *relay; /* what it answers to a request with an asker goes to inbox_heard() */
	struct inbox_door door;
	uint64_t (*random)(void);
	const uint8_t *tag_key; /* TAG_KEY_SIZE bytes, of the caller */
};

/* Who wants to listen; read during the call only. */
struct inbox_wish {
	struct http_request *request;
	struct route_target target; /* a route with ROUTE_BODY_INBOX */
	struct lg_bytes token;
	struct lg_id user;
};

struct inbox *inbox_new(const struct inbox_options *options);

/* Nothing may be asked any more: the relay has given up all. */
void inbox_free(struct inbox *inbox);

/* Takes a client: its request is answered now, or when the service has answered. */
void inbox_take(struct inbox *inbox, const struct inbox_wish *wish, lg_ms wall, uint64_t steady_ms);

/* A service says that something changed: those who listen to it are asked for anew. */
void inbox_news(struct inbox *inbox, uint32_t service, lg_ms wall, uint64_t steady_ms);

/* The answer to a request whose asker is a client of this inbox. */
void inbox_heard(struct http_request *request, const struct http_answer *answer);

/* Asks for whom it is time, lets others hear that the line stands, ends what is over. */
void inbox_tick(struct inbox *inbox, lg_ms wall, uint64_t steady_ms);

/* Ends every stream and takes nobody any more. */
void inbox_stop(struct inbox *inbox);

/* Clients that are here now. */
uint32_t inbox_clients(const struct inbox *inbox);

#endif
