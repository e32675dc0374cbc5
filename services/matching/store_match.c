/* The tables match and watch: one row per pair that was ever proposed, or told to a corridor. */
#include "services/matching/store_row.h"

#include <assert.h>

enum {
	SELECT_MATCH,
	SELECT_OPEN_MATCHES,
	SELECT_CARDS,
	SELECT_CARD,
	SELECT_CARD_KEYS,
	UPSERT_MATCH,
	UPDATE_MATCH,
	UNDO_MATCH,
	SELECT_ONE_PERSON
};

#define MATCH_COLUMNS \
	"m.match_id, m.state, m.kind, m.left_id, m.left_home, m.right_id, m.right_home," \
	" m.probability_ppm, m.proposed_ms, m.weights_version, m.needs_two, m.first_verdict," \
	" m.first_by, m.second_by"
#define MATCH_COLUMN_COUNT 14

#define CARD_COLUMNS MATCH_COLUMNS ", m.reasons, " RECORD_COLUMNS("l.") ", " RECORD_COLUMNS("r.")

const struct lg_statement store_match[] = {
	[SELECT_MATCH] = {
		.name = "select_match",
		.sql = "SELECT " MATCH_COLUMNS
		       "  FROM match AS m"
		       " WHERE m.match_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_OPEN_MATCHES] = {
		.name = "select_open_matches",
		.sql = "SELECT " MATCH_COLUMNS
		       "  FROM match AS m"
		       " WHERE (m.left_id = $1 OR m.right_id = $1) AND m.state IN ('PROPOSED', 'DISPUTED')"
		       " ORDER BY m.match_id",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_CARDS] = {
		.name = "select_cards",
		.sql = "SELECT " CARD_COLUMNS
		       "  FROM match AS m"
		       "  JOIN person_record AS l ON l.record_id = m.left_id"
		       "  JOIN person_record AS r ON r.record_id = m.right_id"
		       " WHERE m.state = $1 AND m.proposed_ms < $2"
		       " ORDER BY m.proposed_ms DESC, m.match_id"
		       " LIMIT $3",
		.param_count = 3,
		.params = { LG_SQL_TEXT, LG_SQL_INT8, LG_SQL_INT4 },
	},
	[SELECT_CARD] = {
		.name = "select_card",
		.sql = "SELECT " CARD_COLUMNS
		       "  FROM match AS m"
		       "  JOIN person_record AS l ON l.record_id = m.left_id"
		       "  JOIN person_record AS r ON r.record_id = m.right_id"
		       " WHERE m.match_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[SELECT_CARD_KEYS] = {
		.name = "select_card_keys",
		.sql = "SELECT k.subject, k.class, k.key_id, k.epoch, k.wrapped"
		       "  FROM match AS m"
		       "  JOIN subject_key AS k ON k.subject IN (m.left_id, m.right_id) AND k.class = 1"
		       " WHERE m.match_id = $1"
		       " ORDER BY k.subject, k.key_id",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[UPSERT_MATCH] = {
		.name = "upsert_match",
		.sql = "INSERT INTO match AS m (match_id, state, kind, left_id, left_home, right_id,"
		       "       right_home, probability_ppm, reasons, proposed_ms, weights_version, needs_two)"
		       " SELECT r.match_id, r.state, r.kind, r.left_id, r.left_home, r.right_id,"
		       "       r.right_home, r.probability_ppm, r.reasons, r.proposed_ms,"
		       "       r.weights_version, r.needs_two"
		       "  FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[], $5::bytea[],"
		       "       $6::bytea[], $7::bytea[], $8::int[], $9::bytea[], $10::bigint[],"
		       "       $11::int[], $12::boolean[])"
		       "    AS r (match_id, state, kind, left_id, left_home, right_id, right_home,"
		       "       probability_ppm, reasons, proposed_ms, weights_version, needs_two)"
		       "    ON CONFLICT (match_id) DO UPDATE"
		       "   SET state = EXCLUDED.state, probability_ppm = EXCLUDED.probability_ppm,"
		       "       reasons = EXCLUDED.reasons, proposed_ms = EXCLUDED.proposed_ms,"
		       "       weights_version = EXCLUDED.weights_version,"
		       "       needs_two = EXCLUDED.needs_two, first_verdict = NULL, first_by = NULL,"
		       "       second_by = NULL, decided_ms = NULL, decided_by = NULL"
		       " WHERE m.state = 'WITHDRAWN'",
		.param_count = 12,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_BYTEAS, LG_SQL_BYTEAS,
			LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_BYTEAS, LG_SQL_INT8S,
			LG_SQL_INT4S, LG_SQL_BOOLS },
	},
	[UPDATE_MATCH] = {
		.name = "update_match",
		.sql = "UPDATE match AS m"
		       "   SET state = r.state, first_verdict = r.first_verdict, first_by = r.first_by,"
		       "       second_by = r.second_by, decided_ms = r.decided_ms,"
		       "       decided_by = r.decided_by"
		       "  FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bytea[], $5::bytea[],"
		       "       $6::bigint[], $7::bytea[])"
		       "    AS r (match_id, state, first_verdict, first_by, second_by, decided_ms,"
		       "       decided_by)"
		       " WHERE m.match_id = r.match_id AND m.state IN ('PROPOSED', 'DISPUTED')",
		.param_count = 7,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_BYTEAS, LG_SQL_BYTEAS,
			LG_SQL_INT8S, LG_SQL_BYTEAS },
	},
	[UNDO_MATCH] = {
		.name = "undo_match",
		.sql = "UPDATE match AS m"
		       "   SET state = 'UNDONE', undone_ms = r.undone_ms, undone_by = r.undone_by,"
		       "       undone_why = r.undone_why"
		       "  FROM unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::text[])"
		       "    AS r (match_id, undone_ms, undone_by, undone_why)"
		       " WHERE m.match_id = r.match_id AND m.state = 'CONFIRMED'",
		.param_count = 4,
		.params = { LG_SQL_BYTEAS, LG_SQL_INT8S, LG_SQL_BYTEAS, LG_SQL_TEXTS },
	},
	[SELECT_ONE_PERSON] = {
		/* whoever hangs together by confirmed matches: links are kept, groups are not, and so
		   an undone match leaves nothing behind */
		.name = "select_one_person",
		.sql = "WITH RECURSIVE one AS ("
		       "        SELECT m.left_id AS record_id FROM match AS m"
		       "         WHERE m.match_id = $1 AND m.state = 'CONFIRMED'"
		       "         UNION"
		       "        SELECT CASE WHEN n.left_id = o.record_id THEN n.right_id ELSE n.left_id END"
		       "          FROM one AS o"
		       "          JOIN match AS n ON (n.left_id = o.record_id OR n.right_id = o.record_id)"
		       "                         AND n.state = 'CONFIRMED')"
		       " SELECT r.record_id, r.home"
		       "  FROM one AS o"
		       "  JOIN person_record AS r ON r.record_id = o.record_id"
		       " ORDER BY r.at_ms, r.record_id"
		       " LIMIT 64",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	{ .name = NULL },
};

