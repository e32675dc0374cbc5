/* The table person_record: one row per rescued person and per report. */
#include "services/matching/store_row.h"

#include <assert.h>

enum {
	SELECT_RECORD,
	SELECT_CANDIDATES,
	SELECT_ARRIVALS,
	SELECT_ARRIVAL_KEYS,
	SELECT_HER_REPORTS,
	SELECT_REPORT_OF_MATCH,
	UPSERT_RECORD
};

_Static_assert(KNOWN_CHUNK == 2000, "as in select_arrival_keys");

const struct lg_statement store_person_record[] = {
	[SELECT_RECORD] = {
		.name = "select_record",
		.sql = "SELECT " RECORD_COLUMNS("r.")
		       "  FROM person_record AS r"
		       " WHERE r.record_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_CANDIDATES] = {
		.name = "select_candidates",
		.sql = "SELECT " RECORD_COLUMNS("r.") ","
		       "       EXISTS (SELECT 1 FROM match AS m"
		       "                WHERE m.left_id IN ($1, r.record_id)"
		       "                  AND m.right_id IN ($1, r.record_id)"
		       "                  AND m.state = 'WITHDRAWN') AS was_withdrawn,"
		       "       EXISTS (SELECT 1 FROM watch AS w"
		       "                WHERE w.record_id IN ($1, r.record_id)"
		       "                  AND w.before_id IN ($1, r.record_id)) AS was_watched"
		       "  FROM generate_series(0, length($2::bytea) / 16 - 1) AS n"
		       "  JOIN person_record AS r ON r.record_id = substring($2::bytea FROM n * 16 + 1 FOR 16)"
		       " WHERE NOT EXISTS (SELECT 1 FROM match AS m"
		       "                    WHERE m.left_id IN ($1, r.record_id)"
		       "                      AND m.right_id IN ($1, r.record_id)"
		       "                      AND m.state <> 'WITHDRAWN')"
		       " ORDER BY n",
		.param_count = 2,
		.params = { LG_SQL_BYTEA, LG_SQL_BYTEA },
	},
	[SELECT_ARRIVALS] = {
		.name = "select_arrivals",
		.sql = "SELECT " RECORD_COLUMNS("r.")
		       "  FROM person_record AS r"
		       " WHERE r.place > $1"
		       " ORDER BY r.place"
		       " LIMIT $2",
		.param_count = 2,
		.params = { LG_SQL_INT8, LG_SQL_INT4 },
	},
	[SELECT_ARRIVAL_KEYS] = {
		/* its parameter is a place in the shape of an id: the reading of keys knows no other */
		.name = "select_arrival_keys",
		.sql = "SELECT k.subject, k.class, k.key_id, k.epoch, k.wrapped"
		       "  FROM (SELECT r.record_id, r.place"
		       "          FROM person_record AS r"
		       "         WHERE r.place > ('x' || encode(substring($1::bytea FROM 9), 'hex'))::bit(64)::bigint"
		       "         ORDER BY r.place"
		       "         LIMIT 2000) AS a"
		       "  JOIN subject_key AS k ON k.subject = a.record_id AND k.class = 1"
		       " ORDER BY a.place, k.key_id",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_HER_REPORTS] = {
		.name = "select_her_reports",
		.sql = "SELECT " RECORD_COLUMNS("r.")
		       "  FROM match AS m"
		       "  JOIN person_record AS r ON r.record_id = m.right_id"
		       " WHERE m.left_id = $1 AND m.state = 'CONFIRMED' AND m.kind = 'RESCUED_AND_MISSING'"
		       " ORDER BY r.record_id"
		       " LIMIT 16",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_REPORT_OF_MATCH] = {
		.name = "select_report_of_match",
		.sql = "SELECT " RECORD_COLUMNS("r.")
		       "  FROM match AS m"
		       "  JOIN person_record AS r ON r.record_id = m.right_id"
		       " WHERE m.match_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[UPSERT_RECORD] = {
		.name = "upsert_record",
		.sql = "INSERT INTO person_record (record_id, home, state, event_id, kind, sex,"
		       "       age_years, age_basis, at_ms, district, country, recorded_ms, sealed,"
		       "       station, sought, closed_ms, abroad, officer)"
		       " SELECT r.record_id, r.home, r.state, r.event_id, r.kind, r.sex,"
		       "       r.age_years, r.age_basis, r.at_ms, r.district, r.country,"
		       "       r.recorded_ms, r.sealed, r.station, r.sought, r.closed_ms,"
		       "       r.abroad, r.officer"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::bytea[], $5::text[],"
		       "       $6::text[], $7::smallint[], $8::text[], $9::bigint[], $10::text[],"
		       "       $11::text[], $12::bigint[], $13::bytea[], $14::text[], $15::text[],"
		       "       $16::bigint[], $17::text[], $18::bytea[])"
		       "    AS r (record_id, home, state, event_id, kind, sex, age_years, age_basis,"
		       "       at_ms, district, country, recorded_ms, sealed, station, sought,"
		       "       closed_ms, abroad, officer)"
		       "    ON CONFLICT (record_id) DO UPDATE"
		       "   SET place = EXCLUDED.place, home = EXCLUDED.home, state = EXCLUDED.state,"
		       "       event_id = EXCLUDED.event_id, kind = EXCLUDED.kind,"
		       "       sex = EXCLUDED.sex, age_years = EXCLUDED.age_years,"
		       "       age_basis = EXCLUDED.age_basis, at_ms = EXCLUDED.at_ms,"
		       "       district = EXCLUDED.district, country = EXCLUDED.country,"
		       "       recorded_ms = EXCLUDED.recorded_ms, sealed = EXCLUDED.sealed,"
		       "       station = EXCLUDED.station, sought = EXCLUDED.sought,"
		       "       closed_ms = EXCLUDED.closed_ms, abroad = EXCLUDED.abroad,"
		       "       officer = EXCLUDED.officer",
		.param_count = 18,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_BYTEAS, LG_SQL_TEXTS,
			LG_SQL_TEXTS, LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_TEXTS,
			LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_TEXTS, LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};

/* The number of a name that the table's CHECK lets in. */
static unsigned number_of(const char *const *names, unsigned count, const char *name)
{
	unsigned number = 0;

	while (number < count && strcmp(names[number], name) != 0)
		number++;
	assert(number < count);
	return number;
}

struct person_record record_from_columns(const PGresult *result, int row, int first)
{
	unsigned state = RECORD_NEW;
	struct lg_status status =
		lg_lifecycle_state(&record_life, lg_field_text(result, row, first + 3), &state);
	struct person_record record = {
		.record_id = lg_field_id(result, row, first),
		.place = lg_field_int(result, row, first + 1),
		.home = lg_field_id(result, row, first + 2),
		.facts = { .age_years = -1, .district = "" },
		.country = "",
		.station = lg_field_text(result, row, first + 14),
	};

	assert(lg_is_done(status));
	record.state = (enum record_state)state;
	status = lg_lifecycle_state(&sought_life, lg_field_text(result, row, first + 15), &state);
	assert(lg_is_done(status));
	record.sought = (enum record_sought)state;
	if (!lg_field_is_null(result, row, first + 16))
		record.closed_at = lg_field_int(result, row, first + 16);
	record.abroad = (enum record_abroad)number_of(
		record_abroad_names, ABROAD_COUNT, lg_field_text(result, row, first + 17));
	if (!lg_field_is_null(result, row, first + 18))
		record.officer = lg_field_id(result, row, first + 18);
	if (!record_has_facts(&record))
		return record;

	record.event_id = lg_field_id(result, row, first + 4);
	record.kind = (enum record_kind)number_of(
		record_kind_names, RECORD_KIND_COUNT, lg_field_text(result, row, first + 5));
	record.facts.sex = (enum person_sex)number_of(
		person_sex_names, SEX_COUNT, lg_field_text(result, row, first + 6));
	if (!lg_field_is_null(result, row, first + 7))
		record.facts.age_years = (int32_t)lg_field_int(result, row, first + 7);
	record.facts.age_basis = (enum age_basis)number_of(
		age_basis_names, AGE_BASIS_COUNT, lg_field_text(result, row, first + 8));
	record.facts.at = lg_field_int(result, row, first + 9);
	record.facts.district = lg_field_text(result, row, first + 10);
	record.country = lg_field_text(result, row, first + 11);
	record.recorded_at = lg_field_int(result, row, first + 12);
	record.sealed = lg_field_bytes(result, row, first + 13);
	return record;
}

/* The result may go before the aggregate does. */
static void record_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct person_record *record = ret_aggregate;

	*record = record_from_columns(result, row, 0);
	record->facts.district = lg_copy_text(arena, record->facts.district);
	record->country = lg_copy_text(arena, record->country);
	record->station = lg_copy_text(arena, record->station);
	record->sealed = lg_copy(arena, record->sealed);
}

