/*
 * Rows in: where this service stands in each stream, what it could not take, and the answers
 * that it has given.  Statements only; who sends them is common/run.
 */
#ifndef LG_DB_INBOX_H
#define LG_DB_INBOX_H

#include "common/db/statement.h"

enum {
	LG_INBOX_POSITIONS, /* $p -> site, service, lane, epoch, last; oldest first */
	LG_INBOX_MOVE,      /* arrays: site, service, lane, p, epoch, last */
	LG_INBOX_MOVE_ONE,  /* the same for one row */
	LG_INBOX_CUT,       /* $site, $service, $lane, $p: forgets the list of one stream */
	LG_INBOX_REWIND,    /* arrays: p: forgets every list of the partition */
	LG_INBOX_DEAD_INSERT, /* arrays: p, case_id, event_id, type, site, service, reason, failed_ms, envelope */
	LG_INBOX_DEAD_KEYS,      /* $p -> case_id: keys whose messages are parked */
	LG_INBOX_PARK,           /* arrays: p, case_id, site, service, envelope */
	LG_INBOX_UNHANDLED,      /* arrays: p, case_id, type, site, service, envelope */
	LG_INBOX_UNHANDLED_TAKE, /* arrays: p, type, after: seq, envelope; the first 500 behind after */
	LG_INBOX_UNHANDLED_SETTLED, /* arrays: seq: deleted */
	LG_INBOX_TRIAL_TAKE,        /* $p, $owner -> owner before, event_id, deaths */
	LG_INBOX_TRIAL_MARK,        /* $p, $event_id, $deaths */
	LG_INBOX_TRIAL_GIVE,        /* $p, $owner: given back in good order */
	/* arrays: command_id -> command_id, type, principal, digest, status, body; as it was given */
	LG_INBOX_ANSWER_READ,
	LG_INBOX_ANSWER_INSERT, /* arrays: command_id, p, case_id, type, principal, digest, status, body, at_ms */
	LG_INBOX_ANSWER_INSERT_ONE, /* the same for one row */
	LG_INBOX_LETTERS, /* $limit -> letter, event_id, case_id, type, service, reason, failed_ms, parked */
	LG_INBOX_LETTER,         /* $letter -> as LETTERS */
	LG_INBOX_LETTER_TAKE,    /* $letter -> case_id, envelope, site, service */
	LG_INBOX_PARKED_TAKE,    /* $case_id -> seq, envelope, site, service; the first 500 */
	LG_INBOX_LETTER_SETTLED, /* arrays: letter: deleted */
	LG_INBOX_PARKED_SETTLED, /* arrays: seq: deleted */
	LG_INBOX_COUNTS,         /* -> dead letters, parked */
	LG_INBOX_HEARD,          /* arrays: site, service, lane, p, first, heard_ms, events */
	LG_INBOX_FORGET,         /* $before_ms, $p: what was heard longer ago */
	LG_INBOX_LOSE, /* $site, $service, $lane, $p, $common, $noticed_ms: what was heard behind it */
	LG_INBOX_LOST, /* $limit -> site, service, event_id, case_id, type, noticed_ms, is_back; newest first */
};

extern const struct lg_statement lg_inbox_statements[];

#endif
