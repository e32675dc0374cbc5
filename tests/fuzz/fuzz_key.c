/*
 * What keys are handed over in, from both sides of signature and box.  The first byte says which:
 *   0  a partner's keyring                  1  the same, signed here by the root that it names
 *   2  a session token                      3  what lies in one, signed here as by access
 *   4  a way back of a stream               5  the same, signed here as by its publisher
 *   6  a grant, as a bus may change it      7  the same, its box closed here as by its maker
 */
#include <assert.h>

#include "common/protect/grant.h"
#include "common/protect/origin.h"
#include "common/protect/sign.h"
#include "common/protect/token.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"
#include "proto/keyring.pb-c.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/site.h"

#define GRANT_INNER (LG_DATA_KEY_SIZE + 4 + 8) /* data key | rights | expires */

/* --- keyring ------------------------------------------------------------------------------- */

static struct lg_bytes sign_keyring(struct lg_arena *arena, struct lg_bytes keyring)
{
	Lifeguard__Keyring__SignedKeyring outer = LIFEGUARD__KEYRING__SIGNED_KEYRING__INIT;
	const struct fuzz_site *site = fuzz_site();
	uint8_t signature[LG_SIGNATURE_SIZE];

	/* intake's key plays the root: a corpus names its public half */
	lg_sign(arena, "lifeguard-keyring-1", keyring, site->keys[LG_SERVICE_INTAKE].sign,
		signature);
	outer.keyring = lg_wire_from_bytes(keyring);
	outer.signature = lg_wire_from_array(signature, sizeof signature);
	return lg_encode(arena, &outer.base);
}

static void try_keyring(struct lg_bytes document)
{
	struct lg_keyring keyring;

	if (!lg_is_done(lg_keyring_read(document, FUZZ_NOW, &keyring)))
		return;
	assert(keyring.site > 0);
	assert(strlen(keyring.name) < sizeof keyring.name);
	assert(strlen(keyring.country) == 2);
	assert(keyring.not_after > FUZZ_NOW);
}

/* --- token --------------------------------------------------------------------------------- */

static struct lg_bytes sign_token(struct lg_arena *arena, struct lg_bytes token)
{
	Lifeguard__Envelope__SignedToken outer = LIFEGUARD__ENVELOPE__SIGNED_TOKEN__INIT;
	const struct fuzz_site *site = fuzz_site();
	uint8_t signature[LG_SIGNATURE_SIZE];

	lg_sign(arena, "lifeguard-token-1", token, site->keys[LG_SERVICE_ACCESS].token, signature);
	outer.token = lg_wire_from_bytes(token);
	outer.signature = lg_wire_from_array(signature, sizeof signature);
	return lg_encode(arena, &outer.base);
}

static void try_token(struct lg_arena *arena, struct lg_bytes token)
{
	const struct fuzz_site *site = fuzz_site();
	struct lg_token_cache *cache = lg_token_cache_new();
	struct lg_actor actor, again;

	if (lg_is_done(lg_token_check(cache, arena, &site->keyring, token, FUZZ_NOW, &actor))) {
		assert(actor.assurance == 3 || actor.assurance == 4);
		assert(lg_is_done(
			lg_token_check(cache, arena, &site->keyring, token, FUZZ_NOW, &again)));
		assert(lg_id_equal(actor.user, again.user));
		assert(actor.role == again.role);
	}
	lg_token_cache_free(cache);
}

/* --- the way back ---------------------------------------------------------------------------- */

static const struct lg_stream stream = {
	.site = FUZZ_SITE, .service = LG_SERVICE_INTAKE, .lane = LG_LANE_CARE, .partition = 3
};

