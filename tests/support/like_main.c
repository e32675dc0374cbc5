/*
 * A lean service in referral's place, for tests of the line between sites: every event from the
 * other site becomes one row of line_seen, in the transaction that moves the position, and nothing
 * else.  The test makes the table, so that it is no part of the product.
 */
#include "common/run/service.h"

#define ORGANISATION_LISTED 321

static const struct lg_statement statements[] = {
	{
		.name = "insert_line_seen",
		.sql = "INSERT INTO line_seen (p, case_id, event_id)"
		       " SELECT * FROM unnest($1::smallint[], $2::bytea[], $3::bytea[])",
		.param_count = 3,
		.params = { LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};

static struct lg_status decide(struct lg_item *item)
{
	return item->event == NULL ? lg_refuse("an event is taken, nothing else") : lg_done();
}

static void store(struct lg_batch *batch, struct lg_item *item)
{
	lg_insert(batch, &statements[0],
		(const struct lg_value[]){
			lg_v_int(item->partition),
			lg_v_id(&item->key),
			lg_v_id(&item->event->event_id),
		});
}

static const struct lg_handler handlers[] = {
	{ .type = ORGANISATION_LISTED, .decide = decide, .store = store },
	{ .type = 0 },
};

static const struct lg_statement *const tables[] = { statements };

static const struct lg_service like = {
	.number = LG_SERVICE_REFERRAL,
	.name = "referral",
	.description = "the line's test service, in the place of referral",
	.handlers = handlers,
	.tables = tables,
	.table_count = 1,
};

int main(int argc, char **argv)
{
	return lg_run(argc, argv, &like);
}
