/*
 * The tables person and person_alias: who is listed in a case, and every name that came later.
 * Clear fields are codes, age, district, relation; a name lies sealed, as it travelled.
 */
#include "services/intake/store.h"

#include <assert.h>

enum { SELECT_PERSONS, SELECT_IDENTITY_KEYS, WRITE_PERSON, SELECT_ALIASES, INSERT_ALIAS };

const struct lg_statement store_person[] = {
	[SELECT_PERSONS] = {
		.name = "select_persons",
		.sql = "SELECT person_id, event_id, state, state_by, is_told, sex, age_years,"
		       "       age_basis, district, country, relation, route, route_by, reason,"
		       "       rescued_ms, callback_ms, sealed, ordinal"
		       "  FROM person"
		       " WHERE case_id = $1"
		       " ORDER BY ordinal",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_IDENTITY_KEYS] = {
		.name = "select_identity_keys",
		.sql = "SELECT k.subject, k.class, k.key_id, k.epoch, k.wrapped"
		       "  FROM person AS r"
		       "  JOIN subject_key AS k ON k.subject = r.person_id AND k.class = 1"
		       " WHERE r.case_id = $1"
		       " ORDER BY r.ordinal, k.key_id",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[WRITE_PERSON] = {
		.name = "write_person",
		.sql = "INSERT INTO person (person_id, case_id, ordinal, event_id, kind, sex,"
		       "       age_years, district, relation, sealed, state, state_by, is_told,"
		       "       age_basis, country, route, route_by, reason, rescued_ms, callback_ms)"
		       " SELECT r.person_id, r.case_id, r.ordinal, r.event_id, r.kind, r.sex,"
		       "       r.age_years, r.district, r.relation, r.sealed, r.state, r.state_by,"
		       "       r.is_told, r.age_basis, r.country, r.route, r.route_by, r.reason,"
		       "       r.rescued_ms, r.callback_ms"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::smallint[], $4::bytea[],"
		       "       $5::text[], $6::text[], $7::smallint[], $8::text[], $9::text[],"
		       "       $10::bytea[], $11::text[], $12::text[], $13::bool[], $14::text[],"
		       "       $15::text[], $16::text[], $17::text[], $18::text[], $19::bigint[],"
		       "       $20::bigint[])"
		       "    AS r (person_id, case_id, ordinal, event_id, kind, sex, age_years,"
		       "       district, relation, sealed, state, state_by, is_told, age_basis,"
		       "       country, route, route_by, reason, rescued_ms, callback_ms)"
		       "    ON CONFLICT (case_id, ordinal) DO UPDATE"
		       "   SET event_id = EXCLUDED.event_id, kind = EXCLUDED.kind,"
		       "       sealed = EXCLUDED.sealed, state = EXCLUDED.state,"
		       "       state_by = EXCLUDED.state_by, is_told = EXCLUDED.is_told,"
		       "       district = EXCLUDED.district, country = EXCLUDED.country,"
		       "       route = EXCLUDED.route, route_by = EXCLUDED.route_by,"
		       "       reason = EXCLUDED.reason, rescued_ms = EXCLUDED.rescued_ms,"
		       "       callback_ms = EXCLUDED.callback_ms",
		.param_count = 20,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_TEXTS,
			LG_SQL_TEXTS, LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_BYTEAS,
			LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_BOOLS, LG_SQL_TEXTS, LG_SQL_TEXTS,
			LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_INT8S },
	},
	[SELECT_ALIASES] = {
		.name = "select_aliases",
		.sql = "SELECT alias_id, person_id, event_id, sealed"
		       "  FROM person_alias"
		       " WHERE case_id = $1"
		       " ORDER BY alias_id",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[INSERT_ALIAS] = {
		.name = "insert_alias",
		.sql = "INSERT INTO person_alias (case_id, alias_id, person_id, event_id, heard_ms,"
		       "       sealed)"
		       " SELECT r.case_id, r.alias_id, r.person_id, r.event_id, r.heard_ms, r.sealed"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[],"
		       "       $5::bigint[], $6::bytea[])"
		       "    AS r (case_id, alias_id, person_id, event_id, heard_ms, sealed)",
		.param_count = 6,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS,
			LG_SQL_INT8S, LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};

static struct person person_from_row(struct lg_arena *arena, const PGresult *result, int row)
{
	unsigned state = PERSON_NEW;
	struct lg_status status =
		lg_lifecycle_state(&person_life, lg_field_text(result, row, 2), &state);
	unsigned sex =
		store_number_of(person_sex_names, PERSON_SEX_COUNT, lg_field_text(result, row, 5));

	assert(lg_is_done(status));
	return (struct person){
		.person_id = lg_field_id(result, row, 0),
		.ordinal = (uint32_t)row,
		.event_id = lg_field_id(result, row, 1),
		.state = (enum person_state)state,
		.state_by = (enum decider)store_number_of(
			decider_names, DECIDER_COUNT, lg_field_text(result, row, 3)),
		.is_told = lg_field_int(result, row, 4) != 0,
		.sex = (enum person_sex)sex,
		.age_years = lg_field_is_null(result, row, 6)
				     ? -1
				     : (int32_t)lg_field_int(result, row, 6),
		.basis = (enum age_basis)store_number_of(
			age_basis_names, AGE_BASIS_COUNT, lg_field_text(result, row, 7)),
		.district = store_text(arena, result, row, 8),
		.country = store_text(arena, result, row, 9),
		.relation = store_text(arena, result, row, 10),
		.route = (enum route)store_number_of(
			route_names, ROUTE_COUNT, lg_field_text(result, row, 11)),
		.route_by = (enum decider)store_number_of(
			decider_names, DECIDER_COUNT, lg_field_text(result, row, 12)),
		.reason = store_text(arena, result, row, 13),
		.rescued_at = lg_field_int(result, row, 14),
		.callback_at = lg_field_int(result, row, 15),
		.sealed = store_bytes(arena, result, row, 16),
	};
}

/* All rows at once: the persons of a case are one aggregate. */
static void persons_from_rows(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct persons *persons = ret_aggregate;
	int count = PQntuples(result);

	assert(count <= PERSONS_MAX);
	for (; row < count; row++) {
		assert(lg_field_int(result, row, 17) == row);
		persons->at[persons->count++] = person_from_row(arena, result, row);
	}
}

struct persons *read_persons(struct lg_batch *batch, struct lg_id case_id)
{
	return lg_read_by_id(batch, &store_person[SELECT_PERSONS], case_id, sizeof(struct persons),
		persons_from_rows);
}

void read_identity_keys(struct lg_batch *batch, struct lg_id case_id)
{
	lg_read_keys_by(batch, &store_person[SELECT_IDENTITY_KEYS], case_id);
}

static struct lg_value kind_value(enum person_state state)
{
	switch (state) {
	case PERSON_NEW:
	case PERSON_REGISTERED:
		return lg_v_null();
	case PERSON_LISTED_SUSPECT:
		return lg_v_text(person_kind_names[PERSON_SUSPECT]);
	case PERSON_POSSIBLE:
	case PERSON_ACTUAL:
	case PERSON_NOT_A_VICTIM:
		break;
	}
	return lg_v_text(person_kind_names[PERSON_POTENTIAL_VICTIM]);
}

void write_person(struct lg_batch *batch, struct lg_id case_id, const struct person *person)
{
	const struct lg_value values[] = {
		lg_v_id(&person->person_id),
		lg_v_id(&case_id),
		lg_v_int(person->ordinal),
		lg_v_id(&person->event_id),
		kind_value(person->state),
		lg_v_text(person_sex_names[person->sex]),
		person->age_years < 0 ? lg_v_null() : lg_v_int(person->age_years),
		lg_v_text(person->district),
		lg_v_text(person->relation),
		person->sealed.size == 0 ? lg_v_null() : lg_v_bytes(person->sealed),
		lg_v_text(person_life.states[person->state]),
		lg_v_text(decider_names[person->state_by]),
		lg_v_int(person->is_told),
		lg_v_text(age_basis_names[person->basis]),
		lg_v_text(person->country),
		lg_v_text(route_names[person->route]),
		lg_v_text(decider_names[person->route_by]),
		lg_v_text(person->reason),
		lg_v_int(person->rescued_at),
		lg_v_int(person->callback_at),
	};

	lg_write(batch, &store_person[WRITE_PERSON], store_row_key(case_id, person->person_id, ""),
		values);
}

static void aliases_from_rows(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct aliases *aliases = ret_aggregate;
	int count = PQntuples(result);

	assert(count <= ALIASES_MAX);
	for (; row < count; row++)
		aliases->at[aliases->count++] = (struct alias){
			.alias_id = lg_field_id(result, row, 0),
			.person_id = lg_field_id(result, row, 1),
			.event_id = lg_field_id(result, row, 2),
			.sealed = store_bytes(arena, result, row, 3),
		};
}

struct aliases *read_aliases(struct lg_batch *batch, struct lg_id case_id)
{
	return lg_read_by_id(batch, &store_person[SELECT_ALIASES], case_id, sizeof(struct aliases),
		aliases_from_rows);
}

void write_alias(struct lg_batch *batch, const struct lg_item *item, const struct alias *alias)
{
	const struct lg_value values[] = {
		lg_v_id(&item->key),
		lg_v_id(&alias->alias_id),
		lg_v_id(&alias->person_id),
		lg_v_id(&alias->event_id),
		lg_v_int(item->now),
		lg_v_bytes(alias->sealed),
	};

	lg_write(batch, &store_person[INSERT_ALIAS], store_row_key(item->key, alias->alias_id, ""),
		values);
}
