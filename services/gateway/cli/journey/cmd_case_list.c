/* `lifeguard case list`: the cases of a station, without names. */
#include "services/gateway/cli/journey/wish.h"

#include <stdio.h>

#include "services/gateway/cli/table.h"

enum { LIST_LIMIT, LIST_CURSOR };

static void print_cases(struct lg_arena *arena, const json_t *answer)
{
	static const struct table_column columns[] = {
		{ "case", TABLE_LEFT },
		{ "engaged", TABLE_LEFT },
		{ "state", TABLE_LEFT },
		{ "victims", TABLE_RIGHT },
		{ "suspects", TABLE_RIGHT },
		{ "impression", TABLE_RIGHT },
		{ "call agreed", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *one;
	size_t index;

	json_array_foreach(json_object_get(answer, "cases"), index, one) table_add(table,
		(const char *[]){ client_cell(arena, one, "case_id"),
			client_time_cell(arena, one, "engaged_ms"),
			client_cell(arena, one, "state"), client_cell(arena, one, "victims"),
			client_cell(arena, one, "suspects"), client_cell(arena, one, "certainty"),
			client_time_cell(arena, one, "callback_ms") });
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
	if (client_cell(arena, answer, "next")[0] != '\0')
		fprintf(stderr, "more: --cursor %s\n", client_cell(arena, answer, "next"));
}

static enum command_exit list(const struct command_line *line)
{
	static const struct wish_field fields[] = {
		{ LIST_LIMIT, "limit", WISH_NUMBER },
		{ LIST_CURSOR, "cursor", WISH_TEXT },
		{ 0, NULL, WISH_TEXT },
	};
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);
	json_t *answer = NULL;

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	wish_set_text(wish, "station", line->operands[0]);
	if (wish_set_options(wish, line, fields))
		result = wish_send(wish, "POST", "/api/v1/cases/search", &answer);
	if (result == COMMAND_DONE)
		print_cases(wish_arena(wish), answer);
	json_decref(answer);
	wish_free(wish);
	return result;
}

const struct command command_case_list = {
	.words = "case list",
	.operands = "STATION",
	.least = 1,
	.most = 1,
	.summary = "the cases of a station, the newest first, without names",
	.help = "  lifeguard case list SNL --limit 20",
	.options = {
		[LIST_LIMIT] = { "limit", "N", "1 to 200; 50" },
		[LIST_CURSOR] = { "cursor", "TEXT", "as an earlier list gave it" },
	},
	.run = list,
};
