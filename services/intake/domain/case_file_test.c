/* The states of a case, and what recording a form makes of it. */
#include "services/intake/domain/case_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t digest[CASE_DIGEST_SIZE] = { 7 };
static const uint8_t other_digest[CASE_DIGEST_SIZE] = { 8 };
static const struct screening nothing = { .version = 1 };

static const struct form_person three[3] = {
	{ .kind = PERSON_POTENTIAL_VICTIM, .district = "", .relation = "" },
	{ .kind = PERSON_POTENTIAL_VICTIM, .district = "", .relation = "" },
	{ .kind = PERSON_SUSPECT, .district = "", .relation = "" },
};

static struct form a_form(void)
{
	return (struct form){
		.case_id = { .byte = { 1 } },
		.station = "ABCDEFGH",
		.engaged_at = 1400000000000,
		.stated_suspects = -1,
		.reported_points = POINTS_ABSENT,
	};
}

static struct case_effects record(struct case_file *file, const struct form *form)
{
	struct case_effects effects;

	assert_int_equal(case_file_record(file, form, &nothing, digest, &effects).outcome, LG_DONE);
	return effects;
}

/* Goal: the table has no dead, missing or doubled rows.  Method: its own check. */
static void the_states_are_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&case_life).outcome, LG_DONE);
}

/* Goal: the least that a form says is that somebody was stopped.  Method: an empty form. */
static void an_empty_form_engages(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };
	struct case_effects effects = record(&file, &form);

	assert_int_equal(file.state, CASE_ENGAGED);
	assert_int_equal(effects.count, 1);
	assert_int_equal(effects.at[0].kind, EFFECT_ENGAGED);
	assert_int_equal(file.steps, 1);
	assert_string_equal(file.station, "ABCDEFGH");
}

/* Goal: a screening without persons ends screened.  Method: an impression alone. */
static void an_impression_screens(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };

	form.certainty = 3;

	struct case_effects effects = record(&file, &form);

	assert_int_equal(file.state, CASE_SCREENED);
	assert_int_equal(effects.count, 2);
	assert_int_equal(effects.at[1].kind, EFFECT_SCREENED);
}

/* Goal: persons are identified without a screening too, one effect each.  Method: three. */
static void persons_are_identified_one_by_one(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };

	form.persons = three;
	form.person_count = 3;

	struct case_effects effects = record(&file, &form);

	assert_int_equal(file.state, CASE_IDENTIFIED);
	assert_int_equal(effects.count, 4);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(effects.at[i + 1].kind, EFFECT_IDENTIFIED);
		assert_int_equal(effects.at[i + 1].person, i);
	}
	assert_int_equal(file.victims, 2);
	assert_int_equal(file.suspects, 1);
	assert_int_equal(file.steps, 4);
}

/* Goal: the largest form fits the list of effects.  Method: 64 persons and a screening. */
static void the_largest_form_fits(void **unused)
{
	(void)unused;
	struct form_person many[FORM_PERSONS_MAX];
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };

	for (uint32_t i = 0; i < FORM_PERSONS_MAX; i++)
		many[i] = three[0];
	form.persons = many;
	form.person_count = FORM_PERSONS_MAX;
	form.indicator_count = 1;
	assert_int_equal(record(&file, &form).count, CASE_EFFECTS_MAX);
}

/* Goal: told twice is done, and nothing happens.  Method: the same digest again. */
static void the_same_form_again_changes_nothing(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };

	form.persons = three;
	form.person_count = 3;
	assert_false(record(&file, &form).is_repeated);

	struct case_file before = file;
	struct case_effects effects = record(&file, &form);

	assert_true(effects.is_repeated);
	assert_int_equal(effects.count, 0);
	assert_memory_equal(&file, &before, sizeof file);
}

/* Goal: a case is not overwritten.  Method: another digest; nothing is changed. */
static void another_form_of_the_same_case_is_refused(void **unused)
{
	(void)unused;
	struct form form = a_form();
	struct case_file file = { .state = CASE_NEW };
	struct case_effects effects;

	(void)record(&file, &form);

	struct case_file before = file;

	form.station = "KKR";
	assert_int_equal(case_file_record(&file, &form, &nothing, other_digest, &effects).outcome,
		LG_REFUSED);
	assert_memory_equal(&file, &before, sizeof file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_states_are_sound),
		cmocka_unit_test(an_empty_form_engages),
		cmocka_unit_test(an_impression_screens),
		cmocka_unit_test(persons_are_identified_one_by_one),
		cmocka_unit_test(the_largest_form_fits),
		cmocka_unit_test(the_same_form_again_changes_nothing),
		cmocka_unit_test(another_form_of_the_same_case_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
