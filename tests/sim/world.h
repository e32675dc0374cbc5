/*
 * The simulator's world: services of several sites, each with its database and its instances,
 * the streams between them, and a clock that jumps from occurrence to occurrence.
 *
 * What decides is the shipped code of common/stream: publisher, subscriber, arrival, retention.
 * Here stands only what surrounds it: a network that loses, doubles, delays and cuts; databases
 * that commit, fail, answer nothing, are restored and cloned; instances that die, are replaced,
 * stop, and go on not knowing it.  Each rule can be broken here, by lying to the state machines
 * or by keeping house badly (rules.h).
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include "common/base/random.h"
#include "common/stream/arrival.h"
#include "common/stream/envelope.h"
#include "common/stream/publisher.h"
#include "common/stream/retention.h"
#include "common/stream/subscriber.h"
#include "tests/sim/rules.h"

#define NODES_MAX     4 /* a service of a site, one partition of it */
#define STREAMS_MAX   6
#define FEEDS_MAX     2         /* readers of one stream */
#define ENDS_MAX      4         /* streams out of, and into, one node */
#define INSTANCES     3         /* of one node */
#define CLONE         INSTANCES /* the place of a copy that wakes on another machine */
#define KEYS          5
#define ROWS_MAX      500  /* numbers of one stream */
#define ASKED_MAX     200  /* from here on clients are told to wait: answers need room too */
#define EVENTS_MAX    1900 /* of a run, those that are lost counted */
#define EVENTS_ASKED  1500 /* from here on only what is told anew */
#define EFFECTS_MAX   2500 /* of one node, those of dead branches counted */
#define HELD_MAX      1000 /* dead letters, parked, unhandled */
#define FRAME_ROWS    64   /* rows that a host reads at once */
#define TAKEN_MAX     (ENDS_MAX * ROWS_MAX) /* events that one instance holds, not stored */
#define RANGES_MAX    64
#define OCCURRENCES   1500 /* that may lie ahead */
#define PIPELINED_MAX 3    /* transactions under way of one instance */

/*
 * A second here is about a day of a real site: rows are kept for twenty, nobody restores a backup
 * of more than ten, and a site may be away for weeks.
 */
#define FAULTS_UNTIL_MS ((lg_ms)60000)
#define HEALED_BY_MS    ((lg_ms)600000) /* one by one, each marked first, over the slowest line */
#define KEEP_MS         ((lg_ms)20000)
#define BACKUP_MAX_MS   ((lg_ms)10000)
#define RANGE_MS        ((lg_ms)2000)  /* rows of so long share a range */
#define KEY_EPOCH_MS    ((lg_ms)16000) /* a reader takes grants of this key epoch and the last */

enum event_kind {
	EVENT_PLAIN,
	EVENT_ANEW,    /* plain, and told to a reader that lost the one that it restates */
	EVENT_ASKING,  /* its handler publishes an answer in the same transaction */
	EVENT_NEW,     /* of a type that only the new version knows */
	EVENT_FOREIGN, /* for another reader of the same stream */
	EVENT_REFUSED, /* its handler refuses it until somebody has mended something */
	EVENT_KILLING, /* whoever handles it dies, until mended */
};

struct event {
	enum event_kind kind;
	uint8_t key, stream;
	uint16_t cause;    /* of an answer: the event that it answers */
	uint16_t restates; /* told anew: the newest of its key, which it stands for */
	uint8_t refusals;  /* that are left, of the retries of a dead letter */
	uint32_t size_bytes;
	bool was_committed, was_answered; /* somebody was told "stored" */
	bool was_lost;                    /* by a restore of its publisher */
};

/* --- databases ---------------------------------------------------------------------------- */

/* One stream as its publisher's database has it. */
struct out {
	uint16_t rows[ROWS_MAX +
		      1]; /* events by number; those up to dropped are only the sim's own */
	uint8_t grants[ROWS_MAX + 1]; /* only when grants are stored, which breaks a rule */
	uint64_t head, dropped, sequence;
	struct lg_points history;
	struct lg_reader_marks readers[FEEDS_MAX];
	bool is_retired[FEEDS_MAX];    /* it holds nothing until it asks again */
	uint16_t told_anew[FEEDS_MAX]; /* the wish that was heard last */
	uint32_t range_count;
	struct lg_range ranges[RANGES_MAX];
};

struct effect {
	uint16_t event, number;
	uint8_t stream;
	bool is_listed; /* of a dead branch: handed back */
};

enum held_kind { HELD_DEAD, HELD_PARKED, HELD_UNHANDLED };

