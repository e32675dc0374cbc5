/* Bare data keys, for as short as useful and in locked memory only (key_cache.h). */
#include "common/protect/key_cache.h"

#include <assert.h>

#include "common/protect/locked.h"

#define SLOT_COUNT (2 * LG_KEY_CACHE_MAX)
#define NONE       UINT32_MAX
#define PAIRS_MAX  64 /* peers' services that we exchange grants with; the next takes a place */

static_assert((SLOT_COUNT & (SLOT_COUNT - 1)) == 0, "a hash is cut to a slot by a mask");
static_assert(crypto_box_BEFORENMBYTES == 32, "precomputed pair key");

struct entry {
	uint8_t key[LG_DATA_KEY_SIZE];
	struct lg_id key_id, subject;
	lg_ms put_at;
	uint32_t class;
	uint32_t hash;         /* of key_id */
	uint32_t newer, older; /* in order of use; a free place: older is the next free one */
};

/*
 * Where an entry lies: at the slot of its hash, or behind it where that was taken.  Whoever looks for a
 * key that is not here, as each fresh one, meets hashes and touches no entry.
 */
struct slot {
	uint32_t place, hash;
};

struct lg_key_cache {
	lg_ms now;        /* the latest that we were told */
	lg_ms oldest_put; /* no entry was put in earlier */
	uint32_t count;
	uint32_t free;           /* first free place */
	uint32_t newest, oldest; /* by use */
	uint32_t pair_count, pair_next;
	uint8_t hash_key
		[crypto_shorthash_KEYBYTES]; /* peers choose key ids: no chosen collisions */
	struct slot slots[SLOT_COUNT];
	struct entry entries[LG_KEY_CACHE_MAX];
	struct lg_pair_key pairs[PAIRS_MAX];
	struct lg_fresh fresh;
};

/* --- places ---------------------------------------------------------------------------- */

static uint32_t hash_of(const struct lg_key_cache *cache, struct lg_id key_id)
{
	uint64_t hash;

	static_assert(sizeof hash == crypto_shorthash_BYTES, "SipHash-2-4");
	crypto_shorthash((uint8_t *)&hash, key_id.byte, LG_ID_SIZE, cache->hash_key);
	return (uint32_t)hash;
}

static uint32_t next_slot(uint32_t slot)
{
	return (slot + 1) & (SLOT_COUNT - 1);
}

/* Half of the slots are free, so every walk ends. */
static uint32_t find_place(const struct lg_key_cache *cache, uint32_t hash, struct lg_id key_id)
{
	uint32_t at = hash & (SLOT_COUNT - 1);

	for (; cache->slots[at].place != NONE; at = next_slot(at)) {
		const struct slot *slot = &cache->slots[at];

		if (slot->hash == hash && lg_id_equal(cache->entries[slot->place].key_id, key_id))
			return slot->place;
	}
	return NONE;
}

static void take_slot(struct lg_key_cache *cache, uint32_t hash, uint32_t place)
{
	uint32_t at = hash & (SLOT_COUNT - 1);

	while (cache->slots[at].place != NONE)
		at = next_slot(at);
	cache->slots[at] = (struct slot){ .place = place, .hash = hash };
}

/* Those behind it that a walk would not find any more move up. */
static void give_slot(struct lg_key_cache *cache, uint32_t hash, uint32_t place)
{
	uint32_t hole = hash & (SLOT_COUNT - 1);

	while (cache->slots[hole].place != place) {
		assert(cache->slots[hole].place != NONE);
		hole = next_slot(hole);
	}
	for (uint32_t at = next_slot(hole); cache->slots[at].place != NONE; at = next_slot(at)) {
		uint32_t from = cache->slots[at].hash & (SLOT_COUNT - 1);

		if (((at - from) & (SLOT_COUNT - 1)) >= ((at - hole) & (SLOT_COUNT - 1))) {
			cache->slots[hole] = cache->slots[at];
			hole = at;
		}
	}
	cache->slots[hole].place = NONE;
}

static void unlink_use(struct lg_key_cache *cache, const struct entry *entry)
{
	if (entry->newer == NONE)
		cache->newest = entry->older;
	else
		cache->entries[entry->newer].older = entry->older;
	if (entry->older == NONE)
		cache->oldest = entry->newer;
	else
		cache->entries[entry->older].newer = entry->newer;
}

static void link_newest(struct lg_key_cache *cache, uint32_t place)
{
	struct entry *entry = &cache->entries[place];

	entry->newer = NONE;
	entry->older = cache->newest;
	if (cache->newest == NONE)
		cache->oldest = place;
	else
		cache->entries[cache->newest].newer = place;
	cache->newest = place;
}

static void drop_place(struct lg_key_cache *cache, uint32_t place)
{
	struct entry *entry = &cache->entries[place];

	give_slot(cache, entry->hash, place);
	unlink_use(cache, entry);
	sodium_memzero(entry, sizeof *entry);
	entry->older = cache->free;
	cache->free = place;
	cache->count--;
}

/* A free place, or that of the least recently used: not wiped, its new owner overwrites it whole. */
static uint32_t take_place(struct lg_key_cache *cache)
{
	uint32_t place = cache->free;

	if (place != NONE) {
		cache->free = cache->entries[place].older;
		cache->count++;
		return place;
	}
	place = cache->oldest;
	give_slot(cache, cache->entries[place].hash, place);
	unlink_use(cache, &cache->entries[place]);
	return place;
}

