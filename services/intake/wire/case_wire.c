#include "services/intake/wire/case_wire.h"

#include <assert.h>

#include "services/intake/wire/form_wire.h"

#define CODES(name)  LIFEGUARD__CODES__##name
#define INTAKE(name) LIFEGUARD__INTAKE__##name
#define SAME(ours, wire) \
	_Static_assert((int)(ours) == (int)(wire), "our enums have the numbers of the wire")

SAME(BASIS_PAPER, CODES(AGE_BASIS__PAPER));
SAME(BASIS_STATED, CODES(AGE_BASIS__STATED));
SAME(BASIS_GUESSED, CODES(AGE_BASIS__GUESSED));
SAME(DECIDER_HERSELF, CODES(DECIDER__HERSELF));
SAME(DECIDER_CENTRE, CODES(DECIDER__CENTRE));
SAME(DECIDER_POLICE, CODES(DECIDER__POLICE));
SAME(DECIDER_BORDER_FORCE, CODES(DECIDER__BORDER_FORCE));
SAME(DECIDER_CHILD_WELFARE, CODES(DECIDER__CHILD_WELFARE));
SAME(DECIDER_COURT, CODES(DECIDER__COURT));
SAME(DECIDER_NGO, CODES(DECIDER__NGO));
SAME(ROUTE_R0, CODES(ROUTE__R0_ADVISE));
SAME(ROUTE_R1, CODES(ROUTE__R1_HAND_BACK));
SAME(ROUTE_R2, CODES(ROUTE__R2_INDIAN_PROCEEDINGS));
SAME(ROUTE_R3, CODES(ROUTE__R3_STOPPED_IN_NEPAL));
SAME(ROUTE_R4, CODES(ROUTE__R4_INDIAN_CITIZEN));
SAME(PURPOSE_HELP, CODES(CONSENT_PURPOSE__CONSENT_HELP));
SAME(PURPOSE_SHARING, CODES(CONSENT_PURPOSE__CONSENT_SHARING));
SAME(PURPOSE_FAMILY_TRACING, CODES(CONSENT_PURPOSE__CONSENT_FAMILY_TRACING));
SAME(PURPOSE_PUBLICITY, CODES(CONSENT_PURPOSE__CONSENT_PUBLICITY));
SAME(PURPOSE_TRACING_ABROAD, CODES(CONSENT_PURPOSE__CONSENT_TRACING_ABROAD));
SAME(CONSENT_GIVEN, CODES(CONSENT_STATE__GIVEN));
SAME(CONSENT_REFUSED, CODES(CONSENT_STATE__REFUSED));
SAME(CONSENT_WITHDRAWN, CODES(CONSENT_STATE__WITHDRAWN));
SAME(CONSENT_BEST_INTEREST, CODES(CONSENT_STATE__BEST_INTEREST));
SAME(GIVER_HERSELF, INTAKE(CONSENT_GIVER__PERSON_HERSELF));
SAME(GIVER_CAREGIVER, INTAKE(CONSENT_GIVER__CAREGIVER));
SAME(GIVER_TRUSTED_ADULT, INTAKE(CONSENT_GIVER__TRUSTED_ADULT));
SAME(GIVER_NOBODY, INTAKE(CONSENT_GIVER__NOBODY_ABLE));
SAME(MANNER_ORAL, INTAKE(CONSENT_MANNER__ORAL));
SAME(MANNER_MARK, INTAKE(CONSENT_MANNER__MARK));
SAME(VIEW_AGREES, INTAKE(CHILD_VIEW__CHILD_AGREES));
SAME(VIEW_REFUSES, INTAKE(CHILD_VIEW__CHILD_REFUSES));
SAME(VIEW_NOT_ASKED, INTAKE(CHILD_VIEW__CHILD_NOT_ASKED));

/* protobuf-c adds a hidden member, so a number is looked at as one. */
static bool is_one_of(unsigned wire, unsigned count)
{
	return wire < count;
}

struct lg_status id_from_wire(ProtobufCBinaryData wire, struct lg_id *ret_id)
{
	struct lg_status status = lg_id_from_bytes(lg_bytes(wire.data, wire.len), ret_id);

