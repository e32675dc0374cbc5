/*
 * How a connection comes to be ready: connect, check the server, prepare every statement.
 *
 * A server that may lose what it calls stored is refused: fsync, full_page_writes and
 * synchronous_commit must be on, and it must not be a standby.
 */
#include "common/db/pg_session.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/log.h"

#define CONNECT_TIMEOUT_MS 10000 /* of an attempt, settings and preparing included */

/*
 * Parameter: schema.  True when the server may be used; sets what the session needs.  Every statement
 * has a plan that is good for all values (tests/journey/statements.sh looks at these plans): some were
 * planned anew for each batch, for arrays shorter than the planner guesses.
 */
static const char settings_sql[] =
	"SELECT current_setting('fsync') = 'on'"
	"   AND current_setting('full_page_writes') = 'on'"
	"   AND current_setting('synchronous_commit') IN ('on', 'remote_apply')"
	"   AND NOT pg_is_in_recovery()"
	"   AND to_regnamespace($1) IS NOT NULL"
	"   AND set_config('search_path', $1, false) = $1"
	"   AND set_config('plan_cache_mode', 'force_generic_plan', false) <> ''"
	"   AND set_config('client_encoding', 'UTF8', false) = 'UTF8'";

const struct lg_statement lg_pg_own_statements[] = {
	[LG_PG_BEGIN] = { .name = "lg_begin", .sql = "BEGIN" },
	[LG_PG_COMMIT] = { .name = "lg_commit", .sql = "COMMIT" },
	[LG_PG_ROLLBACK] = { .name = "lg_rollback", .sql = "ROLLBACK" },
	{ .name = NULL },
};

static void ignore_notice(void *unused, const char *message)
{
	(void)unused;
	(void)message; /* quotes values */
}

void lg_pg_report(struct lg_pg *pg, const char *why, const char *statement, const char *sqlstate)
{
	if (pg->is_reported)
		return;
	pg->is_reported = true;
	lg_warn("no database", lg_f_literal("schema", pg->options.schema), lg_f_literal("why", why),
		lg_f_literal("statement", statement), lg_f_literal("sqlstate", sqlstate));
}

/* --- connecting ------------------------------------------------------------------------ */

static void on_timeout(uv_timer_t *timer)
{
	struct lg_pg *pg = timer->data;

	lg_pg_report(pg, "no answer in time", "", "");
	lg_pg_drop(pg);
}

/* The count-th statement that is prepared. */
static const struct lg_statement *statement_at(const struct lg_pg *pg, uint32_t count)
{
	for (const struct lg_statement *s = lg_pg_own_statements; s->name != NULL; s++) {
		if (count-- == 0)
			return s;
	}
	for (uint32_t t = 0; t < pg->options.table_count; t++) {
		for (const struct lg_statement *s = pg->options.tables[t]; s->name != NULL; s++) {
			if (count-- == 0)
				return s;
		}
	}
	return NULL;
}

static void prepared(void *argument, const PGresult *result)
{
	struct lg_pg *pg = argument;
	uint32_t count = pg->setup_count++;

	if (result == NULL || PQresultStatus(result) == PGRES_COMMAND_OK)
		return;
	pg->setup_failed = true;
	if (PQresultStatus(result) == PGRES_FATAL_ERROR)
		lg_pg_report(pg, "a statement does not fit the schema: was it migrated?",
			statement_at(pg, count)->name, lg_pg_sqlstate(result));
}

static void settings_checked(void *argument, const PGresult *result)
{
	struct lg_pg *pg = argument;

	if (result == NULL)
		return;
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		pg->setup_failed = true;
		lg_pg_report(pg, "settings cannot be read", "", lg_pg_sqlstate(result));
	} else if (lg_field_int(result, 0, 0) == 0) {
		pg->setup_failed = true;
		lg_pg_report(pg,
			"fsync, full_page_writes or synchronous_commit is off, it is a standby, or"
			" the schema is missing",
			"", "");
	}
}

