/*
 * The digests of many texts at once: BLAKE2b-256, as crypto_generichash gives it.
 *
 * A signed batch names the digest of each of its events (origin.h), so each is digested by who signs and by
 * who checks.  One by one libsodium takes 0.64 us for an event of 519 bytes, because a single
 * text cannot fill a vector; eight side by side take 0.20 us each with AVX-512 and 0.40 us with AVX2 (the
 * function alone, by its processor time), and nothing changes on the wire.
 */
#ifndef LG_PROTECT_DIGESTS_H
#define LG_PROTECT_DIGESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"

#define LG_DIGEST_SIZE 32

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
