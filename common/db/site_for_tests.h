/*
 * A connection to a private PostgreSQL, and units of one row in the table intake.thing whose
 * outcomes can be looked at: for the tests of pg.c and pg_session.c.
 */
#ifndef LG_DB_SITE_FOR_TESTS_H
#define LG_DB_SITE_FOR_TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/db/pg.h"
#include "tests/support/database.h"

enum { PUT, PUT_SLOWLY, ECHO_BYTES, ECHO_ROWS };

static const struct lg_statement statements[] = {
	[PUT] = {
		.name = "test_put",
		.sql = "INSERT INTO thing (id, word) VALUES ($1, $2)",
		.param_count = 2,
		.params = { LG_SQL_INT8, LG_SQL_TEXT },
	},
	[PUT_SLOWLY] = {
		.name = "test_put_slowly",
		.sql = "INSERT INTO thing (id, word) SELECT $1, 'slow' FROM pg_sleep(0.02)",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	[ECHO_BYTES] = {
		.name = "test_echo_bytes",
		.sql = "SELECT $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[ECHO_ROWS] = {
		.name = "test_echo_rows",
		.sql = "SELECT * FROM unnest($1, $2, $3, $4, $5, $6)",
		.param_count = 6,
		.params = { LG_SQL_INT2S, LG_SQL_INT4S, LG_SQL_INT8S, LG_SQL_BOOLS, LG_SQL_BYTEAS,
			LG_SQL_TEXTS },
	},
	{ .name = NULL },
};
static const struct lg_statement *const tables[] = { statements };

/* What became of one unit. */
struct unit {
	struct site *site;
	int id;
	bool is_committed, is_failed, is_answered; /* neither of the first two: nobody knows */
	char sqlstate[6];
};

#define UNITS_MAX 64

struct site {
	struct test_database *db;
	char conninfo[4 * TEST_TEXT_MAX];
	uv_loop_t loop;
	struct lg_pg *pg;
	struct lg_arena *arena;
	int ready, lost, answered, nulls, wanted;
	struct unit units[UNITS_MAX];
	struct lg_bytes echo;
	int echoed;
};

static inline void count_ready(void *user)
{
	((struct site *)user)->ready++;
}

static inline void count_lost(void *user)
{
	struct site *site = user;

	assert_false(lg_pg_is_ready(site->pg));
	site->lost++;
	site->answered = site->answered < site->wanted ? INT32_MIN : site->answered;
}

static inline bool is_ready(void *user)
{
	return lg_pg_is_ready(((struct site *)user)->pg);
}

static inline bool is_lost(void *user)
{
	return ((struct site *)user)->lost > 0;
}

static inline bool all_answered(void *user)
{
	struct site *site = user;

	return site->answered >= site->wanted;
}

static inline int setup_group(void **state)
{
	struct test_database *db = test_database_start();

	test_migrate(db, "intake");
	test_admin(db, "SET ROLE lg_owner; CREATE TABLE intake.thing (id bigint PRIMARY KEY,"
		       " word text NOT NULL CONSTRAINT thing_word CHECK (word <> 'bad'))");
	*state = db;
	return 0;
}

static inline int teardown_group(void **state)
{
	test_database_end(*state);
	return 0;
}

/* before: hosts that come before the server's in the list, each with a comma; "" for none */
static inline struct site *site_behind(struct test_database *db, const char *before)
{
	struct site *site = calloc(1, sizeof(*site));
	char alone[4 * TEST_TEXT_MAX];

	assert_non_null(site);
	site->db = db;
	site->arena = lg_arena_new();
	uv_loop_init(&site->loop);
	test_admin(db, "TRUNCATE intake.thing");
	test_conninfo(db, "lg_intake", alone);
	assert_memory_equal(alone, "host=", 5);
	assert_in_range(
		snprintf(site->conninfo, sizeof(site->conninfo), "host=%s%s", before, alone + 5), 1,
		sizeof(site->conninfo) - 1);
	site->pg = lg_pg_new(&(struct lg_pg_options){
		.loop = &site->loop,
		.conninfo = site->conninfo,
		.schema = "intake",
		.tables = tables,
		.table_count = 1,
		.ready = count_ready,
		.lost = count_lost,
		.user = site,
	});
	return site;
}

static inline struct site *site_new(struct test_database *db)
{
	return site_behind(db, "");
}

static inline struct site *site_ready(void **state)
{
	struct site *site = site_new(*state);

	assert_true(test_run_until(&site->loop, is_ready, site));
	return site;
}

static inline void site_free(struct site *site)
{
	lg_pg_free(site->pg);
	uv_run(&site->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&site->loop), 0);
	lg_arena_free(site->arena);
	free(site);
}

static inline void on_put(void *argument, const PGresult *result)
{
	struct unit *unit = argument;

	if (result != NULL && PQresultStatus(result) == PGRES_FATAL_ERROR)
		snprintf(unit->sqlstate, sizeof(unit->sqlstate), "%s", lg_pg_sqlstate(result));
}

static inline void on_commit(void *argument, const PGresult *result)
{
	struct unit *unit = argument;

	unit->is_committed = lg_pg_is_committed(result);
	unit->is_failed = result != NULL && !unit->is_committed;
}

static inline void on_sync(void *argument, const PGresult *result)
{
	struct unit *unit = argument;

	assert_false(unit->is_answered);
	unit->is_answered = true;
	unit->site->answered++;
	unit->site->nulls += result == NULL;
}

static inline void send_put(struct unit *unit, int64_t id, const char *word)
{
	const struct lg_value values[] = { lg_v_int(id), lg_v_text(word) };

	lg_pg_send(unit->site->pg, &statements[PUT],
		lg_params_make(unit->site->arena, &statements[PUT], values), on_put, unit);
}

static inline struct unit *unit_begin(struct site *site)
{
	struct unit *unit = &site->units[site->wanted];

	assert_true(site->wanted < UNITS_MAX);
	unit->site = site;
	unit->id = site->wanted++;
	lg_pg_begin(site->pg);
	return unit;
}

static inline void unit_end(struct unit *unit)
{
	lg_pg_commit(unit->site->pg, on_commit, unit);
	lg_pg_sync(unit->site->pg, on_sync, unit);
}

/* BEGIN, one row, COMMIT. */
static inline struct unit *unit_put(struct site *site, int64_t id, const char *word)
{
	struct unit *unit = unit_begin(site);

	send_put(unit, id, word);
	unit_end(unit);
	return unit;
}

static inline struct unit *unit_put_slowly(struct site *site, int64_t id)
{
	struct unit *unit = unit_begin(site);
	const struct lg_value values[] = { lg_v_int(id) };

	lg_pg_send(site->pg, &statements[PUT_SLOWLY],
		lg_params_make(site->arena, &statements[PUT_SLOWLY], values), on_put, unit);
	unit_end(unit);
	return unit;
}

static inline long rows_of(struct site *site)
{
	return test_admin(site->db, "SELECT count(*) FROM intake.thing");
}

#endif
