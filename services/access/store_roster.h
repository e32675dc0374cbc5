/*
 * The one way to the table account beside a batch: over a blocking connection, before any
 * service runs.
 */
#ifndef SERVICES_ACCESS_STORE_ROSTER_H
#define SERVICES_ACCESS_STORE_ROSTER_H

#include "services/access/store.h"

/* A connection in the schema of access, or NULL.  Free with roster_close(). */
PGconn *roster_open(const char *conninfo);

/* Ends the connection.  NULL is fine. */
void roster_close(PGconn *connection);

/* Whether there is an account of this name. */
bool roster_has(PGconn *connection, struct lg_arena *arena, const char *user_name);

/*
 * Stores an account that nobody made (created_by is zero); an existing one stays.
 *   ret_sqlstate  when not done: five characters, or "" without a connection; in the arena
 *   retry         the database did not store it
 */
LG_MUST_CHECK struct lg_status roster_add(PGconn *connection, struct lg_arena *arena,
	const struct account *account, lg_ms now, const char **ret_sqlstate);

#endif
