#include "common/protect/token.h"

#include "common/protect/sign.h"
#include "common/protect/site_for_tests.h"
#include "common/stream/wire.h"
#include "proto/codes.pb-c.h"

struct issued {
	struct lg_arena *arena;
	struct test_site site;
	struct lg_token_cache *cache;
	struct lg_actor actor;
	struct lg_bytes token;
};

static int set_up(void **state)
{
	struct issued *issued = calloc(1, sizeof *issued);

	assert_non_null(issued);
	issued->arena = lg_arena_new();
	test_site_init(&issued->site, 7);
	issued->cache = lg_token_cache_new();
	issued->actor = (struct lg_actor){ .user = test_id(1),
		.organisation = test_id(2),
		.session = test_id(3),
		.role = LIFEGUARD__CODES__ROLE__CENTRE_LEAD,
		.assurance = 3 };
	issued->token = lg_token_sign(
		issued->arena, &issued->site.keys[LG_SERVICE_ACCESS], &issued->actor, NOON);
	*state = issued;
	return 0;
}

static int tear_down(void **state)
{
	struct issued *issued = *state;

	lg_token_cache_free(issued->cache);
	lg_arena_free(issued->arena);
	free(issued);
	return 0;
}

static struct lg_status check(
	struct issued *issued, struct lg_bytes token, lg_ms now, struct lg_actor *ret_actor)
{
	return lg_token_check(
		issued->cache, issued->arena, &issued->site.keyring, token, now, ret_actor);
}

/* Goal: a token names its actor, the first time and from the cache.  Method: check thrice. */
static void a_token_names_its_actor(void **state)
{
	struct issued *issued = *state;

	for (int i = 0; i < 3; i++) {
		struct lg_actor got = { .role = 0 };

		assert_done(check(issued, issued->token, NOON + i, &got));
		assert_true(lg_id_equal(got.user, issued->actor.user));
		assert_true(lg_id_equal(got.organisation, issued->actor.organisation));
		assert_true(lg_id_equal(got.session, issued->actor.session));
		assert_int_equal(got.role, issued->actor.role);
		assert_int_equal(got.assurance, 3);
	}
}

/*
 * Goal: a token ends, cached or not, and does not begin early.
 * Method: both sides of the end and of the skew, with a fresh and with a used cache.
 */
static void an_expired_or_early_token_is_refused(void **state)
{
	struct issued *issued = *state;
	struct lg_actor got;

	for (int i = 0; i < 2; i++) {
		assert_refused(check(issued, issued->token, NOON + LG_TOKEN_MS, &got),
			"the token has expired: log in again");
		assert_refused(check(issued, issued->token, NOON - LG_TOKEN_SKEW_MS - 1, &got),
			"the token is not valid yet: a clock is wrong");
		assert_done(check(issued, issued->token, NOON + LG_TOKEN_MS - 1, &got));
		assert_done(check(issued, issued->token, NOON - LG_TOKEN_SKEW_MS, &got));
	}
}

/*
 * Goal: no bit of a token may turn, nothing be cut, also when the true one is in the cache.
 * Method: each bit, each prefix.
 */
