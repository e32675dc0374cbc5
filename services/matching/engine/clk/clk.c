#include "services/matching/engine/clk/clk.h"

#include <assert.h>
#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>

#define RAW_BITS   (2 * CLK_BITS)
#define DIGEST_MAX (crypto_auth_hmacsha256_BYTES / 2)

/*
 * Bits that a pair of a field sets, each from two bytes of its digest.  Names are short and say
 * most; chosen by the figures of tests/matching/clk.sh.
 */
static const uint8_t bits_of[CLK_FIELD_COUNT] = {
	[CLK_NAME] = 10,
	[CLK_BIRTH] = 8,
	[CLK_PLACE] = 6,
	[CLK_STREET] = 4,
	[CLK_NUMBER] = 6,
};

_Static_assert(DIGEST_MAX >= 16, "a digest holds the bits of any field");

void clk_begin(struct clk_maker *maker, const uint8_t *key)
{
	memset(maker, 0, sizeof *maker);
	memcpy(maker->key, key, CLK_KEY_SIZE);
}

static void digest_of(const struct clk_maker *maker, const uint8_t *text, size_t size,
	uint8_t ret_digest[crypto_auth_hmacsha256_BYTES])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, maker->key, CLK_KEY_SIZE);
	crypto_auth_hmacsha256_update(&state, text, size);
	crypto_auth_hmacsha256_final(&state, ret_digest);
	sodium_memzero(&state, sizeof state);
}

static void add(struct clk_maker *maker, enum clk_field field, const uint8_t *gram, size_t size)
{
	uint8_t digest[crypto_auth_hmacsha256_BYTES];

	digest_of(maker, gram, size, digest);
	for (uint32_t i = 0; i < bits_of[field]; i++) {
		uint32_t bit = (digest[2 * i] | (uint32_t)digest[2 * i + 1] << 8) % RAW_BITS;

		maker->raw[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

void clk_add_text(struct clk_maker *maker, enum clk_field field, struct lg_bytes text)
{
	assert(field < CLK_FIELD_COUNT);

	for (size_t i = 0; text.size > 0 && i <= text.size; i++) {
		const uint8_t gram[3] = {
			(uint8_t)field,
			i == 0 ? 0 : text.data[i - 1],
			i == text.size ? 0 : text.data[i],
		};

		add(maker, field, gram, sizeof gram);
	}
}

/* A part as a whole, and each of its digits in its place. */
static void add_part(struct clk_maker *maker, char part, uint32_t value, uint32_t digits)
{
	uint8_t gram[4] = { CLK_BIRTH, (uint8_t)part, (uint8_t)value, (uint8_t)(value >> 8) };

	if (value == 0)
		return;
	add(maker, CLK_BIRTH, gram, sizeof gram);
	for (uint32_t place = 0; place < digits; place++) {
		const uint8_t digit[5] = { CLK_BIRTH, (uint8_t)part, 0xff, (uint8_t)place,
			(uint8_t)(value % 10) };

		add(maker, CLK_BIRTH, digit, sizeof digit);
		value /= 10;
	}
}

void clk_add_date(struct clk_maker *maker, uint32_t year, uint32_t month, uint32_t day)
{
	add_part(maker, 'y', year, 4);
	add_part(maker, 'm', month, 2);
	add_part(maker, 'd', day, 2);
}

/* --- from the filter to what leaves ---------------------------------------------------------- */

static void fold(const struct clk_maker *maker, struct clk *clk)
{
	for (int i = 0; i < CLK_WORDS; i++)
		clk->word[i] = maker->raw[i] ^ maker->raw[i + CLK_WORDS];
}

static void join(const struct clk_maker *maker, struct clk *clk)
{
	for (int i = 0; i < CLK_WORDS; i++)
		clk->word[i] = maker->raw[i] | maker->raw[i + CLK_WORDS];
}

static void rule_90(struct clk *clk)
{
	struct clk old = *clk;

	for (int i = 0; i < CLK_WORDS; i++) {
		uint64_t before = old.word[(i + CLK_WORDS - 1) % CLK_WORDS];
		uint64_t after = old.word[(i + 1) % CLK_WORDS];

		clk->word[i] = (old.word[i] << 1 | before >> 63) ^ (old.word[i] >> 1 | after << 63);
	}
}

static void balance(struct clk *clk)
{
	for (int i = 0; i < CLK_WORDS / 2; i++) {
		clk->word[i] |= clk->word[i + CLK_WORDS / 2];
		clk->word[i + CLK_WORDS / 2] = ~clk->word[i];
	}
}

/*
 * The bits to turn follow from the secret and the whole filter: whoever has not the secret sees
 * noise, and the same person is noisy in the same way each time.
 */
static void flip(const struct clk_maker *maker, struct clk *clk)
{
	uint8_t text[sizeof maker->raw + 1], digest[crypto_auth_hmacsha256_BYTES];

	memcpy(text, maker->raw, sizeof maker->raw);
	for (uint32_t i = 0; i < CLK_FLIPS; i++) {
		if (i % DIGEST_MAX == 0) {
			text[sizeof maker->raw] = (uint8_t)i;
			digest_of(maker, text, sizeof text, digest);
		}

		const uint8_t *at = digest + 2 * (i % DIGEST_MAX);
		uint32_t bit = (at[0] | (uint32_t)at[1] << 8) % CLK_BITS;

		clk->word[bit / 64] ^= UINT64_C(1) << bit % 64;
	}
	sodium_memzero(text, sizeof text);
	sodium_memzero(digest, sizeof digest);
}

static bool is_empty(const struct clk_maker *maker)
{
	return sodium_is_zero((const uint8_t *)maker->raw, sizeof maker->raw) == 1;
}

struct clk clk_finish(struct clk_maker *maker, enum clk_hardening hardening)
{
	struct clk clk = { { 0 } };

	assert(hardening < CLK_HARDENING_COUNT);

	if (!is_empty(maker)) { /* of nobody nothing is said, not even noise */
		if (hardening == CLK_FOLDED || hardening == CLK_HARDENED)
			fold(maker, &clk);
		else
			join(maker, &clk);
		if (hardening == CLK_RULE_90)
			rule_90(&clk);
		if (hardening == CLK_BALANCED)
			balance(&clk);
		if (hardening == CLK_HARDENED)
			flip(maker, &clk);
	}
	sodium_memzero(maker, sizeof *maker);
	return clk;
}

uint32_t clk_weight(const struct clk *clk)
{
	uint32_t weight = 0;

	for (int i = 0; i < CLK_WORDS; i++)
		weight += (uint32_t)__builtin_popcountll(clk->word[i]);
	return weight;
}

uint32_t clk_alike(const struct clk *a, const struct clk *b)
{
	uint32_t common = 0, both = clk_weight(a) + clk_weight(b);

	for (int i = 0; i < CLK_WORDS; i++)
		common += (uint32_t)__builtin_popcountll(a->word[i] & b->word[i]);
	return both == 0 ? 0 : 2000 * common / both;
}
