/* The table watch: one row per pair of records of somebody who was met again. */
#include "services/matching/store.h"

enum { INSERT_WATCH };

const struct lg_statement store_watch[] = {
	[INSERT_WATCH] = {
		.name = "insert_watch",
		.sql = "INSERT INTO watch (record_id, before_id, kind, corridor, probability_ppm,"
		       "       raised_ms)"
		       " SELECT r.record_id, r.before_id, r.kind, r.corridor, r.probability_ppm,"
		       "       r.raised_ms"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::int[],"
		       "       $6::bigint[])"
		       "    AS r (record_id, before_id, kind, corridor, probability_ppm, raised_ms)"
		       "    ON CONFLICT (record_id, before_id) DO NOTHING",
		.param_count = 6,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT4S,
			LG_SQL_INT8S },
	},
	{ .name = NULL },
};

void write_watch(struct lg_batch *batch, const struct sighting *sighting, lg_ms now)
{
	const struct lg_value values[] = {
		lg_v_id(&sighting->now->record_id),
		lg_v_id(&sighting->before->record_id),
		lg_v_text(sighting_kind_names[sighting->kind]),
		lg_v_text(sighting->corridor),
		lg_v_int(sighting->probability_ppm),
		lg_v_int(now),
	};

	lg_insert(batch, &store_watch[INSERT_WATCH], values);
}
