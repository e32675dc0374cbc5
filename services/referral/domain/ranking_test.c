/* Whom to ask next, and whom not at all. */
#include "services/referral/domain/ranking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct organisation able(const char *code, uint64_t number)
{
	return (struct organisation){
		.organisation_id = lg_id_make(2, 1, number),
		.code = code,
		.name = "invented",
		.country = "NP",
		.districts = "",
		.services = "shelter counselling",
		.takes_women = true,
		.takes_girls = true,
		.free_places = 1,
		.version = 1,
	};
}

static const struct need girl = { .route = ROUTE_HAND_BACK,
	.sex = NEED_FEMALE,
	.age_years = 15,
	.district = "banke",
	.country = "NP",
	.services = "shelter" };

static const struct sharing everybody = { .general = SHARING_GIVEN };

/* Goal: who cannot help is not asked.  Method: one able, then each rule broken alone. */
static void who_cannot_help_is_not_asked(void **unused)
{
	(void)unused;
	struct sharing not_this = { .general = SHARING_GIVEN };
	struct organisation o = able("a", 1);

	assert_true(lg_is_done(ranking_could_help(&o, &girl, &everybody)));
	o.is_closed = true;
	assert_false(lg_is_done(ranking_could_help(&o, &girl, &everybody)));
	o = able("a", 1);
	o.country = "IN";
	assert_false(lg_is_done(ranking_could_help(&o, &girl, &everybody)));
	o = able("a", 1);
	o.services = "counselling";
	assert_false(lg_is_done(ranking_could_help(&o, &girl, &everybody)));
	o = able("a", 1);
	o.takes_girls = false;
	assert_false(lg_is_done(ranking_could_help(&o, &girl, &everybody)));
	o = able("a", 1);
	o.free_places = 0;
	assert_false(lg_is_done(ranking_could_help(&o, &girl, &everybody)));
	o = able("a", 1);
	assert_true(lg_is_done(sharing_set(&not_this, "a", SHARING_REFUSED)));
	assert_false(lg_is_done(ranking_could_help(&o, &girl, &not_this)));
}

/* Goal: in doubt she is a child, and whoever she is can be taken.  Method: sex and age, all. */
static void in_doubt_she_is_a_child(void **unused)
{
	(void)unused;
	struct organisation girls = able("a", 1), all = able("b", 2), none = able("c", 3);
	struct need need = girl;

	girls.takes_women = false;
	all.takes_men = all.takes_boys = true;
	none.takes_women = none.takes_girls = false;
	none.takes_men = true;
	need.age_years = -1;
	assert_true(organisation_takes(&girls, &need));
	need.age_years = ADULT_YEARS;
	assert_false(organisation_takes(&girls, &need));
	need.sex = NEED_NOT_RECORDED;
	assert_true(organisation_takes(&all, &need));
	assert_false(organisation_takes(&none, &need));
	need.sex = NEED_OTHER;
	assert_true(organisation_takes(&none, &need));
	need.sex = NEED_MALE;
	assert_true(organisation_takes(&none, &need));
	need.age_years = 3;
	assert_false(organisation_takes(&none, &need));
}

/* Goal: district, places and past answers decide, then the code.  Method: one rule at a time. */
static void each_rule_decides_alone(void **unused)
{
	(void)unused;
	static struct directory directory;
	struct asked asked = { .count = 0 };

	directory.count = 2;
	directory.at[0] = able("b", 1);
	directory.at[1] = able("a", 2);
	assert_string_equal(
		ranking_best(&directory, &girl, &everybody, &asked).organisation->code, "a");
	directory.at[0].accepted = 3;
	assert_string_equal(
		ranking_best(&directory, &girl, &everybody, &asked).organisation->code, "b");
	directory.at[1].free_places = 6;
	assert_string_equal(
		ranking_best(&directory, &girl, &everybody, &asked).organisation->code, "a");
	directory.at[0].districts = "banke bardiya";
	directory.at[1].districts = "jhapa";

	struct ranked best = ranking_best(&directory, &girl, &everybody, &asked);

	assert_string_equal(best.organisation->code, "b");
	assert_int_equal(best.points[RULE_DISTRICT], 40);
	assert_int_equal(best.total, best.points[0] + best.points[1] + best.points[2]);
}

/* Goal: nobody is asked twice, and not without end.  Method: all asked; a full list. */
static void nobody_is_asked_twice(void **unused)
{
	(void)unused;
	static struct directory directory;
	struct asked asked = { .count = 1 };

	directory.count = 1;
	directory.at[0] = able("a", 1);
	asked.at[0] = directory.at[0].organisation_id;
	assert_null(ranking_best(&directory, &girl, &everybody, &asked).organisation);
	asked.at[0] = lg_id_make(9, 9, 9);
	assert_non_null(ranking_best(&directory, &girl, &everybody, &asked).organisation);
	asked.count = ASKED_MAX;
	assert_null(ranking_best(&directory, &girl, &everybody, &asked).organisation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_cannot_help_is_not_asked),
		cmocka_unit_test(in_doubt_she_is_a_child),
		cmocka_unit_test(each_rule_decides_alone),
		cmocka_unit_test(nobody_is_asked_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
