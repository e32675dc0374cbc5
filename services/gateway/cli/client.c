#include "services/gateway/cli/client.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/calendar.h"
#include "services/gateway/cli/session.h"
#include "services/gateway/cli/table.h"

#define CONNECT_TIMEOUT_MS 3000L
#define TIMEOUT_MS         60000L /* the gateway itself gives up after 10 s */

struct client {
	const char *url;
	const char *token; /* NULL: logged out */
	uint64_t if_version, shown_version;
	CURL *easy;
	struct lg_arena *arena;
};

struct client *client_new(const struct command_line *line)
{
	struct client *client = calloc(1, sizeof *client);

	if (client == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	client->url = line->gateway;
	client->if_version = line->if_version;
	client->easy = curl_easy_init();
	if (client->easy == NULL)
		abort();
	client->arena = lg_arena_new();
	client->token = session_load(client->arena);
	return client;
}

void client_free(struct client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->easy);
	curl_global_cleanup();
	lg_arena_free(client->arena);
	free(client);
}

uint64_t client_version(const struct client *client)
{
	return client->shown_version;
}

void client_only_if(struct client *client, uint64_t version)
{
	client->if_version = version;
}

void client_text_release(struct client_text *text)
{
	if (text->data != NULL)
		explicit_bzero(text->data, text->room);
	free(text->data);
	*text = (struct client_text){ 0 };
}

static size_t take_piece(char *data, size_t unit, size_t count, void *user)
{
	struct client_text *text = user;
	size_t size = unit * count;

	if (text->size + size > CLIENT_ANSWER_MAX)
		return 0;
	if (text->size + size + 1 > text->room) {
		size_t room = 2 * (text->size + size + 1);
		char *larger = malloc(room);

		if (larger == NULL)
			abort();
		if (text->size > 0)
			memcpy(larger, text->data, text->size);
		if (text->data != NULL)
			explicit_bzero(text->data, text->room);
		free(text->data);
		text->data = larger;
		text->room = room;
	}
	memcpy(text->data + text->size, data, size);
	text->size += size;
	text->data[text->size] = '\0';
	return size;
}

static struct curl_slist *add(struct curl_slist *list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(list, line);

	if (longer == NULL)
		abort();
	return longer;
}

struct curl_slist *client_headers(const struct client *client, const char *command_id)
{
	struct curl_slist *list = add(NULL, "Content-Type: application/json");
	struct lg_arena *arena = lg_arena_new();

	list = add(list, "Expect:"); /* no pause before a body */
	if (client->token != NULL)
		list = add(list, lg_format(arena, "Authorization: Bearer %s", client->token));
	if (command_id != NULL)
		list = add(list, lg_format(arena, "Idempotency-Key: %s", command_id));
	lg_arena_free(arena);
	return list;
}

void client_prepare(const struct client *client, CURL *easy, const char *method, const char *path,
	const char *body, struct client_text *text, struct curl_slist *headers)
{
	struct lg_arena *arena = lg_arena_new();
	size_t size = strlen(client->url);

	while (size > 0 && client->url[size - 1] == '/')
		size--;
	curl_easy_reset(easy);
	curl_easy_setopt(
		easy, CURLOPT_URL, lg_format(arena, "%.*s%s", (int)size, client->url, path));
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* a proxy would read the token */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_piece);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, text);
	if (body != NULL) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	} else if (strcmp(method, "GET") != 0) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
	}
	lg_arena_free(arena);
}

