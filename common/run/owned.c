#include "common/run/owned.h"

#include <assert.h>
#include <stdlib.h>

#include "common/db/inbox.h"
#include "common/run/gather.h"
#include "common/run/opening/opening.h"
#include "proto/bus.pb-c.h"

static void *new_zeroed(size_t size_bytes)
{
	void *memory = calloc(1, size_bytes);

	if (memory == NULL)
		abort();
	return memory;
}

static struct lg_outgoing *outgoing_new(struct lg_owned *owned, uint32_t site, uint32_t lane)
{
	struct lg_outgoing *out = new_zeroed(sizeof *out);
	const struct lg_instance *instance = owned->instance;

	out->owned = owned;
	out->site = (int)site;
	out->stream = (struct lg_stream){
		.site = instance->keyring.site,
		.service = (uint8_t)instance->service->number,
		.lane = (uint8_t)lane,
		.destination = site == 0 ? 0 : instance->peer_sites[site - 1],
		.partition = owned->partition,
	};
	return out;
}

static struct lg_incoming *incoming_new(
	struct lg_owned *owned, uint32_t site, uint32_t service, uint32_t lane)
{
	struct lg_incoming *in = new_zeroed(sizeof *in);
	const struct lg_instance *instance = owned->instance;

	in->owned = owned;
	in->stream = (struct lg_stream){
		.site = site == 0 ? instance->keyring.site : instance->peer_sites[site - 1],
		.service = (uint8_t)service,
		.lane = (uint8_t)lane,
		.destination = site == 0 ? 0 : instance->keyring.site,
		.partition = owned->partition,
	};
	return in;
}

struct lg_owned *lg_owned_new(struct lg_instance *instance, uint8_t partition)
{
	struct lg_owned *owned = new_zeroed(sizeof *owned);

	owned->instance = instance;
	owned->partition = partition;
	owned->generation = ++instance->generations;
	for (uint32_t site = 0; site <= instance->peer_count; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++) {
			owned->out[site][lane] = outgoing_new(owned, site, lane);
			for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++)
				if (lg_instance_reads(instance, s, lane) &&
					(site == 0 || s == instance->service->number))
					owned->in[site][s][lane] =
						incoming_new(owned, site, s, lane);
		}
	return owned;
}

void lg_owned_take(
	struct lg_instance *instance, uint8_t partition, struct lg_id epoch, uint64_t takeover)
{
	struct lg_owned *owned;

	assert(instance->owned[partition] == NULL);
	owned = lg_owned_new(instance, partition);
	owned->epoch = epoch;
	owned->takeover = takeover;
	owned->taken_at = lg_now();
	instance->owned[partition] = owned;
	lg_opening_begin(owned);
}

void lg_owned_read(struct lg_owned *owned)
{
	owned->is_reading = true;
	for (uint32_t site = 0; site <= owned->instance->peer_count; site++)
		for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++)
			for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++)
				if (owned->in[site][s][lane] != NULL) {
					owned->in[site][s][lane]->careful_bytes =
						owned->is_after_death ? LG_WINDOW_BYTES : 0;
					lg_incoming_start(owned->in[site][s][lane]);
				}
}

/* In good order, before the lock is given back; with a dead connection nobody can say so. */
static void give_trial(struct lg_instance *instance, uint8_t partition)
{
	if (!lg_pg_is_ready(instance->pg))
		return;
	lg_pg_send(instance->pg, &lg_inbox_statements[LG_INBOX_TRIAL_GIVE],
		lg_params_make(instance->scratch, &lg_inbox_statements[LG_INBOX_TRIAL_GIVE],
			(struct lg_value[]){ lg_v_int(partition), lg_v_id(&instance->id) }),
		NULL, NULL);
	lg_pg_sync(instance->pg, NULL, NULL);
}

void lg_owned_free(struct lg_owned *owned)
{
	struct lg_parked_key *parked, *next;

	HASH_ITER(hh, owned->parked, parked, next)
	{
		HASH_DEL(owned->parked, parked);
		free(parked);
	}
	for (uint32_t site = 0; site <= owned->instance->peer_count; site++)
		for (uint32_t lane = 0; lane < LG_LANE_COUNT; lane++) {
			lg_recent_free(owned->out[site][lane]->recent);
			free(owned->out[site][lane]);
			for (uint32_t s = 0; s < LG_SERVICE_COUNT; s++)
				free(owned->in[site][s][lane]);
		}
	free(owned);
}

void lg_owned_lose(struct lg_instance *instance, uint8_t partition)
{
	struct lg_owned *owned = instance->owned[partition];

	if (owned == NULL)
		return;
	instance->owned[partition] = NULL;
	lg_gather_forget(instance, partition);
	give_trial(instance, partition);
	lg_owned_free(owned);
}

struct lg_owned *lg_owned_still(
	const struct lg_instance *instance, uint8_t partition, uint64_t generation)
{
	struct lg_owned *owned = instance->owned[partition];

	return owned != NULL && owned->generation == generation ? owned : NULL;
}

struct lg_owned *lg_owned_open(const struct lg_instance *instance, uint8_t partition)
{
	struct lg_owned *owned = instance->owned[partition];

	return owned != NULL && owned->is_open ? owned : NULL;
}

bool lg_owned_is_parked(const struct lg_owned *owned, struct lg_id key)
{
	struct lg_parked_key *found;

	HASH_FIND(hh, owned->parked, &key, sizeof key, found);
	return found != NULL;
}

void lg_owned_park(struct lg_owned *owned, struct lg_id key)
{
	if (lg_owned_is_parked(owned, key))
		return;
	struct lg_parked_key *parked = new_zeroed(sizeof *parked);

	parked->key = key;
	HASH_ADD(hh, owned->parked, key, sizeof parked->key, parked);
}

void lg_owned_unpark(struct lg_owned *owned, struct lg_id key)
{
	struct lg_parked_key *found;

	HASH_FIND(hh, owned->parked, &key, sizeof key, found);
	if (found == NULL)
		return;
	HASH_DEL(owned->parked, found);
	free(found);
}

void lg_owned_claim(struct lg_instance *instance)
{
	Lifeguard__Bus__Claim claim = LIFEGUARD__BUS__CLAIM__INIT;
	uint32_t partitions[LG_PARTITIONS];
	uint64_t takeovers[LG_PARTITIONS];
	struct lg_route route = { .version = 1,
		.kind = LG_ROUTE_CLAIM,
		.to_site = instance->keyring.site,
		.to_service = LG_SERVICE_BUS };

	for (uint8_t p = 0; p < LG_PARTITIONS; p++) {
		const struct lg_owned *owned = lg_owned_open(instance, p);

		if (owned == NULL)
			continue;
		partitions[claim.n_partitions++] = p;
		takeovers[claim.n_takeovers++] = owned->takeover;
	}
	claim.instance = (ProtobufCBinaryData){ .data = instance->id.byte, .len = LG_ID_SIZE };
	claim.reads_joined = true;
	claim.partitions = partitions;
	claim.takeovers = takeovers;

	struct lg_arena *arena = lg_arena_new();
	/* lost or refused: the next second's claim says it again */
	if (!lg_is_done(lg_link_send(instance->link, &route, lg_encode(arena, &claim.base))))
		lg_metric_add(instance->count_frames_refused, 1);
	lg_arena_free(arena);
}
