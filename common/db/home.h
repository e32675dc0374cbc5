/*
 * Whether the database is at home on this machine.
 *
 * A restored or copied database that wakes on another machine has its partners' trust and its
 * readers' addresses: it would send real letters and speak in a site's name beside the real one.  So it
 * owns nothing and sends nothing until `lifeguard site adopt`.  A machine is known by a digest of
 * /etc/machine-id (machine-id(5)); where there is none, all machines are alike.
 */
#ifndef LG_DB_HOME_H
#define LG_DB_HOME_H

#include "common/db/pg.h"

/* Statements that the connection must have prepared. */
extern const struct lg_statement lg_home_statements[];

/*
 * Asks, behind whatever is queued; the first machine that asks is the home.
 *   answer  called once, with whether it is; not at all when the connection is lost meanwhile
 */
void lg_home_check(struct lg_pg *pg, void (*answer)(void *user, bool is_home), void *user);

/*
 * Says that this machine is the home now, over a blocking connection of its own.
 *   conninfo  of the service's role
 *   retry     no connection, or the database refused
 */
LG_MUST_CHECK struct lg_status lg_home_adopt(const char *conninfo, const char *service);

#endif
