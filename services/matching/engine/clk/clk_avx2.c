/*
 * Four records at a time.  AVX2 cannot count bits: words are first added bit by bit (carry-save, as
 * Harley and Seal; Muła, Kurz and Lemire 2018), so that sixteen words need five counts.
 */
#include "services/matching/engine/clk/clk_scan.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,popcnt")))
#define HALVES 2

struct sum {
	__m256i ones, twos;
};

/* Adds three bits of each place: what is left, and what is carried. */
TARGET static inline __attribute__((always_inline)) struct sum add_bits(
	__m256i a, __m256i b, __m256i c)
{
	__m256i half = _mm256_xor_si256(a, b);

	return (struct sum){
		.ones = _mm256_xor_si256(half, c),
		.twos = _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(half, c)),
	};
}

/* Set bits of each byte. */
TARGET static inline __attribute__((always_inline)) __m256i count_bytes(__m256i bits)
{
	const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1,
		1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
	const __m256i low = _mm256_set1_epi8(15);

	return _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(bits, low)),
		_mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), low)));
}

/* A byte's count doubled; it stays below 256. */
TARGET static inline __attribute__((always_inline)) __m256i twice(__m256i counts)
{
	return _mm256_add_epi8(counts, counts);
}

TARGET static inline __attribute__((always_inline)) __m256i both_of(
	const __m256i *word, const struct clk_block *block, int half, int i)
{
	return _mm256_and_si256(
		word[i], _mm256_load_si256((const __m256i *)&block->word[i][4 * half]));
}

/* Bits of each place, as a number of five digits: sums of up to sixteen words. */
struct digits {
	__m256i ones, twos, fours, eights, sixteens;
};

/* Eight words more. */
TARGET static inline __attribute__((always_inline)) struct digits add_eight(
	struct digits sum, const __m256i *word, const struct clk_block *block, int half, int i)
{
	struct sum a = add_bits(
		sum.ones, both_of(word, block, half, i), both_of(word, block, half, i + 1));
	struct sum b = add_bits(
		a.ones, both_of(word, block, half, i + 2), both_of(word, block, half, i + 3));
	struct sum c = add_bits(sum.twos, a.twos, b.twos);
	struct sum d = add_bits(
		b.ones, both_of(word, block, half, i + 4), both_of(word, block, half, i + 5));
	struct sum e = add_bits(
		d.ones, both_of(word, block, half, i + 6), both_of(word, block, half, i + 7));
	struct sum f = add_bits(c.ones, d.twos, e.twos);
	struct sum g = add_bits(sum.fours, c.twos, f.twos);

	return (struct digits){
		.ones = e.ones,
		.twos = f.ones,
		.fours = g.ones,
		/* two carries of eight at most: the first is kept, the second makes sixteens */
		.sixteens = _mm256_and_si256(sum.eights, g.twos),
		.eights = _mm256_xor_si256(sum.eights, g.twos),
	};
}

/* Bits in common, one sum per record.  No loop: the first eight then begin with nothing to add to. */
TARGET static inline __attribute__((always_inline)) __m256i common_of(
	const __m256i *word, const struct clk_block *block, int half)
{
	const __m256i none = _mm256_setzero_si256();
	struct digits sum = { none, none, none, none, none };

	sum = add_eight(sum, word, block, half, 0);
	sum = add_eight(sum, word, block, half, 8);

	__m256i counts = count_bytes(sum.sixteens);

	counts = _mm256_add_epi8(twice(counts), count_bytes(sum.eights));
	counts = _mm256_add_epi8(twice(counts), count_bytes(sum.fours));
	counts = _mm256_add_epi8(twice(counts), count_bytes(sum.twos));
	counts = _mm256_add_epi8(twice(counts), count_bytes(sum.ones));
	return _mm256_sad_epu8(counts, none);
}
_Static_assert(CLK_WORDS == 16, "twice eight words");

TARGET void clk_scan_avx2(const struct clk *query, uint32_t weight, const struct clk_block *blocks,
	uint32_t count, uint32_t first, struct clk_top *top)
{
	const __m256i scale = _mm256_set1_epi64x(2000), own = _mm256_set1_epi64x(weight);
	__m256i word[CLK_WORDS];

	for (int i = 0; i < CLK_WORDS; i++)
		word[i] = _mm256_set1_epi64x((long long)query->word[i]);
	for (uint32_t b = 0; b < HALVES * count; b++) {
		const struct clk_block *block = &blocks[b / HALVES];
		int half = (int)(b % HALVES);
		__m256i common = common_of(word, block, half);
		__m256i both = _mm256_add_epi64(
			own, _mm256_load_si256((const __m256i *)&block->weight[4 * half]));
		__m256i low =
			_mm256_cmpgt_epi64(_mm256_mul_epu32(both, _mm256_set1_epi64x(top->least)),
				_mm256_mul_epu32(common, scale));
		int misses = _mm256_movemask_pd(_mm256_castsi256_pd(low));

		if (misses == 15)
			continue;

		uint64_t commons[4];

		_mm256_storeu_si256((__m256i *)commons, common);
		for (uint32_t lane = 0; lane < 4; lane++)
			if (((misses >> lane) & 1) == 0)
				clk_top_add(top, first + 4 * b + lane, (uint32_t)commons[lane],
					weight + (uint32_t)block->weight[4 * half + (int)lane]);
	}
}

#else

void clk_scan_avx2(const struct clk *query, uint32_t weight, const struct clk_block *blocks,
	uint32_t count, uint32_t first, struct clk_top *top)
{
	clk_scan_portable(query, weight, blocks, count, first, top);
}

#endif
