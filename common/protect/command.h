/*
 * Commands and answers, closed from the gateway to the owning service and back.
 *
 * The bus sees type, key and times; the exact body and the token lie in a box under the pact of
 * gateway and service (pact.h), bound to that header.  The answer is a box under the pact's other
 * key, bound to the same header and to the command's own nonce: nobody else can say "accepted",
 * and what was said to one command, or to one sending of it, is no answer to another.
 */
#ifndef LG_PROTECT_COMMAND_H
#define LG_PROTECT_COMMAND_H

#include "common/protect/keyring.h"
#include "common/protect/pact.h"
#include "common/stream/envelope.h"

#define LG_IF_MATCH_MAX 512 /* bytes */
#define LG_BOUND_SIZE   76  /* what an answer is bound to: its command's header and nonce */

/* What closes and opens one answer: wipe with lg_reply_wipe when it has come or is given up. */
struct lg_reply {
	uint8_t key[LG_PACT_KEY];
	uint8_t bound[LG_BOUND_SIZE];
};

/* A command as the program keeps it. */
/* From when a gateway takes a command until it has expired, by the gateway's clock. */
#define LG_COMMAND_MS 10000

struct lg_command {
	struct lg_id command_id;
	uint32_t type; /* registry number */
	struct lg_id key;
	uint16_t site;
	uint8_t service;
	lg_ms expires_at;
	struct lg_bytes body;     /* exact JSON */
	struct lg_bytes token;    /* SignedToken; may be empty */
	struct lg_bytes if_match; /* the header as it was sent; empty: none */
	struct lg_trace trace;    /* zero: none */
	bool is_new_id;           /* the gateway made command_id for this command */
	struct lg_reply reply;    /* its answer's */
};

/* What a service answers. */
struct lg_answered {
	uint32_t status;      /* HTTP */
	uint64_t version;     /* of the thing that is shown; 0: it has none */
	struct lg_bytes body; /* JSON */
};

/*
 * Closes under the gateway's pact with command->service, and fills command->reply, which the
 * gateway keeps for the answer.
 *   returns  the encoded bus.Command, in the arena; one that nobody opens where the keyring has no
 *            such service
 */
struct lg_bytes lg_command_close(
	struct lg_arena *arena, struct lg_pacts *gateway, struct lg_command *command, lg_ms now);

/*
 * Takes the pact that the gateway offers, and opens.
 *   ret_command  body and token in the arena
 *   refused      malformed, not under a pact with this site's gateway (pact.h), not for this site and
 *                service, expired, header and box of two commands
 */
LG_MUST_CHECK struct lg_status lg_command_open(struct lg_arena *arena, struct lg_pacts *service,
	struct lg_bytes bytes, lg_ms now, struct lg_command *ret_command);

/* The encoded bus.Answer, in the arena.  service: the pacts whose process answers. */
struct lg_bytes lg_answer_close(struct lg_arena *arena, struct lg_pacts *service,
	const struct lg_command *command, const struct lg_answered *answered);

/* Reads the command id of an answer, so that its reply can be looked up.  refused: malformed */
LG_MUST_CHECK struct lg_status lg_answer_id(
	struct lg_arena *arena, struct lg_bytes bytes, struct lg_id *ret_command_id);

/*
 * Opens the answer to one command.
 *   refused  malformed, not made by the service that was asked, for this sending of the command
 */
LG_MUST_CHECK struct lg_status lg_answer_open(struct lg_arena *arena, const struct lg_reply *reply,
	struct lg_bytes bytes, struct lg_answered *ret_answered);

/* Leaves nothing of the reply's key. */
void lg_reply_wipe(struct lg_reply *reply);

#endif
