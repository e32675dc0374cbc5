#include "services/gateway/cli/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/csv.h"

#define FOLD_LEAST 24 /* places; a text in fewer is not read */

struct row {
	const char **cells;
	struct row *next;
};

struct table {
	struct lg_arena *arena;
	const struct table_column *columns;
	uint32_t column_count;
	struct row *first, *last;
};

struct range {
	uint32_t first, last;
};

/* Marks that stand on the letter before them: general, Devanagari, joiners, selectors. */
static const struct range narrow[] = {
	{ 0x0300, 0x036f },
	{ 0x0900, 0x0902 },
	{ 0x093a, 0x093a },
	{ 0x093c, 0x093c },
	{ 0x0941, 0x0948 },
	{ 0x094d, 0x094d },
	{ 0x0951, 0x0957 },
	{ 0x0962, 0x0963 },
	{ 0x200b, 0x200f },
	{ 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f },
};

/* East Asian wide and pictures (Unicode 15, EastAsianWidth W and F, joined where they touch). */
static const struct range wide[] = {
	{ 0x1100, 0x115f },
	{ 0x2e80, 0x303e },
	{ 0x3041, 0xa4cf },
	{ 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f },
	{ 0x1f900, 0x1f9ff },
	{ 0x20000, 0x3fffd },
};

static bool is_in(uint32_t code, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* The code point at *at, which is moved behind it; bytes that are no UTF-8 count as one each. */
static uint32_t next_code(const char **at)
{
	const uint8_t *bytes = (const uint8_t *)*at;
	uint32_t length = bytes[0] < 0xc2 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
	uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);

	for (uint32_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80) {
			(*at)++;
			return 0xfffd;
		}
		code = code << 6 | (bytes[i] & 0x3fu);
	}
	*at += length;
	return code;
}

