/* What follows from a secret, and what padding hides. */
#include "services/matching/wire/trace_secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define WANTED 4

static struct clk one_of(uint8_t letter)
{
	static const uint8_t key[CLK_KEY_SIZE] = "a secret of two sites, of a test";
	const uint8_t text[] = { letter, 'a', letter, 'i', 'm' };
	struct clk_maker maker;

	clk_begin(&maker, key);
	clk_add_text(&maker, CLK_NAME, lg_bytes(text, sizeof text));
	return clk_finish(&maker, CLK_HARDENED);
}

/* Goal: a person cannot be followed from period to period, nor told from the check.  Method: two
 * secrets, two records. */
static void a_token_is_of_one_record_and_one_secret(void **unused)
{
	const uint8_t one[CLK_KEY_SIZE] = { 1 }, two[CLK_KEY_SIZE] = { 2 };
	const struct lg_id her = { .byte = { 5 } }, him = { .byte = { 6 } };
	uint8_t a[TRACE_TOKEN_SIZE], b[TRACE_TOKEN_SIZE], check[TRACE_CHECK_SIZE];

	(void)unused;
	trace_token(one, her, a);
	trace_token(one, her, b);
	assert_memory_equal(a, b, sizeof a);
	trace_token(two, her, b);
	assert_memory_not_equal(a, b, sizeof a);
	trace_token(one, him, b);
	assert_memory_not_equal(a, b, sizeof a);
	trace_secret_check(one, check);
	trace_token(one, (struct lg_id){ 0 }, a);
	assert_memory_not_equal(a, check, sizeof a);
}

/*
 * Goal: the number of her names does not show.  Method: one to four real ones, padded 64 times: as
 * many are sent, as full as the real ones, no two equal; the real ones are among them, at any place.
 */
static void padding_hides_the_number_of_names(void **unused)
{
	(void)unused;
	for (uint32_t count = 1; count <= WANTED; count++) {
		uint32_t at_front = 0;

		for (uint32_t round = 0; round < 64; round++) {
			struct clk clks[WANTED], real = one_of('k');
			uint32_t found = 0;

			for (uint32_t i = 0; i < count; i++)
				clks[i] = one_of((uint8_t)('k' + i));
			trace_pad(clks, count, WANTED);
			for (uint32_t i = 0; i < WANTED; i++) {
				bool is_real = memcmp(&clks[i], &real, sizeof real) == 0;

				assert_in_range(clk_weight(&clks[i]), 40, 160);
				found += is_real;
				at_front += is_real && i == 0;
				for (uint32_t j = 0; j < i; j++)
					assert_memory_not_equal(&clks[i], &clks[j], sizeof clks[i]);
			}
			assert_int_equal(found, 1);
		}
		assert_in_range(
			at_front, 1, 50); /* 16 of 64 are expected: 0 has a chance of 1e-8 */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_of_one_record_and_one_secret),
		cmocka_unit_test(padding_hides_the_number_of_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
