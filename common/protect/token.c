/* Session tokens: signed by access, checked by all, good ones remembered (token.h). */
#include "common/protect/token.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/protect/sign.h"
#include "common/stream/wire.h"
#include "proto/codes.pb-c.h"

#define TOKEN_CONTEXT "lifeguard-token-1"
#define DIGEST_SIZE   32
#define ASSURED_TOKEN 3 /* assurance: a session token */
#define ASSURED_TWICE 4 /* and a fresh second factor */

/* A token that was found good; all zero: none. */
struct good_token {
	uint8_t digest[DIGEST_SIZE];
	struct lg_actor actor;
	lg_ms issued_at, expires_at;
};

/* One place for each digest: a newer token takes the older one's, which is checked anew. */
struct lg_token_cache {
	struct good_token at[LG_TOKEN_CACHE_MAX];
};

struct lg_token_cache *lg_token_cache_new(void)
{
	struct lg_token_cache *cache = calloc(1, sizeof *cache);

	if (cache == NULL)
		abort();
	return cache;
}

void lg_token_cache_free(struct lg_token_cache *cache)
{
	free(cache); /* holds digests and ids, nothing that opens anything */
}

static bool is_person(const struct lg_actor *actor)
{
	return !lg_id_is_zero(actor->user) && !lg_id_is_zero(actor->session) &&
	       actor->role != LIFEGUARD__CODES__ROLE__ROLE_UNSPECIFIED &&
	       actor->role != LIFEGUARD__CODES__ROLE__SYSTEM &&
	       (actor->assurance == ASSURED_TOKEN || actor->assurance == ASSURED_TWICE);
}

struct lg_bytes lg_token_sign(struct lg_arena *arena, const struct lg_own_keys *keys,
	const struct lg_actor *actor, lg_ms now)
{
	Lifeguard__Envelope__Token inner = LIFEGUARD__ENVELOPE__TOKEN__INIT;
	Lifeguard__Envelope__SignedToken outer = LIFEGUARD__ENVELOPE__SIGNED_TOKEN__INIT;
	uint8_t signature[LG_SIGNATURE_SIZE];
	struct lg_bytes token;

	assert(keys->service == LG_SERVICE_ACCESS);
	assert(is_person(actor));

	inner.actor = lg_actor_to_wire(arena, actor);
	inner.issued_ms = now;
	inner.expires_ms = now + LG_TOKEN_MS;
	token = lg_encode(arena, &inner.base);
	lg_sign(arena, TOKEN_CONTEXT, token, keys->token, signature);
	outer.token = lg_wire_from_bytes(token);
	outer.signature = lg_wire_from_array(signature, sizeof signature);
	return lg_encode(arena, &outer.base);
}

static struct lg_status token_from_bytes(struct lg_arena *arena, const struct lg_keyring *keyring,
	struct lg_bytes bytes, struct good_token *ret_token)
{
	const Lifeguard__Envelope__SignedToken *outer;
	const Lifeguard__Envelope__Token *inner;
	struct good_token token = { .issued_at = 0 };
	ProtobufCMessage *message;

	if (!lg_is_done(lg_decode(
		    arena, &lifeguard__envelope__signed_token__descriptor, bytes, &message)))
		return lg_refuse("the token is malformed");
	outer = (const Lifeguard__Envelope__SignedToken *)message;
	if (!lg_sign_check(arena, TOKEN_CONTEXT, lg_bytes_from_wire(outer->token),
		    lg_bytes_from_wire(outer->signature),
		    keyring->services[LG_SERVICE_ACCESS].token))
		return lg_refuse("the token is not signed by this site's access");
	if (!lg_is_done(lg_decode(arena, &lifeguard__envelope__token__descriptor,
		    lg_bytes_from_wire(outer->token), &message)))
		return lg_refuse("the token is malformed");
	inner = (const Lifeguard__Envelope__Token *)message;
	if (inner->actor == NULL || !lg_is_done(lg_actor_from_wire(inner->actor, &token.actor)))
		return lg_refuse("the token's actor is malformed");
	if (!is_person(&token.actor))
		return lg_refuse("the token names no person");
	if (inner->issued_ms < 0 || inner->expires_ms < inner->issued_ms ||
		inner->expires_ms - inner->issued_ms > LG_TOKEN_MS)
		return lg_refuse("the token is valid for too long");
	token.issued_at = inner->issued_ms;
	token.expires_at = inner->expires_ms;
	*ret_token = token;
	return lg_done();
}

static struct lg_status check_time(const struct good_token *token, lg_ms now)
{
	if (now >= token->expires_at)
		return lg_refuse("the token has expired: log in again");
	if (token->issued_at > now + LG_TOKEN_SKEW_MS)
		return lg_refuse("the token is not valid yet: a clock is wrong");
	return lg_done();
}

struct lg_status lg_token_check(struct lg_token_cache *cache, struct lg_arena *arena,
	const struct lg_keyring *keyring, struct lg_bytes token, lg_ms now,
	struct lg_actor *ret_actor)
{
	uint8_t digest[DIGEST_SIZE];
	struct lg_status status;
	struct good_token *place;

	/* keyed by access's key: what was good under an old one is not good under the next */
	crypto_generichash(digest, sizeof digest, token.data, token.size,
		keyring->services[LG_SERVICE_ACCESS].token, LG_SIGN_PUBLIC_SIZE);
	place = &cache->at[(digest[0] | digest[1] << 8) % LG_TOKEN_CACHE_MAX];
	if (sodium_memcmp(place->digest, digest, sizeof digest) != 0) {
		struct good_token fresh;

		status = token_from_bytes(arena, keyring, token, &fresh);
		if (!lg_is_done(status))
			return status;
		memcpy(fresh.digest, digest, sizeof digest);
		*place = fresh;
	}

	status = check_time(place, now);
	if (lg_is_done(status))
		*ret_actor = place->actor;
	return status;
}
