/*
 * Data keys: one per subject and class, at rest only wrapped under a key-encryption key.
 *
 * key_id = BLAKE2b-128(key = data key, "LGK1" | subject | class u8): it commits to the key, so
 * that nobody can give two partners two keys (two stories) under one id.
 * The wrap is XChaCha20-Poly1305-IETF with associated data
 * "LGW1" | subject 16 | class u8 | key_id 16 | epoch u64 little endian.
 */
#ifndef LG_PROTECT_DATA_KEY_H
#define LG_PROTECT_DATA_KEY_H

#include "common/protect/key_cache.h"

enum lg_class { LG_CLASS_IDENTITY = 1, LG_CLASS_NARRATIVE, LG_CLASS_SOURCE, LG_CLASS_STAFF };

#define LG_WRAPPED_SIZE 72 /* nonce 24 | key 32 | tag 16 */

/* A data key at rest: a row of subject_key. */
struct lg_wrapped_key {
	struct lg_id subject;
	uint32_t class;
	struct lg_id key_id;
	uint64_t epoch; /* of the key-encryption key */
	uint8_t wrapped[LG_WRAPPED_SIZE];
};

/* Makes a fresh data key, wraps it under the current key-encryption key and caches it. */
struct lg_wrapped_key lg_data_key_new(const struct lg_own_keys *keys, struct lg_key_cache *cache,
	struct lg_id subject, enum lg_class class, lg_ms now);

/*
 * Unwraps a stored key into the cache.
 *   refused  its epoch is no longer here (erased), or it does not open
 */
LG_MUST_CHECK struct lg_status lg_data_key_load(const struct lg_own_keys *keys,
	struct lg_key_cache *cache, const struct lg_wrapped_key *wrapped, lg_ms now);

/* --- for this room only: nobody else handles bare keys ----------------------------------- */

/* The id that commits to this key. */
struct lg_id lg_data_key_id(
	const uint8_t key[LG_DATA_KEY_SIZE], struct lg_id subject, uint32_t class);

/* The key under the current key-encryption key; the service must have one. */
struct lg_wrapped_key lg_data_key_wrap(const struct lg_own_keys *keys,
	const uint8_t key[LG_DATA_KEY_SIZE], struct lg_id key_id, struct lg_id subject,
	uint32_t class);

/* Whether the key of this id is in the cache, so that it can be granted. */
bool lg_data_key_is_here(
	struct lg_key_cache *cache, struct lg_id key_id, struct lg_id subject, enum lg_class class);

#endif
