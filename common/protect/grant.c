/* Grants: a cached key boxed for one holder, and taken out of the box by it (grant.h). */
#include "common/protect/grant.h"

#include <assert.h>
#include <sodium.h>

#include "common/protect/sign.h"
#include "common/stream/wire.h"

#define NONCE_SIZE crypto_box_NONCEBYTES
#define INNER_SIZE (LG_DATA_KEY_SIZE + 4 + 8) /* data key | rights | expires */
#define BOX_SIZE   (NONCE_SIZE + crypto_box_MACBYTES + INNER_SIZE)
#define RIGHT_READ 1u /* bit of rights: may open with it */

/* Keys of notification's staff contacts stay where they were made: no holder, no grant. */
static bool is_holder(uint32_t service)
{
	return lg_service_in(LG_HOLDERS, service);
}

/* --- making ------------------------------------------------------------------------------- */

static Lifeguard__Envelope__Grant *grant_to_wire(struct lg_arena *arena,
	const struct lg_pair_key *pair, struct lg_id subject, uint32_t class, struct lg_id key_id,
	struct lg_bytes box)
{
	Lifeguard__Envelope__Grant *grant = lg_alloc(arena, sizeof *grant);

	lifeguard__envelope__grant__init(grant);
	grant->subject = lg_wire_from_bytes(lg_copy(arena, lg_id_bytes(&subject)));
	grant->class_ = class;
	grant->key_id = lg_wire_from_bytes(lg_copy(arena, lg_id_bytes(&key_id)));
	grant->from_key =
		lg_wire_from_bytes(lg_copy(arena, lg_bytes(pair->own_public, LG_KEY_HINT_SIZE)));
	grant->to_key =
		lg_wire_from_bytes(lg_copy(arena, lg_bytes(pair->peer_public, LG_KEY_HINT_SIZE)));
	grant->box = lg_wire_from_bytes(box);
	return grant;
}

struct lg_status lg_grant_make(struct lg_arena *arena, const struct lg_granting *granting,
	struct lg_id subject, enum lg_class class, struct lg_id key_id,
	Lifeguard__Envelope__Grant **ret_grant)
{
	uint8_t inner[INNER_SIZE], *box;
	const struct lg_pair_key *pair;
	const uint8_t *key;

	if (!is_holder(granting->to_service))
		return lg_refuse("the receiver may not hold data keys");
	lg_key_cache_tick(granting->cache, granting->now);
	pair = lg_key_cache_pair(granting->cache, granting->keys->box,
		granting->to_site->services[granting->to_service].box);
	if (pair == NULL)
		return lg_refuse("the receiver has no key to grant to");
	key = lg_key_cache_find(granting->cache, key_id, subject, class);
	if (key == NULL)
		return lg_refuse("the data key is not here: load it first");

	memcpy(inner, key, LG_DATA_KEY_SIZE);
	lg_number_write(inner + LG_DATA_KEY_SIZE, RIGHT_READ, 4);
	lg_number_write(inner + LG_DATA_KEY_SIZE + 4, (uint64_t)(granting->now + LG_GRANT_MS), 8);
	box = lg_alloc(arena, BOX_SIZE);
	randombytes_buf(box, NONCE_SIZE);
	crypto_box_easy_afternm(box + NONCE_SIZE, inner, sizeof inner, box, pair->pair);
	sodium_memzero(inner, sizeof inner);
	*ret_grant = grant_to_wire(arena, pair, subject, class, key_id, lg_bytes(box, BOX_SIZE));
	return lg_done();
}

/* --- taking ------------------------------------------------------------------------------- */

static bool is_hint(ProtobufCBinaryData wire, const uint8_t public_key[32])
{
	return wire.len == LG_KEY_HINT_SIZE && memcmp(wire.data, public_key, wire.len) == 0;
}

/* The granting service's box key that the grant names: its present one or the one before. */
static const uint8_t *from_key(
	const struct lg_service_keys *from, const Lifeguard__Envelope__Grant *grant)
{
	if (is_hint(grant->from_key, from->box))
		return from->box;
	if (from->has_box_previous && is_hint(grant->from_key, from->box_previous))
		return from->box_previous;
	return NULL;
}

