/* Signatures bound to what they are for (sign.h). */
#include "common/protect/sign.h"

#include <assert.h>
#include <sodium.h>

static_assert(LG_SIGNATURE_SIZE == crypto_sign_BYTES, "Ed25519 signature");
static_assert(LG_SIGN_PUBLIC_SIZE == crypto_sign_PUBLICKEYBYTES, "Ed25519 public key");
static_assert(LG_SIGN_SECRET_SIZE == crypto_sign_SECRETKEYBYTES, "Ed25519 secret key");

/* Plain Ed25519 takes its message in one piece; the multi-part interface is another scheme. */
static struct lg_bytes join(struct lg_arena *arena, const char *context, struct lg_bytes bytes)
{
	size_t context_size = strlen(context);
	uint8_t *joined = lg_alloc(arena, context_size + bytes.size);

	memcpy(joined, context, context_size);
	if (bytes.size > 0)
		memcpy(joined + context_size, bytes.data, bytes.size);
	return lg_bytes(joined, context_size + bytes.size);
}

void lg_sign(struct lg_arena *arena, const char *context, struct lg_bytes bytes,
	const uint8_t secret_key[LG_SIGN_SECRET_SIZE], uint8_t ret_signature[LG_SIGNATURE_SIZE])
{
	struct lg_bytes joined = join(arena, context, bytes);
	int failed =
		crypto_sign_detached(ret_signature, NULL, joined.data, joined.size, secret_key);

	assert(failed == 0);
}

bool lg_sign_check(struct lg_arena *arena, const char *context, struct lg_bytes bytes,
	struct lg_bytes signature, const uint8_t public_key[LG_SIGN_PUBLIC_SIZE])
{
	struct lg_bytes joined;

	if (signature.size != LG_SIGNATURE_SIZE)
		return false;
	if (sodium_is_zero(public_key, LG_SIGN_PUBLIC_SIZE))
		return false;
	joined = join(arena, context, bytes);
	return crypto_sign_verify_detached(signature.data, joined.data, joined.size, public_key) ==
	       0;
}

/* --- digests: BLAKE2b (RFC 7693) of eight texts, one in each lane of a vector ------------ */

#define LANES      8
#define BLOCK_SIZE 128
#define PARAMETERS (UINT64_C(0x01010000) ^ LG_DIGEST_SIZE) /* no key, one leaf */

/*
 * Lanes run as long as the longest text, and eight cost as much as two and a half with AVX-512, five
 * with AVX2.  Where they hold less than that times the longest, each text goes alone.
 */
#define WORTH_TIMES 5

bool lg_digest_has_unit(enum lg_digest_unit unit)
{
	switch (unit) {
	case LG_DIGEST_SINGLE:
		return true;
#if defined(__x86_64__)
	case LG_DIGEST_AVX2:
		return __builtin_cpu_supports("avx2");
	case LG_DIGEST_AVX512:
		return __builtin_cpu_supports("avx512f");
#else
	case LG_DIGEST_AVX2:
	case LG_DIGEST_AVX512:
		return false;
#endif
	case LG_DIGEST_UNIT_COUNT:
		break;
	}
	return false;
}

static void single(const struct lg_bytes *text, uint8_t ret_digest[LG_DIGEST_SIZE])
{
	crypto_generichash(ret_digest, LG_DIGEST_SIZE, text->data, text->size, NULL, 0);
}

static size_t blocks_of(const struct lg_bytes *text)
{
	return text->size == 0 ? 1 : (text->size + BLOCK_SIZE - 1) / BLOCK_SIZE;
}

#if defined(__x86_64__)

/* Inlined into a function for each unit, which says what instructions there are. */
#define LANE_CODE static inline __attribute__((always_inline))

/* The same word of eight texts.  The compilers cut it in two where a vector holds four. */
typedef uint64_t lane_words __attribute__((vector_size(LANES * sizeof(uint64_t))));

static const uint64_t start[8] = {
	0x6a09e667f3bcc908,
	0xbb67ae8584caa73b,
	0x3c6ef372fe94f82b,
	0xa54ff53a5f1d36f1,
	0x510e527fade682d1,
	0x9b05688c2b3e6c1f,
	0x1f83d9abfb41bd6b,
	0x5be0cd19137e2179,
};