static struct lg_id id_or_none(const PGresult *result, int row, int column)
{
	return lg_field_is_null(result, row, column) ? (struct lg_id){ 0 }
						     : lg_field_id(result, row, column);
}

/* A first word that waits for the second stands beside the state that all may see. */
static enum match_state judged_state(const PGresult *result, int row, unsigned state)
{
	if (state != MATCH_PROPOSED || lg_field_is_null(result, row, 11))
		return (enum match_state)state;
	return strcmp(lg_field_text(result, row, 11), "YES") == 0 ? MATCH_JUDGED_YES
								  : MATCH_JUDGED_NO;
}

static struct match match_from_columns(const PGresult *result, int row)
{
	unsigned state = MATCH_NEW;
	unsigned kind = 0;
	struct lg_status status =
		lg_lifecycle_state(&match_life, lg_field_text(result, row, 1), &state);

	assert(lg_is_done(status));
	while (kind < MATCH_KIND_COUNT &&
		strcmp(match_kind_names[kind], lg_field_text(result, row, 2)) != 0)
		kind++;
	assert(kind < MATCH_KIND_COUNT);
	return (struct match){
		.match_id = lg_field_id(result, row, 0),
		.state = judged_state(result, row, state),
		.kind = (enum match_kind)kind,
		.left = lg_field_id(result, row, 3),
		.left_home = lg_field_id(result, row, 4),
		.right = lg_field_id(result, row, 5),
		.right_home = lg_field_id(result, row, 6),
		.probability_ppm = (uint32_t)lg_field_int(result, row, 7),
		.proposed_at = lg_field_int(result, row, 8),
		.weights_version = (uint32_t)lg_field_int(result, row, 9),
		.needs_two = lg_field_int(result, row, 10) != 0,
		.first_by = id_or_none(result, row, 12),
		.second_by = id_or_none(result, row, 13),
	};
}

static void fill_match(struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	(void)arena;
	*(struct match *)ret_aggregate = match_from_columns(result, row);
}

struct match *read_match(struct lg_batch *batch, struct lg_id match_id)
{
	return lg_read_by_id(
		batch, &store_match[SELECT_MATCH], match_id, sizeof(struct match), fill_match);
}

struct lg_found *read_open_matches(struct lg_batch *batch, struct lg_id record_id)
{
	return lg_read(batch, &store_match[SELECT_OPEN_MATCHES],
		(const struct lg_value[]){ lg_v_id(&record_id) });
}

struct match match_from_row(const struct lg_found *found, int row)
{
	return match_from_columns(found->result, row);
}

