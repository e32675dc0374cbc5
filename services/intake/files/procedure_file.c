#include "services/intake/files/procedure_file.h"

#include <stdio.h>
#include <string.h>

#include "common/base/csv.h"
#include "common/base/text.h"

enum step_column { ROUTE, WHO, STEP, RESPONSIBLE, HOURS, LAW, PROOF, INFORM, WHAT, STEP_COLUMNS };
enum reason_column { REASON_ROUTE, REASON_CODE, REASON_COLUMNS };

static const char *const step_header[STEP_COLUMNS] = { "route", "who", "step", "responsible",
	"deadline_hours", "law", "proof", "inform", "what" };
static const char *const reason_header[REASON_COLUMNS] = { "route", "reason" };
static const char *const who_names[] = { "any", "child", "adult" };

/* One kind of file: how its rows are taken. */
struct layout {
	const char *name;
	const char *const *header;
	uint32_t columns;
	struct lg_status (*add)(struct procedure_book *book, const struct lg_csv_row *row);
};

static bool find(const char *const *names, unsigned count, const char *text, unsigned *ret_place)
{
	for (unsigned i = 0; i < count; i++) {
		if (strcmp(names[i], text) == 0) {
			*ret_place = i;
			return true;
		}
	}
	return false;
}

static struct lg_status add_step(struct procedure_book *book, const struct lg_csv_row *row)
{
	unsigned route = 0, who = 0;
	int64_t hours = -1, law = 0;

	if (!find(route_names, ROUTE_COUNT, row->cells[ROUTE], &route))
		return lg_refuse("a route is R0 to R4");
	if (!find(who_names, 3, row->cells[WHO], &who))
		return lg_refuse("who is any, child or adult");
	if (row->cells[HOURS][0] != '\0' && (!lg_is_done(lg_int_parse(row->cells[HOURS], &hours)) ||
						    hours < 0 || hours > PROCEDURE_HOURS_MAX))
		return lg_refuse("deadline_hours is a number of hours within a year, or empty");
	if (!lg_is_done(lg_int_parse(row->cells[LAW], &law)) || law < 0 || law > 1)
		return lg_refuse("law is 0 or 1");

	const struct procedure_step step = {
		.route = (enum route)route,
		.who = (enum procedure_for)who,
		.code = row->cells[STEP],
		.responsible = row->cells[RESPONSIBLE],
		.proof = row->cells[PROOF],
		.inform = row->cells[INFORM],
		.what = row->cells[WHAT],
		.deadline_hours = (int32_t)hours,
		.is_law = law == 1,
	};

	return procedure_add_step(book, &step);
}

static struct lg_status add_reason(struct procedure_book *book, const struct lg_csv_row *row)
{
	unsigned route = ROUTE_NONE;

	if (strcmp(row->cells[REASON_ROUTE], "-") != 0 &&
		(!find(route_names, ROUTE_COUNT, row->cells[REASON_ROUTE], &route) ||
			route == ROUTE_NONE))
		return lg_refuse("a route is R0 to R4, or - for steps");

	const struct procedure_reason reason = {
		.route = (enum route)route,
		.code = row->cells[REASON_CODE],
	};

	return procedure_add_reason(book, &reason);
}

static const struct layout steps = { "procedures.csv", step_header, STEP_COLUMNS, add_step };
static const struct layout reasons = { "reasons.csv", reason_header, REASON_COLUMNS, add_reason };

static bool is_header(const struct layout *layout, const struct lg_csv_row *row)
{
	for (uint32_t i = 0; i < layout->columns; i++) {
		if (strcmp(row->cells[i], layout->header[i]) != 0)
			return false;
	}
	return true;
}

static struct lg_status parse(struct lg_arena *arena, const struct layout *layout,
	struct lg_bytes text, struct procedure_book *book, const char **ret_problem)
{
	struct lg_csv_reader reader = { .line = 0 };
	bool has_header = false;

	lg_csv_open(&reader, text);
	while (lg_csv_more(&reader)) {
		struct lg_csv_row row = { .count = 0 };
		struct lg_status status = lg_csv_next(&reader, arena, &row);

		if (lg_is_done(status) && row.count != layout->columns)
			status = lg_refuse("another number of columns is expected");
		if (lg_is_done(status) && has_header)
			status = layout->add(book, &row);
		else if (lg_is_done(status) && !is_header(layout, &row))
			status = lg_refuse("the header is not as it must be");
		has_header = true;
		if (!lg_is_done(status)) {
			*ret_problem = lg_format(arena, "%s, line %u: %s", layout->name,
				reader.row_line, status.reason);
			return lg_refuse("a file of procedures is not as it must be");
		}
	}
	return lg_done();
}

struct lg_status procedure_file_parse(struct lg_arena *arena, struct lg_bytes text,
	struct procedure_book *book, const char **ret_problem)
{
	return parse(arena, &steps, text, book, ret_problem);
}

struct lg_status reason_file_parse(struct lg_arena *arena, struct lg_bytes text,
	struct procedure_book *book, const char **ret_problem)
{
	return parse(arena, &reasons, text, book, ret_problem);
}

static struct lg_status read_one(struct lg_arena *arena, const char *folder,
	const struct layout *layout, struct procedure_book *book, const char **ret_problem)
{
	const char *path = lg_format(arena, "%s/%s", folder, layout->name);
	uint8_t *text = lg_alloc(arena, PROCEDURE_FILE_MAX + 1);
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		*ret_problem = lg_format(arena, "%s: cannot be opened; is --data right?", path);
		return lg_refuse("a file of procedures cannot be opened");
	}

	size_t size = fread(text, 1, PROCEDURE_FILE_MAX + 1, file);
	bool is_bad = ferror(file) != 0 || size > PROCEDURE_FILE_MAX;

	fclose(file);
	if (is_bad) {
		*ret_problem = lg_format(arena, "%s: cannot be read, or is above 256 KiB", path);
		return lg_refuse("a file of procedures cannot be read");
	}
	return parse(arena, layout, lg_bytes(text, size), book, ret_problem);
}

struct lg_status procedure_file_read(struct lg_arena *arena, const char *folder,
	struct procedure_book *ret_book, const char **ret_problem)
{
	struct lg_status status = read_one(arena, folder, &steps, ret_book, ret_problem);

	if (lg_is_done(status))
		status = read_one(arena, folder, &reasons, ret_book, ret_problem);
	return status;
}
