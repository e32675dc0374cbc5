/*
 * Rows committed per second, 512 bytes each: through common/db as a service does it (fence,
 * one array per column, two units under way), or one row per transaction over blocking libpq.
 *
 *   pg_main CONNINFO pipeline BATCH SECONDS
 *   pg_main CONNINFO blocking SECONDS
 *
 * Prints one number.  The schema is "intake", with a table bench (id, envelope).
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "common/db/fence.h"

#define ROW_BYTES 512
#define IN_FLIGHT 2
#define BATCH_MAX 512

static const struct lg_statement statements[] = {
	{
		.name = "bench_insert",
		.sql = "INSERT INTO bench (id, envelope) SELECT * FROM unnest($1, $2)",
		.param_count = 2,
		.params = { LG_SQL_INT8S, LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};
static const struct lg_statement *const tables[] = { statements, lg_fence_statements };

struct bench;

struct unit {
	struct bench *bench;
	struct lg_arena *arena;
	bool is_committed;
};

struct bench {
	uv_loop_t loop;
	uv_timer_t tick;
	struct lg_pg *pg;
	struct lg_fence *fence;
	int64_t batch, seconds, next_id, stored;
	struct unit units[IN_FLIGHT];
	int in_flight;
	uint64_t started_ns, ended_ns;
	uint8_t row[ROW_BYTES];
};

static void send_unit(struct unit *unit);

static void on_commit(void *argument, const PGresult *result)
{
	((struct unit *)argument)->is_committed = lg_pg_is_committed(result);
}

static void on_sync(void *argument, const PGresult *result)
{
	struct unit *unit = argument;
	struct bench *bench = unit->bench;

	if (result == NULL || !unit->is_committed) {
		fprintf(stderr, "a unit was not committed\n");
		exit(1);
	}
	bench->stored += bench->batch;
	bench->in_flight--;
	bench->ended_ns = uv_hrtime();
	if (bench->ended_ns - bench->started_ns < (uint64_t)bench->seconds * 1000000000u)
		send_unit(unit);
	else if (bench->in_flight == 0)
		uv_stop(&bench->loop);
}

static void send_unit(struct unit *unit)
{
	struct bench *bench = unit->bench;

	lg_arena_reset(unit->arena);
	struct lg_rows *rows = lg_rows_new(unit->arena, &statements[0]);
	for (int64_t n = 0; n < bench->batch; n++)
		lg_rows_add(rows, (const struct lg_value[]){
					  lg_v_int(bench->next_id++),
					  lg_v_bytes(lg_bytes(bench->row, sizeof(bench->row))),
				  });
	unit->is_committed = false;
	bench->in_flight++;
	lg_pg_begin(bench->pg);
	lg_fence_move(bench->fence, unit->arena, 1);
	lg_pg_send(bench->pg, &statements[0], lg_rows_params(rows), NULL, NULL);
	lg_pg_commit(bench->pg, on_commit, unit);
	lg_pg_sync(bench->pg, on_sync, unit);
}

static void on_ready(void *user)
{
	lg_fence_start(((struct bench *)user)->fence);
}

static void on_lost(void *user)
{
	lg_fence_stop(((struct bench *)user)->fence);
}

static void on_taken(void *user, uint8_t partition, struct lg_id epoch, uint64_t takeover)
{
	struct bench *bench = user;

	(void)epoch;
	(void)takeover;
	if (partition != 0)
		return;
	bench->started_ns = uv_hrtime();
	for (int n = 0; n < IN_FLIGHT; n++) {
		bench->units[n] = (struct unit){ .bench = bench, .arena = lg_arena_new() };
		send_unit(&bench->units[n]);
	}
}

static void on_lost_partition(void *user, uint8_t partition)
{
	(void)user;
	(void)partition;
}

static bool is_busy(void *user, uint8_t partition)
{
	(void)user;
	(void)partition;
	return true;
}

static void on_tick(uv_timer_t *timer)
{
	struct bench *bench = timer->data;

	lg_fence_tick(bench->fence, (lg_ms)uv_now(&bench->loop));
}

static double run_pipeline(const char *conninfo, int64_t batch, int64_t seconds)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	if (bench == NULL)
		abort();
	bench->batch = batch;
	bench->seconds = seconds;
	memset(bench->row, 'e', sizeof(bench->row));
	uv_loop_init(&bench->loop);
	uv_timer_init(&bench->loop, &bench->tick);
	bench->tick.data = bench;
	bench->pg = lg_pg_new(&(struct lg_pg_options){
		.loop = &bench->loop,
		.conninfo = conninfo,
		.schema = "intake",
		.tables = tables,
		.table_count = 2,
		.ready = on_ready,
		.lost = on_lost,
		.user = bench,
	});
	bench->fence = lg_fence_new(&(struct lg_fence_options){
		.pg = bench->pg,
		.instance = { .byte = { 1 } },
		.taken = on_taken,
		.lost = on_lost_partition,
		.is_busy = is_busy,
		.user = bench,
	});
	uv_timer_start(&bench->tick, on_tick, 1000, 1000);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	/* the process ends here: nothing is taken down */
	return (double)bench->stored / ((double)(bench->ended_ns - bench->started_ns) / 1e9);
}

static double run_blocking(const char *conninfo, int64_t seconds)
{
	PGconn *conn = PQconnectdb(conninfo);
	uint64_t started_ns = uv_hrtime(), now_ns = started_ns;
	int64_t stored = 0;
	char row[ROW_BYTES], id[32];
	const char *const values[] = { id, row };
	const int lengths[] = { 0, ROW_BYTES }, formats[] = { 0, 1 };

	memset(row, 'e', sizeof(row));
	while (now_ns - started_ns < (uint64_t)seconds * 1000000000u) {
		snprintf(id, sizeof(id), "%lld", (long long)stored);
		PGresult *result = PQexecParams(conn,
			"INSERT INTO intake.bench (id, envelope) VALUES ($1, $2)", 2, NULL, values,
			lengths, formats, 1);
		if (PQresultStatus(result) != PGRES_COMMAND_OK) {
			fprintf(stderr, "a row was not stored\n");
			exit(1);
		}
		PQclear(result);
		stored++;
		now_ns = uv_hrtime();
	}
	PQfinish(conn);
	return (double)stored / ((double)(now_ns - started_ns) / 1e9);
}

int main(int argc, char **argv)
{
	int64_t batch = 0, seconds = 0;

	if (argc == 5 && strcmp(argv[2], "pipeline") == 0 &&
		lg_is_done(lg_int_parse(argv[3], &batch)) &&
		lg_is_done(lg_int_parse(argv[4], &seconds)) && batch > 0 && batch <= BATCH_MAX)
		printf("%.0f\n", run_pipeline(argv[1], batch, seconds));
	else if (argc == 4 && strcmp(argv[2], "blocking") == 0 &&
		 lg_is_done(lg_int_parse(argv[3], &seconds)))
		printf("%.0f\n", run_blocking(argv[1], seconds));
	else
		return 2;
	return 0;
}
