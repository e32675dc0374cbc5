/*
 * The simulator's world: streams, their two databases, the instances that work on them, and a
 * clock that jumps from occurrence to occurrence.
 *
 * What decides is the shipped code of common/stream.  Here stands only what surrounds it: a
 * network that loses, doubles, delays and reorders; databases that commit, fail, answer nothing,
 * and are restored; instances that die, are replaced, and go on not knowing it.  Each rule of
 * the protocol can be broken here, by lying to the state machines or by keeping house badly.
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "common/base/random.h"
#include "common/stream/envelope.h"
#include "common/stream/publisher.h"
#include "common/stream/subscriber.h"

#define STREAMS_MAX   3
#define READERS       2
#define INSTANCES     2
#define ROWS_MAX      400  /* events of one stream, those that are lost counted */
#define FRAME_ROWS    64   /* rows that the host reads at once */
#define OCCURRENCES   4096 /* that may lie ahead */
#define CANDIDATES    256  /* marks that retention remembers */
#define PIPELINED_MAX 3    /* transactions under way of one writer */

#define FAULTS_UNTIL_MS ((lg_ms)60000)
#define HEALED_BY_MS    ((lg_ms)200000) /* all rows of the slowest line, in windows */
#define RETENTION_MS    ((lg_ms)20000)
#define BACKUP_MAX_MS \
	((lg_ms)10000) /* no reader restores an older one; the rest is for lost words */

/* The rules of the protocol; each can be broken. */
enum rule {
	RULE_NONE,
	RULE_CHAIN,       /* a batch is applied only where the reader stands */
	RULE_SESSION,     /* frames of an older session are dropped */
	RULE_MATCH,       /* positions are compared by epoch, not by number alone */
	RULE_SUBHIST,     /* the reader sends its list, not only its last point */
	RULE_ACKMATCH,    /* acknowledgements are checked by session and history too */
	RULE_SETACK,      /* an acknowledgement may lower the mark */
	RULE_ACKFLOOR,    /* rows are dropped late, not when they are acknowledged */
	RULE_REGISTERED,  /* a reader that was never heard of holds its rows */
	RULE_AFTERCOMMIT, /* rows leave only when their commit is known */
	RULE_SNAPSHOT,    /* a batch ends with the last row that was read */
	RULE_ATOMIC,      /* position and effects are one transaction */
	RULE_CAS,         /* every transaction moves the fence from the step it expects */
	RULE_FRESH,       /* epochs are random, not counted in the database */
	RULE_BUMP,        /* every takeover starts an epoch */
	RULE_FENCEDBACK,  /* GO_BACK is said only by who is still the owner */
	RULE_COUNT,
};

struct row {
	uint32_t event; /* 0: no row */
	uint32_t size_bytes;
};

/* What the publisher's database holds of one stream. */
struct writer_base {
	struct row rows[ROWS_MAX + 1]; /* by number */
	uint64_t head, dropped, sequence;
	struct lg_points history;
	struct lg_id fence;
	uint64_t step, epoch_counter;
	uint64_t applied[READERS];
	bool is_heard[READERS];
	uint32_t candidate_count;
	struct {
		lg_ms at;
		uint64_t mark;
	} candidates[CANDIDATES];
};

struct effect {
	uint32_t event;
	uint64_t number;
	bool is_listed; /* of a dead branch: handed back */
};

/* What a reader's database holds of one stream. */
struct reader_base {
	struct lg_points points;
	uint32_t effect_count;
	struct effect effects[2 * ROWS_MAX];
	struct lg_id fence;
	uint64_t step;
};

enum fate { FATE_COMMIT, FATE_FAIL, FATE_LOST_BEFORE, FATE_LOST_AFTER };

