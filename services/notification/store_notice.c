/* The table notice: each one from its intent to its end.  No personal data: see render.h. */
#include "services/notification/store.h"

#include <assert.h>

enum {
	SELECT_NOTICE,
	LIST_NOTICES,
	LIST_NOTICES_IN_STATE,
	INSERT_NOTICE,
	UPDATE_NOTICE,
	COUNT_UNDELIVERED,
	COUNT_ESCALATIONS
};

#define COLUMNS \
	"notice_id, case_id, event_id, subscription_id, event, state, channel, language, attempts," \
	"       intended_ms, next_ms, settled_ms, reason, body"

#define NOW_MS  "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
#define LATE_MS "300000"

const struct lg_statement store_notice[] = {
	[SELECT_NOTICE] = {
		.name = "select_notice",
		.sql = "SELECT " COLUMNS
		       "  FROM notice"
		       " WHERE notice_id = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[LIST_NOTICES] = {
		.name = "list_notices",
		.sql = "SELECT " COLUMNS
		       "  FROM notice"
		       " WHERE notice_id < $1"
		       " ORDER BY notice_id DESC"
		       " LIMIT $2",
		.param_count = 2,
		.params = { LG_SQL_BYTEA, LG_SQL_INT8 },
	},
	[LIST_NOTICES_IN_STATE] = {
		.name = "list_notices_in_state",
		.sql = "SELECT " COLUMNS
		       "  FROM notice"
		       " WHERE notice_id < $1"
		       "   AND state = $3"
		       " ORDER BY notice_id DESC"
		       " LIMIT $2",
		.param_count = 3,
		.params = { LG_SQL_BYTEA, LG_SQL_INT8, LG_SQL_TEXT },
	},
	[INSERT_NOTICE] = {
		.name = "insert_notice",
		.sql = "INSERT INTO notice (notice_id, case_id, event_id, subscription_id, event,"
		       "       state, channel, language, attempts, intended_ms, next_ms, settled_ms,"
		       "       reason, body)"
		       " SELECT r.notice_id, r.case_id, r.event_id, r.subscription_id, r.event,"
		       "       r.state, r.channel, r.language, 0, r.intended_ms, r.next_ms, 0, '',"
		       "       r.body"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::text[],"
		       "       $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bigint[],"
		       "       $11::text[])"
		       "    AS r (notice_id, case_id, event_id, subscription_id, event, state,"
		       "       channel, language, intended_ms, next_ms, body)"
		       " ON CONFLICT (event_id, subscription_id) DO NOTHING",
		.param_count = 11,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_TEXTS,
			LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S, LG_SQL_INT8S,
			LG_SQL_TEXTS },
	},
	[UPDATE_NOTICE] = {
		.name = "update_notice",
		.sql = "UPDATE notice AS n"
		       "   SET state = r.state, attempts = r.attempts, next_ms = r.next_ms,"
		       "       settled_ms = r.settled_ms, reason = r.reason"
		       "  FROM unnest($1::bytea[], $2::text[], $3::int[], $4::bigint[], $5::bigint[],"
		       "       $6::text[])"
		       "    AS r (notice_id, state, attempts, next_ms, settled_ms, reason)"
		       " WHERE n.notice_id = r.notice_id",
		.param_count = 6,
		.params = { LG_SQL_BYTEAS, LG_SQL_TEXTS, LG_SQL_INT4S, LG_SQL_INT8S, LG_SQL_INT8S,
			LG_SQL_TEXTS },
	},
	/* of a day: what failed before was seen, or never will be */
	[COUNT_UNDELIVERED] = {
		.name = "count_undelivered",
		.sql = "SELECT count(*)"
		       "  FROM notice"
		       " WHERE (state = 'FAILED' AND settled_ms > " NOW_MS " - 86400000)"
		       "    OR (state = 'INTENDED' AND intended_ms < " NOW_MS " - " LATE_MS ")",
	},
	[COUNT_ESCALATIONS] = {
		.name = "count_escalations",
		.sql = "SELECT count(*)"
		       "  FROM notice"
		       " WHERE ((state = 'FAILED' AND settled_ms > " NOW_MS " - 86400000)"
		       "    OR (state = 'INTENDED' AND intended_ms < " NOW_MS " - " LATE_MS "))"
		       "   AND event IN ('ReferralEscalated', 'DestructionOverdue')",
	},
	{ .name = NULL },
};

