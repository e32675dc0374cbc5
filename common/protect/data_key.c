/* Data keys: made, named, wrapped, unwrapped (data_key.h). */
#include "common/protect/data_key.h"

#include <assert.h>
#include <sodium.h>

#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE   crypto_aead_xchacha20poly1305_ietf_ABYTES
#define WRAP_AAD   (4 + LG_ID_SIZE + 1 + LG_ID_SIZE + 8)

static_assert(LG_WRAPPED_SIZE == NONCE_SIZE + LG_DATA_KEY_SIZE + TAG_SIZE, "a wrap's size");
static_assert(LG_DATA_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "a key's size");
static_assert(LG_ID_SIZE >= crypto_generichash_BYTES_MIN, "BLAKE2b-128");

static bool is_class(uint32_t class)
{
	return class >= LG_CLASS_IDENTITY && class <= LG_CLASS_STAFF;
}

struct lg_id lg_data_key_id(
	const uint8_t key[LG_DATA_KEY_SIZE], struct lg_id subject, uint32_t class)
{
	uint8_t named[4 + LG_ID_SIZE + 1] = "LGK1";
	struct lg_id key_id;

	assert(is_class(class));
	memcpy(named + 4, subject.byte, LG_ID_SIZE);
	named[4 + LG_ID_SIZE] = (uint8_t) class;
	crypto_generichash(key_id.byte, LG_ID_SIZE, named, sizeof named, key, LG_DATA_KEY_SIZE);
	return key_id;
}

static void wrap_aad(const struct lg_wrapped_key *wrapped, uint8_t ret_aad[WRAP_AAD])
{
	uint8_t *at = ret_aad;

	memcpy(at, "LGW1", 4);
	at += 4;
	memcpy(at, wrapped->subject.byte, LG_ID_SIZE);
	at += LG_ID_SIZE;
	*at++ = (uint8_t)wrapped->class;
	memcpy(at, wrapped->key_id.byte, LG_ID_SIZE);
	at += LG_ID_SIZE;
	lg_number_write(at, wrapped->epoch, 8);
	at += 8;
	assert(at == ret_aad + WRAP_AAD);
}

/* wrapped: all but epoch and the rest of the box are there, the nonce too. */
static void wrap(const struct lg_own_keys *keys, const uint8_t key[LG_DATA_KEY_SIZE],
	struct lg_wrapped_key *wrapped)
{
	uint8_t aad[WRAP_AAD];

	assert(keys->kek_count > 0);
	wrapped->epoch = keys->keks[keys->kek_count - 1].epoch;
	wrap_aad(wrapped, aad);
	crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped->wrapped + NONCE_SIZE, NULL, key,
		LG_DATA_KEY_SIZE, aad, sizeof aad, NULL, wrapped->wrapped,
		keys->keks[keys->kek_count - 1].key);
}

struct lg_wrapped_key lg_data_key_wrap(const struct lg_own_keys *keys,
	const uint8_t key[LG_DATA_KEY_SIZE], struct lg_id key_id, struct lg_id subject,
	uint32_t class)
{
	struct lg_wrapped_key wrapped = { .subject = subject, .class = class, .key_id = key_id };

	randombytes_buf(wrapped.wrapped, NONCE_SIZE);
	wrap(keys, key, &wrapped);
	return wrapped;
}

struct lg_wrapped_key lg_data_key_new(const struct lg_own_keys *keys, struct lg_key_cache *cache,
	struct lg_id subject, enum lg_class class, lg_ms now)
{
	uint8_t key[LG_DATA_KEY_SIZE];
	struct lg_wrapped_key wrapped = { .subject = subject, .class = class };

	lg_key_cache_random(cache, key, sizeof key);
	lg_key_cache_random(cache, wrapped.wrapped, NONCE_SIZE);
	wrapped.key_id = lg_data_key_id(key, subject, class);
	wrap(keys, key, &wrapped);
	lg_key_cache_put(cache, wrapped.key_id, subject, class, key, now);
	sodium_memzero(key, sizeof key);
	return wrapped;
}

static const uint8_t *find_kek(const struct lg_own_keys *keys, uint64_t epoch)
{
	for (uint32_t i = 0; i < keys->kek_count; i++) {
		if (keys->keks[i].epoch == epoch)
			return keys->keks[i].key;
	}
	return NULL;
}

static struct lg_status unwrap(const struct lg_own_keys *keys, const struct lg_wrapped_key *wrapped,
	uint8_t ret_key[LG_DATA_KEY_SIZE])
{
	const uint8_t *kek = find_kek(keys, wrapped->epoch);
	uint8_t aad[WRAP_AAD];
	struct lg_id named;

	if (!is_class(wrapped->class))
		return lg_refuse("a stored key has an unknown class");
	if (kek == NULL)
		return lg_refuse("the epoch of a stored key is destroyed: it is erased");
	wrap_aad(wrapped, aad);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(ret_key, NULL, NULL,
		    wrapped->wrapped + NONCE_SIZE, LG_WRAPPED_SIZE - NONCE_SIZE, aad, sizeof aad,
		    wrapped->wrapped, kek) != 0)
		return lg_refuse("a stored key does not open: it was moved or altered");
	named = lg_data_key_id(ret_key, wrapped->subject, wrapped->class);
	if (sodium_memcmp(named.byte, wrapped->key_id.byte, LG_ID_SIZE) != 0)
		return lg_refuse("a stored key is not the one that its id names");
	return lg_done();
}

struct lg_status lg_data_key_load(const struct lg_own_keys *keys, struct lg_key_cache *cache,
	const struct lg_wrapped_key *wrapped, lg_ms now)
{
	uint8_t key[LG_DATA_KEY_SIZE];
	struct lg_status status = unwrap(keys, wrapped, key);

	if (lg_is_done(status))
		lg_key_cache_put(
			cache, wrapped->key_id, wrapped->subject, wrapped->class, key, now);
	sodium_memzero(key, sizeof key);
	return status;
}

bool lg_data_key_is_here(
	struct lg_key_cache *cache, struct lg_id key_id, struct lg_id subject, enum lg_class class)
{
	return lg_key_cache_find(cache, key_id, subject, class) != NULL;
}
