/*
 * The table person: who is listed in a case.  Clear fields are codes, age, district, relation;
 * a name lies sealed, as it travelled.
 */
#include "services/intake/store.h"

#include <assert.h>

enum { SELECT_PERSONS, SELECT_IDENTITY_KEYS, INSERT_PERSON };

const struct lg_statement store_person[] = {
	[SELECT_PERSONS] = {
		.name = "select_persons",
		.sql = "SELECT person_id, event_id, kind, sex, age_years, district, relation, sealed"
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
	[INSERT_PERSON] = {
		.name = "insert_person",
		.sql = "INSERT INTO person (person_id, case_id, ordinal, event_id, kind, sex,"
		       "       age_years, district, relation, sealed)"
		       " SELECT r.person_id, r.case_id, r.ordinal, r.event_id, r.kind, r.sex,"
		       "       r.age_years, r.district, r.relation, r.sealed"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::smallint[], $4::bytea[],"
		       "       $5::text[], $6::text[], $7::smallint[], $8::text[], $9::text[],"
		       "       $10::bytea[])"
		       "    AS r (person_id, case_id, ordinal, event_id, kind, sex, age_years,"
		       "       district, relation, sealed)",
		.param_count = 10,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_TEXTS,
			LG_SQL_TEXTS, LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};

struct lg_found *read_persons(struct lg_batch *batch, struct lg_id case_id)
{
	return lg_read(batch, &store_person[SELECT_PERSONS],
		(const struct lg_value[]){ lg_v_id(&case_id) });
}

void read_identity_keys(struct lg_batch *batch, struct lg_id case_id)
{
	lg_read_keys_by(batch, &store_person[SELECT_IDENTITY_KEYS], case_id);
}

/* The number of a name that the table's CHECK lets in. */
static unsigned number_of(const char *const *names, unsigned count, const char *name)
{
	unsigned number = 0;

	while (number < count && strcmp(names[number], name) != 0)
		number++;
	assert(number < count);
	return number;
}

struct stored_person person_from_row(const struct lg_found *found, int row)
{
	const PGresult *result = found->result;
	unsigned kind =
		number_of(person_kind_names, PERSON_KIND_COUNT, lg_field_text(result, row, 2));
	unsigned sex = number_of(person_sex_names, PERSON_SEX_COUNT, lg_field_text(result, row, 3));
	bool has_age = !lg_field_is_null(result, row, 4);

	return (struct stored_person){
		.person_id = lg_field_id(result, row, 0),
		.event_id = lg_field_id(result, row, 1),
		.person = {
			.kind = (enum person_kind)kind,
			.sex = (enum person_sex)sex,
			.age_years = has_age ? (int32_t)lg_field_int(result, row, 4) : -1,
			.district = lg_field_text(result, row, 5),
			.relation = lg_field_text(result, row, 6),
		},
		.sealed = lg_field_bytes(result, row, 7),
	};
}

void write_person(struct lg_batch *batch, struct lg_id case_id, uint32_t ordinal,
	const struct stored_person *person)
{
	const struct form_person *p = &person->person;
	const struct lg_value values[] = {
		lg_v_id(&person->person_id),
		lg_v_id(&case_id),
		lg_v_int(ordinal),
		lg_v_id(&person->event_id),
		lg_v_text(person_kind_names[p->kind]),
		lg_v_text(person_sex_names[p->sex]),
		p->age_years < 0 ? lg_v_null() : lg_v_int(p->age_years),
		lg_v_text(p->district),
		lg_v_text(p->relation),
		person->sealed.size == 0 ? lg_v_null() : lg_v_bytes(person->sealed),
	};

	lg_insert(batch, &store_person[INSERT_PERSON], values);
}
