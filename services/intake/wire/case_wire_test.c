/* The door: ids, enums and what is missing. */
#include "services/intake/wire/case_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint8_t sixteen[LG_ID_SIZE] = { 1 };
static char empty[] = "";

static Lifeguard__Intake__Traveller a_traveller(void)
{
	Lifeguard__Intake__Traveller wire = LIFEGUARD__INTAKE__TRAVELLER__INIT;

	wire.sex = LIFEGUARD__CODES__SEX__FEMALE;
	return wire;
}

/* Goal: an id is 16 bytes and not zero.  Method: sizes around it, and zero. */
static void an_id_is_sixteen_bytes(void **unused)
{
	uint8_t zero[LG_ID_SIZE] = { 0 };
	struct lg_id id;

	(void)unused;
	assert_true(lg_is_done(id_from_wire((ProtobufCBinaryData){ 16, sixteen }, &id)));
	assert_false(lg_is_done(id_from_wire((ProtobufCBinaryData){ 15, sixteen }, &id)));
	assert_false(lg_is_done(id_from_wire((ProtobufCBinaryData){ 0, NULL }, &id)));
	assert_false(lg_is_done(id_from_wire((ProtobufCBinaryData){ 16, zero }, &id)));
}

/* Goal: a traveller's absences stay absences.  Method: none, without age, with too large an age. */
static void a_traveller_keeps_what_is_absent(void **unused)
{
	Lifeguard__Intake__Traveller wire = a_traveller();
	struct lg_id id = { .byte = { 1 } };
	struct person person;

	(void)unused;
	assert_false(lg_is_done(traveller_from_wire(NULL, id, &person)));
	assert_true(lg_is_done(traveller_from_wire(&wire, id, &person)));
	assert_int_equal(person.age_years, -1);
	assert_int_equal(person.basis, BASIS_NONE);
	assert_string_equal(person.district, "");
	wire.age_case = LIFEGUARD__INTAKE__TRAVELLER__AGE_AGE_YEARS;
	wire.age_years = UINT32_MAX;
	assert_true(lg_is_done(traveller_from_wire(&wire, id, &person)));
	assert_false(lg_is_done(person_check(&person)));
	wire.sex = LIFEGUARD__CODES__SEX__SEX_UNSPECIFIED;
	assert_false(lg_is_done(traveller_from_wire(&wire, id, &person)));
	wire = a_traveller();
	wire.age_basis = (Lifeguard__Codes__AgeBasis)77;
	assert_false(lg_is_done(traveller_from_wire(&wire, id, &person)));
}

/* Goal: a victim has a status and a suspect none.  Method: all kinds with all statuses. */
static void a_victim_has_a_status_and_a_suspect_none(void **unused)
{
	(void)unused;
	for (int kind = 0; kind <= 3; kind++) {
		for (int status = 0; status <= 4; status++) {
			Lifeguard__Intake__IdentifyPerson message =
				LIFEGUARD__INTAKE__IDENTIFY_PERSON__INIT;
			bool is_good = (kind == 1 && status >= 1 && status <= 3) ||
				       (kind == 2 && status == 0);
			enum person_saying saying;
			enum decider by;

			message.kind = (Lifeguard__Codes__PersonKind)kind;
			message.status = (Lifeguard__Codes__VictimStatus)status;
			message.decided_by = LIFEGUARD__CODES__DECIDER__POLICE;
			assert_int_equal(
				lg_is_done(saying_from_wire(&message, &saying, &by)), is_good);
		}
	}
}

/* Goal: a rescue's enums are ours, its home falls back to what is known.  Method: each. */
static void a_rescue_falls_back_to_the_registered_home(void **unused)
{
	Lifeguard__Intake__RecordRescue message = LIFEGUARD__INTAKE__RECORD_RESCUE__INIT;
	const struct person person = { .district = "palpa", .country = "NP" };
	char district[] = "dang";
	struct rescue rescue;

	(void)unused;
	message.route = LIFEGUARD__CODES__ROUTE__R2_INDIAN_PROCEEDINGS;
	message.decided_by = LIFEGUARD__CODES__DECIDER__COURT;
	assert_false(lg_is_done(rescue_from_wire(&message, &person, &rescue)));
	message.urgency = LIFEGUARD__CODES__URGENCY__URGENT;
	assert_true(lg_is_done(rescue_from_wire(&message, &person, &rescue)));
	assert_int_equal(rescue.route, ROUTE_R2);
	assert_int_equal(rescue.by, DECIDER_COURT);
	assert_string_equal(rescue.home_district, "palpa");
	message.home_district = district;
	assert_true(lg_is_done(rescue_from_wire(&message, &person, &rescue)));
	assert_string_equal(rescue.home_district, "dang");
	assert_string_equal(rescue.home_country, "NP");
	message.n_needs = RESCUE_NEEDS_MAX + 1;
	assert_false(lg_is_done(rescue_from_wire(&message, &person, &rescue)));
	message.n_needs = 0;
	message.route = (Lifeguard__Codes__Route)6;
	assert_false(lg_is_done(rescue_from_wire(&message, &person, &rescue)));
}

/* Goal: consent is one of four words, never PROPOSED.  Method: all numbers around them. */
static void consent_is_one_of_four_words(void **unused)
{
	Lifeguard__Intake__RecordConsent message = LIFEGUARD__INTAKE__RECORD_CONSENT__INIT;
	struct consent consent;

	(void)unused;
	message.person_id = (ProtobufCBinaryData){ LG_ID_SIZE, sixteen };
	message.purpose = LIFEGUARD__CODES__CONSENT_PURPOSE__CONSENT_HELP;
	message.recipient = empty;
	for (int state = 0; state <= 5; state++) {
		message.state = (Lifeguard__Codes__ConsentState)state;
		assert_int_equal(lg_is_done(consent_from_wire(&message, &consent)),
			state >= 1 && state <= 4);
	}
	message.state = LIFEGUARD__CODES__CONSENT_STATE__GIVEN;
	message.purpose = (Lifeguard__Codes__ConsentPurpose)10;
	assert_false(lg_is_done(consent_from_wire(&message, &consent)));
}

/* Goal: a report needs a name.  Method: none, an identity without one, and with one. */
static void a_report_needs_a_name(void **unused)
{
	Lifeguard__Intake__ReportMissingPerson message =
		LIFEGUARD__INTAKE__REPORT_MISSING_PERSON__INIT;
	Lifeguard__Content__PersonIdentity identity = LIFEGUARD__CONTENT__PERSON_IDENTITY__INIT;
	char name[] = "Kopila Imaginary";
	char *names[] = { name };
	struct missing missing;

	(void)unused;
	message.report_id = (ProtobufCBinaryData){ LG_ID_SIZE, sixteen };
	message.sex = LIFEGUARD__CODES__SEX__MALE;
	assert_false(lg_is_done(missing_from_wire(&message, &missing)));
	message.identity = &identity;
	assert_false(lg_is_done(missing_from_wire(&message, &missing)));
	identity.n_names = 1;
	identity.names = names;
	assert_true(lg_is_done(missing_from_wire(&message, &missing)));
	assert_int_equal(missing.age_years, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_sixteen_bytes),
		cmocka_unit_test(a_traveller_keeps_what_is_absent),
		cmocka_unit_test(a_victim_has_a_status_and_a_suspect_none),
		cmocka_unit_test(a_rescue_falls_back_to_the_registered_home),
		cmocka_unit_test(consent_is_one_of_four_words),
		cmocka_unit_test(a_report_needs_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
