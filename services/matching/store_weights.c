/* The table learned_weights: one row per version; and what people decided, to learn from. */
#include "services/matching/store.h"

enum { SELECT_WEIGHTS, SELECT_DECIDED, INSERT_WEIGHTS };

const struct lg_statement store_weights[] = {
	[SELECT_WEIGHTS] = {
		.name = "select_weights",
		.sql = "SELECT w.weights"
		       "  FROM learned_weights AS w"
		       " ORDER BY w.version DESC"
		       " LIMIT 1",
		.param_count = 0,
	},
	[SELECT_DECIDED] = {
		/* a button that was pressed by mistake says nothing of the pair */
		.name = "select_decided",
		.sql = "SELECT m.match_id, m.state = 'CONFIRMED', m.reasons"
		       "  FROM match AS m"
		       " WHERE m.state IN ('CONFIRMED', 'REJECTED', 'UNDONE')"
		       "   AND m.undone_why IS DISTINCT FROM 'BY_MISTAKE'"
		       " ORDER BY m.state, m.proposed_ms DESC"
		       " LIMIT $1",
		.param_count = 1,
		.params = { LG_SQL_INT4 },
	},
	[INSERT_WEIGHTS] = {
		.name = "insert_weights",
		.sql = "INSERT INTO learned_weights (version, weights, same_count, other_count,"
		       "       held_out_count, loss_before_mb, loss_after_mb, learned_ms, learned_by)"
		       " SELECT r.version, r.weights, r.same_count, r.other_count, r.held_out_count,"
		       "       r.loss_before_mb, r.loss_after_mb, r.learned_ms, r.learned_by"
		       "  FROM unnest($1::int[], $2::bytea[], $3::int[], $4::int[], $5::int[],"
		       "       $6::int[], $7::int[], $8::bigint[], $9::bytea[])"
		       "    AS r (version, weights, same_count, other_count, held_out_count,"
		       "       loss_before_mb, loss_after_mb, learned_ms, learned_by)",
		.param_count = 9,
		.params = { LG_SQL_INT4S, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT4S,
			LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT8S, LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};

struct lg_found *read_weights(struct lg_batch *batch)
{
	return lg_read(batch, &store_weights[SELECT_WEIGHTS], NULL);
}

struct lg_bytes weights_from_found(const struct lg_found *found)
{
	return found->count == 0 ? lg_bytes("", 0) : lg_field_bytes(found->result, 0, 0);
}

struct lg_found *read_decided(struct lg_batch *batch)
{
	return lg_read(batch, &store_weights[SELECT_DECIDED],
		(const struct lg_value[]){ lg_v_int(DECIDED_MAX) });
}

struct decided_row decided_from_row(const struct lg_found *found, int row)
{
	return (struct decided_row){
		.match_id = lg_field_id(found->result, row, 0),
		.is_same = lg_field_int(found->result, row, 1) != 0,
		.reasons = lg_field_bytes(found->result, row, 2),
	};
}

void write_weights(struct lg_batch *batch, const struct learned *learned, struct lg_bytes weights,
	struct lg_id by, lg_ms now)
{
	const struct lg_value values[] = {
		lg_v_int(learned->weights.version),
		lg_v_bytes(weights),
		lg_v_int(learned->same_count),
		lg_v_int(learned->other_count),
		lg_v_int(learned->held_out_count),
		lg_v_int((int64_t)(1000 * learned->loss_before)),
		lg_v_int((int64_t)(1000 * learned->loss_after)),
		lg_v_int(now),
		lg_v_id(&by),
	};

	lg_insert(batch, &store_weights[INSERT_WEIGHTS], values);
}