/* clang-format off */
static const uint8_t sigma[12][16] = {
	{  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10,  4,  8,  9, 15, 13,  6,  1, 12,  0,  2, 11,  7,  5,  3 },
	{ 11,  8, 12,  0,  5,  2, 15, 13, 10, 14,  3,  6,  7,  1,  9,  4 },
	{  7,  9,  3,  1, 13, 12, 11, 14,  2,  6,  5, 10,  4,  0, 15,  8 },
	{  9,  0,  5,  7,  2,  4, 10, 15, 14,  1, 11, 12,  6,  8,  3, 13 },
	{  2, 12,  6, 10,  0, 11,  8,  3,  4, 13,  7,  5, 15, 14,  1,  9 },
	{ 12,  5,  1, 15, 14, 13,  4, 10,  0,  7,  6,  3,  9,  2,  8, 11 },
	{ 13, 11,  7, 14, 12,  1,  3,  9,  5,  0, 15,  4,  8,  6,  2, 10 },
	{  6, 15, 14,  9, 11,  3,  0,  8, 12,  2, 13,  7,  1,  4, 10,  5 },
	{ 10,  2,  8,  4,  7,  6,  1,  5, 15, 11,  9, 14,  3, 12, 13,  0 },
	{  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10,  4,  8,  9, 15, 13,  6,  1, 12,  0,  2, 11,  7,  5,  3 },
};
/* clang-format on */

/* What one block of each text adds, and where it ends. */
struct lane_block {
	lane_words word[16];
	lane_words through; /* bytes of the text with this block */
	lane_words last;    /* all ones: it is the last one */
	lane_words live;    /* all ones: the text is not behind its end yet */
};

/* The function G of RFC 7693. */
LANE_CODE void mix(
	lane_words *v, int a, int b, int c, int d, const lane_words *x, const lane_words *y)
{
	v[a] += v[b] + *x;
	v[d] ^= v[a];
	v[d] = v[d] >> 32 | v[d] << 32;
	v[c] += v[d];
	v[b] ^= v[c];
	v[b] = v[b] >> 24 | v[b] << 40;
	v[a] += v[b] + *y;
	v[d] ^= v[a];
	v[d] = v[d] >> 16 | v[d] << 48;
	v[c] += v[d];
	v[b] ^= v[c];
	v[b] = v[b] >> 63 | v[b] << 1;
}

LANE_CODE void round_of(lane_words v[16], const lane_words m[16], const uint8_t s[16])
{
	mix(v, 0, 4, 8, 12, &m[s[0]], &m[s[1]]);
	mix(v, 1, 5, 9, 13, &m[s[2]], &m[s[3]]);
	mix(v, 2, 6, 10, 14, &m[s[4]], &m[s[5]]);
	mix(v, 3, 7, 11, 15, &m[s[6]], &m[s[7]]);
	mix(v, 0, 5, 10, 15, &m[s[8]], &m[s[9]]);
	mix(v, 1, 6, 11, 12, &m[s[10]], &m[s[11]]);
	mix(v, 2, 7, 8, 13, &m[s[12]], &m[s[13]]);
	mix(v, 3, 4, 9, 14, &m[s[14]], &m[s[15]]);
}

LANE_CODE void compress(lane_words h[8], const struct lane_block *block)
{
	lane_words v[16];

	for (int i = 0; i < 8; i++) {
		v[i] = h[i];
		v[i + 8] = (lane_words){ 0 } + start[i];
	}
	v[12] ^= block->through;
	v[14] ^= block->last;
#pragma GCC unroll 12
	for (int round = 0; round < 12; round++)
		round_of(v, block->word, sigma[round]);
	for (int i = 0; i < 8; i++)
		h[i] ^= (v[i] ^ v[i + 8]) & block->live;
}

/* One text's part; what is behind its end is zero, as BLAKE2b pads. */
LANE_CODE void read_lane(
	struct lane_block *block, int lane, const struct lg_bytes *text, size_t number)
{
	size_t at = number * BLOCK_SIZE, blocks = blocks_of(text);
	uint64_t words[16] = { 0 };

