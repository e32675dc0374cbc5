/*
 * Migrations: forward only, checksummed, run by an owner role that no service has.
 *
 * Each service's schema gets the files of common/db/schema first, then its own.  A file that
 * was applied may never change: its BLAKE2b-256 is kept and compared.
 */
#ifndef LG_DB_MIGRATE_H
#define LG_DB_MIGRATE_H

#include "common/base/status.h"

struct lg_migration {
	const char *room; /* "common" or the service's name */
	const char *name; /* "001_stream.sql" */
	const char *sql;
};

/* All that were built in, in the order of their names; ends with a row whose name is NULL. */
extern const struct lg_migration lg_migrations[];

/*
 * Brings schema `service` up to date over its own blocking connection (for start-up only).
 *   conninfo     of a role that may create in the schema
 *   ret_problem  when not done: one line: what is wrong, what to do; static.  File and SQLSTATE
 *                are logged
 *   refused      a file that was applied has changed; a schema newer than this program; a
 *                file that fails (rolled back)
 *   retry        no connection
 */
LG_MUST_CHECK struct lg_status lg_migrate(
	const char *conninfo, const char *service, const char **ret_problem);

/* The same with another list, for tests of the rules themselves. */
LG_MUST_CHECK struct lg_status lg_migrate_with(const struct lg_migration *migrations,
	const char *conninfo, const char *service, const char **ret_problem);

#endif
