/* The table offer: one row per referral that an organisation of this site was asked for. */
#include "services/referral/store.h"

#include <assert.h>

enum { SELECT_OFFER, UPSERT_OFFER, LIST_OFFERS, LIST_OPEN_OFFERS, LIST_ANEW_OFFERS };

#define LISTED \
	"SELECT o.referral_id, o.case_id, o.organisation_id, o.state," \
	"       CASE WHEN o.state = 'DELIVERED' THEN o.answer_by_ms ELSE 0 END, o.changed_ms," \
	"       o.version, n.route, n.sex, n.age_years, n.urgency, n.district, n.country," \
	"       n.services" \
	"  FROM staff AS s" \
	"  JOIN offer AS o ON o.organisation_id = s.organisation_id" \
	"  JOIN need AS n ON n.referral_id = o.referral_id" \
	" WHERE s.user_id = $1" \
	"   AND o.referral_id > $2"

const struct lg_statement store_offer[] = {
	[SELECT_OFFER] = {
		.name = "select_offer",
		.sql = "SELECT o.case_id, o.organisation_id, o.state, o.round, o.received_ms,"
		       "       o.answer_by_ms, o.has_place, o.code_hash, o.guesses, o.gave_ms,"
		       "       o.took_ms, o.aftercare_ms, o.visits, o.told, o.changed_ms, o.version,"
		       "       o.sealed_in, o.sealed, o.reason, o.since_ms, n.route, n.sex,"
		       "       n.age_years, n.urgency, n.district, n.country, n.services"
		       "  FROM offer AS o"
		       "  LEFT JOIN need AS n ON n.referral_id = o.referral_id"
		       " WHERE o.referral_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[UPSERT_OFFER] = {
		.name = "upsert_offer",
		.sql = "INSERT INTO offer (referral_id, case_id, organisation_id, state, round,"
		       "       received_ms, answer_by_ms, has_place, code_hash, guesses,"
		       "       gave_ms, took_ms, aftercare_ms, visits, told, changed_ms,"
		       "       version, sealed_in, sealed, reason, since_ms)"
		       " SELECT r.referral_id, r.case_id, r.organisation_id, r.state,"
		       "       r.round, r.received_ms, r.answer_by_ms, r.has_place,"
		       "       r.code_hash, r.guesses, r.gave_ms, r.took_ms,"
		       "       r.aftercare_ms, r.visits, r.told, r.changed_ms, r.version,"
		       "       r.sealed_in, r.sealed, r.reason, r.since_ms"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::text[],"
		       "       $5::int[], $6::bigint[], $7::bigint[], $8::boolean[],"
		       "       $9::bytea[], $10::smallint[], $11::bigint[],"
		       "       $12::bigint[], $13::bigint[], $14::smallint[],"
		       "       $15::smallint[], $16::bigint[], $17::int[], $18::bytea[],"
		       "       $19::bytea[], $20::smallint[], $21::bigint[])"
		       "    AS r (referral_id, case_id, organisation_id, state, round,"
		       "       received_ms, answer_by_ms, has_place, code_hash, guesses,"
		       "       gave_ms, took_ms, aftercare_ms, visits, told, changed_ms,"
		       "       version, sealed_in, sealed, reason, since_ms)"
		       " ON CONFLICT (referral_id) DO UPDATE"
		       "    SET case_id = EXCLUDED.case_id, organisation_id ="
		       "       EXCLUDED.organisation_id, state = EXCLUDED.state, round ="
		       "       EXCLUDED.round, received_ms = EXCLUDED.received_ms,"
		       "       answer_by_ms = EXCLUDED.answer_by_ms, has_place ="
		       "       EXCLUDED.has_place, code_hash = EXCLUDED.code_hash, guesses"
		       "       = EXCLUDED.guesses, gave_ms = EXCLUDED.gave_ms, took_ms ="
		       "       EXCLUDED.took_ms, aftercare_ms = EXCLUDED.aftercare_ms,"
		       "       visits = EXCLUDED.visits, told = EXCLUDED.told, changed_ms ="
		       "       EXCLUDED.changed_ms, version = EXCLUDED.version, sealed_in ="
		       "       EXCLUDED.sealed_in, sealed = EXCLUDED.sealed, reason = EXCLUDED.reason,"
		       "       since_ms = EXCLUDED.since_ms",
		.param_count = 21,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_INT4S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_BOOLS, LG_SQL_BYTEAS, LG_SQL_INT2S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT2S, LG_SQL_INT2S, LG_SQL_INT8S, LG_SQL_INT4S, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT2S, LG_SQL_INT8S },
	},
	[LIST_OFFERS] = {
		.name = "list_offers",
		.sql = LISTED " ORDER BY o.referral_id LIMIT 100",
		.param_count = 2,
		.params = { LG_SQL_BYTEA, LG_SQL_BYTEA },
	},
	[LIST_OPEN_OFFERS] = {
		.name = "list_open_offers",
		.sql = LISTED
			"   AND o.state NOT IN ('DECLINED', 'PASSED', 'CLOSED', 'WITHDRAWN', 'DESTROYED')"
			" ORDER BY o.referral_id"
			" LIMIT 100",
		.param_count = 2,
		.params = { LG_SQL_BYTEA, LG_SQL_BYTEA },
	},
	[LIST_ANEW_OFFERS] = {
		.name = "list_anew_offers",
		.sql = "SELECT referral_id, case_id"
		       "  FROM offer"
		       " WHERE referral_id > $1"
		       "   AND state NOT IN ('DECLINED', 'PASSED')"
		       " ORDER BY referral_id"
		       " LIMIT 64",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	{ .name = NULL },
};