	if (at < text->size)
		memcpy(words, text->data + at,
			text->size - at < BLOCK_SIZE ? text->size - at : BLOCK_SIZE);
	for (int i = 0; i < 16; i++)
		block->word[i][lane] = words[i];
	block->through[lane] = at + BLOCK_SIZE < text->size ? at + BLOCK_SIZE : text->size;
	block->last[lane] = number + 1 == blocks ? UINT64_MAX : 0;
	block->live[lane] = number < blocks ? UINT64_MAX : 0;
}

LANE_CODE void digest_lanes(const struct lg_bytes texts[LANES], size_t block_count,
	uint8_t ret_digests[LANES][LG_DIGEST_SIZE])
{
	lane_words h[8];

	for (int i = 0; i < 8; i++)
		h[i] = (lane_words){ 0 } + start[i];
	h[0] ^= (lane_words){ 0 } + PARAMETERS;
	for (size_t number = 0; number < block_count; number++) {
		struct lane_block block;

		for (int lane = 0; lane < LANES; lane++)
			read_lane(&block, lane, &texts[lane], number);
		compress(h, &block);
	}
	for (int lane = 0; lane < LANES; lane++) {
		for (int i = 0; i < LG_DIGEST_SIZE / 8; i++) {
			uint64_t word = h[i][lane];

			memcpy(ret_digests[lane] + 8 * i, &word, sizeof word);
		}
	}
}

__attribute__((target("avx2"))) static void digest_avx2(const struct lg_bytes texts[LANES],
	size_t block_count, uint8_t ret_digests[LANES][LG_DIGEST_SIZE])
{
	digest_lanes(texts, block_count, ret_digests);
}

__attribute__((target("avx512f"))) static void digest_avx512(const struct lg_bytes texts[LANES],
	size_t block_count, uint8_t ret_digests[LANES][LG_DIGEST_SIZE])
{
	digest_lanes(texts, block_count, ret_digests);
}

/* At most eight texts; false where they had better go alone. */
static bool digest_group(enum lg_digest_unit unit, const struct lg_bytes *texts, uint32_t count,
	uint8_t (*ret_digests)[LG_DIGEST_SIZE])
{
	struct lg_bytes lanes[LANES] = { { .size = 0 } };
	uint8_t digests[LANES][LG_DIGEST_SIZE];
	size_t longest = 0, all = 0;

	for (uint32_t i = 0; i < count; i++) {
		size_t blocks = blocks_of(&texts[i]);

		lanes[i] = texts[i];
		all += blocks;
		longest = blocks > longest ? blocks : longest;
	}
	if (all < WORTH_TIMES * longest)
		return false;
	if (unit == LG_DIGEST_AVX512)
		digest_avx512(lanes, longest, digests);
	else
		digest_avx2(lanes, longest, digests);
	memcpy(ret_digests, digests, (size_t)count * LG_DIGEST_SIZE);
	return true;
}

#else

static bool digest_group(enum lg_digest_unit unit, const struct lg_bytes *texts, uint32_t count,
	uint8_t (*ret_digests)[LG_DIGEST_SIZE])
{
	(void)unit;
	(void)texts;
	(void)count;
	(void)ret_digests;
	return false;
}

#endif

void lg_digests_by(enum lg_digest_unit unit, const struct lg_bytes *texts, uint32_t count,
	uint8_t (*ret_digests)[LG_DIGEST_SIZE])
{
	assert(lg_digest_has_unit(unit));
	for (uint32_t first = 0; first < count; first += LANES) {
		uint32_t here = count - first < LANES ? count - first : LANES;

		if (unit != LG_DIGEST_SINGLE &&
			digest_group(unit, texts + first, here, ret_digests + first))
			continue;
		for (uint32_t i = first; i < first + here; i++)
			single(&texts[i], ret_digests[i]);
	}
}

void lg_digests(
	const struct lg_bytes *texts, uint32_t count, uint8_t (*ret_digests)[LG_DIGEST_SIZE])
{
	int unit = LG_DIGEST_UNIT_COUNT - 1;

	while (!lg_digest_has_unit((enum lg_digest_unit)unit))
		unit--;
	lg_digests_by((enum lg_digest_unit)unit, texts, count, ret_digests);
}
