/* Two persons, field by field; weights by hand, so that sums can be checked by hand. */
#include "services/matching/engine/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct weights weights = {
	.prior_millibits = -10000,
	.propose_ppm = 500000,
	.millibits = {
		[FIELD_NAME] = { [LEVEL_EQUAL] = 8000, [LEVEL_CLOSE] = 5000, [LEVEL_DIFFERENT] = -4000 },
		[FIELD_PHONE] = { [LEVEL_EQUAL] = 15000, [LEVEL_DIFFERENT] = -1000 },
		[FIELD_AGE] = { [LEVEL_EQUAL] = 2000, [LEVEL_DIFFERENT] = -3000 },
		[FIELD_PLACE] = { [LEVEL_EQUAL] = 5000, [LEVEL_CLOSE] = 3000, [LEVEL_DIFFERENT] = -2000 },
		[FIELD_SEX] = { [LEVEL_EQUAL] = 1000, [LEVEL_DIFFERENT] = -5000 },
	},
};

static const struct district_table no_aliases = { .count = 0 };
static const struct place_table no_places = { .count = 0 };

static struct person_facts girl(void)
{
	return (struct person_facts){ .sex = SEX_FEMALE,
		.age_years = 15,
		.age_basis = AGE_STATED,
		.at = 1700000000000,
		.district = "Kapilvastu" };
}

static struct person somebody(struct person_facts facts, const char *name, const char *phone)
{
	struct person person;

	person_begin(&person, &facts, &no_aliases);
	if (name != NULL)
		person_add_name(&person, name);
	if (phone != NULL)
		person_add_phone(&person, phone);
	return person;
}

static enum match_level level(
	const struct person *a, const struct person *b, enum match_field field)
{
	struct comparison forth = compare(&weights, a, b), back = compare(&weights, b, a);

	assert_int_equal(forth.total_millibits, back.total_millibits);
	assert_int_equal(forth.reasons[field].field, field);
	return forth.reasons[field].level;
}

/* Goal: a sum is explained by its parts.  Method: all equal; the total is prior and reasons. */
static void reasons_add_up(void **unused)
{
	struct person a = somebody(girl(), "Sita Thapa", "+977 9841-000001");
	struct person b = somebody(girl(), "सीता थापा", "9841000001");
	struct comparison c;
	int32_t sum = weights.prior_millibits;

	(void)unused;
	person_add_place(&a, &no_places, "Shivaraj-4");
	person_add_place(&b, &no_places, "शिवराज नगरपालिका, कपिलवस्तु");
	c = compare(&weights, &a, &b);
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		assert_int_equal(c.reasons[i].level, LEVEL_EQUAL);
		sum += c.reasons[i].weight_millibits;
	}
	assert_int_equal(sum, c.total_millibits);
	assert_int_equal(sum, 21000);
	assert_true(c.probability_ppm > 999990);
}

/* Goal: what is not known says nothing.  Method: nothing but a prior is left. */
static void missing_fields_weigh_nothing(void **unused)
{
	struct person_facts nothing = { .sex = SEX_NOT_RECORDED, .age_years = -1, .district = "" };
	struct person a = somebody(nothing, NULL, NULL), b = somebody(girl(), "Sita", "9841000001");
	struct comparison c = compare(&weights, &a, &b);

	(void)unused;
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		assert_int_equal(c.reasons[i].level, LEVEL_MISSING);
	assert_int_equal(c.total_millibits, weights.prior_millibits);
	assert_true(c.probability_ppm < 1000);
}

