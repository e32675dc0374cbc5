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
		.name = "add_interception",
		.sql = "INSERT INTO interception_month AS m (p, station, month, interceptions,"
		       "       victims, suspects, stated_victims, stated_suspects, points,"
		       "       points_differ)"
		       " SELECT r.p, r.station, r.month, r.interceptions, r.victims, r.suspects,"
		       "       r.stated_victims, r.stated_suspects, r.points, r.points_differ"
		       "  FROM unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[],"
		       "       $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],"
		       "       $9::bigint[], $10::bigint[])"
		       "    AS r (p, station, month, interceptions, victims, suspects,"
		       "       stated_victims, stated_suspects, points, points_differ)"
		       " ORDER BY r.p, r.station, r.month"
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