enum command_exit client_exit_of(long status)
{
	if (status >= 200 && status < 300)
		return COMMAND_DONE;
	if (status == 401 || status == 403)
		return COMMAND_NOT_ALLOWED;
	if (status == 503 || status == 504 || status == 0)
		return COMMAND_NOT_REACHABLE;
	return COMMAND_FAILED;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

char *client_problem_text(struct lg_arena *arena, const char *body, long status)
{
	json_t *problem = body == NULL ? NULL : json_loads(body, 0, NULL);
	const char *title = text_of(problem, "title"), *detail = text_of(problem, "detail");
	const json_t *error;
	size_t index;
	char *text;

	if (title[0] == '\0')
		text = lg_format(arena, "HTTP status %ld", status);
	else
		text = lg_format(arena, "%s%s%s", title, detail[0] == '\0' ? "" : ": ", detail);
	json_array_foreach(json_object_get(problem, "errors"), index, error)
	{
		const char *reason = text_of(error, "detail");

		text = lg_format(arena, "%s; %s: %s", text, text_of(error, "pointer"),
			reason[0] == '\0' ? text_of(error, "reason") : reason);
	}
	json_decref(problem);
	table_make_safe(text);
	return text;
}

/* "7.0a1b" in quotes: the version stands before the dot. */
static uint64_t version_of(CURL *easy)
{
	struct curl_header *header = NULL;
	uint64_t version = 0;

	if (curl_easy_header(easy, "ETag", 0, CURLH_HEADER, -1, &header) != CURLHE_OK ||
		header->value[0] != '"')
		return 0;
	for (const char *at = header->value + 1; *at != '.'; at++) {
		if (*at < '0' || *at > '9' || version > (UINT64_MAX - 9) / 10)
			return 0;
		version = 10 * version + (uint64_t)(*at - '0');
	}
	return version;
}

/* Only what changes something; a search is asked for by POST, too. */
static bool is_change(const char *method, const char *path)
{
	size_t size = strlen(path);

	return strcmp(method, "GET") != 0 && (size < 7 || strcmp(path + size - 7, "/search") != 0);
}

/* One exchange; the text stays the caller's. */
static CURLcode exchange(struct client *client, const char *method, const char *path,
	const char *body, struct client_text *text, long *ret_status)
{
	struct curl_slist *headers = client_headers(client, NULL);
	char match[40];

	if (client->if_version != 0 && is_change(method, path)) {
		snprintf(match, sizeof match, "If-Match: \"%" PRIu64 "\"", client->if_version);
		headers = add(headers, match);
	}
	*ret_status = 0;
	client_prepare(client, client->easy, method, path, body, text, headers);
	CURLcode code = curl_easy_perform(client->easy);
	if (code == CURLE_OK)
		curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, ret_status);
	client->shown_version = code == CURLE_OK ? version_of(client->easy) : 0;
	curl_easy_reset(client->easy); /* it points to headers and body */
	curl_slist_free_all(headers);
	return code;
}

/* The document of a good answer; an empty object for an empty one, NULL for what is no JSON. */
static json_t *read_body(const struct client_text *text)
{
	return text->size == 0 ? json_object() : json_loadb(text->data, text->size, 0, NULL);
}

enum command_exit client_try(struct client *client, const char *method, const char *path,
	const char *body, json_t **ret_body, long *ret_status)
{
	struct client_text text = { 0 };
	enum command_exit result = COMMAND_NOT_REACHABLE;

	if (exchange(client, method, path, body, &text, ret_status) == CURLE_OK)
		result = client_exit_of(*ret_status);
	if (result == COMMAND_DONE) {
		*ret_body = read_body(&text);
		if (*ret_body == NULL)
			result = COMMAND_FAILED;
	}
	client_text_release(&text);
	return result;
}

static void explain(struct client *client, CURLcode code, long status, bool is_login,
	const struct client_text *text)
{
	struct lg_arena *arena = lg_arena_new();

	if (code != CURLE_OK)
		command_complain("%s does not answer (%s): start the site with `lifeguard up`, or "
				 "say where the gateway is with --gateway URL",
			client->url, curl_easy_strerror(code));
	else if (status == 401 && !is_login)
		command_complain(
			"not logged in, or the session has ended: `lifeguard login` begins "
			"one");
	else
		command_complain("%s", client_problem_text(arena, text->data, status));
	lg_arena_free(arena);
}

enum command_exit client_ask(struct client *client, const char *method, const char *path,
	const char *body, json_t **ret_body)
{
	struct client_text text = { 0 };
	long status;
	CURLcode code = exchange(client, method, path, body, &text, &status);
	enum command_exit result =
		code == CURLE_OK ? client_exit_of(status) : COMMAND_NOT_REACHABLE;

	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
		command_complain(
			"%s is no address of a gateway: give http://HOST:PORT", client->url);
		result = COMMAND_WRONG_USE;
	} else if (result != COMMAND_DONE) {
		explain(client, code, status, strcmp(path, "/api/v1/session") == 0, &text);
	} else {
		*ret_body = read_body(&text);
		if (*ret_body == NULL) {
			command_complain("%s answered something that is no JSON: is it a gateway?",
				client->url);
			result = COMMAND_FAILED;
		}
	}
	client_text_release(&text);
	return result;
}

const char *client_cell(struct lg_arena *arena, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		return lg_format(arena, "%" PRId64, (int64_t)json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	return "";
}

const char *client_time_cell(struct lg_arena *arena, const json_t *object, const char *name)
{
	int64_t time = json_integer_value(json_object_get(object, name));
	char text[LG_TIME_TEXT];

	if (time <= 0)
		return "";
	lg_time_print(time, text);
	return lg_copy_text(arena, text);
}
