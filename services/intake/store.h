/*
 * What intake keeps in PostgreSQL, and how it is asked for and written.  Column orders are
 * known in the store_ files alone.
 */
#ifndef SERVICES_INTAKE_STORE_H
#define SERVICES_INTAKE_STORE_H

#include "common/run/handler.h"
#include "services/intake/domain/case_file.h"

/* Tables of statements; each ends with a row whose name is NULL. */
extern const struct lg_statement store_case_file[];
extern const struct lg_statement store_person[];
extern const struct lg_statement store_case_step[];
extern const struct lg_statement *const store_tables[];
#define STORE_TABLE_COUNT 3

/* --- cases (store_case_file.c) --------------------------------------------------------- */

/* Filled when decide runs; a case never seen stays CASE_NEW.  Shared by the batch's items. */
struct case_file *read_case_file(struct lg_batch *batch, struct lg_id case_id);

/* A case that was just recorded; its form tells what the aggregate does not keep. */
void write_case_file(struct lg_batch *batch, const struct lg_item *item,
	const struct case_file *file, const struct form *form);

/* --- persons (store_person.c) ---------------------------------------------------------- */

struct stored_person {
	struct lg_id person_id, event_id; /* event_id: the context of what is sealed */
	struct form_person person;        /* texts point into the result */
	struct lg_bytes sealed;           /* encoded Sealed; empty when no identity was given */
};

/* Persons of a case, in the order of the form. */
struct lg_found *read_persons(struct lg_batch *batch, struct lg_id case_id);

/* One of them; row counts from 0. */
struct stored_person person_from_row(const struct lg_found *found, int row);

/* Queues the data keys of all persons of a case, so that their identities can be opened. */
void read_identity_keys(struct lg_batch *batch, struct lg_id case_id);

/* ordinal: place on the form, from 0. */
void write_person(struct lg_batch *batch, struct lg_id case_id, uint32_t ordinal,
	const struct stored_person *person);

/* --- steps (store_case_step.c) --------------------------------------------------------- */

struct stored_step {
	const char *what; /* name of the event */
	struct lg_id event_id;
	lg_ms recorded_at;
	uint64_t wait_us, work_us;
};

/* Steps of a case, in commit order. */
struct lg_found *read_steps(struct lg_batch *batch, struct lg_id case_id);

/* One of them; row counts from 0. */
struct stored_step step_from_row(const struct lg_found *found, int row);

/* step: number within the case, from 1. */
void write_step(
	struct lg_batch *batch, struct lg_id case_id, uint32_t step, const struct stored_step *row);

#endif
