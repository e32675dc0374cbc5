#include "services/gateway/cli/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Goal: a problem is told as what, why and where.  Method: with and without fields, and none. */
static void a_problem_is_told_with_its_fields(void **unused)
{
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	assert_string_equal(
		client_problem_text(arena,
			"{\"title\":\"bad form\",\"detail\":\"two things\",\"errors\":"
			"[{\"pointer\":\"/persons/3/age_years\",\"detail\":\"too old\"},"
			"{\"pointer\":\"/station\",\"reason\":\"no code\"}]}",
			422),
		"bad form: two things; persons/3/age_years: too old; station: no code");
	assert_string_equal(
		client_problem_text(arena,
			"{\"title\":\"Bad Request\",\"detail\":\"not what it takes\",\"errors\":"
			"[{\"pointer\":\"/women\",\"detail\":\"a number is expected\"}]}",
			400),
		"women: a number is expected");
	assert_string_equal(client_problem_text(arena,
				    "{\"title\":\"Not Found\",\"detail\":\"no such case\"}", 404),
		"no such case");
	assert_string_equal(client_problem_text(arena, "{\"title\":\"gone\"}", 404), "gone");
	assert_string_equal(client_problem_text(arena, "<html>", 502), "HTTP status 502");
	assert_string_equal(client_problem_text(arena, NULL, 500), "HTTP status 500");
	assert_string_equal(client_problem_text(arena, "[1]", 500), "HTTP status 500");
	lg_arena_free(arena);
}

/* Goal: a problem cannot move a terminal's cursor.  Method: an escape in its title. */
static void a_problem_is_made_safe_for_a_terminal(void **unused)
{
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	assert_string_equal(
		client_problem_text(arena, "{\"title\":\"a\\u001b[2Jb\"}", 400), "a?[2Jb");
	lg_arena_free(arena);
}

/* Goal: exit codes tell what to do next.  Method: one status of each kind. */
static void a_status_becomes_an_exit_code(void **unused)
{
	(void)unused;
	assert_int_equal(client_exit_of(200), COMMAND_DONE);
	assert_int_equal(client_exit_of(201), COMMAND_DONE);
	assert_int_equal(client_exit_of(401), COMMAND_NOT_ALLOWED);
	assert_int_equal(client_exit_of(403), COMMAND_NOT_ALLOWED);
	assert_int_equal(client_exit_of(0), COMMAND_NOT_REACHABLE);
	assert_int_equal(client_exit_of(503), COMMAND_NOT_REACHABLE);
	assert_int_equal(client_exit_of(504), COMMAND_NOT_REACHABLE);
	assert_int_equal(client_exit_of(302), COMMAND_FAILED);
	assert_int_equal(client_exit_of(409), COMMAND_FAILED);
	assert_int_equal(client_exit_of(500), COMMAND_FAILED);
}

/* Goal: every kind of field can stand in a table.  Method: one of each, and what is not there. */
static void fields_become_cells(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	json_t *object = json_pack("{s:s, s:i, s:b, s:I, s:[]}", "text", "x", "number", -5, "flag",
		1, "at_ms", (json_int_t)1399788900000, "list");

	(void)unused;
	assert_string_equal(client_cell(arena, object, "text"), "x");
	assert_string_equal(client_cell(arena, object, "number"), "-5");
	assert_string_equal(client_cell(arena, object, "flag"), "yes");
	assert_string_equal(client_cell(arena, object, "list"), "");
	assert_string_equal(client_cell(arena, object, "missing"), "");
	assert_string_equal(client_cell(arena, NULL, "missing"), "");
	assert_string_equal(client_time_cell(arena, object, "at_ms"), "2014-05-11T06:15:00.000Z");
	assert_string_equal(client_time_cell(arena, object, "missing"), "");
	json_decref(object);
	lg_arena_free(arena);
}

/* --- a gateway that loses an answer ----------------------------------------------------------- */

#define REQUEST_MAX 4096

