/* `lifeguard login`, `logout` and `account create`: who acts. */
#include "services/gateway/cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/gateway/cli/client.h"
#include "services/gateway/cli/session.h"

enum { LOGIN_USER, LOGIN_PASSWORD_FILE };
enum { ACCOUNT_ROLE, ACCOUNT_PASSWORD_FILE };

/* {"user_name","password"[,"role"]}; wipe and free it with forget_body(). */
static char *credentials(const char *user, const char *password, const char *role)
{
	json_t *object = json_object();

	if (json_object_set_new(object, "user_name", json_string(user)) != 0 ||
		json_object_set_new(object, "password", json_string(password)) != 0 ||
		(role != NULL && json_object_set_new(object, "role", json_string(role)) != 0)) {
		command_complain("a name or password that is not UTF-8 cannot be sent");
		json_decref(object);
		return NULL;
	}
	char *body = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	return body;
}

static void forget_body(char *body)
{
	if (body == NULL)
		return;
	explicit_bzero(body, strlen(body));
	free(body);
}

static enum command_exit keep_session(struct lg_arena *arena, const json_t *answer)
{
	const char *token = json_string_value(json_object_get(answer, "token"));

	if (token == NULL || token[0] == '\0') {
		command_complain("the answer holds no token: is this a gateway of lifeguard?");
		return COMMAND_FAILED;
	}
	if (!lg_is_done(session_save(arena, token)))
		return COMMAND_FAILED;
	printf("logged in as %s until %s, user %s\n", client_cell(arena, answer, "role"),
		client_time_cell(arena, answer, "expires_ms"), client_cell(arena, answer, "user"));
	return COMMAND_DONE;
}

static enum command_exit login(const struct command_line *line)
{
	char password[SESSION_SECRET_MAX + 1] = "", typed[SESSION_TYPED_MAX + 1] = "";
	const char *user = line->values[LOGIN_USER];
	enum command_exit result = COMMAND_FAILED;
	json_t *answer = NULL;

	if (user == NULL) {
		if (!lg_is_done(session_ask("user", typed)))
			return COMMAND_WRONG_USE;
		user = typed;
	}
	if (!lg_is_done(session_read_secret(
		    "password", line->values[LOGIN_PASSWORD_FILE], false, password)))
		return COMMAND_WRONG_USE;

	struct lg_arena *arena = lg_arena_new();
	struct client *client = client_new(line);
	char *body = credentials(user, password, NULL);
	explicit_bzero(password, sizeof password);
	if (body != NULL)
		result = client_ask(client, "POST", "/api/v1/session", body, &answer);
	if (body != NULL && result == COMMAND_DONE)
		result = keep_session(arena, answer);
	forget_body(body);
	json_decref(answer);
	client_free(client);
	lg_arena_free(arena);
	return result;
}

static enum command_exit logout(const struct command_line *line)
{
	struct lg_arena *arena = lg_arena_new();
	const char *path = session_path(arena);
	enum command_exit result = COMMAND_DONE;

	(void)line;
	if (path != NULL && unlink(path) != 0 && errno != ENOENT) {
		command_complain("%s cannot be removed: %s", path, strerror(errno));
		result = COMMAND_FAILED;
	}
	lg_arena_free(arena);
	return result;
}

static enum command_exit account_create(const struct command_line *line)
{
	char password[SESSION_SECRET_MAX + 1] = "";
	enum command_exit result = COMMAND_FAILED;
	json_t *answer = NULL;

	if (line->values[ACCOUNT_ROLE] == NULL) {
		command_complain("--role ROLE is missing");
		return COMMAND_WRONG_USE;
	}
	if (!lg_is_done(session_read_secret("password of the new account",
		    line->values[ACCOUNT_PASSWORD_FILE], true, password)))
		return COMMAND_WRONG_USE;

	struct client *client = client_new(line);
	char *body = credentials(line->operands[0], password, line->values[ACCOUNT_ROLE]);
	explicit_bzero(password, sizeof password);
	if (body != NULL)
		result = client_ask(client, "POST", "/api/v1/accounts", body, &answer);
	if (result == COMMAND_DONE)
		printf("account %s made, user %s\n", line->operands[0],
			json_string_value(json_object_get(answer, "user")));
	forget_body(body);
	json_decref(answer);
	client_free(client);
	return result;
}

const struct command command_login = {
	.words = "login",
	.operands = "",
	.summary = "begin a session of 15 minutes",
	.help = "Asks for what is not given; a password is typed without echo, or is the first\n"
		"line of a file that only its owner may read.  The session's token is kept in\n"
		"$LIFEGUARD_TOKEN_FILE, else $XDG_STATE_HOME/lifeguard/token, else\n"
		"~/.local/state/lifeguard/token.\n\n"
		"  lifeguard login\n"
		"  lifeguard login --user asha --password-file /run/secrets/asha",
	.options = {
		[LOGIN_USER] = { "user", "NAME", "name of the account" },
		[LOGIN_PASSWORD_FILE] = { "password-file", "FILE", "its first line; \"-\": standard input" },
	},
	.run = login,
};

const struct command command_logout = {
	.words = "logout",
	.operands = "",
	.summary = "forget the session on this machine",
	.help = "Removes the token; it would end by itself 15 minutes after the login.",
	.run = logout,
};

const struct command command_account_create = {
	.words = "account create",
	.operands = "NAME",
	.least = 1,
	.most = 1,
	.summary = "make an account",
	.help = "NAME is an account's name, not a person's: a-z 0-9 . _ -.  Roles: volunteer,\n"
		"centre_lead, ngo_worker, protection_officer, manager, operator, auditor.\n\n"
		"  lifeguard account create birgunj-desk-2 --role volunteer",
	.options = {
		[ACCOUNT_ROLE] = { "role", "ROLE", "what the account may do; required" },
		[ACCOUNT_PASSWORD_FILE] = { "password-file", "FILE", "its first line; \"-\": standard input" },
	},
	.run = account_create,
};
