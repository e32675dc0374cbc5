/* Every unit of the processor against the definition. */
#include "services/matching/engine/clk/clk_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/random.h"

#define RECORDS 1003 /* no multiple of the eight of a block, nor of a tile */
#define QUERIES 9
#define BLOCKS  ((RECORDS + CLK_LANES - 1) / CLK_LANES)

/* Empty and full ones, too. */
static struct clk some_clk(struct lg_random *random)
{
	uint64_t density = lg_random_below(random, 6);
	struct clk clk = { { 0 } };

	for (int i = 0; i < CLK_WORDS; i++) {
		uint64_t a = lg_random_next(random), b = lg_random_next(random);

		clk.word[i] = density == 0   ? 0
			      : density == 1 ? UINT64_MAX
			      : density == 2 ? a & b
					     : a;
	}
	return clk;
}

/* The definition: all are compared, the best kept by insertion, of equals the lower number. */
static void best_of(const struct clk *query, const struct clk *records, struct clk_top *ret_top)
{
	for (uint32_t record = 0; record < RECORDS; record++) {
		uint32_t alike = clk_alike(query, &records[record]), at = ret_top->count;

		if (alike < ret_top->least)
			continue;
		if (at == ret_top->limit && ret_top->at[at - 1].alike >= alike)
			continue;
		if (at < ret_top->limit)
			ret_top->count++;
		else
			at--;
		for (; at > 0 && ret_top->at[at - 1].alike < alike; at--)
			ret_top->at[at] = ret_top->at[at - 1];
		ret_top->at[at] = (struct clk_hit){ .record = record, .alike = alike };
	}
}

static void check_unit(enum clk_unit unit, uint32_t limit, uint32_t least, uint64_t seed)
{
	static struct clk_block blocks[BLOCKS];
	static struct clk records[RECORDS];
	struct clk queries[QUERIES];
	struct clk_top tops[QUERIES];
	struct lg_random random;

	lg_random_seed(&random, seed);
	memset(blocks, 0, sizeof blocks);
	for (uint32_t i = 0; i < RECORDS; i++) {
		records[i] = some_clk(&random);
		clk_put(blocks, i, &records[i]);
	}
	for (uint32_t i = 0; i < QUERIES; i++) {
		queries[i] = i % 2 == 0 ? records[i * 100] : some_clk(&random);
		tops[i] = clk_top(limit, least);
	}
	clk_scan(unit, queries, QUERIES, blocks, BLOCKS, tops);
	for (uint32_t i = 0; i < QUERIES; i++) {
		struct clk_top expected = clk_top(limit, least);

		best_of(&queries[i], records, &expected);
		assert_int_equal(tops[i].count, expected.count);
		assert_memory_equal(
			tops[i].at, expected.at, expected.count * sizeof expected.at[0]);
	}
}

/*
 * Goal: what the processor has changes the time, never the answer.  Method: random encodings of
 * several densities (seeds printed by the failure's line), all limits and thresholds at the ends
 * and between, each unit that this processor has against the definition.
 */
static void every_unit_gives_the_same_answer(void **unused)
{
	static const uint32_t limits[] = { 1, 2, 10, CLK_TOP_MAX };
	static const uint32_t leasts[] = { 1, 333, 500, 667, 1000 };

	(void)unused;
	for (int unit = 0; unit < CLK_UNIT_COUNT; unit++) {
		print_message("%s: %s\n", clk_unit_names[unit],
			clk_has_unit((enum clk_unit)unit) ? "compared" : "not on this processor");
		if (!clk_has_unit((enum clk_unit)unit))
			continue;
		for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++)
			for (size_t t = 0; t < sizeof leasts / sizeof leasts[0]; t++)
				check_unit(
					(enum clk_unit)unit, limits[l], leasts[t], 7 + l * 5 + t);
	}
}

/* Goal: a processor has at least one unit, and the best is one it has. */
static void the_best_unit_is_there(void **unused)
{
	(void)unused;
	assert_true(clk_has_unit(CLK_PORTABLE));
	assert_true(clk_has_unit(clk_best_unit()));
	assert_false(clk_has_unit(CLK_UNIT_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_unit_gives_the_same_answer),
		cmocka_unit_test(the_best_unit_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
