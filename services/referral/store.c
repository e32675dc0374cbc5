/* All statements of referral, in one list for whoever prepares or checks them; and the steps. */
#include "services/referral/store.h"

enum { SELECT_STEPS, INSERT_STEP };

const struct lg_statement store_step[] = {
	[SELECT_STEPS] = {
		.name = "select_referral_steps",
		.sql = "SELECT what, by, at_ms, organisation_id, detail"
		       "  FROM referral_step"
		       " WHERE referral_id = $1"
		       "   AND is_desk = $2"
		       " ORDER BY seq"
		       " LIMIT 200",
		.param_count = 2,
		.params = { LG_SQL_BYTEA, LG_SQL_BOOL },
	},
	[INSERT_STEP] = {
		.name = "insert_referral_step",
		.sql = "INSERT INTO referral_step (referral_id, is_desk, what, by, at_ms,"
		       "       organisation_id, detail)"
		       " SELECT r.referral_id, r.is_desk, r.what, r.by, r.at_ms, r.organisation_id,"
		       "       r.detail"
		       "  FROM unnest($1::bytea[], $2::boolean[], $3::text[], $4::text[],"
		       "       $5::bigint[], $6::bytea[], $7::text[])"
		       "    AS r (referral_id, is_desk, what, by, at_ms, organisation_id, detail)",
		.param_count = 7,
		.params = { LG_SQL_BYTEAS, LG_SQL_BOOLS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S,
			LG_SQL_BYTEAS, LG_SQL_TEXTS },
	},
	{ .name = NULL },
};

const struct lg_statement *const store_tables[STORE_TABLE_COUNT] = {
	store_referral,
	store_offer,
	store_organisation,
	store_step,
};

struct lg_found *read_steps(struct lg_batch *batch, struct lg_id referral_id, bool is_desk)
{
	return lg_read(batch, &store_step[SELECT_STEPS],
		(const struct lg_value[]){ lg_v_id(&referral_id), lg_v_int(is_desk) });
}

struct stored_step step_from_row(const struct lg_found *found, int row)
{
	const PGresult *result = found->result;

	return (struct stored_step){
		.what = lg_field_text(result, row, 0),
		.by = lg_field_text(result, row, 1),
		.at = lg_field_int(result, row, 2),
		.organisation = lg_field_id(result, row, 3),
		.detail = lg_field_text(result, row, 4),
	};
}

void write_step(struct lg_batch *batch, struct lg_id referral_id, bool is_desk,
	const struct stored_step *step)
{
	const struct lg_value values[] = {
		lg_v_id(&referral_id),
		lg_v_int(is_desk),
		lg_v_text(step->what),
		lg_v_text(step->by),
		lg_v_int(step->at),
		lg_id_is_zero(step->organisation) ? lg_v_null() : lg_v_id(&step->organisation),
		lg_v_text(step->detail),
	};

	lg_insert(batch, &store_step[INSERT_STEP], values);
	lg_changed(batch, referral_id);
}
