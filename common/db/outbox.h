/*
 * Rows out: events in the transaction of the state that they tell of, and what their readers
 * have applied.  Statements only; who sends them is common/run.
 */
#ifndef LG_DB_OUTBOX_H
#define LG_DB_OUTBOX_H

#include "common/db/statement.h"

enum {
	LG_OUTBOX_INSERT,      /* arrays: destination, lane, p, number, type, event_id, envelope */
	LG_OUTBOX_READ,        /* $destination, $lane, $p, $after, $through -> number, envelope */
	LG_OUTBOX_EPOCH_START, /* $p, $epoch, $destination: begins an epoch behind each lane's head */
	LG_OUTBOX_EPOCHS,      /* $p -> destination, lane, first, epoch; oldest first */
	LG_OUTBOX_HEADS,       /* $p -> destination, lane, head */
	LG_OUTBOX_READER_ADD, /* $destination, $lane, $p, $service: registers a reader; known is done */
	LG_OUTBOX_READERS,       /* $p -> destination, lane, service, applied */
	LG_OUTBOX_READER_STORE,  /* $destination, $lane, $p, $service, $applied: also downwards */
	LG_OUTBOX_READER_RETIRE, /* $p, $destination: its readers hold nothing any more */
	LG_OUTBOX_DEPTH, /* -> rows that a registered reader has not applied, all partitions */
};

extern const struct lg_statement lg_outbox_statements[];

#endif