static struct lg_status open_box(struct lg_key_cache *cache, const struct lg_own_keys *keys,
	const struct lg_service_keys *from, const Lifeguard__Envelope__Grant *grant,
	uint8_t ret_inner[INNER_SIZE])
{
	const uint8_t *peer = from_key(from, grant);
	const struct lg_pair_key *pair;

	if (peer == NULL)
		return lg_refuse("the grant is not from that service");
	pair = lg_key_cache_pair(cache, keys->box, peer);
	if (pair == NULL)
		return lg_refuse("the grant is not from that service");
	if (!is_hint(grant->to_key, pair->own_public))
		return lg_refuse("the grant is for another holder");
	if (grant->box.len != BOX_SIZE ||
		crypto_box_open_easy_afternm(ret_inner, grant->box.data + NONCE_SIZE,
			BOX_SIZE - NONCE_SIZE, grant->box.data, pair->pair) != 0)
		return lg_refuse("the grant does not open");
	return lg_done();
}

static struct lg_status take_key(struct lg_key_cache *cache, const struct lg_own_keys *keys,
	const Lifeguard__Envelope__Grant *grant, const uint8_t inner[INNER_SIZE], lg_ms now,
	struct lg_wrapped_key *ret_wrapped)
{
	uint64_t rights = lg_number_read(inner + LG_DATA_KEY_SIZE, 4);
	uint64_t expires_at = lg_number_read(inner + LG_DATA_KEY_SIZE + 4, 8);
	struct lg_id subject, key_id, named;

	if (!lg_is_done(lg_id_from_bytes(lg_bytes_from_wire(grant->subject), &subject)) ||
		!lg_is_done(lg_id_from_bytes(lg_bytes_from_wire(grant->key_id), &key_id)) ||
		grant->class_ < LG_CLASS_IDENTITY || grant->class_ > LG_CLASS_STAFF)
		return lg_refuse("the grant's ids or class are malformed");
	if ((rights & RIGHT_READ) == 0)
		return lg_refuse("the grant gives no right to read");
	if (now < 0 || expires_at <= (uint64_t)now)
		return lg_refuse("the grant has expired");
	named = lg_data_key_id(inner, subject, grant->class_);
	if (sodium_memcmp(named.byte, key_id.byte, LG_ID_SIZE) != 0)
		return lg_refuse("the grant holds another key than its id names");

	*ret_wrapped = lg_data_key_wrap(keys, inner, key_id, subject, grant->class_);
	lg_key_cache_put(cache, key_id, subject, grant->class_, inner, now);
	return lg_done();
}

struct lg_status lg_grant_take(struct lg_key_cache *cache, const struct lg_own_keys *keys,
	const struct lg_keyring *from_site, uint32_t from_service,
	const Lifeguard__Envelope__Grant *grant, lg_ms now, struct lg_wrapped_key *ret_wrapped)
{
	uint8_t inner[INNER_SIZE];
	struct lg_status status;

	assert(is_holder(keys->service)); /* others have no place to keep a key */

	if (!is_holder(from_service))
		return lg_refuse("the grant is from a service that holds no data keys");
	status = open_box(cache, keys, &from_site->services[from_service], grant, inner);
	if (lg_is_done(status))
		status = take_key(cache, keys, grant, inner, now, ret_wrapped);
	sodium_memzero(inner, sizeof inner);
	return status;
}

struct lg_status lg_pair_secret(const struct lg_own_keys *keys, uint16_t own_site,
	const struct lg_keyring *peer, uint32_t period, uint8_t ret_secret[LG_PAIR_SECRET_SIZE])
{
	const uint16_t low = own_site < peer->site ? own_site : peer->site;
	const uint16_t high = own_site < peer->site ? peer->site : own_site;
	const uint8_t about[] = { 'L', 'G', 'P', '1', (uint8_t)low, (uint8_t)(low >> 8),
		(uint8_t)high, (uint8_t)(high >> 8), (uint8_t)keys->service, (uint8_t)period,
		(uint8_t)(period >> 8), (uint8_t)(period >> 16), (uint8_t)(period >> 24) };
	const uint8_t *box = peer->services[keys->service].box;
	uint8_t shared[crypto_box_BEFORENMBYTES];

	if (sodium_is_zero(box, sizeof peer->services[0].box))
		return lg_refuse("the other site has no such service");
	if (crypto_box_beforenm(shared, box, keys->box) != 0)
		return lg_refuse("the other site's key is none");
	crypto_generichash(
		ret_secret, LG_PAIR_SECRET_SIZE, about, sizeof about, shared, sizeof shared);
	sodium_memzero(shared, sizeof shared);
	return lg_done();
}
