/*
 * Who owns which partition, and what keeps two owners apart.
 *
 * Every transaction first moves the row partition(p, epoch, step) of each partition it touches,
 * from the step it expects, or fails: this alone fences two owners and makes number order
 * commit order.  The session advisory lock only tells fast that an owner is gone.
 *
 * Takeover: lock (if the owner's heartbeat is 10 s old, end its backend first); store a fresh
 * random epoch and raise the takeover count; only then are positions read, by the caller.
 */
#ifndef LG_DB_FENCE_H
#define LG_DB_FENCE_H

#include "common/db/pg.h"
#include "common/stream/partition.h"

#define LG_HEARTBEAT_MS (1 * LG_SECOND_MS)
#define LG_STALE_MS     (10 * LG_SECOND_MS)
#define LG_RETAKE_MS    (5 * LG_SECOND_MS)

/* Statements that the connection must have prepared. */
extern const struct lg_statement lg_fence_statements[];

struct lg_fence;

struct lg_fence_options {
	struct lg_pg *pg;
	struct lg_id instance; /* random per process */
	bool is_single_writer; /* owns all 16 or none; others stand by */
	/* partition is ours: read positions now; the fence already moves in the new epoch */
	void (*taken)(void *user, uint8_t partition, struct lg_id epoch, uint64_t takeover);
	/* partition is no longer ours: forget its memory, publish nothing more */
	void (*lost)(void *user, uint8_t partition);
	/* whether a transaction of this partition is under way or queued: it is given back later */
	bool (*is_busy)(void *user, uint8_t partition);
	void *user;
};

/* options are copied; nothing is asked of the database before lg_fence_start(). */
struct lg_fence *lg_fence_new(const struct lg_fence_options *options);

/* Behind lg_pg_free() of its connection, which may still owe it answers.  NULL is fine. */
void lg_fence_free(struct lg_fence *fence);

/* The connection is ready: write the heartbeat row, begin to take partitions. */
void lg_fence_start(struct lg_fence *fence);

/* The connection is lost: lost() is called for each partition that was ours. */
void lg_fence_stop(struct lg_fence *fence);

/*
 * Once a second while connected, and whenever somebody is known to have left: heartbeat, members, wish,
 * take, give back.  What a member had that is gone since the look before is taken at once.
 */
void lg_fence_tick(struct lg_fence *fence, lg_ms now);

/*
 * Gives all back (drain at shutdown): unlocks, deletes the heartbeat row; done is called when
 * the server has answered.
 */
void lg_fence_leave(struct lg_fence *fence, void (*done)(void *user), void *user);

/* The set of partitions that are ours. */
uint16_t lg_fence_owned(const struct lg_fence *fence);

/*
 * A partition that must go to another instance but was busy whenever it was looked at: begin no
 * new transaction of it, and it is given back at the next tick.  Empty most of the time.
 */
uint16_t lg_fence_leaving(const struct lg_fence *fence);

/* Instances alive by their heartbeat, at the last tick. */
uint32_t lg_fence_members(const struct lg_fence *fence);

/* The epoch of a partition that is ours, and how often it has changed hands. */
struct lg_id lg_fence_epoch(const struct lg_fence *fence, uint8_t partition);
uint64_t lg_fence_takeover(const struct lg_fence *fence, uint8_t partition);

/*
 * Queues the move of every partition of the set, first in the unit that lg_pg_begin() opened,
 * and counts the step in memory.  All of the set must be ours.  The statement raises SQLSTATE
 * LG001 when a row is not as expected: the whole unit then fails.
 */
void lg_fence_move(struct lg_fence *fence, struct lg_arena *arena, uint16_t partitions);

/* The move of one partition was abandoned with its transaction: it is expected to stand where it did. */
void lg_fence_move_back(struct lg_fence *fence, uint8_t partition);

/*
 * The unit failed or its outcome is unknown: the partitions of the set are given up and taken
 * anew (fresh epoch, positions read back).  lost() is called for each.
 */
void lg_fence_forget(struct lg_fence *fence, uint16_t partitions);

#endif
