/*
 * The table case_event: when each event took effect here.  Rows are only added, and no
 * uniqueness hides an event that took effect twice: a trace would show it.
 */
#include "services/reporting/store.h"

enum { SELECT_CASE_EVENTS, INSERT_CASE_EVENT, FORGET_CASE_EVENTS };

const struct lg_statement store_case_event[] = {
	[SELECT_CASE_EVENTS] = {
		.name = "select_case_events",
		.sql = "SELECT case_id, event_id, type, recorded_ms, arrived_ms, applied_ms, wait_us,"
		       "       work_us"
		       "  FROM case_event"
		       " WHERE p = $1"
		       "   AND case_id = $2"
		       " ORDER BY seq",
		.param_count = 2,
		.params = { LG_SQL_INT2, LG_SQL_BYTEA },
	},
	[INSERT_CASE_EVENT] = {
		.name = "insert_case_event",
		.sql = "INSERT INTO case_event (p, case_id, event_id, type, recorded_ms, arrived_ms,"
		       "       applied_ms, wait_us, work_us)"
		       " SELECT r.p, r.case_id, r.event_id, r.type, r.recorded_ms, r.arrived_ms,"
		       "       r.applied_ms, r.wait_us, r.work_us"
		       "  FROM unnest($1::smallint[], $2::bytea[], $3::bytea[], $4::int[],"
		       "       $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])"
		       "    AS r (p, case_id, event_id, type, recorded_ms, arrived_ms, applied_ms,"
		       "       wait_us, work_us)",
		.param_count = 9,
		.params = { LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT8S,
			LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S },
	},
	[FORGET_CASE_EVENTS] = {
		.name = "forget_case_events",
		.sql = "DELETE FROM case_event"
		       " WHERE p = ANY ($1::smallint[])",
		.param_count = 1,
		.params = { LG_SQL_INT2S },
	},
	{ .name = NULL },
};

struct lg_found *read_case_events(struct lg_batch *batch, const struct lg_item *item)
{
	return lg_read(batch, &store_case_event[SELECT_CASE_EVENTS],
		(const struct lg_value[]){ lg_v_int(item->partition), lg_v_id(&item->key) });
}

struct stored_event case_event_from_row(const struct lg_found *found, int row)
{
	const PGresult *result = found->result;

	return (struct stored_event){
		.case_id = lg_field_id(result, row, 0),
		.event_id = lg_field_id(result, row, 1),
		.type = (uint32_t)lg_field_int(result, row, 2),
		.recorded_at = lg_field_int(result, row, 3),
		.arrived_at = lg_field_int(result, row, 4),
		.applied_at = lg_field_int(result, row, 5),
		.wait_us = (uint64_t)lg_field_int(result, row, 6),
		.work_us = (uint64_t)lg_field_int(result, row, 7),
	};
}

void write_case_event(struct lg_batch *batch, uint8_t partition, const struct stored_event *event)
{
	const struct lg_value values[] = {
		lg_v_int(partition),
		lg_v_id(&event->case_id),
		lg_v_id(&event->event_id),
		lg_v_int(event->type),
		lg_v_int(event->recorded_at),
		lg_v_int(event->arrived_at),
		lg_v_int(event->applied_at),
		lg_v_int((int64_t)event->wait_us),
		lg_v_int((int64_t)event->work_us),
	};

	lg_insert(batch, &store_case_event[INSERT_CASE_EVENT], values);
}

void forget_case_events(struct lg_batch *batch, uint8_t partition)
{
	lg_insert(batch, &store_case_event[FORGET_CASE_EVENTS],
		(const struct lg_value[]){ lg_v_int(partition) });
}
