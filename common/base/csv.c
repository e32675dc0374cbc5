/*
 * A row is read in two steps: first where its cells are, by the quotes alone; then what is in
 * them.  A fault of the first step makes the row's end a guess, a fault of the second does not.
 */
#include "common/base/csv.h"

#include <assert.h>

#include "common/base/text.h"

#define FIRST_ROOM 16 /* cells of a row; doubled where there are more */

struct span {
	size_t start; /* of the content, behind an opening quote */
	size_t end;   /* behind the content, at the closing quote */
	size_t size;  /* of the content, a doubled quote counted once */
	bool is_quoted;
};

/* In the arena, since most rows have few cells and the compiler clears what is on the stack. */
struct layout {
	struct lg_arena *arena;
	struct span *cells;
	uint32_t room;
	uint32_t count;      /* may be more than are kept */
	size_t end;          /* behind the row and its line end */
	uint32_t lines;      /* that end in the row */
	uint32_t bad_column; /* the first cell that is too large; 0: none */
};

void lg_csv_open(struct lg_csv_reader *reader, struct lg_bytes input)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	bool has_mark = input.size >= sizeof mark && memcmp(input.data, mark, sizeof mark) == 0;

	*reader = (struct lg_csv_reader){
		.input = input,
		.offset = has_mark ? sizeof mark : 0,
		.line = 1,
	};
}

static bool is_at(struct lg_bytes input, size_t at, char what)
{
	return at < input.size && input.data[at] == (uint8_t)what;
}

/* Bytes of the line end that stands at this place; 0 when none does. */
static size_t line_end_at(struct lg_bytes input, size_t at)
{
	if (is_at(input, at, '\n'))
		return 1;
	return is_at(input, at, '\r') && is_at(input, at + 1, '\n') ? 2 : 0;
}

static bool cell_ends_at(struct lg_bytes input, size_t at)
{
	return at == input.size || is_at(input, at, ',') || line_end_at(input, at) > 0;
}

bool lg_csv_more(const struct lg_csv_reader *reader)
{
	size_t at = reader->offset;
	size_t blank;

	while ((blank = line_end_at(reader->input, at)) > 0)
		at += blank;
	return at < reader->input.size;
}

static void skip_blank_lines(struct lg_csv_reader *reader)
{
	size_t blank;

	while ((blank = line_end_at(reader->input, reader->offset)) > 0) {
		reader->offset += blank;
		reader->line++;
	}
}

/* Bytes that may end a cell that is not quoted, or may not stand in it. */
static const bool stops[256] = { ['\n'] = true, ['\r'] = true, [','] = true, ['"'] = true };

/* From behind the opening quote to the closing one. */
static struct lg_status lay_out_quoted(struct lg_bytes input, size_t *at, struct span *ret_span)
{
	struct span span = { .start = *at, .is_quoted = true };

	for (; *at < input.size; (*at)++, span.size++) {
		if (!is_at(input, *at, '"'))
			continue;
		if (is_at(input, *at + 1, '"')) {
			(*at)++;
			continue;
		}
		span.end = (*at)++;
		if (!cell_ends_at(input, *at))
			return lg_refuse("text behind a closing quote");
		*ret_span = span;
		return lg_done();
	}
	return lg_refuse("a quote is never closed");
}

static struct lg_status lay_out_plain(struct lg_bytes input, size_t *at, struct span *ret_span)
{
	struct span span = { .start = *at };

	for (;; (*at)++) {
		while (*at < input.size && !stops[input.data[*at]])
			(*at)++;
		if (cell_ends_at(input, *at))
			break;
		if (is_at(input, *at, '"'))
			return lg_refuse("a quote inside a cell that is not quoted");
	}
	span.end = *at;
	span.size = span.end - span.start;
	*ret_span = span;
	return lg_done();
}

static uint32_t lines_between(struct lg_bytes input, size_t start, size_t end)
{
	uint32_t lines = 0;

	for (size_t i = start; i < end; i++)
		lines += input.data[i] == '\n';
	return lines;
}

static void keep_span(struct layout *layout, const struct span *span)
{
	if (layout->count > layout->room) {
		uint32_t room = layout->room == 0 ? FIRST_ROOM : layout->room * 2;

		layout->cells = lg_enlarge(
			layout->arena, layout->cells, layout->room, room, sizeof *layout->cells);
		layout->room = room;
	}
	layout->cells[layout->count - 1] = *span;
}

/* ret_layout->count is the cell at fault when the quotes are not in order. */
static struct lg_status lay_out(struct lg_bytes input, size_t at, struct layout *ret_layout)
{
	for (;;) {
		struct span span;
		struct lg_status status;

		ret_layout->count++;
		if (is_at(input, at, '"')) {
			at++;
			status = lay_out_quoted(input, &at, &span);
		} else {
			status = lay_out_plain(input, &at, &span);
		}
		if (!lg_is_done(status))
			return status;
		if (span.size > LG_CSV_CELL_MAX && ret_layout->bad_column == 0)
			ret_layout->bad_column = ret_layout->count;
		if (ret_layout->count <= LG_CSV_CELLS_MAX)
			keep_span(ret_layout, &span);
		if (span.is_quoted)
			ret_layout->lines += lines_between(input, span.start, span.end);
		if (!is_at(input, at, ','))
			break;
		at++;
	}
	ret_layout->end = at + line_end_at(input, at);
	ret_layout->lines += ret_layout->end > at;
	return lg_done();
}