/* Goal: a false name does not hide a true one.  Method: two names each, one of them common. */
static void any_alias_may_agree(void **unused)
{
	struct person a = somebody(girl(), "Sita Thapa", NULL);
	struct person b = somebody(girl(), "Radhika Gurung", NULL);

	(void)unused;
	assert_int_equal(level(&a, &b, FIELD_NAME), LEVEL_DIFFERENT);
	person_add_name(&b, "Sita Thapa");
	assert_int_equal(level(&a, &b, FIELD_NAME), LEVEL_EQUAL);
	person_add_name(&b, "...");
	assert_int_equal(b.name_count, 2);
	for (int i = 0; i < PERSON_NAMES_MAX; i++)
		person_add_name(&b, "Maya");
	assert_int_equal(b.name_count, PERSON_NAMES_MAX);
}

/* Goal: a phone is known by its last digits.  Method: prefixes, Devanagari digits, short numbers. */
static void phones_agree_without_prefix(void **unused)
{
	struct person a = somebody(girl(), NULL, "+977-9841000001");
	struct person devanagari = somebody(girl(), NULL, "९८४१००००0१");
	struct person other = somebody(girl(), NULL, "9841000002");
	struct person helpline = somebody(girl(), NULL, "1098");

	(void)unused;
	assert_int_equal(level(&a, &devanagari, FIELD_PHONE), LEVEL_EQUAL);
	assert_int_equal(level(&a, &other, FIELD_PHONE), LEVEL_DIFFERENT);
	assert_int_equal(helpline.phone_count, 0);
	for (int i = 0; i < 2 * PERSON_PHONES_MAX; i++)
		person_add_phone(&a, "9841000003");
	assert_int_equal(a.phone_count, PERSON_PHONES_MAX);
}

/*
 * Goal: an age is as sure as what it rests on, and grows.  Method: both sides of each limit; a report
 * of three years before.
 */
static void ages_have_a_tolerance_and_grow(void **unused)
{
	struct person_facts facts = girl();
	struct person a = somebody(girl(), NULL, NULL), b;

	(void)unused;
	facts.age_years = 16;
	b = somebody(facts, NULL, NULL);
	assert_int_equal(level(&a, &b, FIELD_AGE), LEVEL_EQUAL);
	facts.age_years = 19; /* stated and stated: 4 */
	b = somebody(facts, NULL, NULL);
	assert_int_equal(level(&a, &b, FIELD_AGE), LEVEL_CLOSE);
	facts.age_years = 20;
	b = somebody(facts, NULL, NULL);
	assert_int_equal(level(&a, &b, FIELD_AGE), LEVEL_DIFFERENT);
	facts.age_basis = AGE_GUESSED; /* 7 */
	b = somebody(facts, NULL, NULL);
	assert_int_equal(level(&a, &b, FIELD_AGE), LEVEL_CLOSE);
	facts.age_basis = AGE_PAPER;
	facts.age_years = 12;
	facts.at -= 3 * 366 * LG_DAY_MS;
	b = somebody(facts, NULL, NULL);
	assert_int_equal(level(&a, &b, FIELD_AGE), LEVEL_EQUAL);
}

/* Goal: a district is one however it is written.  Method: spelling, script, an alias, another one. */
static void districts_are_heard_and_have_aliases(void **unused)
{
	struct district_alias row;
	struct district_table aliases = { .count = 1, .rows = &row };
	struct person_facts facts = girl();
	struct person a = somebody(girl(), NULL, NULL), b;

	(void)unused;
	facts.district = "Kapilbastu";
	b = somebody(facts, NULL, NULL);
	assert_int_equal(level(&a, &b, FIELD_PLACE), LEVEL_CLOSE);
	facts.district = "कपिलवस्तु";
	b = somebody(facts, NULL, NULL);
	assert_int_equal(level(&a, &b, FIELD_PLACE), LEVEL_CLOSE);
	facts.district = "Taulihawa";
	b = somebody(facts, NULL, NULL);
	assert_int_equal(level(&a, &b, FIELD_PLACE), LEVEL_DIFFERENT);
	name_read("Taulihawa", &row.alias);
	name_read("Kapilvastu", &row.district);
	person_begin(&b, &facts, &aliases);
	assert_int_equal(level(&a, &b, FIELD_PLACE), LEVEL_CLOSE);
}

