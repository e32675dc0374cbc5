/*
 * Brings a service's schema to the version of its program, at start-up.
 *
 * Runs as lg_owner, who owns every table and cannot log in; the migrator may become it, the
 * services may not.  Each file is applied in a transaction of its own together with the row
 * that says so, so a crash between two files leaves nothing half done.
 */
#include "common/db/migrate.h"

#include <assert.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <stddef.h>
#include <string.h>

#include "common/base/log.h"

#define DIGEST_BYTES 32
#define DIGEST_TEXT  (2 * DIGEST_BYTES + 1)

const struct lg_migration lg_migrations[] = {
#include "schema.inc"
	{ .room = NULL, .name = NULL, .sql = NULL },
};

static const char *const newer = "the schema is newer than this program: update the program";
static const char *const edited = "a migration was edited after it was applied: restore the file";

static void ignore_notice(void *unused, const char *message)
{
	(void)unused;
	(void)message;
}

/* NULL when there is no connection. */
static PGconn *connect_to(const char *conninfo)
{
	PGconn *conn = PQconnectdb(conninfo);

	if (PQstatus(conn) != CONNECTION_OK) {
		PQfinish(conn);
		return NULL;
	}
	PQsetNoticeProcessor(conn, ignore_notice, NULL);
	(void)PQsetErrorVerbosity(conn, PQERRORS_SQLSTATE);
	(void)PQsetErrorContextVisibility(conn, PQSHOW_CONTEXT_NEVER);
	return conn;
}

static bool is_good(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_COMMAND_OK ||
	       PQresultStatus(result) == PGRES_TUPLES_OK;
}

/* One statement with text parameters; whether it went well.  what: for the log, a literal. */
static bool run_with(
	PGconn *conn, const char *what, const char *sql, int count, const char *const *values)
{
	PGresult *result = count == 0 ? PQexec(conn, sql)
				      : PQexecParams(conn, sql, count, NULL, values, NULL, NULL, 0);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	bool good = is_good(result);

	if (!good)
		lg_error("migration failed", lg_f_literal("at", what),
			lg_f_literal("sqlstate", sqlstate == NULL ? "no connection" : sqlstate));
	PQclear(result);
	return good;
}

static bool run(PGconn *conn, const char *what, const char *sql)
{
	return run_with(conn, what, sql, 0, NULL);
}

static void digest_of(const char *sql, char ret_text[DIGEST_TEXT])
{
	unsigned char digest[DIGEST_BYTES];
	int failed = crypto_generichash(
		digest, sizeof(digest), (const unsigned char *)sql, strlen(sql), NULL, 0);

	assert(failed == 0);
	sodium_bin2hex(ret_text, DIGEST_TEXT, digest, sizeof(digest));
}

static bool is_for(const struct lg_migration *migration, const char *service)
{
	return strcmp(migration->room, "common") == 0 || strcmp(migration->room, service) == 0;
}

/* The row of the applied list with this file, or -1. */
static int find_applied(const PGresult *applied, const struct lg_migration *migration)
{
	for (int row = 0; row < PQntuples(applied); row++) {
		if (strcmp(PQgetvalue(applied, row, 0), migration->room) == 0 &&
			strcmp(PQgetvalue(applied, row, 1), migration->name) == 0)
			return row;
	}
	return -1;
}

/*
 * Compares what was applied with the program's own list.
 *   ret_missing  how many are still to be applied
 *   returns      NULL, or why the two do not belong together
 */
static const char *compare(const PGresult *applied, const struct lg_migration *migrations,
	const char *service, int *ret_missing)
{
	int known = 0, missing = 0;

	for (const struct lg_migration *m = migrations; m->name != NULL; m++) {
		char digest[DIGEST_TEXT];
		int row = is_for(m, service) ? find_applied(applied, m) : -1;

		if (!is_for(m, service))
			continue;
		if (row < 0) {
			missing++;
			continue;
		}
		known++;
		digest_of(m->sql, digest);
		if (strcmp(PQgetvalue(applied, row, 2), digest) != 0) {
			lg_error("migration was edited", lg_f_literal("file", m->name));
			return edited;
		}
	}
	*ret_missing = missing;
	return known < PQntuples(applied) ? newer : NULL;
}

static PGresult *read_applied(PGconn *conn)
{
	return PQexec(conn, "SELECT room, name, digest FROM migration ORDER BY room, name");
}

static bool apply(PGconn *conn, const struct lg_migration *migration)
{
	char digest[DIGEST_TEXT];
	const char *values[] = { migration->room, migration->name, digest };

	digest_of(migration->sql, digest);
	return run(conn, migration->name, "BEGIN") && run(conn, migration->name, migration->sql) &&
	       run_with(conn, migration->name,
		       "INSERT INTO migration (room, name, digest, applied_at)"
		       " VALUES ($1, $2, $3, now())",
		       3, values) &&
	       run(conn, migration->name, "COMMIT");
}

/* Becomes the owner, alone in this schema until the connection ends. */
static bool prepare(PGconn *conn, const char *service)
{
	const char *values[] = { service };

	return run(conn, "role", "SET ROLE lg_owner") &&
	       run_with(conn, "schema", "SELECT set_config('search_path', $1, false)", 1, values) &&
	       run_with(conn, "lock",
		       "SELECT pg_advisory_lock(hashtext('migration'), hashtext($1::text))", 1,
		       values) &&
	       run(conn, "list",
		       "CREATE TABLE IF NOT EXISTS migration ("
		       "    room       text        NOT NULL,"
		       "    name       text        NOT NULL,"
		       "    digest     text        NOT NULL,"
		       "    applied_at timestamptz NOT NULL,"
		       "    PRIMARY KEY (room, name))") &&
	       run(conn, "rights",
		       "DO $$ BEGIN"
		       " EXECUTE format('REVOKE ALL ON migration FROM %I', 'lg_' || current_schema());"
		       " EXECUTE format('GRANT SELECT ON migration TO %I', 'lg_' || current_schema());"
		       "END $$");
}

static struct lg_status migrate_over(PGconn *conn, const struct lg_migration *migrations,
	const char *service, const char **ret_problem)
{
	int missing = 0;

	if (!prepare(conn, service)) {
		*ret_problem = "the schema cannot be opened by the migrator: see the line above";
		return lg_refuse("schema cannot be opened");
	}
	PGresult *applied = read_applied(conn);
	*ret_problem = compare(applied, migrations, service, &missing);
	if (*ret_problem != NULL) {
		PQclear(applied);
		return lg_refuse("schema and program do not belong together");
	}
	for (const struct lg_migration *m = migrations; m->name != NULL; m++) {
		if (!is_for(m, service) || find_applied(applied, m) >= 0)
			continue;
		if (!apply(conn, m)) {
			*ret_problem = "a migration failed and was rolled back: see the line above";
			PQclear(applied);
			return lg_refuse("migration failed");
		}
	}
	PQclear(applied);
	if (missing > 0)
		lg_info("migrated", lg_f_int("files", missing));
	return lg_done();
}

struct lg_status lg_migrate_with(const struct lg_migration *migrations, const char *conninfo,
	const char *service, const char **ret_problem)
{
	PGconn *conn = connect_to(conninfo);

	if (conn == NULL) {
		*ret_problem = "no connection to PostgreSQL: is it running, is the passfile there?";
		return lg_retry("no connection");
	}
	struct lg_status status = migrate_over(conn, migrations, service, ret_problem);
	PQfinish(conn);
	return status;
}

struct lg_status lg_migrate(const char *conninfo, const char *service, const char **ret_problem)
{
	return lg_migrate_with(lg_migrations, conninfo, service, ret_problem);
}
