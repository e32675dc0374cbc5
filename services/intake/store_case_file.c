/* The table case_file: one row per case, written whole whenever it changes. */
#include "services/intake/store.h"

#include <assert.h>

enum { SELECT_CASE_FILE, WRITE_CASE_FILE, SELECT_CASES };

const struct lg_statement store_case_file[] = {
	[SELECT_CASE_FILE] = {
		.name = "select_case_file",
		.sql = "SELECT state, station, engaged_ms, reported_points, indicator_version, points,"
		       "       points_without_history, victims, suspects, steps, digest, language,"
		       "       stated_victims, stated_suspects, certainty,"
		       "       array_to_string(indicators, ' '), array_to_string(denied, ' '),"
		       "       is_screened"
		       "  FROM case_file"
		       " WHERE case_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[WRITE_CASE_FILE] = {
		.name = "write_case_file",
		.sql = "INSERT INTO case_file AS c (case_id, state, station, engaged_ms,"
		       "       stated_victims, stated_suspects, reported_points, certainty,"
		       "       indicators, indicator_version, points, points_without_history,"
		       "       victims, suspects, steps, digest, recorded_by, recorded_ms, language,"
		       "       denied, is_screened)"
		       " SELECT r.case_id, r.state, r.station, r.engaged_ms, r.stated_victims,"
		       "       r.stated_suspects, r.reported_points, r.certainty,"
		       "       string_to_array(r.indicators, ' '), r.indicator_version, r.points,"
		       "       r.points_without_history, r.victims, r.suspects, r.steps, r.digest,"
		       "       r.recorded_by, r.recorded_ms, r.language,"
		       "       string_to_array(r.denied, ' '), r.is_screened"
		       "  FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bigint[], $5::int[],"
		       "       $6::int[], $7::int[], $8::smallint[], $9::text[], $10::int[],"
		       "       $11::int[], $12::int[], $13::int[], $14::int[], $15::int[],"
		       "       $16::bytea[], $17::bytea[], $18::bigint[], $19::text[], $20::text[],"
		       "       $21::bool[])"
		       "    AS r (case_id, state, station, engaged_ms, stated_victims,"
		       "       stated_suspects, reported_points, certainty, indicators,"
		       "       indicator_version, points, points_without_history, victims, suspects,"
		       "       steps, digest, recorded_by, recorded_ms, language, denied, is_screened)"
		       "    ON CONFLICT (case_id) DO UPDATE"
		       "   SET state = EXCLUDED.state, certainty = EXCLUDED.certainty,"
		       "       indicators = EXCLUDED.indicators,"
		       "       indicator_version = EXCLUDED.indicator_version,"
		       "       points = EXCLUDED.points,"
		       "       points_without_history = EXCLUDED.points_without_history,"
		       "       victims = EXCLUDED.victims, suspects = EXCLUDED.suspects,"
		       "       steps = EXCLUDED.steps, denied = EXCLUDED.denied,"
		       "       is_screened = EXCLUDED.is_screened",
		.param_count = 21,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_INT4S,
			LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_INT4S,
			LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT4S,
			LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT8S, LG_SQL_TEXTS, LG_SQL_TEXTS,
			LG_SQL_BOOLS },
	},
	[SELECT_CASES] = {
		.name = "select_cases",
		.sql = "SELECT c.case_id, c.station, c.engaged_ms, c.state, c.victims, c.suspects,"
		       "       c.certainty,"
		       "       (SELECT min(p.callback_ms)"
		       "          FROM person AS p"
		       "         WHERE p.case_id = c.case_id AND p.callback_ms > 0"
		       "           AND NOT EXISTS (SELECT 1"
		       "                             FROM procedure_step AS s"
		       "                            WHERE s.case_id = p.case_id"
		       "                              AND s.person_id = p.person_id"
		       "                              AND s.step = 'callback'))"
		       "  FROM case_file AS c"
		       " WHERE c.station = $1 AND (c.engaged_ms, c.case_id) < ($2, $3)"
		       "   AND c.engaged_ms >= $4"
		       " ORDER BY c.engaged_ms DESC, c.case_id DESC"
		       " LIMIT $5",
		.param_count = 5,
		.params = { LG_SQL_TEXT, LG_SQL_INT8, LG_SQL_BYTEA, LG_SQL_INT8, LG_SQL_INT8 },
	},
	{ .name = NULL },
};

/*
 * The table's CHECKs say the same; a row that is not as we wrote it stops us, because deciding on it
 * would spread what is wrong.
 */
