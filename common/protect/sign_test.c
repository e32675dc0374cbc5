#include "common/protect/sign.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_holds_for_what_was_signed_only),
		cmocka_unit_test(nothing_can_be_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
