/*
 * How a connection comes to be ready: connect, check the server, prepare every statement.
 *
 * A server that may lose what it calls stored is refused: fsync, full_page_writes and
 * synchronous_commit must be on, and it must not be a standby.
 */
#include "common/db/pg_session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"

#define CONNECT_TIMEOUT_MS 10000 /* of an attempt, settings and preparing included */
#define SILENCE_MS         4000  /* of all hosts of a list until one has let us in */
#define SILENCES_MAX       4     /* after so many it may be that all are slow */
#define OPTIONS_MAX        64

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
	pg->silences++;
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
	pg->silences = 0;
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
	uv_timer_start(&pg->timer, on_timeout, CONNECT_TIMEOUT_MS, 0);
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

/* --- which host is asked -------------------------------------------------------------------- */

/* The list as it stands, begun at its count-th word and carried on from the front. */
static void turn_list(char *list, uint32_t count)
{
	for (; count > 0; count--) {
		char *comma = strchr(list, ',');
		size_t first, rest;
		char *word;

		if (comma == NULL)
			return;
		first = (size_t)(comma - list);
		rest = strlen(comma + 1);
		word = strndup(list, first);
		if (word == NULL)
			abort();
		memmove(list, comma + 1, rest);
		list[rest] = ',';
		memcpy(list + rest + 1, word, first);
		free(word);
	}
}

static bool is_list(const PQconninfoOption *option)
{
	return option->val != NULL && strchr(option->val, ',') != NULL &&
	       (strcmp(option->keyword, "host") == 0 || strcmp(option->keyword, "hostaddr") == 0 ||
		       strcmp(option->keyword, "port") == 0);
}

/* A dead network is noticed in 10 s, where the operator says nothing else; a Unix socket needs none. */
static const char *value_of(const PQconninfoOption *option)
{
	static const struct {
		const char *keyword, *value;
	} unsaid[] = {
		{ "tcp_user_timeout", "10000" },
		{ "keepalives_idle", "10" },
		{ "keepalives_interval", "5" },
		{ "keepalives_count", "3" },
	};

	if (option->val != NULL)
		return option->val;
	for (size_t n = 0; n < sizeof(unsaid) / sizeof(unsaid[0]); n++)
		if (strcmp(option->keyword, unsaid[n].keyword) == 0)
			return unsaid[n].value;
	return NULL;
}

/*
 * libpq asks the hosts of a list in their order, and waits for one that accepts and stays silent (a
 * frozen server) as long as we do; begun anew it would ask that one again.  So after each silence
 * the list begins one further.
 */
static PGconn *connect_start(const struct lg_pg *pg, bool *ret_has_choice)
{
	PQconninfoOption *options = PQconninfoParse(pg->options.conninfo, NULL);
	const char *keywords[OPTIONS_MAX + 1], *values[OPTIONS_MAX + 1];
	uint32_t count = 0;
	PGconn *conn;

	*ret_has_choice = false;
	if (options == NULL) /* it says itself what is wrong */
		return PQconnectStart(pg->options.conninfo);
	for (PQconninfoOption *option = options; option->keyword != NULL; option++) {
		if (is_list(option)) {
			*ret_has_choice = true;
			turn_list(option->val, pg->silences);
		}
		if (value_of(option) == NULL)
			continue;
		assert(count < OPTIONS_MAX);
		keywords[count] = option->keyword;
		values[count++] = value_of(option);
	}
	keywords[count] = values[count] = NULL;
	conn = PQconnectStartParams(keywords, values, 0);
	PQconninfoFree(options);
	return conn;
}

/* Names are looked up and the passfile is read here, blocking: use addresses or a socket. */
void lg_pg_session_start(struct lg_pg *pg)
{
	bool has_choice;

	pg->state = LG_PG_CONNECTING;
	pg->conn = connect_start(pg, &has_choice);
	if (pg->conn == NULL)
		abort();
	PQsetNoticeProcessor(pg->conn, ignore_notice, NULL);
	(void)PQsetErrorVerbosity(pg->conn, PQERRORS_SQLSTATE);
	(void)PQsetErrorContextVisibility(pg->conn, PQSHOW_CONTEXT_NEVER);
	uv_timer_start(&pg->timer, on_timeout,
		has_choice && pg->silences < SILENCES_MAX ? SILENCE_MS : CONNECT_TIMEOUT_MS, 0);
	if (PQstatus(pg->conn) == CONNECTION_BAD) {
		lg_pg_report(pg, "no connection", "", "");
		lg_pg_drop(pg);
		return;
	}
	lg_pg_watch(pg, UV_WRITABLE);
}