struct person_record *read_record(struct lg_batch *batch, struct lg_id record_id)
{
	return lg_read_by_id(batch, &store_person_record[SELECT_RECORD], record_id,
		sizeof(struct person_record), record_from_row);
}

struct lg_found *read_candidates(struct lg_batch *batch, struct lg_id record_id,
	const struct lg_id *record_ids, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		lg_read_keys(batch, record_ids[i]);
	return lg_read(batch, &store_person_record[SELECT_CANDIDATES],
		(const struct lg_value[]){ lg_v_id(&record_id),
			lg_v_bytes(lg_bytes(record_ids, count * sizeof *record_ids)) });
}

struct lg_found *read_arrivals(struct lg_batch *batch, int64_t through)
{
	struct lg_id key = { .byte = { 0 } };

	for (unsigned i = 0; i < sizeof through; i++)
		key.byte[LG_ID_SIZE - 1 - i] = (uint8_t)((uint64_t)through >> (8 * i));
	lg_read_keys_by(batch, &store_person_record[SELECT_ARRIVAL_KEYS], key);
	return lg_read(batch, &store_person_record[SELECT_ARRIVALS],
		(const struct lg_value[]){ lg_v_int(through), lg_v_int(KNOWN_CHUNK) });
}

struct person_record arrival_from_row(const struct lg_found *found, int row)
{
	return record_from_columns(found->result, row, 0);
}

