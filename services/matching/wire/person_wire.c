#include "services/matching/wire/person_wire.h"

#include <stdlib.h>

#include "proto/codes.pb-c.h"

#define AGE_MAX      120
#define CONSENTS_MAX 16

struct lg_status id_from_wire(const ProtobufCBinaryData *wire, struct lg_id *ret_id)
{
	return lg_id_from_bytes(lg_bytes(wire->data, wire->len), ret_id);
}

ProtobufCBinaryData id_to_wire(const struct lg_id *id)
{
	return (ProtobufCBinaryData){ .len = LG_ID_SIZE, .data = (uint8_t *)id->byte };
}

static struct lg_status sex_from_wire(Lifeguard__Codes__Sex wire, enum person_sex *ret_sex)
{
	switch ((int)wire) {
	case LIFEGUARD__CODES__SEX__FEMALE:
		*ret_sex = SEX_FEMALE;
		return lg_done();
	case LIFEGUARD__CODES__SEX__MALE:
		*ret_sex = SEX_MALE;
		return lg_done();
	case LIFEGUARD__CODES__SEX__OTHER_SEX:
		*ret_sex = SEX_OTHER;
		return lg_done();
	case LIFEGUARD__CODES__SEX__NOT_RECORDED:
		*ret_sex = SEX_NOT_RECORDED;
		return lg_done();
	}
	return lg_refuse("sex is female, male, other_sex or not_recorded");
}

/* Where no age is known its basis is not asked for. */
static struct lg_status basis_from_wire(
	Lifeguard__Codes__AgeBasis wire, bool has_age, enum age_basis *ret_basis)
{
	*ret_basis = AGE_GUESSED;
	if (!has_age)
		return lg_done();
	switch ((int)wire) {
	case LIFEGUARD__CODES__AGE_BASIS__PAPER:
		*ret_basis = AGE_PAPER;
		return lg_done();
	case LIFEGUARD__CODES__AGE_BASIS__STATED:
		*ret_basis = AGE_STATED;
		return lg_done();
	case LIFEGUARD__CODES__AGE_BASIS__GUESSED:
		return lg_done();
	}
	return lg_refuse("an age rests on paper, was stated or guessed");
}

static struct lg_status home_from_wire(
	const char *district, const char *country, struct person_record *record)
{
	if (strlen(district) > RECORD_DISTRICT_MAX)
		return lg_refuse("the district is above 64 bytes");
	if (strcmp(country, "") != 0 && strcmp(country, "NP") != 0 && strcmp(country, "IN") != 0)
		return lg_refuse("the country is NP, IN or not known");
	record->facts.district = district;
	record->country = country;
	return lg_done();
}

static struct lg_status station_from_wire(const char *station, const char **ret_station)
{
	if (strlen(station) > RECORD_STATION_MAX)
		return lg_refuse("the station is above 8 bytes");
	*ret_station = station;
	return lg_done();
}

static struct lg_status age_from_wire(bool has_age, uint32_t age_years, int32_t *ret_age)
{
	*ret_age = -1;
	if (has_age && age_years > AGE_MAX)
		return lg_refuse("an age is 0 to 120");
	if (has_age)
		*ret_age = (int32_t)age_years;
	return lg_done();
}

struct lg_status tracing_from_consent(
	const Lifeguard__Codes__Consent *consent, enum tracing *ret_tracing)
{
	*ret_tracing = TRACING_UNSAID;
	if (consent == NULL)
		return lg_refuse("no consent is told");
	if (consent->purpose != LIFEGUARD__CODES__CONSENT_PURPOSE__CONSENT_FAMILY_TRACING)
		return lg_done();
	switch ((int)consent->state) {
	case LIFEGUARD__CODES__CONSENT_STATE__GIVEN:
	case LIFEGUARD__CODES__CONSENT_STATE__BEST_INTEREST:
		*ret_tracing = TRACING_YES;
		return lg_done();
	case LIFEGUARD__CODES__CONSENT_STATE__REFUSED:
	case LIFEGUARD__CODES__CONSENT_STATE__WITHDRAWN:
		*ret_tracing = TRACING_NO;
		return lg_done();
	}
	return lg_refuse("consent was given, refused, withdrawn or decided in her interest");
}

