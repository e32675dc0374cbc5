#include "services/gateway/domain/presence.h"

#include <assert.h>

static bool is_here(const struct presence_instance *one, uint64_t now_ms)
{
	return one->is_used && now_ms - one->heard_ms < PRESENCE_FORGET_MS;
}

/* Its own place; else a free one; else the stalest. */
static struct presence_instance *place_of(
	struct presence_instance *instances, struct lg_id instance)
{
	struct presence_instance *best = &instances[0];

	for (uint32_t i = 0; i < PRESENCE_INSTANCES_MAX; i++) {
		struct presence_instance *one = &instances[i];

		if (one->is_used && lg_id_equal(one->instance, instance))
			return one;
		if (!best->is_used)
			continue;
		if (!one->is_used || one->heard_ms < best->heard_ms)
			best = one;
	}
	return best;
}

void presence_hear(struct presence *presence, uint32_t service, struct lg_id instance,
	uint16_t partitions, uint64_t now_ms)
{
	assert(service < LG_SERVICE_COUNT);

	*place_of(presence->at[service], instance) = (struct presence_instance){
		.instance = instance,
		.partitions = partitions,
		.heard_ms = now_ms,
		.is_used = true,
	};
}

uint32_t presence_instances(const struct presence *presence, uint32_t service, uint64_t now_ms)
{
	uint32_t count = 0;

	assert(service < LG_SERVICE_COUNT);
	for (uint32_t i = 0; i < PRESENCE_INSTANCES_MAX; i++)
		count += is_here(&presence->at[service][i], now_ms);
	return count;
}

uint16_t presence_partitions(const struct presence *presence, uint32_t service, uint64_t now_ms)
{
	uint16_t set = 0;

	assert(service < LG_SERVICE_COUNT);
	for (uint32_t i = 0; i < PRESENCE_INSTANCES_MAX; i++)
		if (is_here(&presence->at[service][i], now_ms))
			set = (uint16_t)(set | presence->at[service][i].partitions);
	return set;
}

bool presence_any(const struct presence *presence, uint64_t now_ms)
{
	for (uint32_t service = 0; service < LG_SERVICE_COUNT; service++)
		if (presence_instances(presence, service, now_ms) > 0)
			return true;
	return false;
}
