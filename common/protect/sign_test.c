#include "common/protect/sign.h"

#include "common/protect/origin.h"
#include "common/protect/site_for_tests.h"

/*
 * Goal: a signature holds for its context, bytes, and key, and nothing else.
 * Method: flip every bit of signature and bytes; change context and key; cut and lengthen.
 */
static void a_signature_holds_for_what_was_signed_only(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	uint8_t secret[64], public[32], other[32], absent[32] = { 0 }, signature[64];
	uint8_t text[20] = "what was said";
	struct lg_bytes bytes = lg_bytes(text, sizeof text);
	struct lg_bytes sig = lg_bytes(signature, sizeof signature);

	(void)unused;
	crypto_sign_keypair(other, secret);
	crypto_sign_keypair(public, secret);
	lg_sign(arena, "one", bytes, secret, signature);

	assert_true(lg_sign_check(arena, "one", bytes, sig, public));
	assert_false(lg_sign_check(arena, "two", bytes, sig, public));
	assert_false(lg_sign_check(arena, "one", bytes, sig, other));
	assert_false(lg_sign_check(arena, "one", bytes, sig, absent));
	assert_false(lg_sign_check(arena, "one", lg_bytes(text, 19), sig, public));
	assert_false(lg_sign_check(arena, "one", bytes, lg_bytes(signature, 63), public));
	assert_false(lg_sign_check(arena, "one", bytes, lg_bytes(NULL, 0), public));
	for (size_t bit = 0; bit < 8 * sizeof signature; bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(lg_sign_check(arena, "one", bytes, sig, public));
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof text; bit++) {
		text[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(lg_sign_check(arena, "one", bytes, sig, public));
		text[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(lg_sign_check(arena, "one", bytes, sig, public));
	lg_arena_free(arena);
}

/*
 * Goal: nothing may be signed, and told from something.
 * Method: sign no bytes; the signature holds for none and not for one.
 */
static void nothing_can_be_signed(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	uint8_t secret[64], public[32], signature[64];
	struct lg_bytes sig = lg_bytes(signature, sizeof signature);

	(void)unused;
	crypto_sign_keypair(public, secret);
	lg_sign(arena, "one", lg_bytes(NULL, 0), secret, signature);
	assert_true(lg_sign_check(arena, "one", lg_bytes(NULL, 0), sig, public));
	assert_false(lg_sign_check(arena, "one", lg_bytes("x", 1), sig, public));
	lg_arena_free(arena);
}

/*
 * Goal: a signature that is kept proves the batch it was made for, and no other.  Method: the same
 * run twice, then another envelope, each proved; then a memory that is wrong.
 */
static void a_manifest_is_signed_once(void **unused)
{
	(void)unused;
	struct test_site *site = calloc(1, sizeof *site);
	struct lg_arena *arena = lg_arena_new();
	struct lg_bytes envelope = lg_bytes("first", 5);
	struct lg_run opened, run = { .stream = { .site = 7, .service = LG_SERVICE_INTAKE },
		.prior_epoch = test_id(1),
		.epoch = test_id(2),
		.first = 41,
		.through = 41,
		.count = 1,
		.envelopes = &envelope };
	struct lg_origin_signed last = { .is_there = false };

	assert_non_null(site);
	test_site_init(site, 7);

	const struct lg_own_keys *keys = &site->keys[LG_SERVICE_INTAKE];
	struct lg_bytes first = lg_origin_sign(arena, keys, &run, &last);

	assert_true(last.is_there);
	assert_true(lg_bytes_equal(first, lg_origin_sign(arena, keys, &run, &last)));
	assert_true(lg_bytes_equal(first, lg_origin_sign(arena, keys, &run, NULL)));
	envelope = lg_bytes("another", 7);

	struct lg_bytes second = lg_origin_sign(arena, keys, &run, &last);

	assert_done(lg_origin_check(arena, &site->keyring, &run.stream, second, &opened));
	memset(last.signature, 0, sizeof last.signature); /* what is kept is what is sent */
	second = lg_origin_sign(arena, keys, &run, &last);
	assert_refused(lg_origin_check(arena, &site->keyring, &run.stream, second, &opened),
		"the batch is not signed by its service");
	lg_arena_free(arena);
	free(site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_is_signed_once),
		cmocka_unit_test(a_signature_holds_for_what_was_signed_only),
		cmocka_unit_test(nothing_can_be_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
