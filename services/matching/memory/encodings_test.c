/* Who is asked for is found among those whom we hold. */
#include "services/matching/memory/encodings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/random.h"

#define PERSONS 9000u /* more than two shelves, and tables that grew */

static struct lg_random seeded(uint64_t seed)
{
	struct lg_random random;

	lg_random_seed(&random, seed);
	return random;
}

static struct clk an_encoding(struct lg_random *random)
{
	struct clk clk;

	for (unsigned i = 0; i < CLK_WORDS; i++)
		clk.word[i] = lg_random_next(random) & lg_random_next(random);
	return clk;
}

static struct lg_id person(uint32_t number)
{
	return lg_id_make(1, 1700000000000 + number, number * 2654435761u);
}

/* A bit in so many is turned: the same person, written otherwise. */
static struct clk almost(struct clk clk, unsigned turned)
{
	for (unsigned i = 0; i < turned; i++)
		clk.word[i % CLK_WORDS] ^= UINT64_C(1) << (7 * i % 64);
	return clk;
}

static struct encodings *filled(struct clk *clks)
{
	struct encodings *encodings = encodings_new();
	struct lg_random random = seeded(7);

	encodings_begin(encodings, 2, 700);
	for (uint32_t i = 0; i < PERSONS; i++) {
		clks[i] = an_encoding(&random);
		encodings_take(encodings, person(i), i + 1, &clks[i], 1);
	}
	return encodings;
}

/* Goal: she is found, first, and nobody is for noise.  Method: the first, last and middle persons of 9,000. */
static void she_is_found_first_among_thousands(void **unused)
{
	static const uint32_t asked[] = { 0, 4095, 4096, 4500, PERSONS - 1 };
	static struct clk clks[PERSONS];
	struct encodings *encodings = filled(clks);
	struct lg_random random = seeded(8);
	struct lg_id found[ENCODINGS_FOUND_MAX];

	(void)unused;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		struct clk questions[CLK_ALIASES];

		for (uint32_t q = 0; q < CLK_ALIASES; q++)
			questions[q] = an_encoding(&random);
		assert_int_equal(encodings_search(encodings, questions, CLK_ALIASES, found), 0);
		questions[i % CLK_ALIASES] = almost(clks[asked[i]], 40);
		assert_int_equal(encodings_search(encodings, questions, CLK_ALIASES, found), 1);
		assert_true(lg_id_equal(found[0], person(asked[i])));
	}
	assert_int_equal(encodings_count(encodings), PERSONS);
	assert_int_equal(encodings_through(encodings), PERSONS);
	encodings_free(encodings);
}

/* Goal: what is newer stands alone; a no takes her out.  Method: two names become one, then none, then three. */
static void what_is_newer_stands_alone(void **unused)
{
	struct encodings *encodings = encodings_new();
	struct lg_random random = seeded(9);
	struct lg_id found[ENCODINGS_FOUND_MAX];
	struct clk names[3];

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		names[i] = an_encoding(&random);
	encodings_begin(encodings, 2, 700);
	encodings_take(encodings, person(1), 1, names, 2);
	assert_int_equal(encodings_search(encodings, &names[1], 1, found), 1);
	encodings_take(encodings, person(1), 2, names, 1);
	assert_int_equal(encodings_search(encodings, &names[1], 1, found), 0);
	assert_int_equal(encodings_search(encodings, &names[0], 1, found), 1);
	encodings_take(encodings, person(1), 3, names, 0);
	assert_int_equal(encodings_search(encodings, &names[0], 1, found), 0);
	encodings_take(encodings, person(1), 4, names, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(encodings_search(encodings, &names[i], 1, found), 1);
	assert_int_equal(
		encodings_search(encodings, names, 3, found), 1); /* once, by three names */
	assert_int_equal(encodings_count(encodings), 3);
	encodings_free(encodings);
}

/* Goal: another secret begins anew.  Method: the next period; another site. */
static void another_secret_begins_anew(void **unused)
{
	struct encodings *encodings = encodings_new();
	struct lg_random random = seeded(10);
	struct lg_id found[ENCODINGS_FOUND_MAX];
	struct clk name = an_encoding(&random);

	(void)unused;
	assert_false(encodings_are_of(encodings, 0, 0));
	encodings_begin(encodings, 2, 700);
	encodings_take(encodings, person(1), 5, &name, 1);
	assert_true(encodings_are_of(encodings, 2, 700));
	assert_false(encodings_are_of(encodings, 3, 700));
	assert_false(encodings_are_of(encodings, 2, 701));
	encodings_begin(encodings, 2, 701);
	assert_int_equal(encodings_through(encodings), 0);
	assert_int_equal(encodings_search(encodings, &name, 1, found), 0);
	encodings_free(encodings);
}

/* Goal: no more are given than there is room for, best first.  Method: eight alike, each a little less. */
static void the_best_are_given_best_first(void **unused)
{
	struct encodings *encodings = encodings_new();
	struct lg_random random = seeded(11);
	struct lg_id found[ENCODINGS_FOUND_MAX];
	struct clk name = an_encoding(&random);

	(void)unused;
	encodings_begin(encodings, 2, 700);
	for (uint32_t i = 0; i < 8; i++) {
		struct clk like = almost(name, 64 - 8 * i);

		encodings_take(encodings, person(i), i + 1, &like, 1);
	}
	assert_int_equal(encodings_search(encodings, &name, 1, found), ENCODINGS_FOUND_MAX);
	for (uint32_t i = 0; i < ENCODINGS_FOUND_MAX; i++)
		assert_true(lg_id_equal(found[i], person(7 - i)));
	encodings_free(encodings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(she_is_found_first_among_thousands),
		cmocka_unit_test(what_is_newer_stands_alone),
		cmocka_unit_test(another_secret_begins_anew),
		cmocka_unit_test(the_best_are_given_best_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