static void an_altered_token_is_refused(void **state)
{
	struct issued *issued = *state;
	uint8_t *altered = lg_alloc(issued->arena, issued->token.size);
	struct lg_actor got;

	assert_done(check(issued, issued->token, NOON, &got));
	memcpy(altered, issued->token.data, issued->token.size);
	for (size_t bit = 0; bit < issued->token.size * 8; bit++) {
		altered[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
			check(issued, lg_bytes(altered, issued->token.size), NOON, &got).outcome,
			LG_REFUSED);
		altered[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t size = 0; size < issued->token.size; size++)
		assert_int_equal(
			check(issued, lg_bytes(altered, size), NOON, &got).outcome, LG_REFUSED);
	assert_done(check(issued, issued->token, NOON, &got));
}

/*
 * Goal: only this site's access makes tokens, and a new access key ends the old ones at once.
 * Method: another site's token; a token signed by intake; the key changed behind a warm cache.
 */
static void a_token_of_another_key_is_refused(void **state)
{
	static const char foreign[] = "the token is not signed by this site's access";
	struct issued *issued = *state;
	struct test_site *other = calloc(1, sizeof *other);
	struct lg_own_keys forger = issued->site.keys[LG_SERVICE_ACCESS];
	struct lg_actor got;
	struct lg_bytes token;

	assert_non_null(other);
	test_site_init(other, 7);
	token = lg_token_sign(issued->arena, &other->keys[LG_SERVICE_ACCESS], &issued->actor, NOON);
	assert_refused(check(issued, token, NOON, &got), foreign);

	memcpy(forger.token, issued->site.keys[LG_SERVICE_INTAKE].sign, sizeof forger.token);
	token = lg_token_sign(issued->arena, &forger, &issued->actor, NOON);
	assert_refused(check(issued, token, NOON, &got), foreign);
	/* access's other key is not the token key */
	memcpy(forger.token, forger.sign, sizeof forger.token);
	token = lg_token_sign(issued->arena, &forger, &issued->actor, NOON);
	assert_refused(check(issued, token, NOON, &got), foreign);

	assert_done(check(issued, issued->token, NOON, &got));
	memcpy(issued->site.keyring.services[LG_SERVICE_ACCESS].token,
		other->keyring.services[LG_SERVICE_ACCESS].token, 32);
	assert_refused(check(issued, issued->token, NOON, &got), foreign);
	free(other);
}

/* A token as lg_token_sign() would not make it. */
static struct lg_bytes odd_token(
	struct issued *issued, const struct lg_actor *actor, lg_ms issued_at, lg_ms expires_at)
{
	Lifeguard__Envelope__Token inner = LIFEGUARD__ENVELOPE__TOKEN__INIT;
	Lifeguard__Envelope__SignedToken outer = LIFEGUARD__ENVELOPE__SIGNED_TOKEN__INIT;
	uint8_t signature[LG_SIGNATURE_SIZE];
	struct lg_bytes bytes;

	inner.actor = actor == NULL ? NULL : lg_actor_to_wire(issued->arena, actor);
	inner.issued_ms = issued_at;
	inner.expires_ms = expires_at;
	bytes = lg_encode(issued->arena, &inner.base);
	lg_sign(issued->arena, "lifeguard-token-1", bytes,
		issued->site.keys[LG_SERVICE_ACCESS].token, signature);
	outer.token = lg_wire_from_bytes(bytes);
	outer.signature = lg_wire_from_array(signature, sizeof signature);
	return lg_encode(issued->arena, &outer.base);
}

/*
 * Goal: what access may say is bounded too.  Method: well-signed tokens that are valid for too
 * long, run backwards, or name no person.
 */
static void an_odd_token_is_refused_though_signed(void **state)
{
	struct issued *issued = *state;
	struct lg_actor actor = issued->actor, got;
	struct lg_bytes token;

	token = odd_token(issued, &actor, NOON, NOON + LG_TOKEN_MS);
	assert_done(check(issued, token, NOON, &got));
	token = odd_token(issued, &actor, NOON, NOON + LG_TOKEN_MS + 1);
	assert_refused(check(issued, token, NOON, &got), "the token is valid for too long");
	token = odd_token(issued, &actor, NOON, NOON - 1);
	assert_refused(check(issued, token, NOON, &got), "the token is valid for too long");
	token = odd_token(issued, &actor, INT64_MIN, INT64_MAX);
	assert_refused(check(issued, token, NOON, &got), "the token is valid for too long");
	token = odd_token(issued, NULL, NOON, NOON + LG_TOKEN_MS);
	assert_refused(check(issued, token, NOON, &got), "the token's actor is malformed");

	for (uint32_t assurance = 0; assurance < 6; assurance++) {
		actor.assurance = assurance;
		token = odd_token(issued, &actor, NOON, NOON + LG_TOKEN_MS);
		if (assurance == 3 || assurance == 4)
			assert_done(check(issued, token, NOON, &got));
		else
			assert_int_equal(check(issued, token, NOON, &got).outcome, LG_REFUSED);
	}
	actor = issued->actor;
	actor.role = LIFEGUARD__CODES__ROLE__SYSTEM;
	token = odd_token(issued, &actor, NOON, NOON + LG_TOKEN_MS);
	assert_int_equal(check(issued, token, NOON, &got).outcome, LG_REFUSED);
	actor = issued->actor;
	actor.session = (struct lg_id){ .byte = { 0 } };
	token = odd_token(issued, &actor, NOON, NOON + LG_TOKEN_MS);
	assert_int_equal(check(issued, token, NOON, &got).outcome, LG_REFUSED);
}

/*
 * Goal: a full cache forgets, and says nothing wrong.  Method: three times as many sessions as
 * places, each checked twice; each names its own.
 */
static void a_full_cache_still_tells_sessions_apart(void **state)
{
	struct issued *issued = *state;
	struct lg_arena *arena = lg_arena_new();

	for (uint32_t i = 0; i < 3 * LG_TOKEN_CACHE_MAX; i++) {
		struct lg_actor actor = issued->actor, got;
		struct lg_bytes token;

		memcpy(actor.session.byte, &i, sizeof i);
		actor.session.byte[8] = 1;
		token = lg_token_sign(arena, &issued->site.keys[LG_SERVICE_ACCESS], &actor, NOON);
		for (int again = 0; again < 2; again++) {
			assert_done(lg_token_check(
				issued->cache, arena, &issued->site.keyring, token, NOON, &got));
			assert_true(lg_id_equal(got.session, actor.session));
		}
		lg_arena_reset(arena);
	}
	lg_arena_free(arena);
}

int main(void)
{
#define WITH_TOKEN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_TOKEN(a_token_names_its_actor),
		WITH_TOKEN(an_expired_or_early_token_is_refused),
		WITH_TOKEN(an_altered_token_is_refused),
		WITH_TOKEN(a_token_of_another_key_is_refused),
		WITH_TOKEN(an_odd_token_is_refused_though_signed),
		WITH_TOKEN(a_full_cache_still_tells_sessions_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
