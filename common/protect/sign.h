/*
 * Ed25519 over "context | bytes".
 *
 * The context is a literal that says what kind of thing is signed, so that a signature over one
 * kind (a token) never passes for another (a batch).
 */
#ifndef LG_PROTECT_SIGN_H
#define LG_PROTECT_SIGN_H

#include "common/base/arena.h"

#define LG_SIGNATURE_SIZE   64
#define LG_SIGN_PUBLIC_SIZE 32
#define LG_SIGN_SECRET_SIZE 64
#define LG_KEY_HINT_SIZE    8 /* first bytes of a public key: which one was used */

/* Signs; the copy that joins context and bytes stays in the arena. */
void lg_sign(struct lg_arena *arena, const char *context, struct lg_bytes bytes,
	const uint8_t secret_key[LG_SIGN_SECRET_SIZE], uint8_t ret_signature[LG_SIGNATURE_SIZE]);

/* False too for a signature of a wrong size and for the all-zero key of an absent service. */
bool lg_sign_check(struct lg_arena *arena, const char *context, struct lg_bytes bytes,
	struct lg_bytes signature, const uint8_t public_key[LG_SIGN_PUBLIC_SIZE]);

#endif