struct held {
	uint16_t event, number;
	uint8_t stream;
	enum held_kind kind;
};

struct base {
	struct lg_id fence;
	uint64_t step, epoch_counter;
	bool is_released; /* its last owner gave it back */
	bool is_restored; /* nobody has taken it over since a backup was played back */
	struct lg_trial trial;
	struct out out[ENDS_MAX];
	struct lg_points in[ENDS_MAX];
	uint16_t wish[ENDS_MAX];           /* to be told anew; 0: none was made */
	bool gone[ENDS_MAX][ROWS_MAX + 1]; /* passed over: dropped before it was read */
	uint32_t effect_count, held_count;
	struct effect effects[EFFECTS_MAX];
	struct held held[HELD_MAX];             /* in the order in which they came */
	uint16_t answered[EVENTS_MAX / 16 + 1]; /* commands: a set of events */
};

/* --- instances ---------------------------------------------------------------------------- */

enum fate { FATE_COMMIT, FATE_FAIL, FATE_LOST_BEFORE, FATE_LOST_AFTER };

/* An event in a reader's memory, and where the stream stands with it. */
struct taken {
	uint16_t event;
	uint8_t end; /* which of the node's streams in */
	uint32_t size_bytes;
	struct lg_point point;
};

/* One instance of a service. */
struct instance {
	bool is_up, owns, is_leaving, is_new; /* new: of the version that knows all types */
	lg_ms stopped_until;                  /* it does nothing, and does not know it */
	uint32_t
		life; /* raised when its memory is gone: what comes later for the old one is void */
	struct lg_id fence;
	uint64_t step, takeover;
	lg_ms pipeline_at, answer_at; /* the server works and answers in order */
	uint32_t pipelined;
	uint64_t careful_bytes
		[ENDS_MAX]; /* the owner before died: so many one by one, marked first */
	bool is_marked;     /* the first that is taken was marked and may be tried */
	struct lg_trial trial;
	struct lg_publisher publishers[ENDS_MAX];
	struct lg_feed feeds[ENDS_MAX][FEEDS_MAX];
	uint8_t reply_to[ENDS_MAX][FEEDS_MAX];
	struct lg_subscriber subscribers[ENDS_MAX];
	uint64_t held_bytes[ENDS_MAX]; /* taken, not stored */
	uint32_t taken_count;
	struct taken taken[TAKEN_MAX];            /* wait for the next transaction */
	uint16_t unknown[ENDS_MAX][ROWS_MAX + 1]; /* only when rows leave before their commit */
};

struct node {
	uint32_t out_count, in_count;
	uint8_t out_stream[ENDS_MAX], in_stream[ENDS_MAX];
	struct base base, backup, clone;
	bool has_backup, has_clone, is_adopted;
	lg_ms backup_at, starts_at;
	bool may_miss
		[ENDS_MAX]; /* it was retired there, or one of both came from before what is kept */
	uint32_t base_life, clone_life, restores;
	uint64_t takeovers;
	lg_ms away_since; /* when no owner was seen to live; 0: there is one */
	struct instance instances[INSTANCES + 1];
};

struct stream {
	uint8_t from, from_end; /* which node, which of its streams out */
	uint32_t reader_count;
	uint8_t to[FEEDS_MAX], to_end[FEEDS_MAX];
};

/* --- what happens ------------------------------------------------------------------------- */

enum occurrence_kind {
	AT_COMMAND, /* a client's wish arrives */
	AT_EXECUTED,
	AT_ANSWERED,
	AT_FETCHED,
	AT_TICK,
	AT_GUARD,
	AT_FAULT,
	AT_SUBSCRIBE, /* frames from here on */
	AT_ACKNOWLEDGE,
	AT_DELIVER,
	AT_GO_BACK,
	AT_GONE,
};

enum work_kind {
	WORK_COMMAND, /* one event, a client waits for the answer */
	WORK_READ,    /* what was taken */
	WORK_BACK,    /* a list cut down */
	WORK_AHEAD,   /* what was dropped is passed over, and the wish kept to be told anew */
	WORK_ANEW,    /* a reader's wish is heard: the newest of each key is told again */
	WORK_RETRY,   /* the dead letters of one key, in order */
	WORK_UPGRADE, /* what an earlier version did not know */
	WORK_MARK,    /* what is to be tried */
};

struct work {
	enum work_kind kind;
	uint8_t key, end;
	uint16_t event;
	struct lg_point point;
	struct lg_trial trial;
	bool is_new;
	uint16_t rows_at; /* only without fence: numbers from a sequence */
	uint32_t taken_count;
	struct taken taken[TAKEN_MAX];
};

