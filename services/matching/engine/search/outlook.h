/*
 * The most that rows can reach for one who is asked for, told from their values' numbers alone.
 *
 * A name stands in thousands of rows and is graded once: what each value of a field adds lies in a
 * table, and a row is a sum of entries.  Numbers that hardly two rows share (telephones) are graded
 * row by row, and only where the rest leaves a chance.  So a look at everybody costs some
 * nanoseconds a row.  Tables are taken at the first question and kept.
 */
#ifndef SERVICES_MATCHING_ENGINE_SEARCH_OUTLOOK_H
#define SERVICES_MATCHING_ENGINE_SEARCH_OUTLOOK_H

#include "services/matching/engine/linkage/model.h"
#include "services/matching/engine/linkage/pairing.h"

struct outlook {
	struct lg_arena *arena;
	struct pairing *pairing;
	const struct model *model;
	const uint32_t *asked;
	uint32_t room[FIELDS_MAX];   /* values that a field's tables have room for; 0: no table */
	float *straight[FIELDS_MAX]; /* by a row's value of the field */
	float *crossed[FIELDS_MAX];  /* of twins, by a row's value of the other one */
	float equal[FIELDS_MAX];     /* of a field without a table: what the same value adds, */
	float unequal[FIELDS_MAX];   /* and another one at most */
};

/* Pairing and arena must outlive it. */
void outlook_init(struct outlook *outlook, struct pairing *pairing, struct lg_arena *arena);

/* Somebody is asked for; model and ids must stay until the next one is. */
void outlook_ask(struct outlook *outlook, const struct model *model, const uint32_t *asked);

/* Evidence of a row at most, the prior included; anything below the floor, if it cannot reach that. */
float outlook_most(struct outlook *outlook, const uint32_t *ids, float floor);

#endif
