/*
 * The inside of a connection, for pg.c (asking and answering) and pg_session.c (how it comes
 * to be ready) alone.
 */
#ifndef LG_DB_PG_SESSION_H
#define LG_DB_PG_SESSION_H

#include "common/base/random.h"
#include "common/db/owed.h"
#include "common/db/pg.h"

enum lg_pg_state {
	LG_PG_PAUSING,
	LG_PG_CONNECTING,
	LG_PG_PREPARING,
	LG_PG_READY,
	LG_PG_CLOSED,
};

/* Lives apart from the connection: libuv lets go of it one turn later. */
struct lg_pg_watch {
	uv_poll_t poll;
	int fd, events; /* events 0: stopped */
};

struct lg_pg {
	struct lg_pg_options options;
	enum lg_pg_state state;
	PGconn *conn;
	struct lg_pg_watch *watch; /* NULL: no socket */
	uv_timer_t timer;  /* pausing: next attempt; connecting: time-out; ready: next turn */
	uint32_t attempts; /* that failed since it was last ready */
	uint32_t silences; /* of those, that nobody answered */
	struct lg_random random;

	struct lg_owed_ring owed;

	bool is_unit_open;   /* something was sent since the last sync */
	bool is_transaction; /* BEGIN was sent since the last sync */
	bool is_rolling_back;
	bool is_broken;   /* nothing more is sent; dropped in the next turn */
	bool is_draining; /* answers are being called: a next turn is sure */
	bool is_reported; /* why there is no connection was logged, once */
	bool was_ready;
	bool setup_failed;
	uint32_t setup_count; /* statements answered while preparing */

	PGresult *current; /* while an answer is called */
	bool is_kept;
	struct lg_pg_counts counts;
};

/* Statements of the connection itself; the list ends with a row whose name is NULL. */
enum { LG_PG_BEGIN, LG_PG_COMMIT, LG_PG_ROLLBACK };
extern const struct lg_statement lg_pg_own_statements[];

/* Begins an attempt to connect; ends in options.ready or in lg_pg_drop(). */
void lg_pg_session_start(struct lg_pg *pg);

/* Goes on with it: the socket is ready for what libpq waited for. */
void lg_pg_session_step(struct lg_pg *pg);

/* From pg.c: ends a unit; reads and answers; closes and tries anew after a pause. */
void lg_pg_send_sync(struct lg_pg *pg, lg_pg_answer *answer, void *argument);
void lg_pg_look_after(struct lg_pg *pg);
void lg_pg_drop(struct lg_pg *pg);

/* Watches the connection's socket, whichever it is now; events as of uv_poll_start(). */
void lg_pg_watch(struct lg_pg *pg, int events);
void lg_pg_unwatch(struct lg_pg *pg);

/* Says once why there is no connection, until there was one.  Only literals. */
void lg_pg_report(struct lg_pg *pg, const char *why, const char *statement, const char *sqlstate);

#endif
