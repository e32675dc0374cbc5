/* Pacts: offered by a gateway, taken by a service, looked up by both (pact.h). */
#include "common/protect/pact.h"

#include <assert.h>

#include <sodium.h>

#include "common/protect/locked.h"
#include "common/protect/sign.h"
#include "common/stream/envelope.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"

#define OFFER_CONTEXT "lifeguard-offer-1"

static_assert(LG_PACT_KEY == crypto_kx_SESSIONKEYBYTES, "a key for each direction");
static_assert(crypto_kx_PUBLICKEYBYTES == crypto_box_PUBLICKEYBYTES, "both are X25519");
static_assert(crypto_kx_SECRETKEYBYTES == crypto_box_SECRETKEYBYTES, "both are X25519");

struct lg_pacts {
	const struct lg_own_keys *own;
	const struct lg_keyring *keyring;
	struct lg_fresh fresh;
	uint32_t count;
	struct lg_pact at[LG_PACTS_MAX];
};

struct lg_pacts *lg_pacts_new(const struct lg_own_keys *own, const struct lg_keyring *keyring)
{
	struct lg_pacts *pacts = lg_locked_new(sizeof *pacts);

	pacts->own = own;
	pacts->keyring = keyring;
	return pacts;
}

void lg_pacts_free(struct lg_pacts *pacts)
{
	sodium_free(pacts);
}

void lg_pacts_random(struct lg_pacts *pacts, void *ret_bytes, size_t size_bytes)
{
	lg_fresh_take(&pacts->fresh, ret_bytes, size_bytes);
}

static void forget(struct lg_pacts *pacts, uint32_t place)
{
	uint32_t last = --pacts->count;

	if (place != last)
		pacts->at[place] = pacts->at[last];
	sodium_memzero(&pacts->at[last], sizeof pacts->at[last]);
}

void lg_pacts_expire(struct lg_pacts *pacts, lg_ms now)
{
	for (uint32_t i = pacts->count; i-- > 0;)
		if (now >= pacts->at[i].expires_at)
			forget(pacts, i);
}

/* A free place; where there is none, that of the pact that ends first. */
static struct lg_pact *place_for_one(struct lg_pacts *pacts, lg_ms now)
{
	uint32_t first = 0;

	lg_pacts_expire(pacts, now);
	if (pacts->count == LG_PACTS_MAX) {
		for (uint32_t i = 1; i < pacts->count; i++)
			if (pacts->at[i].expires_at < pacts->at[first].expires_at)
				first = i;
		forget(pacts, first);
	}
	return &pacts->at[pacts->count++];
}

/* What is signed: the offer without its signature. */
static struct lg_bytes signed_part(struct lg_arena *arena, const Lifeguard__Bus__Offer *wire)
{
	Lifeguard__Bus__Offer part = *wire;

	part.signature = (ProtobufCBinaryData){ .len = 0 };
	return lg_encode(arena, &part.base);
}

/* --- the gateway ------------------------------------------------------------------------- */

static void write_offer(struct lg_pacts *pacts, const uint8_t public_key[32], struct lg_pact *pact)
{
	Lifeguard__Bus__Offer wire = LIFEGUARD__BUS__OFFER__INIT;
	struct lg_arena *arena = lg_arena_new_small();
	uint8_t signature[LG_SIGNATURE_SIZE];
	struct lg_bytes offer;

	wire.public_key = lg_wire_from_array(public_key, crypto_kx_PUBLICKEYBYTES);
	wire.site = pacts->keyring->site;
	wire.service = pact->service;
	wire.expires_ms = pact->expires_at;
	lg_sign(arena, OFFER_CONTEXT, signed_part(arena, &wire), pacts->own->sign, signature);
	wire.signature = lg_wire_from_array(signature, sizeof signature);
	offer = lg_encode(arena, &wire.base);
	assert(offer.size <= LG_OFFER_MAX);
	memcpy(pact->offer, offer.data, offer.size);
	pact->offer_size = (uint32_t)offer.size;
	lg_arena_free(arena);
}

static const struct lg_pact *make(struct lg_pacts *pacts, uint32_t service, lg_ms now)
{
	const uint8_t *box = pacts->keyring->services[service].box;
	uint8_t public_key[crypto_kx_PUBLICKEYBYTES], secret_key[crypto_kx_SECRETKEYBYTES];
	struct lg_pact *pact = place_for_one(pacts, now);
	int failed;

	crypto_kx_keypair(public_key, secret_key);
	failed = crypto_kx_client_session_keys(
		pact->to_gateway, pact->to_service, public_key, secret_key, box);
	sodium_memzero(secret_key, sizeof secret_key);
	if (failed != 0) {
		forget(pacts, pacts->count - 1);
		return NULL;
	}
	pact->service = service;
	pact->made_at = now;
	pact->expires_at = now + LG_PACT_MS + LG_PACT_GRACE_MS;
	memcpy(pact->service_box, box, sizeof pact->service_box);
	write_offer(pacts, public_key, pact);
	return pact;
}