struct lg_status abroad_from_consent(
	const Lifeguard__Codes__Consent *consent, enum record_abroad *ret_word)
{
	*ret_word = ABROAD_UNSAID;
	if (consent == NULL)
		return lg_refuse("no consent is told");
	if (consent->purpose != LIFEGUARD__CODES__CONSENT_PURPOSE__CONSENT_TRACING_ABROAD)
		return lg_done();
	switch ((int)consent->state) {
	case LIFEGUARD__CODES__CONSENT_STATE__GIVEN:
		*ret_word = ABROAD_GIVEN;
		return lg_done();
	case LIFEGUARD__CODES__CONSENT_STATE__BEST_INTEREST:
		*ret_word = ABROAD_BEST_INTEREST;
		return lg_done();
	case LIFEGUARD__CODES__CONSENT_STATE__REFUSED:
	case LIFEGUARD__CODES__CONSENT_STATE__WITHDRAWN:
		*ret_word = ABROAD_REFUSED;
		return lg_done();
	}
	return lg_refuse("consent was given, refused, withdrawn or decided in her interest");
}

/* A no to one recipient among several yeses stays a no. */
static struct lg_status tracing_of(const Lifeguard__Intake__RescueRecorded *message,
	enum tracing *ret_tracing, enum record_abroad *ret_abroad)
{
	*ret_tracing = TRACING_UNSAID;
	*ret_abroad = ABROAD_UNSAID;
	if (message->n_consents > CONSENTS_MAX)
		return lg_refuse("at most 16 consents");
	for (size_t i = 0; i < message->n_consents; i++) {
		enum tracing said = TRACING_UNSAID;
		enum record_abroad word = ABROAD_UNSAID;
		struct lg_status status = tracing_from_consent(message->consents[i], &said);

		if (lg_is_done(status))
			status = abroad_from_consent(message->consents[i], &word);
		if (!lg_is_done(status))
			return status;
		if (word == ABROAD_REFUSED ||
			(word != ABROAD_UNSAID && *ret_abroad == ABROAD_UNSAID))
			*ret_abroad = word;
		if (said == TRACING_NO || (said == TRACING_YES && *ret_tracing == TRACING_UNSAID))
			*ret_tracing = said;
	}
	return lg_done();
}

struct lg_status record_from_rescue(const Lifeguard__Intake__RescueRecorded *message,
	struct person_record *ret_record, enum tracing *ret_tracing)
{
	struct person_record record = { .kind = RECORD_RESCUED };
	bool has_age = message->age_case == LIFEGUARD__INTAKE__RESCUE_RECORDED__AGE_AGE_YEARS;
	struct lg_status status = id_from_wire(&message->person_id, &record.record_id);

	if (lg_is_done(status))
		status = sex_from_wire(message->sex, &record.facts.sex);
	if (lg_is_done(status))
		status = age_from_wire(has_age, message->age_years, &record.facts.age_years);
	if (lg_is_done(status))
		status = basis_from_wire(message->age_basis, has_age, &record.facts.age_basis);
	if (lg_is_done(status))
		status = home_from_wire(message->home_district, message->home_country, &record);
	if (lg_is_done(status))
		status = tracing_of(message, ret_tracing, &record.abroad);
	record.facts.at = message->rescued_ms;
	if (lg_is_done(status))
		status = station_from_wire(message->station, &record.station);
	if (lg_is_done(status))
		*ret_record = record;
	return status;
}