static void set_up(void *argument, const PGresult *result)
{
	struct lg_pg *pg = argument;

	if (result == NULL)
		return;
	if (pg->setup_failed) {
		pg->is_broken = true;
		return;
	}
	uv_timer_stop(&pg->timer);
	pg->state = LG_PG_READY;
	pg->attempts = 0;
	pg->is_reported = false;
	pg->counts.reconnects += pg->was_ready ? 1 : 0;
	pg->was_ready = true;
	pg->options.ready(pg->options.user);
}

static void prepare(struct lg_pg *pg, const struct lg_statement *statement)
{
	Oid types[LG_PARAMS_MAX];

	assert(statement->param_count <= LG_PARAMS_MAX);
	for (uint32_t n = 0; n < statement->param_count; n++)
		types[n] = lg_sql_oid(statement->params[n]);
	lg_owed_push(&pg->owed, (struct lg_owed){ .answer = prepared, .argument = pg });
	if (!pg->is_broken && PQsendPrepare(pg->conn, statement->name, statement->sql,
				      (int)statement->param_count, types) == 0)
		pg->is_broken = true;
}

/* Settings first: a search_path that is not set would prepare against other tables. */
static void send_settings(struct lg_pg *pg)
{
	Oid type = lg_sql_oid(LG_SQL_TEXT);
	const char *value = pg->options.schema;
	int length = (int)strlen(value), format = 1;

	lg_owed_push(&pg->owed, (struct lg_owed){ .answer = settings_checked, .argument = pg });
	if (PQsendQueryParams(pg->conn, settings_sql, 1, &type, &value, &length, &format, 1) == 0)
		pg->is_broken = true;
}

static void start_preparing(struct lg_pg *pg)
{
	pg->state = LG_PG_PREPARING;
	pg->setup_failed = false;
	pg->setup_count = 0;
	pg->is_rolling_back = false;
	if (PQsetnonblocking(pg->conn, 1) != 0 || PQenterPipelineMode(pg->conn) == 0) {
		lg_pg_report(pg, "no pipeline", "", "");
		lg_pg_drop(pg);
		return;
	}
	lg_pg_watch(pg, UV_READABLE);

	pg->is_draining = true; /* the timer stays the attempt's */
	send_settings(pg);
	for (uint32_t n = 0; statement_at(pg, n) != NULL; n++)
		prepare(pg, statement_at(pg, n));
	lg_pg_send_sync(pg, set_up, pg);
	pg->is_draining = false;
	lg_pg_look_after(pg);
}

void lg_pg_session_step(struct lg_pg *pg)
{
	/* libpq may close this socket and get another under the same number: the loop must
	 * not think that it still watches it */
	if (pg->watch != NULL) {
		uv_poll_stop(&pg->watch->poll);
		pg->watch->events = 0;
	}
	switch (PQconnectPoll(pg->conn)) {
	case PGRES_POLLING_READING:
		lg_pg_watch(pg, UV_READABLE);
		return;
	case PGRES_POLLING_WRITING:
		lg_pg_watch(pg, UV_WRITABLE);
		return;
	case PGRES_POLLING_OK:
		start_preparing(pg);
		return;
	case PGRES_POLLING_FAILED:
	case PGRES_POLLING_ACTIVE:
		break;
	}
	lg_pg_report(pg,
		PQconnectionNeedsPassword(pg->conn) != 0 ? "no password in the passfile"
							 : "no connection",
		"", "");
	lg_pg_drop(pg);
}

/* Names are looked up and the passfile is read here, blocking: use addresses or a socket. */
void lg_pg_session_start(struct lg_pg *pg)
{
	pg->state = LG_PG_CONNECTING;
	pg->conn = PQconnectStart(pg->options.conninfo);
	if (pg->conn == NULL)
		abort();
	PQsetNoticeProcessor(pg->conn, ignore_notice, NULL);
	(void)PQsetErrorVerbosity(pg->conn, PQERRORS_SQLSTATE);
	(void)PQsetErrorContextVisibility(pg->conn, PQSHOW_CONTEXT_NEVER);
	uv_timer_start(&pg->timer, on_timeout, CONNECT_TIMEOUT_MS, 0);
	if (PQstatus(pg->conn) == CONNECTION_BAD) {
		lg_pg_report(pg, "no connection", "", "");
		lg_pg_drop(pg);
		return;
	}
	lg_pg_watch(pg, UV_WRITABLE);
}
