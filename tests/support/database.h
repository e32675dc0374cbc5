/*
 * A private PostgreSQL for one test program, with the bus's tables in the schema "intake" and
 * nothing of the service's own: these tests are about common/db.
 *
 * It lives as long as the pipe that the program holds (tests/support/postgres.sh).
 */
#ifndef TESTS_SUPPORT_DATABASE_H
#define TESTS_SUPPORT_DATABASE_H

#include <assert.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "common/db/migrate.h"

#define TEST_TEXT_MAX    256
#define TEST_MIGRATIONS  32
#define TEST_PATIENCE_MS 60000

struct test_database {
	char dir[TEST_TEXT_MAX];
	pid_t keeper;
	int pipe; /* closed: the server goes */
};

static inline struct test_database *test_database_start(void)
{
	struct test_database *db = calloc(1, sizeof(*db));
	int in[2], out[2];

	if (db == NULL || pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		abort();
	db->keeper = fork();
	if (db->keeper == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execl("tests/support/postgres.sh", "postgres.sh", (char *)NULL);
		_exit(127); /* not run from the root of the tree */
	}
	close(in[0]);
	close(out[1]);
	db->pipe = in[1];
	FILE *line = fdopen(out[0], "r");
	if (line == NULL || fgets(db->dir, sizeof(db->dir), line) == NULL)
		abort();
	db->dir[strcspn(db->dir, "\n")] = '\0';
	fclose(line);
	return db;
}

static inline void test_database_end(struct test_database *db)
{
	close(db->pipe);
	waitpid(db->keeper, NULL, 0);
	free(db);
}

/* user: "lg_intake", "lg_migrate", "postgres"; the passfile is named after its last word. */
static inline const char *test_conninfo(
	const struct test_database *db, const char *user, char ret_text[4 * TEST_TEXT_MAX])
{
	const char *name = strncmp(user, "lg_", 3) == 0 ? user + 3 : user;

	snprintf(ret_text, 4 * TEST_TEXT_MAX,
		"host=%s/socket dbname=lifeguard user=%s passfile=%s/pass/%s.pgpass", db->dir, user,
		db->dir, name);
	return ret_text;
}

/* One or more statements as user; ret_state is "" or the SQLSTATE; returns the first field. */
static inline const char *test_query(const struct test_database *db, const char *user,
	const char *sql, char ret_state[6], char ret_field[TEST_TEXT_MAX])
{
	char conninfo[4 * TEST_TEXT_MAX];
	PGconn *conn = PQconnectdb(test_conninfo(db, user, conninfo));
	PGresult *result = PQexec(conn, sql);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	assert(PQstatus(conn) == CONNECTION_OK);
	snprintf(ret_state, 6, "%s", state == NULL ? "" : state);
	snprintf(ret_field, TEST_TEXT_MAX, "%s",
		PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	PQfinish(conn);
	return ret_field;
}

/* Statements that must go well, as the administrator; the first field as a number. */
static inline long test_admin(const struct test_database *db, const char *sql)
{
	char state[6], field[TEST_TEXT_MAX];

	test_query(db, "postgres", sql, state, field);
	if (state[0] != '\0')
		fprintf(stderr, "%s: %s\n", state, sql);
	assert(state[0] == '\0');
	return strtol(field, NULL, 10);
}

/* The bus's tables alone. */
static inline void test_migrate(const struct test_database *db, const char *service)
{
	struct lg_migration list[TEST_MIGRATIONS + 1] = { { .name = NULL } };
	char conninfo[4 * TEST_TEXT_MAX];
	const char *problem = NULL;
	size_t count = 0;

	for (const struct lg_migration *m = lg_migrations; m->name != NULL; m++) {
		if (strcmp(m->room, "common") != 0)
			continue;
		assert(count < TEST_MIGRATIONS);
		list[count++] = *m;
	}
	struct lg_status status =
		lg_migrate_with(list, test_conninfo(db, "lg_migrate", conninfo), service, &problem);
	assert(lg_is_done(status));
}

/* --- a loop that is run until something is true ------------------------------------------ */

static inline void test_out_of_patience(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

static inline void test_closed(uv_handle_t *handle)
{
	*(bool *)handle->data = false;
}

/* Runs the loop until is_true(user); false when it did not come true in patience_ms. */
static inline bool test_run_for(
	uv_loop_t *loop, bool (*is_true)(void *user), void *user, uint64_t patience_ms)
{
	bool is_over = false, is_open = true;
	uv_timer_t timer;

	uv_timer_init(loop, &timer);
	timer.data = &is_over;
	uv_timer_start(&timer, test_out_of_patience, patience_ms, 0);
	while (!is_true(user) && !is_over)
		uv_run(loop, UV_RUN_ONCE);
	timer.data = &is_open;
	uv_close((uv_handle_t *)&timer, test_closed);
	while (is_open)
		uv_run(loop, UV_RUN_NOWAIT);
	return is_true(user);
}

static inline bool test_run_until(uv_loop_t *loop, bool (*is_true)(void *user), void *user)
{
	return test_run_for(loop, is_true, user, TEST_PATIENCE_MS);
}

#endif