struct person_record candidate_from_row(
	const struct lg_found *found, int row, bool *ret_was_withdrawn, bool *ret_was_watched)
{
	*ret_was_watched = lg_field_int(found->result, row, RECORD_COLUMN_COUNT + 1) != 0;
	*ret_was_withdrawn = lg_field_int(found->result, row, RECORD_COLUMN_COUNT) != 0;
	return record_from_columns(found->result, row, 0);
}

struct lg_found *read_her_reports(struct lg_batch *batch, struct lg_id record_id)
{
	return lg_read(batch, &store_person_record[SELECT_HER_REPORTS],
		(const struct lg_value[]){ lg_v_id(&record_id) });
}

struct lg_found *read_report_of_match(struct lg_batch *batch, struct lg_id match_id)
{
	return lg_read(batch, &store_person_record[SELECT_REPORT_OF_MATCH],
		(const struct lg_value[]){ lg_v_id(&match_id) });
}

/* NULL for what is not known yet. */
static struct lg_value known(const struct person_record *record, struct lg_value value)
{
	return record_has_facts(record) ? value : lg_v_null();
}

/* A consent may come before the person: there is no text then, not an empty one. */
static struct lg_value known_text(const struct person_record *record, const char *text)
{
	return record_has_facts(record) ? lg_v_text(text) : lg_v_null();
}

void write_record(struct lg_batch *batch, const struct person_record *record)
{
	const struct person_facts *facts = &record->facts;
	const struct lg_value values[] = {
		lg_v_id(&record->record_id),
		lg_v_id(&record->home),
		lg_v_text(record_life.states[record->state]),
		known(record, lg_v_id(&record->event_id)),
		known_text(record, record_kind_names[record->kind]),
		known_text(record, person_sex_names[facts->sex]),
		facts->age_years < 0 ? lg_v_null() : known(record, lg_v_int(facts->age_years)),
		known_text(record, age_basis_names[facts->age_basis]),
		known(record, lg_v_int(facts->at)),
		known_text(record, facts->district),
		known_text(record, record->country),
		known(record, lg_v_int(record->recorded_at)),
		record->sealed.size == 0 ? lg_v_null() : known(record, lg_v_bytes(record->sealed)),
		lg_v_text(record_has_facts(record) ? record->station : ""),
		lg_v_text(sought_life.states[record->sought]),
		record->closed_at == 0 ? lg_v_null() : lg_v_int(record->closed_at),
		lg_v_text(record_abroad_names[record->abroad]),
		lg_id_is_zero(record->officer) ? lg_v_null() : lg_v_id(&record->officer),
	};

	lg_write(batch, &store_person_record[UPSERT_RECORD], record->record_id, values);
}
