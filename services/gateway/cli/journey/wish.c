#include "services/gateway/cli/journey/wish.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/text.h"
#include "services/gateway/cli/journey/identity.h"

struct wish {
	struct lg_arena *arena;
	struct client *client;
	json_t *body;
	uint16_t site;
	lg_ms now;
};

struct lg_arena *wish_arena(struct wish *wish)
{
	return wish->arena;
}

static lg_ms now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct wish *wish_new(const struct command_line *line)
{
	struct wish *wish = calloc(1, sizeof *wish);
	json_t *health = NULL;

	if (wish == NULL)
		abort();
	wish->arena = lg_arena_new();
	wish->client = client_new(line);
	wish->body = json_object();
	wish->now = now_ms();
	if (client_ask(wish->client, "GET", "/api/v1/health", NULL, &health) != COMMAND_DONE) {
		wish_free(wish);
		return NULL;
	}
	wish->site = (uint16_t)json_integer_value(json_object_get(health, "site"));
	json_decref(health);
	return wish;
}

void wish_free(struct wish *wish)
{
	if (wish == NULL)
		return;
	json_decref(wish->body);
	client_free(wish->client);
	lg_arena_free(wish->arena);
	free(wish);
}

/* A fresh id of the site. */
static struct lg_id wish_new_id(struct wish *wish)
{
	uint64_t random;

	randombytes_buf(&random, sizeof random);
	return lg_id_make(wish->site, wish->now, random);
}

/* --- fields -------------------------------------------------------------------------------- */

/* The object that a dotted name lies in, made when it is not there; ret_last is the last part. */
static json_t *object_of(struct wish *wish, const char *name, const char **ret_last)
{
	const char *dot = strchr(name, '.');

	*ret_last = name;
	if (dot == NULL)
		return wish->body;

	const char *first = lg_format(wish->arena, "%.*s", (int)(dot - name), name);
	json_t *object = json_object_get(wish->body, first);

	if (object == NULL) {
		object = json_object();
		if (json_object_set_new(wish->body, first, object) != 0)
			abort();
	}
	*ret_last = dot + 1;
	return object;
}

void wish_set_json(struct wish *wish, const char *name, json_t *value)
{
	const char *last;
	json_t *object = object_of(wish, name, &last);

	if (json_object_set_new(object, last, value) != 0)
		abort(); /* out of memory: texts were looked at */
}

void wish_set_text(struct wish *wish, const char *name, const char *text)
{
	wish_set_json(wish, name, json_string(text));
}

void wish_set_number(struct wish *wish, const char *name, int64_t number)
{
	wish_set_json(wish, name, json_integer(number));
}

bool wish_set_id(struct wish *wish, const char *name, const char *text, char ret_id[LG_ID_TEXT])
{
	struct lg_id id;

	if (text == NULL)
		id = wish_new_id(wish);
	else if (!lg_is_done(lg_id_parse(text, &id))) {
		command_complain("a case, person or report is 32 hexadecimal digits");
		return false;
	}
	lg_id_print(id, ret_id);
	wish_set_text(wish, name, ret_id);
	return true;
}

/* What the user calls it: "--at", "STATION". */
static const char *label_of(
	struct wish *wish, const struct command *command, const struct wish_field *field)
{
	const char *word = command->operands;

	if (field->option < COMMAND_OPTIONS_MAX)
		return lg_format(wish->arena, "--%s", command->options[field->option].name);
	for (uint32_t i = COMMAND_OPTIONS_MAX;; i++) {
		word += strspn(word, " []");
		size_t size = strcspn(word, " ]");

		if (i == field->option)
			return lg_format(wish->arena, "%.*s", (int)size, word);
		word += size;
	}
}

static bool set_time(
	struct wish *wish, const struct wish_field *field, const char *label, const char *text)
{
	lg_ms time = wish->now;

	if (text != NULL && !lg_is_done(lg_time_parse(text, &time))) {
		command_complain("%s: a time is written as 2026-11-25T06:15:00Z", label);
		return false;
	}
	wish_set_number(wish, field->name, time);
	return true;
}

static bool set_option(
	struct wish *wish, const struct wish_field *field, const char *label, const char *value)
{
	int64_t number = 0;

	if (!lg_text_is_valid(lg_bytes(value, strlen(value)))) {
		command_complain("%s is not UTF-8", label);
		return false;
	}
	switch (field->kind) {
	case WISH_TEXT:
		wish_set_text(wish, field->name, value);
		return true;
	case WISH_NUMBER:
		if (!lg_is_done(lg_int_parse(value, &number))) {
			command_complain("%s takes a whole number", label);
			return false;
		}
		wish_set_number(wish, field->name, number);
		return true;
	case WISH_TIME:
		return set_time(wish, field, label, value);
	case WISH_LIST:
		wish_set_json(wish, field->name, client_list(wish->arena, value));
		return true;
	case WISH_FLAG:
		wish_set_json(wish, field->name, json_true());
		return true;
	case WISH_PATH:
		return true;
	case WISH_TIME_NOW:
	case WISH_TRUE:
	case WISH_ID:
	case WISH_NAMES:
	case WISH_NAMES_ASKED:
		break; /* set_field's: they mean something when nothing was given, too */
	}
	abort();
}

