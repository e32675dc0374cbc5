/*
 * The table interception_month: the totals, per partition so that one owner writes each row and
 * a partition can be forgotten and built again alone.
 */
#include "services/reporting/store.h"

#include <assert.h>

enum { SELECT_INTERCEPTIONS, ADD_INTERCEPTION, FORGET_INTERCEPTIONS };

#define INTERCEPTION_KEY 3 /* columns */

const struct lg_statement store_interception[] = {
	[SELECT_INTERCEPTIONS] = {
		.name = "select_interceptions",
		.sql = "SELECT station, month, sum(interceptions)::bigint, sum(victims)::bigint,"
		       "       sum(suspects)::bigint, sum(stated_victims)::bigint,"
		       "       sum(stated_suspects)::bigint, sum(points)::bigint,"
		       "       sum(points_differ)::bigint"
		       "  FROM interception_month"
		       " GROUP BY station, month"
		       " ORDER BY station, month",
	},
	[ADD_INTERCEPTION] = {
		/* one statement may touch a row only once: a batch's shares are added up before */
		.name = "add_interception",
		.sql = "INSERT INTO interception_month AS m (p, station, month, interceptions,"
		       "       victims, suspects, stated_victims, stated_suspects, points,"
		       "       points_differ)"
		       " SELECT unnest($1::smallint[]), unnest($2::text[]), unnest($3::text[]),"
		       "       unnest($4::bigint[]), unnest($5::bigint[]), unnest($6::bigint[]),"
		       "       unnest($7::bigint[]), unnest($8::bigint[]), unnest($9::bigint[]),"
		       "       unnest($10::bigint[])"
		       "    ON CONFLICT (p, station, month) DO UPDATE"
		       "   SET interceptions = m.interceptions + EXCLUDED.interceptions,"
		       "       victims = m.victims + EXCLUDED.victims,"
		       "       suspects = m.suspects + EXCLUDED.suspects,"
		       "       stated_victims = m.stated_victims + EXCLUDED.stated_victims,"
		       "       stated_suspects = m.stated_suspects + EXCLUDED.stated_suspects,"
		       "       points = m.points + EXCLUDED.points,"
		       "       points_differ = m.points_differ + EXCLUDED.points_differ",
		.param_count = 10,
		.params = { LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_INT8S,
			LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S },
	},
	[FORGET_INTERCEPTIONS] = {
		.name = "forget_interceptions",
		.sql = "DELETE FROM interception_month"
		       " WHERE p = ANY ($1::smallint[])",
		.param_count = 1,
		.params = { LG_SQL_INT2S },
	},
	{ .name = NULL },
};

struct lg_found *read_interceptions(struct lg_batch *batch)
{
	return lg_read(batch, &store_interception[SELECT_INTERCEPTIONS], NULL);
}

struct interception_row interception_from_row(const struct lg_found *found, int row)
{
	const PGresult *result = found->result;
	struct lg_bytes station = lg_field_bytes(result, row, 0);
	struct lg_bytes month = lg_field_bytes(result, row, 1);
	struct interception_row totals = {
		.counts = {
			.interceptions = lg_field_int(result, row, 2),
			.victims = lg_field_int(result, row, 3),
			.suspects = lg_field_int(result, row, 4),
			.stated_victims = lg_field_int(result, row, 5),
			.stated_suspects = lg_field_int(result, row, 6),
			.points = lg_field_int(result, row, 7),
			.points_differ = lg_field_int(result, row, 8),
		},
	};

	assert(station.size <= STATION_MAX);
	assert(month.size == MONTH_SIZE - 1);
	memcpy(totals.station, station.data, station.size);
	memcpy(totals.month, month.data, month.size);
	return totals;
}

void write_interception(
	struct lg_batch *batch, uint8_t partition, const struct interception_row *delta)
{
	const struct lg_value values[] = {
		lg_v_int(partition),
		lg_v_text(delta->station),
		lg_v_text(delta->month),
		lg_v_int(delta->counts.interceptions),
		lg_v_int(delta->counts.victims),
		lg_v_int(delta->counts.suspects),
		lg_v_int(delta->counts.stated_victims),
		lg_v_int(delta->counts.stated_suspects),
		lg_v_int(delta->counts.points),
		lg_v_int(delta->counts.points_differ),
	};

	lg_add_up(batch, &store_interception[ADD_INTERCEPTION], INTERCEPTION_KEY, values);
}

void forget_interceptions(struct lg_batch *batch, uint8_t partition)
{
	lg_insert(batch, &store_interception[FORGET_INTERCEPTIONS],
		(const struct lg_value[]){ lg_v_int(partition) });
}
