/*
 * What has arrived while the last transaction ran is the next batch: load all; decide and
 * store in turn; commit; publish.  One commits while the next is decided.
 *
 * A commit that fails or whose outcome is unknown makes us forget all memory of the partitions
 * it touched and read it back.  If the database itself refused (not the world), the same items
 * are then handled one by one, and the one that fails alone becomes a dead letter.
 */
#ifndef LG_RUN_BATCH_H
#define LG_RUN_BATCH_H

#include <uthash.h>

#include "common/base/known_key.h"
#include "common/db/outbox.h"
#include "common/run/instance.h"
#include "common/stream/arrival.h"

#define LG_BATCH_ITEMS_MAX  2048
#define LG_BATCH_TABLES_MAX 32

/* What one item does besides its handler. */
struct lg_batch_item {
	struct lg_item item;
	const struct lg_handler *handler; /* NULL: unknown type */
	struct lg_envelope *event;        /* of a run */
	struct lg_bytes row;              /* its exact bytes */
	const char *fault;                /* it goes to the dead letters for this reason */
	bool is_stored;                   /* counts as applied */
	uint64_t *version;                /* of its key; NULL: nobody asks (common/run/handle) */
};

/* A state that several items of a batch share. */
struct lg_aggregate {
	struct {
		const struct lg_statement *statement;
		struct lg_id id;
	} key;
	void *memory;
	void (*from_row)(struct lg_arena *, const PGresult *, int, void *);
	struct lg_batch *batch;
	UT_hash_handle hh;
};

/* A key whose version this batch has moved already. */
struct lg_moved {
	struct lg_id key;
	UT_hash_handle hh;
};

/* A list that was looked at and recorded: not again in this hour, once that is stored. */
struct lg_listed {
	struct lg_listed *next;
	struct lg_id mark;
};

/* A subject whose data keys are erased. */
struct lg_erased {
	struct lg_erased *next;
	struct lg_id subject;
};

/*
 * What a batch published in one stream.  The stream is a partition's, which may be lost while the batch
 * commits (a single writer publishes beyond the partitions of its items): out is then gone.
 */
struct lg_published {
	struct lg_published *next;
	struct lg_outgoing *out;
	uint8_t partition;
	uint64_t generation; /* of its lg_owned */
	struct lg_packed_event *first, **end;
};

/* A part of a run that this batch takes. */
struct lg_taken {
	struct lg_taken *next;
	struct lg_delivery *delivery;
	uint32_t count;
	struct lg_envelope *events; /* of a run: as many */
	struct lg_point end;
};

enum lg_batch_phase { LG_BATCH_LOADING, LG_BATCH_PONDERING, LG_BATCH_COMMITTING };

struct lg_batch {
	struct lg_instance *instance;
	struct lg_arena *arena;
	enum lg_batch_phase phase;
	lg_ms now;
	uint64_t started_us;
	uint32_t count;
	struct lg_batch_item *items; /* room for what was in the queue when it was made */
	struct lg_taken *taken;
	struct lg_aggregate *aggregates;
	struct lg_found *answered; /* answers given before to its commands; NULL: it has none */
	struct lg_known_keys known_keys;
	struct lg_moved *moved; /* keys whose version moves */
	struct lg_listed *listed;
	struct lg_erased *erased;
	uint32_t reads;   /* queued and not yet answered */
	bool has_failed;  /* a read or write failed */
	char sqlstate[6]; /* of the first failure; "" for a lost connection */
	uint32_t table_count;
	struct lg_rows *tables[LG_BATCH_TABLES_MAX];
	uint16_t touched; /* partitions whose rows are written */
	uint16_t part_of; /* partitions of its items */
	uint16_t rewound;
	struct lg_item *current;        /* in store: whose writes these are */
	struct lg_published *published; /* one per stream */
	bool commit_is_known;           /* to have succeeded */
	lg_ms next_due;                 /* the earliest deadline that it set or settled; 0: none */
	bool is_trial;                  /* one event, to be marked before it is tried */
	struct lg_trial trial;          /* the mark */
	uv_work_t ponder;
};

/* The rows gathered for a statement; made at the first call. */
struct lg_rows *lg_batch_table(struct lg_batch *batch, const struct lg_statement *statement);

/* Queues one read for many: each row is an element of its parameters' arrays. */
struct lg_found *lg_batch_read_rows(struct lg_batch *batch, struct lg_rows *rows);

/* The answer of one queued read. */
void lg_batch_read_answered(void *batch, const PGresult *result);

/* What it erased is committed: those data keys go out of memory. */
void lg_batch_forget_erased(const struct lg_batch *batch);

/* Whether an item of it has long work (run/handler: ponder). */
bool lg_batch_takes_long(const struct lg_batch *batch);

/* Loads, decides, stores and commits a batch that was gathered (common/run/gather). */
void lg_batch_run(struct lg_batch *batch);

#endif
