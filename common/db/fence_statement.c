/*
 * What the fence asks the database.  Every statement names its tables by the session's
 * search_path, so that the locks and rows of one service never meet those of another.
 */
#include "common/db/fence_statement.h"

#include "common/db/fence.h"

/* Locks of this schema in this database. */
#define OUR_LOCKS \
	"l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted" \
	" AND l.classid = (hashtext(current_schema()::text)::bigint & 4294967295)::oid" \
	" AND l.database = (SELECT d.oid FROM pg_database AS d" \
	"                    WHERE d.datname = current_database())"

#define IS_FRESH "seen >= clock_timestamp() - $1 * interval '1 millisecond'"

const struct lg_statement lg_fence_statements[] = {
	[LG_FENCE_BEAT] = {
		.name = "fence_beat",
		.sql = "INSERT INTO member AS m (instance, backend, owned, seen)"
		       " VALUES ($1, pg_backend_pid(),"
		       "         ARRAY(SELECT n::smallint FROM generate_series(0, 15) AS n"
		       "                WHERE ($2 >> n) & 1 = 1),"
		       "         clock_timestamp())"
		       " ON CONFLICT (instance) DO UPDATE"
		       "    SET backend = EXCLUDED.backend, owned = EXCLUDED.owned,"
		       "        seen = EXCLUDED.seen",
		.param_count = 2,
		.params = { LG_SQL_BYTEA, LG_SQL_INT4 },
	},
	/* Only a backend that still holds our locks: a process number is used again. */
	[LG_FENCE_END_STALE] = {
		.name = "fence_end_stale",
		.sql = "SELECT pg_terminate_backend(m.backend)"
		       "  FROM member AS m"
		       " WHERE NOT m." IS_FRESH
		       "   AND m.backend <> pg_backend_pid()"
		       "   AND NOT EXISTS (SELECT FROM member AS f"
		       "                    WHERE f.backend = m.backend AND f." IS_FRESH ")"
		       "   AND EXISTS (SELECT FROM pg_locks AS l"
		       "                WHERE l.pid = m.backend AND " OUR_LOCKS ")",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	/* A member whose backend is gone was killed: nobody waits for its heartbeat to go stale. */
	[LG_FENCE_LOOK] = {
		.name = "fence_look",
		.sql = "SELECT (SELECT count(*)"
		       "          FROM member AS m"
		       "         WHERE m." IS_FRESH
		       "           AND EXISTS (SELECT FROM pg_stat_get_activity(m.backend))),"
		       "       coalesce((SELECT bit_or(1 << l.objid::bigint::integer)"
		       "                   FROM pg_locks AS l"
		       "                  WHERE " OUR_LOCKS "), 0)",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	[LG_FENCE_LOCK] = {
		.name = "fence_lock",
		.sql = "SELECT s.p, pg_try_advisory_lock("
		       "               hashtext(current_schema()::text), s.p::integer)"
		       "  FROM unnest($1) AS s(p)",
		.param_count = 1,
		.params = { LG_SQL_INT2S },
	},
	[LG_FENCE_UNLOCK] = {
		.name = "fence_unlock",
		.sql = "SELECT pg_advisory_unlock(hashtext(current_schema()::text), s.p::integer)"
		       "  FROM unnest($1) AS s(p)",
		.param_count = 1,
		.params = { LG_SQL_INT2S },
	},
	/* Waits for a transaction of the last owner that is still under way. */
	[LG_FENCE_STORE] = {
		.name = "fence_store",
		.sql = "UPDATE partition AS r"
		       "   SET epoch = e.epoch, step = r.step + 1, takeover = r.takeover + 1"
		       "  FROM unnest($1, $2) AS e(p, epoch)"
		       " WHERE r.p = e.p"
		       " RETURNING r.p, r.step, r.takeover",
		.param_count = 2,
		.params = { LG_SQL_INT2S, LG_SQL_BYTEAS },
	},
	/* All 16 rows are there from the first migration on: one that is not found cannot be. */
	[LG_FENCE_MOVE] = {
		.name = "fence_move",
		.sql = "UPDATE partition"
		       "   SET step = CASE WHEN epoch = ($2::bytea[])[array_position($1::smallint[], p)]"
		       "                    AND step = ($3::bigint[])[array_position($1::smallint[], p)]"
		       "                   THEN step + 1"
		       "                   ELSE fence_lost() END"
		       " WHERE p = ANY ($1::smallint[])",
		.param_count = 3,
		.params = { LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_INT8S },
	},
	/* Most transactions where little happens: by the key, 8 us less than by a list of one. */
	[LG_FENCE_MOVE_ONE] = {
		.name = "fence_move_one",
		.sql = "UPDATE partition"
		       "   SET step = CASE WHEN epoch = $2 AND step = $3"
		       "                   THEN step + 1"
		       "                   ELSE fence_lost() END"
		       " WHERE p = $1",
		.param_count = 3,
		.params = { LG_SQL_INT2, LG_SQL_BYTEA, LG_SQL_INT8 },
	},
	[LG_FENCE_UNLOCK_ALL] = {
		.name = "fence_unlock_all",
		.sql = "SELECT pg_advisory_unlock_all()",
	},
	[LG_FENCE_REMOVE] = {
		.name = "fence_remove",
		.sql = "DELETE FROM member WHERE instance = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	/* Rows of the dead, when nothing of theirs is left. */
	[LG_FENCE_TIDY] = {
		.name = "fence_tidy",
		.sql = "DELETE FROM member AS m"
		       " WHERE NOT m." IS_FRESH
		       "   AND NOT EXISTS (SELECT FROM pg_stat_get_activity(m.backend))",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	/* Locks of ours in a session that is no member's: nobody can take those partitions. */
	[LG_FENCE_FOREIGN] = {
		.name = "fence_foreign",
		.sql = "SELECT count(*)"
		       "  FROM pg_locks AS l"
		       " WHERE " OUR_LOCKS
		       "   AND NOT EXISTS (SELECT FROM member AS m"
		       "                    WHERE m.backend = l.pid AND m." IS_FRESH ")",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	{ .name = NULL },
};
