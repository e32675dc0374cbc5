#include "common/db/version.h"

const struct lg_statement lg_version_statements[] = {
	[LG_VERSION_READ] = {
		.name = "version_read",
		.sql = "SELECT version FROM version WHERE key = $1",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[LG_VERSION_MOVE] = {
		.name = "version_move",
		.sql = "INSERT INTO version AS v (key, version)"
		       " SELECT unnest($1::bytea[]), 1"
		       " ON CONFLICT (key) DO UPDATE SET version = v.version + 1",
		.param_count = 1,
		.params = { LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};
