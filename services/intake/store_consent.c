/* The table consent: her word per purpose and recipient, as it stands now. */
#include "services/intake/store.h"

#include <assert.h>

enum { SELECT_CONSENTS, WRITE_CONSENT };

const struct lg_statement store_consent[] = {
	[SELECT_CONSENTS] = {
		.name = "select_consents",
		.sql = "SELECT consent_id, person_id, purpose, recipient, state, given_ms, language,"
		       "       manner, giver, child_view, caregiver_agrees, recorded_by, second_by"
		       "  FROM consent"
		       " WHERE case_id = $1"
		       " ORDER BY consent_id",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[WRITE_CONSENT] = {
		.name = "write_consent",
		.sql = "INSERT INTO consent (case_id, consent_id, person_id, purpose, recipient, state,"
		       "       given_ms, language, manner, giver, child_view, caregiver_agrees,"
		       "       recorded_by, second_by)"
		       " SELECT r.case_id, r.consent_id, r.person_id, r.purpose, r.recipient, r.state,"
		       "       r.given_ms, r.language, r.manner, r.giver, r.child_view,"
		       "       r.caregiver_agrees, r.recorded_by, r.second_by"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::text[], $5::text[],"
		       "       $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[],"
		       "       $11::text[], $12::bool[], $13::bytea[], $14::bytea[])"
		       "    AS r (case_id, consent_id, person_id, purpose, recipient, state, given_ms,"
		       "       language, manner, giver, child_view, caregiver_agrees, recorded_by,"
		       "       second_by)"
		       "    ON CONFLICT (case_id, consent_id) DO UPDATE"
		       "   SET state = EXCLUDED.state, given_ms = EXCLUDED.given_ms,"
		       "       language = EXCLUDED.language, manner = EXCLUDED.manner,"
		       "       giver = EXCLUDED.giver, child_view = EXCLUDED.child_view,"
		       "       caregiver_agrees = EXCLUDED.caregiver_agrees,"
		       "       recorded_by = EXCLUDED.recorded_by, second_by = EXCLUDED.second_by",
		.param_count = 14,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS,
			LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS,
			LG_SQL_TEXTS, LG_SQL_BOOLS, LG_SQL_BYTEAS, LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};

static struct consent consent_from_row(struct lg_arena *arena, const PGresult *result, int row)
{
	unsigned state = CONSENT_NEVER_ASKED;
	struct lg_status status =
		lg_lifecycle_state(&consent_life, lg_field_text(result, row, 4), &state);

	assert(lg_is_done(status));
	return (struct consent){
		.consent_id = lg_field_id(result, row, 0),
		.person_id = lg_field_id(result, row, 1),
		.purpose = (enum consent_purpose)store_number_of(consent_purpose_names,
			CONSENT_PURPOSE_COUNT, lg_field_text(result, row, 2)),
		.recipient = store_text(arena, result, row, 3),
		.state = (enum consent_state)state,
		.given_at = lg_field_int(result, row, 5),
		.language = store_text(arena, result, row, 6),
		.manner = (enum consent_manner)store_number_of(
			consent_manner_names, CONSENT_MANNER_COUNT, lg_field_text(result, row, 7)),
		.giver = (enum consent_giver)store_number_of(
			consent_giver_names, CONSENT_GIVER_COUNT, lg_field_text(result, row, 8)),
		.view = (enum child_view)store_number_of(
			child_view_names, CHILD_VIEW_COUNT, lg_field_text(result, row, 9)),
		.caregiver_agrees = lg_field_int(result, row, 10) != 0,
		.recorded_by = lg_field_id(result, row, 11),
		.second_by = lg_field_id(result, row, 12),
	};
}

static void consents_from_rows(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct consents *consents = ret_aggregate;
	int count = PQntuples(result);

	assert(count <= CONSENTS_MAX);
	for (; row < count; row++)
		consents->at[consents->count++] = consent_from_row(arena, result, row);
}

struct consents *read_consents(struct lg_batch *batch, struct lg_id case_id)
{
	return lg_read_by_id(batch, &store_consent[SELECT_CONSENTS], case_id,
		sizeof(struct consents), consents_from_rows);
}

void write_consent(struct lg_batch *batch, struct lg_id case_id, struct consent *consent)
{
	if (lg_id_is_zero(consent->consent_id))
		consent->consent_id = lg_new_id(batch);

	const struct lg_value values[] = {
		lg_v_id(&case_id),
		lg_v_id(&consent->consent_id),
		lg_v_id(&consent->person_id),
		lg_v_text(consent_purpose_names[consent->purpose]),
		lg_v_text(consent->recipient),
		lg_v_text(consent_life.states[consent->state]),
		lg_v_int(consent->given_at),
		lg_v_text(consent->language),
		lg_v_text(consent_manner_names[consent->manner]),
		lg_v_text(consent_giver_names[consent->giver]),
		lg_v_text(child_view_names[consent->view]),
		lg_v_int(consent->caregiver_agrees),
		lg_v_id(&consent->recorded_by),
		lg_v_id(&consent->second_by),
	};

	lg_write(batch, &store_consent[WRITE_CONSENT], consent->consent_id, values);
}