static void leave_line(struct lg_csv_reader *reader)
{
	const uint8_t *rest = reader->input.data + reader->offset;
	const uint8_t *end = memchr(rest, '\n', reader->input.size - reader->offset);

	reader->offset =
		end == NULL ? reader->input.size : reader->offset + (size_t)(end - rest) + 1;
	reader->line++;
}

static const char *copy_cell(struct lg_bytes input, const struct span *span, struct lg_arena *arena)
{
	char *cell = lg_alloc(arena, span->size + 1);
	size_t length = 0;

	for (size_t i = span->start; i < span->end; i++) {
		cell[length++] = (char)input.data[i];
		if (span->is_quoted && input.data[i] == '"')
			i++; /* the second of two */
	}
	assert(length == span->size);
	return cell;
}

static struct lg_status check_text(struct lg_bytes text)
{
	size_t bad = lg_text_first_bad(text);

	if (bad == text.size)
		return lg_done();
	return text.data[bad] == 0 ? lg_refuse("a NUL byte") : lg_refuse("not UTF-8");
}

/* Looks at what is in the cells. */
static struct lg_status check_cells(struct lg_csv_reader *reader, const struct layout *layout)
{
	struct lg_bytes input = reader->input;

	reader->bad_column = layout->bad_column;
	if (layout->bad_column != 0)
		return lg_refuse("a cell of more than 65536 bytes");
	if (layout->count > LG_CSV_CELLS_MAX)
		return lg_refuse("a row of more than 512 cells");
	for (uint32_t i = 0; i < layout->count; i++) {
		const struct span *span = &layout->cells[i];
		struct lg_status status =
			check_text(lg_bytes(input.data + span->start, span->end - span->start));

		if (!lg_is_done(status)) {
			reader->bad_column = i + 1;
			return status;
		}
	}
	return lg_done();
}

/* The next row's layout, its cells looked at; the reader stands behind it. */
static struct lg_status read_layout(struct lg_csv_reader *reader, struct layout *ret_layout)
{
	struct lg_status status;

	assert(lg_csv_more(reader));
	skip_blank_lines(reader);
	reader->row_line = reader->line;
	status = lay_out(reader->input, reader->offset, ret_layout);
	if (!lg_is_done(status)) {
		reader->bad_column = ret_layout->count;
		leave_line(reader);
		return status;
	}
	reader->line += ret_layout->lines;
	reader->offset = ret_layout->end;
	return check_cells(reader, ret_layout);
}

struct lg_status lg_csv_next(
	struct lg_csv_reader *reader, struct lg_arena *arena, struct lg_csv_row *ret_row)
{
	struct layout layout = { .arena = arena };
	struct lg_status status = read_layout(reader, &layout);
	const char **cells;

	if (!lg_is_done(status))
		return status;
	cells = lg_alloc_array(arena, layout.count, sizeof *cells);
	for (uint32_t i = 0; i < layout.count; i++)
		cells[i] = copy_cell(reader->input, &layout.cells[i], arena);
	*ret_row = (struct lg_csv_row){ .count = layout.count, .cells = cells };
	return lg_done();
}

struct lg_status lg_csv_next_view(
	struct lg_csv_reader *reader, struct lg_arena *arena, struct lg_csv_view *ret_view)
{
	struct layout layout = { .arena = arena };
	struct lg_status status = read_layout(reader, &layout);
	struct lg_bytes *cells;

	if (!lg_is_done(status))
		return status;
	cells = lg_alloc_array(arena, layout.count, sizeof *cells);
	for (uint32_t i = 0; i < layout.count; i++) {
		const struct span *span = &layout.cells[i];
		bool is_as_it_lies = span->size == span->end - span->start;

		cells[i] = is_as_it_lies
				   ? lg_bytes(reader->input.data + span->start, span->size)
				   : lg_bytes(copy_cell(reader->input, span, arena), span->size);
	}
	*ret_view = (struct lg_csv_view){ .count = layout.count, .cells = cells };
	return lg_done();
}

/* Digits, with a sign and one point between digits at most. */
static bool is_plain_number(const char *cell)
{
	const char *at = *cell == '-' || *cell == '+' ? cell + 1 : cell;
	size_t whole = strspn(at, "0123456789");
	size_t part;

	at += whole;
	if (whole == 0 || *at == '\0')
		return whole > 0;
	part = *at == '.' ? strspn(at + 1, "0123456789") : 0;
	return part > 0 && at[1 + part] == '\0';
}

static bool is_formula(const char *cell)
{
	return *cell != '\0' && strchr("=+-@\t\r", *cell) != NULL && !is_plain_number(cell);
}

/* A semicolon too: it parts the cells where the decimal point is a comma. */
static const bool quoted_for[256] = {
	[','] = true, [';'] = true, ['"'] = true, ['\r'] = true, ['\n'] = true, ['\t'] = true
};

static bool needs_quotes(const char *cell, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (quoted_for[(uint8_t)cell[i]])
			return true;
	return size > 0 && (cell[0] == ' ' || cell[size - 1] == ' ');
}

void lg_csv_write_cell(FILE *out, const char *cell, bool is_last)
{
	size_t size = strlen(cell);
	bool is_quoted = needs_quotes(cell, size);

	if (is_quoted)
		fputc('"', out);
	if (is_formula(cell))
		fputc('\'', out);
	for (; is_quoted && size > 0; cell++, size--) {
		if (*cell == '"')
			fputc('"', out);
		fputc(*cell, out);
	}
	fwrite(cell, 1, size, out);
	if (is_quoted)
		fputc('"', out);
	fputc(is_last ? '\n' : ',', out);
}
