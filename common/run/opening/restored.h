/*
 * What the last owner of a partition has stored, as it comes back row by row: streams and readers
 * of both sides, parked keys, the end of the audit chain, what may have killed it.
 *
 * Memory alone; what is asked for, and when it counts, says opening.c.  The partition may be lost
 * while rows are on their way, and may be ours again by then: it is looked up by its generation, and
 * what comes too late finds nothing.
 */
#ifndef LG_RUN_OPENING_RESTORED_H
#define LG_RUN_OPENING_RESTORED_H

#include "common/run/owned.h"

struct lg_restored {
	struct lg_instance *instance;
	uint8_t partition;
	uint64_t generation;
	/* sites whose readers stand in the table and that we are linked with no more */
	uint32_t retired_count;
	uint16_t retired[LG_SITES_MAX];
	/* of each stream going out: the last number given, the last dropped, (epoch, first number) */
	uint64_t heads[LG_SITES_MAX][LG_LANE_COUNT], dropped[LG_SITES_MAX][LG_LANE_COUNT];
	struct lg_points *epochs[LG_SITES_MAX][LG_LANE_COUNT];
};

/* Nothing has come yet; the arena must outlive it. */
void lg_restored_init(
	struct lg_restored *restored, const struct lg_owned *owned, struct lg_arena *arena);

/* The partition, or NULL: it was lost meanwhile. */
struct lg_owned *lg_restored_owned(const struct lg_restored *restored);

/* Statements of one parameter, the partition; their answers' argument is a struct lg_restored. */
#define LG_RESTORED_READS 6
struct lg_restored_read {
	const struct lg_statement *statement;
	lg_pg_answer *answer;
};
extern const struct lg_restored_read lg_restored_reads[LG_RESTORED_READS];

/* LG_OUTBOX_SEGMENT's answer. */
void lg_restored_segment(void *restored, const PGresult *result);

/*
 * LG_INBOX_TRIAL_TAKE's answer.  An owner before us that is not ourselves and has given nothing
 * back has died: what it may have died of is in the window of one of its streams.
 */
void lg_restored_trial(void *restored, const PGresult *result);

/* All has come and is known to be true: begins the streams going out and opens the partition. */
void lg_restored_start(struct lg_restored *restored, struct lg_owned *owned);

#endif
