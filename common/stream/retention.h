/*
 * When rows of a stream may go.
 *
 * A reader may be restored from a backup, and then asks again for what it had applied.  So a row
 * is kept until every registered reader has had it for as long as the oldest backup that anybody
 * plays back, without a break.  A reader's last word says only where it stands now; marks say
 * since when it has stood at least there, by its own words: who is away may have been restored
 * meanwhile, so silence ages nothing.  Who asks for a row that is gone is told GONE by the feed
 * (publisher.h): the host only sets dropped.
 */
#ifndef LG_STREAM_RETENTION_H
#define LG_STREAM_RETENTION_H

#include "common/base/calendar.h"
#include "common/stream/stream.h"

#define LG_RETENTION_KEEP_MS (30 * LG_DAY_MS) /* longer than the oldest backup anyone restores */
/* More than this between two words does not count: nobody knows what happened meanwhile. */
#define LG_RETENTION_STEP(keep_ms) ((keep_ms) / 20)
#define LG_MARKS_MAX               8

/* The reader has applied everything through number, without a break since. */
struct lg_mark {
	uint64_t number;
	lg_ms since;
};

/* One registered reader of one stream; all zero: registered, and never heard of. */
struct lg_reader_marks {
	uint64_t applied; /* by its last word */
	lg_ms noted_at;   /* its last word; marks are as old as they were then */
	uint32_t count;
	struct lg_mark at[LG_MARKS_MAX]; /* oldest first, numbers rise */
};

/* Rows that go together: what the stream has in one range of the table. */
struct lg_range {
	uint64_t last;    /* last number; of the range before, when the stream has nothing in it */
	lg_ms written_at; /* of the last row */
};

/*
 * Notes a word of the reader, a subscription or an acknowledgement, also one that says nothing
 * new.  Time ages its marks only from word to word, and at most by a step: not while the reader is
 * away, nor when a clock jumps, nor what a restored publisher has forgotten.
 *
 *   applied   below a mark when the reader was restored: the mark is lowered
 *   keep_ms   how long rows are kept; marks are set so that a row goes at most a sixth later
 */
void lg_reader_marks_note(
	struct lg_reader_marks *marks, uint64_t applied, lg_ms now, lg_ms keep_ms);

/* What the reader has had for keep_ms: rows through this number it cannot ask for again. */
uint64_t lg_reader_marks_floor(const struct lg_reader_marks *marks, lg_ms keep_ms);

/*
 * How many ranges, from the oldest on, may be dropped.  Never the last one: the number that comes
 * next is read from it.  Without a registered reader only age decides.
 *
 * The simulator's: in a service the same is asked inside the database, of each reader's floor as it
 * stands in its row (drop_outbox_segment, common/db/schema/004_outbox.sql).
 *
 *   readers   every registered one, those never heard of too
 *   ranges    oldest first; a range shared by streams goes when this says so for each of them
 */
uint32_t lg_retention_count(const struct lg_reader_marks *const *readers, uint32_t reader_count,
	const struct lg_range *ranges, uint32_t range_count, lg_ms now, lg_ms keep_ms);

#endif
