/*
 * Interception forms out of two CSV files: one row per form, one row per person of a form.
 *
 * A bad row is named and left.  A form is withheld when a row that may tell of one of its people
 * could not be read: its totals would lie, and it could not be completed later, because a form
 * that is told again with other content is refused.
 *
 * No file and no network here: bytes come in, forms and faults go out.
 */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include "services/gateway/cli/row.h"

enum import_file { IMPORT_FORMS, IMPORT_PEOPLE, IMPORT_FILE_COUNT };

/* What is wrong, and where, as a person counts lines and columns. */
struct import_fault {
	enum import_file file;
	uint32_t line;           /* 0: the file as a whole */
	uint32_t column;         /* 0: the row as a whole */
	const char *column_name; /* NULL when the column is not known */
	const char *reason;      /* literal */
	bool is_note;            /* nothing is refused for it */
};

struct import_counts {
	uint32_t form_rows, person_rows; /* data rows seen */
	uint32_t bad_form_rows, bad_person_rows;
	uint32_t withheld;  /* forms whose own row is good */
	uint32_t unclaimed; /* persons whose record has no form */
	uint32_t sendable;
};

struct import;

/* say is called for every fault. */
struct import *import_new(void (*say)(void *user, const struct import_fault *fault), void *user);
void import_free(struct import *import);

/*
 * Reads the forms; the bytes must stay until import_free().
 *   refused  no header, a required column is missing, a column that stands twice, a name of an
 *            indicator that is none: said, and nothing may be sent
 */
LG_MUST_CHECK struct lg_status import_read_forms(struct import *import, struct lg_bytes csv);

/* The same for people; comes behind the forms. */
LG_MUST_CHECK struct lg_status import_read_people(struct import *import, struct lg_bytes csv);

/* Says which forms are withheld.  Once, behind both. */
void import_settle(struct import *import);

/* Forms in the order of the file; those with withheld set may not be sent. */
struct form *const *import_forms(const struct import *import, uint32_t *ret_count);

/* What was seen so far; sendable and withheld are known when it is settled. */
struct import_counts import_counts(const struct import *import);

#endif
