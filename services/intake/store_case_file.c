/* The table case_file: one row per case, written once by the form that began it. */
#include "services/intake/store.h"

#include <assert.h>

enum { SELECT_CASE_FILE, INSERT_CASE_FILE };

const struct lg_statement store_case_file[] = {
	[SELECT_CASE_FILE] = {
		.name = "select_case_file",
		.sql = "SELECT state, station, engaged_ms, reported_points, indicator_version, points,"
		       "       points_without_history, victims, suspects, steps, digest"
		       "  FROM case_file"
		       " WHERE case_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[INSERT_CASE_FILE] = {
		.name = "insert_case_file",
		.sql = "INSERT INTO case_file (case_id, state, station, engaged_ms, stated_victims,"
		       "       stated_suspects, reported_points, certainty, indicators,"
		       "       indicator_version, points, points_without_history, victims, suspects,"
		       "       steps, digest, recorded_by, recorded_ms)"
		       " SELECT r.case_id, r.state, r.station, r.engaged_ms, r.stated_victims,"
		       "       r.stated_suspects, r.reported_points, r.certainty,"
		       "       string_to_array(r.indicators, ' '), r.indicator_version, r.points,"
		       "       r.points_without_history, r.victims, r.suspects, r.steps, r.digest,"
		       "       r.recorded_by, r.recorded_ms"
		       "  FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bigint[], $5::int[],"
		       "       $6::int[], $7::int[], $8::smallint[], $9::text[], $10::int[],"
		       "       $11::int[], $12::int[], $13::int[], $14::int[], $15::int[],"
		       "       $16::bytea[], $17::bytea[], $18::bigint[])"
		       "    AS r (case_id, state, station, engaged_ms, stated_victims,"
		       "       stated_suspects, reported_points, certainty, indicators,"
		       "       indicator_version, points, points_without_history, victims, suspects,"
		       "       steps, digest, recorded_by, recorded_ms)",
		.param_count = 18,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_INT4S,
			LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_INT4S,
			LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT4S,
			LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT8S },
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

	(void)arena;
	assert(lg_is_done(status));
	assert(station.size <= FORM_STATION_MAX);
	assert(digest.size == CASE_DIGEST_SIZE);

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

/* Codes hold no space, so one text carries a list through unnest, which flattens arrays of arrays. */
static const char *join(struct lg_arena *arena, const struct form *form)
{
	size_t size = 1;

	for (uint32_t i = 0; i < form->indicator_count; i++)
		size += strlen(form->indicators[i]) + 1;

	char *text = lg_alloc(arena, size);
	char *end = text;

	for (uint32_t i = 0; i < form->indicator_count; i++) {
		size_t length = strlen(form->indicators[i]);

		if (i > 0)
			*end++ = ' ';
		memcpy(end, form->indicators[i], length);
		end += length;
	}
	return text;
}

void write_case_file(struct lg_batch *batch, const struct lg_item *item,
	const struct case_file *file, const struct form *form)
{
	const struct lg_value values[] = {
		lg_v_id(&form->case_id),
		lg_v_text(case_life.states[file->state]),
		lg_v_text(file->station),
		lg_v_int(file->engaged_at),
		lg_v_int(form->stated_victims),
		optional_value(form->stated_suspects),
		file->reported_points == POINTS_ABSENT ? lg_v_null()
						       : lg_v_int(file->reported_points),
		lg_v_int(form->certainty),
		lg_v_text(join(item->arena, form)),
		lg_v_int(file->screening.version),
		lg_v_int(file->screening.points),
		lg_v_int(file->screening.points_without_history),
		lg_v_int(file->victims),
		lg_v_int(file->suspects),
		lg_v_int(file->steps),
		lg_v_bytes(lg_bytes(file->digest, CASE_DIGEST_SIZE)),
		lg_v_id(&item->actor.user),
		lg_v_int(item->now),
	};

	lg_insert(batch, &store_case_file[INSERT_CASE_FILE], values);
}
