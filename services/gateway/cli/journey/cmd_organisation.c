/* `lifeguard organisation`: the directory of those who take people in. */
#include "services/gateway/cli/journey/wish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "services/gateway/cli/table.h"

enum {
	ADD_CODE,
	ADD_NAME,
	ADD_COUNTRY,
	ADD_DISTRICTS,
	ADD_SERVICES,
	ADD_WOMEN,
	ADD_GIRLS,
	ADD_MEN,
	ADD_BOYS,
	ADD_PLACES
};

static enum command_exit add(const struct command_line *line)
{
	static const struct wish_field fields[] = {
		{ ADD_CODE, "organisation.code", WISH_TEXT },
		{ ADD_NAME, "organisation.name", WISH_TEXT },
		{ ADD_COUNTRY, "organisation.country", WISH_TEXT },
		{ ADD_DISTRICTS, "organisation.districts", WISH_LIST },
		{ ADD_SERVICES, "organisation.services", WISH_LIST },
		{ ADD_WOMEN, "organisation.takes_women", WISH_FLAG },
		{ ADD_GIRLS, "organisation.takes_girls", WISH_FLAG },
		{ ADD_MEN, "organisation.takes_men", WISH_FLAG },
		{ ADD_BOYS, "organisation.takes_boys", WISH_FLAG },
		{ ADD_PLACES, "organisation.free_places", WISH_NUMBER },
		{ 0, NULL, WISH_TEXT },
	};
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);
	json_t *answer = NULL;

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	if (wish_set_options(wish, line, fields))
		result = wish_send(wish, "POST", "/api/v1/organisations", &answer);
	if (result == COMMAND_DONE)
		printf("%s\n", client_cell(wish_arena(wish), answer, "organisation_id"));
	json_decref(answer);
	wish_free(wish);
	return result;
}

static const char *takes(struct lg_arena *arena, const json_t *row)
{
	static const char *const names[] = { "women", "girls", "men", "boys" };
	const char *text = "";

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (json_is_true(json_object_get(row, lg_format(arena, "takes_%s", names[i]))))
			text = lg_format(
				arena, "%s%s%s", text, text[0] == '\0' ? "" : ",", names[i]);
	return text;
}

static void print_rows(struct lg_arena *arena, const json_t *rows)
{
	static const struct table_column columns[] = {
		{ "organisation", TABLE_LEFT },
		{ "code", TABLE_LEFT },
		{ "country", TABLE_LEFT },
		{ "services", TABLE_LEFT },
		{ "takes", TABLE_LEFT },
		{ "free", TABLE_RIGHT },
		{ "closed", TABLE_LEFT },
		{ NULL, TABLE_LEFT },
	};
	struct table *table = table_new(arena, columns);
	const json_t *row;
	size_t index;

	json_array_foreach(rows, index, row) table_add(
		table, (const char *[]){ client_cell(arena, row, "organisation_id"),
			       client_cell(arena, row, "code"), client_cell(arena, row, "country"),
			       client_list_cell(arena, row, "services"), takes(arena, row),
			       client_cell(arena, row, "free_places"),
			       json_is_true(json_object_get(row, "is_closed")) ? "yes" : "" });
	table_print(table, stdout, TABLE_TEXT, table_may_be_bold(stdout));
}

static enum command_exit list(const struct command_line *line)
{
	json_t *answer = NULL;
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result =
		client_ask(client, "GET", "/api/v1/organisations", NULL, &answer);

	if (result == COMMAND_DONE)
		print_rows(arena, json_object_get(answer, "organisations"));
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

/* The organisation of this id in the answer; NULL: there is none. */
static json_t *find(const json_t *answer, const char *id)
{
	json_t *row;
	size_t index;

	json_array_foreach(json_object_get(answer, "organisations"), index, row)
	{
		const char *known = json_string_value(json_object_get(row, "organisation_id"));

		if (known != NULL && strcmp(known, id) == 0)
			return row;
	}
	command_complain("no such organisation; see: lifeguard organisation list");
	return NULL;
}

/* Read, changed in one field, sent back with the version that was read. */
static enum command_exit change(const struct command_line *line, const char *field, json_t *value)
{
	json_t *known = NULL, *answer = NULL, *row;
	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	enum command_exit result = client_ask(client, "GET", "/api/v1/organisations", NULL, &known);

