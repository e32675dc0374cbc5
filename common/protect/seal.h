/*
 * The only door to plain text of personal data.
 *
 * XChaCha20-Poly1305-IETF (libsodium) under a data key per subject and class.  The associated
 * data are built by the receiver, 76 bytes, never sent:
 *   "LGS1" | version u8 | class u8 | algorithm u8 = 1 | 0 | key_id 16 | subject 16 | case 16 |
 *   context 16 | content u32 little endian
 * so a value moved to another person, case, event, class or content does not open.  Inside, the
 * text is padded (sodium_pad) to a bucket: identity, source, staff 256, 512, 1024, 2048; narrative
 * a power of two from 1 KiB to 64 KiB.  Nonces are 24 random bytes.
 * key_id = BLAKE2b-128(key = data key, "LGK1" | subject | class u8): commits to the key.
 */
#ifndef LG_PROTECT_SEAL_H
#define LG_PROTECT_SEAL_H

#include "common/protect/keyring.h"
#include "common/protect/reader.h"
#include "common/stream/envelope.h"

enum lg_class { LG_CLASS_IDENTITY = 1, LG_CLASS_NARRATIVE, LG_CLASS_SOURCE, LG_CLASS_STAFF };

#define LG_DATA_KEY_SIZE 32
#define LG_WRAPPED_SIZE  72 /* nonce 24 | key 32 | tag 16 */
#define LG_KEY_CACHE_MAX 8192

/* Opened data keys in one locked area; least recently used go first, after 10 minutes at most. */
struct lg_key_cache;

struct lg_key_cache *lg_key_cache_new(void);
void lg_key_cache_free(struct lg_key_cache *cache); /* wipes; NULL is fine */
void lg_key_cache_drop_all(struct lg_key_cache *cache);
void lg_key_cache_drop(struct lg_key_cache *cache, struct lg_id subject);
uint32_t lg_key_cache_count(const struct lg_key_cache *cache);

/* A data key at rest: a row of subject_key. */
struct lg_wrapped_key {
	struct lg_id subject;
	uint32_t class;
	struct lg_id key_id;
	uint64_t epoch; /* of the key-encryption key */
	uint8_t wrapped[LG_WRAPPED_SIZE];
};

/* What is sealed, and what binds it. */
struct lg_seal_place {
	struct lg_id subject, case_id, context; /* context: id of the event that carries it */
	enum lg_class class;
	uint32_t content; /* registry number of the message inside */
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

/*
 * Seals a message under a cached key.
 *   ret_sealed  in the arena
 *   refused     the key is not in the cache; the text is above its class's largest bucket
 */
LG_MUST_CHECK struct lg_status lg_seal(struct lg_arena *arena, struct lg_key_cache *cache,
	const struct lg_seal_place *place, struct lg_id key_id, const ProtobufCMessage *message,
	Lifeguard__Envelope__Sealed **ret_sealed);

/*
 * Opens a sealed value for a reader and decodes it.  There is no other way.
 *   reader       who reads, and why; its audit record was queued when it was made
 *   place        as the receiver knows it: subject, case, event, class, content
 *   ret_message  in the arena, which is wiped
 *   refused      the reader may not read this class; the key is not here; the value was moved
 *                or changed; the text does not decode
 */
LG_MUST_CHECK struct lg_status lg_open(struct lg_arena *arena, struct lg_key_cache *cache,
	const struct lg_reader *reader, const struct lg_seal_place *place,
	const Lifeguard__Envelope__Sealed *sealed, ProtobufCMessage **ret_message);

#endif