	if (lg_is_done(status) && lg_id_is_zero(*ret_id))
		status = lg_refuse("an id is missing");
	return status;
}

ProtobufCBinaryData id_to_wire(const struct lg_id *id)
{
	/* protobuf-c writes nothing through it */
	return (ProtobufCBinaryData){ .len = LG_ID_SIZE, .data = (uint8_t *)(uintptr_t)id->byte };
}

static int32_t age_from_wire(bool is_there, uint32_t years)
{
	if (!is_there)
		return -1;
	return years > INT32_MAX ? INT32_MAX : (int32_t)years;
}

struct lg_status traveller_from_wire(
	const Lifeguard__Intake__Traveller *wire, struct lg_id person_id, struct person *ret_person)
{
	if (wire == NULL)
		return lg_refuse("the traveller is missing");
	if (!is_one_of((unsigned)wire->age_basis, AGE_BASIS_COUNT))
		return lg_refuse("an age rests on paper, is stated or guessed");

	struct person person = {
		.person_id = person_id,
		.age_years = age_from_wire(
			wire->age_case == INTAKE(TRAVELLER__AGE_AGE_YEARS), wire->age_years),
		.basis = (enum age_basis)wire->age_basis,
		.district = wire->district,
		.country = wire->country,
		.relation = wire->relation,
		.reason = "",
	};
	struct lg_status status = person_sex_from_wire(wire->sex, &person.sex);

	if (lg_is_done(status) && wire->identity != NULL)
		status = identity_check(wire->identity);
	if (lg_is_done(status))
		*ret_person = person;
	return status;
}

struct lg_status saying_from_wire(const Lifeguard__Intake__IdentifyPerson *message,
	enum person_saying *ret_saying, enum decider *ret_by)
{
	static const enum person_saying sayings[] = { SAY_POSSIBLE, SAY_POSSIBLE, SAY_ACTUAL,
		SAY_NOT_A_VICTIM };
	unsigned said = (unsigned)message->status;
	bool is_suspect = message->kind == CODES(PERSON_KIND__SUSPECT);

	if (!is_suspect && message->kind != CODES(PERSON_KIND__POTENTIAL_VICTIM))
		return lg_refuse("a person is potential_victim or suspect");
	if (is_suspect != (said == 0) || said >= sizeof sayings / sizeof sayings[0])
		return lg_refuse("a victim's status is possible_victim, actual_victim or "
				 "not_a_victim; a suspect has none");
	if (!is_one_of((unsigned)message->decided_by, DECIDER_COUNT))
		return lg_refuse("nobody of this kind decides");
	*ret_saying = is_suspect ? SAY_SUSPECT : sayings[said];
	*ret_by = (enum decider)message->decided_by;
	return lg_done();
}

struct lg_status rescue_from_wire(const Lifeguard__Intake__RecordRescue *message,
	const struct person *person, struct rescue *ret_rescue)
{
	bool is_urgent_known = message->urgency == CODES(URGENCY__ROUTINE) ||
			       message->urgency == CODES(URGENCY__URGENT) ||
			       message->urgency == CODES(URGENCY__EMERGENCY);

	if (!is_one_of((unsigned)message->route, ROUTE_COUNT))
		return lg_refuse("no such route");
	if (!is_one_of((unsigned)message->decided_by, DECIDER_COUNT))
		return lg_refuse("nobody of this kind decides");
	if (!is_urgent_known)
		return lg_refuse("urgency is routine, urgent or emergency");
	if (message->n_needs > RESCUE_NEEDS_MAX)
		return lg_refuse("more than 16 needs");
	*ret_rescue = (struct rescue){
		.route = (enum route)message->route,
		.by = (enum decider)message->decided_by,
		.reason = message->reason,
		.rescued_at = message->rescued_ms,
		.callback_at = message->callback_ms,
		.home_district = message->home_district[0] != '\0' ? message->home_district
								   : person->district,
		.home_country =
			message->home_country[0] != '\0' ? message->home_country : person->country,
		.need_count = (uint32_t)message->n_needs,
		.needs = (const char *const *)message->needs,
	};
	return lg_done();
}

