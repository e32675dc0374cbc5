/*
 * What becomes of a request before it is sent inside: looked up, its token checked, its key and
 * document made.  Here stands every "no" that needs no service, so that a stranger costs them
 * nothing; the services check the token all the same.
 */
#ifndef GATEWAY_RECEPTION_H
#define GATEWAY_RECEPTION_H

#include "common/protect/token.h"
#include "services/gateway/domain/presence.h"
#include "services/gateway/inbox.h"
#include "services/gateway/relay.h"

#define RECEPTION_TOGETHER \
	64 /* commands in a row for one partition, of those that may go anywhere */

struct reception {
	const struct lg_keyring *keyring;
	struct lg_token_cache *tokens;
	struct presence presence;
	struct relay *relay;
	struct lg_pacts *pacts; /* whence fresh numbers come, too */
	struct inbox *inbox;
	struct {
		uint16_t partition;   /* as a set of one */
		uint32_t left;        /* so many more go there */
	} together[LG_SERVICE_COUNT]; /* what may go anywhere */
	struct lg_arena *arena;       /* of one request */
	/* Answers a request that needs no service; it is gone after it. */
	void (*reply)(struct http_request *request, const struct http_answer *answer);
	bool is_stopping;
};

/* Takes one request: answers it, or hands it to the relay.  Times as in relay_take(). */
void reception_take(
	struct reception *reception, struct http_request *request, lg_ms wall, uint64_t steady_ms);

/* A CLAIM that the bus passed on. */
void reception_claim(struct reception *reception, const struct lg_route *route,
	struct lg_bytes body, uint64_t steady_ms);

#endif
