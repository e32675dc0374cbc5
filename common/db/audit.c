#include "common/db/audit.h"

const struct lg_statement lg_audit_statements[] = {
	[LG_AUDIT_HEAD] = {
		.name = "audit_head",
		.sql = "SELECT seq, hash FROM audit WHERE p = $1 ORDER BY seq DESC LIMIT 1",
		.param_count = 1,
		.params = { LG_SQL_INT2 },
	},
	[LG_AUDIT_INSERT] = {
		.name = "audit_insert",
		.sql = "INSERT INTO audit (p, seq, record, hash)"
		       " SELECT unnest($1::smallint[]), unnest($2::bigint[]), unnest($3::bytea[]),"
		       "        unnest($4::bytea[])",
		.param_count = 4,
		.params = { LG_SQL_INT2S, LG_SQL_INT8S, LG_SQL_BYTEAS, LG_SQL_BYTEAS },
	},
	[LG_AUDIT_PAGE] = {
		.name = "audit_page",
		.sql = "SELECT seq, record, hash"
		       "  FROM audit"
		       " WHERE p = $1 AND seq > $2"
		       " ORDER BY seq"
		       " LIMIT 5000",
		.param_count = 2,
		.params = { LG_SQL_INT2, LG_SQL_INT8 },
	},
	{ .name = NULL },
};
