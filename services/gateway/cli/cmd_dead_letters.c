/* `lifeguard dead-letters`: messages that a service could not take, for a person to settle. */
#include "services/gateway/cli/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/id.h"
#include "common/base/text.h"
#include "common/stream/registry.h"
#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"

#define LIST_LIMIT 1000

static const struct table_column columns[] = {
	{ "letter", TABLE_RIGHT },
	{ "failed", TABLE_LEFT },
	{ "from", TABLE_LEFT },
	{ "what", TABLE_LEFT },
	{ "parked", TABLE_RIGHT },
	{ "case", TABLE_LEFT },
	{ "reason", TABLE_LEFT },
	{ NULL, TABLE_LEFT },
};

/* SERVICE and N go into a path: only what may stand there passes. */
static bool check_operands(const struct command_line *line)
{
	int64_t letter = 0;

	if (lg_service_by_name(line->operands[0]) == LG_SERVICE_NONE) {
		command_complain("no service is called that; `lifeguard status` lists them");
		return false;
	}
	if (line->operand_count > 1 &&
		(!lg_is_done(lg_int_parse(line->operands[1], &letter)) || letter < 0)) {
		command_complain("a letter is a whole number, as `dead-letters list` shows it");
		return false;
	}
	return true;
}

/* All letters of the service, or the one that is named. */
static enum command_exit ask_letters(struct lg_arena *arena, struct client *client,
	const struct command_line *line, json_t **ret_answer)
{
	const char *path = line->operand_count > 1
				   ? lg_format(arena, "/api/v1/services/%s/dead-letters/%s",
					     line->operands[0], line->operands[1])
				   : lg_format(arena, "/api/v1/services/%s/dead-letters?limit=%d",
					     line->operands[0], LIST_LIMIT);

	return client_ask(client, "GET", path, NULL, ret_answer);
}

static void print_letters(struct lg_arena *arena, const json_t *letters)
{
	struct table *table = table_new(arena, columns);
	const json_t *letter;
	size_t index;

	json_array_foreach(letters, index, letter) table_add(table,
		(const char *[]){ client_cell(arena, letter, "letter"),
			client_time_cell(arena, letter, "failed_ms"),
			client_cell(arena, letter, "from"), client_cell(arena, letter, "what"),
			client_cell(arena, letter, "parked"), client_cell(arena, letter, "case_id"),
			client_cell(arena, letter, "reason") });
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

/* retry or drop of one letter; the case chooses the partition, so that its owner does it. */
static enum command_exit settle(struct lg_arena *arena, struct client *client,
	const struct command_line *line, const json_t *letter, const char *verb)
{
	const char *number = client_cell(arena, letter, "letter");
	struct lg_id case_id;
	char id[LG_ID_TEXT];
	json_t *answer = NULL;

	if (!lg_is_done(lg_id_parse(client_cell(arena, letter, "case_id"), &case_id))) {
		command_complain("letter %s names no case", number);
		return COMMAND_FAILED;
	}
	lg_id_print(case_id, id);
	enum command_exit result = client_ask(client, "POST",
		lg_format(arena, "/api/v1/services/%s/dead-letters/%s/%s?case=%s",
			line->operands[0], number, verb, id),
		NULL, &answer);
	if (result == COMMAND_DONE)
		printf("letter %s: %s, messages that took effect: %s\n", number, verb,
			client_cell(arena, answer, "applied"));
	json_decref(answer);
	return result;
}

static enum command_exit work(const struct command_line *line, const char *verb)
{
	const json_t *letter;
	json_t *answer = NULL;
	size_t index;

	if (!check_operands(line))
		return COMMAND_WRONG_USE;
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result = ask_letters(arena, client, line, &answer);
	const json_t *letters = json_object_get(answer, "letters");

	if (result == COMMAND_DONE && line->operand_count > 1 && json_array_size(letters) == 0) {
		command_complain("there is no such letter");
		result = COMMAND_FAILED;
	} else if (result == COMMAND_DONE && verb == NULL) {
		print_letters(arena, letters);
	} else if (result == COMMAND_DONE) {
		if (json_array_size(letters) == 0)
			puts("no letter lies there");
		json_array_foreach(letters, index, letter)
		{
			enum command_exit one = settle(arena, client, line, letter, verb);

			if (one != COMMAND_DONE)
				result = one;
		}
	}
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static enum command_exit list_or_show(const struct command_line *line)
{
	return work(line, NULL);
}

static enum command_exit retry(const struct command_line *line)
{
	return work(line, "retry");
}

static enum command_exit drop(const struct command_line *line)
{
	return work(line, "drop");
}

const struct command command_dead_list = {
	.words = "dead-letters list",
	.operands = "SERVICE",
	.least = 1,
	.most = 1,
	.summary = "messages that a service could not take",
	.help = "Oldest first, at most 1000; parked: messages of the same case that wait behind.\n\n"
		"  lifeguard dead-letters list reporting",
	.run = list_or_show,
};

const struct command command_dead_show = {
	.words = "dead-letters show",
	.operands = "SERVICE N",
	.least = 2,
	.most = 2,
	.summary = "one of them",
	.help = "  lifeguard dead-letters show reporting 17",
	.run = list_or_show,
};

const struct command command_dead_retry = {
	.words = "dead-letters retry",
	.operands = "SERVICE [N]",
	.least = 1,
	.most = 2,
	.summary = "try it again, or all of them, and what is parked behind",
	.help = "  lifeguard dead-letters retry reporting 17\n"
		"  lifeguard dead-letters retry reporting",
	.run = retry,
};

const struct command command_dead_drop = {
	.words = "dead-letters drop",
	.operands = "SERVICE N",
	.least = 2,
	.most = 2,
	.summary = "give one up; what is parked behind it is applied",
	.help = "It is gone for good.\n\n  lifeguard dead-letters drop reporting 17",
	.run = drop,
};
