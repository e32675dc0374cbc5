/*
 * The table case_event: when each event took effect here.  Rows are only added, and no
 * uniqueness hides an event that took effect twice: a trace would show it.
 */
#include "services/reporting/store.h"

enum { SELECT_CASE_EVENTS, INSERT_CASE_EVENT, INSERT_ONE_CASE_EVENT, FORGET_CASE_EVENTS };

/* For many rows and for one. */
#define INTO_CASE_EVENT \
	"INSERT INTO case_event (p, case_id, event_id, type, recorded_ms, arrived_ms," \
	"       applied_ms, wait_us, work_us, site, service, trace_id, parent_span," \
	"       waited_us, worked_us, told_ms)"

const struct lg_statement store_case_event[] = {
	[SELECT_CASE_EVENTS] = {
		.name = "select_case_events",
		.sql = "WITH trace AS (SELECT DISTINCT trace_id"
		       "  FROM case_event"
		       " WHERE p = $1 AND case_id = $2 AND trace_id <> ''),"
		       " caused AS (SELECT DISTINCT e.p, e.case_id"
		       "  FROM trace AS t"
		       "  JOIN case_event AS e ON e.trace_id = t.trace_id AND e.told_ms >= 0"
		       " UNION SELECT $1, $2)"
		       " SELECT e.case_id, e.event_id, e.type, e.recorded_ms, e.arrived_ms,"
		       "       e.applied_ms, e.wait_us, e.work_us, e.site, e.service, e.trace_id,"
		       "       e.parent_span, e.waited_us, e.worked_us, e.told_ms"
		       "  FROM caused AS c"
		       "  JOIN case_event AS e ON e.p = c.p AND e.case_id = c.case_id"
		       " ORDER BY e.seq"
		       " LIMIT 1000",
		.param_count = 2,
		.params = { LG_SQL_INT2, LG_SQL_BYTEA },
	},
	[INSERT_CASE_EVENT] = {
		/* arrays side by side, not in FROM: that would be copied into a table first */
		.name = "insert_case_event",
		.sql = INTO_CASE_EVENT
		       " SELECT unnest($1::smallint[]), unnest($2::bytea[]), unnest($3::bytea[]),"
		       "       unnest($4::int[]), unnest($5::bigint[]), unnest($6::bigint[]),"
		       "       unnest($7::bigint[]), unnest($8::bigint[]), unnest($9::bigint[]),"
		       "       unnest($10::int[]), unnest($11::smallint[]), unnest($12::bytea[]),"
		       "       unnest($13::bytea[]), unnest($14::bigint[]), unnest($15::bigint[]),"
		       "       unnest($16::bigint[])",
		.param_count = 16,
		.params = { LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT8S,
			LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT4S,
			LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT8S, LG_SQL_INT8S,
			LG_SQL_INT8S },
		.one = &store_case_event[INSERT_ONE_CASE_EVENT],
	},
	[INSERT_ONE_CASE_EVENT] = {
		.name = "insert_one_case_event",
		.sql = INTO_CASE_EVENT
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
		.param_count = 16,
		.params = { LG_SQL_INT2, LG_SQL_BYTEA, LG_SQL_BYTEA, LG_SQL_INT4, LG_SQL_INT8,
			LG_SQL_INT8, LG_SQL_INT8, LG_SQL_INT8, LG_SQL_INT8, LG_SQL_INT4,
			LG_SQL_INT2, LG_SQL_BYTEA, LG_SQL_BYTEA, LG_SQL_INT8, LG_SQL_INT8,
			LG_SQL_INT8 },
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

static struct lg_trace trace_from_row(const PGresult *result, int row)
{
	struct lg_bytes id = lg_field_bytes(result, row, 10),
			span = lg_field_bytes(result, row, 11);
	struct lg_trace trace = { .id = { 0 } };

	if (id.size == sizeof trace.id && span.size == sizeof trace.parent) {
		memcpy(trace.id, id.data, sizeof trace.id);
		memcpy(trace.parent, span.data, sizeof trace.parent);
	}
	return trace;
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
		.site = (uint16_t)lg_field_int(result, row, 8),
		.service = (uint32_t)lg_field_int(result, row, 9),
		.trace = trace_from_row(result, row),
		.hop = { .waited_us = (uint32_t)lg_field_int(result, row, 12),
			.worked_us = (uint32_t)lg_field_int(result, row, 13),
			.told_ms = lg_field_int(result, row, 14) },
	};
}

void write_case_event(struct lg_batch *batch, uint8_t partition, const struct stored_event *event)
{
	bool has_trace = lg_trace_is_set(&event->trace);
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
		lg_v_int(event->site),
		lg_v_int(event->service),
		lg_v_bytes(lg_bytes(event->trace.id, has_trace ? LG_TRACE_SIZE : 0)),
		lg_v_bytes(lg_bytes(event->trace.parent, has_trace ? LG_SPAN_SIZE : 0)),
		lg_v_int(event->hop.waited_us),
		lg_v_int(event->hop.worked_us),
		lg_v_int(has_trace ? event->hop.told_ms : -1),
	};

	lg_insert(batch, &store_case_event[INSERT_CASE_EVENT], values);
}

void forget_case_events(struct lg_batch *batch, uint8_t partition)
{
	lg_insert(batch, &store_case_event[FORGET_CASE_EVENTS],
		(const struct lg_value[]){ lg_v_int(partition) });
}