/* One instance of the publishing service. */
struct writer {
	bool is_up, owns;
	uint32_t
		life; /* raised when its memory is gone: what comes later for the old one is void */
	struct lg_id fence;
	uint64_t step, takeover;
	lg_ms pipeline_at, answer_at; /* the server works and answers in order */
	uint32_t pipelined;
	struct lg_publisher publisher;
	struct lg_feed feeds[READERS];
	uint8_t reply_to[READERS];
	struct row
		unknown[ROWS_MAX + 1]; /* only when aftercommit is broken: rows not yet committed */
};

/* What goes into one transaction of a reader. */
struct work {
	uint32_t row_count, point_count;
	uint16_t events[ROWS_MAX], numbers[ROWS_MAX];
	struct lg_point points[LG_FLYING_MAX];
	uint64_t size_bytes;
	bool is_back;
};

/* One instance of a reading service. */
struct reader {
	bool is_up, owns;
	uint32_t life;
	struct lg_id fence;
	uint64_t step;
	lg_ms pipeline_at, answer_at;
	uint32_t pipelined;
	uint64_t held_bytes; /* taken, not stored */
	struct work waiting; /* becomes the next transaction */
	struct lg_subscriber subscriber;
};

struct reading {
	struct reader_base base, backup;
	bool has_backup;
	lg_ms backup_at, starts_at;
	uint32_t base_life, restores;
	struct reader instances[INSTANCES];
};

struct stream {
	struct writer_base base, backup;
	bool has_backup;
	uint32_t base_life, restores;
	uint64_t takeovers;
	uint32_t event_count;
	bool was_committed[ROWS_MAX + 1]; /* by event */
	bool was_answered[ROWS_MAX + 1];  /* somebody was told "stored" */
	bool was_lost[ROWS_MAX + 1];      /* by a restore */
	struct writer instances[INSTANCES];
	struct reading readings[READERS];
};

enum occurrence_kind {
	AT_PUBLISH,
	AT_WRITE_EXECUTED,
	AT_WRITE_ANSWERED,
	AT_FETCHED,
	AT_READ_EXECUTED,
	AT_READ_ANSWERED,
	AT_TICK,
	AT_GUARD,
	AT_FAULT,
	AT_SUBSCRIBE, /* frames from here on */
	AT_ACKNOWLEDGE,
	AT_DELIVER,
	AT_GO_BACK,
	AT_GONE,
};

struct occurrence {
	lg_ms at;
	uint64_t order;
	enum occurrence_kind kind;
	uint8_t stream, reading, instance;
	uint32_t life, base_life;
	/* transactions */
	enum fate fate;
	struct lg_id fence;
	uint64_t step;
	struct work work;
	/* frames */
	struct lg_id session, epoch;
	struct lg_point prior;
	uint64_t first, through, allowed_bytes, size_bytes;
	uint32_t point_count;
	struct lg_point points[LG_POINTS_SENT_MAX];
	uint32_t row_count;
	struct row rows[FRAME_ROWS];
};

/* One in so many; 0 is never.  Drawn for each run. */
struct rates {
	uint64_t lost, doubled, late, stale_route;
	uint64_t fail, unknown;
	uint64_t writer_taken, writer_killed, writer_backup, writer_restore;
	uint64_t reader_taken, reader_killed, reader_backup, reader_restore;
	uint64_t claim_heard; /* by an owner that was replaced */
	uint64_t delay_ms, row_bytes, publish_ms, database_ms;
};

/* What happened, so that nobody takes a quiet run for a proof. */
struct tally {
	uint64_t effects, takeovers, restores, go_backs, handed_back, failed, dropped;
};

struct world {
	struct lg_random random;
	lg_ms now;
	uint64_t orders, digest;
	enum rule broken;
	bool is_traced, is_healed;
	uint32_t stream_count;
	struct rates rates;
	struct tally tally;
	const char *failure; /* the first thing that went wrong; NULL: nothing */
	struct stream streams[STREAMS_MAX];
	/* occurrences ahead: a heap of places in the pool */
	uint32_t ahead_count, free_count;
	uint16_t ahead[OCCURRENCES], free[OCCURRENCES];
	struct occurrence pool[OCCURRENCES];
};

#endif
