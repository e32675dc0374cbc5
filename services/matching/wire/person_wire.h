/*
 * The door between messages and what this service decides on: protobuf to plain C and back.
 *
 * protobuf-c adds a hidden member to its enums and a peer may send any number, so they become
 * ours here or are refused.
 */
#ifndef SERVICES_MATCHING_PERSON_WIRE_H
#define SERVICES_MATCHING_PERSON_WIRE_H

#include "common/base/arena.h"
#include "proto/content.pb-c.h"
#include "proto/intake.pb-c.h"
#include "proto/matching.pb-c.h"
#include "services/matching/domain/match.h"

/*
 * A record as the event tells it; texts stay the message's.  Ids of home and event, and what is
 * sealed, stand in the envelope and are the caller's.
 *   ret_tracing  what her consents say of family tracing; of the other country stands in the record
 *   refused      ids of a wrong length, an enum that is UNSPECIFIED or unknown, an age or district above
 *                its limit, another country
 */
LG_MUST_CHECK struct lg_status record_from_rescue(const Lifeguard__Intake__RescueRecorded *message,
	struct person_record *ret_record, enum tracing *ret_tracing);
LG_MUST_CHECK struct lg_status record_from_report(
	const Lifeguard__Intake__MissingPersonReported *message, struct person_record *ret_record);

/* A suspect's record.  refused: no person, or codes that are none */
LG_MUST_CHECK struct lg_status record_from_suspect(
	const Lifeguard__Intake__SuspectRecorded *message, struct person_record *ret_record);

/* What one consent says of family tracing.  refused: absent, or its state is none */
LG_MUST_CHECK struct lg_status tracing_from_consent(
	const Lifeguard__Codes__Consent *consent, enum tracing *ret_tracing);

/* What one consent says of partners across the border.  refused: absent, or its state is none */
LG_MUST_CHECK struct lg_status abroad_from_consent(
	const Lifeguard__Codes__Consent *consent, enum record_abroad *ret_word);

/* An id of a message.  refused: not 16 bytes */
LG_MUST_CHECK struct lg_status id_from_wire(const ProtobufCBinaryData *wire, struct lg_id *ret_id);

/* Adds every name and phone of an opened identity, and its place; NULL is fine. */
void person_add_identity(struct person *person, const struct place_table *table,
	const Lifeguard__Content__PersonIdentity *identity);

/* Ours as it stands in events and answers; ids stay where they are. */
Lifeguard__Matching__MatchKind match_kind_to_wire(enum match_kind kind);
Lifeguard__Codes__Sex person_sex_to_wire(enum person_sex sex);
ProtobufCBinaryData id_to_wire(const struct lg_id *id);

/* The reasons that count, in the arena. */
Lifeguard__Matching__MatchReason **reasons_to_wire(
	struct lg_arena *arena, const struct comparison *comparison, size_t *ret_count);

#endif