/* The value of Idempotency-Key in a request whose headers are whole; "" without one. */
static void read_key(int connection, char ret_key[64])
{
	static const char name[] = "Idempotency-Key: ";
	char request[REQUEST_MAX] = "";
	size_t used = 0;

	while (strstr(request, "\r\n\r\n") == NULL && used < sizeof request - 1) {
		ssize_t got = read(connection, request + used, sizeof request - 1 - used);

		if (got <= 0)
			break;
		used += (size_t)got;
	}
	const char *at = strstr(request, name);

	snprintf(ret_key, 64, "%.*s", at == NULL ? 0 : (int)strcspn(at + strlen(name), "\r"),
		at == NULL ? "" : at + strlen(name));
}

/* Answers one request after the other; its exit code says whether all had one key. */
static void serve(int listener, const char *const *answers)
{
	char first[64] = "", key[64];

	for (; *answers != NULL; answers++) {
		int connection = accept(listener, NULL, NULL);

		read_key(connection, key);
		if (first[0] == '\0')
			memcpy(first, key, sizeof first);
		dprintf(connection, "%s", *answers);
		close(connection);
		if (strcmp(first, key) != 0)
			_exit(1);
	}
	_exit(strlen(first) == 32 ? 0 : 2);
}

/* Asks for a change; returns the exit code of the verb, and of the gateway in ret_server. */
static enum command_exit change_at(const char *const *answers, int *ret_server)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char url[64];

	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 4), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		serve(listener, answers);
	close(listener);
	snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));

	struct command verb = { .words = "arrival count" };
	struct command_line line = { .command = &verb, .gateway = url };
	struct client *client = client_new(&line);
	json_t *answer = NULL;
	enum command_exit result =
		client_ask(client, "POST", "/api/v1/informed", "{\"women\":3}", &answer);

	json_decref(answer);
	client_free(client);
	assert_int_equal(waitpid(child, ret_server, 0), child);
	return result;
}

/*
 * Goal: a tally whose answer got lost is not counted twice, and is not lost either.  Method: a
 * gateway that does not know, then goes away without a word, then answers; each time under one key.
 */
static void a_change_is_asked_for_until_it_is_known(void **unused)
{
	static const char unknown[] = "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n"
				      "Connection: close\r\n\r\n";
	static const char away[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
				   "Connection: close\r\n\r\n";
	static const char good[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
				   "Connection: close\r\n\r\n{}";
	static const char refused[] = "HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n"
				      "Connection: close\r\n\r\n";
	int server = -1;

	(void)unused;
	assert_int_equal(change_at((const char *const[]){ unknown, away, "", good, NULL }, &server),
		COMMAND_DONE);
	assert_int_equal(server, 0);
	assert_int_equal(
		change_at((const char *const[]){ refused, NULL }, &server), COMMAND_FAILED);
	assert_int_equal(server, 0);
}

/* Goal: what is typed as a list comes back as it was typed.  Method: none, one, several, odd commas. */
static void a_list_is_words_parted_by_commas(void **unused)
{
	static const char *const lists[][2] = { { "", "" }, { "a", "a" }, { "a,b,c", "a,b,c" },
		{ "a,", "a" }, { "a,,b", "a,,b" } };
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		json_t *object = json_pack("{s:o}", "list", client_list(arena, lists[i][0]));

		assert_string_equal(client_list_cell(arena, object, "list"), lists[i][1]);
		assert_string_equal(client_list_cell(arena, object, "none"), "");
		json_decref(object);
	}
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_problem_is_told_with_its_fields),
		cmocka_unit_test(a_problem_is_made_safe_for_a_terminal),
		cmocka_unit_test(a_status_becomes_an_exit_code),
		cmocka_unit_test(fields_become_cells),
		cmocka_unit_test(a_change_is_asked_for_until_it_is_known),
		cmocka_unit_test(a_list_is_words_parted_by_commas),
	};

	setenv("LIFEGUARD_TOKEN_FILE", "/nonexistent", 1); /* nobody is logged in */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
