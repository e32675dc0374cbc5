/*
 * The door between messages and what this service decides on: protobuf to plain C and back.
 *
 * protobuf-c adds a hidden member to its enums and a peer may send any number, so they become
 * ours here or are refused.
 */
#ifndef SERVICES_INTAKE_WIRE_FORM_WIRE_H
#define SERVICES_INTAKE_WIRE_FORM_WIRE_H

#include "common/base/arena.h"
#include "proto/intake.pb-c.h"
#include "services/intake/domain/form.h"

#define IDENTITY_NAMES_MAX  16
#define IDENTITY_PHONES_MAX 8
#define IDENTITY_TEXT_MAX   200  /* bytes of a name, a phone, an address */
#define IDENTITY_SIZE_MAX   2000 /* bytes encoded: fits the largest bucket of class 1 */

/*
 * A message as a form; texts stay the message's, lists come from the arena.
 *   refused  ids of a wrong length, an enum that is UNSPECIFIED or unknown, an identity above its
 *            limits; what the numbers mean is form_check's question
 */
LG_MUST_CHECK struct lg_status form_from_wire(struct lg_arena *arena,
	const Lifeguard__Intake__RecordInterception *message, struct form *ret_form);

/* Whether an identity is within its limits.  refused: the first limit that is passed */
LG_MUST_CHECK struct lg_status identity_check(const Lifeguard__Content__PersonIdentity *identity);

/* What staff noted of a person's sex.  refused: UNSPECIFIED or unknown */
LG_MUST_CHECK struct lg_status person_sex_from_wire(
	Lifeguard__Codes__Sex wire, enum person_sex *ret_sex);

/* Ours as it stands in events and answers. */
Lifeguard__Codes__PersonKind person_kind_to_wire(enum person_kind kind);
/* The same for what staff noted of a person's sex. */
Lifeguard__Codes__Sex person_sex_to_wire(enum person_sex sex);

#endif
