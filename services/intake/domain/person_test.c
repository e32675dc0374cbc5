/* Who may say what of a person, and when she counts as a child. */
#include "services/intake/domain/person.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct person a_person(void)
{
	return (struct person){
		.person_id = { .byte = { 1 } },
		.age_years = 16,
		.basis = BASIS_STATED,
		.district = "palpa",
		.country = "NP",
		.relation = "",
		.reason = "",
	};
}

static enum lg_outcome say(struct person *person, enum person_saying saying, enum decider by)
{
	return person_identify(person, saying, by).outcome;
}

/* Goal: the table has no dead, missing or doubled rows.  Method: its own check. */
static void the_states_are_sound(void **unused)
{
	(void)unused;
	assert_int_equal(lg_lifecycle_check(&person_life).outcome, LG_DONE);
}

/* Goal: actual is not for the centre to say.  Method: every decider, from every state before it. */
static void only_others_than_the_centre_say_actual(void **unused)
{
	(void)unused;
	for (unsigned by = 0; by < DECIDER_COUNT; by++) {
		bool may = by != DECIDER_NONE && by != DECIDER_HERSELF && by != DECIDER_CENTRE;
		struct person person = a_person();

		assert_int_equal(
			say(&person, SAY_ACTUAL, (enum decider)by), may ? LG_DONE : LG_REFUSED);
		assert_int_equal(person.state, may ? PERSON_ACTUAL : PERSON_NEW);
		assert_int_equal(person.state_by, may ? by : DECIDER_NONE);
	}
}

/* Goal: what is said can be said again and be changed by those who may.  Method: one walk. */
static void a_status_moves_by_those_who_may(void **unused)
{
	struct person person = a_person();

	(void)unused;
	assert_int_equal(person_register(&person).outcome, LG_DONE);
	assert_int_equal(person_register(&person).outcome, LG_REFUSED);
	assert_int_equal(say(&person, SAY_POSSIBLE, DECIDER_CENTRE), LG_DONE);
	assert_int_equal(say(&person, SAY_POSSIBLE, DECIDER_CENTRE), LG_DONE);
	assert_int_equal(say(&person, SAY_SUSPECT, DECIDER_POLICE), LG_REFUSED);
	assert_int_equal(say(&person, SAY_ACTUAL, DECIDER_COURT), LG_DONE);
	assert_int_equal(say(&person, SAY_NOT_A_VICTIM, DECIDER_CENTRE), LG_REFUSED);
	assert_int_equal(say(&person, SAY_NOT_A_VICTIM, DECIDER_NGO), LG_DONE);
	assert_int_equal(say(&person, SAY_POSSIBLE, DECIDER_CENTRE), LG_DONE);
	assert_int_equal(person.state, PERSON_POSSIBLE);
}

/* Goal: a suspect is never a victim.  Method: a suspect, and all that can be said. */
static void a_suspect_stays_one(void **unused)
{
	struct person person = a_person();

	(void)unused;
	assert_int_equal(say(&person, SAY_SUSPECT, DECIDER_POLICE), LG_DONE);
	assert_int_equal(say(&person, SAY_POSSIBLE, DECIDER_CENTRE), LG_REFUSED);
	assert_int_equal(say(&person, SAY_ACTUAL, DECIDER_COURT), LG_REFUSED);
	assert_int_equal(say(&person, SAY_NOT_A_VICTIM, DECIDER_POLICE), LG_REFUSED);
	assert_int_equal(person.state, PERSON_LISTED_SUSPECT);
}

/* Goal: in doubt she counts as a child.  Method: both sides of each limit, by what it rests on. */
static void doubt_counts_as_a_child(void **unused)
{
	static const struct {
		int32_t age;
		enum age_basis basis;
		bool is_child;
	} cases[] = {
		{ -1, BASIS_NONE, true },
		{ 0, BASIS_PAPER, true },
		{ 17, BASIS_PAPER, true },
		{ 18, BASIS_PAPER, false },
		{ 17, BASIS_STATED, true },
		{ 18, BASIS_STATED, false },
		{ 18, BASIS_GUESSED, true },
		{ 20, BASIS_GUESSED, true },
		{ 21, BASIS_GUESSED, false },
		{ 18, BASIS_NONE, false },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct person person = a_person();

		person.age_years = cases[i].age;
		person.basis = cases[i].basis;
		assert_int_equal(person_is_child(&person), cases[i].is_child);
	}
}

static void refuse(struct person person)
{
	assert_int_equal(person_check(&person).outcome, LG_REFUSED);
}

/* Goal: places are codes and ages have a basis.  Method: one wrong thing at a time. */
static void facts_that_cannot_be_true_are_refused(void **unused)
{
	struct person person = a_person();

	(void)unused;
	assert_int_equal(person_check(&person).outcome, LG_DONE);
	person.person_id = (struct lg_id){ 0 };
	refuse(person);
	person = a_person();
	person.age_years = 121;
	refuse(person);
	person.age_years = 120;
	assert_int_equal(person_check(&person).outcome, LG_DONE);
	person.basis = BASIS_NONE;
	refuse(person);
	person.age_years = -1;
	assert_int_equal(person_check(&person).outcome, LG_DONE);
	person.basis = BASIS_GUESSED;
	refuse(person);
	person = a_person();
	person.district = "Palpa";
	refuse(person);
	person.district = "";
	assert_int_equal(person_check(&person).outcome, LG_DONE);
	person.country = "XX";
	refuse(person);
	person = a_person();
	person.relation = "0123456789012345678901234567890123456789012345678901234567890123";
	assert_int_equal(person_check(&person).outcome, LG_DONE);
	person.relation = "01234567890123456789012345678901234567890123456789012345678901234";
	refuse(person);
}

/* Goal: a case holds 64 persons and no more.  Method: one more. */
static void a_case_holds_64_persons(void **unused)
{
	static struct persons persons;
	struct person *added = NULL;

	(void)unused;
	persons.count = 0;
	for (uint8_t i = 0; i < PERSONS_MAX; i++) {
		struct person person = a_person();

		person.person_id.byte[1] = i;
		assert_int_equal(persons_add(&persons, &person, &added).outcome, LG_DONE);
		assert_int_equal(added->ordinal, i);
		assert_ptr_equal(persons_find(&persons, person.person_id), added);
	}

	struct person one_more = a_person();

	one_more.person_id.byte[1] = 99;
	assert_int_equal(persons_add(&persons, &one_more, &added).outcome, LG_REFUSED);
	assert_null(persons_find(&persons, one_more.person_id));
	assert_true(person_is_same(&persons.at[0], &one_more));
	one_more.age_years++;
	assert_false(person_is_same(&persons.at[0], &one_more));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_states_are_sound),
		cmocka_unit_test(only_others_than_the_centre_say_actual),
		cmocka_unit_test(a_status_moves_by_those_who_may),
		cmocka_unit_test(a_suspect_stays_one),
		cmocka_unit_test(doubt_counts_as_a_child),
		cmocka_unit_test(facts_that_cannot_be_true_are_refused),
		cmocka_unit_test(a_case_holds_64_persons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
