/* The table case_step: when each event of a case was asked for, waited, worked. */
#include "services/intake/store.h"

enum { SELECT_STEPS, INSERT_STEP };

const struct lg_statement store_case_step[] = {
	[SELECT_STEPS] = {
		.name = "select_steps",
		.sql = "SELECT what, event_id, recorded_ms, wait_us, work_us"
		       "  FROM case_step"
		       " WHERE case_id = $1"
		       " ORDER BY step",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[INSERT_STEP] = {
		.name = "insert_step",
		.sql = "INSERT INTO case_step (case_id, step, what, event_id, recorded_ms, wait_us,"
		       "       work_us)"
		       " SELECT r.case_id, r.step, r.what, r.event_id, r.recorded_ms, r.wait_us,"
		       "       r.work_us"
		       "  FROM unnest($1::bytea[], $2::int[], $3::text[], $4::bytea[], $5::bigint[],"
		       "       $6::bigint[], $7::bigint[])"
		       "    AS r (case_id, step, what, event_id, recorded_ms, wait_us, work_us)",
		.param_count = 7,
		.params = { LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_TEXTS, LG_SQL_BYTEAS, LG_SQL_INT8S,
			LG_SQL_INT8S, LG_SQL_INT8S },
	},
	{ .name = NULL },
};

struct lg_found *read_steps(struct lg_batch *batch, struct lg_id case_id)
{
	return lg_read(batch, &store_case_step[SELECT_STEPS],
		(const struct lg_value[]){ lg_v_id(&case_id) });
}

struct stored_step step_from_row(const struct lg_found *found, int row)
{
	const PGresult *result = found->result;

	return (struct stored_step){
		.what = lg_field_text(result, row, 0),
		.event_id = lg_field_id(result, row, 1),
		.recorded_at = lg_field_int(result, row, 2),
		.wait_us = (uint64_t)lg_field_int(result, row, 3),
		.work_us = (uint64_t)lg_field_int(result, row, 4),
	};
}

void write_step(
	struct lg_batch *batch, struct lg_id case_id, uint32_t step, const struct stored_step *row)
{
	const struct lg_value values[] = {
		lg_v_id(&case_id),
		lg_v_int(step),
		lg_v_text(row->what),
		lg_v_id(&row->event_id),
		lg_v_int(row->recorded_at),
		lg_v_int((int64_t)row->wait_us),
		lg_v_int((int64_t)row->work_us),
	};

	lg_insert(batch, &store_case_step[INSERT_STEP], values);
}
