/*
 * Names on their way between commands, events and tables: sealed for each event that carries
 * them, opened only with a reader.
 */
#ifndef SERVICES_INTAKE_WIRE_NAMES_H
#define SERVICES_INTAKE_WIRE_NAMES_H

#include "proto/intake.pb-c.h"
#include "services/intake/store.h"

/* Seals an identity of the item's case for an event, by its subject; NULL when there is none. */
Lifeguard__Envelope__Sealed *names_seal(struct lg_batch *batch, const struct lg_item *item,
	struct lg_id subject, struct lg_id event_id,
	const Lifeguard__Content__PersonIdentity *identity);

/* The same as it is stored; empty when there is none. */
struct lg_bytes names_store(struct lg_arena *arena, const Lifeguard__Envelope__Sealed *sealed);

/* Opens a stored identity for a reader; NULL when it cannot be opened (any more). */
const Lifeguard__Content__PersonIdentity *names_open(struct lg_batch *batch,
	const struct lg_item *item, const struct lg_reader *reader, struct lg_id subject,
	struct lg_id event_id, struct lg_bytes stored);

/*
 * All names that are kept of a person in one identity, so that they can be sealed for another event.
 * Opened by the machine, which is audited; the oldest first, as many as fit.  Her data keys must
 * have been read.  NULL when there is none.
 */
const Lifeguard__Content__PersonIdentity *names_gather(struct lg_batch *batch,
	const struct lg_item *item, const struct person *person, const struct aliases *aliases);

#endif
