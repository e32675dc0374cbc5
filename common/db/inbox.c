#include "common/db/inbox.h"

#define LETTER_COLUMNS \
	"SELECT d.letter, d.event_id, d.case_id, d.type, d.service, d.reason, d.failed_ms," \
	"       (SELECT count(*) FROM parked AS k WHERE k.case_id = d.case_id)" \
	"  FROM dead_letter AS d"

/* What the statement for many rows and its twin for one have in common. */
#define INTO_POSITION "INSERT INTO position (site, service, lane, p, epoch, last)"
#define POSITION_MOVES \
	" ON CONFLICT (site, service, lane, p, epoch) DO UPDATE SET last = EXCLUDED.last"
#define INTO_ANSWER \
	"INSERT INTO answer" \
	"       (command_id, p, case_id, type, principal, digest, status, body, at_ms)"

const struct lg_statement lg_inbox_statements[] = {
	/* Only the newest entry of a list can be anything but history: it has the highest number. */
	[LG_INBOX_POSITIONS] = {
		.name = "inbox_positions",
		.sql = "SELECT site, service, lane, epoch, last"
		       "  FROM position"
		       " WHERE p = $1"
		       " ORDER BY site, service, lane, last",
		.param_count = 1,
		.params = { LG_SQL_INT2 },
	},
	[LG_INBOX_MOVE] = {
		.name = "inbox_move",
		.sql = INTO_POSITION
		       " SELECT unnest($1::integer[]), unnest($2::smallint[]),"
		       "        unnest($3::smallint[]), unnest($4::smallint[]),"
		       "        unnest($5::bytea[]), unnest($6::bigint[])" POSITION_MOVES,
		.param_count = 6,
		.params = { LG_SQL_INT4S, LG_SQL_INT2S, LG_SQL_INT2S, LG_SQL_INT2S, LG_SQL_BYTEAS,
			LG_SQL_INT8S },
		.one = &lg_inbox_statements[LG_INBOX_MOVE_ONE],
	},
	[LG_INBOX_MOVE_ONE] = {
		.name = "inbox_move_one",
		.sql = INTO_POSITION
		       " VALUES ($1, $2, $3, $4, $5, $6)" POSITION_MOVES,
		.param_count = 6,
		.params = { LG_SQL_INT4, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_BYTEA,
			LG_SQL_INT8 },
	},
	[LG_INBOX_CUT] = {
		.name = "inbox_cut",
		.sql = "DELETE FROM position"
		       " WHERE site = $1 AND service = $2 AND lane = $3 AND p = $4",
		.param_count = 4,
		.params = { LG_SQL_INT4, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_INT2 },
	},
	[LG_INBOX_REWIND] = {
		.name = "inbox_rewind",
		.sql = "DELETE FROM position WHERE p = ANY($1)",
		.param_count = 1,
		.params = { LG_SQL_INT2S },
	},
	[LG_INBOX_DEAD_INSERT] = {
		.name = "inbox_dead_insert",
		.sql = "INSERT INTO dead_letter"
		       "       (p, case_id, event_id, type, site, service, reason, failed_ms, envelope)"
		       " SELECT * FROM unnest($1::smallint[], $2::bytea[], $3::bytea[], $4::integer[],"
		       "                      $5::integer[], $6::smallint[], $7::text[], $8::bigint[],"
		       "                      $9::bytea[])",
		.param_count = 9,
		.params = { LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT4S,
			LG_SQL_INT2S, LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_BYTEAS },
	},
	[LG_INBOX_DEAD_KEYS] = {
		.name = "inbox_dead_keys",
		.sql = "SELECT DISTINCT case_id FROM dead_letter WHERE p = $1 ORDER BY case_id",
		.param_count = 1,
		.params = { LG_SQL_INT2 },
	},
	[LG_INBOX_PARK] = {
		.name = "inbox_park",
		.sql = "INSERT INTO parked (p, case_id, site, service, envelope)"
		       " SELECT * FROM unnest($1::smallint[], $2::bytea[], $3::integer[],"
		       "                      $4::smallint[], $5::bytea[])",
		.param_count = 5,
		.params = { LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT2S, LG_SQL_BYTEAS },
	},
	[LG_INBOX_UNHANDLED] = {
		.name = "inbox_unhandled",
		.sql = "INSERT INTO unhandled (p, case_id, type, site, service, envelope)"
		       " SELECT * FROM unnest($1::smallint[], $2::bytea[], $3::integer[],"
		       "                      $4::integer[], $5::smallint[], $6::bytea[])",
		.param_count = 6,
		.params = { LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_INT4S, LG_SQL_INT2S,
			LG_SQL_BYTEAS },
	},
	[LG_INBOX_UNHANDLED_TAKE] = {
		.name = "inbox_unhandled_take",
		.sql = "SELECT seq, envelope"
		       "  FROM unhandled"
		       " WHERE p = ANY($1) AND type = ANY($2) AND seq > ALL($3)"
		       " ORDER BY seq"
		       " LIMIT 500",
		.param_count = 3,
		.params = { LG_SQL_INT2S, LG_SQL_INT4S, LG_SQL_INT8S },
	},
	[LG_INBOX_UNHANDLED_SETTLED] = {
		.name = "inbox_unhandled_settled",
		.sql = "DELETE FROM unhandled WHERE seq = ANY($1)",
		.param_count = 1,
		.params = { LG_SQL_INT8S },
	},
	[LG_INBOX_TRIAL_TAKE] = {
		.name = "inbox_trial_take",
		.sql = "WITH before AS (SELECT owner, event_id, deaths FROM trial WHERE p = $1)"
		       " UPDATE trial AS t"
		       "    SET owner = $2"
		       "   FROM before"
		       "  WHERE t.p = $1"
		       " RETURNING before.owner, before.event_id, before.deaths",
		.param_count = 2,
		.params = { LG_SQL_INT2, LG_SQL_BYTEA },
	},
	[LG_INBOX_TRIAL_MARK] = {
		.name = "inbox_trial_mark",
		.sql = "UPDATE trial SET event_id = $2, deaths = $3 WHERE p = $1",
		.param_count = 3,
		.params = { LG_SQL_INT2, LG_SQL_BYTEA, LG_SQL_INT4 },
	},
	[LG_INBOX_TRIAL_GIVE] = {
		.name = "inbox_trial_give",
		.sql = "UPDATE trial SET owner = '' WHERE p = $1 AND owner = $2",
		.param_count = 2,
		.params = { LG_SQL_INT2, LG_SQL_BYTEA },
	},
	[LG_INBOX_ANSWER_READ] = {
		.name = "inbox_answer_read",
		/*
		 * The subquery with its LIMIT keeps one look into the index for each id: with = ANY the
		 * plan that is made while the table is empty reads it whole, for ever.
		 */
		.sql = "SELECT found.command_id, found.type, found.principal, found.digest,"
		       "       found.status, found.body"
		       "  FROM unnest($1::bytea[]) AS asked (id),"
		       "       LATERAL (SELECT a.command_id, a.type, a.principal, a.digest, a.status, a.body"
		       "                  FROM answer AS a"
		       "                 WHERE a.command_id = asked.id"
		       "                 LIMIT 1) AS found",
		.param_count = 1,
		.params = { LG_SQL_BYTEAS },
	},
	[LG_INBOX_ANSWER_INSERT] = {
		.name = "inbox_answer_insert",
		.sql = INTO_ANSWER
		       " SELECT unnest($1::bytea[]), unnest($2::smallint[]), unnest($3::bytea[]),"
		       "        unnest($4::integer[]), unnest($5::bytea[]), unnest($6::bytea[]),"
		       "        unnest($7::smallint[]), unnest($8::bytea[]), unnest($9::bigint[])",
		.param_count = 9,
		.params = { LG_SQL_BYTEAS, LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_INT4S, LG_SQL_BYTEAS,
			LG_SQL_BYTEAS, LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_INT8S },
		.one = &lg_inbox_statements[LG_INBOX_ANSWER_INSERT_ONE],
	},
	[LG_INBOX_ANSWER_INSERT_ONE] = {
		.name = "inbox_answer_insert_one",
		.sql = INTO_ANSWER
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		.param_count = 9,
		.params = { LG_SQL_BYTEA, LG_SQL_INT2, LG_SQL_BYTEA, LG_SQL_INT4, LG_SQL_BYTEA,
			LG_SQL_BYTEA, LG_SQL_INT2, LG_SQL_BYTEA, LG_SQL_INT8 },
	},
	[LG_INBOX_LETTERS] = {
		.name = "inbox_letters",
		.sql = LETTER_COLUMNS " ORDER BY d.letter LIMIT $1",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	[LG_INBOX_LETTER] = {
		.name = "inbox_letter",
		.sql = LETTER_COLUMNS " WHERE d.letter = $1",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	[LG_INBOX_LETTER_TAKE] = {
		.name = "inbox_letter_take",
		.sql = "SELECT case_id, envelope, site, service FROM dead_letter WHERE letter = $1",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	[LG_INBOX_PARKED_TAKE] = {
		.name = "inbox_parked_take",
		.sql = "SELECT seq, envelope, site, service"
		       "  FROM parked"
		       " WHERE case_id = $1"
		       " ORDER BY seq"
		       " LIMIT 500",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[LG_INBOX_LETTER_SETTLED] = {
		.name = "inbox_letter_settled",
		.sql = "DELETE FROM dead_letter WHERE letter = ANY($1)",
		.param_count = 1,
		.params = { LG_SQL_INT8S },
	},
	[LG_INBOX_PARKED_SETTLED] = {
		.name = "inbox_parked_settled",
		.sql = "DELETE FROM parked WHERE seq = ANY($1)",
		.param_count = 1,
		.params = { LG_SQL_INT8S },
	},
	[LG_INBOX_COUNTS] = {
		.name = "inbox_counts",
		.sql = "SELECT (SELECT count(*) FROM dead_letter), (SELECT count(*) FROM parked)",
	},
	[LG_INBOX_HEARD] = {
		.name = "inbox_heard",
		.sql = "INSERT INTO heard (site, service, lane, p, first, heard_ms, events)"
		       " SELECT * FROM unnest($1::integer[], $2::smallint[], $3::smallint[],"
		       "                      $4::smallint[], $5::bigint[], $6::bigint[], $7::bytea[])"
		       " ON CONFLICT (site, service, lane, p, first) DO UPDATE"
		       "    SET heard_ms = EXCLUDED.heard_ms, events = EXCLUDED.events",
		.param_count = 7,
		.params = { LG_SQL_INT4S, LG_SQL_INT2S, LG_SQL_INT2S, LG_SQL_INT2S, LG_SQL_INT8S,
			LG_SQL_INT8S, LG_SQL_BYTEAS },
	},
	[LG_INBOX_FORGET] = {
		.name = "inbox_forget",
		.sql = "DELETE FROM heard WHERE heard_ms < $1 AND p = $2",
		.param_count = 2,
		.params = { LG_SQL_INT8, LG_SQL_INT2 },
	},
	/* the row that the common point cuts keeps what stands before it */
	[LG_INBOX_LOSE] = {
		.name = "inbox_lose",
		.sql = "WITH behind AS ("
		       " SELECT h AS row, h.first"
		       "   FROM heard AS h"
		       "  WHERE site = $1 AND service = $2 AND lane = $3 AND p = $4"
		       "    AND first + length(events) / 36 > $5 + 1),"
		       " cut AS ("
		       " UPDATE heard AS h SET events = substr(h.events, 1, ($5 - h.first + 1)::integer * 36)"
		       "   FROM behind AS b"
		       "  WHERE site = $1 AND service = $2 AND lane = $3 AND p = $4"
		       "    AND h.first = b.first AND b.first <= $5),"
		       " gone AS ("
		       " DELETE FROM heard"
		       "  WHERE site = $1 AND service = $2 AND lane = $3 AND p = $4 AND first > $5)"
		       " INSERT INTO lost (site, service, event_id, case_id, type, noticed_ms)"
		       " SELECT $1, $2, e.event_id, e.case_id, e.type, $6"
		       "   FROM behind AS b, heard_events(b.row) AS e"
		       "  WHERE e.number > $5"
		       "  ORDER BY e.number",
		.param_count = 6,
		.params = { LG_SQL_INT4, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_INT2, LG_SQL_INT8,
			LG_SQL_INT8 },
	},
	[LG_INBOX_LOST] = {
		.name = "inbox_lost",
		.sql = "SELECT l.site, l.service, l.event_id, l.case_id, l.type, l.noticed_ms,"
		       "       CASE WHEN EXISTS (SELECT FROM heard AS h, heard_events(h) AS e"
		       "                          WHERE h.heard_ms >= l.noticed_ms"
		       "                            AND e.case_id = l.case_id AND e.type = l.type)"
		       "            THEN 1 ELSE 0 END"
		       "  FROM lost AS l"
		       " ORDER BY l.seq DESC"
		       " LIMIT $1",
		.param_count = 1,
		.params = { LG_SQL_INT8 },
	},
	{ .name = NULL },
};
