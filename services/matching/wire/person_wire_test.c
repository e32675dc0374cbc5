/* The door: what a message may say, and what is refused. */
#include "services/matching/wire/person_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static uint8_t id_bytes[LG_ID_SIZE] = { 1, 2, 3 };

static Lifeguard__Intake__RescueRecorded a_rescue(void)
{
	Lifeguard__Intake__RescueRecorded m = LIFEGUARD__INTAKE__RESCUE_RECORDED__INIT;

	m.person_id.data = id_bytes;
	m.person_id.len = LG_ID_SIZE;
	m.rescued_ms = 1700000000000;
	m.sex = LIFEGUARD__CODES__SEX__FEMALE;
	m.age_case = LIFEGUARD__INTAKE__RESCUE_RECORDED__AGE_AGE_YEARS;
	m.age_years = 15;
	m.age_basis = LIFEGUARD__CODES__AGE_BASIS__PAPER;
	m.home_district = (char *)"Kapilvastu";
	m.home_country = (char *)"NP";
	return m;
}

static enum lg_outcome taken(const Lifeguard__Intake__RescueRecorded *m)
{
	struct person_record record;
	enum tracing tracing;

	return record_from_rescue(m, &record, &tracing).outcome;
}

/* Goal: a rescue arrives whole.  Method: every field. */
static void a_rescue_becomes_a_record(void **unused)
{
	Lifeguard__Intake__RescueRecorded m = a_rescue();
	struct person_record record;
	enum tracing tracing = TRACING_NO;

	(void)unused;
	assert_true(lg_is_done(record_from_rescue(&m, &record, &tracing)));
	assert_int_equal(record.kind, RECORD_RESCUED);
	assert_memory_equal(record.record_id.byte, id_bytes, LG_ID_SIZE);
	assert_int_equal(record.facts.sex, SEX_FEMALE);
	assert_int_equal(record.facts.age_years, 15);
	assert_int_equal(record.facts.age_basis, AGE_PAPER);
	assert_int_equal(record.facts.at, 1700000000000);
	assert_string_equal(record.facts.district, "Kapilvastu");
	assert_string_equal(record.country, "NP");
	assert_int_equal(tracing, TRACING_UNSAID);

	m.age_case = LIFEGUARD__INTAKE__RESCUE_RECORDED__AGE__NOT_SET;
	m.age_basis = LIFEGUARD__CODES__AGE_BASIS__AGE_BASIS_UNSPECIFIED;
	assert_true(lg_is_done(record_from_rescue(&m, &record, &tracing)));
	assert_int_equal(record.facts.age_years, -1);
}

/* Goal: what a peer may not say is refused.  Method: one fault each, limits from both sides. */
static void each_fault_is_refused(void **unused)
{
	char district[RECORD_DISTRICT_MAX + 2];
	Lifeguard__Intake__RescueRecorded m = a_rescue();

	(void)unused;
	m.person_id.len = 15;
	assert_int_equal(taken(&m), LG_REFUSED);
	m = a_rescue();
	m.sex = LIFEGUARD__CODES__SEX__SEX_UNSPECIFIED;
	assert_int_equal(taken(&m), LG_REFUSED);
	m = a_rescue();
	m.age_years = 120;
	assert_int_equal(taken(&m), LG_DONE);
	m.age_years = 121;
	assert_int_equal(taken(&m), LG_REFUSED);
	m = a_rescue();
	m.age_basis = LIFEGUARD__CODES__AGE_BASIS__AGE_BASIS_UNSPECIFIED;
	assert_int_equal(taken(&m), LG_REFUSED);
	m = a_rescue();
	m.home_country = (char *)"XX";
	assert_int_equal(taken(&m), LG_REFUSED);
	m = a_rescue();
	memset(district, 'a', sizeof district);
	district[RECORD_DISTRICT_MAX + 1] = '\0';
	m.home_district = district;
	assert_int_equal(taken(&m), LG_REFUSED);
	district[RECORD_DISTRICT_MAX] = '\0';
	assert_int_equal(taken(&m), LG_DONE);
}

