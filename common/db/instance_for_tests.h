/*
 * Instances of a service with a fence, each with a loop of its own so that it can stand still, and
 * transactions that fail at once or only at COMMIT: for the tests of fence.c.
 */
#ifndef LG_DB_INSTANCE_FOR_TESTS_H
#define LG_DB_INSTANCE_FOR_TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/db/fence.h"
#include "tests/support/database.h"

#define ALL              ((uint16_t)0xffff)
#define SERVER_LOOKS_MAX 10000
#define SECOND_SHORT_MS  20

static const struct lg_statement statements[] = {
	{
		.name = "test_put",
		.sql = "INSERT INTO thing (id, late) VALUES ($1, $2)",
		.param_count = 2,
		.params = { LG_SQL_INT8, LG_SQL_INT8 },
	},
	{ .name = NULL },
};
static const struct lg_statement *const tables[] = { statements, lg_fence_statements };

struct instance {
	struct test_database *db;
	char conninfo[4 * TEST_TEXT_MAX];
	uv_loop_t loop;
	struct lg_pg *pg;
	struct lg_fence *fence;
	struct lg_arena *arena;
	uint16_t known; /* by taken and lost alone */
	uint16_t busy;
	int taken, lost;
	lg_ms now;
	bool has_left;
	int wanted, answered, committed;
};

static inline void on_taken(void *user, uint8_t partition, struct lg_id epoch, uint64_t takeover)
{
	struct instance *in = user;

	assert_int_equal(in->known >> partition & 1, 0);
	assert_true(lg_id_equal(epoch, lg_fence_epoch(in->fence, partition)));
	assert_int_equal(takeover, lg_fence_takeover(in->fence, partition));
	assert_false(lg_id_is_zero(epoch));
	in->known |= (uint16_t)(1u << partition);
	in->taken++;
}

static inline void on_lost_partition(void *user, uint8_t partition)
{
	struct instance *in = user;

	assert_int_equal(in->known >> partition & 1, 1);
	in->known &= (uint16_t) ~(1u << partition);
	in->lost++;
}

static inline bool is_busy(void *user, uint8_t partition)
{
	return (((struct instance *)user)->busy >> partition & 1) != 0;
}

static inline void on_ready(void *user)
{
	lg_fence_start(((struct instance *)user)->fence);
}

static inline void on_lost(void *user)
{
	lg_fence_stop(((struct instance *)user)->fence);
}

static inline bool is_ready(void *user)
{
	return lg_pg_is_ready(((struct instance *)user)->pg);
}

static inline struct instance *instance_new(void **state, uint8_t name, bool is_single_writer)
{
	struct instance *in = calloc(1, sizeof(*in));

	assert_non_null(in);
	in->db = *state;
	in->now = 1000000;
	in->arena = lg_arena_new();
	uv_loop_init(&in->loop);
	in->pg = lg_pg_new(&(struct lg_pg_options){
		.loop = &in->loop,
		.conninfo = test_conninfo(in->db, "lg_intake", in->conninfo),
		.schema = "intake",
		.tables = tables,
		.table_count = 2,
		.ready = on_ready,
		.lost = on_lost,
		.user = in,
	});
	in->fence = lg_fence_new(&(struct lg_fence_options){
		.pg = in->pg,
		.instance = { .byte = { [0] = name, [15] = 1 } },
		.is_single_writer = is_single_writer,
		.taken = on_taken,
		.lost = on_lost_partition,
		.is_busy = is_busy,
		.user = in,
	});
	assert_true(test_run_until(&in->loop, is_ready, in));
	return in;
}

/* Its locks go before it does.  Each look is a connection of its own, a pause in itself. */
static inline bool is_known_to_server(const struct instance *in, int backend)
{
	char sql[TEST_TEXT_MAX];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM pg_stat_activity WHERE pid = %d", backend);
	return test_admin(in->db, sql) > 0;
}

