/* `lifeguard match learn`: the weights, learned again from what people decided. */
#include "services/gateway/cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"

enum { LEARN_PREVIEW, LEARN_FORMAT };

static const json_t *row_like(const json_t *weights, const json_t *row)
{
	const char *field = json_string_value(json_object_get(row, "field"));
	const char *level = json_string_value(json_object_get(row, "level"));
	const json_t *other;
	size_t index;

	json_array_foreach(json_object_get(weights, "rows"), index,
		other) if (strcmp(json_string_value(json_object_get(other, "field")), field) == 0 &&
			   strcmp(json_string_value(json_object_get(other, "level")), level) ==
				   0) return other;
	return NULL;
}

static void print_weights(struct lg_arena *arena, const json_t *before, const json_t *after)
{
	static const struct table_column columns[] = {
		{ "field", TABLE_LEFT },
		{ "level", TABLE_LEFT },
		{ "m before", TABLE_RIGHT },
		{ "u before", TABLE_RIGHT },
		{ "millibits before", TABLE_RIGHT },
		{ "m", TABLE_RIGHT },
		{ "u", TABLE_RIGHT },
		{ "millibits", TABLE_RIGHT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *row;
	size_t index;

	json_array_foreach(json_object_get(before, "rows"), index, row)
	{
		const json_t *now = row_like(after, row);

		table_add(table,
			(const char *[]){ client_cell(arena, row, "field"),
				client_cell(arena, row, "level"), client_cell(arena, row, "m_ppm"),
				client_cell(arena, row, "u_ppm"),
				client_cell(arena, row, "weight_millibits"),
				client_cell(arena, now, "m_ppm"), client_cell(arena, now, "u_ppm"),
				client_cell(arena, now, "weight_millibits") });
	}
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

static void print_learned(struct lg_arena *arena, const json_t *answer)
{
	const json_t *before = json_object_get(answer, "before");
	const json_t *after = json_object_get(answer, "after");

	printf("decided pairs  %s one person, %s two; %s of them held out; %s of each are needed\n",
		client_cell(arena, answer, "same"), client_cell(arena, answer, "other"),
		client_cell(arena, answer, "held_out"), client_cell(arena, answer, "least"));
	printf("a held-out pair costs  %s millibits before, %s after\n",
		client_cell(arena, answer, "loss_before_millibits"),
		client_cell(arena, answer, "loss_after_millibits"));
	printf("one pair in  %s before, %s after\n\n", client_cell(arena, before, "one_in"),
		client_cell(arena, after, "one_in"));
	print_weights(arena, before, after);
	if (json_is_true(json_object_get(answer, "learned")))
		printf("\nversion %s scores from here on\n", client_cell(arena, after, "version"));
	else if (client_cell(arena, answer, "why_not")[0] != '\0')
		printf("\nwould be refused: %s\n", client_cell(arena, answer, "why_not"));
	else
		printf("\nwould be version %s\n", client_cell(arena, after, "version"));
}

static enum command_exit learn(const struct command_line *line)
{
	const char *format = line->values[LEARN_FORMAT];
	bool is_json = format != NULL && strcmp(format, "json") == 0;
	json_t *answer = NULL;

	if (format != NULL && !is_json && strcmp(format, "table") != 0) {
		command_complain("--format is table or json");
		return COMMAND_WRONG_USE;
	}
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "POST", "/api/v1/matches/weights",
		line->values[LEARN_PREVIEW] != NULL ? "{\"preview\":true}" : "{}", &answer);

	if (result == COMMAND_DONE && is_json) {
		json_dumpf(answer, stdout, JSON_COMPACT);
		putchar('\n');
	} else if (result == COMMAND_DONE) {
		print_learned(arena, answer);
	}
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

const struct command command_match_learn = {
	.words = "match learn",
	.operands = "",
	.summary = "learn the weights again from what people decided (operator)",
	.help = "From confirmed, rejected and undone matches; one in five is held out, and weights that\n"
		"are no better on those are refused.  Searches that begin later score by the new version;\n"
		"match show tells which version scored a match.\n\n"
		"  lifeguard match learn --preview\n"
		"  lifeguard match learn",
	.options = {
		[LEARN_PREVIEW] = { "preview", NULL, "show old and new weights, keep nothing" },
		[LEARN_FORMAT] = { "format", "NAME", "table or json" },
	},
	.run = learn,
};
