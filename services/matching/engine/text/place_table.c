#include "services/matching/engine/text/place_table.h"

#include "common/base/table.h"

/* Rows as they come; room for PLACE_ALIASES_MAX. */
struct place_rows {
	uint32_t count;
	struct place_alias *rows;
};

static struct name_form read_cell(const char *cell)
{
	enum place_kind kind;

	return place_bare(lg_bytes(cell, strlen(cell)), &kind);
}

static struct lg_status keep_alias(void *user, const struct lg_csv_row *row)
{
	struct place_rows *table = user;
	struct place_alias *alias = &table->rows[table->count];

	if (table->count == PLACE_ALIASES_MAX)
		return lg_refuse("more than 4096 aliases");
	alias->alias = read_cell(row->cells[0]);
	alias->local = read_cell(row->cells[1]);
	alias->district = read_cell(row->cells[2]);
	if (alias->alias.size == 0 || alias->local.size == 0 || alias->district.size == 0)
		return lg_refuse("a name that has no letters");
	table->count++;
	return lg_done();
}

static const struct lg_table_layout layout = { "place_aliases.csv", "alias,place,district",
	keep_alias };

struct lg_status place_table_parse(struct lg_arena *arena, struct lg_bytes text,
	struct place_table *ret_table, const char **ret_problem)
{
	struct place_rows table = { .rows = lg_alloc_array(
					    arena, PLACE_ALIASES_MAX, sizeof *table.rows) };
	struct lg_status status = lg_table_parse(arena, &layout, text, &table, ret_problem);

	*ret_table = (struct place_table){ .count = table.count, .rows = table.rows };
	return status;
}