static void empty(struct lg_key_cache *cache)
{
	sodium_memzero(cache->entries, sizeof cache->entries);
	sodium_memzero(cache->pairs, sizeof cache->pairs);
	cache->count = cache->pair_count = cache->pair_next = 0;
	cache->newest = cache->oldest = NONE;
	cache->oldest_put = INT64_MAX;
	for (uint32_t i = 0; i < SLOT_COUNT; i++)
		cache->slots[i] = (struct slot){ .place = NONE };
	for (uint32_t i = 0; i < LG_KEY_CACHE_MAX; i++)
		cache->entries[i].older = i + 1 < LG_KEY_CACHE_MAX ? i + 1 : NONE;
	cache->free = 0;
}

/* --- life ------------------------------------------------------------------------------ */

struct lg_key_cache *lg_key_cache_new(void)
{
	struct lg_key_cache *cache = lg_locked_new(sizeof *cache);

	randombytes_buf(cache->hash_key, sizeof cache->hash_key);
	empty(cache);
	return cache;
}

void lg_key_cache_free(struct lg_key_cache *cache)
{
	sodium_free(cache); /* wipes */
}

void lg_key_cache_drop_all(struct lg_key_cache *cache)
{
	empty(cache);
}

void lg_key_cache_drop(struct lg_key_cache *cache, struct lg_id subject)
{
	uint32_t place = cache->newest;

	while (place != NONE) {
		uint32_t older = cache->entries[place].older;

		if (lg_id_equal(cache->entries[place].subject, subject))
			drop_place(cache, place);
		place = older;
	}
}

uint32_t lg_key_cache_count(const struct lg_key_cache *cache)
{
	return cache->count;
}

/* Order of use is not order of age, so all are looked at: rarely, when the oldest is due. */
static void drop_expired(struct lg_key_cache *cache)
{
	uint32_t place = cache->newest;

	cache->oldest_put = INT64_MAX;
	while (place != NONE) {
		uint32_t older = cache->entries[place].older;
		lg_ms put_at = cache->entries[place].put_at;

		if (cache->now - put_at >= LG_KEY_LIFE_MS)
			drop_place(cache, place);
		else if (put_at < cache->oldest_put)
			cache->oldest_put = put_at;
		place = older;
	}
}

void lg_key_cache_tick(struct lg_key_cache *cache, lg_ms now)
{
	if (now > cache->now)
		cache->now = now;
	if (cache->count > 0 && cache->now - cache->oldest_put >= LG_KEY_LIFE_MS)
		drop_expired(cache);
}

/* --- keys ------------------------------------------------------------------------------ */

void lg_key_cache_put(struct lg_key_cache *cache, struct lg_id key_id, struct lg_id subject,
	uint32_t class, const uint8_t key[LG_DATA_KEY_SIZE], lg_ms now)
{
	struct entry *entry;
	uint32_t place, hash = hash_of(cache, key_id);

	lg_key_cache_tick(cache, now);
	place = find_place(cache, hash, key_id);
	if (place != NONE)
		drop_place(cache, place);

	place = take_place(cache);
	entry = &cache->entries[place];
	memcpy(entry->key, key, sizeof entry->key);
	entry->key_id = key_id;
	entry->subject = subject;
	entry->class = class;
	entry->put_at = cache->now;
	entry->hash = hash;
	take_slot(cache, hash, place);
	link_newest(cache, place);
	if (cache->now < cache->oldest_put)
		cache->oldest_put = cache->now;
}

static bool is_of(const struct entry *entry, struct lg_id subject, uint32_t class)
{
	return lg_id_equal(entry->subject, subject) && entry->class == class;
}

const uint8_t *lg_key_cache_find(
	struct lg_key_cache *cache, struct lg_id key_id, struct lg_id subject, uint32_t class)
{
	uint32_t place = cache->newest;
	struct entry *entry;

	/* a key that was made to seal with is asked for at once: nothing to look for, nothing to move */
	if (place != NONE && lg_id_equal(cache->entries[place].key_id, key_id))
		return is_of(&cache->entries[place], subject, class) ? cache->entries[place].key
								     : NULL;
	place = find_place(cache, hash_of(cache, key_id), key_id);
	if (place == NONE)
		return NULL;
	entry = &cache->entries[place];
	if (!is_of(entry, subject, class))
		return NULL;
	unlink_use(cache, entry);
	link_newest(cache, place);
	return entry->key;
}

void lg_key_cache_random(struct lg_key_cache *cache, void *ret_bytes, size_t size_bytes)
{
	lg_fresh_take(&cache->fresh, ret_bytes, size_bytes);
}

const struct lg_pair_key *lg_key_cache_pair(
	struct lg_key_cache *cache, const uint8_t own_secret[32], const uint8_t peer_public[32])
{
	struct lg_pair_key *pair;

	for (uint32_t i = 0; i < cache->pair_count; i++) {
		pair = &cache->pairs[i];
		if (sodium_memcmp(pair->peer_public, peer_public, 32) == 0 &&
			sodium_memcmp(pair->own_secret, own_secret, 32) == 0)
			return pair;
	}

	pair = &cache->pairs[cache->pair_next];
	memcpy(pair->own_secret, own_secret, 32);
	memcpy(pair->peer_public, peer_public, 32);
	if (crypto_box_beforenm(pair->pair, peer_public, own_secret) != 0 ||
		crypto_scalarmult_base(pair->own_public, own_secret) != 0) {
		/* a place taken from an older pair stays empty: no peer's key is all zero */
		sodium_memzero(pair, sizeof *pair);
		return NULL;
	}
	cache->pair_next = (cache->pair_next + 1) % PAIRS_MAX;
	if (cache->pair_count < PAIRS_MAX)
		cache->pair_count++;
	return pair;
}
