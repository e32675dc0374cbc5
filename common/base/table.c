#include "common/base/table.h"

#include <stdio.h>
#include <string.h>

/* Whether the cells are the names of the header. */
static bool is_header(const char *header, const struct lg_csv_row *row)
{
	for (uint32_t i = 0; i < row->count; i++) {
		size_t size = strcspn(header, ",");

		if (strlen(row->cells[i]) != size || memcmp(header, row->cells[i], size) != 0)
			return false;
		header += size;
		if (i + 1 < row->count && *header++ != ',')
			return false;
	}
	return *header == '\0';
}

/* columns: of the header; 0: this row is to be it. */
static struct lg_status take_row(const struct lg_table_layout *layout, uint32_t columns,
	const struct lg_csv_row *row, void *user)
{
	if (columns == 0)
		return is_header(layout->header, row)
			       ? lg_done()
			       : lg_refuse("the first line names other columns");
	if (row->count != columns)
		return lg_refuse("more or fewer cells than the first line");
	return layout->keep(user, row);
}

struct lg_status lg_table_parse(struct lg_arena *arena, const struct lg_table_layout *layout,
	struct lg_bytes text, void *user, const char **ret_problem)
{
	struct lg_csv_reader reader;
	uint32_t columns = 0;

	lg_csv_open(&reader, text);
	while (lg_csv_more(&reader)) {
		struct lg_csv_row row;
		struct lg_status status = lg_csv_next(&reader, arena, &row);

		if (lg_is_done(status))
			status = take_row(layout, columns, &row, user);
		if (!lg_is_done(status)) {
			*ret_problem = lg_format(arena, "%s, line %u: %s (columns: %s)",
				layout->name, reader.row_line, status.reason, layout->header);
			return status;
		}
		columns = row.count;
	}
	return lg_done();
}

struct lg_status lg_table_text(struct lg_arena *arena, const char *path, struct lg_bytes *ret_text,
	const char **ret_problem)
{
	uint8_t *text = lg_alloc(arena, LG_TABLE_FILE_MAX + 1);
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		*ret_problem = lg_format(arena, "%s: cannot be opened; is --data right?", path);
		return lg_refuse("a table cannot be opened");
	}

	size_t size = fread(text, 1, LG_TABLE_FILE_MAX + 1, file);
	bool is_bad = ferror(file) != 0 || size > LG_TABLE_FILE_MAX;

	fclose(file);
	if (is_bad) {
		*ret_problem = lg_format(arena, "%s: cannot be read, or is above 256 KiB", path);
		return lg_refuse("a table cannot be read");
	}
	*ret_text = lg_bytes(text, size);
	return lg_done();
}