/* The number of a name; count when there is none. */
static unsigned number_of(const char *const *names, unsigned count, const char *name)
{
	unsigned number = 0;

	while (number < count && strcmp(names[number], name) != 0)
		number++;
	return number;
}

static struct notice from_row(const PGresult *result, int row)
{
	unsigned state = NOTICE_NEW;
	struct lg_status status =
		lg_lifecycle_state(&notice_life, lg_field_text(result, row, 5), &state);
	struct notice n = {
		.notice_id = lg_field_id(result, row, 0),
		.case_id = lg_field_id(result, row, 1),
		.event_id = lg_field_id(result, row, 2),
		.subscription_id = lg_field_id(result, row, 3),
		.event = number_of(told_event_names, TOLD_COUNT, lg_field_text(result, row, 4)),
		.channel =
			number_of(channel_names, CHANNEL_KIND_COUNT, lg_field_text(result, row, 6)),
		.language =
			number_of(language_names, LANGUAGE_COUNT, lg_field_text(result, row, 7)),
		.attempts = (uint32_t)lg_field_int(result, row, 8),
		.intended_at = lg_field_int(result, row, 9),
		.next_at = lg_field_int(result, row, 10),
		.settled_at = lg_field_int(result, row, 11),
		.reason = lg_field_text(result, row, 12),
		.text = lg_field_text(result, row, 13),
	};

	assert(lg_is_done(status));
	assert(n.event < TOLD_COUNT);
	assert(n.channel < CHANNEL_KIND_COUNT && n.language < LANGUAGE_COUNT);
	n.state = (enum notice_state)state;
	return n;
}

static void notice_from_row(
	struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate)
{
	struct notice *n = ret_aggregate;

	*n = from_row(result, row);
	n->reason = lg_copy_text(arena, n->reason);
	n->text = lg_copy_text(arena, n->text);
}

struct notice notice_from_found(const struct lg_found *found, int row)
{
	return from_row(found->result, row);
}

struct notice *read_notice(struct lg_batch *batch, struct lg_id notice_id)
{
	return lg_read_by_id(batch, &store_notice[SELECT_NOTICE], notice_id, sizeof(struct notice),
		notice_from_row);
}

struct lg_found *read_notices(
	struct lg_batch *batch, struct lg_id before, const char *state, uint32_t limit)
{
	if (state[0] == '\0')
		return lg_read(batch, &store_notice[LIST_NOTICES],
			(const struct lg_value[]){ lg_v_id(&before), lg_v_int(limit) });
	return lg_read(batch, &store_notice[LIST_NOTICES_IN_STATE],
		(const struct lg_value[]){ lg_v_id(&before), lg_v_int(limit), lg_v_text(state) });
}

void write_intent(struct lg_batch *batch, const struct notice *n)
{
	const struct lg_value values[] = {
		lg_v_id(&n->notice_id),
		lg_v_id(&n->case_id),
		lg_v_id(&n->event_id),
		lg_v_id(&n->subscription_id),
		lg_v_text(told_event_names[n->event]),
		lg_v_text(notice_life.states[n->state]),
		lg_v_text(channel_names[n->channel]),
		lg_v_text(language_names[n->language]),
		lg_v_int(n->intended_at),
		lg_v_int(n->next_at),
		lg_v_text(n->text),
	};

	lg_insert(batch, &store_notice[INSERT_NOTICE], values);
}

void write_notice(struct lg_batch *batch, const struct notice *n)
{
	const struct lg_value values[] = {
		lg_v_id(&n->notice_id),
		lg_v_text(notice_life.states[n->state]),
		lg_v_int(n->attempts),
		lg_v_int(n->next_at),
		lg_v_int(n->settled_at),
		lg_v_text(n->reason),
	};

	lg_write(batch, &store_notice[UPDATE_NOTICE], n->notice_id, values);
}

const struct lg_watched store_watched[] = {
	{ "notices_undelivered", "Notices that failed within a day, or wait for 5 minutes.",
		&store_notice[COUNT_UNDELIVERED] },
	{ "escalations_undelivered", "Those of them that tell of an escalation.",
		&store_notice[COUNT_ESCALATIONS] },
	{ NULL, NULL, NULL },
};
