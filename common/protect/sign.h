/*
 * Ed25519 over "context | bytes", and the digests that what is signed names.
 *
 * The context is a literal that says what kind of thing is signed, so that a signature over one
 * kind (a token) never passes for another (a batch).
 *
 * Digests are BLAKE2b-256, as crypto_generichash gives it, of many texts at once: a signed batch names one
 * for each of its events (origin.h), made by who signs and again by who checks.  One by one libsodium
 * takes 0.64 us for an event of 519 bytes, because a single text cannot fill a vector; eight side by
 * side take 0.20 us each with AVX-512 and 0.40 us with AVX2 (the function alone, by its processor
 * time), and nothing changes on the wire.
 */
#ifndef LG_PROTECT_SIGN_H
#define LG_PROTECT_SIGN_H

#include "common/base/arena.h"

#define LG_SIGNATURE_SIZE   64
#define LG_SIGN_PUBLIC_SIZE 32
#define LG_SIGN_SECRET_SIZE 64
#define LG_DIGEST_SIZE      32
#define LG_KEY_HINT_SIZE    8 /* first bytes of a public key: which one was used */

/* Signs; the copy that joins context and bytes stays in the arena. */
void lg_sign(struct lg_arena *arena, const char *context, struct lg_bytes bytes,
	const uint8_t secret_key[LG_SIGN_SECRET_SIZE], uint8_t ret_signature[LG_SIGNATURE_SIZE]);

/* False too for a signature of a wrong size and for the all-zero key of an absent service. */
bool lg_sign_check(struct lg_arena *arena, const char *context, struct lg_bytes bytes,
	struct lg_bytes signature, const uint8_t public_key[LG_SIGN_PUBLIC_SIZE]);

/* --- digests --------------------------------------------------------------------------- */

/* Ways to digest; every processor has the first. */
enum lg_digest_unit { LG_DIGEST_SINGLE, LG_DIGEST_AVX2, LG_DIGEST_AVX512, LG_DIGEST_UNIT_COUNT };

/* Whether this processor has it. */
bool lg_digest_has_unit(enum lg_digest_unit unit);

/*
 * Digests texts by the best that the processor has.
 *
 *   texts        of any sizes, also empty; their sizes are no secret
 *   ret_digests  count of them, in the order of the texts
 */
void lg_digests(
	const struct lg_bytes *texts, uint32_t count, uint8_t (*ret_digests)[LG_DIGEST_SIZE]);

/* The same by one of the units that lg_digest_has_unit(): the result is the same with every one. */
void lg_digests_by(enum lg_digest_unit unit, const struct lg_bytes *texts, uint32_t count,
	uint8_t (*ret_digests)[LG_DIGEST_SIZE]);

#endif
