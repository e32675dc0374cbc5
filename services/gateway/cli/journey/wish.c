#include "services/gateway/cli/journey/wish.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/text.h"
#include "services/gateway/cli/session.h"

#define IDENTITY_FILE_MAX 8192 /* bytes */

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

static bool set_time(
	struct wish *wish, const struct wish_field *field, const char *option, const char *text)
{
	lg_ms time = 0;

	if (!lg_is_done(lg_time_parse(text, &time))) {
		command_complain("--%s: a time is written as 2026-11-25T06:15:00Z", option);
		return false;
	}
	wish_set_number(wish, field->name, time);
	return true;
}

static bool set_option(
	struct wish *wish, const struct wish_field *field, const char *option, const char *value)
{
	int64_t number = 0;

	if (!lg_text_is_valid(lg_bytes(value, strlen(value)))) {
		command_complain("--%s is not UTF-8", option);
		return false;
	}
	switch (field->kind) {
	case WISH_TEXT:
		wish_set_text(wish, field->name, value);
		return true;
	case WISH_NUMBER:
		if (!lg_is_done(lg_int_parse(value, &number))) {
			command_complain("--%s takes a whole number", option);
			return false;
		}
		wish_set_number(wish, field->name, number);
		return true;
	case WISH_TIME:
	case WISH_TIME_NOW:
		return set_time(wish, field, option, value);
	case WISH_LIST:
		wish_set_json(wish, field->name, client_list(wish->arena, value));
		return true;
	case WISH_FLAG:
		wish_set_json(wish, field->name, json_true());
		return true;
	}
	abort();
}

bool wish_set_options(
	struct wish *wish, const struct command_line *line, const struct wish_field *fields)
{
	for (; fields->name != NULL; fields++) {
		const char *value = line->values[fields->option];

		const char *option = line->command->options[fields->option].name;

		if (value != NULL && !set_option(wish, fields, option, value))
			return false;
		if (value == NULL && fields->kind == WISH_TIME_NOW)
			wish_set_number(wish, fields->name, wish->now);
	}
	return true;
}

/* --- names ---------------------------------------------------------------------------------- */

/* The whole file; NULL when it cannot be read or others may, which was said. */
static char *read_private(struct wish *wish, const char *path)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char *text = lg_alloc(wish->arena, IDENTITY_FILE_MAX + 1);
	struct stat info;
	size_t used = 0;

	if (fd < 0 || fstat(fd, &info) != 0) {
		command_complain("%s cannot be read: %s", path, strerror(errno));
		if (fd >= 0 && !is_input)
			close(fd);
		return NULL;
	}

	bool is_good = is_input || !S_ISREG(info.st_mode) || (info.st_mode & 077) == 0;

	if (!is_good)
		command_complain("others may read %s: chmod 600 %s", path, path);
	while (is_good && used <= IDENTITY_FILE_MAX) {
		ssize_t got = read(fd, text + used, IDENTITY_FILE_MAX + 1 - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	if (!is_input)
		close(fd);
	if (is_good && (used > IDENTITY_FILE_MAX || !lg_text_is_valid(lg_bytes(text, used)))) {
		command_complain("%s is longer than 8 KiB, or not UTF-8",
			is_input ? "standard input" : path);
		is_good = false;
	}
	if (!is_good)
		return NULL;
	text[used] = '\0';
	return text;
}

/* One line "name: …"; no line is ever repeated in an error. */
static bool add_line(json_t *identity, char *line)
{
	static const struct {
		const char *word, *field;
		bool is_list;
	} words[] = { { "name:", "names", true }, { "phone:", "phones", true },
		{ "address:", "address", false } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t size = strlen(words[i].word);

		if (strncmp(line, words[i].word, size) != 0)
			continue;
		char *text = line + size + strspn(line + size, " \t");

		if (text[0] == '\0') /* an empty name would be kept as one more name of hers */
			return false;
		json_t *list = json_object_get(identity, words[i].field);

		if (!words[i].is_list)
			return json_object_set_new(identity, words[i].field, json_string(text)) ==
			       0;
		if (list == NULL) {
			list = json_array();
			json_object_set_new(identity, words[i].field, list);
		}
		return json_array_append_new(list, json_string(text)) == 0;
	}
	return line[strspn(line, " \t")] == '\0';
}

static json_t *parse_identity(char *text)
{
	json_t *identity = json_object();
	uint32_t number = 1;

	for (; *text != '\0'; number++) {
		size_t size = strcspn(text, "\n");
		bool is_last = text[size] == '\0';

		text[size] = '\0';
		if (size > 0 && text[size - 1] == '\r')
			text[size - 1] = '\0';
		if (!add_line(identity, text)) {
			command_complain("line %u: expected \"name: …\", \"phone: …\" or "
					 "\"address: …\", and what it is behind the colon",
				number);
			json_decref(identity);
			return NULL;
		}
		text += size + (is_last ? 0 : 1);
	}
	return identity;
}

static json_t *ask_identity(struct wish *wish)
{
	char typed[SESSION_TYPED_MAX + 1] = "";
	json_t *identity;

	if (!lg_is_done(session_ask("name", typed)))
		return NULL;
	identity = parse_identity(lg_format(wish->arena, "name: %s", typed));
	explicit_bzero(typed, sizeof typed);
	return identity;
}

bool wish_set_identity(struct wish *wish, const char *name, const char *path, bool is_needed)
{
	json_t *identity = NULL;

	if (path == NULL && !is_needed)
		return true;
	if (path == NULL) {
		identity = ask_identity(wish);
	} else {
		char *text = read_private(wish, path);

		if (text != NULL)
			identity = parse_identity(text);
	}
	if (identity == NULL)
		return false;
	wish_set_json(wish, name, identity);
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
