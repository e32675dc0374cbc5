#include "common/protect/pact.h"

#include "common/protect/sign.h"
#include "common/protect/site_for_tests.h"
#include "common/stream/envelope.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"

#define END (NOON + LG_PACT_MS + LG_PACT_GRACE_MS) /* of a pact that is made at noon */

/* A gateway and intake of site 7, and what the gateway offers at noon. */
struct talk {
	struct lg_arena *arena;
	struct test_site site;
	struct lg_pacts *gateway, *intake;
	struct lg_pact offered; /* as the gateway has it */
};

static int set_up(void **state)
{
	struct talk *talk = calloc(1, sizeof *talk);

	assert_non_null(talk);
	talk->arena = lg_arena_new();
	test_site_init(&talk->site, 7);
	talk->gateway = lg_pacts_new(&talk->site.keys[LG_SERVICE_GATEWAY], &talk->site.keyring);
	talk->intake = lg_pacts_new(&talk->site.keys[LG_SERVICE_INTAKE], &talk->site.keyring);
	talk->offered = *lg_pact_with(talk->gateway, LG_SERVICE_INTAKE, NOON);
	*state = talk;
	return 0;
}

static int tear_down(void **state)
{
	struct talk *talk = *state;

	lg_pacts_free(talk->gateway);
	lg_pacts_free(talk->intake);
	lg_arena_free(talk->arena);
	free(talk);
	return 0;
}

static struct lg_bytes offer_of(const struct lg_pact *pact)
{
	return lg_bytes(pact->offer, pact->offer_size);
}

/* The offer of noon, so that a field of it can be altered. */
static Lifeguard__Bus__Offer *decode(struct talk *talk)
{
	ProtobufCMessage *message = NULL;

	assert_done(lg_decode(talk->arena, &lifeguard__bus__offer__descriptor,
		offer_of(&talk->offered), &message));
	return (Lifeguard__Bus__Offer *)message;
}

static struct lg_status take_signed_by(
	struct talk *talk, Lifeguard__Bus__Offer *wire, uint32_t service)
{
	const struct lg_pact *pact;
	uint8_t *signature = lg_alloc(talk->arena, LG_SIGNATURE_SIZE);

	wire->signature.len = 0;
	lg_sign(talk->arena, "lifeguard-offer-1", lg_encode(talk->arena, &wire->base),
		talk->site.keys[service].sign, signature);
	wire->signature = lg_wire_from_array(signature, LG_SIGNATURE_SIZE);
	return lg_pact_take(talk->intake, lg_encode(talk->arena, &wire->base), NOON, &pact);
}

/*
 * Goal: both ends have the same two keys, one for each direction, and look them up after the first
 * time.  Method: take an offer twice; compare.
 */
static void both_ends_agree(void **state)
{
	struct talk *talk = *state;
	const struct lg_pact *taken = NULL, *again = NULL;

	assert_done(lg_pact_take(talk->intake, offer_of(&talk->offered), NOON, &taken));
	assert_memory_equal(taken->to_service, talk->offered.to_service, LG_PACT_KEY);
	assert_memory_equal(taken->to_gateway, talk->offered.to_gateway, LG_PACT_KEY);
	assert_memory_not_equal(taken->to_service, taken->to_gateway, LG_PACT_KEY);
	assert_true(taken->expires_at == END);
	assert_done(lg_pact_take(talk->intake, offer_of(&talk->offered), NOON + 1, &again));
	assert_ptr_equal(again, taken);
	assert_memory_equal(lg_pact_with(talk->gateway, LG_SERVICE_INTAKE, NOON + 1)->offer,
		talk->offered.offer, LG_OFFER_MAX);
}

/*
 * Goal: a pact is of one gateway process, one service and some minutes.  Method: another service,
 * another process, five minutes later, a clock that went back, a service with a new key: other keys.
 */
