/*
 * Deadlines as rows.  Statements only; who lets them arrive is common/run/due.
 */
#ifndef LG_DB_DUE_H
#define LG_DB_DUE_H

#include "common/db/statement.h"

enum {
	LG_DUE_SET, /* arrays: due_id, p, key, type, due_ms, message; the same due_id is replaced */
	LG_DUE_CLEAR,   /* arrays: due_id */
	LG_DUE_SETTLED, /* arrays: due_id, due_ms: deleted unless it was set anew */
	/* arrays: p, type -> due_id, key, type, due_ms, message, p, trace: up to 64 due of each p, of
	   these types alone */
	LG_DUE_READY,
	LG_DUE_CLOCK, /* -> the database's time, ms since 1970 */
};

extern const struct lg_statement lg_due_statements[];

#endif
