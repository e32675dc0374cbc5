/* Which forms can be true: both sides of every limit. */
#include "services/intake/domain/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW       ((lg_ms)1400000000000)
#define TEXT_64   "0123456789012345678901234567890123456789012345678901234567890123"
#define YEAR_2000 ((lg_ms)946684800000)

static const struct form_person girl = { .age_years = 16, .district = "Rupandehi", .relation = "" };

static struct form a_form(void)
{
	return (struct form){
		.case_id = { .byte = { 1 } },
		.station = "SNL",
		.engaged_at = NOW - LG_HOUR_MS,
		.stated_victims = 1,
		.stated_suspects = -1,
		.reported_points = POINTS_ABSENT,
		.person_count = 1,
		.persons = &girl,
	};
}

static void accept(struct form form)
{
	assert_int_equal(form_check(&form, NOW).outcome, LG_DONE);
}

static void refuse(struct form form)
{
	assert_int_equal(form_check(&form, NOW).outcome, LG_REFUSED);
}

/* Goal: a station is a code.  Method: shapes on both sides of the rule. */
static void a_station_is_1_to_8_capital_letters(void **unused)
{
	(void)unused;
	static const char *const good[] = { "S", "SNL", "ABCDEFGH" };
	static const char *const bad[] = { "", "ABCDEFGHI", "snl", "SN1", "SN ", "SNÄ" };
	struct form form = a_form();

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		form.station = good[i];
		accept(form);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		form.station = bad[i];
		refuse(form);
	}
}

/* Goal: impossible times are refused.  Method: the last good and the first bad millisecond. */
static void a_time_is_between_2000_and_tomorrow(void **unused)
{
	(void)unused;
	struct form form = a_form();

	form.engaged_at = YEAR_2000;
	accept(form);
	form.engaged_at = YEAR_2000 - 1;
	refuse(form);
	form.engaged_at = NOW + LG_DAY_MS;
	accept(form);
	form.engaged_at = NOW + LG_DAY_MS + 1;
	refuse(form);
}

/* Goal: numbers have limits.  Method: each at its limit and one above. */
static void numbers_above_their_limits_are_refused(void **unused)
{
	(void)unused;
	struct form form = a_form();

	form.stated_victims = FORM_HEADS_MAX;
	form.stated_suspects = FORM_HEADS_MAX;
	form.reported_points = FORM_POINTS_MAX;
	form.certainty = 5;
	accept(form);
	form.stated_victims = FORM_HEADS_MAX + 1;
	refuse(form);
	form = a_form();
	form.stated_suspects = FORM_HEADS_MAX + 1;
	refuse(form);
	form = a_form();
	form.reported_points = FORM_POINTS_MAX + 1;
	refuse(form);
	form.reported_points = -FORM_POINTS_MAX;
	accept(form);
	form.reported_points = -FORM_POINTS_MAX - 1;
	refuse(form);
	form = a_form();
	form.certainty = 6;
	refuse(form);
	form = a_form();
	form.case_id = (struct lg_id){ .byte = { 0 } };
	refuse(form);
}

static void accept_person(struct form_person person)
{
	struct form form = a_form();

	form.persons = &person;
	accept(form);
}

static void refuse_person(struct form_person person)
{
	struct form_person two[2] = { girl, person }; /* the last one is looked at too */
	struct form form = a_form();

	form.persons = two;
	form.person_count = 2;
	refuse(form);
}

/* Goal: a person's age and texts have limits.  Method: each at its limit and one above. */
static void persons_above_their_limits_are_refused(void **unused)
{
	(void)unused;
	struct form_person person = girl;

	person.age_years = FORM_AGE_MAX;
	person.district = TEXT_64;
	person.relation = TEXT_64;
	accept_person(person);
	person.age_years = -1;
	accept_person(person);
	person.age_years = -2;
	refuse_person(person);
	person.age_years = FORM_AGE_MAX + 1;
	refuse_person(person);
	person = girl;
	person.district = TEXT_64 "x";
	refuse_person(person);
	person = girl;
	person.relation = TEXT_64 "x";
	refuse_person(person);
}

/* Goal: at most 64 persons.  Method: 64, then 65. */
static void sixty_five_persons_are_too_many(void **unused)
{
	(void)unused;
	struct form_person many[FORM_PERSONS_MAX + 1];
	struct form form = a_form();

	for (uint32_t i = 0; i <= FORM_PERSONS_MAX; i++)
		many[i] = girl;
	form.persons = many;
	form.person_count = FORM_PERSONS_MAX;
	accept(form);
	form.person_count++;
	refuse(form);
}

/* Goal: a screening is any sign, impression or total.  Method: none, then each alone. */
static void any_sign_makes_a_screening(void **unused)
{
	(void)unused;
	struct form form = a_form();

	assert_false(form_has_screening(&form));
	form.indicator_count = 1;
	assert_true(form_has_screening(&form));
	form = a_form();
	form.certainty = 1;
	assert_true(form_has_screening(&form));
	form = a_form();
	form.reported_points = -1255; /* one of the field's records says so */
	assert_true(form_has_screening(&form));
}

/* Goal: an absent total differs from nothing.  Method: absent, equal, another. */
static void only_a_given_total_can_differ(void **unused)
{
	(void)unused;
	struct form form = a_form();

	assert_false(form_points_differ(&form, 35));
	form.reported_points = 35;
	assert_false(form_points_differ(&form, 35));
	assert_true(form_points_differ(&form, 40));
	form.reported_points = -35;
	assert_true(form_points_differ(&form, 35));
}

/* Goal: persons are counted by kind.  Method: two of one, one of the other. */
static void persons_are_counted_by_kind(void **unused)
{
	(void)unused;
	struct form_person three[3] = { girl, girl, girl };
	struct form form = a_form();

	three[1].kind = PERSON_SUSPECT;
	form.persons = three;
	form.person_count = 3;
	assert_int_equal(form_count(&form, PERSON_POTENTIAL_VICTIM), 2);
	assert_int_equal(form_count(&form, PERSON_SUSPECT), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_station_is_1_to_8_capital_letters),
		cmocka_unit_test(a_time_is_between_2000_and_tomorrow),
		cmocka_unit_test(numbers_above_their_limits_are_refused),
		cmocka_unit_test(persons_above_their_limits_are_refused),
		cmocka_unit_test(sixty_five_persons_are_too_many),
		cmocka_unit_test(any_sign_makes_a_screening),
		cmocka_unit_test(only_a_given_total_can_differ),
		cmocka_unit_test(persons_are_counted_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
