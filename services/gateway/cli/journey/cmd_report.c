/* `lifeguard report`: all cases counted, at the crossing and on the way home. */
#include "services/gateway/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"

enum { REPORT_BY, REPORT_FORMAT };

/* Only what the path may hold: words of small letters, parted by commas. */
static bool is_list(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz_,")] == '\0';
}

/*
 * Asks and prints.
 *   by     as asked for where --by is not given
 *   print  the answer, as a table or CSV
 */
static enum command_exit ask(const struct command_line *line, const char *path, const char *by,
	void (*print)(struct lg_arena *arena, const json_t *answer, enum table_format format))
{
	const char *format =
		line->values[REPORT_FORMAT] == NULL ? "table" : line->values[REPORT_FORMAT];
	bool is_json = strcmp(format, "json") == 0, is_csv = strcmp(format, "csv") == 0;
	json_t *answer = NULL;

	if (line->values[REPORT_BY] != NULL)
		by = line->values[REPORT_BY];
	if (!is_json && !is_csv && strcmp(format, "table") != 0) {
		command_complain("--format is table, csv or json");
		return COMMAND_WRONG_USE;
	}
	if (!is_list(by)) {
		command_complain("--by is station, month, or station,month");
		return COMMAND_WRONG_USE;
	}
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "GET",
		lg_format(arena, "%s%s%s", path, by[0] == '\0' ? "" : "?by=", by), NULL, &answer);
	if (result == COMMAND_DONE) {
		if (is_json) {
			json_dumpf(answer, stdout, JSON_COMPACT);
			putchar('\n');
		} else {
			print(arena, answer, is_csv ? TABLE_CSV : TABLE_TEXT);
		}
		if (json_is_true(json_object_get(answer, "rebuilding")))
			command_complain("a rebuild is under way: these totals are not whole yet");
	}
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

/* --- interceptions ------------------------------------------------------------------------ */

/* Names of the answer's fields, in the order of the columns. */
static const char *const fields[] = { "station", "month", "interceptions", "victims", "suspects",
	"stated_victims", "stated_suspects", "points", "points_differ" };

#define FIELDS (sizeof fields / sizeof fields[0])

static void add_totals(
	struct lg_arena *arena, struct table *table, const json_t *totals, const char *first)
{
	const char *cells[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		cells[i] = client_cell(arena, totals, fields[i]);
	if (first != NULL)
		cells[0] = first;
	table_add(table, cells);
}

static void print_totals(struct lg_arena *arena, const json_t *report, enum table_format format)
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
		add_totals(arena, table, row, NULL);
	if (format == TABLE_TEXT) /* in a spreadsheet it would be added up again */
		add_totals(arena, table, json_object_get(report, "total"), "total");
	table_print(table, stdout, format, table_may_be_bold(stdout));
}

static enum command_exit report_interceptions(const struct command_line *line)
{
	return ask(line, "/api/v1/reports/interceptions", "station,month", print_totals);
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
		[REPORT_BY] = { "by", "LIST", "station, month, or both; \"station,month\"" },
		[REPORT_FORMAT] = { "format", "NAME", "table, csv or json" },
	},
	.run = report_interceptions,
};

/* --- journey ------------------------------------------------------------------------------ */

/* The definition of a counter: the answer says it beside the total. */
static const char *meaning(struct lg_arena *arena, const json_t *report, const char *what)
{
	const json_t *total;
	size_t index;

	json_array_foreach(json_object_get(report, "totals"), index, total)
	{
		if (strcmp(client_cell(arena, total, "what"), what) == 0)
			return client_cell(arena, total, "means");
	}
	return "";
}

/* What is 0 is left out. */
static void add_sums(struct lg_arena *arena, struct table *table, const json_t *report)
{
	const json_t *total;
	size_t index;

	json_array_foreach(json_object_get(report, "totals"), index, total)
	{
		if (json_integer_value(json_object_get(total, "count")) != 0)
			table_add(table,
				(const char *[]){ "total", "", client_cell(arena, total, "what"),
					client_cell(arena, total, "count"),
					client_cell(arena, total, "means") });
	}
	table_add(table,
		(const char *[]){ "total", "", "persons", client_cell(arena, report, "persons"),
			"whose route was decided, each once" });
}

static void print_journey(struct lg_arena *arena, const json_t *report, enum table_format format)
{
	static const struct table_column columns[] = {
		{ "station", TABLE_LEFT },
		{ "month", TABLE_LEFT },
		{ "what", TABLE_LEFT },
		{ "count", TABLE_RIGHT },
		{ "means", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *row;
	size_t index;

	json_array_foreach(json_object_get(report, "rows"), index, row)
	{
		const char *what = client_cell(arena, row, "what");

		table_add(table,
			(const char *[]){ client_cell(arena, row, "station"),
				client_cell(arena, row, "month"), what,
				client_cell(arena, row, "count"), meaning(arena, report, what) });
	}
	if (format == TABLE_TEXT) /* in a spreadsheet it would be added up again */
		add_sums(arena, table, report);
	table_print(table, stdout, format, table_may_be_bold(stdout));
}

static enum command_exit report_journey(const struct command_line *line)
{
	return ask(line, "/api/v1/reports/journey", "month", print_journey);
}

const struct command command_report_journey = {
	.words = "report journey",
	.operands = "",
	.summary = "count the way from people informed to cases closed",
	.help = "One line per counter that is not 0, with its definition.  desk_ counters are those of\n"
		"this site's organisations, the others of referrals are of those made here: the two are\n"
		"never added, nor at_risk_ and exploited_.  The table ends with the totals, and with\n"
		"persons counted once.  `--by \"\"` gives totals alone.\n\n"
		"  lifeguard report journey --by month\n"
		"  lifeguard report journey --by station,month --format csv > journey.csv",
	.options = {
		[REPORT_BY] = { "by", "LIST", "station, month, or both; \"month\"" },
		[REPORT_FORMAT] = { "format", "NAME", "table, csv or json" },
	},
	.run = report_journey,
};
