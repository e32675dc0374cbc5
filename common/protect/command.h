/*
 * Commands and answers, closed from the gateway to the owning service and back.
 *
 * The bus sees type, key and times; the exact body, the token and the reply key lie in a
 * crypto_box_seal bound to that header by its digest.  The answer is a crypto_box from the
 * service's key to the reply key: nobody else can say "accepted".
 */
#ifndef LG_PROTECT_COMMAND_H
#define LG_PROTECT_COMMAND_H

#include "common/protect/keyring.h"
#include "common/stream/envelope.h"

#define LG_IF_MATCH_MAX 512 /* bytes */

/* A command as the program keeps it. */
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
	uint8_t reply_key[32];
};

/* What a service answers. */
struct lg_answered {
	uint32_t status;      /* HTTP */
	uint64_t version;     /* of the thing that is shown; 0: it has none */
	struct lg_bytes body; /* JSON */
};

/* The gateway's half of one answer: wipe with lg_reply_wipe when it has come or is given up. */
struct lg_reply {
	uint8_t public_key[32], secret_key[32];
};

/* Closes and signs; fills command->reply_key.  The encoded bus.Command is in the arena. */
struct lg_bytes lg_command_close(struct lg_arena *arena, const struct lg_own_keys *gateway,
	const struct lg_keyring *keyring, struct lg_command *command, struct lg_reply *ret_reply);

/*
 * Checks the gateway's signature and opens.
 *   ret_command  body and token in the arena
 *   refused      malformed, not signed by this site's gateway, not for this site and service,
 *                expired, header and box of two commands
 */
LG_MUST_CHECK struct lg_status lg_command_open(struct lg_arena *arena,
	const struct lg_own_keys *keys, const struct lg_keyring *keyring, struct lg_bytes bytes,
	lg_ms now, struct lg_command *ret_command);

/* The encoded bus.Answer, in the arena. */
struct lg_bytes lg_answer_close(struct lg_arena *arena, const struct lg_own_keys *keys,
	const struct lg_command *command, const struct lg_answered *answered);

/* Reads the command id of an answer, so that its reply can be looked up.  refused: malformed */
LG_MUST_CHECK struct lg_status lg_answer_id(
	struct lg_arena *arena, struct lg_bytes bytes, struct lg_id *ret_command_id);

/*
 * Opens an answer of one service.
 *   refused  malformed, not made by that service for this reply
 */
LG_MUST_CHECK struct lg_status lg_answer_open(struct lg_arena *arena,
	const struct lg_keyring *keyring, uint32_t service, const struct lg_reply *reply,
	struct lg_bytes bytes, struct lg_answered *ret_answered);

/* Leaves nothing of the reply's keys. */
void lg_reply_wipe(struct lg_reply *reply);

#endif
