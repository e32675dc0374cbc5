/* Encodings: what keeps their promise to the partner, and what to a stranger. */
#include "services/matching/engine/clk/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct clk encode(uint8_t secret, const char *name, enum clk_hardening hardening)
{
	uint8_t key[CLK_KEY_SIZE];
	struct clk_maker maker;

	memset(key, secret, sizeof key);
	clk_begin(&maker, key);
	clk_add_text(&maker, CLK_NAME, lg_bytes(name, strlen(name)));
	clk_add_date(&maker, 2010, 5, 17);
	return clk_finish(&maker, hardening);
}

static bool is_same(struct clk a, struct clk b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

/*
 * Goal: noise cannot be averaged out, and a period's encodings say nothing in the next.  Method:
 * the same person twice under one secret, and under 255 pairs of neighbouring secrets.
 */
static void no_encoding_is_equal_under_two_secrets(void **unused)
{
	(void)unused;
	for (int hardening = 0; hardening < CLK_HARDENING_COUNT; hardening++)
		for (uint8_t secret = 0; secret < 255; secret++) {
			struct clk one = encode(secret, "invented", (enum clk_hardening)hardening);
			struct clk again =
				encode(secret, "invented", (enum clk_hardening)hardening);
			struct clk other = encode(
				(uint8_t)(secret + 1), "invented", (enum clk_hardening)hardening);

			assert_true(is_same(one, again));
			assert_false(is_same(one, other));
			assert_true(clk_alike(&one, &other) < 560 || hardening == CLK_BALANCED);
		}
}

/* Goal: alike persons have alike encodings.  Method: one letter off, and another name. */
static void a_slip_costs_little_and_another_name_much(void **unused)
{
	(void)unused;
	for (int hardening = 0; hardening < CLK_HARDENING_COUNT; hardening++) {
		struct clk name = encode(1, "sarasvati", (enum clk_hardening)hardening);
		struct clk slip = encode(1, "saraswati", (enum clk_hardening)hardening);
		struct clk other = encode(1, "gulnaz", (enum clk_hardening)hardening);

		assert_int_equal(clk_alike(&name, &name), 1000);
		assert_int_equal(clk_alike(&name, &slip), clk_alike(&slip, &name));
		assert_true(clk_alike(&name, &slip) > clk_alike(&name, &other) + 50);
	}
}

/* Goal: the balanced shape hides how much was said.  Method: names of all lengths. */
static void a_balanced_encoding_has_half_of_its_bits(void **unused)
{
	const char *name = "anamethatgrowsletterbyletter";

	(void)unused;
	for (size_t size = 1; size <= strlen(name); size++) {
		char cut[64] = { 0 };

		memcpy(cut, name, size);

		struct clk clk = encode(3, cut, CLK_BALANCED);

		assert_int_equal(clk_weight(&clk), CLK_BITS / 2);
	}
}

/* Goal: of nobody nothing is said.  Method: a filter without a value, in every shape. */
static void nobody_is_alike_to_nobody(void **unused)
{
	const uint8_t key[CLK_KEY_SIZE] = { 0 };

	(void)unused;
	for (int hardening = 0; hardening < CLK_HARDENING_COUNT; hardening++) {
		struct clk_maker maker;

		clk_begin(&maker, key);
		clk_add_text(&maker, CLK_NAME, lg_bytes("", 0));
		clk_add_date(&maker, 0, 0, 0);

		struct clk clk = clk_finish(&maker, (enum clk_hardening)hardening);

		assert_int_equal(clk_weight(&clk), 0);
		assert_int_equal(clk_alike(&clk, &clk), 0);
	}
}

/* Goal: the secret does not stay behind.  Method: the maker's bytes after it was finished. */
static void the_secret_is_wiped(void **unused)
{
	const struct clk_maker wiped = { .key = { 0 } };
	struct clk_maker maker;
	uint8_t key[CLK_KEY_SIZE];

	(void)unused;
	memset(key, 9, sizeof key);
	clk_begin(&maker, key);
	clk_add_text(&maker, CLK_NAME, lg_bytes("invented", 8));
	(void)clk_finish(&maker, CLK_HARDENED);
	assert_memory_equal(&maker, &wiped, sizeof maker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_encoding_is_equal_under_two_secrets),
		cmocka_unit_test(a_slip_costs_little_and_another_name_much),
		cmocka_unit_test(a_balanced_encoding_has_half_of_its_bits),
		cmocka_unit_test(nobody_is_alike_to_nobody),
		cmocka_unit_test(the_secret_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
