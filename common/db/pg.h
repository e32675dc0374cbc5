/*
 * One PostgreSQL connection in pipeline mode on a libuv loop.
 *
 * Statements are prepared at connect and answered in the order in which they were sent.  When
 * the connection goes, every answer that is owed is called with NULL (its outcome is
 * unknown), then `lost`, and a new connection is tried with growing pauses (50 ms to 2 s).
 *
 * A unit is queued in one go: from its first lg_pg_send() or lg_pg_begin() to its lg_pg_sync()
 * the loop does not turn (asserted).  When an execution of a transaction fails, what is already
 * queued behind it fails too (25P02, transient); what is queued from its first failed answer
 * on begins clean.
 *
 * PostgreSQL's error texts quote values: only SQLSTATE and constraint name are ever read.
 */
#ifndef LG_DB_PG_H
#define LG_DB_PG_H

#include <libpq-fe.h>
#include <uv.h>

#include "common/db/statement.h"

struct lg_pg;

/*
 * An answer.  result is NULL when the connection was lost, else of status TUPLES_OK, COMMAND_OK,
 * FATAL_ERROR or PIPELINE_ABORTED (an earlier one of the same unit failed); it is cleared
 * after the call unless lg_pg_keep() is asked.
 */
typedef void lg_pg_answer(void *argument, const PGresult *result);

struct lg_pg_options {
	uv_loop_t *loop;
	const char *conninfo;                     /* libpq; no password in it: a passfile or peer */
	const char *schema;                       /* search_path of the session */
	const struct lg_statement *const *tables; /* each ends with a row whose name is NULL */
	uint32_t table_count;
	void (*ready)(void *user); /* connected, settings checked, all prepared */
	void (*lost)(void *user);  /* after every owed answer was called with NULL */
	void *user;
};

/* Starts to connect.  Options are copied; what they point to must outlive the connection. */
struct lg_pg *lg_pg_new(const struct lg_pg_options *options);

/* Closes; owed answers are called with NULL.  The memory is freed when the loop has let go. */
void lg_pg_free(struct lg_pg *pg);

/* Connected, its settings checked, everything prepared. */
bool lg_pg_is_ready(const struct lg_pg *pg);

/* The server's process that serves us; 0 while not connected. */
int lg_pg_backend(const struct lg_pg *pg);

/*
 * Queues one execution; params are copied before this returns.  Only while ready.
 * Everything up to the next lg_pg_sync() fails together.  statement is one of the tables.
 */
void lg_pg_send(struct lg_pg *pg, const struct lg_statement *statement,
	const struct lg_params *params, lg_pg_answer *answer, void *argument);

/*
 * Ends a unit and flushes what is queued.  answer gets PIPELINE_SYNC; NULL when lost.
 * A unit that begins with lg_pg_begin() must end with lg_pg_commit() before its sync, or abandoned.
 */
void lg_pg_sync(struct lg_pg *pg, lg_pg_answer *answer, void *argument);

/* Inside a unit: sends what is queued, so that the server works on it while we make the rest. */
void lg_pg_flush(struct lg_pg *pg);

/* Ends a unit that began with lg_pg_begin() and is not wanted any more, its sync included. */
void lg_pg_abandon(struct lg_pg *pg);

/* Opens a transaction: everything up to its commit and sync is one. */
void lg_pg_begin(struct lg_pg *pg);

/* answer tells by lg_pg_is_committed() whether it counts. */
void lg_pg_commit(struct lg_pg *pg, lg_pg_answer *answer, void *argument);

/* Whether the answer of a COMMIT says COMMIT: a failed transaction answers ROLLBACK with OK. */
bool lg_pg_is_committed(const PGresult *result);

/* Inside an answer: result is not cleared, the arena will do it. */
void lg_pg_keep(struct lg_pg *pg, struct lg_arena *arena);

/* "40001", or "" when there was no error.  Five characters, in the result. */
const char *lg_pg_sqlstate(const PGresult *result);

/* Name of the constraint that was broken, or "". */
const char *lg_pg_constraint(const PGresult *result);

/* Whether the same again can help: connection, serialization, deadlock, resources, shutdown. */
bool lg_pg_is_transient(const char *sqlstate);

/* Executions and units since the start, for metrics. */
struct lg_pg_counts {
	uint64_t sent, units, reconnects;
};
struct lg_pg_counts lg_pg_counts(const struct lg_pg *pg);

/*
 * Whether the server keeps what it says: fsync, full_page_writes and synchronous_commit on.
 * Checked by pg at every connect; a server that does not is refused with a log line, once.
 */

#endif