static Lifeguard__Codes__Consent a_consent(
	Lifeguard__Codes__ConsentPurpose purpose, Lifeguard__Codes__ConsentState state)
{
	Lifeguard__Codes__Consent consent = LIFEGUARD__CODES__CONSENT__INIT;

	consent.purpose = purpose;
	consent.state = state;
	return consent;
}

#define TRACING LIFEGUARD__CODES__CONSENT_PURPOSE__CONSENT_FAMILY_TRACING
#define POLICE  LIFEGUARD__CODES__CONSENT_PURPOSE__CONSENT_POLICE

/*
 * Goal: a no to family tracing is heard among others, and no other consent is taken for it.  Method: each
 * state; a yes and a no together, either first.
 */
static void a_no_among_yeses_is_a_no(void **unused)
{
	Lifeguard__Codes__Consent yes = a_consent(TRACING, LIFEGUARD__CODES__CONSENT_STATE__GIVEN);
	Lifeguard__Codes__Consent decided =
		a_consent(TRACING, LIFEGUARD__CODES__CONSENT_STATE__BEST_INTEREST);
	Lifeguard__Codes__Consent no =
		a_consent(TRACING, LIFEGUARD__CODES__CONSENT_STATE__WITHDRAWN);
	Lifeguard__Codes__Consent refused =
		a_consent(TRACING, LIFEGUARD__CODES__CONSENT_STATE__REFUSED);
	Lifeguard__Codes__Consent other =
		a_consent(POLICE, LIFEGUARD__CODES__CONSENT_STATE__REFUSED);
	Lifeguard__Codes__Consent empty =
		a_consent(TRACING, LIFEGUARD__CODES__CONSENT_STATE__CONSENT_STATE_UNSPECIFIED);
	Lifeguard__Codes__Consent *both[] = { &no, &yes }, *back[] = { &yes, &other, &refused };
	Lifeguard__Intake__RescueRecorded m = a_rescue();
	struct person_record record;
	enum tracing tracing;

	(void)unused;
	assert_true(lg_is_done(tracing_from_consent(&yes, &tracing)) && tracing == TRACING_YES);
	assert_true(lg_is_done(tracing_from_consent(&decided, &tracing)) && tracing == TRACING_YES);
	assert_true(
		lg_is_done(tracing_from_consent(&other, &tracing)) && tracing == TRACING_UNSAID);
	assert_int_equal(tracing_from_consent(&empty, &tracing).outcome, LG_REFUSED);
	assert_int_equal(tracing_from_consent(NULL, &tracing).outcome, LG_REFUSED);
	m.consents = both;
	m.n_consents = 2;
	assert_true(lg_is_done(record_from_rescue(&m, &record, &tracing)));
	assert_int_equal(tracing, TRACING_NO);
	m.consents = back;
	m.n_consents = 3;
	assert_true(lg_is_done(record_from_rescue(&m, &record, &tracing)));
	assert_int_equal(tracing, TRACING_NO);
}

/* Goal: a report becomes a record of its own kind.  Method: every field, one fault. */
static void a_report_becomes_a_record(void **unused)
{
	Lifeguard__Intake__MissingPersonReported m =
		LIFEGUARD__INTAKE__MISSING_PERSON_REPORTED__INIT;
	struct person_record record;

	(void)unused;
	m.report_id.data = id_bytes;
	m.report_id.len = LG_ID_SIZE;
	m.sex = LIFEGUARD__CODES__SEX__MALE;
	m.missing_since_ms = 1690000000000;
	m.home_district = m.home_country = (char *)"";
	assert_true(lg_is_done(record_from_report(&m, &record)));
	assert_int_equal(record.kind, RECORD_MISSING);
	assert_int_equal(record.facts.sex, SEX_MALE);
	assert_int_equal(record.facts.age_years, -1);
	assert_int_equal(record.facts.at, 1690000000000);
	m.report_id.len = 0;
	assert_int_equal(record_from_report(&m, &record).outcome, LG_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rescue_becomes_a_record),
		cmocka_unit_test(each_fault_is_refused),
		cmocka_unit_test(a_no_among_yeses_is_a_no),
		cmocka_unit_test(a_report_becomes_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