static struct lg_bytes sign_back(struct lg_arena *arena, struct lg_bytes bytes)
{
	const struct fuzz_site *site = fuzz_site();
	uint8_t signature[LG_SIGNATURE_SIZE];
	ProtobufCMessage *message;

	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__go_back__descriptor, bytes, &message)))
		return bytes;
	Lifeguard__Bus__GoBack *back = (Lifeguard__Bus__GoBack *)message;

	back->signature = lg_wire_from_array(NULL, 0);
	lg_sign(arena, "lifeguard-go-back-1", lg_encode(arena, message),
		site->keys[stream.service].sign, signature);
	back->signature = lg_wire_from_array(signature, sizeof signature);
	return lg_encode(arena, message);
}

static void try_back(struct lg_arena *arena, struct lg_bytes bytes)
{
	struct lg_go_back back;

	if (lg_is_done(lg_go_back_check(arena, &fuzz_site()->keyring, &stream, bytes, &back)))
		assert(back.stream.partition == stream.partition);
}

/* --- grant ---------------------------------------------------------------------------------- */

/* What is in the box is cut or filled to its size: only the maker's own key opens it. */
static ProtobufCBinaryData close_grant(
	struct lg_arena *arena, struct lg_key_cache *cache, struct lg_bytes given)
{
	const struct fuzz_site *site = fuzz_site();
	const struct lg_pair_key *pair = lg_key_cache_pair(cache, site->keys[LG_SERVICE_INTAKE].box,
		site->keyring.services[LG_SERVICE_REFERRAL].box);
	uint8_t inner[GRANT_INNER] = { 0 };
	size_t size = crypto_box_NONCEBYTES + crypto_box_MACBYTES + GRANT_INNER;
	uint8_t *box = lg_alloc(arena, size);

	assert(pair != NULL);
	if (given.size > 0)
		memcpy(inner, given.data, given.size < GRANT_INNER ? given.size : GRANT_INNER);
	crypto_box_easy_afternm(box + crypto_box_NONCEBYTES, inner, sizeof inner, box, pair->pair);
	return lg_wire_from_array(box, size);
}

static void try_grant(struct lg_arena *arena, struct lg_bytes bytes, bool is_closed_here)
{
	const struct fuzz_site *site = fuzz_site();
	static struct lg_key_cache *cache; /* kept: its locked memory takes longer than a run */
	struct lg_wrapped_key wrapped;
	ProtobufCMessage *message;

	if (!lg_is_done(lg_decode(arena, &lifeguard__envelope__grant__descriptor, bytes, &message)))
		return;
	Lifeguard__Envelope__Grant *grant = (Lifeguard__Envelope__Grant *)message;

	if (cache == NULL)
		cache = lg_key_cache_new();
	if (is_closed_here) {
		grant->from_key = lg_wire_from_array(
			site->keyring.services[LG_SERVICE_INTAKE].box, LG_KEY_HINT_SIZE);
		grant->to_key = lg_wire_from_array(
			site->keyring.services[LG_SERVICE_REFERRAL].box, LG_KEY_HINT_SIZE);
		grant->box = close_grant(arena, cache, lg_bytes(grant->box.data, grant->box.len));
	}
	if (lg_is_done(lg_grant_take(cache, &site->keys[LG_SERVICE_REFERRAL], &site->keyring,
		    LG_SERVICE_INTAKE, grant, FUZZ_NOW, &wrapped)))
		assert(lg_data_key_is_here(
			cache, wrapped.key_id, wrapped.subject, (enum lg_class)wrapped.class));
	lg_key_cache_drop_all(cache);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_bytes rest;

	if (size > 0) {
		rest = lg_bytes(data + 1, size - 1);
		switch (data[0] % 8) {
		case 0:
			try_keyring(rest);
			break;
		case 1:
			try_keyring(sign_keyring(arena, rest));
			break;
		case 2:
			try_token(arena, rest);
			break;
		case 3:
			try_token(arena, sign_token(arena, rest));
			break;
		case 4:
			try_back(arena, rest);
			break;
		case 5:
			try_back(arena, sign_back(arena, rest));
			break;
		default:
			try_grant(arena, rest, data[0] % 8 == 7);
		}
	}
	lg_arena_free(arena);
	return 0;
}
