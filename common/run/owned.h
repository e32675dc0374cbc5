/*
 * The memory of one partition while it is ours: streams out, positions in, audit chain, parked
 * keys.  Read back from the database at every takeover, forgotten whole when in doubt.
 */
#ifndef LG_RUN_OWNED_H
#define LG_RUN_OWNED_H

#include <uthash.h>

#include "common/run/incoming.h"
#include "common/run/instance.h"
#include "common/run/outgoing.h"
#include "common/stream/arrival.h"

struct lg_parked_key {
	struct lg_id key;
	UT_hash_handle hh;
};

struct lg_owned {
	struct lg_instance *instance;
	uint8_t partition;
	bool is_open;        /* all was read back: messages are taken */
	bool is_after_death; /* the owner before died: what comes first is handled one by one */
	bool is_reading;     /* what an earlier version left is applied: streams are read */
	uint64_t generation;
	struct lg_id epoch;
	uint64_t takeover;
	lg_ms taken_at;
	struct lg_outgoing
		*out[LG_SITES_MAX][LG_LANE_COUNT]; /* by lg_site_index of the destination */
	struct lg_incoming *in[LG_SITES_MAX][LG_SERVICE_COUNT][LG_LANE_COUNT]; /* NULL: not read */
	uint32_t due_under_way;
	uint64_t audit_seq;
	uint8_t audit_hash[LG_AUDIT_HASH_SIZE];
	struct lg_parked_key *parked;
	struct lg_trial trial; /* what was last tried after a death */
};

/* The partition has become ours: reads everything back, then opens. */
void lg_owned_take(
	struct lg_instance *instance, uint8_t partition, struct lg_id epoch, uint64_t takeover);

/* Begins to read the streams: nothing stands before what comes in them. */
void lg_owned_read(struct lg_owned *owned);

/* It is no longer ours: forgets it; what waits for it in the queue is dropped. */
void lg_owned_lose(struct lg_instance *instance, uint8_t partition);

/*
 * The memory alone, empty and not yet open.  It has a stream to each site and lane, and one from each
 * service that we read: at home whoever publishes for us, at other sites only our like.
 */
struct lg_owned *lg_owned_new(struct lg_instance *instance, uint8_t partition);

/* Frees it. */
void lg_owned_free(struct lg_owned *owned);

/*
 * The partition as it was when this generation was asked for, or NULL: it was lost meanwhile, or lost and
 * taken again.  For whoever gets an answer of the database.
 */
struct lg_owned *lg_owned_still(
	const struct lg_instance *instance, uint8_t partition, uint64_t generation);

/* The open partition, or NULL. */
struct lg_owned *lg_owned_open(const struct lg_instance *instance, uint8_t partition);

/* Keys whose messages wait behind a dead letter. */
bool lg_owned_is_parked(const struct lg_owned *owned, struct lg_id key);
void lg_owned_park(struct lg_owned *owned, struct lg_id key);
void lg_owned_unpark(struct lg_owned *owned, struct lg_id key);

/* Tells the bus, and by it everybody, which partitions are ours. */
void lg_owned_claim(struct lg_instance *instance);

#endif
