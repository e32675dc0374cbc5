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

/* --- digests --------------------------------------------------------------------------- */

#define TEXTS_MAX  17
#define LENGTH_MAX 2000

/* Room for texts, each ending where its own memory ends, so that reading on is noticed. */
struct texts {
	struct lg_bytes at[TEXTS_MAX];
	uint8_t *bytes[TEXTS_MAX];
};

static void make(struct texts *texts, uint32_t count, const size_t *sizes)
{
	for (uint32_t i = 0; i < count; i++) {
		texts->bytes[i] = malloc(sizes[i] + 1);
		assert_non_null(texts->bytes[i]);
		/* one byte in front instead of behind: the end of the text is the end of the memory */
		randombytes_buf(texts->bytes[i], sizes[i] + 1);
		texts->at[i] = lg_bytes(texts->bytes[i] + 1, sizes[i]);
	}
}

static void drop(struct texts *texts, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		free(texts->bytes[i]);
}

/* By every unit that this processor has. */
static void assert_as_one_by_one(const struct lg_bytes *texts, uint32_t count)
{
	for (int unit = 0; unit < LG_DIGEST_UNIT_COUNT; unit++) {
		uint8_t made[TEXTS_MAX + 1][LG_DIGEST_SIZE];
		uint8_t expected[LG_DIGEST_SIZE];

		if (!lg_digest_has_unit((enum lg_digest_unit)unit))
			continue;
		memset(made, 0x5a, sizeof made);
		lg_digests_by((enum lg_digest_unit)unit, texts, count, made);
		for (uint32_t i = 0; i < count; i++) {
			crypto_generichash(
				expected, sizeof expected, texts[i].data, texts[i].size, NULL, 0);
			assert_memory_equal(made[i], expected, sizeof expected);
		}
		memset(expected, 0x5a, sizeof expected);
		assert_memory_equal(made[count], expected, sizeof expected); /* not written */
	}
}

/*
 * Goal: what is signed does not depend on the processor of who signs, nor the check on who checks.
 * Method: eight texts of nearly one size, of every size up to some blocks, on both sides of each end of a
 * block; every unit gives what libsodium gives for each.
 */
static void every_unit_gives_the_same_digest_at_every_size(void **unused)
{
	(void)unused;
	for (size_t size = 0; size <= 4 * 128 + 2; size++) {
		size_t sizes[8];
		struct texts texts;

		for (size_t i = 0; i < 8; i++)
			sizes[i] = size + i / 3;
		make(&texts, 8, sizes);
		assert_as_one_by_one(texts.at, 8);
		drop(&texts, 8);
	}
}

/*
 * Goal: texts that end in different blocks do not touch each other.
 * Method: any number of them, of any sizes, by every unit; the seed is libsodium's own, and all that decides
 * is the sizes, so a failure shows them.
 */
static void texts_of_any_sizes_side_by_side(void **unused)
{
	(void)unused;
	for (int turn = 0; turn < 300; turn++) {
		uint32_t count = randombytes_uniform(TEXTS_MAX + 1);
		uint32_t most = turn % 2 == 0 ? 300 : LENGTH_MAX;
		size_t sizes[TEXTS_MAX];
		struct texts texts;

		for (uint32_t i = 0; i < count; i++)
			sizes[i] = randombytes_uniform(most);
		make(&texts, count, sizes);
		assert_as_one_by_one(texts.at, count);
		drop(&texts, count);
	}
}

/*
 * Goal: one long text beside short ones, empty ones and none at all are digested, too.
 * Method: the sizes that the rule about going alone turns on.
 */
static void one_long_text_goes_alone(void **unused)
{
	const size_t sizes[][8] = {
		{ 100000, 1, 1, 1, 1, 1, 1, 1 },
		{ 640, 128, 128, 128, 128, 0, 0, 0 },
		{ 256, 256, 256, 256, 129, 1, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0 },
	};

	(void)unused;
	for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
		struct texts texts;

		make(&texts, 8, sizes[n]);
		for (uint32_t count = 0; count <= 8; count++)
			assert_as_one_by_one(texts.at, count);
		drop(&texts, 8);
	}
}

/*
 * Goal: the best that the processor has is what is used without being asked for.
 * Method: the digest of "abc" as RFC 7693 would have it with 32 bytes (b2sum -l 256), nine times.
 */
static void the_digest_is_blake2b(void **unused)
{
	static const uint8_t expected[LG_DIGEST_SIZE] = { 0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39,
		0x72, 0x31, 0x71, 0xef, 0x3f, 0xee, 0x98, 0x57, 0x9b, 0x94, 0x96, 0x4e, 0x3b, 0xb1,
		0xcb, 0x3e, 0x42, 0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19 };
	struct lg_bytes texts[9];
	uint8_t made[9][LG_DIGEST_SIZE];

	(void)unused;
	for (size_t i = 0; i < 9; i++)
		texts[i] = lg_bytes("abc", 3);
	lg_digests(texts, 9, made);
	for (size_t i = 0; i < 9; i++)
		assert_memory_equal(made[i], expected, sizeof expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_is_signed_once),
		cmocka_unit_test(a_signature_holds_for_what_was_signed_only),
		cmocka_unit_test(nothing_can_be_signed),
		cmocka_unit_test(every_unit_gives_the_same_digest_at_every_size),
		cmocka_unit_test(texts_of_any_sizes_side_by_side),
		cmocka_unit_test(one_long_text_goes_alone),
		cmocka_unit_test(the_digest_is_blake2b),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
