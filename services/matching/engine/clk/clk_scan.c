#include "services/matching/engine/clk/clk_scan.h"

#include <assert.h>

#define TILE_BLOCKS 16 /* 17 KiB: stays in the nearest cache beside the queries */

const char *const clk_unit_names[CLK_UNIT_COUNT] = { "portable", "scalar", "avx2", "avx512" };

bool clk_has_unit(enum clk_unit unit)
{
	switch (unit) {
	case CLK_PORTABLE:
		return true;
#if defined(__x86_64__)
	case CLK_SCALAR:
		return __builtin_cpu_supports("popcnt");
	case CLK_AVX2:
		return __builtin_cpu_supports("avx2");
	case CLK_AVX512:
		return __builtin_cpu_supports("avx512f") &&
		       __builtin_cpu_supports("avx512vpopcntdq");
#else
	case CLK_SCALAR:
	case CLK_AVX2:
	case CLK_AVX512:
		return false;
#endif
	case CLK_UNIT_COUNT:
		break;
	}
	return false;
}

enum clk_unit clk_best_unit(void)
{
	int unit = CLK_UNIT_COUNT - 1;

	while (!clk_has_unit((enum clk_unit)unit))
		unit--;
	return (enum clk_unit)unit;
}

void clk_put(struct clk_block *blocks, uint32_t record, const struct clk *clk)
{
	struct clk_block *block = &blocks[record / CLK_LANES];
	uint32_t lane = record % CLK_LANES;

	for (int i = 0; i < CLK_WORDS; i++)
		block->word[i][lane] = clk->word[i];
	block->weight[lane] = clk_weight(clk);
}

struct clk_top clk_top(uint32_t limit, uint32_t least)
{
	assert(limit >= 1);
	assert(limit <= CLK_TOP_MAX);
	assert(least >= 1);
	assert(least <= 1000);

	return (struct clk_top){ .limit = limit, .least = least };
}

void clk_top_add(struct clk_top *top, uint32_t record, uint32_t common, uint32_t both)
{
	uint32_t alike = 2000 * common / both;
	uint32_t at;

	if (alike < top->least)
		return;
	if (top->count < top->limit)
		top->count++;
	for (at = top->count - 1; at > 0 && top->at[at - 1].alike < alike; at--)
		top->at[at] = top->at[at - 1];
	top->at[at] = (struct clk_hit){ .record = record, .alike = alike };
	if (top->count == top->limit) /* records come in their order: an equal one is too late */
		top->least = top->at[top->count - 1].alike + 1;
}

static inline __attribute__((always_inline)) uint64_t common_of_word(
	const struct clk *query, const struct clk_block *block, uint32_t lane, uint32_t i)
{
	return (uint64_t)__builtin_popcountll(query->word[i] & block->word[i][lane]);
}

/* Written out, as its calls are: a loop of four costs a twentieth. */
static inline __attribute__((always_inline)) uint64_t common_of_four(
	const struct clk *query, const struct clk_block *block, uint32_t lane, uint32_t i)
{
	return common_of_word(query, block, lane, i) + common_of_word(query, block, lane, i + 1) +
	       common_of_word(query, block, lane, i + 2) +
	       common_of_word(query, block, lane, i + 3);
}
_Static_assert(CLK_WORDS == 16, "four times four words");

/* Inlined below with and without the instruction that counts. */
static inline __attribute__((always_inline)) void scan(const struct clk *query, uint32_t weight,
	const struct clk_block *blocks, uint32_t count, uint32_t first, struct clk_top *top)
{
	for (uint32_t b = 0; b < count; b++) {
		const struct clk_block *block = &blocks[b];

		for (uint32_t lane = 0; lane < CLK_LANES; lane++) {
			uint32_t both = weight + (uint32_t)block->weight[lane];
			uint64_t common = common_of_four(query, block, lane, 0) +
					  common_of_four(query, block, lane, 4) +
					  common_of_four(query, block, lane, 8) +
					  common_of_four(query, block, lane, 12);

			if (2000 * common >= (uint64_t)top->least * both)
				clk_top_add(
					top, first + b * CLK_LANES + lane, (uint32_t)common, both);
		}
	}
}

void clk_scan_portable(const struct clk *query, uint32_t weight, const struct clk_block *blocks,
	uint32_t count, uint32_t first, struct clk_top *top)
{
	scan(query, weight, blocks, count, first, top);
}

#if defined(__x86_64__)
__attribute__((target("popcnt")))
#endif
void clk_scan_scalar(const struct clk *query, uint32_t weight, const struct clk_block *blocks,
	uint32_t count, uint32_t first, struct clk_top *top)
{
	scan(query, weight, blocks, count, first, top);
}

void clk_scan(enum clk_unit unit, const struct clk *queries, uint32_t query_count,
	const struct clk_block *blocks, uint32_t block_count, struct clk_top *tops)
{
	static clk_kernel *const kernels[CLK_UNIT_COUNT] = {
		[CLK_PORTABLE] = clk_scan_portable,
		[CLK_SCALAR] = clk_scan_scalar,
		[CLK_AVX2] = clk_scan_avx2,
		[CLK_AVX512] = clk_scan_avx512,
	};

	assert(clk_has_unit(unit));

	for (uint32_t b = 0; b < block_count; b += TILE_BLOCKS) {
		uint32_t count = block_count - b < TILE_BLOCKS ? block_count - b : TILE_BLOCKS;

		for (uint32_t q = 0; q < query_count; q++) {
			uint32_t weight = clk_weight(&queries[q]);

			if (weight > 0)
				kernels[unit](&queries[q], weight, &blocks[b], count, b * CLK_LANES,
					&tops[q]);
		}
	}
}
