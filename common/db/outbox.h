/*
 * Rows out: events in the transaction of the state that they tell of, and what their readers
 * have applied.  Statements only; who sends them is common/run.
 */
#ifndef LG_DB_OUTBOX_H
#define LG_DB_OUTBOX_H

#include "common/db/statement.h"
#include "common/stream/retention.h"

enum {
	LG_OUTBOX_INSERT, /* arrays: segment, destination, lane, p, first, through, heads, run */
	LG_OUTBOX_INSERT_ONE, /* the same for one row */
	LG_OUTBOX_READ, /* $destination, $lane, $p, $after, $through -> first, heads, run; the first may
			   begin before $after, the last end behind $through; 64 rows at most */
	LG_OUTBOX_SEGMENT, /* -> the segment that rows for other sites are written to today */
	LG_OUTBOX_DROP, /* -> whether the oldest segment was dropped: closed 30 days ago, below all floors */
	LG_OUTBOX_EPOCH_START, /* $p, $epoch, $destination: begins an epoch behind each lane's head */
	LG_OUTBOX_EPOCHS,      /* $p -> destination, lane, first, epoch; oldest first */
	LG_OUTBOX_HEADS,       /* $p -> destination, lane, head, dropped */
	LG_OUTBOX_READER_ADD, /* $destination, $lane, $p, $service: registers a reader; known is done */
	LG_OUTBOX_READERS, /* $p -> destination, lane, service, applied, marks */
	LG_OUTBOX_READER_STORE, /* $destination, $lane, $p, $service, $applied: also downwards; $floor, $marks */
	LG_OUTBOX_READER_RETIRE, /* $p, $destination: its readers hold nothing any more */
	LG_OUTBOX_DEPTH, /* -> rows that a registered reader has not applied, all partitions */
};

extern const struct lg_statement lg_outbox_statements[];

/* What is known of a reader since when, for the table; read back, what is malformed is empty. */
struct lg_bytes lg_marks_write(struct lg_arena *arena, const struct lg_reader_marks *marks);
struct lg_reader_marks lg_marks_read(struct lg_bytes bytes);

/* --- rows of many events ---------------------------------------------------------------- */

#define LG_PACK_EVENTS_MAX 256
#define LG_PACK_BYTES_MAX  8000 /* a row fills a page; one larger event is a row of its own */
#define LG_PACK_HEAD_BYTES (4 + 4 + LG_ID_SIZE)

/* An event of one stream, linked to the one that was published behind it. */
struct lg_packed_event {
	struct lg_packed_event *next;
	uint64_t number;
	uint32_t type;
	struct lg_id event_id;
	struct lg_bytes envelope;
};

/*
 * Packs a row from the first of these events on; what it returns lies in the arena.
 *   returns  how many it took: 1..LG_PACK_EVENTS_MAX
 */
uint32_t lg_pack(struct lg_arena *arena, const struct lg_packed_event *first,
	struct lg_bytes *ret_heads, struct lg_bytes *ret_run);

/*
 * The envelopes of a row, inside run: behind the first `skip`, at most `most` of them.
 *   returns  false where heads and run do not fit each other
 */
bool lg_unpack(struct lg_bytes heads, struct lg_bytes run, uint32_t skip, uint32_t most,
	struct lg_bytes *ret_envelopes, uint32_t *ret_count);

#endif
