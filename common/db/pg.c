/*
 * A pipelined PostgreSQL connection on the loop.
 *
 * libpq answers in the order in which it was asked, so what is owed stands in a ring: one entry
 * per execution and one per sync.  An execution gives one result and then a NULL; a sync
 * gives one result and no NULL.  Whatever leaves an outcome unknown (a lost connection, a
 * FATAL from the server, a result that fits no entry) is one case: the connection is
 * dropped and every entry is answered with NULL.
 *
 * A transaction that fails half-way leaves the session inside its dead block; what was queued
 * behind it then fails too, which is wanted.  At the first error, before anybody hears of
 * it, a ROLLBACK is queued behind what is already under way, so that the next unit begins clean.
 */
#include "common/db/pg.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/db/pg_session.h"

#define PAUSE_FIRST_MS 50
#define PAUSE_MAX_MS   2000
#define SQLSTATE_SIZE  5

static void clear_result(void *result)
{
	PQclear(result);
}

/* --- sending --------------------------------------------------------------------------- */

static void on_next_turn(uv_timer_t *timer)
{
	lg_pg_look_after(timer->data);
}

/* Looks after the connection in the next turn of the loop. */
static void nudge(struct lg_pg *pg)
{
	if (!pg->is_draining)
		uv_timer_start(&pg->timer, on_next_turn, 0, 0);
}

static void break_off(struct lg_pg *pg)
{
	pg->is_broken = true;
	nudge(pg);
}