size_t table_width(const char *text)
{
	size_t width = 0;

	while (*text != '\0') {
		uint32_t code = next_code(&text);

		if (is_in(code, narrow, sizeof narrow / sizeof narrow[0]))
			continue;
		width += is_in(code, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
	}
	return width;
}

bool table_is_terminal(FILE *out)
{
	return isatty(fileno(out));
}

struct table_screen table_screen_of(FILE *out)
{
	struct winsize size = { .ws_col = 0 };

	if (!table_is_terminal(out) || ioctl(fileno(out), TIOCGWINSZ, &size) != 0)
		return (struct table_screen){ 0 };
	return (struct table_screen){ .columns = size.ws_col, .lines = size.ws_row };
}

bool table_may_be_bold(FILE *out)
{
	const char *no_colour = getenv("NO_COLOR");

	return (no_colour == NULL || no_colour[0] == '\0') && table_is_terminal(out);
}

struct table *table_new(struct lg_arena *arena, const struct table_column *columns)
{
	struct table *table = lg_alloc(arena, sizeof *table);

	table->arena = arena;
	table->columns = columns;
	while (columns[table->column_count].title != NULL)
		table->column_count++;
	assert(table->column_count <= TABLE_COLUMNS_MAX);
	return table;
}

/* C0 controls are one byte, C1 controls (U+0080 to U+009F) two in UTF-8. */
void table_make_safe(char *text)
{
	for (uint8_t *at = (uint8_t *)text; *at != '\0'; at++) {
		if (*at < 0x20 || *at == 0x7f)
			*at = '?';
		else if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
			at[0] = at[1] = '?';
	}
}

void table_add(struct table *table, const char *const *cells)
{
	struct row *row = lg_alloc(table->arena, sizeof *row);

	row->cells = lg_alloc_array(table->arena, table->column_count, sizeof *row->cells);
	for (uint32_t i = 0; i < table->column_count; i++) {
		char *copy = lg_copy_text(table->arena, cells[i]);

		table_make_safe(copy);
		row->cells[i] = copy;
	}
	if (table->last == NULL)
		table->first = row;
	else
		table->last->next = row;
	table->last = row;
}

static void print_cell(
	FILE *out, const char *text, size_t width, enum table_side side, bool is_last)
{
	size_t own = table_width(text);
	int gap = own < width ? (int)(width - own) : 0;

	if (side == TABLE_RIGHT)
		fprintf(out, "%*s%s", gap, "", text);
	else
		fprintf(out, "%s%*s", text, is_last ? 0 : gap, "");
	if (!is_last)
		fputs("  ", out);
}

/* Which columns are shown, how wide; the last may be folded into less than it wants. */
struct shape {
	uint32_t count;
	uint32_t at[TABLE_COLUMNS_MAX];
	size_t widths[TABLE_COLUMNS_MAX];
	size_t line; /* all of it */
};

static struct shape shape_of(const struct table *table, bool with_empty)
{
	struct shape shape = { .count = 0 };

	for (uint32_t i = 0; i < table->column_count; i++) {
		size_t width = table_width(table->columns[i].title);
		bool is_empty = true;

		for (const struct row *row = table->first; row != NULL; row = row->next) {
			if (table_width(row->cells[i]) > width)
				width = table_width(row->cells[i]);
			is_empty &= row->cells[i][0] == '\0';
		}
		if (is_empty && !with_empty)
			continue;
		shape.line += width + (shape.count == 0 ? 0 : 2);
		shape.at[shape.count] = i;
		shape.widths[shape.count++] = width;
	}
	return shape;
}

/* A text in lines of so many places, broken at spaces where there are; those behind the first indented. */
static void print_folded(FILE *out, const char *text, size_t room, size_t indent)
{
	while (table_width(text) > room) {
		const char *end = text, *space = NULL, *at = text;
		size_t width = 0;

		while (width <= room) { /* it ends: the text is wider */
			end = at;
			if (*at == ' ')
				space = at;
			const char *next = at;
			uint32_t code = next_code(&next);

			width += is_in(code, narrow, sizeof narrow / sizeof narrow[0]) ? 0
				 : is_in(code, wide, sizeof wide / sizeof wide[0])     ? 2
										       : 1;
			at = next;
		}
		end = space != NULL ? space : end;
		fprintf(out, "%.*s\n%*s", (int)(end - text), text, (int)indent, "");
		text = end + strspn(end, " ");
	}
	fputs(text, out);
}

static void print_titles(
	const struct table *table, FILE *out, const struct shape *shape, bool is_bold)
{
	fputs(is_bold ? "\033[1m" : "", out);
	for (uint32_t i = 0; i < shape->count; i++) {
		const struct table_column *column = &table->columns[shape->at[i]];

		print_cell(
			out, column->title, shape->widths[i], column->side, i + 1 == shape->count);
	}
	fputs(is_bold ? "\033[0m\n" : "\n", out);
}

static void print_lines(
	const struct table *table, FILE *out, const struct shape *shape, bool is_bold)
{
	size_t room = shape->widths[shape->count - 1], indent = shape->line - room;

	print_titles(table, out, shape, is_bold);
	for (const struct row *row = table->first; row != NULL; row = row->next) {
		uint32_t last = shape->count; /* no spaces behind what is seen last */

		while (last > 1 && row->cells[shape->at[last - 1]][0] == '\0')
			last--;
		for (uint32_t i = 0; i < last; i++) {
			const char *cell = row->cells[shape->at[i]];

			if (i + 1 == shape->count && table_width(cell) > room)
				print_folded(out, cell, room, indent);
			else
				print_cell(out, cell, shape->widths[i],
					table->columns[shape->at[i]].side, i + 1 == last);
		}
		fputc('\n', out);
	}
}

/* Where a line would be broken in the middle: each row as a card, a line for each cell. */
static void print_cards(const struct table *table, FILE *out, bool is_bold)
{
	size_t widest = 0;

	for (uint32_t i = 0; i < table->column_count; i++)
		if (table_width(table->columns[i].title) > widest)
			widest = table_width(table->columns[i].title);
	for (const struct row *row = table->first; row != NULL; row = row->next) {
		for (uint32_t i = 0; i < table->column_count; i++) {
			if (row->cells[i][0] == '\0')
				continue;
			fputs(is_bold ? "\033[1m" : "", out);
			print_cell(out, table->columns[i].title, widest, TABLE_LEFT, false);
			fprintf(out, "%s%s\n", is_bold ? "\033[0m" : "", row->cells[i]);
		}
		fputs(row->next == NULL ? "" : "\n", out);
	}
}

size_t table_line(const struct table *table)
{
	return shape_of(table, true).line;
}

/* Makes it fit: without columns that nothing stands in, then with its last text folded. */
static bool fit(const struct table *table, size_t columns, struct shape *shape)
{
	if (shape->line <= columns)
		return true;
	*shape = shape_of(table, false);
	if (shape->line <= columns)
		return true;

	uint32_t last = shape->count - 1;
	size_t before = shape->line - shape->widths[last];

	if (table->columns[shape->at[last]].side != TABLE_LEFT || before + FOLD_LEAST > columns)
		return false;
	shape->widths[last] = columns - before;
	shape->line = columns;
	return true;
}

static void print_text(const struct table *table, FILE *out, bool is_bold)
{
	struct table_screen screen = table_screen_of(out);
	struct shape shape = shape_of(table, true);

	if (screen.columns > 0 && table->first == NULL)
		fputs("none\n", out);
	else if (screen.columns == 0 || fit(table, screen.columns, &shape))
		print_lines(table, out, &shape, is_bold);
	else
		print_cards(table, out, is_bold);
}

void table_print(const struct table *table, FILE *out, enum table_format format, bool is_bold)
{
	if (format == TABLE_TEXT) {
		print_text(table, out, is_bold);
		return;
	}
	for (uint32_t i = 0; i < table->column_count; i++)
		lg_csv_write_cell(out, table->columns[i].title, i + 1 == table->column_count);
	for (const struct row *row = table->first; row != NULL; row = row->next)
		for (uint32_t i = 0; i < table->column_count; i++)
			lg_csv_write_cell(out, row->cells[i], i + 1 == table->column_count);
}

void table_print_line(FILE *out, const char *label, const char *text)
{
	char *copy = strdup(text == NULL ? "" : text);

	if (copy == NULL)
		abort();
	table_make_safe(copy);
	fprintf(out, "%s%s\n", label, copy);
	explicit_bzero(copy, strlen(copy)); /* it may be a name */
	free(copy);
}
