/*
 * `lifeguard lost`: what another site has forgotten and this one has heard.  Whoever reads it knows which
 * cases to ask for again by telephone.
 */
#include "services/gateway/cli/command.h"

#include <stdio.h>

#include "common/stream/registry.h"
#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"

#define LIST_LIMIT 1000

static const struct table_column columns[] = {
	{ "noticed", TABLE_LEFT },
	{ "site", TABLE_RIGHT },
	{ "from", TABLE_LEFT },
	{ "what", TABLE_LEFT },
	{ "case", TABLE_LEFT },
	{ "back", TABLE_LEFT },
	{ NULL, TABLE_LEFT },
};

static void print_events(struct lg_arena *arena, const json_t *events)
{
	struct table *table = table_new(arena, columns);
	const json_t *event;
	size_t index;

	json_array_foreach(events, index, event) table_add(table,
		(const char *[]){ client_time_cell(arena, event, "noticed_ms"),
			client_cell(arena, event, "site"), client_cell(arena, event, "from"),
			client_cell(arena, event, "what"), client_cell(arena, event, "case_id"),
			client_cell(arena, event, "is_back") });
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

static enum command_exit list(const struct command_line *line)
{
	json_t *answer = NULL;

	if (lg_service_by_name(line->operands[0]) == LG_SERVICE_NONE) {
		command_complain("no service is called that; `lifeguard status` lists them");
		return COMMAND_WRONG_USE;
	}
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "GET",
		lg_format(
			arena, "/api/v1/services/%s/lost?limit=%d", line->operands[0], LIST_LIMIT),
		NULL, &answer);

	if (result == COMMAND_DONE)
		print_events(arena, json_object_get(answer, "events"));
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

const struct command command_lost_list = {
	.words = "lost list",
	.operands = "SERVICE",
	.least = 1,
	.most = 1,
	.summary = "what other sites have lost after it took effect here",
	.help = "A site whose database came back from an older backup has forgotten what it had told; ask\n"
		"it for these cases.  back: the same was told again since.  Newest first, at most 1000.\n\n"
		"  lifeguard lost list referral",
	.run = list,
};
