/*
 * The gateway, as the command line sees it: one request, one answer, and what to say when it
 * goes wrong.
 */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include <curl/curl.h>
#include <jansson.h>

#include "common/base/arena.h"
#include "services/gateway/cli/command.h"

#define CLIENT_ANSWER_MAX (64u * 1024u * 1024u) /* bytes; a gateway that sends more is none */

struct client;

/* An answer while it comes in. */
struct client_text {
	char *data; /* NUL-terminated when size > 0 */
	size_t size, room;
};

/* With the session of this user, if there is one, and the line's --if-version.  line must stay. */
struct client *client_new(const struct command_line *line);
void client_free(struct client *client);

/*
 * Asks and waits.  A change that is not answered is asked for again for half a minute, as one and the
 * same wish, which takes effect once.
 *   path      from "/api/v1" on, in the arena's or a literal's keeping during the call
 *   body      JSON text, or NULL
 *   ret_body  the answer when done; free with json_decref(); never NULL then
 *   returns   COMMAND_DONE, or what the problem means; it was said on standard error
 */
enum command_exit client_ask(struct client *client, const char *method, const char *path,
	const char *body, json_t **ret_body);

/* The same without saying anything; ret_status is the HTTP status, 0 when there was no answer. */
enum command_exit client_try(struct client *client, const char *method, const char *path,
	const char *body, json_t **ret_body, long *ret_status);

/* The version in the ETag of the last answer of client_ask(); 0: it had none. */
uint64_t client_version(const struct client *client);

/* What is changed next must be of this version, else it is refused; 0: of any. */
void client_only_if(struct client *client, uint64_t version);

/* A field of an answer as a cell of a table: text, number, "yes" or "no"; "" when absent. */
const char *client_cell(struct lg_arena *arena, const json_t *object, const char *name);

/* A field in milliseconds since 1970 as ISO 8601; "" when absent or 0. */
const char *client_time_cell(struct lg_arena *arena, const json_t *object, const char *name);

/* A list of texts as a cell: "a,b"; "" when absent.  client_list() is the way back. */
const char *client_list_cell(struct lg_arena *arena, const json_t *object, const char *name);

/* "a,b" as a list of texts; the caller owns it. */
json_t *client_list(struct lg_arena *arena, const char *text);

/* --- for the importer, which asks for many things at once ---------------------------------- */

/* Makes an easy handle ready: address, token, limits.  headers must stay until it is done. */
void client_prepare(const struct client *client, CURL *easy, const char *method, const char *path,
	const char *body, struct client_text *text, struct curl_slist *headers);

/* Authorization and Content-Type, and Idempotency-Key when it is not NULL. */
struct curl_slist *client_headers(const struct client *client, const char *command_id);

/* What a status means for the exit code. */
enum command_exit client_exit_of(long status);

/* What a problem document says, and its fields, made safe; in the arena. */
char *client_problem_text(struct lg_arena *arena, const char *body, long status);

/* Wipes and frees. */
void client_text_release(struct client_text *text);

#endif
