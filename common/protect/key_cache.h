/*
 * Opened data keys in one locked area, and the pair keys that grants are boxed with.
 * Least recently used go first; none stays longer than LG_KEY_LIFE_MS.
 */
#ifndef LG_PROTECT_KEY_CACHE_H
#define LG_PROTECT_KEY_CACHE_H

#include "common/base/calendar.h"
#include "common/base/id.h"
#include "common/protect/keyring.h"

#define LG_DATA_KEY_SIZE 32
#define LG_KEY_CACHE_MAX 8192
#define LG_KEY_LIFE_MS   (10 * LG_MINUTE_MS)

struct lg_key_cache;

/* Empty; free with lg_key_cache_free(), which wipes.  NULL is fine there. */
struct lg_key_cache *lg_key_cache_new(void);
void lg_key_cache_free(struct lg_key_cache *cache);

/* Wipes all keys, or those of one subject, who was erased. */
void lg_key_cache_drop_all(struct lg_key_cache *cache);
void lg_key_cache_drop(struct lg_key_cache *cache, struct lg_id subject);

/* Keys that it holds now. */
uint32_t lg_key_cache_count(const struct lg_key_cache *cache);

/*
 * Drops what is 10 minutes old.  Whatever is told a time (new, load, make, take) does so too; a
 * service that may be idle says it at each turn of its loop.  Time does not go back.
 */
void lg_key_cache_tick(struct lg_key_cache *cache, lg_ms now);

/* --- for this room only: nobody else handles bare keys ----------------------------------- */

/* Puts a key in, for 10 minutes from now; one that is there is only kept longer. */
void lg_key_cache_put(struct lg_key_cache *cache, struct lg_id key_id, struct lg_id subject,
	uint32_t class, const uint8_t key[LG_DATA_KEY_SIZE], lg_ms now);

/* The key of this id, subject and class, until the next call on the cache; NULL: not here. */
const uint8_t *lg_key_cache_find(
	struct lg_key_cache *cache, struct lg_id key_id, struct lg_id subject, uint32_t class);

/* Fresh random bytes (common/protect/locked.h), from the cache's own pool. */
void lg_key_cache_random(struct lg_key_cache *cache, void *ret_bytes, size_t size_bytes);

/* What crypto_box between us and one peer is precomputed to. */
struct lg_pair_key {
	uint8_t own_secret[32], peer_public[32];
	uint8_t own_public[32];
	uint8_t pair[32];
};

/* The pair key of two box keys, made when first asked for; NULL: the peer's key is malformed. */
const struct lg_pair_key *lg_key_cache_pair(
	struct lg_key_cache *cache, const uint8_t own_secret[32], const uint8_t peer_public[32]);

#endif
