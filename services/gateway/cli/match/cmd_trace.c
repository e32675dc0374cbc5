/*
 * `lifeguard match trace`: is she known at another site?  Nobody is named until both sides agreed,
 * and then one trace at a time.
 */
#include "services/gateway/cli/journey/wish.h"

#include <stdio.h>

#include "services/gateway/cli/table.h"

enum { ASK_SITE, ASK_BASIS, ASK_TRACE_ID };

static enum command_exit tell(const struct command_line *line, const char *verb)
{
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	json_t *answer = NULL;
	enum command_exit result = client_ask(client, "POST",
		lg_format(arena, "/api/v1/traces/%s/%s", line->operands[0], verb), NULL, &answer);

	if (result == COMMAND_DONE)
		printf("%s  %s\n", client_cell(arena, answer, "trace_id"),
			client_cell(arena, answer, "state"));
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static enum command_exit approve(const struct command_line *line)
{
	return tell(line, "approve");
}

static enum command_exit decline(const struct command_line *line)
{
	return tell(line, "decline");
}

/* "protection_officer of site 2": whom to talk to. */
static const char *contact(struct lg_arena *arena, const json_t *row)
{
	const char *role = client_cell(arena, row, "contact");

	if (role[0] == '\0' || strcmp(role, "unspecified") == 0 ||
		strcmp(role, "role_unspecified") == 0)
		return "";
	if (client_cell(arena, row, "officer")[0] != '\0')
		return lg_format(arena, "%s of site %s, account %s", role,
			client_cell(arena, row, "other_site"), client_cell(arena, row, "officer"));
	return lg_format(arena, "%s of site %s", role, client_cell(arena, row, "other_site"));
}

static void add_row(struct lg_arena *arena, struct table *table, const json_t *row)
{
	table_add(table, (const char *[]){ client_cell(arena, row, "trace_id"),
				 client_cell(arena, row, "state"),
				 json_is_true(json_object_get(row, "asked_here")) ? "we" : "they",
				 client_cell(arena, row, "other_site"),
				 client_time_cell(arena, row, "asked_ms"),
				 client_cell(arena, row, "record_id"), contact(arena, row) });
}

static struct table *new_table(struct lg_arena *arena)
{
	static const struct table_column columns[] = {
		{ "trace", TABLE_LEFT },
		{ "state", TABLE_LEFT },
		{ "asked by", TABLE_LEFT },
		{ "site", TABLE_RIGHT },
		{ "asked", TABLE_LEFT },
		{ "our record", TABLE_LEFT },
		{ "contact", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};

	return table_new(arena, columns);
}

static enum command_exit list(const struct command_line *line)
{
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	struct table *table = new_table(arena);
	json_t *answer = NULL;
	const json_t *row;
	size_t index;
	enum command_exit result =
		client_ask(client, "POST", "/api/v1/traces/search", "{}", &answer);

	json_array_foreach(json_object_get(answer, "traces"), index, row)
		add_row(arena, table, row);
	if (result == COMMAND_DONE)
		table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static enum command_exit show(const struct command_line *line)
{
	struct lg_arena *arena = lg_arena_new(); /* wiped: it may hold names */
	struct client *client = client_new(line);
	struct table *table = new_table(arena);
	json_t *answer = NULL;
	const json_t *name;
	size_t index;
	enum command_exit result = client_ask(client, "GET",
		lg_format(arena, "/api/v1/traces/%s", line->operands[0]), NULL, &answer);

	if (result == COMMAND_DONE) {
		add_row(arena, table, json_object_get(answer, "trace"));
		table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
	}
	json_array_foreach(json_object_get(json_object_get(answer, "identity"), "names"), index,
		name) table_print_line(stdout, "name  ", json_string_value(name));
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

const struct command command_trace_ask = {
	.words = "match trace ask",
	.operands = "RECORD",
	.least = 1,
	.most = 1,
	.summary = "ask another site for one person, without a name; prints the trace's id",
	.help = "What is sent cannot be read without the secret of the two sites, but whoever has it can\n"
		"try names: ask only where a name might be told.  A site answers three times for one\n"
		"person in thirty days.\n\n"
		"  lifeguard match trace ask 0001… --site 2 --basis her_consent",
	.options = {
		[ASK_SITE] = { "site", "NUMBER", "of the other site" },
		[ASK_BASIS] = { "basis", "WHY", "her_consent, her_best_interest or family_asked" },
		[ASK_TRACE_ID] = { "trace", "ID", "its id; a fresh one is made" },
	},
	.form = &(const struct wish_form){
		.method = "PUT",
		.path = "/api/v1/traces/{trace_id}",
		.prints = "trace_id",
		.fields = {
			{ WISH_OPERAND(0), "record_id", WISH_ID },
			{ ASK_TRACE_ID, "trace_id", WISH_ID },
			{ ASK_SITE, "site", WISH_NUMBER },
			{ ASK_BASIS, "basis", WISH_TEXT },
		},
	},
	.run = wish_run,
};

const struct command command_trace_list = {
	.words = "match trace list",
	.operands = "",
	.summary = "who was asked for, here and there, newest first",
	.help = "Without names.\n\n  lifeguard match trace list",
	.run = list,
};

const struct command command_trace_show = {
	.words = "match trace show",
	.operands = "TRACE",
	.least = 1,
	.most = 1,
	.summary = "one trace; the other side's names once both agreed",
	.help = "Recorded in the audit.\n\n  lifeguard match trace show 0001…",
	.run = show,
};

const struct command command_trace_approve = {
	.words = "match trace approve",
	.operands = "TRACE",
	.least = 1,
	.most = 1,
	.summary = "names may be told to the other site, once both sites say so",
	.help = "After you have talked to the contact officer.\n\n  lifeguard match trace approve 0001…",
	.run = approve,
};

const struct command command_trace_decline = {
	.words = "match trace decline",
	.operands = "TRACE",
	.least = 1,
	.most = 1,
	.summary = "no names are told; it is somebody else, or not safe",
	.help = "  lifeguard match trace decline 0001…",
	.run = decline,
};
