#include "services/matching/tools/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/csv.h"
#include "services/matching/tools/tool.h"

#define ROWS_PER_RESET 64

/* A file in memory, unmapped once it was read. */
struct mapping {
	void *data;
	size_t size;
};

static void unmap(struct mapping *mapping)
{
	if (mapping->size > 0)
		munmap(mapping->data, mapping->size);
}

static bool map_file(struct table *table, struct mapping **ret_mapping, struct lg_bytes *ret_text)
{
	struct mapping *mapping = lg_alloc(table->arena, sizeof *mapping);
	struct stat about;
	int file = open(table->path, O_RDONLY | O_CLOEXEC);

	if (file < 0 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
		tool_complain("%s: %s", table->path, file < 0 ? strerror(errno) : "not a file");
		if (file >= 0)
			close(file);
		return false;
	}
	*ret_text = lg_bytes("", 0);
	mapping->size = (size_t)about.st_size;
	if (mapping->size > 0)
		mapping->data = mmap(NULL, mapping->size, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	if (mapping->size > 0 && mapping->data == MAP_FAILED) {
		tool_complain("%s: %s", table->path, strerror(errno));
		return false;
	}
	if (mapping->size > 0)
		*ret_text = lg_bytes(mapping->data, mapping->size);
	*ret_mapping = mapping;
	return true;
}

static uint32_t lines_of(struct lg_bytes text)
{
	const uint8_t *at = text.data, *end = text.data + text.size;
	uint32_t lines = 1;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL &&
		lines < ROSTER_MAX) {
		lines++;
		at++;
	}
	return lines;
}

static const char *trimmed(struct lg_bytes cell, struct lg_arena *arena)
{
	size_t from = 0, end = cell.size;

	while (from < end && cell.data[from] == ' ')
		from++;
	while (end > from && cell.data[end - 1] == ' ')
		end--;
	return (const char *)lg_copy(arena, lg_bytes(cell.data + from, end - from)).data;
}

static void fault(struct table *table, const struct lg_csv_reader *reader, const char *reason)
{
	if (table->fault_count++ >= TABLE_FAULTS_MAX)
		return;
	if (reader->bad_column > 0)
		tool_complain("%s, line %u, column %u: %s", table->path, reader->row_line,
			reader->bad_column, reason);
	else
		tool_complain("%s, line %u: %s", table->path, reader->row_line, reason);
}

struct columns {
	uint32_t count; /* of the header */
	uint32_t id;    /* count: there is none */
	uint32_t of_field[FIELDS_MAX];
};

static bool read_header(struct table *table, struct lg_csv_reader *reader, uint32_t rows,
	struct columns *ret_columns)
{
	struct lg_csv_row row = { .count = 0 };
	struct field_list list;
	struct lg_status status;

	if (!lg_csv_more(reader)) {
		tool_complain("%s, line 1: a header is missing", table->path);
		return false;
	}
	status = lg_csv_next(reader, table->arena, &row);
	if (!lg_is_done(status)) {
		fault(table, reader, status.reason);
		return false;
	}
	for (uint32_t i = 0; i < row.count; i++)
		row.cells[i] = trimmed(lg_bytes(row.cells[i], strlen(row.cells[i])), table->arena);
	ret_columns->count = ret_columns->id = row.count;
	for (uint32_t i = row.count; i > 0 && table->schema->id[0] != '\0'; i--)
		if (strcmp(row.cells[i - 1], table->schema->id) == 0)
			ret_columns->id = i - 1;
	if (ret_columns->id == row.count && table->schema->id[0] != '\0')
		tool_complain(
			"%s: has no column %s, rows are numbered", table->path, table->schema->id);
	if (!schema_fit(
		    table->schema, table->path, row.cells, row.count, &list, ret_columns->of_field))
		return false;
	roster_init(&table->roster, &list, rows, 0, table->arena);
	if (ret_columns->id < row.count)
		table->names = lg_alloc_array(table->arena, rows, sizeof *table->names);
	return true;
}

/* Rows on their way into the roster. */
struct rows {
	struct lg_bytes cells[ROSTER_ROWS_MAX * FIELDS_MAX];
	uint32_t lines[ROSTER_ROWS_MAX]; /* where each stands in the file */
	uint32_t waiting, count;         /* of count the last are waiting */
	uint32_t no_dates[FIELDS_MAX];   /* cells of dates that say something, and are none */
	uint32_t first_line[FIELDS_MAX]; /* of these */
};

