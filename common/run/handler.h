/*
 * What a service is written against: load, decide, store.
 *
 * A batch is what has arrived while the last transaction ran.  All of its items are loaded,
 * in one pipelined round trip; then each is decided and stored in turn, so that the second
 * message of a case sees the first; then everything is committed at once.
 *
 *   load    queues reads; decides nothing
 *   decide  is pure: it looks at what was loaded and writes its decision into the work
 *   store   queues writes, events and the answer; decides nothing
 *
 * Batch, lock, position, resend, dead letters and idempotency are not a handler's business.
 */
#ifndef LG_RUN_HANDLER_H
#define LG_RUN_HANDLER_H

#include "common/base/lifecycle.h"
#include "common/db/statement.h"
#include "common/protect/seal.h"
#include "common/stream/envelope.h"

struct lg_batch;

/* One message on its way through a batch. */
struct lg_item {
	const struct lg_message_type *type;
	const ProtobufCMessage *message; /* decoded and checked; a handler casts it to its type */
	struct lg_id key;                /* home key: the case */
	struct lg_id cause_id;           /* of the command or event */
	struct lg_trace trace;           /* what it sets off stands under this; zero: none */
	int64_t told_ms;                 /* from its recording or due time to here; -1: a command */
	struct lg_actor actor;
	lg_ms now; /* when the batch began */
	lg_ms arrived_at;
	uint64_t wait_us; /* from arrival to the beginning of its batch */
	uint8_t partition;
	const struct lg_envelope *event; /* NULL for a command or query */
	struct lg_arena *arena;          /* the batch's */
	void *state;                     /* what the service's start() made; read only */
	void *work;                      /* work_size zeroed bytes, the handler's own */
	uint32_t refusal_status;         /* HTTP; decide may set it before it refuses; else 422 */
	struct lg_batch *batch;          /* for load and store; decide leaves it alone */
	struct lg_delivery *delivery;    /* the batch's own */
};

/*
 * bus.StreamAhead: what a publisher at another site told us was dropped before we read it.  A service that
 * is told the state over a border takes it, and asks its like to tell it anew.
 */
#define LG_STREAM_AHEAD 3901

#define LG_ROLE(role) (1u << (role)) /* codes.Role */
#define LG_ROLES_ALL  (~1u)

struct lg_handler {
	uint32_t type;  /* registry number; 0 ends the table */
	uint32_t roles; /* commands, queries: set of roles that may; 0: also without a token */
	bool is_alone;  /* its batch holds nothing else, and nothing else is under way */
	/* its key is one that the gateway drew to choose a partition: no thing is known by it, and no
	   version of it is kept */
	bool is_of_no_thing;
	size_t work_size;
	void (*load)(struct lg_batch *batch, struct lg_item *item); /* NULL: nothing to read */
	void (*ponder)(struct lg_item *item); /* NULL, or long pure work, run in the thread pool */
	/* NULL: the version of a thing is that of its key; else a number that it carries itself, read
	   from what load found; 0: it is not there */
	uint64_t (*version)(const struct lg_item *item);
	struct lg_status (*decide)(struct lg_item *item);
	void (*store)(struct lg_batch *batch, struct lg_item *item); /* only after done */
	/* NULL, or instead of store after a refusal: what is to be kept of it (a count, an audit
	   row); never an event, never an answer */
	void (*refused)(struct lg_batch *batch, struct lg_item *item);
};

/* A number that a service asks its own database for, every 15 s, and shows as a gauge. */
struct lg_watched {
	const char *name, *help;              /* literals, as for lg_metrics_gauge() */
	const struct lg_statement *statement; /* one row of one number, without parameters */
};

#define LG_WATCHED_MAX 8

/* What a service is. */
struct lg_service {
	enum lg_service_number number;
	const char *name;        /* "intake": also its schema */
	const char *description; /* one line for --help */
	const struct lg_handler *handlers;
	const struct lg_statement *const
		*tables; /* statement tables, each ending with a NULL name */
	uint32_t table_count;
	const struct lg_lifecycle *const *lives; /* ends with NULL; may be NULL */
	const struct lg_watched *watched;        /* ends with a NULL name; may be NULL */
	bool is_single_writer;
	bool has_versions; /* its things are shown with an ETag and changed under If-Match */
	/* Reads the service's data folder once; state is given to every item.  May be NULL. */
	struct lg_status (*start)(struct lg_arena *arena, const char *data_folder, void **ret_state,
		const char **ret_problem);
	/* Forgets one partition's projection, in a batch that also rewinds its positions.  May be NULL. */
	void (*forget)(struct lg_batch *batch, uint8_t partition);
};

/* Rows that a read found; filled when decide runs. */
struct lg_found {
	int count;
	const PGresult *result; /* NULL while count is 0 */
};

/* --- in load -------------------------------------------------------------------------- */

/*
 * Queues a read by one 16-byte key ($1).  The aggregate is the same for every item of the
 * batch that asks for the same statement and key: it sees what earlier ones have decided.
 *
 *   size_bytes  of the aggregate: zeroed, in the batch's arena
 *   from_row    fills it from the row; not called when there is none
 *   returns     filled when decide runs
 */
void *lg_read_by_id(struct lg_batch *batch, const struct lg_statement *statement, struct lg_id key,
	size_t size_bytes,
	void (*from_row)(
		struct lg_arena *arena, const PGresult *result, int row, void *ret_aggregate));

/* Queues a read with any parameters; rows as the database has them before this batch. */
struct lg_found *lg_read(struct lg_batch *batch, const struct lg_statement *statement,
	const struct lg_value *values);

/* Queues the read of the data keys of one subject, so that store may seal or open. */
void lg_read_keys(struct lg_batch *batch, struct lg_id subject);

