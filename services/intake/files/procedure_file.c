#include "services/intake/files/procedure_file.h"

#include <string.h>

#include "common/base/table.h"
#include "common/base/text.h"

enum step_column { ROUTE, WHO, STEP, RESPONSIBLE, HOURS, LAW, PROOF, INFORM, WHAT };
enum reason_column { REASON_ROUTE, REASON_CODE };

static const char *const who_names[] = { "any", "child", "adult" };

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

static struct lg_status keep_step(void *user, const struct lg_csv_row *row)
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

	return procedure_add_step(user, &step);
}

static struct lg_status keep_reason(void *user, const struct lg_csv_row *row)
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

	return procedure_add_reason(user, &reason);
}

static const struct lg_table_layout steps = { "procedures.csv",
	"route,who,step,responsible,deadline_hours,law,proof,inform,what", keep_step };
static const struct lg_table_layout reasons = { "reasons.csv", "route,reason", keep_reason };

struct lg_status procedure_file_parse(struct lg_arena *arena, struct lg_bytes text,
	struct procedure_book *book, const char **ret_problem)
{
	return lg_table_parse(arena, &steps, text, book, ret_problem);
}

struct lg_status reason_file_parse(struct lg_arena *arena, struct lg_bytes text,
	struct procedure_book *book, const char **ret_problem)
{
	return lg_table_parse(arena, &reasons, text, book, ret_problem);
}

struct lg_status procedure_file_read(struct lg_arena *arena, const char *folder,
	struct procedure_book *ret_book, const char **ret_problem)
{
	struct lg_bytes text;
	struct lg_status status = lg_table_text(
		arena, lg_format(arena, "%s/procedures.csv", folder), &text, ret_problem);

	if (lg_is_done(status))
		status = procedure_file_parse(arena, text, ret_book, ret_problem);
	if (lg_is_done(status))
		status = lg_table_text(
			arena, lg_format(arena, "%s/reasons.csv", folder), &text, ret_problem);
	if (lg_is_done(status))
		status = reason_file_parse(arena, text, ret_book, ret_problem);
	return status;
}