static void offer_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct offer *o = ret_aggregate;
	unsigned state = REFERRAL_NEW;
	struct lg_status is_state =
		lg_lifecycle_state(&referral_life, lg_field_text(result, row, 2), &state);

	assert(lg_is_done(is_state));
	o->case_id = lg_field_id(result, row, 0);
	o->organisation = lg_field_id(result, row, 1);
	o->state = (enum referral_state)state;
	o->round = (uint32_t)lg_field_int(result, row, 3);
	o->received_at = lg_field_int(result, row, 4);
	o->answer_by = lg_field_int(result, row, 5);
	o->has_place = lg_field_int(result, row, 6) != 0;
	handover_hash_from_row(&o->handover, lg_field_bytes(result, row, 7));
	o->handover.guesses = (uint32_t)lg_field_int(result, row, 8);
	o->handover.gave_at = lg_field_int(result, row, 9);
	o->handover.took_at = lg_field_int(result, row, 10);
	o->aftercare.began_at = lg_field_int(result, row, 11);
	o->aftercare.visits = (uint32_t)lg_field_int(result, row, 12);
	o->aftercare.told = (uint32_t)lg_field_int(result, row, 13);
	o->changed_at = lg_field_int(result, row, 14);
	o->version = (uint32_t)lg_field_int(result, row, 15);
	o->sealed_in = lg_field_id(result, row, 16);
	o->sealed = lg_copy(arena, lg_field_bytes(result, row, 17));
	o->reason = (uint32_t)lg_field_int(result, row, 18);
	o->since = lg_field_int(result, row, 19);
	o->need = need_from_row(arena, result, row, 20);
}

struct offer *read_offer(struct lg_batch *batch, struct lg_id referral_id)
{
	return lg_read_by_id(batch, &store_offer[SELECT_OFFER], referral_id, sizeof(struct offer),
		offer_from_row);
}

void write_offer(struct lg_batch *batch, struct lg_id referral_id, const struct offer *o)
{
	const struct lg_value values[] = {
		lg_v_id(&referral_id),
		lg_v_id(&o->case_id),
		lg_v_id(&o->organisation),
		lg_v_text(referral_life.states[o->state]),
		lg_v_int(o->round),
		lg_v_int(o->received_at),
		lg_v_int(o->answer_by),
		lg_v_int(o->has_place),
		lg_v_bytes(
			lg_bytes(o->handover.hash, o->handover.has_code ? HANDOVER_HASH_SIZE : 0)),
		lg_v_int(o->handover.guesses),
		lg_v_int(o->handover.gave_at),
		lg_v_int(o->handover.took_at),
		lg_v_int(o->aftercare.began_at),
		lg_v_int(o->aftercare.visits),
		lg_v_int(o->aftercare.told),
		lg_v_int(o->changed_at),
		lg_v_int(o->version),
		lg_v_id(&o->sealed_in),
		lg_v_bytes(o->sealed),
		lg_v_int(o->reason),
		lg_v_int(o->since),
	};

	lg_write(batch, &store_offer[UPSERT_OFFER], referral_id, values);
	lg_changed(batch, referral_id);
}

struct lg_found *list_offers(
	struct lg_batch *batch, struct lg_id user, struct lg_id after, bool with_ended)
{
	return lg_read(batch, &store_offer[with_ended ? LIST_OFFERS : LIST_OPEN_OFFERS],
		(const struct lg_value[]){ lg_v_id(&user), lg_v_id(&after) });
}

struct lg_found *list_anew_offers(struct lg_batch *batch, struct lg_id after)
{
	return lg_read(batch, &store_offer[LIST_ANEW_OFFERS],
		(const struct lg_value[]){ lg_v_id(&after) });
}
