#include "services/matching/engine/text/place_table.h"

#include "common/base/csv.h"

#define COLUMNS 3

static struct name_form read_cell(const char *cell)
{
	enum place_kind kind;

	return place_bare(lg_bytes(cell, strlen(cell)), &kind);
}

static struct lg_status add_row(
	struct place_alias *rows, uint32_t *count, const struct lg_csv_row *row)
{
	if (row->count != COLUMNS)
		return lg_refuse("three columns are expected");
	if (*count == PLACE_ALIASES_MAX)
		return lg_refuse("more than 4096 aliases");

	struct place_alias *alias = &rows[*count];

	alias->alias = read_cell(row->cells[0]);
	alias->local = read_cell(row->cells[1]);
	alias->district = read_cell(row->cells[2]);
	if (alias->alias.size == 0 || alias->local.size == 0 || alias->district.size == 0)
		return lg_refuse("a name that has no letters");
	++*count;
	return lg_done();
}

static bool is_header(const struct lg_csv_row *row)
{
	return row->count == COLUMNS && strcmp(row->cells[0], "alias") == 0 &&
	       strcmp(row->cells[1], "place") == 0 && strcmp(row->cells[2], "district") == 0;
}

struct lg_status place_table_parse(struct lg_arena *arena, struct lg_bytes text,
	struct place_table *ret_table, const char **ret_problem)
{
	struct place_alias *rows = lg_alloc_array(arena, PLACE_ALIASES_MAX, sizeof *rows);
	struct lg_csv_reader reader = { .line = 0 };
	bool has_header = false;
	uint32_t count = 0;

	lg_csv_open(&reader, text);
	while (lg_csv_more(&reader)) {
		struct lg_csv_row row = { .count = 0 };
		struct lg_status status = lg_csv_next(&reader, arena, &row);

		if (lg_is_done(status) && has_header)
			status = add_row(rows, &count, &row);
		else if (lg_is_done(status) && !is_header(&row))
			status = lg_refuse("the first line must be alias,place,district");
		has_header = true;
		if (!lg_is_done(status)) {
			*ret_problem = lg_format(arena, "place_aliases.csv, line %u: %s",
				reader.row_line, status.reason);
			return lg_refuse("the aliases are not as they must be");
		}
	}
	*ret_table = (struct place_table){ .count = count, .rows = rows };
	return lg_done();
}
