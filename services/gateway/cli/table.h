/*
 * A table of text, its columns aligned as wide as they look: Devanagari and Latin alike.
 *
 * Cells may come from anywhere: control characters are shown as '?', so that no text can move
 * the cursor of a terminal.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdio.h>

#include "common/base/arena.h"

#define TABLE_COLUMNS_MAX 16

enum table_side { TABLE_LEFT, TABLE_RIGHT };

struct table_column {
	const char *title;
	enum table_side side;
};

struct table;

/* An empty table in the arena; columns end with a NULL title and must stay. */
struct table *table_new(struct lg_arena *arena, const struct table_column *columns);

/* Adds a row: one cell for each column; texts are copied. */
void table_add(struct table *table, const char *const *cells);

enum table_format { TABLE_TEXT, TABLE_CSV };

/*
 * Prints it.  On a terminal that is narrower than its lines columns without a cell are left out, then the
 * last is folded, and where that is not enough each row is a card, a line for each cell that is not empty.
 * Of no rows a terminal is told that there are none.
 *   is_bold  of TABLE_TEXT: titles in bold, for a terminal
 */
void table_print(const struct table *table, FILE *out, enum table_format format, bool is_bold);

/* How many places its widest line takes. */
size_t table_line(const struct table *table);

/* Prints one line: the label, and behind it the text (NULL: none) made safe. */
void table_print_line(FILE *out, const char *label, const char *text);

/* Writes '?' over every control character, so that the text can be shown on a terminal. */
void table_make_safe(char *text);

/* How many places of a terminal a text takes. */
size_t table_width(const char *text);

/* Whether bold and colours are wanted: a terminal, and NO_COLOR not set. */
bool table_may_be_bold(FILE *out);

/* How much of it is seen at once; 0: no terminal, or it does not say. */
struct table_screen {
	uint32_t columns, lines;
};
struct table_screen table_screen_of(FILE *out);

/* Whether somebody looks: a terminal, whatever colours it wants. */
bool table_is_terminal(FILE *out);

#endif