bool wish_set_identity(struct wish *wish, const char *name, const char *path, bool is_needed)
{
	json_t *identity;

	if (path == NULL && !is_needed)
		return true;
	identity = identity_read(wish->arena, path);
	if (identity == NULL)
		return false;
	wish_set_json(wish, name, identity);
	return true;
}

/* --- all of a verb -------------------------------------------------------------------------- */

static const char *argument_of(const struct command_line *line, const struct wish_field *field)
{
	return field->option < COMMAND_OPTIONS_MAX
		       ? line->values[field->option]
		       : line->operands[field->option - COMMAND_OPTIONS_MAX];
}

static bool set_field(
	struct wish *wish, const struct wish_field *field, const char *label, const char *value)
{
	char id[LG_ID_TEXT];

	switch (field->kind) {
	case WISH_ID:
		return wish_set_id(wish, field->name, value, id);
	case WISH_NAMES:
	case WISH_NAMES_ASKED:
		return wish_set_identity(wish, field->name, value, field->kind == WISH_NAMES_ASKED);
	case WISH_TRUE:
		wish_set_json(wish, field->name, json_true());
		return true;
	case WISH_TIME_NOW:
		return set_time(wish, field, label, value);
	case WISH_TEXT:
	case WISH_NUMBER:
	case WISH_TIME:
	case WISH_LIST:
	case WISH_FLAG:
	case WISH_PATH:
		break;
	}
	return value == NULL || set_option(wish, field, label, value);
}

bool wish_set_options(
	struct wish *wish, const struct command_line *line, const struct wish_field *fields)
{
	for (; fields->name != NULL; fields++)
		if (!set_field(wish, fields, label_of(wish, line->command, fields),
			    argument_of(line, fields)))
			return false;
	return true;
}

/* --- sending -------------------------------------------------------------------------------- */

enum command_exit wish_send(
	struct wish *wish, const char *method, const char *path, json_t **ret_answer)
{
	char *body = json_dumps(wish->body, JSON_COMPACT);
	enum command_exit result;

	if (body == NULL)
		abort();
	result = client_ask(wish->client, method, path, body, ret_answer);
	explicit_bzero(body, strlen(body));
	free(body);
	return result;
}

enum command_exit wish_tell(struct wish *wish, const char *method, const char *path, const char *id)
{
	json_t *answer = NULL;
	enum command_exit result = wish_send(wish, method, path, &answer);

	if (result == COMMAND_DONE) {
		const char *state = client_cell(wish->arena, answer, "state");

		if (id != NULL)
			puts(id);
		if (state[0] != '\0')
			fprintf(stderr, "%s%s\n", state,
				json_is_true(json_object_get(answer, "told_before"))
					? " (told before)"
					: "");
	}
	json_decref(answer);
	return result;
}

/* What a field of the form says, as it stands in a path. */
static const char *value_of(
	const struct wish *wish, const struct command_line *line, const char *name, size_t size)
{
	const struct wish_field *field = line->command->form->fields;

	while (field->name != NULL &&
		(strlen(field->name) != size || memcmp(field->name, name, size) != 0))
		field++;
	assert(field->name != NULL); /* a form names fields of its own */
	return field->kind == WISH_PATH
		       ? argument_of(line, field)
		       : json_string_value(json_object_get(wish->body, field->name));
}

static const char *path_of(const struct wish *wish, const struct command_line *line)
{
	const char *path = line->command->form->path, *open = strchr(path, '{');

	if (open == NULL)
		return path;

	size_t size = strcspn(open + 1, "}");

	return lg_format(wish->arena, "%.*s%s%s", (int)(open - path), path,
		value_of(wish, line, open + 1, size), open + size + 2);
}

enum command_exit wish_run(const struct command_line *line)
{
	const struct wish_form *form = line->command->form;
	enum command_exit result = COMMAND_WRONG_USE;
	struct wish *wish = wish_new(line);

	if (wish == NULL)
		return COMMAND_NOT_REACHABLE;
	if ((form->prepare == NULL || form->prepare(wish, line)) &&
		wish_set_options(wish, line, form->fields))
		result = wish_tell(wish, form->method, path_of(wish, line),
			form->prints == NULL
				? NULL
				: value_of(wish, line, form->prints, strlen(form->prints)));
	wish_free(wish);
	return result;
}
