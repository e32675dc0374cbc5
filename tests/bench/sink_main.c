/*
 * The reader of the bench: a lean service in reporting's place.  Every event becomes one row of
 * case_event, in the transaction that moves the position, and nothing else.
 */
#include "common/run/service.h"

static const struct lg_statement statements[] = {
	{
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
	{ .name = NULL },
};

static struct lg_status decide(struct lg_item *item)
{
	return item->event == NULL ? lg_refuse("an event is taken, nothing else") : lg_done();
}

static void store(struct lg_batch *batch, struct lg_item *item)
{
	uint64_t work_us = lg_batch_work_us(batch);

	lg_insert(batch, &statements[0],
		(const struct lg_value[]){
			lg_v_int(item->partition),
			lg_v_id(&item->key),
			lg_v_id(&item->event->event_id),
			lg_v_int(item->type->number),
			lg_v_int(item->event->recorded_at),
			lg_v_int(item->arrived_at),
			lg_v_int(item->now + (lg_ms)(work_us / 1000)),
			lg_v_int((int64_t)item->wait_us),
			lg_v_int((int64_t)work_us),
		});
}

static const struct lg_handler handlers[] = {
	{ .type = 101, .decide = decide, .store = store },
	{ .type = 102, .decide = decide, .store = store },
	{ .type = 103, .decide = decide, .store = store },
	{ .type = 0 },
};

static const struct lg_statement *const tables[] = { statements };

static const struct lg_service sink = {
	.number = LG_SERVICE_REPORTING,
	.name = "reporting",
	.description = "the bench's reader, in the place of reporting",
	.handlers = handlers,
	.tables = tables,
	.table_count = 1,
};

int main(int argc, char **argv)
{
	return lg_run(argc, argv, &sink);
}