static void case_file_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct case_file *file = ret_aggregate;
	unsigned state = CASE_NEW;
	struct lg_status status =
		lg_lifecycle_state(&case_life, lg_field_text(result, row, 0), &state);
	struct lg_bytes station = lg_field_bytes(result, row, 1);
	struct lg_bytes digest = lg_field_bytes(result, row, 10);
	struct lg_bytes language = lg_field_bytes(result, row, 11);

	assert(lg_is_done(status));
	assert(station.size <= FORM_STATION_MAX);
	assert(digest.size == CASE_DIGEST_SIZE);
	assert(language.size <= CASE_LANGUAGE_MAX);

	file->state = (enum case_state)state;
	memcpy(file->station, station.data, station.size);
	file->engaged_at = lg_field_int(result, row, 2);
	file->reported_points = lg_field_is_null(result, row, 3)
					? POINTS_ABSENT
					: (int32_t)lg_field_int(result, row, 3);
	file->screening.version = (uint32_t)lg_field_int(result, row, 4);
	file->screening.points = (uint32_t)lg_field_int(result, row, 5);
	file->screening.points_without_history = (uint32_t)lg_field_int(result, row, 6);
	file->victims = (uint32_t)lg_field_int(result, row, 7);
	file->suspects = (uint32_t)lg_field_int(result, row, 8);
	file->steps = (uint32_t)lg_field_int(result, row, 9);
	memcpy(file->digest, digest.data, CASE_DIGEST_SIZE);
	memcpy(file->language, language.data, language.size);
	file->stated_victims = (uint32_t)lg_field_int(result, row, 12);
	file->stated_suspects =
		lg_field_is_null(result, row, 13) ? -1 : (int32_t)lg_field_int(result, row, 13);
	file->certainty = (uint32_t)lg_field_int(result, row, 14);
	file->indicators = store_text(arena, result, row, 15);
	file->denied = store_text(arena, result, row, 16);
	file->is_screened = lg_field_int(result, row, 17) != 0;
}

struct case_file *read_case_file(struct lg_batch *batch, struct lg_id case_id)
{
	return lg_read_by_id(batch, &store_case_file[SELECT_CASE_FILE], case_id,
		sizeof(struct case_file), case_file_from_row);
}

static struct lg_value optional_value(int32_t number)
{
	return number < 0 ? lg_v_null() : lg_v_int(number);
}

void write_case_file(
	struct lg_batch *batch, const struct lg_item *item, const struct case_file *file)
{
	const struct lg_value values[] = {
		lg_v_id(&item->key),
		lg_v_text(case_life.states[file->state]),
		lg_v_text(file->station),
		lg_v_int(file->engaged_at),
		lg_v_int(file->stated_victims),
		optional_value(file->stated_suspects),
		file->reported_points == POINTS_ABSENT ? lg_v_null()
						       : lg_v_int(file->reported_points),
		lg_v_int(file->certainty),
		lg_v_text(file->indicators == NULL ? "" : file->indicators),
		lg_v_int(file->screening.version),
		lg_v_int(file->screening.points),
		lg_v_int(file->screening.points_without_history),
		lg_v_int(file->victims),
		lg_v_int(file->suspects),
		lg_v_int(file->steps),
		lg_v_bytes(lg_bytes(file->digest, CASE_DIGEST_SIZE)),
		lg_v_id(&item->actor.user),
		lg_v_int(item->now),
		lg_v_text(file->language),
		lg_v_text(file->denied == NULL ? "" : file->denied),
		lg_v_int(file->is_screened),
	};

	lg_write(batch, &store_case_file[WRITE_CASE_FILE], item->key, values);
}

struct lg_found *read_cases(struct lg_batch *batch, const char *station, lg_ms before,
	struct lg_id before_id, lg_ms since, uint32_t limit)
{
	return lg_read(batch, &store_case_file[SELECT_CASES],
		(const struct lg_value[]){ lg_v_text(station), lg_v_int(before),
			lg_v_id(&before_id), lg_v_int(since), lg_v_int(limit) });
}

struct listed_case listed_case_from_row(const struct lg_found *found, int row)
{
	const PGresult *result = found->result;

	return (struct listed_case){
		.case_id = lg_field_id(result, row, 0),
		.station = lg_field_text(result, row, 1),
		.engaged_at = lg_field_int(result, row, 2),
		.state = lg_field_text(result, row, 3),
		.victims = (uint32_t)lg_field_int(result, row, 4),
		.suspects = (uint32_t)lg_field_int(result, row, 5),
		.certainty = (uint32_t)lg_field_int(result, row, 6),
		.callback_at = lg_field_is_null(result, row, 7) ? 0 : lg_field_int(result, row, 7),
	};
}