const struct lg_pact *lg_pact_with(struct lg_pacts *pacts, uint32_t service, lg_ms now)
{
	assert(service < LG_SERVICE_COUNT);

	for (uint32_t i = 0; i < pacts->count; i++) {
		const struct lg_pact *pact = &pacts->at[i];

		if (pact->service != service)
			continue;
		/* also made anew when the clock went back, or the service has another key */
		if (now >= pact->made_at && now - pact->made_at < LG_PACT_MS &&
			memcmp(pact->service_box, pacts->keyring->services[service].box,
				sizeof pact->service_box) == 0)
			return pact;
		forget(pacts, i); /* a service has one; what is pending has its own copy */
		break;
	}
	return make(pacts, service, now);
}

/* --- the service ------------------------------------------------------------------------- */

static struct lg_status check_offer(struct lg_arena *arena, const struct lg_pacts *pacts,
	const Lifeguard__Bus__Offer *wire, lg_ms now)
{
	if (!lg_sign_check(arena, OFFER_CONTEXT, signed_part(arena, wire),
		    lg_bytes_from_wire(wire->signature),
		    pacts->keyring->services[LG_SERVICE_GATEWAY].sign))
		return lg_refuse("the offer is not signed by this site's gateway");
	if (wire->site != pacts->keyring->site || wire->service != pacts->own->service)
		return lg_refuse("the offer is for another service");
	if (wire->expires_ms <= now)
		return lg_refuse("the offer has expired");
	if (wire->expires_ms - now > LG_PACT_MS + LG_PACT_GRACE_MS + LG_PACT_SKEW_MS)
		return lg_refuse("the offer is valid for too long");
	if (wire->public_key.len != crypto_kx_PUBLICKEYBYTES)
		return lg_refuse("the offer is malformed");
	return lg_done();
}

static struct lg_status agree(struct lg_arena *arena, struct lg_pacts *pacts, struct lg_bytes offer,
	lg_ms now, const struct lg_pact **ret_pact)
{
	ProtobufCMessage *message;
	const Lifeguard__Bus__Offer *wire;
	struct lg_status status;
	struct lg_pact *pact;

	if (offer.size > LG_OFFER_MAX ||
		!lg_is_done(lg_decode(arena, &lifeguard__bus__offer__descriptor, offer, &message)))
		return lg_refuse("the offer is malformed");
	wire = (const Lifeguard__Bus__Offer *)message;
	status = check_offer(arena, pacts, wire, now);
	if (!lg_is_done(status))
		return status;

	pact = place_for_one(pacts, now);
	if (crypto_kx_server_session_keys(pact->to_service, pact->to_gateway,
		    pacts->keyring->services[pacts->own->service].box, pacts->own->box,
		    wire->public_key.data) != 0) {
		forget(pacts, pacts->count - 1);
		return lg_refuse("the offer's key is none");
	}
	pact->expires_at = wire->expires_ms;
	pact->offer_size = (uint32_t)offer.size;
	memcpy(pact->offer, offer.data, offer.size);
	*ret_pact = pact;
	return lg_done();
}

struct lg_status lg_pact_take(
	struct lg_pacts *pacts, struct lg_bytes offer, lg_ms now, const struct lg_pact **ret_pact)
{
	struct lg_arena *arena;
	struct lg_status status;

	for (uint32_t i = 0; i < pacts->count; i++) {
		const struct lg_pact *pact = &pacts->at[i];

		if (pact->offer_size != offer.size ||
			memcmp(pact->offer, offer.data, offer.size) != 0)
			continue;
		if (now >= pact->expires_at) {
			forget(pacts, i);
			return lg_refuse("the offer has expired");
		}
		*ret_pact = pact;
		return lg_done();
	}
	arena = lg_arena_new_small();
	status = agree(arena, pacts, offer, now, ret_pact);
	lg_arena_free(arena);
	return status;
}

bool lg_pacts_are_of(const struct lg_pacts *pacts, uint16_t site, uint8_t service)
{
	return site == pacts->keyring->site && service == pacts->own->service;
}
