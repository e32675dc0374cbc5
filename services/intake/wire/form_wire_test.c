/* The door: messages that become forms, and messages that are refused. */
#include "services/intake/wire/form_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int fresh(void **arena)
{
	*arena = lg_arena_new();
	return 0;
}

static int done(void **arena)
{
	lg_arena_free(*arena);
	return 0;
}

/* A message with one person, whose parts a test may change. */
struct told {
	uint8_t case_id[LG_ID_SIZE];
	Lifeguard__Content__PersonIdentity identity;
	Lifeguard__Intake__InterceptedPerson person, *persons[1];
	Lifeguard__Intake__RecordInterception message;
};

static struct told *tell(struct lg_arena *arena)
{
	struct told *told = lg_alloc(arena, sizeof *told);

	told->case_id[0] = 1;
	lifeguard__content__person_identity__init(&told->identity);
	lifeguard__intake__intercepted_person__init(&told->person);
	lifeguard__intake__record_interception__init(&told->message);
	told->person.kind = LIFEGUARD__CODES__PERSON_KIND__SUSPECT;
	told->person.sex = LIFEGUARD__CODES__SEX__NOT_RECORDED;
	told->person.identity = &told->identity;
	told->persons[0] = &told->person;
	told->message.case_id.data = told->case_id;
	told->message.case_id.len = LG_ID_SIZE;
	told->message.persons = told->persons;
	told->message.n_persons = 1;
	return told;
}

static enum lg_outcome outcome(struct lg_arena *arena, const struct told *told)
{
	struct form form;

	return form_from_wire(arena, &told->message, &form).outcome;
}

/* Goal: absent is not zero.  Method: absent, zero, and more than fits. */
static void absent_numbers_stay_absent(void **arena)
{
	struct told *told = tell(*arena);
	struct form form;

	assert_int_equal(form_from_wire(*arena, &told->message, &form).outcome, LG_DONE);
	assert_int_equal(form.stated_suspects, -1);
	assert_int_equal(form.reported_points, POINTS_ABSENT);
	assert_int_equal(form.persons[0].age_years, -1);
	assert_int_equal(form.persons[0].kind, PERSON_SUSPECT);
	assert_int_equal(form.persons[0].sex, SEX_NOT_RECORDED);

	told->message.suspects_case =
		LIFEGUARD__INTAKE__RECORD_INTERCEPTION__SUSPECTS_STATED_SUSPECTS;
	told->message.reported_case =
		LIFEGUARD__INTAKE__RECORD_INTERCEPTION__REPORTED_REPORTED_POINTS;
	told->message.reported_points = INT32_MIN;
	told->message.stated_suspects = UINT32_MAX;
	told->person.age_case = LIFEGUARD__INTAKE__INTERCEPTED_PERSON__AGE_AGE_YEARS;
	assert_int_equal(form_from_wire(*arena, &told->message, &form).outcome, LG_DONE);
	assert_int_equal(form.stated_suspects, INT32_MAX);
	assert_int_equal(form.reported_points, INT32_MIN + 1);
	assert_int_equal(form.persons[0].age_years, 0);
}

/* Goal: UNSPECIFIED and hidden members do not pass.  Method: zero and a large one, each enum. */
static void unknown_enums_are_refused(void **arena)
{
	struct told *told = tell(*arena);

	told->person.kind = LIFEGUARD__CODES__PERSON_KIND__PERSON_KIND_UNSPECIFIED;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
	told->person.kind = (Lifeguard__Codes__PersonKind)77;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
	told = tell(*arena);
	told->person.sex = LIFEGUARD__CODES__SEX__SEX_UNSPECIFIED;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
}

/* Goal: every known enum comes back as it went.  Method: there and back, all of them. */
static void enums_survive_the_way_there_and_back(void **arena)
{
	struct told *told = tell(*arena);
	struct form form;

	for (unsigned kind = 0; kind < PERSON_KIND_COUNT; kind++) {
		for (unsigned sex = 0; sex < PERSON_SEX_COUNT; sex++) {
			told->person.kind = person_kind_to_wire((enum person_kind)kind);
			told->person.sex = person_sex_to_wire((enum person_sex)sex);
			assert_int_equal(
				form_from_wire(*arena, &told->message, &form).outcome, LG_DONE);
			assert_int_equal(form.persons[0].kind, kind);
			assert_int_equal(form.persons[0].sex, sex);
		}
	}
}

/* Goal: an id has 16 bytes.  Method: 15, and none. */
static void a_short_case_id_is_refused(void **arena)
{
	struct told *told = tell(*arena);

	told->message.case_id.len = LG_ID_SIZE - 1;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
	told->message.case_id.len = 0;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
}

/* Goal: lists have limits before anything is read of them.  Method: counts alone. */
static void too_long_lists_are_refused(void **arena)
{
	struct told *told = tell(*arena);

	told->message.n_persons = FORM_PERSONS_MAX + 1;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
	told = tell(*arena);
	told->message.n_indicators = (size_t)UINT32_MAX + 1;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
}

/* Goal: what is sealed fits its bucket.  Method: each limit of an identity, at it and above. */
static void an_identity_has_limits(void **arena)
{
	struct told *told = tell(*arena);
	char *names[IDENTITY_NAMES_MAX + 1];
	char text[IDENTITY_TEXT_MAX + 2];

	memset(text, 'a', sizeof text);
	text[IDENTITY_TEXT_MAX] = '\0';
	for (size_t i = 0; i <= IDENTITY_NAMES_MAX; i++)
		names[i] = "a";
	told->identity.names = names;
	told->identity.n_names = IDENTITY_NAMES_MAX;
	told->identity.address = text;
	assert_int_equal(outcome(*arena, told), LG_DONE);
	told->identity.n_names = IDENTITY_NAMES_MAX + 1;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
	told->identity.n_names = 1;
	told->identity.phones = names;
	told->identity.n_phones = IDENTITY_PHONES_MAX + 1;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
	told->identity.n_phones = 0;

	for (size_t i = 0; i < IDENTITY_NAMES_MAX; i++)
		names[i] = text; /* each fits, all together do not */
	told->identity.n_names = IDENTITY_NAMES_MAX;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
	told->identity.n_names = 0;
	text[IDENTITY_TEXT_MAX] = 'a';
	text[IDENTITY_TEXT_MAX + 1] = '\0';
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
	told->identity.address = "";
	told->identity.n_names = 1;
	assert_int_equal(outcome(*arena, told), LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(absent_numbers_stay_absent, fresh, done),
		cmocka_unit_test_setup_teardown(unknown_enums_are_refused, fresh, done),
		cmocka_unit_test_setup_teardown(enums_survive_the_way_there_and_back, fresh, done),
		cmocka_unit_test_setup_teardown(a_short_case_id_is_refused, fresh, done),
		cmocka_unit_test_setup_teardown(too_long_lists_are_refused, fresh, done),
		cmocka_unit_test_setup_teardown(an_identity_has_limits, fresh, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
