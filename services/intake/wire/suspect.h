/* A suspect is told to matching, beside what everybody is told. */
#ifndef SERVICES_INTAKE_SUSPECT_H
#define SERVICES_INTAKE_SUSPECT_H

#include "common/run/handler.h"
#include "proto/content.pb-c.h"
#include "services/intake/domain/person.h"

/*
 * Publishes SuspectRecorded.
 *   station   code, of the case
 *   seen_at   when and where the case was engaged
 *   identity  NULL: no name was given
 */
void publish_suspect(struct lg_batch *batch, struct lg_item *item, const struct person *person,
	const char *station, lg_ms seen_at, const Lifeguard__Content__PersonIdentity *identity);

#endif