struct lg_status record_from_suspect(
	const Lifeguard__Intake__SuspectRecorded *message, struct person_record *ret_record)
{
	struct person_record record = { .kind = RECORD_SUSPECT };
	bool has_age = message->age_case == LIFEGUARD__INTAKE__SUSPECT_RECORDED__AGE_AGE_YEARS;
	struct lg_status status = id_from_wire(&message->person_id, &record.record_id);

	if (lg_is_done(status))
		status = sex_from_wire(message->sex, &record.facts.sex);
	if (lg_is_done(status))
		status = age_from_wire(has_age, message->age_years, &record.facts.age_years);
	if (lg_is_done(status))
		status = home_from_wire(message->district, message->country, &record);
	if (lg_is_done(status))
		status = station_from_wire(message->station, &record.station);
	record.facts.age_basis = AGE_GUESSED; /* a suspect says what suits him */
	record.facts.at = message->seen_ms;
	if (lg_is_done(status))
		*ret_record = record;
	return status;
}

struct lg_status record_from_report(
	const Lifeguard__Intake__MissingPersonReported *message, struct person_record *ret_record)
{
	struct person_record record = { .kind = RECORD_MISSING };
	bool has_age =
		message->age_case == LIFEGUARD__INTAKE__MISSING_PERSON_REPORTED__AGE_AGE_YEARS;
	struct lg_status status = id_from_wire(&message->report_id, &record.record_id);

	if (lg_is_done(status))
		status = sex_from_wire(message->sex, &record.facts.sex);
	if (lg_is_done(status))
		status = age_from_wire(has_age, message->age_years, &record.facts.age_years);
	if (lg_is_done(status))
		status = home_from_wire(message->home_district, message->home_country, &record);
	record.facts.age_basis = AGE_STATED; /* by the family, of the day that she went missing */
	record.facts.at = message->missing_since_ms;
	record.abroad = message->search_abroad ? ABROAD_FAMILY : ABROAD_UNSAID;
	record.station = "";
	if (lg_is_done(status))
		*ret_record = record;
	return status;
}

void person_add_identity(struct person *person, const struct place_table *table,
	const Lifeguard__Content__PersonIdentity *identity)
{
	if (identity == NULL)
		return;
	for (size_t i = 0; i < identity->n_names; i++)
		person_add_name(person, identity->names[i]);
	for (size_t i = 0; i < identity->n_phones; i++)
		person_add_phone(person, identity->phones[i]);
	person_add_place(person, table, identity->address);
}

Lifeguard__Matching__MatchKind match_kind_to_wire(enum match_kind kind)
{
	return kind == MATCH_SEEN_BEFORE ? LIFEGUARD__MATCHING__MATCH_KIND__SEEN_BEFORE
					 : LIFEGUARD__MATCHING__MATCH_KIND__RESCUED_AND_MISSING;
}

Lifeguard__Codes__Sex person_sex_to_wire(enum person_sex sex)
{
	switch (sex) {
	case SEX_FEMALE:
		return LIFEGUARD__CODES__SEX__FEMALE;
	case SEX_MALE:
		return LIFEGUARD__CODES__SEX__MALE;
	case SEX_OTHER:
		return LIFEGUARD__CODES__SEX__OTHER_SEX;
	case SEX_NOT_RECORDED:
		return LIFEGUARD__CODES__SEX__NOT_RECORDED;
	case SEX_COUNT:
		break;
	}
	abort();
}

Lifeguard__Matching__MatchReason **reasons_to_wire(
	struct lg_arena *arena, const struct comparison *comparison, size_t *ret_count)
{
	Lifeguard__Matching__MatchReason **wire = lg_alloc_array(arena, FIELD_COUNT, sizeof *wire);

	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		wire[i] = lg_alloc(arena, sizeof *wire[i]);
		lifeguard__matching__match_reason__init(wire[i]);
		wire[i]->field =
			lg_copy_text(arena, match_field_names[comparison->reasons[i].field]);
		wire[i]->level =
			lg_copy_text(arena, match_level_names[comparison->reasons[i].level]);
		wire[i]->weight_millibits = comparison->reasons[i].weight_millibits;
	}
	*ret_count = FIELD_COUNT;
	return wire;
}
