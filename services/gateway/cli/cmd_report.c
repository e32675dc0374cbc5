/* `lifeguard report interceptions`: totals without personal data. */
#include "services/gateway/cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>

#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"

enum { BY, FORMAT };

/* Names of the answer's fields, in the order of the columns. */
static const char *const fields[] = { "station", "month", "interceptions", "victims", "suspects",
	"stated_victims", "stated_suspects", "points", "points_differ" };

#define FIELDS (sizeof fields / sizeof fields[0])

static void add_row(
	struct lg_arena *arena, struct table *table, const json_t *totals, const char *first)
{
	const char *cells[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		cells[i] = client_cell(arena, totals, fields[i]);
	if (first != NULL)
		cells[0] = first;
	table_add(table, cells);
}

static void print_table(struct lg_arena *arena, const json_t *report, enum table_format format)
{
	static const struct table_column columns[] = {
		{ "station", TABLE_LEFT },
		{ "month", TABLE_LEFT },
		{ "interceptions", TABLE_RIGHT },
		{ "victims", TABLE_RIGHT },
		{ "suspects", TABLE_RIGHT },
		{ "stated_victims", TABLE_RIGHT },
		{ "stated_suspects", TABLE_RIGHT },
		{ "points", TABLE_RIGHT },
		{ "points_differ", TABLE_RIGHT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *row;
	size_t index;

	json_array_foreach(json_object_get(report, "rows"), index, row)
		add_row(arena, table, row, NULL);
	if (format == TABLE_TEXT) /* in a spreadsheet it would be added up again */
		add_row(arena, table, json_object_get(report, "total"), "total");
	table_print(table, stdout, format, table_may_be_bold(stdout));
}

/* Only what the path may hold: words of small letters, parted by commas. */
static bool is_list(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz_,")] == '\0';
}

static enum command_exit report(const struct command_line *line)
{
	const char *by = line->values[BY] == NULL ? "station,month" : line->values[BY];
	const char *format = line->values[FORMAT] == NULL ? "table" : line->values[FORMAT];
	bool is_json = strcmp(format, "json") == 0, is_csv = strcmp(format, "csv") == 0;
	json_t *answer = NULL;

	if (!is_json && !is_csv && strcmp(format, "table") != 0) {
		command_complain("--format is table, csv or json");
		return COMMAND_WRONG_USE;
	}
	if (!is_list(by)) {
		command_complain("--by is station, month, or station,month");
		return COMMAND_WRONG_USE;
	}
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line->gateway);
	enum command_exit result = client_ask(client, "GET",
		lg_format(arena, "/api/v1/reports/interceptions%s%s",
			by[0] == '\0' ? "" : "?by=", by),
		NULL, &answer);
	if (result == COMMAND_DONE) {
		if (is_json) {
			json_dumpf(answer, stdout, JSON_COMPACT);
			putchar('\n');
		} else {
			print_table(arena, answer, is_csv ? TABLE_CSV : TABLE_TEXT);
		}
		if (json_is_true(json_object_get(answer, "rebuilding")))
			command_complain("a rebuild is under way: these totals are not whole yet");
	}
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

const struct command command_report = {
	.words = "report interceptions",
	.operands = "",
	.summary = "count interceptions by station and month",
	.help = "victims and suspects are persons listed, stated_ ones the head counts of the forms;\n"
		"points_differ counts forms whose own total of points is another.\n\n"
		"  lifeguard report interceptions --by station\n"
		"  lifeguard report interceptions --format csv > totals.csv",
	.options = {
		[BY] = { "by", "LIST", "station, month, or both; \"station,month\"" },
		[FORMAT] = { "format", "NAME", "table, csv or json" },
	},
	.run = report,
};
