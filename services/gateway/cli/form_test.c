#include "services/gateway/cli/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/json/json.h"
#include "proto/intake.pb-c.h"

static const char *names[] = { "Sita \"S\" Invented", "सीता" };
static const char *indicators[] = { "caught_in_lie", "noticed_nervous" };
static struct form_person suspect = {
	.kind = "suspect", .sex = "not_recorded", .age = FORM_ABSENT, .district = "", .relation = ""
};
static struct form_person victim = {
	.kind = "potential_victim",
	.sex = "female",
	.age = 17,
	.district = "Salyan",
	.relation = "Sister",
	.name_count = 2,
	.names = names,
	.next = &suspect,
};

static struct form form(void)
{
	return (struct form){
		.record = "R1",
		.station = "DNG",
		.intercepted_at = 1399788900000,
		.victims = 1,
		.suspects = FORM_ABSENT,
		.points = 40,
		.certainty = 2,
		.indicator_count = 2,
		.indicators = indicators,
		.persons = &victim,
	};
}

/*
 * Goal: the document is what the service takes.  Method: the services' own reader, by the contract's
 * descriptor; every field is where it belongs, what is absent is absent.
 */
static void the_document_is_a_record_interception(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct form one = form();
	struct lg_id case_id = form_case_id(&one, 7);
	char *json = form_json(arena, &one, case_id);
	struct lg_field_errors errors = { 0 };
	ProtobufCMessage *message;

	(void)unused;
	assert_true(
		lg_is_done(lg_json_read(arena, &lifeguard__intake__record_interception__descriptor,
			lg_bytes(json, strlen(json)), &message, &errors)));
	const Lifeguard__Intake__RecordInterception *read =
		(const Lifeguard__Intake__RecordInterception *)message;
	assert_memory_equal(read->case_id.data, case_id.byte, LG_ID_SIZE);
	assert_string_equal(read->station, "DNG");
	assert_true(read->intercepted_ms == 1399788900000);
	assert_int_equal(
		read->suspects_case, LIFEGUARD__INTAKE__RECORD_INTERCEPTION__SUSPECTS__NOT_SET);
	assert_int_equal(read->reported_points, 40);
	assert_int_equal(read->n_indicators, 2);
	assert_int_equal(read->n_persons, 2);
	assert_int_equal(read->persons[0]->kind, LIFEGUARD__CODES__PERSON_KIND__POTENTIAL_VICTIM);
	assert_int_equal(read->persons[0]->age_years, 17);
	assert_int_equal(read->persons[0]->identity->n_names, 2);
	assert_string_equal(read->persons[0]->identity->names[0], names[0]);
	assert_string_equal(read->persons[0]->identity->names[1], names[1]);
	assert_null(read->persons[1]->identity);
	assert_int_equal(read->persons[1]->sex, LIFEGUARD__CODES__SEX__NOT_RECORDED);
	assert_int_equal(
		read->persons[1]->age_case, LIFEGUARD__INTAKE__INTERCEPTED_PERSON__AGE__NOT_SET);
	lg_arena_free(arena);
}

/* Goal: the same form is the same wish, any other is another.  Method: change one thing at a time. */
static void ids_come_from_the_content_alone(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct form one = form(), other = form();
	struct lg_id case_id = form_case_id(&one, 7);
	char *json = form_json(arena, &one, case_id);
	const struct lg_id this_run = { .byte = { 1 } }, next_run = { .byte = { 2 } };

	(void)unused;
	assert_int_equal(lg_id_site(case_id), 7);
	assert_true(lg_id_made_at(case_id) == one.intercepted_at);
	assert_true(lg_id_equal(case_id, form_case_id(&other, 7)));
	assert_string_equal(json, form_json(arena, &other, case_id));
	assert_false(lg_id_equal(case_id, form_case_id(&other, 8)));

	other.points = 41; /* other content of the same case: same case, other wish */
	assert_true(lg_id_equal(case_id, form_case_id(&other, 7)));
	assert_false(lg_id_equal(form_command_id(json, &this_run),
		form_command_id(form_json(arena, &other, case_id), &this_run)));
	assert_true(
		lg_id_equal(form_command_id(json, &this_run), form_command_id(json, &this_run)));
	assert_false(
		lg_id_equal(form_command_id(json, &this_run), form_command_id(json, &next_run)));

	struct form left = form(), right = form();
	left.record = "R1";
	left.station = "AB";
	right.record = "R1A";
	right.station = "B";
	assert_false(lg_id_equal(form_case_id(&left, 7), form_case_id(&right, 7)));
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_is_a_record_interception),
		cmocka_unit_test(ids_come_from_the_content_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
