/*
 * Goal: slips are counted as the definition counts them.  Method: known pairs, and random texts
 * against the table of the definition.
 */
#include "services/matching/engine/linkage/likeness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/random.h"

static uint32_t slips(const char *a, const char *b)
{
	return likeness_slips(a, (uint32_t)strlen(a), b, (uint32_t)strlen(b));
}

static void known_slips_are_counted(void **unused)
{
	(void)unused;
	assert_int_equal(slips("", "abc"), 3);
	assert_int_equal(slips("abc", ""), 3);
	assert_int_equal(slips("martha", "marhta"), 1);
	assert_int_equal(slips("kitten", "sitting"), 3);
	assert_int_equal(slips("ca", "abc"), 3);
	assert_int_equal(slips("19560409", "19564009"), 1);
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t by_definition(const char *a, const char *b)
{
	uint32_t table[LIKENESS_MAX + 1][LIKENESS_MAX + 1];
	uint32_t n = (uint32_t)strlen(a), m = (uint32_t)strlen(b);

	for (uint32_t i = 0; i <= n; i++) {
		for (uint32_t k = 0; k <= m; k++) {
			if (i == 0 || k == 0) {
				table[i][k] = i + k;
				continue;
			}
			table[i][k] = least(table[i - 1][k], table[i][k - 1]) + 1;
			table[i][k] =
				least(table[i][k], table[i - 1][k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				table[i][k] = least(table[i][k], table[i - 2][k - 2] + 1);
		}
	}
	return table[n][m];
}

static void random_texts_agree_with_the_definition_both_ways(void **unused)
{
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 11);
	for (uint32_t i = 0; i < 5000; i++) {
		char a[LIKENESS_MAX + 1] = { 0 }, b[LIKENESS_MAX + 1] = { 0 };
		uint32_t n = (uint32_t)lg_random_below(&random, i % 50 == 0 ? 65 : 9);
		uint32_t m = (uint32_t)lg_random_below(&random, i % 50 == 0 ? 65 : 9);

		for (uint32_t k = 0; k < n; k++)
			a[k] = (char)('a' + lg_random_below(&random, 3));
		for (uint32_t k = 0; k < m; k++)
			b[k] = (char)('a' + lg_random_below(&random, 3));
		assert_int_equal(slips(a, b), by_definition(a, b));
		assert_int_equal(slips(a, b), slips(b, a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_slips_are_counted),
		cmocka_unit_test(random_texts_agree_with_the_definition_both_ways),
	};

	return cmocka_run_group_tests_name("matching/linkage/likeness", tests, NULL, NULL);
}
