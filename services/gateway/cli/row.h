/*
 * A row of a CSV file to a form or a person: what the columns are, and what may stand in them.
 *
 * Pure.  Reasons are literals; no cell is repeated in one, because it may hold a name.
 */
#ifndef CLI_ROW_H
#define CLI_ROW_H

#include "common/base/csv.h"
#include "services/gateway/cli/form.h"

enum row_form_column {
	ROW_FORM_RECORD,
	ROW_FORM_STATION,
	ROW_FORM_INTERCEPTED_AT,
	ROW_FORM_VICTIMS,
	ROW_FORM_SUSPECTS,
	ROW_FORM_POINTS,
	ROW_FORM_CERTAINTY,
	ROW_FORM_REQUIRED, /* how many; every other column is an indicator */
};

enum row_person_column {
	ROW_PERSON_RECORD,
	ROW_PERSON_KIND,
	ROW_PERSON_GENDER,
	ROW_PERSON_AGE,
	ROW_PERSON_DISTRICT,
	ROW_PERSON_RELATION,
	ROW_PERSON_REQUIRED,
	ROW_PERSON_NAME = ROW_PERSON_REQUIRED, /* optional: several are parted by ';' */
	ROW_PERSON_COLUMNS,
};

#define ROW_NOWHERE     UINT32_MAX
#define ROW_COLUMNS_MAX 7 /* named ones of either file */

/* Where each column stands, by the header. */
struct row_layout {
	uint32_t count; /* cells of every row */
	const char **names;
	uint32_t at[ROW_COLUMNS_MAX];
	uint32_t record; /* cell of the record, for rows that cannot be read */
};

/* What is wrong with a row; column counts from 1, 0 is the row as a whole. */
struct row_fault {
	uint32_t column;
	const char *column_name; /* NULL: not known */
	const char *reason;
};

/*
 * Reads a header; names live in the arena.
 *   refused  ret_fault says which column is missing, stands twice or is no indicator's code
 */
LG_MUST_CHECK struct lg_status row_read_form_header(struct lg_arena *arena,
	const struct lg_csv_row *header, struct row_layout *ret_layout,
	struct row_fault *ret_fault);
LG_MUST_CHECK struct lg_status row_read_person_header(struct lg_arena *arena,
	const struct lg_csv_row *header, struct row_layout *ret_layout,
	struct row_fault *ret_fault);

/* Whether a person file's column is one of ours; others are left out, and said. */
bool row_is_person_column(const struct row_layout *layout, uint32_t cell);

/*
 * Reads a row; what is kept is copied into the arena.
 *   refused  ret_fault says which cell and why
 */
LG_MUST_CHECK struct lg_status row_read_form(struct lg_arena *arena,
	const struct row_layout *layout, const struct lg_csv_row *row, struct form *ret_form,
	struct row_fault *ret_fault);
LG_MUST_CHECK struct lg_status row_read_person(struct lg_arena *arena,
	const struct row_layout *layout, const struct lg_csv_row *row,
	struct form_person *ret_person, struct row_fault *ret_fault);

/*
 * What can still be told of the record of a line that is no good row: its cell, cut off at the
 * first byte that is not text.
 *   ret_is_whole  false when the cell may go on behind what is there
 */
struct lg_bytes row_guess_record(
	const struct row_layout *layout, struct lg_bytes line, bool *ret_is_whole);

#endif
