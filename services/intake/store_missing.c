/* The tables missing_report and case_match: whom families miss, and who turned out to be whom. */
#include "services/intake/store.h"

#include <assert.h>

enum { SELECT_MISSING, WRITE_MISSING, SELECT_MATCHES, INSERT_MATCH, DELETE_MATCH };

const struct lg_statement store_missing[] = {
	[SELECT_MISSING] = {
		.name = "select_missing",
		.sql = "SELECT report_id, state, since_ms, sex, age_years, district, country, event_id,"
		       "       sealed"
		       "  FROM missing_report"
		       " WHERE report_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[WRITE_MISSING] = {
		.name = "write_missing",
		.sql = "INSERT INTO missing_report (report_id, state, since_ms, sex, age_years, district,"
		       "       country, event_id, sealed, recorded_by, recorded_ms)"
		       " SELECT r.report_id, r.state, r.since_ms, r.sex, r.age_years, r.district,"
		       "       r.country, r.event_id, r.sealed, r.recorded_by, r.recorded_ms"
		       "  FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::text[], $5::smallint[],"
		       "       $6::text[], $7::text[], $8::bytea[], $9::bytea[], $10::bytea[],"
		       "       $11::bigint[])"
		       "    AS r (report_id, state, since_ms, sex, age_years, district, country,"
		       "       event_id, sealed, recorded_by, recorded_ms)"
		       "    ON CONFLICT (report_id) DO UPDATE"
		       "   SET state = EXCLUDED.state",
		.param_count = 11,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_TEXTS, LG_SQL_INT2S,
			LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS,
			LG_SQL_INT8S },
	},
	[SELECT_MATCHES] = {
		.name = "select_matches",
		.sql = "SELECT match_id, other_case, is_report"
		       "  FROM case_match"
		       " WHERE case_id = $1"
		       " ORDER BY match_id"
		       " LIMIT 64",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[INSERT_MATCH] = {
		.name = "insert_match",
		.sql = "INSERT INTO case_match (case_id, match_id, other_case, is_report)"
		       " SELECT r.case_id, r.match_id, r.other_case, r.is_report"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bool[])"
		       "    AS r (case_id, match_id, other_case, is_report)"
		       "    ON CONFLICT (case_id, match_id) DO NOTHING",
		.param_count = 4,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BOOLS },
	},
	[DELETE_MATCH] = {
		.name = "delete_match",
		.sql = "DELETE FROM case_match AS c"
		       " USING unnest($1::bytea[], $2::bytea[]) AS r (case_id, match_id)"
		       " WHERE c.case_id = r.case_id AND c.match_id = r.match_id",
		.param_count = 2,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};

static void missing_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct missing *missing = ret_aggregate;
	unsigned state = MISSING_NEW;
	struct lg_status status =
		lg_lifecycle_state(&missing_life, lg_field_text(result, row, 1), &state);

	assert(lg_is_done(status));
	*missing = (struct missing){
		.report_id = lg_field_id(result, row, 0),
		.state = (enum missing_state)state,
		.since = lg_field_int(result, row, 2),
		.sex = (enum person_sex)store_number_of(
			person_sex_names, PERSON_SEX_COUNT, lg_field_text(result, row, 3)),
		.age_years = lg_field_is_null(result, row, 4)
				     ? -1
				     : (int32_t)lg_field_int(result, row, 4),
		.district = store_text(arena, result, row, 5),
		.country = store_text(arena, result, row, 6),
		.event_id = lg_field_id(result, row, 7),
		.sealed = store_bytes(arena, result, row, 8),
	};
}

struct missing *read_missing(struct lg_batch *batch, struct lg_id report_id)
{
	return lg_read_by_id(batch, &store_missing[SELECT_MISSING], report_id,
		sizeof(struct missing), missing_from_row);
}

void write_missing(
	struct lg_batch *batch, const struct lg_item *item, const struct missing *missing)
{
	const struct lg_value values[] = {
		lg_v_id(&missing->report_id),
		lg_v_text(missing_life.states[missing->state]),
		lg_v_int(missing->since),
		lg_v_text(person_sex_names[missing->sex]),
		missing->age_years < 0 ? lg_v_null() : lg_v_int(missing->age_years),
		lg_v_text(missing->district),
		lg_v_text(missing->country),
		lg_v_id(&missing->event_id),
		lg_v_bytes(missing->sealed),
		lg_v_id(&item->actor.user),
		lg_v_int(item->now),
	};

	lg_write(batch, &store_missing[WRITE_MISSING], missing->report_id, values);
}

struct lg_found *read_matches(struct lg_batch *batch, struct lg_id case_id)
{
	return lg_read(batch, &store_missing[SELECT_MATCHES],
		(const struct lg_value[]){ lg_v_id(&case_id) });
}

struct stored_match match_from_row(const struct lg_found *found, int row)
{
	const PGresult *result = found->result;

	return (struct stored_match){
		.match_id = lg_field_id(result, row, 0),
		.other_case = lg_field_id(result, row, 1),
		.is_report = lg_field_int(result, row, 2) != 0,
	};
}

void write_match(struct lg_batch *batch, struct lg_id case_id, const struct stored_match *match)
{
	const struct lg_value values[] = {
		lg_v_id(&case_id),
		lg_v_id(&match->match_id),
		lg_v_id(&match->other_case),
		lg_v_int(match->is_report),
	};

	lg_insert(batch, &store_missing[INSERT_MATCH], values);
}

void forget_match(struct lg_batch *batch, struct lg_id case_id, struct lg_id match_id)
{
	lg_insert(batch, &store_missing[DELETE_MATCH],
		(const struct lg_value[]){ lg_v_id(&case_id), lg_v_id(&match_id) });
}
