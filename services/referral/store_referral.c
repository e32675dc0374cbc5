/*
 * The tables referral and need: one row per referral that this site made, and what she needs.
 * What is sealed is kept as it travelled.
 */
#include "services/referral/store.h"

#include <assert.h>

enum {
	SELECT_REFERRAL,
	SELECT_REFERRAL_KEYS,
	UPSERT_REFERRAL,
	INSERT_NEED,
	LIST_REFERRALS,
	LIST_OPEN_REFERRALS,
	LIST_ANEW_REFERRALS,
	COUNT_ESCALATED
};

#define LISTED \
	"SELECT r.referral_id, r.case_id, r.organisation_id, r.state, r.deadline_ms, r.changed_ms," \
	"       r.version, n.route, n.sex, n.age_years, n.urgency, n.district, n.country," \
	"       n.services" \
	"  FROM referral AS r" \
	"  JOIN need AS n ON n.referral_id = r.referral_id" \
	" WHERE r.referral_id > $1"

const struct lg_statement store_referral[] = {
	[SELECT_REFERRAL] = {
		.name = "select_referral",
		.sql = "SELECT r.case_id, r.state, r.sharing, r.person_id, r.asked, r.organisation_id,"
		       "       r.round, r.deadline_ms, r.escalation, r.level, r.guesses, r.gave_ms,"
		       "       r.took_ms, r.call_back_ms, r.matches, r.began_ms, r.changed_ms,"
		       "       r.version, r.sealed_in, r.sealed, r.code_in, r.code_sealed, r.code_hash,"
		       "       n.route, n.sex, n.age_years, n.urgency, n.district, n.country,"
		       "       n.services, n.station"
		       "  FROM referral AS r"
		       "  LEFT JOIN need AS n ON n.referral_id = r.referral_id"
		       " WHERE r.referral_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_REFERRAL_KEYS] = {
		.name = "select_referral_keys",
		.sql = "SELECT k.subject, k.class, k.key_id, k.epoch, k.wrapped"
		       "  FROM referral AS r"
		       "  JOIN subject_key AS k ON k.subject IN (r.person_id, r.referral_id)"
		       " WHERE r.referral_id = $1"
		       " ORDER BY k.subject, k.class, k.key_id",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[UPSERT_REFERRAL] = {
		.name = "upsert_referral",
		.sql = "INSERT INTO referral (referral_id, case_id, state, sharing, person_id, asked,"
		       "       organisation_id, round, deadline_ms, escalation, level,"
		       "       guesses, gave_ms, took_ms, call_back_ms, matches, began_ms,"
		       "       changed_ms, version, sealed_in, sealed, code_in,"
		       "       code_sealed, code_hash)"
		       " SELECT r.referral_id, r.case_id, r.state, r.sharing, r.person_id,"
		       "       r.asked, r.organisation_id, r.round, r.deadline_ms,"
		       "       r.escalation, r.level, r.guesses, r.gave_ms, r.took_ms,"
		       "       r.call_back_ms, r.matches, r.began_ms, r.changed_ms,"
		       "       r.version, r.sealed_in, r.sealed, r.code_in, r.code_sealed,"
		       "       r.code_hash"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[],"
		       "       $5::bytea[], $6::bytea[], $7::bytea[], $8::int[],"
		       "       $9::bigint[], $10::text[], $11::int[], $12::smallint[],"
		       "       $13::bigint[], $14::bigint[], $15::bigint[],"
		       "       $16::smallint[], $17::bigint[], $18::bigint[], $19::int[],"
		       "       $20::bytea[], $21::bytea[], $22::bytea[], $23::bytea[],"
		       "       $24::bytea[])"
		       "    AS r (referral_id, case_id, state, sharing, person_id, asked,"
		       "       organisation_id, round, deadline_ms, escalation, level,"
		       "       guesses, gave_ms, took_ms, call_back_ms, matches, began_ms,"
		       "       changed_ms, version, sealed_in, sealed, code_in,"
		       "       code_sealed, code_hash)"
		       " ON CONFLICT (referral_id) DO UPDATE"
		       "    SET case_id = EXCLUDED.case_id, state = EXCLUDED.state, sharing"
		       "       = EXCLUDED.sharing, person_id = EXCLUDED.person_id, asked ="
		       "       EXCLUDED.asked, organisation_id = EXCLUDED.organisation_id,"
		       "       round = EXCLUDED.round, deadline_ms = EXCLUDED.deadline_ms,"
		       "       escalation = EXCLUDED.escalation, level = EXCLUDED.level,"
		       "       guesses = EXCLUDED.guesses, gave_ms = EXCLUDED.gave_ms,"
		       "       took_ms = EXCLUDED.took_ms, call_back_ms ="
		       "       EXCLUDED.call_back_ms, matches = EXCLUDED.matches, began_ms"
		       "       = EXCLUDED.began_ms, changed_ms = EXCLUDED.changed_ms,"
		       "       version = EXCLUDED.version, sealed_in = EXCLUDED.sealed_in,"
		       "       sealed = EXCLUDED.sealed, code_in = EXCLUDED.code_in,"
		       "       code_sealed = EXCLUDED.code_sealed, code_hash ="
		       "       EXCLUDED.code_hash",
		.param_count = 24,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT8S, LG_SQL_TEXTS, LG_SQL_INT4S, LG_SQL_INT2S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT2S, LG_SQL_INT8S, LG_SQL_INT8S, LG_SQL_INT4S, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS },
	},
	[INSERT_NEED] = {
		.name = "insert_need",
		.sql = "INSERT INTO need (referral_id, route, sex, age_years, urgency, district,"
		       "       country, services, station)"
		       " SELECT r.referral_id, r.route, r.sex, r.age_years, r.urgency,"
		       "       r.district, r.country, r.services, r.station"
		       "  FROM unnest($1::bytea[], $2::text[], $3::text[], $4::smallint[],"
		       "       $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])"
		       "    AS r (referral_id, route, sex, age_years, urgency, district,"
		       "       country, services, station)"
		       " ON CONFLICT (referral_id) DO NOTHING",
		.param_count = 9,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS },
	},
	[LIST_REFERRALS] = {
		.name = "list_referrals",
		.sql = LISTED " ORDER BY r.referral_id LIMIT 100",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[LIST_OPEN_REFERRALS] = {
		.name = "list_open_referrals",
		.sql = LISTED
			"   AND r.state NOT IN ('NEW', 'DECLINED', 'CLOSED', 'WITHDRAWN', 'DESTROYED')"
			" ORDER BY r.referral_id"
			" LIMIT 100",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[LIST_ANEW_REFERRALS] = {
		.name = "list_anew_referrals",
		.sql = "SELECT referral_id, case_id"
		       "  FROM referral"
		       " WHERE referral_id > $1"
		       "   AND state NOT IN ('NEW', 'DECLINED', 'CLOSED')"
		       " ORDER BY referral_id"
		       " LIMIT 64",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[COUNT_ESCALATED] = {
		.name = "count_escalated",
		.sql = "SELECT count(*)"
		       "  FROM referral"
		       " WHERE state = 'ESCALATED'"
		       "   AND state NOT IN ('NEW', 'DECLINED', 'CLOSED', 'WITHDRAWN', 'DESTROYED')",
	},
	{ .name = NULL },
};

#define MATCH_SEEN_BEFORE  1
#define MATCH_SEARCHED_FOR 2

/* The number of a name that the table's CHECK lets in. */
static unsigned number_of(const char *const *names, unsigned count, const char *name)
{
	unsigned number = 0;

	while (number < count && strcmp(names[number], name) != 0)
		number++;
	assert(number < count);
	return number;
}

struct need need_from_row(struct lg_arena *arena, const PGresult *result, int row, int first)
{
	bool has_age = !lg_field_is_null(result, row, first + 2);

	if (lg_field_is_null(result, row, first))
		return (struct need){ .district = "", .country = "", .services = "" };
	return (struct need){
		.route = (enum need_route)number_of(
			need_route_names, ROUTE_COUNT, lg_field_text(result, row, first)),
		.sex = (enum need_sex)number_of(
			need_sex_names, NEED_SEX_COUNT, lg_field_text(result, row, first + 1)),
		.age_years = has_age ? (int32_t)lg_field_int(result, row, first + 2) : -1,
		.urgency = (enum need_urgency)number_of(
			need_urgency_names, URGENCY_COUNT, lg_field_text(result, row, first + 3)),
		.district = lg_copy_text(arena, lg_field_text(result, row, first + 4)),
		.country = lg_copy_text(arena, lg_field_text(result, row, first + 5)),
		.services = lg_copy_text(arena, lg_field_text(result, row, first + 6)),
	};
}

static struct asked asked_from(struct lg_bytes bytes)
{
	struct asked asked = { .count = (uint32_t)(bytes.size / LG_ID_SIZE) };

	assert(bytes.size <= sizeof asked.at);
	memcpy(asked.at, bytes.data, bytes.size);
	return asked;
}

void handover_hash_from_row(struct handover *handover, struct lg_bytes hash)
{
	handover->has_code = hash.size == HANDOVER_HASH_SIZE;
	if (handover->has_code)
		memcpy(handover->hash, hash.data, HANDOVER_HASH_SIZE);
}

static void referral_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct referral *r = ret_aggregate;
	unsigned state = REFERRAL_NEW;
	struct lg_status is_state =
		lg_lifecycle_state(&referral_life, lg_field_text(result, row, 1), &state);
	struct lg_status is_sharing = sharing_parse(lg_field_text(result, row, 2), &r->sharing);
	int64_t matches = lg_field_int(result, row, 14);

	assert(lg_is_done(is_state));
	assert(lg_is_done(is_sharing));
	r->case_id = lg_field_id(result, row, 0);
	r->state = (enum referral_state)state;
	r->person_id = lg_field_id(result, row, 3);
	r->station = lg_field_is_null(result, row, 30)
			     ? ""
			     : lg_copy_text(arena, lg_field_text(result, row, 30));
	r->asked = asked_from(lg_field_bytes(result, row, 4));
	r->organisation = lg_field_id(result, row, 5);
	r->round = (uint32_t)lg_field_int(result, row, 6);
	r->deadline = lg_field_int(result, row, 7);
	r->escalation = (enum escalation)number_of(
		escalation_names, ESCALATION_COUNT, lg_field_text(result, row, 8));
	r->level = (uint32_t)lg_field_int(result, row, 9);
	r->handover.guesses = (uint32_t)lg_field_int(result, row, 10);
	r->handover.gave_at = lg_field_int(result, row, 11);
	r->handover.took_at = lg_field_int(result, row, 12);
	r->call_back_at = lg_field_int(result, row, 13);
	r->is_seen_before = (matches & MATCH_SEEN_BEFORE) != 0;
	r->is_searched_for = (matches & MATCH_SEARCHED_FOR) != 0;
	r->began_at = lg_field_int(result, row, 15);
	r->changed_at = lg_field_int(result, row, 16);
	r->version = (uint32_t)lg_field_int(result, row, 17);
	r->sealed_in = lg_field_id(result, row, 18);
	r->sealed = lg_copy(arena, lg_field_bytes(result, row, 19));
	r->code_in = lg_field_id(result, row, 20);
	r->code_sealed = lg_copy(arena, lg_field_bytes(result, row, 21));
	handover_hash_from_row(&r->handover, lg_field_bytes(result, row, 22));
	r->need = need_from_row(arena, result, row, 23);
}

struct referral *read_referral(struct lg_batch *batch, struct lg_id referral_id)
{
	return lg_read_by_id(batch, &store_referral[SELECT_REFERRAL], referral_id,
		sizeof(struct referral), referral_from_row);
}

void write_referral(struct lg_batch *batch, struct lg_id referral_id, const struct referral *r)
{
	char sharing[SHARING_TEXT_MAX];

	sharing_print(&r->sharing, sharing);

	const struct lg_value values[] = {
		lg_v_id(&referral_id),
		lg_v_id(&r->case_id),
		lg_v_text(referral_life.states[r->state]),
		lg_v_text(sharing),
		lg_v_id(&r->person_id),
		lg_v_bytes(lg_bytes(r->asked.at, r->asked.count * sizeof r->asked.at[0])),
		lg_id_is_zero(r->organisation) ? lg_v_null() : lg_v_id(&r->organisation),
		lg_v_int(r->round),
		lg_v_int(r->deadline),
		lg_v_text(escalation_names[r->escalation]),
		lg_v_int(r->level),
		lg_v_int(r->handover.guesses),
		lg_v_int(r->handover.gave_at),
		lg_v_int(r->handover.took_at),
		lg_v_int(r->call_back_at),
		lg_v_int((r->is_seen_before ? MATCH_SEEN_BEFORE : 0) +
			 (r->is_searched_for ? MATCH_SEARCHED_FOR : 0)),
		lg_v_int(r->began_at),
		lg_v_int(r->changed_at),
		lg_v_int(r->version),
		lg_v_id(&r->sealed_in),
		lg_v_bytes(r->sealed),
		lg_v_id(&r->code_in),
		lg_v_bytes(r->code_sealed),
		lg_v_bytes(
			lg_bytes(r->handover.hash, r->handover.has_code ? HANDOVER_HASH_SIZE : 0)),
	};

	lg_write(batch, &store_referral[UPSERT_REFERRAL], referral_id, values);
	lg_changed(batch, referral_id);
}

void write_need(struct lg_batch *batch, struct lg_id referral_id, const struct need *need,
	const char *station)
{
	const struct lg_value values[] = {
		lg_v_id(&referral_id),
		lg_v_text(need_route_names[need->route]),
		lg_v_text(need_sex_names[need->sex]),
		need->age_years < 0 ? lg_v_null() : lg_v_int(need->age_years),
		lg_v_text(need_urgency_names[need->urgency]),
		lg_v_text(need->district),
		lg_v_text(need->country),
		lg_v_text(need->services),
		lg_v_text(station),
	};

	lg_write(batch, &store_referral[INSERT_NEED], referral_id, values);
}

void read_referral_keys(struct lg_batch *batch, struct lg_id referral_id)
{
	lg_read_keys_by(batch, &store_referral[SELECT_REFERRAL_KEYS], referral_id);
}

struct lg_found *list_referrals(struct lg_batch *batch, struct lg_id after, bool with_ended)
{
	return lg_read(batch, &store_referral[with_ended ? LIST_REFERRALS : LIST_OPEN_REFERRALS],
		(const struct lg_value[]){ lg_v_id(&after) });
}

struct lg_found *list_anew_referrals(struct lg_batch *batch, struct lg_id after)
{
	return lg_read(batch, &store_referral[LIST_ANEW_REFERRALS],
		(const struct lg_value[]){ lg_v_id(&after) });
}

void anew_from_row(const struct lg_found *found, int row, struct lg_id *ret_referral_id,
	struct lg_id *ret_case_id)
{
	*ret_referral_id = lg_field_id(found->result, row, 0);
	*ret_case_id = lg_field_id(found->result, row, 1);
}

struct listed listed_from_row(struct lg_arena *arena, const struct lg_found *found, int row)
{
	const PGresult *result = found->result;

	return (struct listed){
		.referral_id = lg_field_id(result, row, 0),
		.case_id = lg_field_id(result, row, 1),
		.organisation = lg_field_id(result, row, 2),
		.state = lg_field_text(result, row, 3),
		.due_at = lg_field_int(result, row, 4),
		.changed_at = lg_field_int(result, row, 5),
		.version = (uint32_t)lg_field_int(result, row, 6),
		.need = need_from_row(arena, result, row, 7),
	};
}

const struct lg_watched store_watched[] = {
	{ "referrals_escalated", "Referrals that wait for a human to find a place.",
		&store_referral[COUNT_ESCALATED] },
	{ NULL, NULL, NULL },
};