/* Writes what the socket takes; what it does not waits until it is writable. */
static void flush(struct lg_pg *pg)
{
	int rest = PQflush(pg->conn);

	if (rest < 0)
		break_off(pg);
	else
		lg_pg_watch(pg, rest > 0 ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

/* The answer is owed even if it cannot be sent: it will be NULL. */
static void owe(struct lg_pg *pg, lg_pg_answer *answer, void *argument, bool is_sync)
{
	lg_owed_push(&pg->owed, (struct lg_owed){
					.answer = answer,
					.argument = argument,
					.is_sync = is_sync,
					.is_transaction = pg->is_transaction,
				});
}

static void send_execution(struct lg_pg *pg, const struct lg_statement *statement,
	const struct lg_params *params, lg_pg_answer *answer, void *argument)
{
	int count = params == NULL ? 0 : params->count;

	assert(count == (int)statement->param_count);
	pg->is_unit_open = true;
	owe(pg, answer, argument, false);
	pg->counts.sent++;
	if (pg->is_broken)
		return;
	if (PQsendQueryPrepared(pg->conn, statement->name, count,
		    params == NULL ? NULL : params->values, params == NULL ? NULL : params->lengths,
		    params == NULL ? NULL : params->formats, 1) == 0)
		break_off(pg);
}

void lg_pg_send_sync(struct lg_pg *pg, lg_pg_answer *answer, void *argument)
{
	owe(pg, answer, argument, true);
	pg->is_unit_open = false;
	pg->is_transaction = false;
	pg->counts.units++;
	if (pg->is_broken)
		return;
	if (PQpipelineSync(pg->conn) == 0) {
		break_off(pg);
		return;
	}
	flush(pg);
	/* writing may have read: then the socket stays silent about answers already here */
	if (!pg->is_draining && PQisBusy(pg->conn) == 0)
		nudge(pg);
}

static void ignore_answer(void *unused, const PGresult *result)
{
	(void)unused;
	(void)result;
}

static void rolled_back(void *argument, const PGresult *result)
{
	struct lg_pg *pg = argument;

	(void)result;
	pg->is_rolling_back = false;
}

static void send_rollback(struct lg_pg *pg)
{
	if (pg->is_rolling_back)
		return;
	pg->is_rolling_back = true;
	send_execution(pg, &lg_pg_own_statements[LG_PG_ROLLBACK], NULL, ignore_answer, NULL);
	lg_pg_send_sync(pg, rolled_back, pg);
}

/* --- answers --------------------------------------------------------------------------- */

/* Whether a result means that nothing is known: not an answer to what was asked. */
static bool is_loss(const PGresult *result, bool is_sync)
{
	const char *severity = NULL;

	switch (PQresultStatus(result)) {
	case PGRES_PIPELINE_SYNC:
		return !is_sync;
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
	case PGRES_PIPELINE_ABORTED:
		return is_sync;
	case PGRES_FATAL_ERROR:
		/* no severity: libpq's own words about a dead socket */
		severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
		return is_sync || severity == NULL || strcmp(severity, "ERROR") != 0;
	case PGRES_EMPTY_QUERY:
	case PGRES_COPY_OUT:
	case PGRES_COPY_IN:
	case PGRES_BAD_RESPONSE:
	case PGRES_NONFATAL_ERROR:
	case PGRES_COPY_BOTH:
	case PGRES_SINGLE_TUPLE:
		break;
	}
	return true;
}

static void call(struct lg_pg *pg, struct lg_owed owed, PGresult *result)
{
	assert(!pg->is_unit_open); /* a unit is queued in one go, up to its sync */
	pg->current = result;
	pg->is_kept = false;
	owed.answer(owed.argument, result);
	if (!pg->is_kept)
		PQclear(result);
	pg->current = NULL;
}

/*
 * Takes one answer that libpq has ready.  The NULL behind it is taken before anybody hears of
 * it: libpq 15 loses that NULL when something is sent in between in an aborted pipeline.
 */
static void take(struct lg_pg *pg)
{
	struct lg_owed owed = lg_owed_first(&pg->owed);
	PGresult *result = PQgetResult(pg->conn);
	PGresult *more = NULL;

	if (result != NULL && !owed.is_sync && PQisBusy(pg->conn) == 0)
		more = PQgetResult(pg->conn);
	if (result == NULL || more != NULL || is_loss(result, owed.is_sync)) {
		PQclear(result);
		PQclear(more);
		pg->is_broken = true;
		return;
	}

	lg_owed_pop(&pg->owed);
	if (owed.is_transaction && PQresultStatus(result) == PGRES_FATAL_ERROR)
		send_rollback(pg);
	call(pg, owed, result);
}

static bool is_connected(const struct lg_pg *pg)
{
	return pg->state == LG_PG_PREPARING || pg->state == LG_PG_READY;
}

/* Reads and answers; drops a connection that is of no more use. */
void lg_pg_look_after(struct lg_pg *pg)
{
	/* libpq takes at least 8 KiB at a time, a TLS record holds up to 16: what it left inside
	 * TLS does not make the socket readable */
	int rounds = PQsslInUse(pg->conn) != 0 ? 3 : 1;

	pg->is_draining = true;
	for (int n = 0; n < rounds && is_connected(pg) && !pg->is_broken; n++) {
		bool is_alive = PQconsumeInput(pg->conn) != 0;

		/* what came before the end of a connection still counts */
		while (is_connected(pg) && !pg->is_broken && pg->owed.count > 0 &&
			PQisBusy(pg->conn) == 0)
			take(pg);
		if (!is_connected(pg))
			break;
		if (pg->owed.count == 0)
			(void)PQisBusy(pg->conn); /* parses what nobody asked for */
		if (!is_alive || PQstatus(pg->conn) != CONNECTION_OK)
			pg->is_broken = true;
	}
	pg->is_draining = false;
	if (pg->conn != NULL && pg->is_broken) {
		lg_pg_report(pg, "connection lost", "", "");
		lg_pg_drop(pg);
	}
}

/* --- the socket ------------------------------------------------------------------------ */

static void on_event(uv_poll_t *poll, int status, int events)
{
	struct lg_pg *pg = poll->data;

	/* libpq finds out itself what is wrong, and then says what it still has; but on an error libuv
	   has stopped watching, and would not be asked again */
	if (status < 0)
		pg->watch->events = 0;
	if (pg->state == LG_PG_CONNECTING) {
		lg_pg_session_step(pg);
		return;
	}
	if ((events & UV_WRITABLE) != 0 || status < 0)
		flush(pg); /* watches again, too */
	lg_pg_look_after(pg);
}

static void free_watch(uv_handle_t *handle)
{
	free(handle->data);
}

static void unwatch(struct lg_pg *pg)
{
	if (pg->watch == NULL)
		return;
	uv_poll_stop(&pg->watch->poll);
	pg->watch->poll.data = pg->watch;
	uv_close((uv_handle_t *)&pg->watch->poll, free_watch);
	pg->watch = NULL;
}

static void watch_socket(struct lg_pg *pg, int fd)
{
	pg->watch = calloc(1, sizeof(*pg->watch));
	if (pg->watch == NULL)
		abort();
	pg->watch->fd = fd;
	if (uv_poll_init(pg->options.loop, &pg->watch->poll, fd) != 0)
		abort();
	pg->watch->poll.data = pg;
}

void lg_pg_watch(struct lg_pg *pg, int events)
{
	int fd = PQsocket(pg->conn);

	if (fd < 0) { /* closed meanwhile: reading will say so */
		break_off(pg);
		return;
	}
	if (pg->watch != NULL && pg->watch->fd != fd)
		unwatch(pg);
	if (pg->watch == NULL)
		watch_socket(pg, fd);
	if (pg->watch->events == events)
		return; /* libuv would leave and enter epoll for nothing */
	pg->watch->events = events;
	if (uv_poll_start(&pg->watch->poll, events, on_event) != 0)
		abort();
}

/* --- life ------------------------------------------------------------------------------ */

/* Closes the socket and answers all that is owed with NULL. */
static void give_up(struct lg_pg *pg, enum lg_pg_state next)
{
	pg->state = next;
	uv_timer_stop(&pg->timer);
	unwatch(pg);
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->is_unit_open = false;
	pg->is_transaction = false;
	pg->is_broken = false;
	while (pg->owed.count > 0) {
		struct lg_owed owed = lg_owed_first(&pg->owed);

		lg_owed_pop(&pg->owed);
		owed.answer(owed.argument, NULL);
	}
}

static void on_pause_over(uv_timer_t *timer)
{
	lg_pg_session_start(timer->data);
}

void lg_pg_drop(struct lg_pg *pg)
{
	bool was_ready = pg->state == LG_PG_READY;

	give_up(pg, LG_PG_PAUSING);
	if (was_ready && pg->state == LG_PG_PAUSING)
		pg->options.lost(pg->options.user);
	if (pg->state != LG_PG_PAUSING) /* freed by an answer or by lost */
		return;

	uint64_t pause = PAUSE_MAX_MS;
	if (pg->attempts < 6 && (uint64_t)PAUSE_FIRST_MS << pg->attempts < PAUSE_MAX_MS)
		pause = (uint64_t)PAUSE_FIRST_MS << pg->attempts;
	pg->attempts++;
	/* not all instances of a site in one moment */
	pause = pause / 2 + lg_random_below(&pg->random, pause / 2 + 1);
	uv_timer_start(&pg->timer, on_pause_over, pause, 0);
}

/* --- what others call ------------------------------------------------------------------ */

struct lg_pg *lg_pg_new(const struct lg_pg_options *options)
{
	struct lg_pg *pg = calloc(1, sizeof(*pg));

	if (pg == NULL)
		abort();
	assert(options->ready != NULL && options->lost != NULL);
	pg->options = *options;
	lg_random_seed(&pg->random, uv_hrtime() ^ (uint64_t)getpid());
	if (uv_timer_init(options->loop, &pg->timer) != 0)
		abort();
	pg->timer.data = pg;
	lg_pg_session_start(pg);
	return pg;
}

static void free_pg(uv_handle_t *handle)
{
	struct lg_pg *pg = handle->data;

	lg_owed_release(&pg->owed);
	free(pg);
}

void lg_pg_free(struct lg_pg *pg)
{
	if (pg == NULL || pg->state == LG_PG_CLOSED)
		return;
	give_up(pg, LG_PG_CLOSED);
	uv_close((uv_handle_t *)&pg->timer, free_pg);
}

bool lg_pg_is_ready(const struct lg_pg *pg)
{
	return pg->state == LG_PG_READY;
}

int lg_pg_backend(const struct lg_pg *pg)
{
	return pg->state == LG_PG_READY ? PQbackendPID(pg->conn) : 0;
}

void lg_pg_send(struct lg_pg *pg, const struct lg_statement *statement,
	const struct lg_params *params, lg_pg_answer *answer, void *argument)
{
	assert(pg->state == LG_PG_READY);
	send_execution(pg, statement, params, answer == NULL ? ignore_answer : answer, argument);
}

void lg_pg_sync(struct lg_pg *pg, lg_pg_answer *answer, void *argument)
{
	assert(pg->state == LG_PG_READY);
	lg_pg_send_sync(pg, answer == NULL ? ignore_answer : answer, argument);
}

void lg_pg_begin(struct lg_pg *pg)
{
	assert(pg->state == LG_PG_READY);
	assert(!pg->is_unit_open);
	pg->is_transaction = true;
	send_execution(pg, &lg_pg_own_statements[LG_PG_BEGIN], NULL, ignore_answer, NULL);
}

void lg_pg_commit(struct lg_pg *pg, lg_pg_answer *answer, void *argument)
{
	assert(pg->state == LG_PG_READY);
	assert(pg->is_transaction);
	send_execution(pg, &lg_pg_own_statements[LG_PG_COMMIT], NULL,
		answer == NULL ? ignore_answer : answer, argument);
}

void lg_pg_flush(struct lg_pg *pg)
{
	assert(pg->is_unit_open);
	if (!pg->is_broken)
		flush(pg);
}

void lg_pg_abandon(struct lg_pg *pg)
{
	assert(pg->is_transaction);
	send_execution(pg, &lg_pg_own_statements[LG_PG_ROLLBACK], NULL, ignore_answer, NULL);
	lg_pg_send_sync(pg, ignore_answer, NULL);
}

bool lg_pg_is_committed(const PGresult *result)
{
	/* cmdStatus wants a result that is not const but does not write to it */
	return result != NULL && PQresultStatus(result) == PGRES_COMMAND_OK &&
	       strcmp(PQcmdStatus((PGresult *)result), "COMMIT") == 0;
}

void lg_pg_keep(struct lg_pg *pg, struct lg_arena *arena)
{
	assert(pg->current != NULL);
	assert(!pg->is_kept);
	pg->is_kept = true;
	lg_arena_defer(arena, clear_result, pg->current);
}

static const char *error_field(const PGresult *result, int code)
{
	const char *field = result == NULL ? NULL : PQresultErrorField(result, code);

	return field == NULL ? "" : field;
}

const char *lg_pg_sqlstate(const PGresult *result)
{
	const char *sqlstate = error_field(result, PG_DIAG_SQLSTATE);

	return strlen(sqlstate) == SQLSTATE_SIZE ? sqlstate : "";
}

bool lg_pg_is_transient(const char *sqlstate)
{
	/* connection; behind a failed unit; rolled back; resources; operator; system */
	static const char *const classes[] = { "08", "25P02", "40", "53", "55P03", "57", "58" };

	for (size_t n = 0; n < sizeof(classes) / sizeof(classes[0]); n++) {
		if (strncmp(sqlstate, classes[n], strlen(classes[n])) == 0)
			return true;
	}
	return false;
}

struct lg_pg_counts lg_pg_counts(const struct lg_pg *pg)
{
	return pg->counts;
}
