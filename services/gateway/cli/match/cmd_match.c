/*
 * `lifeguard match list|show|confirm|reject|undo`: whether two records are one person.  A list names
 * nobody; names are opened one match at a time.  The verbs on files are lg-match's, which stands in
 * the house of matching and needs no site.
 */
#include "services/gateway/cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/id.h"
#include "common/base/text.h"
#include "services/gateway/cli/client.h"
#include "services/gateway/cli/table.h"

enum { LIST_STATE, LIST_LIMIT, LIST_FORMAT };
enum { SHOW_IDENTITY, SHOW_FORMAT };
enum { UNDO_WHY };

/* "98.2 %" of parts per million. */
static const char *percent(struct lg_arena *arena, const json_t *card)
{
	int64_t ppm = json_integer_value(json_object_get(card, "probability_ppm"));

	return lg_format(arena, "%" PRId64 ".%" PRId64 " %%", ppm / 10000, ppm % 10000 / 1000);
}

/* "female 15 Kapilvastu": what is known in the clear. */
static const char *facts(struct lg_arena *arena, const json_t *side)
{
	const char *age = client_cell(arena, side, "age_years");

	return lg_format(arena, "%s %s %s", client_cell(arena, side, "sex"),
		age[0] == '\0' ? "?" : age, client_cell(arena, side, "district"));
}

