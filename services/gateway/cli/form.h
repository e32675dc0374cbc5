/*
 * An interception form as the importer holds it, and the document that is sent for it.
 *
 * Its ids come from its content alone: telling the same form twice, from any machine, is the
 * same wish and changes nothing.
 */
#ifndef CLI_FORM_H
#define CLI_FORM_H

#include <uthash.h>

#include "common/base/arena.h"
#include "common/base/id.h"

#define FORM_ABSENT (-1)
#define FORM_POINTS_ABSENT \
	INT64_MIN /* a station's own total may be negative: it is what it wrote */

/* Bounds as proto/intake.proto and proto/content.proto state them. */
#define FORM_HEADS_MAX      1000
#define FORM_POINTS_MAX     10000
#define FORM_CERTAINTY_MAX  5
#define FORM_AGE_MAX        120
#define FORM_PERSONS_MAX    64
#define FORM_INDICATORS_MAX 128
#define FORM_STATION_MAX    8  /* capital letters */
#define FORM_TEXT_MAX       64 /* bytes of district and relation */
#define FORM_NAMES_MAX      16
#define FORM_NAME_MAX       200 /* bytes */
#define FORM_RECORD_MAX     64  /* bytes; the importer's own bound */

struct form_person {
	const char *kind, *sex; /* as JSON says them */
	int64_t age;            /* or FORM_ABSENT */
	const char *district, *relation;
	uint32_t name_count;
	const char **names;
	struct form_person *next;
};

struct form {
	const char *record, *station;
	uint32_t line; /* where it stands in its file */
	lg_ms intercepted_at;
	int64_t victims, certainty;
	int64_t suspects; /* or FORM_ABSENT */
	int64_t points;   /* or FORM_POINTS_ABSENT */
	uint32_t indicator_count;
	const char **indicators;
	uint32_t person_count;
	struct form_person *persons, *last_person; /* in the order of the file */
	const char *withheld;                      /* why it may not be sent; NULL: it may */
	UT_hash_handle hh;                         /* by record */
};

/* site | time of interception | BLAKE2b of record and station. */
struct lg_id form_case_id(const struct form *form, uint16_t site);

/* The body of PUT /api/v1/cases/{id}/interception, in the arena: same form, same bytes. */
char *form_json(struct lg_arena *arena, const struct form *form, struct lg_id case_id);

/*
 * The Idempotency-Key: BLAKE2b of the exact document and of the run that sends it.  Within a run a
 * form is one wish, however often it is sent; the next run wishes anew and hears from the case
 * itself that it is here already, instead of the answer (or the refusal) of long ago.
 */
struct lg_id form_command_id(const char *json, const struct lg_id *run);

#endif