/*
 * Goal: a village brings nearer than a district, and no neighbour nearer than her own.  Method: a girl
 * who says her district alone, a mother who says more, another village, another district; and what was
 * asked for from facts alone never shuts out what is proposed by more.
 */
static void places_bring_nearer(void **unused)
{
	static const struct {
		const char *district, *place;
		enum match_level level;
	} said[] = {
		{ "bardiya", "", LEVEL_CLOSE },
		{ "bardiya", "Bardiya", LEVEL_CLOSE },
		{ "bardiya", "Badhaiyatal Gaunpalika-5, Bardiya", LEVEL_EQUAL },
		{ "", "Badhaiyatal, Bardia", LEVEL_EQUAL },
		{ "", "Bardia", LEVEL_CLOSE },
		{ "bardiya", "Gulariya", LEVEL_CLOSE },
		{ "", "Gulariya", LEVEL_MISSING },
		{ "banke", "Badhaiyatal", LEVEL_DIFFERENT },
		{ "", "", LEVEL_MISSING },
	};
	struct person_facts facts = girl();
	struct person mother;

	(void)unused;
	facts.district = "bardiya";
	mother = somebody(facts, "सरस्वती चौधरी", NULL);
	person_add_place(&mother, &no_places, "बढैयाताल");
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		struct person other;

		facts.district = said[i].district;
		other = somebody(facts, "Sarswati Chaudhary", NULL);
		person_add_place(&other, &no_places, said[i].place);
		if (level(&mother, &other, FIELD_PLACE) != said[i].level)
			fail_msg("%s, %s: level %d", said[i].place, said[i].district,
				(int)level(&mother, &other, FIELD_PLACE));
		assert_true(
			compare_is_possible(&weights, &mother, &other) ||
			compare(&weights, &mother, &other).probability_ppm < weights.propose_ppm);
	}
}

/* Goal: facts are no proof.  Method: all facts agree, names do not: below a proposal; possible. */
static void facts_alone_do_not_propose(void **unused)
{
	struct person a = somebody(girl(), "Sita Thapa", NULL);
	struct person b = somebody(girl(), "Radhika Gurung", NULL);
	struct person_facts man = { .sex = SEX_MALE,
		.age_years = 60,
		.age_basis = AGE_PAPER,
		.at = 1700000000000,
		.district = "Jhapa" };
	struct weights strict = weights;
	struct person c = somebody(man, "Sita Thapa", NULL);

	(void)unused;
	assert_true(compare(&weights, &a, &b).probability_ppm < weights.propose_ppm);
	assert_true(compare_is_possible(&weights, &a, &b));
	assert_int_equal(level(&a, &c, FIELD_SEX), LEVEL_DIFFERENT);
	strict.prior_millibits = -14000;
	assert_false(compare_is_possible(&strict, &a, &c));
}

/* Goal: numbers mean what the paper says.  Method: powers of two; even odds. */
static void weights_are_logarithms(void **unused)
{
	(void)unused;
	assert_int_equal(weigh_level(800000, 100000), 3000);
	assert_int_equal(weigh_level(100000, 800000), -3000);
	assert_int_equal(weigh_prior(1025), -10000);
	assert_int_equal(weigh_probability(0), 500000);
	assert_int_equal(weigh_probability(-60000), 0);
	assert_int_equal(weigh_probability(60000), 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_add_up),
		cmocka_unit_test(missing_fields_weigh_nothing),
		cmocka_unit_test(any_alias_may_agree),
		cmocka_unit_test(phones_agree_without_prefix),
		cmocka_unit_test(ages_have_a_tolerance_and_grow),
		cmocka_unit_test(districts_are_heard_and_have_aliases),
		cmocka_unit_test(places_bring_nearer),
		cmocka_unit_test(facts_alone_do_not_propose),
		cmocka_unit_test(weights_are_logarithms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