static void see_dates(const struct table *table, struct rows *rows, uint32_t field)
{
	const uint32_t fields = table->roster.list.count, first = rows->count - rows->waiting;

	for (uint32_t i = 0; i < rows->waiting; i++) {
		if (roster_ids(&table->roster, first + i)[field] != 0 ||
			!value_is_said(rows->cells[i * fields + field]))
			continue;
		if (rows->no_dates[field]++ == 0)
			rows->first_line[field] = rows->lines[i];
	}
}

static void set_waiting(struct table *table, struct rows *rows)
{
	roster_set_rows(&table->roster, rows->count - rows->waiting, rows->waiting, rows->cells);
	for (uint32_t f = 0; f < table->roster.list.count; f++)
		if (table->roster.list.fields[f].kind == KIND_DATE)
			see_dates(table, rows, f);
	rows->waiting = 0;
}

/* What a cell says is not repeated: it may be the day on which somebody was born. */
static void say_no_dates(const struct table *table, const struct rows *rows)
{
	for (uint32_t f = 0; f < table->roster.list.count; f++)
		if (rows->no_dates[f] > 0)
			tool_complain("%s, line %u: %s is no day of either calendar, counts as not "
				      "known (cells like it: %u)",
				table->path, rows->first_line[f], table->roster.list.fields[f].name,
				rows->no_dates[f]);
}

static void add_row(struct table *table, struct rows *rows, const struct columns *columns,
	const struct lg_csv_view *row, uint32_t line)
{
	const uint32_t fields = table->roster.list.count;

	for (uint32_t f = 0; f < fields; f++)
		rows->cells[rows->waiting * fields + f] = row->cells[columns->of_field[f]];
	if (table->names != NULL)
		table->names[rows->count] = trimmed(row->cells[columns->id], table->arena);
	rows->lines[rows->waiting] = line;
	rows->count++;
	if (++rows->waiting == ROSTER_ROWS_MAX)
		set_waiting(table, rows);
}

static void read_rows(
	struct table *table, struct lg_csv_reader *reader, const struct columns *columns)
{
	struct lg_arena *arena = lg_arena_new();
	struct rows rows = { .count = 0 };

	while (lg_csv_more(reader)) {
		struct lg_csv_view row = { .count = 0 };
		struct lg_status status = lg_csv_next_view(reader, arena, &row);

		if (lg_is_done(status) && row.count != columns->count)
			status = lg_refuse("not as many cells as the header has");
		if (!lg_is_done(status)) {
			fault(table, reader, status.reason);
			continue;
		}
		add_row(table, &rows, columns, &row, reader->row_line);
		if (rows.waiting == 0 && rows.count % ROWS_PER_RESET == 0)
			lg_arena_reset(arena);
	}
	set_waiting(table, &rows);
	say_no_dates(table, &rows);
	table->roster.count = rows.count;
	lg_arena_free(arena);
}
_Static_assert(ROWS_PER_RESET % ROSTER_ROWS_MAX == 0, "none waits when memory is given back");

void table_read(struct table *table)
{
	struct lg_csv_reader reader = { .line = 0 };
	struct columns columns = { .count = 0 };
	struct mapping *mapping;
	struct lg_bytes text;
	bool has_header;

	if (!map_file(table, &mapping, &text))
		return;
	lg_csv_open(&reader, text);
	has_header = read_header(table, &reader, lines_of(text), &columns);
	if (has_header)
		read_rows(table, &reader, &columns);
	unmap(mapping);
	if (!has_header)
		return;
	if (table->fault_count > TABLE_FAULTS_MAX)
		tool_complain("%s: and %u more lines", table->path,
			table->fault_count - TABLE_FAULTS_MAX);
	table->is_read = table->fault_count == 0;
}

const char *table_row_name(const struct table *table, uint32_t row, char ret_number[16])
{
	if (table->names != NULL)
		return table->names[row];
	snprintf(ret_number, 16, "%u", row + 1);
	return ret_number;
}

uint32_t table_row(const struct table *table, const char *name)
{
	uint32_t row = 0;
	char number[16];

	while (row < table->roster.count && strcmp(table_row_name(table, row, number), name) != 0)
		row++;
	return row;
}
