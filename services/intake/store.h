/*
 * What intake keeps in PostgreSQL, and how it is asked for and written.  Column orders are
 * known in the store_ files alone.
 *
 * What is read by a case is one aggregate for all items of a batch: the second sees what the first
 * has decided.  Rows are written whole, under their key; the last write of a batch wins.
 */
#ifndef SERVICES_INTAKE_STORE_H
#define SERVICES_INTAKE_STORE_H

#include "common/run/handler.h"
#include "services/intake/domain/case_file.h"
#include "services/intake/domain/consent.h"
#include "services/intake/domain/missing.h"
#include "services/intake/domain/procedure.h"

/* Tables of statements; each ends with a row whose name is NULL. */
extern const struct lg_statement store_case_file[];
extern const struct lg_statement store_person[];
extern const struct lg_statement store_consent[];
extern const struct lg_statement store_case_step[];
extern const struct lg_statement store_missing[];
extern const struct lg_statement *const store_tables[];
#define STORE_TABLE_COUNT 5

/* --- cases (store_case_file.c) --------------------------------------------------------- */

/* Filled when decide runs; a case never seen stays CASE_NEW.  Shared by the batch's items. */
struct case_file *read_case_file(struct lg_batch *batch, struct lg_id case_id);

/* A case as it is now. */
void write_case_file(
	struct lg_batch *batch, const struct lg_item *item, const struct case_file *file);

/* One line of a list. */
struct listed_case {
	struct lg_id case_id;
	lg_ms engaged_at, callback_at;
	const char *station, *state; /* in the result */
	uint32_t victims, suspects, certainty;
};

/*
 * Cases of a station, the newest first.
 *   before   (time, id) of the last one seen; none later is listed again
 *   since    the oldest that may be seen
 */
struct lg_found *read_cases(struct lg_batch *batch, const char *station, lg_ms before,
	struct lg_id before_id, lg_ms since, uint32_t limit);

/* One of them; row counts from 0. */
struct listed_case listed_case_from_row(const struct lg_found *found, int row);

/* --- persons (store_person.c) ---------------------------------------------------------- */

/* Persons of a case; shared by the batch's items. */
struct persons *read_persons(struct lg_batch *batch, struct lg_id case_id);

/* Queues the data keys of all persons of a case, so that their identities can be opened. */
void read_identity_keys(struct lg_batch *batch, struct lg_id case_id);

/* A person as she is now. */
void write_person(struct lg_batch *batch, struct lg_id case_id, const struct person *person);

#define ALIASES_MAX        256 /* of one case */
#define PERSON_ALIASES_MAX 16

/* Another name of a person. */
struct alias {
	struct lg_id alias_id, person_id, event_id; /* event_id: the context of what is sealed */
	struct lg_bytes sealed;
};

struct aliases {
	uint32_t count;
	struct alias at[ALIASES_MAX];
};

/* Other names of a case's persons; shared by the batch's items. */
struct aliases *read_aliases(struct lg_batch *batch, struct lg_id case_id);

/* A name that was just heard. */
void write_alias(struct lg_batch *batch, const struct lg_item *item, const struct alias *alias);

/* --- consents (store_consent.c) -------------------------------------------------------- */

/* Consents of a case; shared by the batch's items. */
struct consents *read_consents(struct lg_batch *batch, struct lg_id case_id);

/* A consent as it is now; gets an id when it has none. */
void write_consent(struct lg_batch *batch, struct lg_id case_id, struct consent *consent);

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

/*
 * Publishes an event of the item's case and keeps it as a step.
 *   number  within the case, from 1
 */
void publish_step(struct lg_batch *batch, const struct lg_item *item, uint32_t number,
	const struct lg_event *event);

/* Keeps what another service told of the item's case as a step; what is a literal. */
void write_news(
	struct lg_batch *batch, const struct lg_item *item, uint32_t number, const char *what);

/* Steps of the case's procedures that something was told of; shared by the batch's items. */
struct checklist *read_checklist(struct lg_batch *batch, struct lg_id case_id);

/* A step of a procedure as it is now. */
void write_checklist_step(
	struct lg_batch *batch, const struct lg_item *item, const struct step *step);

/* --- missing persons and matches (store_missing.c) -------------------------------------- */

/* A report never seen stays MISSING_NEW.  Shared by the batch's items. */
struct missing *read_missing(struct lg_batch *batch, struct lg_id report_id);

/* A report as it is now. */
void write_missing(
	struct lg_batch *batch, const struct lg_item *item, const struct missing *missing);

struct stored_match {
	struct lg_id match_id, other_case;
	bool is_report; /* of other_case */
};

/* Confirmed matches of a case. */
struct lg_found *read_matches(struct lg_batch *batch, struct lg_id case_id);

/* One of them; row counts from 0. */
struct stored_match match_from_row(const struct lg_found *found, int row);

/* A match of the case; told twice it is written once. */
void write_match(struct lg_batch *batch, struct lg_id case_id, const struct stored_match *match);
void forget_match(struct lg_batch *batch, struct lg_id case_id, struct lg_id match_id);

/* --- for the store_ files ----------------------------------------------------------------- */

/* The number of a name; stops the process when there is none: the table's CHECK lets no other in. */
unsigned store_number_of(const char *const *names, unsigned count, const char *name);

/*
 * The key under which a row is written whose own key has parts: two rows of a batch must never meet,
 * and the ids in them are made by clients.  BLAKE2b of the parts; text may be "".
 */
struct lg_id store_row_key(struct lg_id case_id, struct lg_id id, const char *text);

/* Copies of fields into the arena, which outlives the result. */
const char *store_text(struct lg_arena *arena, const PGresult *result, int row, int column);
struct lg_bytes store_bytes(struct lg_arena *arena, const PGresult *result, int row, int column);

#endif
