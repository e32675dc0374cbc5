/*
 * Deadlines as rows, met by the database's clock.  Statements, and whether that clock can be believed; who
 * lets them arrive is common/run/due.
 */
#ifndef LG_DB_DUE_H
#define LG_DB_DUE_H

#include "common/base/calendar.h"
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

#define LG_DUE_JUMP_MS LG_HOUR_MS

/* Zeroed: not looked at yet. */
struct lg_due_clock {
	lg_ms database;  /* when last looked at */
	uint64_t own_ms; /* by a clock that never goes back */
	bool is_held;    /* it has jumped: nothing is due until somebody has put it right */
};

/*
 * The database says that it is now.  Ahead by LG_DUE_JUMP_MS more than our own clock has gone, it holds
 * every deadline, because a wrong clock would escalate every referral; back, or slow, it only makes them late.
 *   returns  whether it has jumped since the look before
 */
bool lg_due_clock_note(struct lg_due_clock *clock, lg_ms now, uint64_t own_ms);

#endif