/*
 * As a killed process: nothing is given back, the server finds out by itself.  How soon it does is the
 * machine's affair; what follows counts from there.
 */
static inline void instance_kill(struct instance *in)
{
	int backend = lg_pg_backend(in->pg), looks = 0;

	lg_pg_free(in->pg);
	uv_run(&in->loop, UV_RUN_DEFAULT);
	while (is_known_to_server(in, backend))
		assert_true(++looks < SERVER_LOOKS_MAX);
	assert_int_equal(uv_loop_close(&in->loop), 0);
	lg_fence_free(in->fence);
	lg_arena_free(in->arena);
	free(in);
}

static inline void note_left(void *user)
{
	((struct instance *)user)->has_left = true;
}

static inline bool has_left(void *user)
{
	return ((struct instance *)user)->has_left;
}

static inline void instance_leave(struct instance *in)
{
	lg_fence_leave(in->fence, note_left, in);
	assert_true(test_run_until(&in->loop, has_left, in));
	assert_int_equal(in->known, 0);
}

static inline void instance_end(struct instance *in)
{
	instance_leave(in);
	instance_kill(in);
}

static inline bool all_answered(void *user)
{
	struct instance *in = user;

	return in->answered >= in->wanted;
}

static inline void on_barrier(void *argument, const PGresult *result)
{
	(void)result;
	*(bool *)argument = true;
}

static inline bool is_passed(void *user)
{
	return *(bool *)user;
}

/*
 * One second of its life: the tick and all that follows from it.  Each barrier is a round trip
 * behind what is under way; heartbeat, lock, the other locks and epochs need four.
 */
static inline void pass_second(struct instance *in)
{
	in->now += LG_SECOND_MS;
	lg_fence_tick(in->fence, in->now);
	for (int n = 0; n < 6; n++) {
		bool passed = false;

		assert_true(test_run_until(&in->loop, is_ready, in));
		lg_pg_sync(in->pg, on_barrier, &passed);
		assert_true(test_run_until(&in->loop, is_passed, &passed));
	}
	assert_int_equal(in->known, lg_fence_owned(in->fence));
}

static inline unsigned count_of(uint16_t set)
{
	return (unsigned)__builtin_popcount(set);
}

/* Seconds until it owns count, other living beside it; above 40: never. */
static inline int seconds_until(struct instance *in, struct instance *other, unsigned count)
{
	int seconds = 0;

	while (seconds <= 40 && count_of(lg_fence_owned(in->fence)) != count) {
		pass_second(in);
		if (other != NULL)
			pass_second(other);
		seconds++;
		uv_sleep(SECOND_SHORT_MS); /* what the server does by itself takes real time */
	}
	return seconds;
}

static inline struct instance *owner_of_all(void **state, uint8_t name)
{
	struct instance *in = instance_new(state, name, false);

	assert_true(seconds_until(in, NULL, 16) <= 40);
	return in;
}

static inline void on_committed(void *argument, const PGresult *result)
{
	((struct instance *)argument)->committed += lg_pg_is_committed(result);
}

static inline void on_synced(void *argument, const PGresult *result)
{
	(void)result;
	((struct instance *)argument)->answered++;
}

/* A transaction of these partitions that stores one row; late 0 fails, but only at COMMIT. */
static inline void put(struct instance *in, uint16_t partitions, int64_t id, int64_t late)
{
	const struct lg_value values[] = { lg_v_int(id), lg_v_int(late) };

	lg_pg_begin(in->pg);
	lg_fence_move(in->fence, in->arena, partitions);
	lg_pg_send(in->pg, &statements[0], lg_params_make(in->arena, &statements[0], values), NULL,
		NULL);
	lg_pg_commit(in->pg, on_committed, in);
	lg_pg_sync(in->pg, on_synced, in);
	in->wanted++;
}

static inline long rows_of(struct instance *in)
{
	return test_admin(in->db, "SELECT count(*) FROM intake.thing");
}

#endif