/*
 * The same for the subjects of a case, whom load does not know yet.  The statement's one
 * parameter is the key; its rows are (subject, class, key_id, epoch, wrapped).
 */
void lg_read_keys_by(
	struct lg_batch *batch, const struct lg_statement *statement, struct lg_id key);

/* --- in store ------------------------------------------------------------------------- */

/* Adds a row to a statement of array parameters (one value per parameter). */
void lg_insert(struct lg_batch *batch, const struct lg_statement *statement,
	const struct lg_value *values);

/* As lg_insert, but numbers are added to those of a row with the same first columns: lg_rows_sum. */
void lg_add_up(struct lg_batch *batch, const struct lg_statement *statement, uint32_t key_count,
	const struct lg_value *values);

/* As lg_insert, but a later write under the same key replaces it: one row per key and batch. */
void lg_write(struct lg_batch *batch, const struct lg_statement *statement, struct lg_id key,
	const struct lg_value *values);

/*
 * Another thing than the one that the message is about has changed: its version moves, too.  The
 * message's own key is seen to; without has_versions nothing happens.
 */
void lg_changed(struct lg_batch *batch, struct lg_id key);

/*
 * Erases the data keys of a subject: what is sealed under them opens nowhere any more.  Once that is
 * committed they are gone from the memory of this process, too.
 */
void lg_erase_keys(struct lg_batch *batch, struct lg_id subject);

/* A fresh id of this site. */
struct lg_id lg_new_id(struct lg_batch *batch);

/* Microseconds since the batch began, by a clock that never goes back: for traces. */
uint64_t lg_batch_work_us(const struct lg_batch *batch);

/*
 * Seals a message for an event that will carry it; makes the subject's data key if there is
 * none yet.  place->context is the id of that event (lg_new_id).
 */
Lifeguard__Envelope__Sealed *lg_batch_seal(
	struct lg_batch *batch, const struct lg_seal_place *place, const ProtobufCMessage *message);

/* Opens a sealed value for the reader; see lg_open.  NULL when refused. */
const ProtobufCMessage *lg_batch_open(struct lg_batch *batch, const struct lg_reader *reader,
	const struct lg_seal_place *place, const Lifeguard__Envelope__Sealed *sealed);

/* What an event is, besides what the item tells. */
struct lg_event {
	uint32_t type; /* registry number */
	struct lg_id event_id;
	lg_ms occurred_at;
	const ProtobufCMessage *message;
	uint32_t sealed_count;
	Lifeguard__Envelope__Sealed **sealed;
	struct lg_id
		key; /* zero: the item's own; another one only where one writer owns all partitions */
	uint16_t
		destination; /* 0: this site's readers; else this service at that site, and nobody here */
};

/*
 * Publishes an event of the item's own key (its partition): to this site's readers, or to the same
 * service of one other site.  An event for two destinations is two calls, each with its own
 * event_id (sealed values are bound to it: seal twice).  Readers that hold keys (intake,
 * matching, referral) are granted the data keys of what is sealed when it is sent.
 */
void lg_publish(struct lg_batch *batch, const struct lg_item *item, const struct lg_event *event);

/*
 * A deadline: at due_at (or when the service is up again) message arrives as an item of this type
 * under the item's key, and its row is deleted in the transaction of what is decided then.  The same
 * due_id replaces the earlier one.  type is of kind "due" in the registry.
 */
void lg_due_set(struct lg_batch *batch, const struct lg_item *item, struct lg_id due_id,
	uint32_t type, lg_ms due_at, const ProtobufCMessage *message);

/* Takes a deadline back; one that is not there is fine. */
void lg_due_clear(struct lg_batch *batch, const struct lg_item *item, struct lg_id due_id);

/*
 * The site's own number, and the numbers of the sites that it is linked with: the list ends with 0 and
 * is the instance's, the same until it stops.
 */
uint16_t lg_batch_site(const struct lg_batch *batch);
const uint16_t *lg_batch_peers(const struct lg_batch *batch);

/* The site of an organisation's or person's id is in the id: lg_id_site(). */

/* The answer of a command or query; copied.  200 unless told otherwise. */
void lg_answer(struct lg_batch *batch, struct lg_item *item, const ProtobufCMessage *message);

/* The trail for lg_reader_person: appends to this batch's audit, in the item's partition. */
struct lg_audit_trail lg_trail(struct lg_batch *batch, const struct lg_item *item);

/* An audit entry with time, actor, ids and purpose of the item filled in. */
struct lg_audit_entry lg_audit_entry_of(
	const struct lg_item *item, enum lg_audit_action action, uint32_t purpose);

/* An audit record of the item, without opening anything (a login, a refusal). */
void lg_audit(struct lg_batch *batch, const struct lg_item *item, enum lg_audit_action action,
	uint32_t purpose);

/*
 * The record of a list that is asked for again and again, as an open inbox does every two seconds:
 * once for a session, purpose and wording in an hour.  What is opened has its own record each time.
 */
void lg_audit_list(struct lg_batch *batch, const struct lg_item *item, uint32_t purpose);

/* The service's signing keys, for lg-access alone. */
const struct lg_own_keys *lg_batch_keys(const struct lg_batch *batch);

/*
 * The secret that this service shares with its like at another site in one period
 * (protect/grant.h); the caller wipes it.
 *   refused  we are not linked with that site
 */
LG_MUST_CHECK struct lg_status lg_batch_pair_secret(
	const struct lg_batch *batch, uint16_t site, uint32_t period, uint8_t ret_secret[32]);

/* Whether any stream that is read is known to be ahead of what took effect here. */
bool lg_batch_is_behind(const struct lg_batch *batch);

/* Puts the item's partition's positions back to the beginning; everything is read again. */
void lg_rewind(struct lg_batch *batch, const struct lg_item *item);

#endif