static void print_list(struct lg_arena *arena, const json_t *cards)
{
	static const struct table_column columns[] = {
		{ "match", TABLE_LEFT },
		{ "kind", TABLE_LEFT },
		{ "state", TABLE_LEFT },
		{ "probability", TABLE_RIGHT },
		{ "proposed", TABLE_LEFT },
		{ "rescued", TABLE_LEFT },
		{ "report or earlier case", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *card;
	size_t index;

	json_array_foreach(cards, index, card) table_add(
		table, (const char *[]){ client_cell(arena, card, "match_id"),
			       client_cell(arena, card, "kind"), client_cell(arena, card, "state"),
			       percent(arena, card), client_time_cell(arena, card, "proposed_ms"),
			       facts(arena, json_object_get(card, "left")),
			       facts(arena, json_object_get(card, "right")) });
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

static void print_json(const json_t *answer)
{
	json_dumpf(answer, stdout, JSON_COMPACT);
	putchar('\n');
}

/* Whether --format is one of two; is_json tells which. */
static bool read_format(const char *format, bool *ret_is_json)
{
	*ret_is_json = format != NULL && strcmp(format, "json") == 0;
	if (format == NULL || *ret_is_json || strcmp(format, "table") == 0)
		return true;
	command_complain("--format is table or json");
	return false;
}

static enum command_exit list(const struct command_line *line)
{
	const char *limit = line->values[LIST_LIMIT];
	json_t *asked, *answer = NULL;
	int64_t number = 0;
	bool is_json;

	if (!read_format(line->values[LIST_FORMAT], &is_json))
		return COMMAND_WRONG_USE;
	if (limit != NULL &&
		(!lg_is_done(lg_int_parse(limit, &number)) || number < 1 || number > 200)) {
		command_complain("--limit is 1 to 200");
		return COMMAND_WRONG_USE;
	}
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);

	asked = json_object();
	if (line->values[LIST_STATE] != NULL)
		json_object_set_new(asked, "state", json_string(line->values[LIST_STATE]));
	json_object_set_new(asked, "limit", json_integer(number));

	char *body = json_dumps(asked, JSON_COMPACT);
	enum command_exit result =
		client_ask(client, "POST", "/api/v1/matches/search", body, &answer);
	if (result == COMMAND_DONE && is_json)
		print_json(answer);
	else if (result == COMMAND_DONE)
		print_list(arena, json_object_get(answer, "matches"));
	free(body);
	json_decref(asked);
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static const char *names_of(struct lg_arena *arena, const json_t *side)
{
	const json_t *name;
	const char *text = "";
	size_t index;

	json_array_foreach(json_object_get(json_object_get(side, "identity"), "names"), index, name)
		text = lg_format(arena, "%s%s%s", text, index == 0 ? "" : "; ",
			json_is_string(name) ? json_string_value(name) : "");
	return text;
}

static void add_side(
	struct lg_arena *arena, struct table *table, const json_t *side, const char *other)
{
	bool is_missing = json_is_true(json_object_get(side, "missing"));

	table_add(table,
		(const char *[]){ is_missing ? "missing" : other, client_cell(arena, side, "home"),
			client_cell(arena, side, "sex"), client_cell(arena, side, "age_years"),
			client_cell(arena, side, "district"), client_cell(arena, side, "country"),
			client_time_cell(arena, side, "at_ms"), names_of(arena, side) });
}

static void print_card(struct lg_arena *arena, const json_t *card, uint64_t version)
{
	static const struct table_column sides[] = {
		{ "record", TABLE_LEFT },
		{ "case or report", TABLE_LEFT },
		{ "sex", TABLE_LEFT },
		{ "age", TABLE_RIGHT },
		{ "district", TABLE_LEFT },
		{ "country", TABLE_LEFT },
		{ "rescued or missing", TABLE_LEFT },
		{ "names", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	static const struct table_column why[] = {
		{ "field", TABLE_LEFT },
		{ "level", TABLE_LEFT },
		{ "millibits", TABLE_RIGHT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, sides), *reasons = table_new(arena, why);
	const json_t *reason;
	size_t index;

	printf("%s  %s  %s  %s by weights %s  version %" PRIu64 "\n\n",
		client_cell(arena, card, "match_id"), client_cell(arena, card, "kind"),
		client_cell(arena, card, "state"), percent(arena, card),
		client_cell(arena, card, "weights_version"), version);
	add_side(arena, table, json_object_get(card, "left"), "rescued");
	add_side(arena, table, json_object_get(card, "right"), "earlier");
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
	putchar('\n');
	json_array_foreach(json_object_get(card, "reasons"), index, reason)
		table_add(reasons, (const char *[]){ client_cell(arena, reason, "field"),
					   client_cell(arena, reason, "level"),
					   client_cell(arena, reason, "weight_millibits") });
	table_print(reasons, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

static enum command_exit show(const struct command_line *line)
{
	json_t *answer = NULL;
	bool is_json;

	if (!read_format(line->values[SHOW_FORMAT], &is_json))
		return COMMAND_WRONG_USE;
	struct lg_arena *arena = lg_arena_new(); /* wiped: it may hold names */
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "GET",
		lg_format(arena, "/api/v1/matches/%s%s", line->operands[0],
			line->values[SHOW_IDENTITY] != NULL ? "?identity=1" : ""),
		NULL, &answer);

	if (result == COMMAND_DONE && is_json)
		print_json(answer);
	else if (result == COMMAND_DONE)
		print_card(arena, json_object_get(answer, "match"), client_version(client));
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static enum command_exit decide(const struct command_line *line, const char *verb, const char *body)
{
	json_t *answer = NULL;

	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "POST",
		lg_format(arena, "/api/v1/matches/%s/%s", line->operands[0], verb), body, &answer);

	if (result == COMMAND_DONE)
		printf("%s  %s\n", client_cell(arena, answer, "match_id"),
			client_cell(arena, answer, "state"));
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static enum command_exit confirm(const struct command_line *line)
{
	return decide(line, "confirm", NULL);
}

static enum command_exit reject(const struct command_line *line)
{
	return decide(line, "reject", NULL);
}

static enum command_exit undo(const struct command_line *line)
{
	static const char *const reasons[][2] = {
		{ "another", "{\"reason\":\"another_person\"}" },
		{ "mistake", "{\"reason\":\"by_mistake\"}" },
		{ "denied", "{\"reason\":\"she_denies_it\"}" },
	};
	const char *why = line->values[UNDO_WHY];

	for (size_t i = 0; why != NULL && i < sizeof reasons / sizeof reasons[0]; i++)
		if (strcmp(why, reasons[i][0]) == 0)
			return decide(line, "undo", reasons[i][1]);
	command_complain("--why is another, mistake or denied");
	return COMMAND_WRONG_USE;
}

const struct command command_match_list = {
	.words = "match list",
	.operands = "",
	.summary = "two records that may be one person, newest first",
	.help = "Without names: what is known in the clear, and how probable it is.\n\n"
		"  lifeguard match list\n"
		"  lifeguard match list --state CONFIRMED --limit 20",
	.options = {
		[LIST_STATE] = { "state", "STATE", "PROPOSED, DISPUTED, CONFIRMED, REJECTED, WITHDRAWN or UNDONE" },
		[LIST_LIMIT] = { "limit", "N", "1 to 200; 50" },
		[LIST_FORMAT] = { "format", "NAME", "table or json" },
	},
	.run = list,
};

const struct command command_match_show = {
	.words = "match show",
	.operands = "MATCH",
	.least = 1,
	.most = 1,
	.summary = "one match, both of its records, and why",
	.help = "Names are given names until the match is confirmed.\n\n"
		"  lifeguard match show 0001… --identity",
	.options = {
		[SHOW_IDENTITY] = { "identity", NULL, "open names; recorded in the audit" },
		[SHOW_FORMAT] = { "format", "NAME", "table or json" },
	},
	.run = show,
};

const struct command command_match_confirm = {
	.words = "match confirm",
	.operands = "MATCH",
	.least = 1,
	.most = 1,
	.summary = "it is the same person (centre lead, protection officer)",
	.help = "Both cases hear of it.  Told twice it is the same.  A strong match asks two persons;\n"
		"the second does not hear of the first, and where they differ a third decides.\n\n"
		"  lifeguard match confirm 0001… --if-version 3",
	.run = confirm,
};

const struct command command_match_reject = {
	.words = "match reject",
	.operands = "MATCH",
	.least = 1,
	.most = 1,
	.summary = "it is another person (centre lead, protection officer)",
	.help = "The pair is not proposed again.\n\n  lifeguard match reject 0001…",
	.run = reject,
};

const struct command command_match_undo = {
	.words = "match undo",
	.operands = "MATCH",
	.least = 1,
	.most = 1,
	.summary = "a confirmed match is wrong (centre lead, protection officer)",
	.help = "Both cases hear of it and forget the match; the pair is not proposed again.\n\n"
		"  lifeguard match undo 0001… --why another",
	.options = {
		[UNDO_WHY] = { "why", "WORD", "another (person), mistake or denied (by her)" },
	},
	.run = undo,
};

const struct command command_match_dedupe = {
	.words = "match dedupe",
	.operands = "FILE",
	.summary = "records of one file that may be one person",
	.program = "lg-match",
};

const struct command command_match_link = {
	.words = "match link",
	.operands = "A B",
	.summary = "records of two files that may be one person",
	.program = "lg-match",
};

const struct command command_match_names = {
	.words = "match names",
	.operands = "QUERIES",
	.summary = "ranked candidates for each name, in either script",
	.program = "lg-match",
};

const struct command command_match_explain = {
	.words = "match explain",
	.operands = "FILE",
	.summary = "why two records may be one person",
	.program = "lg-match",
};
