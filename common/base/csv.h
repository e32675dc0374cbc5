/*
 * CSV as the field sends it (RFC 4180, CRLF or LF, a BOM), read row by row from memory.
 *
 * A bad row is reported and left, and the reader goes on at the next line: behind the row when
 * its quotes are in order; else, because its end is then a guess, behind the line that it starts
 * on.  So every line is either in a row or in the line numbers of a refusal.  Positions are
 * given as a person counts them: lines and columns (cells) from 1.
 */
#ifndef LG_BASE_CSV_H
#define LG_BASE_CSV_H

#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/status.h"

#define LG_CSV_CELL_MAX  65536 /* bytes of one cell */
#define LG_CSV_CELLS_MAX 512   /* cells of one row */

struct lg_csv_reader {
	struct lg_bytes input; /* the whole file; not owned */
	size_t offset;
	uint32_t line;       /* the line that the next row starts on */
	uint32_t row_line;   /* the line that the row just read started on */
	uint32_t bad_column; /* after a refusal: the cell at fault, from 1; 0 when the whole row */
};

struct lg_csv_row {
	uint32_t count;
	const char **cells; /* NUL-terminated, in the arena */
};

/* A row as it lies in the input: nothing is copied but cells with a doubled quote. */
struct lg_csv_view {
	uint32_t count;
	struct lg_bytes *cells; /* the array in the arena; no NUL behind a cell */
};

/* Starts at the first row, behind a BOM. */
void lg_csv_open(struct lg_csv_reader *reader, struct lg_bytes input);

/* Whether another row follows; blank lines are none. */
bool lg_csv_more(const struct lg_csv_reader *reader);

/*
 * The next row; its cells live in the arena.  Only when lg_csv_more() says that there is one.
 *   refused  bad UTF-8, a NUL, a quote out of place, a cell or row above its limit, an end of
 *            file inside a quoted cell; row_line and bad_column say where
 */
LG_MUST_CHECK struct lg_status lg_csv_next(
	struct lg_csv_reader *reader, struct lg_arena *arena, struct lg_csv_row *ret_row);

/* The same for many rows: its cells live as long as both the input and the arena. */
LG_MUST_CHECK struct lg_status lg_csv_next_view(
	struct lg_csv_reader *reader, struct lg_arena *arena, struct lg_csv_view *ret_view);

/*
 * Writes a cell, quoted where it must be, and behind it a comma, or LF after the last of a row.
 * What a spreadsheet would take as a formula (it begins with = + - @, tab or CR, and is no plain
 * number) gets an apostrophe in front.
 */
void lg_csv_write_cell(FILE *out, const char *cell, bool is_last);

#endif