struct lg_status consent_from_wire(
	const Lifeguard__Intake__RecordConsent *message, struct consent *ret_consent)
{
	unsigned state = (unsigned)message->state;

	if (!is_one_of((unsigned)message->purpose, CONSENT_PURPOSE_COUNT))
		return lg_refuse("no such purpose");
	if (state < CONSENT_GIVEN || state > CONSENT_BEST_INTEREST)
		return lg_refuse("consent is given, refused, withdrawn or best_interest");
	if (!is_one_of((unsigned)message->manner, CONSENT_MANNER_COUNT) ||
		!is_one_of((unsigned)message->giver, CONSENT_GIVER_COUNT) ||
		!is_one_of((unsigned)message->child_view, CHILD_VIEW_COUNT))
		return lg_refuse("no such giver, manner or view");

	struct consent consent = {
		.purpose = (enum consent_purpose)message->purpose,
		.recipient = message->recipient,
		.state = (enum consent_state)state,
		.given_at = message->given_ms,
		.language = message->language,
		.manner = (enum consent_manner)message->manner,
		.giver = (enum consent_giver)message->giver,
		.view = (enum child_view)message->child_view,
		.caregiver_agrees = message->caregiver_agrees,
	};
	struct lg_status status = id_from_wire(message->person_id, &consent.person_id);

	if (lg_is_done(status))
		*ret_consent = consent;
	return status;
}

struct lg_status missing_from_wire(
	const Lifeguard__Intake__ReportMissingPerson *message, struct missing *ret_missing)
{
	struct missing missing = {
		.since = message->missing_since_ms,
		.age_years = age_from_wire(
			message->age_case == INTAKE(REPORT_MISSING_PERSON__AGE_AGE_YEARS),
			message->age_years),
		.district = message->home_district,
		.country = message->home_country,
	};
	struct lg_status status = id_from_wire(message->report_id, &missing.report_id);

	if (lg_is_done(status))
		status = person_sex_from_wire(message->sex, &missing.sex);
	if (lg_is_done(status) && (message->identity == NULL || message->identity->n_names == 0))
		status = lg_refuse("a report needs one name at least");
	if (lg_is_done(status))
		status = identity_check(message->identity);
	if (lg_is_done(status))
		*ret_missing = missing;
	return status;
}

void consent_to_wire(
	struct lg_arena *arena, const struct consent *consent, Lifeguard__Codes__Consent *ret_wire)
{
	assert(consent->state >= CONSENT_GIVEN && consent->state <= CONSENT_BEST_INTEREST);

	lifeguard__codes__consent__init(ret_wire);
	ret_wire->purpose = (Lifeguard__Codes__ConsentPurpose)consent->purpose;
	ret_wire->recipient = lg_copy_text(arena, consent->recipient);
	ret_wire->state = (Lifeguard__Codes__ConsentState)consent->state;
	ret_wire->given_ms = consent->given_at;
}

Lifeguard__Codes__VictimStatus status_to_wire(enum person_state state)
{
	switch (state) {
	case PERSON_NEW:
	case PERSON_REGISTERED:
	case PERSON_LISTED_SUSPECT:
		break;
	case PERSON_POSSIBLE:
		return CODES(VICTIM_STATUS__POSSIBLE_VICTIM);
	case PERSON_ACTUAL:
		return CODES(VICTIM_STATUS__ACTUAL_VICTIM);
	case PERSON_NOT_A_VICTIM:
		return CODES(VICTIM_STATUS__NOT_A_VICTIM);
	}
	return CODES(VICTIM_STATUS__VICTIM_STATUS_UNSPECIFIED);
}

Lifeguard__Codes__PersonKind kind_to_wire(enum person_state state)
{
	switch (state) {
	case PERSON_NEW:
	case PERSON_REGISTERED:
		return CODES(PERSON_KIND__PERSON_KIND_UNSPECIFIED);
	case PERSON_LISTED_SUSPECT:
		return CODES(PERSON_KIND__SUSPECT);
	case PERSON_POSSIBLE:
	case PERSON_ACTUAL:
	case PERSON_NOT_A_VICTIM:
		break;
	}
	return CODES(PERSON_KIND__POTENTIAL_VICTIM);
}