static void each_pact_has_its_own_keys(void **state)
{
	struct talk *talk = *state;
	struct lg_pacts *second =
		lg_pacts_new(&talk->site.keys[LG_SERVICE_GATEWAY], &talk->site.keyring);
	struct lg_pact seen[6] = { talk->offered };
	uint8_t secret[32];

	seen[1] = *lg_pact_with(talk->gateway, LG_SERVICE_REFERRAL, NOON);
	seen[2] = *lg_pact_with(second, LG_SERVICE_INTAKE, NOON);
	assert_memory_equal(
		lg_pact_with(talk->gateway, LG_SERVICE_INTAKE, NOON + LG_PACT_MS - 1)->to_service,
		talk->offered.to_service, LG_PACT_KEY);
	seen[3] = *lg_pact_with(talk->gateway, LG_SERVICE_INTAKE, NOON + LG_PACT_MS);
	seen[4] = *lg_pact_with(talk->gateway, LG_SERVICE_INTAKE, NOON - 1);
	crypto_box_keypair(talk->site.keyring.services[LG_SERVICE_INTAKE].box, secret);
	seen[5] = *lg_pact_with(talk->gateway, LG_SERVICE_INTAKE, NOON - 1);
	for (size_t i = 0; i < 6; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(
				seen[i].to_service, seen[j].to_service, LG_PACT_KEY);
	lg_pacts_free(second);
}

/*
 * Goal: only the gateway of this site offers, to this service.  Method: an offer signed by another
 * service; one for another service, for another site; one altered in each bit; taken by another.
 */
static void an_offer_is_this_gateways_to_this_service(void **state)
{
	static const char unsigned_offer[] = "the offer is not signed by this site's gateway";
	static const char foreign[] = "the offer is for another service";
	struct talk *talk = *state;
	struct lg_pacts *referral =
		lg_pacts_new(&talk->site.keys[LG_SERVICE_REFERRAL], &talk->site.keyring);
	const struct lg_pact *pact;
	Lifeguard__Bus__Offer *wire = decode(talk);

	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++)
		if (service != LG_SERVICE_GATEWAY)
			assert_refused(take_signed_by(talk, wire, service), unsigned_offer);
	wire->service = LG_SERVICE_REFERRAL;
	assert_refused(take_signed_by(talk, wire, LG_SERVICE_GATEWAY), foreign);
	wire->service = LG_SERVICE_INTAKE;
	wire->site = 8;
	assert_refused(take_signed_by(talk, wire, LG_SERVICE_GATEWAY), foreign);
	wire->site = 7;
	assert_done(take_signed_by(talk, wire, LG_SERVICE_GATEWAY));
	assert_refused(lg_pact_take(referral, offer_of(&talk->offered), NOON, &pact), foreign);
	for (size_t bit = 0; bit < (size_t)talk->offered.offer_size * 8; bit++) {
		talk->offered.offer[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
			lg_pact_take(talk->intake, offer_of(&talk->offered), NOON, &pact).outcome,
			LG_REFUSED);
		talk->offered.offer[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	lg_pacts_free(referral);
}

/*
 * Goal: a pact ends, at the first look and when it is known.  Method: on both sides of its last
 * millisecond; an offer that would last longer than any.
 */
static void an_offer_expires(void **state)
{
	struct talk *talk = *state;
	const struct lg_pact *pact;
	Lifeguard__Bus__Offer *wire = decode(talk);

	assert_refused(lg_pact_take(talk->intake, offer_of(&talk->offered), END, &pact),
		"the offer has expired");
	assert_done(lg_pact_take(talk->intake, offer_of(&talk->offered), END - 1, &pact));
	assert_refused(lg_pact_take(talk->intake, offer_of(&talk->offered), END, &pact),
		"the offer has expired");
	wire->expires_ms = END + LG_PACT_SKEW_MS;
	assert_done(take_signed_by(talk, wire, LG_SERVICE_GATEWAY));
	wire->expires_ms++;
	assert_refused(
		take_signed_by(talk, wire, LG_SERVICE_GATEWAY), "the offer is valid for too long");
}

/*
 * Goal: bad keys agree with nobody.  Method: a public key of a wrong length, of small order, and a
 * keyring without the service's.
 */
static void a_key_that_is_none_is_refused(void **state)
{
	struct talk *talk = *state;
	Lifeguard__Bus__Offer *wire = decode(talk);

	wire->public_key.len = 31;
	assert_refused(take_signed_by(talk, wire, LG_SERVICE_GATEWAY), "the offer is malformed");
	wire->public_key.len = 32;
	memset(wire->public_key.data, 0, 32);
	assert_refused(take_signed_by(talk, wire, LG_SERVICE_GATEWAY), "the offer's key is none");
	memset(talk->site.keyring.services[LG_SERVICE_REPORTING].box, 0, 32);
	assert_null(lg_pact_with(talk->gateway, LG_SERVICE_REPORTING, NOON));
}

/*
 * Goal: any number of gateways does not make the service's memory grow, and what was pushed out is
 * agreed again.  Method: twice as many as there is room for, then the first.
 */
static void there_is_room_for_so_many(void **state)
{
	struct talk *talk = *state;
	const struct lg_pact *pact;

	for (uint32_t i = 0; i < 2 * LG_PACTS_MAX; i++) {
		struct lg_pacts *another =
			lg_pacts_new(&talk->site.keys[LG_SERVICE_GATEWAY], &talk->site.keyring);
		const struct lg_pact *offered =
			lg_pact_with(another, LG_SERVICE_INTAKE, NOON + (lg_ms)i);

		assert_done(lg_pact_take(talk->intake, offer_of(offered), NOON, &pact));
		assert_memory_equal(pact->to_service, offered->to_service, LG_PACT_KEY);
		lg_pacts_free(another);
	}
	assert_done(lg_pact_take(talk->intake, offer_of(&talk->offered), NOON, &pact));
	assert_memory_equal(pact->to_service, talk->offered.to_service, LG_PACT_KEY);
}

/*
 * Goal: what has expired leaves no key.  Method: remember where the key lay; expire; look there.
 */
static void an_expired_pact_leaves_nothing(void **state)
{
	struct talk *talk = *state;
	const struct lg_pact *pact;

	assert_done(lg_pact_take(talk->intake, offer_of(&talk->offered), NOON, &pact));
	lg_pacts_expire(talk->intake, END - 1);
	assert_memory_equal(pact->to_service, talk->offered.to_service, LG_PACT_KEY);
	lg_pacts_expire(talk->intake, END);
	assert_true(sodium_is_zero((const uint8_t *)pact, sizeof *pact));
	lg_pacts_free(NULL);
}

int main(void)
{
#define WITH_TALK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_TALK(both_ends_agree),
		WITH_TALK(each_pact_has_its_own_keys),
		WITH_TALK(an_offer_is_this_gateways_to_this_service),
		WITH_TALK(an_offer_expires),
		WITH_TALK(a_key_that_is_none_is_refused),
		WITH_TALK(there_is_room_for_so_many),
		WITH_TALK(an_expired_pact_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
