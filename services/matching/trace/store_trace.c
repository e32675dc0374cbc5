/* The table trace: one row per person asked for across the border, on either side. */
#include "services/matching/store_row.h"

#include <assert.h>

enum {
	SELECT_TRACE,
	SELECT_TRACES,
	SELECT_BUDGET,
	SELECT_TRACED_RECORD,
	SELECT_TRACED_KEYS,
	SELECT_OPEN,
	SELECT_LIVE,
	UPSERT_TRACE,
	DELETE_TRACE
};

#define TRACE_COLUMNS \
	"t.trace_id, t.state, t.asked_here, t.other_site, t.record_id, t.token, t.period," \
	" t.asked_ms, t.names_in, t.names, t.officer, t.encodings, t.expires_ms"

const struct lg_statement store_trace[] = {
	[SELECT_TRACE] = {
		.name = "select_trace",
		.sql = "SELECT " TRACE_COLUMNS
		       "  FROM trace AS t"
		       " WHERE t.trace_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_TRACES] = {
		.name = "select_traces",
		.sql = "SELECT " TRACE_COLUMNS
		       "  FROM trace AS t"
		       " ORDER BY t.asked_ms DESC, t.trace_id DESC"
		       " LIMIT $1",
		.param_count = 1,
		.params = { LG_SQL_INT4 },
	},
	[SELECT_BUDGET] = {
		.name = "select_trace_budget",
		.sql = "SELECT count(*) FILTER (WHERE t.token = $3), count(*)"
		       "  FROM trace AS t"
		       " WHERE NOT t.asked_here AND t.other_site = $1 AND t.period = $2",
		.param_count = 3,
		.params = { LG_SQL_INT4, LG_SQL_INT8, LG_SQL_BYTEA },
	},
	[SELECT_TRACED_RECORD] = {
		.name = "select_traced_record",
		.sql = "SELECT " RECORD_COLUMNS("r.")
		       "  FROM trace AS t"
		       "  JOIN person_record AS r ON r.record_id = t.record_id"
		       " WHERE t.trace_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_TRACED_KEYS] = {
		.name = "select_traced_keys",
		.sql = "SELECT k.subject, k.class, k.key_id, k.epoch, k.wrapped"
		       "  FROM trace AS t"
		       "  JOIN subject_key AS k ON k.subject IN (t.record_id, t.trace_id)"
		       "   AND k.class = 1"
		       " WHERE t.trace_id = $1"
		       " ORDER BY k.subject, k.key_id",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_OPEN] = {
		.name = "select_open_traces",
		.sql = "SELECT " TRACE_COLUMNS
		       "  FROM trace AS t"
		       " WHERE t.state = 'OPEN' AND t.expires_ms > $1"
		       " ORDER BY t.other_site, t.period, t.trace_id"
		       " LIMIT 1000",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	[SELECT_LIVE] = {
		.name = "select_live_traces",
		.sql = "SELECT " TRACE_COLUMNS
		       "  FROM trace AS t"
		       " WHERE t.record_id = $1 AND t.state <> 'DECLINED'"
		       " ORDER BY t.trace_id"
		       " LIMIT 100",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[UPSERT_TRACE] = {
		.name = "upsert_trace",
		.sql = "INSERT INTO trace (trace_id, state, asked_here, other_site, record_id, token,"
		       "       period, asked_ms, names_in, names, officer, encodings, expires_ms)"
		       " SELECT r.trace_id, r.state, r.asked_here, r.other_site, r.record_id, r.token,"
		       "       r.period, r.asked_ms, r.names_in, r.names, r.officer, r.encodings,"
		       "       r.expires_ms"
		       "  FROM unnest($1::bytea[], $2::text[], $3::boolean[], $4::int[], $5::bytea[],"
		       "       $6::bytea[], $7::bigint[], $8::bigint[], $9::bytea[], $10::bytea[],"
		       "       $11::bytea[], $12::bytea[], $13::bigint[])"
		       "    AS r (trace_id, state, asked_here, other_site, record_id, token, period,"
		       "       asked_ms, names_in, names, officer, encodings, expires_ms)"
		       "    ON CONFLICT (trace_id) DO UPDATE"
		       "   SET state = EXCLUDED.state, names_in = EXCLUDED.names_in,"
		       "       names = EXCLUDED.names, record_id = EXCLUDED.record_id,"
		       "       officer = EXCLUDED.officer, encodings = EXCLUDED.encodings,"
		       "       expires_ms = EXCLUDED.expires_ms",
		.param_count = 13,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_BOOLS, LG_SQL_INT4S, LG_SQL_BYTEAS,
			LG_SQL_BYTEAS, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_BYTEAS, LG_SQL_BYTEAS,
			LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT8S },
	},
	[DELETE_TRACE] = {
		.name = "delete_trace",
		.sql = "DELETE FROM trace WHERE trace_id = ANY($1)",
		.param_count = 1,
		.params = { LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};

static struct trace trace_from_columns(const PGresult *result, int row)
{
	unsigned state = TRACE_NEW;
	struct lg_status status =
		lg_lifecycle_state(&trace_life, lg_field_text(result, row, 1), &state);
	struct lg_bytes token = lg_field_bytes(result, row, 5);
	struct trace trace = {
		.trace_id = lg_field_id(result, row, 0),
		.is_asked_here = lg_field_int(result, row, 2) != 0,
		.other_site = (uint16_t)lg_field_int(result, row, 3),
		.record_id = lg_field_id(result, row, 4),
		.period = (uint32_t)lg_field_int(result, row, 6),
		.asked_at = lg_field_int(result, row, 7),
		.names_in = lg_field_id(result, row, 8),
		.names = lg_field_bytes(result, row, 9),
		.officer = lg_field_id(result, row, 10),
		.encodings = lg_field_bytes(result, row, 11),
		.expires_at = lg_field_int(result, row, 12),
	};

	assert(lg_is_done(status));
	assert(token.size == TRACE_TOKEN_SIZE);
	trace.state = (enum trace_state)state;
	memcpy(trace.token, token.data, TRACE_TOKEN_SIZE);
	return trace;
}

static void fill_trace(struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct trace *trace = ret_aggregate;

	*trace = trace_from_columns(result, row);
	trace->names = lg_copy(arena, trace->names);
	trace->encodings = lg_copy(arena, trace->encodings);
}

struct trace *read_trace(struct lg_batch *batch, struct lg_id trace_id)
{
	return lg_read_by_id(
		batch, &store_trace[SELECT_TRACE], trace_id, sizeof(struct trace), fill_trace);
}

struct lg_found *read_traces(struct lg_batch *batch, uint32_t limit)
{
	return lg_read(
		batch, &store_trace[SELECT_TRACES], (const struct lg_value[]){ lg_v_int(limit) });
}

struct trace trace_from_row(const struct lg_found *found, int row)
{
	return trace_from_columns(found->result, row);
}

struct lg_found *read_trace_budget(
	struct lg_batch *batch, uint16_t site, uint32_t period, struct lg_bytes token)
{
	return lg_read(batch, &store_trace[SELECT_BUDGET],
		(const struct lg_value[]){ lg_v_int(site), lg_v_int(period), lg_v_bytes(token) });
}

struct trace_budget budget_from_found(const struct lg_found *found)
{
	if (found->count == 0)
		return (struct trace_budget){ 0 };
	return (struct trace_budget){
		.of_person = (uint32_t)lg_field_int(found->result, 0, 0),
		.of_site = (uint32_t)lg_field_int(found->result, 0, 1),
	};
}

struct lg_found *read_traced_record(struct lg_batch *batch, struct lg_id trace_id)
{
	lg_read_keys_by(batch, &store_trace[SELECT_TRACED_KEYS], trace_id);
	return lg_read(batch, &store_trace[SELECT_TRACED_RECORD],
		(const struct lg_value[]){ lg_v_id(&trace_id) });
}

struct lg_found *read_open_traces(struct lg_batch *batch, lg_ms now)
{
	return lg_read(
		batch, &store_trace[SELECT_OPEN], (const struct lg_value[]){ lg_v_int(now) });
}

struct lg_found *read_live_traces(struct lg_batch *batch, struct lg_id record_id)
{
	return lg_read(
		batch, &store_trace[SELECT_LIVE], (const struct lg_value[]){ lg_v_id(&record_id) });
}

struct person_record record_from_found(const struct lg_found *found, int row)
{
	return record_from_columns(found->result, row, 0);
}

void write_trace(struct lg_batch *batch, const struct trace *trace)
{
	const struct lg_value values[] = {
		lg_v_id(&trace->trace_id),
		lg_v_text(trace_life.states[trace->state]),
		lg_v_int(trace->is_asked_here),
		lg_v_int(trace->other_site),
		lg_id_is_zero(trace->record_id) ? lg_v_null() : lg_v_id(&trace->record_id),
		lg_v_bytes(lg_bytes(trace->token, TRACE_TOKEN_SIZE)),
		lg_v_int(trace->period),
		lg_v_int(trace->asked_at),
		trace->names.size == 0 ? lg_v_null() : lg_v_id(&trace->names_in),
		trace->names.size == 0 ? lg_v_null() : lg_v_bytes(trace->names),
		lg_id_is_zero(trace->officer) ? lg_v_null() : lg_v_id(&trace->officer),
		trace->encodings.size == 0 ? lg_v_null() : lg_v_bytes(trace->encodings),
		lg_v_int(trace->expires_at),
	};

	lg_write(batch, &store_trace[UPSERT_TRACE], trace->trace_id, values);
	lg_changed(batch, trace->trace_id);
}

void delete_trace(struct lg_batch *batch, struct lg_id trace_id)
{
	lg_insert(
		batch, &store_trace[DELETE_TRACE], (const struct lg_value[]){ lg_v_id(&trace_id) });
	lg_erase_keys(batch, trace_id);
}
