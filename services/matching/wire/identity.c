#include "services/matching/wire/identity.h"

#include "proto/codes.pb-c.h"
#include "services/matching/handlers.h"

#define MINE LG_RELATION_OWNER /* one organisation has one site in this version */

const Lifeguard__Content__PersonIdentity *identity_open(struct lg_batch *batch,
	struct lg_item *item, const struct lg_reader *reader, const struct person_record *record)
{
	const struct lg_seal_place place = {
		.subject = record->record_id,
		.case_id = record->home,
		.context = record->event_id,
		.class = LG_CLASS_IDENTITY,
		.content = PERSON_IDENTITY,
	};
	ProtobufCMessage *sealed = NULL;

	if (record->sealed.size == 0)
		return NULL;
	if (!lg_is_done(lg_decode(item->arena, &lifeguard__envelope__sealed__descriptor,
		    record->sealed, &sealed)))
		return NULL;
	return (const Lifeguard__Content__PersonIdentity *)lg_batch_open(
		batch, reader, &place, (const Lifeguard__Envelope__Sealed *)sealed);
}

const Lifeguard__Content__PersonIdentity *identity_show(
	struct lg_batch *batch, struct lg_item *item, const struct person_record *record)
{
	struct lg_audit_entry entry =
		lg_audit_entry_of(item, LG_AUDIT_VIEW, LIFEGUARD__CODES__PURPOSE__FAMILY_TRACING);
	struct lg_audit_trail trail = lg_trail(batch, item);
	struct lg_reader reader;

	if (record->sealed.size == 0)
		return NULL;
	entry.case_id = record->home;
	entry.subject = record->record_id;
	entry.class = LG_CLASS_IDENTITY;
	if (!lg_is_done(lg_reader_person(
		    &trail, &entry, MINE, item->now - record->recorded_at, &reader)))
		return NULL;
	return identity_open(batch, item, &reader, record);
}