struct frame {
	struct lg_id session, epoch;
	struct lg_point prior;
	uint64_t first, through, allowed_bytes, size_bytes;
	uint32_t point_count, row_count;
	struct lg_point points[LG_POINTS_SENT_MAX];
	uint16_t rows[FRAME_ROWS];
	uint8_t grants[FRAME_ROWS];
};

struct occurrence {
	lg_ms at;
	uint64_t order;
	enum occurrence_kind kind;
	uint8_t node, instance, stream, feed;
	bool is_clone; /* of the other database */
	uint32_t life, base_life;
	enum fate fate;
	struct lg_id fence;
	uint64_t step;
	uint64_t heads[ENDS_MAX]; /* of the streams out, when it was executed */
	union {                   /* not cleared: whoever makes an occurrence fills what it uses */
		struct work work;
		struct frame frame;
	};
};

/* Kinds of fault, each can be left out when a failing seed is shrunk. */
enum fault_kind {
	FAULT_LOST,
	FAULT_DOUBLED,
	FAULT_LATE,
	FAULT_CUT,
	FAULT_AWAY,
	FAULT_STALE_ROUTE,
	FAULT_FAIL,
	FAULT_UNKNOWN,
	FAULT_OLD_SNAPSHOT,
	FAULT_TAKEN,
	FAULT_KILLED,
	FAULT_STOPPED,
	FAULT_LEAVES,
	FAULT_BACKUP,
	FAULT_RESTORE,
	FAULT_CLONE,
	FAULT_DOWNGRADE,
	FAULT_BAD_EVENT,
	FAULT_RETIRED, /* from here on drawn apart, so that kept seeds stay what they were */
	FAULT_OLD_BACKUP,
	FAULT_ADOPT, /* and this one once more */
	FAULT_COUNT,
};

/* What happened, so that nobody takes a quiet run for a proof. */
enum tally_kind {
	TALLY_EFFECTS,
	TALLY_TAKEOVERS,
	TALLY_FAILED,
	TALLY_ZOMBIES, /* transactions of an owner that was replaced */
	TALLY_RESTORES,
	TALLY_CLONES,
	TALLY_ASKED_AGAIN, /* how far back, between two points that were named */
	TALLY_ADOPTED,
	TALLY_BACK,
	TALLY_HANDED_BACK,
	TALLY_DROPPED,
	TALLY_AHEAD,
	TALLY_AHEAD_COPY, /* of what a copy that was adopted had dropped */
	TALLY_ANEW,
	TALLY_LOST_FRAMES,
	TALLY_CUT_FRAMES,
	TALLY_DEAD,
	TALLY_PARKED,
	TALLY_DEATHS,
	TALLY_UNHANDLED,
	TALLY_UPGRADED,
	TALLY_REPEATED, /* commands that were asked again and had been done */
	TALLY_COUNT,
};

struct options {
	int64_t seeds, first;
	enum rule broken;
	uint32_t without; /* a set of fault kinds */
	uint32_t nodes;   /* at most; 0: as drawn */
	lg_ms until_ms;   /* faults end here at the latest */
	bool is_traced, is_until_caught, is_shrinking;
};

struct world {
	struct lg_random random, apart, adopting; /* a new kind of fault draws from its own */
	uint16_t wish_count;
	lg_ms now, faults_until;
	uint64_t orders, digest;
	const struct options *options;
	enum rule broken;
	bool is_healed;
	bool steps_on;               /* a reader that went back keeps its memory */
	bool waits_for_retention;    /* all rows but the last ranges must go */
	uint64_t rates[FAULT_COUNT]; /* one in so many; 0 is never */
	uint64_t delay_ms, row_bytes, command_ms, database_ms;
	uint32_t points_most; /* that a reader names at once: few, so that short lists have gaps */
	lg_ms upgrade_at;
	uint64_t tally[TALLY_COUNT];
	const char *failure; /* the first thing that went wrong; NULL: nothing */
	uint32_t node_count, stream_count, event_count;
	lg_ms cut_until[NODES_MAX][NODES_MAX]; /* one way */
	struct event events[EVENTS_MAX];
	struct stream streams[STREAMS_MAX];
	struct node nodes[NODES_MAX];
	/* occurrences ahead: a heap of places in the pool */
	uint32_t ahead_count, free_count;
	uint16_t ahead[OCCURRENCES], free[OCCURRENCES];
	struct occurrence pool[OCCURRENCES];
};

#endif
