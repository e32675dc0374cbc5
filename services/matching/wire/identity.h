/* What is sealed of a record's identity, opened for a reader: the machine, or a person. */
#ifndef SERVICES_MATCHING_IDENTITY_H
#define SERVICES_MATCHING_IDENTITY_H

#include "common/run/handler.h"
#include "proto/content.pb-c.h"
#include "services/matching/domain/person_record.h"

/* NULL when none is kept or it cannot be opened any more; its keys were read in load. */
const Lifeguard__Content__PersonIdentity *identity_open(struct lg_batch *batch,
	struct lg_item *item, const struct lg_reader *reader, const struct person_record *record);

/*
 * The same for the item's actor, with an audit record of its own.  NULL also when the role may not
 * read it; the record then says so.
 */
const Lifeguard__Content__PersonIdentity *identity_show(
	struct lg_batch *batch, struct lg_item *item, const struct person_record *record);

#endif
