/* Eight records at a time, bits counted by VPOPCNTQ. */
#include "services/matching/engine/clk/clk_scan.h"

#if defined(__x86_64__)

#include <immintrin.h>

__attribute__((target("avx512f,avx512vpopcntdq,popcnt"))) void clk_scan_avx512(
	const struct clk *query, uint32_t weight, const struct clk_block *blocks, uint32_t count,
	uint32_t first, struct clk_top *top)
{
	const __m512i scale = _mm512_set1_epi64(2000), own = _mm512_set1_epi64(weight);
	__m512i word[CLK_WORDS];

	for (int i = 0; i < CLK_WORDS; i++)
		word[i] = _mm512_set1_epi64((long long)query->word[i]);
	for (uint32_t b = 0; b < count; b++) {
		const struct clk_block *block = &blocks[b];
		__m512i common = _mm512_setzero_si512(), common_2 = common;
		__m512i both = _mm512_add_epi64(own, _mm512_load_si512(block->weight));

		for (int i = 0; i < CLK_WORDS; i += 2) {
			common = _mm512_add_epi64(
				common, _mm512_popcnt_epi64(_mm512_and_si512(
						word[i], _mm512_load_si512(block->word[i]))));
			common_2 = _mm512_add_epi64(
				common_2, _mm512_popcnt_epi64(_mm512_and_si512(word[i + 1],
						  _mm512_load_si512(block->word[i + 1]))));
		}
		common = _mm512_add_epi64(common, common_2);

		__mmask8 hits = _mm512_cmpge_epu64_mask(_mm512_mul_epu32(common, scale),
			_mm512_mul_epu32(both, _mm512_set1_epi64(top->least)));

		if (hits == 0)
			continue;

		uint64_t commons[CLK_LANES];

		_mm512_storeu_si512(commons, common);
		for (uint32_t lane = 0; lane < CLK_LANES; lane++)
			if (hits >> lane & 1)
				clk_top_add(top, first + b * CLK_LANES + lane,
					(uint32_t)commons[lane],
					weight + (uint32_t)block->weight[lane]);
	}
}

#else

void clk_scan_avx512(const struct clk *query, uint32_t weight, const struct clk_block *blocks,
	uint32_t count, uint32_t first, struct clk_top *top)
{
	clk_scan_portable(query, weight, blocks, count, first, top);
}

#endif
