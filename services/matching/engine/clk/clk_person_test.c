/* Persons as they are spelled on two sides of a border. */
#include "services/matching/engine/clk/clk_person.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static uint32_t encode(const char *name, const char *district, struct clk *ret_clks)
{
	static const uint8_t key[CLK_KEY_SIZE] = "a secret of two sites, of a test";
	const struct district_table table = { 0 };
	const struct person_facts facts = { .age_years = -1, .district = district };
	struct person person;

	person_begin(&person, &facts, &table);
	person_add_name(&person, name);
	return clk_person(key, &person, ret_clks);
}

static uint32_t alike(
	const char *name, const char *district, const char *other, const char *other_district)
{
	struct clk a[CLK_ALIASES], b[CLK_ALIASES];
	uint32_t a_count = encode(name, district, a), b_count = encode(other, other_district, b);
	uint32_t best = clk_best(a, a_count, b, b_count);

	assert_int_equal(best, clk_best(b, b_count, a, a_count));
	print_message("%4u  %s, %s / %s, %s\n", best, name, district, other, other_district);
	return best;
}

/*
 * Goal: the girl of Sunauli and the daughter of Bardiya are one, whatever script; her neighbours
 * are others.  Method: pairs around the threshold, both ways.
 */
static void one_person_in_two_scripts_is_a_hit(void **unused)
{
	(void)unused;
	assert_true(
		alike("Sarswati Chaudhary", "Bardiya", "सरस्वती चौधरी", "Bardiya") >= CLK_LEAST_HIT);
	assert_true(alike("Saraswati Chaudhari", "Bardia", "Chaudhary Sarswati", "Bardiya") >=
		    CLK_LEAST_HIT);
	assert_true(alike("Sita Kumari Tharu", "Banke", "सीता थारु", "Banke") >= CLK_LEAST_HIT);
	assert_true(alike("Gita Tharu", "Banke", "Sunita Rai", "Jhapa") < CLK_LEAST_HIT);
	assert_true(alike("Ramesh Chaudhary", "Bardiya", "Sarswati Chaudhary", "Bardiya") <
		    CLK_LEAST_HIT);
	assert_true(alike("Maya Tamang", "Kavre", "Anita Lama", "Kavre") < CLK_LEAST_HIT);
}

/* Goal: without a name there is nothing to send.  Method: no name; a name without letters. */
static void a_person_without_a_name_has_no_encoding(void **unused)
{
	struct clk clks[CLK_ALIASES];

	(void)unused;
	assert_int_equal(encode("", "Bardiya", clks), 0);
	assert_int_equal(encode("12", "Bardiya", clks), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_person_in_two_scripts_is_a_hit),
		cmocka_unit_test(a_person_without_a_name_has_no_encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
