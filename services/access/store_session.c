/* The table session: which session ids of the audit trail were given to whom, and until when. */
#include "services/access/store.h"

enum { INSERT_SESSION };

const struct lg_statement store_session[] = {
	[INSERT_SESSION] = {
		.name = "insert_session",
		.sql = "INSERT INTO session (session_id, user_id, issued_ms, expires_ms)"
		       " SELECT r.session_id, r.user_id, r.issued_ms, r.expires_ms"
		       "  FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[])"
		       "    AS r (session_id, user_id, issued_ms, expires_ms)",
		.param_count = 4,
		.params = { LG_SQL_BYTEAS, LG_SQL_BYTEAS, LG_SQL_INT8S, LG_SQL_INT8S },
	},
	{ .name = NULL },
};

void write_session(struct lg_batch *batch, struct lg_id session, struct lg_id user, lg_ms issued_at,
	lg_ms expires_at)
{
	const struct lg_value values[] = {
		lg_v_id(&session),
		lg_v_id(&user),
		lg_v_int(issued_at),
		lg_v_int(expires_at),
	};

	lg_insert(batch, &store_session[INSERT_SESSION], values);
}
