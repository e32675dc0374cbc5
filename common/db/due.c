#include "common/db/due.h"

const struct lg_statement lg_due_statements[] = {
	[LG_DUE_SET] = {
		.name = "due_set",
		.sql = "INSERT INTO due (due_id, p, key, type, due_ms, message, trace)"
		       " SELECT * FROM unnest($1::bytea[], $2::smallint[], $3::bytea[], $4::integer[],"
		       "                      $5::bigint[], $6::bytea[], $7::bytea[])"
		       " ON CONFLICT (due_id) DO UPDATE"
		       "    SET type = EXCLUDED.type, due_ms = EXCLUDED.due_ms,"
		       "        message = EXCLUDED.message, trace = EXCLUDED.trace",
		.param_count = 7,
		.params = { LG_SQL_BYTEAS, LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT8S,
			LG_SQL_BYTEAS, LG_SQL_BYTEAS },
	},
	[LG_DUE_CLEAR] = {
		.name = "due_clear",
		.sql = "DELETE FROM due WHERE due_id = ANY($1)",
		.param_count = 1,
		.params = { LG_SQL_BYTEAS },
	},
	[LG_DUE_SETTLED] = {
		.name = "due_settled",
		.sql = "DELETE FROM due AS d"
		       " USING unnest($1::bytea[], $2::bigint[]) AS s(due_id, due_ms)"
		       " WHERE d.due_id = s.due_id AND d.due_ms = s.due_ms",
		.param_count = 2,
		.params = { LG_SQL_BYTEAS, LG_SQL_INT8S },
	},
	[LG_DUE_READY] = {
		.name = "due_ready",
		/* by each partition: bounded, whatever waits in another one; by types: what only a later
		   version knows stays, and stands in nobody's way */
		.sql = "SELECT d.due_id, d.key, d.type, d.due_ms, d.message, o.p, d.trace"
		       "  FROM (SELECT p, array_agg(type) AS types"
		       "          FROM unnest($1::smallint[], $2::integer[]) AS known(p, type)"
		       "         GROUP BY p) AS o"
		       " CROSS JOIN LATERAL"
		       "       (SELECT due_id, key, type, due_ms, message, trace"
		       "          FROM due"
		       "         WHERE due.p = o.p AND type = ANY (o.types) AND due_ms <="
		       "               floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
		       "         ORDER BY due_ms"
		       "         LIMIT 64) AS d"
		       " ORDER BY d.due_ms",
		.param_count = 2,
		.params = { LG_SQL_INT2S, LG_SQL_INT4S },
	},
	[LG_DUE_CLOCK] = {
		.name = "due_clock",
		.sql = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
	},
	{ .name = NULL },
};

bool lg_due_clock_note(struct lg_due_clock *clock, lg_ms now, uint64_t own_ms)
{
	bool is_first = clock->own_ms == 0;
	lg_ms passed = (lg_ms)(own_ms - clock->own_ms);
	bool jumped = !is_first && now - clock->database > passed + LG_DUE_JUMP_MS;

	clock->database = now;
	clock->own_ms = own_ms;
	clock->is_held = clock->is_held || jumped;
	return jumped;
}