	if (result == COMMAND_DONE) {
		row = find(known, line->operands[0]);
		result = row == NULL ? COMMAND_FAILED : COMMAND_DONE;
		if (row != NULL) {
			json_t *body = json_object();
			char *text;

			if (line->if_version == 0) /* what was read a moment ago */
				client_only_if(client, (uint64_t)json_integer_value(
							       json_object_get(row, "version")));
			json_object_set(row, field, value);
			json_object_set(body, "organisation", row);
			text = json_dumps(body, JSON_COMPACT);
			result = client_ask(client, "PUT",
				lg_format(arena, "/api/v1/organisations/%s", line->operands[0]),
				text, &answer);
			free(text);
			json_decref(body);
		}
	}
	json_decref(value);
	json_decref(known);
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static enum command_exit places(const struct command_line *line)
{
	int64_t number = 0;

	if (!lg_is_done(lg_int_parse(line->operands[1], &number)) || number < 0 || number > 1000) {
		command_complain("free places are 0 to 1000");
		return COMMAND_WRONG_USE;
	}
	return change(line, "free_places", json_integer(number));
}

static enum command_exit close_organisation(const struct command_line *line)
{
	return change(line, "is_closed", json_true());
}

static enum command_exit assign(const struct command_line *line)
{
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);
	json_t *answer = NULL;
	char id[LG_ID_TEXT];

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	if (wish_set_id(wish, "organisation_id", line->operands[0], id))
		result = wish_send(wish, "PUT",
			lg_format(wish_arena(wish), "/api/v1/members/%s", line->operands[1]),
			&answer);
	json_decref(answer);
	wish_free(wish);
	return result;
}

const struct command command_organisation_add = {
	.words = "organisation add",
	.operands = "",
	.summary = "put an organisation of this site into the directory (operator)",
	.help = "Prints its id.  The sites linked with this one are told.  Never an address of a shelter.\n\n"
		"  lifeguard organisation add --code maiti --name 'Maiti' --country NP \\\n"
		"    --services shelter,counselling --women --girls --places 12",
	.options = {
		[ADD_CODE] = { "code", "CODE", "1 to 16 of a-z, 0-9, _ and -" },
		[ADD_NAME] = { "name", "TEXT", "as the public knows it" },
		[ADD_COUNTRY] = { "country", "NP|IN", "where it works" },
		[ADD_DISTRICTS] = { "districts", "CODES", "of homes that it looks after; all" },
		[ADD_SERVICES] = { "services", "CODES", "what it offers" },
		[ADD_WOMEN] = { "women", NULL, "it takes women" },
		[ADD_GIRLS] = { "girls", NULL, "it takes girls" },
		[ADD_MEN] = { "men", NULL, "it takes men" },
		[ADD_BOYS] = { "boys", NULL, "it takes boys" },
		[ADD_PLACES] = { "places", "N", "that are free" },
	},
	.run = add,
};

const struct command command_organisation_list = {
	.words = "organisation list",
	.operands = "",
	.summary = "the directory, of this and the linked sites",
	.help = "  lifeguard organisation list",
	.run = list,
};

const struct command command_organisation_places = {
	.words = "organisation places",
	.operands = "ORGANISATION N",
	.least = 2,
	.most = 2,
	.summary = "say how many places are free",
	.help = "Refused when somebody else changed it meanwhile: ask again.\n\n"
		"  lifeguard organisation places 0002… 5",
	.run = places,
};

const struct command command_organisation_close = {
	.words = "organisation close",
	.operands = "ORGANISATION",
	.least = 1,
	.most = 1,
	.summary = "it is not asked any more",
	.help = "  lifeguard organisation close 0002…",
	.run = close_organisation,
};

const struct command command_organisation_assign = {
	.words = "organisation assign",
	.operands = "ORGANISATION USER",
	.least = 2,
	.most = 2,
	.summary = "a user works for an organisation of this site (operator)",
	.help = "  lifeguard organisation assign 0002… 0002…",
	.run = assign,
};
