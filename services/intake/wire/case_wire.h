/*
 * The door between messages that are told one by one and what is decided of them.
 *
 * Our enums have the numbers of the wire (checked when this is compiled); a number that is none, or
 * UNSPECIFIED where something must be said, is refused here.
 */
#ifndef SERVICES_INTAKE_WIRE_CASE_WIRE_H
#define SERVICES_INTAKE_WIRE_CASE_WIRE_H

#include "common/base/arena.h"
#include "proto/crossing.pb-c.h"
#include "proto/intake.pb-c.h"
#include "services/intake/domain/consent.h"
#include "services/intake/domain/missing.h"
#include "services/intake/domain/procedure.h"
#include "services/intake/domain/rescue.h"

/* An id of a message.  refused: not 16 bytes, or zero */
LG_MUST_CHECK struct lg_status id_from_wire(ProtobufCBinaryData wire, struct lg_id *ret_id);

/* An id as a field of a message; it must stay. */
ProtobufCBinaryData id_to_wire(const struct lg_id *id);

/*
 * A traveller as a person who was not stored yet; texts stay the message's.
 *   refused  no traveller, an enum that is none, an identity above its limits; what the facts
 *            mean is person_check's question
 */
LG_MUST_CHECK struct lg_status traveller_from_wire(const Lifeguard__Intake__Traveller *wire,
	struct lg_id person_id, struct person *ret_person);

/* What is said of a person, and by whom.  refused: victim without status, suspect with one */
LG_MUST_CHECK struct lg_status saying_from_wire(const Lifeguard__Intake__IdentifyPerson *message,
	enum person_saying *ret_saying, enum decider *ret_by);

/* A rescue; texts stay the message's.  refused: an enum that is none */
LG_MUST_CHECK struct lg_status rescue_from_wire(const Lifeguard__Intake__RecordRescue *message,
	const struct person *person, struct rescue *ret_rescue);

/* A consent; texts stay the message's.  refused: an enum that is none, or no state */
LG_MUST_CHECK struct lg_status consent_from_wire(
	const Lifeguard__Intake__RecordConsent *message, struct consent *ret_consent);

/* A report; texts stay the message's.  refused: an enum that is none, no name, limits */
LG_MUST_CHECK struct lg_status missing_from_wire(
	const Lifeguard__Intake__ReportMissingPerson *message, struct missing *ret_missing);

/* A consent as RescueRecorded and ConsentChanged tell it; a PROPOSED one is told to nobody. */
void consent_to_wire(
	struct lg_arena *arena, const struct consent *consent, Lifeguard__Codes__Consent *ret_wire);

/* What was said of a person, as it stands in events and answers. */
Lifeguard__Codes__VictimStatus status_to_wire(enum person_state state);
/* Victim or suspect; UNSPECIFIED while nothing was said. */
Lifeguard__Codes__PersonKind kind_to_wire(enum person_state state);

#endif