void write_proposal(struct lg_batch *batch, const struct match *match, struct lg_bytes reasons)
{
	const struct lg_value values[] = {
		lg_v_id(&match->match_id),
		lg_v_text(match_life.states[match->state]),
		lg_v_text(match_kind_names[match->kind]),
		lg_v_id(&match->left),
		lg_v_id(&match->left_home),
		lg_v_id(&match->right),
		lg_v_id(&match->right_home),
		lg_v_int(match->probability_ppm),
		lg_v_bytes(reasons),
		lg_v_int(match->proposed_at),
		lg_v_int(match->weights_version),
		lg_v_int(match->needs_two),
	};

	lg_write(batch, &store_match[UPSERT_MATCH], match->match_id, values);
	lg_changed(batch, match->match_id);
}

static struct lg_value first_verdict(const struct match *match)
{
	if (match->state == MATCH_JUDGED_YES)
		return lg_v_text("YES");
	return match->state == MATCH_JUDGED_NO ? lg_v_text("NO") : lg_v_null();
}

void write_decision(
	struct lg_batch *batch, const struct match *match, struct lg_id actor, lg_ms now)
{
	bool is_open = match->state == MATCH_JUDGED_YES || match->state == MATCH_JUDGED_NO ||
		       match->state == MATCH_DISPUTED;
	const struct lg_value values[] = {
		lg_v_id(&match->match_id),
		lg_v_text(match_shown_state(match)),
		first_verdict(match),
		lg_id_is_zero(match->first_by) ? lg_v_null() : lg_v_id(&match->first_by),
		lg_id_is_zero(match->second_by) ? lg_v_null() : lg_v_id(&match->second_by),
		is_open ? lg_v_null() : lg_v_int(now),
		is_open || lg_id_is_zero(actor) ? lg_v_null() : lg_v_id(&actor),
	};

	lg_write(batch, &store_match[UPDATE_MATCH], match->match_id, values);
	lg_changed(batch, match->match_id);
}

void write_undo(struct lg_batch *batch, const struct match *match, struct lg_id actor, lg_ms now,
	const char *why)
{
	const struct lg_value values[] = { lg_v_id(&match->match_id), lg_v_int(now),
		lg_v_id(&actor), lg_v_text(why) };

	lg_write(batch, &store_match[UNDO_MATCH], match->match_id, values);
	lg_changed(batch, match->match_id);
}

struct lg_found *read_one_person(struct lg_batch *batch, struct lg_id match_id)
{
	return lg_read(batch, &store_match[SELECT_ONE_PERSON],
		(const struct lg_value[]){ lg_v_id(&match_id) });
}

struct lg_id one_person_from_row(const struct lg_found *found, int row)
{
	return lg_field_id(found->result, row, 0);
}

struct lg_found *read_cards(struct lg_batch *batch, const char *state, lg_ms before, uint32_t limit)
{
	return lg_read(batch, &store_match[SELECT_CARDS],
		(const struct lg_value[]){ lg_v_text(state), lg_v_int(before), lg_v_int(limit) });
}

struct lg_found *read_card(struct lg_batch *batch, struct lg_id match_id)
{
	return lg_read(
		batch, &store_match[SELECT_CARD], (const struct lg_value[]){ lg_v_id(&match_id) });
}

void read_card_keys(struct lg_batch *batch, struct lg_id match_id)
{
	lg_read_keys_by(batch, &store_match[SELECT_CARD_KEYS], match_id);
}

struct stored_card card_from_row(const struct lg_found *found, int row)
{
	const int left = MATCH_COLUMN_COUNT + 1;

	return (struct stored_card){
		.match = match_from_columns(found->result, row),
		.reasons = lg_field_bytes(found->result, row, MATCH_COLUMN_COUNT),
		.left = record_from_columns(found->result, row, left),
		.right = record_from_columns(found->result, row, left + RECORD_COLUMN_COUNT),
	};
}

/* --- who was met again ------------------------------------------------------------------------ */

enum { INSERT_WATCH };

const struct lg_statement store_watch[] = {
	[INSERT_WATCH] = {
		.name = "insert_watch",
		.sql = "INSERT INTO watch (record_id, before_id, kind, corridor, probability_ppm,"
		       "       raised_ms)"
		       " SELECT r.record_id, r.before_id, r.kind, r.corridor, r.probability_ppm,"
		       "       r.raised_ms"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::int[],"
		       "       $6::bigint[])"
		       "    AS r (record_id, before_id, kind, corridor, probability_ppm, raised_ms)"
		       "    ON CONFLICT (record_id, before_id) DO NOTHING",
		.param_count = 6,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT4S,
			LG_SQL_INT8S },
	},
	{ .name = NULL },
};

void write_watch(struct lg_batch *batch, const struct sighting *sighting, lg_ms now)
{
	const struct lg_value values[] = {
		lg_v_id(&sighting->now->record_id),
		lg_v_id(&sighting->before->record_id),
		lg_v_text(sighting_kind_names[sighting->kind]),
		lg_v_text(sighting->corridor),
		lg_v_int(sighting->probability_ppm),
		lg_v_int(now),
	};

	lg_insert(batch, &store_watch[INSERT_WATCH], values);
}
