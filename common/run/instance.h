/*
 * One running instance of a service, as the units of this room share it.  Not for services:
 * they see handler.h alone.
 */
#ifndef LG_RUN_INSTANCE_H
#define LG_RUN_INSTANCE_H

#include <uv.h>

#include "common/base/once.h"
#include "common/db/fence.h"
#include "common/link/link.h"
#include "common/protect/command.h"
#include "common/protect/origin.h"
#include "common/protect/token.h"
#include "common/run/handler.h"
#include "common/stream/departure.h"
#include "common/stream/met.h"
#include "common/stream/singling.h"
#include "common/watch/health.h"
#include "common/watch/metrics.h"

#define LG_SITES_MAX    32    /* this one and those that it is linked with */
#define LG_QUEUE_MAX    4096  /* commands that wait; one more is answered 429 */
#define LG_WATCHERS_MAX 4     /* gateways that are told of news */
#define LG_TELL_US      20000 /* behind a large batch readers hear of what is new within so long */

struct lg_settings {
	const char *keys, *bus, *database, *health, *data;
};

enum lg_delivery_kind {
	LG_DELIVERY_RUN,
	LG_DELIVERY_COMMAND,
	LG_DELIVERY_RETRY,
	LG_DELIVERY_UNHANDLED, /* events that an earlier version did not know */
	LG_DELIVERY_DUE,
};

/* What waits to be handled: a run of events, a command, or a dead letter that is tried again. */
struct lg_delivery {
	struct lg_delivery *next;
	enum lg_delivery_kind kind;
	uint8_t partition;
	struct lg_arena *arena; /* owns everything below */
	uint64_t arrived_us;
	lg_ms arrived_at;

	/* run, retry, unhandled: events first..first+count-1; taken: handed to batches so far */
	struct lg_incoming *incoming; /* NULL but for a run */
	uint64_t generation;          /* of the ownership that it was taken under */
	struct lg_id epoch;
	uint64_t first;
	uint32_t count, taken, done;
	uint32_t users; /* batches under way that hold a part of it */
	bool is_queued;
	uint64_t size_bytes;
	struct lg_envelope *events; /* retry, unhandled: decoded; of a run its batch does it */
	struct lg_bytes *rows;
	uint32_t key_count; /* run: data keys that came with it, wrapped under our own */
	struct lg_wrapped_key *keys;
	const char **faults; /* with events: a reason where the row could not be read */
	uint64_t letter;     /* retry: the dead letter's number */
	int64_t *parked;     /* retry, unhandled: seq of each event; 0: the dead letter itself */
	void *inquiry;       /* retry: whose it is (common/run/operator/inquiry) */

	/* due: key and type stand in command and type; stored under this id and time */
	struct lg_id due_id;
	lg_ms due_at;

	/* command, and the command that asked for a retry */
	struct lg_command command;
	const struct lg_message_type *type;
	const ProtobufCMessage *message;
	struct lg_actor actor;
	uint64_t reply_to; /* the gateway's connection */
	uint32_t status;
	uint64_t version; /* of what is shown */
	struct lg_bytes answer;
	bool is_answered;
};

struct lg_instance {
	const struct lg_service *service;
	struct lg_settings settings;
	uv_loop_t *loop;
	struct lg_arena *arena;   /* as long as the process */
	struct lg_arena *scratch; /* one frame; wiped behind it */
	struct lg_keyring keyring;
	uint32_t peer_count; /* sites that we are linked with */
	struct lg_keyring *peers;
	uint16_t peer_sites[LG_SITES_MAX]; /* their numbers; 0 ends */
	struct lg_own_keys *keys;
	struct lg_key_cache *key_cache;
	struct lg_token_cache *token_cache;
	struct lg_pacts *pacts; /* with the gateways of this site */
	struct lg_id id;
	void *state;
	uint32_t readers; /* set of services that read what we publish */
	uint32_t reads;   /* set of services that we read */

	struct lg_pg *pg;
	struct lg_fence *fence;
	struct lg_link *link;
	uint64_t generations;
	struct lg_owned *owned[LG_PARTITIONS]; /* NULL: not ours */

	struct lg_delivery *queue, **queue_end;
	uint32_t queue_count;
	struct lg_batch *active[LG_ACTIVE_MAX];
	uint32_t active_count;
	struct {
		uint64_t connection, until_ms; /* steady */
	} watchers[LG_WATCHERS_MAX]; /* gateways that asked a query lately: common/run/door */
	struct lg_due_state *due;    /* common/run/due */
	int32_t segment;             /* of the outbox: where rows for other sites go today */
	uint32_t kept_ticks;
	struct lg_met *met;    /* commands of new ids: common/run/batch */
	struct lg_once listed; /* lists whose record stands in the audit of this hour */
	bool loads_nothing;    /* no event that it takes needs a read, or long work */
	uint16_t begun;        /* the partition whose transaction is begun: common/run/gather */
	bool is_exclusive;     /* a retry or a rewind runs alone */
	bool is_stopping;
	uint32_t drain_ticks;
	struct lg_singling singling; /* what the database has refused is looked for */

	const char *last_error; /* a literal */
	lg_ms last_error_at;

	struct lg_health *health;
	struct lg_metrics *metrics;
	struct lg_metric *count_applied, *count_published, *count_commands, *count_refused,
		*count_dead, *count_rolled_back, *count_frames_refused, *count_second_stories,
		*count_passed_over, *count_gone, *count_passed_unread, *gauge_owned, *gauge_queue,
		*gauge_unacknowledged;
	struct lg_histogram *batch_seconds;
	struct lg_gauges *gauges; /* common/run/operator/gauges */
	uint64_t item_count, batch_count;
	uint64_t
		started_us; /* when the last batch began, and how many items it had: common/run/gather */
	uint32_t started_count;

	uv_timer_t timer, due_timer, more_timer, news_timer;
	uv_prepare_t pump;
	uv_signal_t signals[2];
};

/*
 * Where a site stands in the arrays by site: 0 for our own (and for destination 0), 1.. for peers,
 * -1 for one that we do not know.
 */
int lg_site_index(const struct lg_instance *instance, uint16_t site);

/* The keyring of a site by its index. */
const struct lg_keyring *lg_site_keyring(const struct lg_instance *instance, int index);

/* Whether we read events of this service in this lane, by the registry. */
bool lg_instance_reads(const struct lg_instance *instance, uint32_t service, uint32_t lane);

/* The clock, milliseconds since 1970 UTC. */
lg_ms lg_now(void);

/* A fresh id of this site. */
struct lg_id lg_fresh_id(const struct lg_instance *instance);

/* A fresh 16 random bytes: epochs and sessions. */
struct lg_id lg_random_id(void);

/*
 * Opens bus, database and health, serves until told to stop, drains and closes (common/run/service).
 *   refused  an address that cannot be used
 */
LG_MUST_CHECK struct lg_status lg_service_serve(struct lg_instance *instance);

/* Keeps a literal for `status`, and logs it. */
void lg_instance_fault(struct lg_instance *instance, const char *literal);

#endif
