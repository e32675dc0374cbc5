/* Messages to forms: every cast and every enum from outside is looked at here. */
#include "services/intake/wire/form_wire.h"

#include <string.h>

static const Lifeguard__Codes__PersonKind wire_kinds[PERSON_KIND_COUNT] = {
	[PERSON_POTENTIAL_VICTIM] = LIFEGUARD__CODES__PERSON_KIND__POTENTIAL_VICTIM,
	[PERSON_SUSPECT] = LIFEGUARD__CODES__PERSON_KIND__SUSPECT,
};

static const Lifeguard__Codes__Sex wire_sexes[PERSON_SEX_COUNT] = {
	[SEX_FEMALE] = LIFEGUARD__CODES__SEX__FEMALE,
	[SEX_MALE] = LIFEGUARD__CODES__SEX__MALE,
	[SEX_OTHER] = LIFEGUARD__CODES__SEX__OTHER_SEX,
	[SEX_NOT_RECORDED] = LIFEGUARD__CODES__SEX__NOT_RECORDED,
};

Lifeguard__Codes__PersonKind person_kind_to_wire(enum person_kind kind)
{
	return wire_kinds[kind];
}

Lifeguard__Codes__Sex person_sex_to_wire(enum person_sex sex)
{
	return wire_sexes[sex];
}

static struct lg_status kind_from_wire(
	Lifeguard__Codes__PersonKind wire, enum person_kind *ret_kind)
{
	for (unsigned kind = 0; kind < PERSON_KIND_COUNT; kind++) {
		if (wire_kinds[kind] == wire) {
			*ret_kind = (enum person_kind)kind;
			return lg_done();
		}
	}
	return lg_refuse("a person is potential_victim or suspect");
}

struct lg_status person_sex_from_wire(Lifeguard__Codes__Sex wire, enum person_sex *ret_sex)
{
	for (unsigned sex = 0; sex < PERSON_SEX_COUNT; sex++) {
		if (wire_sexes[sex] == wire) {
			*ret_sex = (enum person_sex)sex;
			return lg_done();
		}
	}
	return lg_refuse("sex is female, male, other_sex or not_recorded");
}

/* The total as the station wrote it; the least number is kept for "left empty". */
static int32_t points_from_wire(bool is_there, int32_t points)
{
	if (!is_there)
		return POINTS_ABSENT;
	return points == POINTS_ABSENT ? POINTS_ABSENT + 1 : points;
}

/* A number that may be absent; what is too large for us is too large for form_check also. */
static int32_t optional_from_wire(bool is_there, uint32_t number)
{
	if (!is_there)
		return -1;
	return number > INT32_MAX ? INT32_MAX : (int32_t)number;
}

static struct lg_status check_texts(char *const *texts, size_t count, size_t count_max)
{
	if (count > count_max)
		return lg_refuse("more than 16 names or 8 phones of one person");
	for (size_t i = 0; i < count; i++) {
		if (strlen(texts[i]) > IDENTITY_TEXT_MAX)
			return lg_refuse("a name or phone is longer than 200 bytes");
	}
	return lg_done();
}

struct lg_status identity_check(const Lifeguard__Content__PersonIdentity *identity)
{
	struct lg_status status =
		check_texts(identity->names, identity->n_names, IDENTITY_NAMES_MAX);

	if (lg_is_done(status))
		status = check_texts(identity->phones, identity->n_phones, IDENTITY_PHONES_MAX);
	if (!lg_is_done(status))
		return status;
	if (strlen(identity->address) > IDENTITY_TEXT_MAX)
		return lg_refuse("an address is longer than 200 bytes");
	if (lifeguard__content__person_identity__get_packed_size(identity) > IDENTITY_SIZE_MAX)
		return lg_refuse("an identity is longer than 2000 bytes");
	return lg_done();
}

static struct lg_status person_from_wire(
	const Lifeguard__Intake__InterceptedPerson *wire, struct form_person *ret_person)
{
	struct form_person person = {
		.age_years = optional_from_wire(
			wire->age_case == LIFEGUARD__INTAKE__INTERCEPTED_PERSON__AGE_AGE_YEARS,
			wire->age_years),
		.district = wire->district,
		.relation = wire->relation,
	};
	struct lg_status status = kind_from_wire(wire->kind, &person.kind);

	if (lg_is_done(status))
		status = person_sex_from_wire(wire->sex, &person.sex);
	if (lg_is_done(status) && wire->identity != NULL)
		status = identity_check(wire->identity);
	if (lg_is_done(status))
		*ret_person = person;
	return status;
}

struct lg_status form_from_wire(struct lg_arena *arena,
	const Lifeguard__Intake__RecordInterception *message, struct form *ret_form)
{
	struct form form = {
		.station = message->station,
		.engaged_at = message->intercepted_ms,
		.stated_victims = message->stated_victims,
		.stated_suspects = optional_from_wire(
			message->suspects_case ==
				LIFEGUARD__INTAKE__RECORD_INTERCEPTION__SUSPECTS_STATED_SUSPECTS,
			message->stated_suspects),
		.reported_points = points_from_wire(
			message->reported_case ==
				LIFEGUARD__INTAKE__RECORD_INTERCEPTION__REPORTED_REPORTED_POINTS,
			message->reported_points),
		.certainty = message->certainty,
		.indicators = (const char *const *)message->indicators,
	};

	if (message->n_persons > FORM_PERSONS_MAX)
		return lg_refuse("more than 64 persons");
	if (message->n_indicators > UINT32_MAX)
		return lg_refuse("more than 128 indicators");
	form.person_count = (uint32_t)message->n_persons;
	form.indicator_count = (uint32_t)message->n_indicators;

	struct form_person *persons =
		lg_alloc_array(arena, message->n_persons, sizeof(struct form_person));
	struct lg_status status = lg_id_from_bytes(
		lg_bytes(message->case_id.data, message->case_id.len), &form.case_id);

	for (uint32_t i = 0; lg_is_done(status) && i < form.person_count; i++)
		status = person_from_wire(message->persons[i], &persons[i]);
	form.persons = persons;
	if (lg_is_done(status))
		*ret_form = form;
	return status;
}
