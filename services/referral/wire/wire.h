/*
 * Messages to what this service thinks in, and back: every cast and every enum from outside is
 * looked at here and nowhere else.
 */
#ifndef SERVICES_REFERRAL_WIRE_H
#define SERVICES_REFERRAL_WIRE_H

#include "common/base/arena.h"
#include "proto/directory.pb-c.h"
#include "proto/intake.pb-c.h"
#include "proto/referral.pb-c.h"
#include "services/referral/domain/anew.h"
#include "services/referral/domain/organisation.h"
#include "services/referral/domain/ranking.h"

#define STATION_MAX 8

/* The id in a bytes field of this name; zero when it is missing, empty or not 16 bytes. */
struct lg_id wire_id(const ProtobufCMessage *message, const char *field);

/* An id as a field; it must live as long as the message. */
ProtobufCBinaryData id_to_wire(const struct lg_id *id);

/* refused  an unknown route, sex or urgency, an age above 120, codes that are none, over 16 */
LG_MUST_CHECK struct lg_status need_from_rescue(struct lg_arena *arena,
	const Lifeguard__Intake__RescueRecorded *message, struct need *ret_need);
LG_MUST_CHECK struct lg_status need_from_wire(
	struct lg_arena *arena, const Lifeguard__Referral__Need *wire, struct need *ret_need);
Lifeguard__Referral__Need *need_to_wire(struct lg_arena *arena, const struct need *need);

/*
 * One consent's word on sharing.
 *   ret_concerns  whether it is about being told to organisations, or about help at all
 *   refused       an unknown purpose or state
 */
LG_MUST_CHECK struct lg_status sharing_from_wire(
	const Lifeguard__Codes__Consent *wire, bool *ret_concerns, enum sharing_word *ret_word);

/* refused  as organisation_check(), or too many districts or services */
LG_MUST_CHECK struct lg_status organisation_from_wire(struct lg_arena *arena,
	const Lifeguard__Directory__Organisation *wire, struct organisation *ret_organisation);
Lifeguard__Directory__Organisation *organisation_to_wire(
	struct lg_arena *arena, const struct organisation *organisation);

/* The rules that spoke for somebody; none when a human chose. */
Lifeguard__Referral__RankingReason **reasons_to_wire(
	struct lg_arena *arena, const struct ranked *ranked, size_t *ret_count);

/* False: the offer is not told anew (an unknown value: the home knows more than we do of it). */
bool heard_from_wire(Lifeguard__Referral__Heard wire, enum anew_heard *ret_heard);
Lifeguard__Referral__Heard heard_to_wire(enum anew_heard heard);

/* Words joined by a space.  refused: more than count_max, or no codes */
LG_MUST_CHECK struct lg_status words_from_wire(struct lg_arena *arena, char *const *words,
	size_t count, size_t count_max, const char **ret_list);

/* "", or 1..8 capital letters. */
bool is_station(const char *text);

#endif
