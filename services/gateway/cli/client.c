#include "services/gateway/cli/client.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/calendar.h"
#include "services/gateway/cli/session.h"
#include "services/gateway/cli/table.h"

#define CONNECT_TIMEOUT_MS 3000L
#define TIMEOUT_MS         60000L /* the gateway itself gives up after 10 s */
#define AGAIN_MS           25000  /* after these a change is not asked for any more */
#define AGAIN_PAUSE_MS     500
#define KEY_BYTES          16

struct client {
	const char *url;
	const char *words; /* the verb, for where to look */
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
	client->words = line->command->words;
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

/* A phrase of HTTP, which says less than the detail behind it; titles of our own are in small letters. */
static bool is_phrase(const char *title)
{
	return title[0] >= 'A' && title[0] <= 'Z';
}

char *client_problem_text(struct lg_arena *arena, const char *body, long status)
{
	json_t *problem = body == NULL ? NULL : json_loads(body, 0, NULL);
	const char *title = text_of(problem, "title"), *detail = text_of(problem, "detail");
	const json_t *errors = json_object_get(problem, "errors"), *error;
	const char *parting = "";
	size_t index;
	char *text;

	if (title[0] == '\0')
		text = lg_format(arena, "HTTP status %ld", status);
	else if (status == 400 && json_array_size(errors) > 0)
		text = lg_copy_text(arena, ""); /* what is wrong with each field is all */
	else if (detail[0] == '\0' || is_phrase(title))
		text = lg_copy_text(arena, detail[0] == '\0' ? title : detail);
	else
		text = lg_format(arena, "%s: %s", title, detail);
	json_array_foreach(errors, index, error)
	{
		const char *reason = text_of(error, "detail"), *field = text_of(error, "pointer");

		parting = text[0] == '\0' ? "" : "; ";
		text = lg_format(arena, "%s%s%s: %s", text, parting, field + (field[0] == '/'),
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

/* One exchange; the text stays the caller's.  key: of the wish, or NULL. */
static CURLcode exchange(struct client *client, const char *method, const char *path,
	const char *body, const char *key, struct client_text *text, long *ret_status)
{
	struct curl_slist *headers = client_headers(client, key);
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

	if (exchange(client, method, path, body, NULL, &text, ret_status) == CURLE_OK)
		result = client_exit_of(*ret_status);
	if (result == COMMAND_DONE) {
		*ret_body = read_body(&text);
		if (*ret_body == NULL)
			result = COMMAND_FAILED;
	}
	client_text_release(&text);
	return result;
}

/* --- a wish that may have got lost ------------------------------------------------------------ */

static int64_t steady_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* It went out, and nobody knows what became of it. */
static bool is_lost(CURLcode code, long status)
{
	return code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
	       code == CURLE_PARTIAL_FILE || code == CURLE_OPERATION_TIMEDOUT ||
	       (code == CURLE_OK && status == 504);
}

struct asking {
	CURLcode code;
	long status;
	bool is_unknown; /* one of several askings was lost */
};

/*
 * A change has one key, so that asking again takes effect once: what is counted is not counted
 * twice because a service was started again meanwhile.
 */
static struct asking ask_until_known(struct client *client, const char *method, const char *path,
	const char *body, struct client_text *text)
{
	struct asking asking = { .code = CURLE_OK };
	char key[2 * KEY_BYTES + 1];
	uint8_t bytes[KEY_BYTES];
	bool has_key = is_change(method, path), is_told = false;
	int64_t end_ms = steady_ms() + AGAIN_MS;

	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2hex(key, sizeof key, bytes, sizeof bytes);
	for (;;) {
		asking.code = exchange(
			client, method, path, body, has_key ? key : NULL, text, &asking.status);
		bool is_open = is_lost(asking.code, asking.status) ||
			       (asking.code == CURLE_OK && asking.status == 503);

		asking.is_unknown |= has_key && is_lost(asking.code, asking.status);
		if (!is_open || !has_key || steady_ms() > end_ms)
			return asking;
		if (!is_told)
			command_complain("no answer yet: asking again; it takes effect once");
		is_told = true;
		client_text_release(text);
		nanosleep(&(struct timespec){ .tv_nsec = AGAIN_PAUSE_MS * 1000000L }, NULL);
	}
}

/* --- what is said of an answer that is none ----------------------------------------------------- */

static void explain_problem(const struct client *client, long status, const char *text)
{
	switch (status) {
	case 400:
	case 422:
		command_complain(
			"%s; `lifeguard %s --help` says what it takes", text, client->words);
		return;
	case 403:
		command_complain("%s: log in with an account that may", text);
		return;
	case 412:
		command_complain(
			"it was changed meanwhile, or is not there: look at it again, and say "
			"--if-version as it is shown then");
		return;
	case 503:
		command_complain("the service does not answer now, nothing was changed: try again "
				 "later; `lifeguard status` says what runs");
		return;
	default:
		command_complain("%s", text);
	}
}

static void explain(const struct client *client, const struct asking *asking, bool is_login,
	const struct client_text *text)
{
	struct lg_arena *arena = lg_arena_new();

	if (asking->is_unknown && client_exit_of(asking->code == CURLE_OK ? asking->status : 0) ==
					  COMMAND_NOT_REACHABLE)
		command_complain("no answer: it may have taken effect or not; look before you say "
				 "it again");
	else if (asking->code != CURLE_OK)
		command_complain("%s does not answer (%s): start the site with `lifeguard up`, or "
				 "say where the gateway is with --gateway URL",
			client->url, curl_easy_strerror(asking->code));
	else if (asking->status == 401 && !is_login)
		command_complain(
			"not logged in, or the session has ended: `lifeguard login` begins "
			"one");
	else
		explain_problem(client, asking->status,
			client_problem_text(arena, text->data, asking->status));
	lg_arena_free(arena);
}

enum command_exit client_ask(struct client *client, const char *method, const char *path,
	const char *body, json_t **ret_body)
{
	struct client_text text = { 0 };
	struct asking asking = ask_until_known(client, method, path, body, &text);
	enum command_exit result =
		asking.code == CURLE_OK ? client_exit_of(asking.status) : COMMAND_NOT_REACHABLE;

	if (asking.code == CURLE_URL_MALFORMAT || asking.code == CURLE_UNSUPPORTED_PROTOCOL) {
		command_complain(
			"%s is no address of a gateway: give http://HOST:PORT", client->url);
		result = COMMAND_WRONG_USE;
	} else if (result != COMMAND_DONE) {
		explain(client, &asking, strcmp(path, "/api/v1/session") == 0, &text);
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

const char *client_list_cell(struct lg_arena *arena, const json_t *object, const char *name)
{
	const json_t *word;
	const char *cell = "";
	size_t index;

	json_array_foreach(json_object_get(object, name), index, word) cell =
		lg_format(arena, "%s%s%s", cell, index == 0 ? "" : ",", json_string_value(word));
	return cell;
}

json_t *client_list(struct lg_arena *arena, const char *text)
{
	json_t *list = json_array();

	while (*text != '\0') {
		size_t size = strcspn(text, ",");

		json_array_append_new(list, json_string(lg_format(arena, "%.*s", (int)size, text)));
		text += size + (text[size] == ',');
	}
	return list;
}
