/*
 * One encoding, or many, against all: the most alike of each, by whatever the processor has.
 *
 * Encodings lie eight side by side, word by word, so that a vector holds the same word of eight
 * persons: sums then need no step across lanes.  A tile of blocks is compared with all queries
 * while it is in the nearest cache.
 */
#ifndef SERVICES_MATCHING_ENGINE_CLK_CLK_SCAN_H
#define SERVICES_MATCHING_ENGINE_CLK_CLK_SCAN_H

#include "services/matching/engine/clk/clk.h"

#define CLK_LANES   8
#define CLK_TOP_MAX 32

/* Eight encodings; what was never put is zero and alike to nothing. */
struct clk_block {
	_Alignas(64) uint64_t word[CLK_WORDS][CLK_LANES];
	uint64_t weight[CLK_LANES];
};

struct clk_hit {
	uint32_t record; /* the number under which it was put */
	uint32_t alike;  /* clk_alike() */
};

/* The best of one query, best first; of equals, the lower number. */
struct clk_top {
	uint32_t limit; /* 1..CLK_TOP_MAX: how many are wanted */
	uint32_t least; /* 1..1000: a lower alike is none; rises while better ones are found */
	uint32_t count;
	struct clk_hit at[CLK_TOP_MAX];
};

/* Ways to compare; every processor has the first. */
enum clk_unit {
	CLK_PORTABLE,
	CLK_SCALAR, /* counts the bits of a word in one instruction */
	CLK_AVX2,
	CLK_AVX512, /* with VPOPCNTDQ */
	CLK_UNIT_COUNT
};

extern const char *const clk_unit_names[CLK_UNIT_COUNT];

/* Whether this processor has it; the best that it has. */
bool clk_has_unit(enum clk_unit unit);
enum clk_unit clk_best_unit(void);

/* Writes one encoding, over what was there; blocks[record / CLK_LANES] is the caller's. */
void clk_put(struct clk_block *blocks, uint32_t record, const struct clk *clk);

/* An empty list of at most limit hits of at least least. */
struct clk_top clk_top(uint32_t limit, uint32_t least);

/*
 * Compares queries with all records; the result is the same with every unit.
 *   unit    one that clk_has_unit()
 *   blocks  aligned as their type says
 *   tops    one per query, begun by clk_top()
 */
void clk_scan(enum clk_unit unit, const struct clk *queries, uint32_t query_count,
	const struct clk_block *blocks, uint32_t block_count, struct clk_top *tops);

/* --- for the units' own files --------------------------------------------------------------- */

/* Eight sums of common bits against one query's list. */
void clk_top_add(struct clk_top *top, uint32_t record, uint32_t common, uint32_t both);

/*
 * One query against a tile.
 *   weight  of the query, not 0
 *   first   number of the first record
 */
typedef void clk_kernel(const struct clk *query, uint32_t weight, const struct clk_block *blocks,
	uint32_t count, uint32_t first, struct clk_top *top);

clk_kernel clk_scan_portable, clk_scan_scalar, clk_scan_avx2, clk_scan_avx512;

#endif
