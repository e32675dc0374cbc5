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
		       " SELECT unnest($1::smallint[]), unnest($2::bytea[]), unnest($3::bytea[]),"
		       "        unnest($4::int[]), unnest($5::bigint[]), unnest($6::bigint[]),"
		       "        unnest($7::bigint[]), unnest($8::bigint[]), unnest($9::bigint[])",
		.param_count = 9,
		.params = { LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT8S,
			LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S },
		.one = &statements[1],
	},
	{
		.name = "insert_one_case_event",
		.sql = "INSERT INTO case_event (p, case_id, event_id, type, recorded_ms, arrived_ms,"
		       "       applied_ms, wait_us, work_us)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		.param_count = 9,
		.params = { LG_SQL_INT2, LG_SQL_BYTEA, LG_SQL_BYTEA, LG_SQL_INT4, LG_SQL_INT8,
			LG_SQL_INT8, LG_SQL_INT8, LG_SQL_INT8, LG_SQL_INT8 },
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
