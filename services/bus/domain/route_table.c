#include "services/bus/domain/route_table.h"

#include <assert.h>

/* A claim that is too old says nothing any more, not even its takeover count: a database that
 * was restored counts from a lower number. */
static bool is_alive(const struct route_owner *owner, lg_ms now)
{
	return !lg_id_is_zero(owner->instance) && now - owner->claimed_at < BUS_CLAIM_LIFE_MS;
}

static bool may_take(
	const struct route_owner *owner, struct lg_id instance, uint64_t takeover, lg_ms now)
{
	if (!is_alive(owner, now))
		return true;
	if (takeover != owner->takeover)
		return takeover > owner->takeover;
	return lg_id_equal(owner->instance, instance); /* again, perhaps over a new connection */
}

/* How many it had until now. */
static uint32_t give_back(struct route_owner *owners, struct lg_id instance, uint32_t claimed)
{
	uint32_t given = 0;

	for (uint32_t partition = 0; partition < LG_PARTITIONS; partition++)
		if (lg_id_equal(owners[partition].instance, instance) &&
			(claimed >> partition & 1u) == 0) {
			given += owners[partition].connection != 0;
			owners[partition].connection = 0;
		}
	return given;
}

static bool is_same(const struct route_owner *owner, const struct route_owner *before)
{
	return owner->connection == before->connection && owner->takeover == before->takeover &&
	       lg_id_equal(owner->instance, before->instance);
}

struct claim_result route_table_claim(struct route_table *table, uint32_t service,
	uint64_t connection, const struct claim *claim, lg_ms now)
{
	struct claim_result result = { 0, 0, 0 };
	struct route_owner *owners = table->owners[service];
	uint32_t claimed = 0;

	assert(service < LG_SERVICE_COUNT);
	assert(claim->count <= LG_PARTITIONS);
	for (uint32_t i = 0; i < claim->count; i++) {
		struct route_owner *owner = &owners[claim->partitions[i]], before = *owner;

		assert(claim->partitions[i] < LG_PARTITIONS);
		if (!may_take(owner, claim->instance, claim->takeovers[i], now)) {
			result.stale++;
			continue;
		}
		*owner = (struct route_owner){
			.connection = connection,
			.takeover = claim->takeovers[i],
			.instance = claim->instance,
			.claimed_at = now,
		};
		result.moved += !is_same(owner, &before);
		claimed |= 1u << claim->partitions[i];
		result.taken++;
	}
	result.moved += give_back(owners, claim->instance, claimed);
	return result;
}

uint64_t route_table_owner(
	const struct route_table *table, uint32_t service, uint32_t partition, lg_ms now)
{
	const struct route_owner *owner;

	if (service >= LG_SERVICE_COUNT || partition >= LG_PARTITIONS)
		return 0;
	owner = &table->owners[service][partition];
	return is_alive(owner, now) ? owner->connection : 0;
}

void route_table_drop(struct route_table *table, uint64_t connection)
{
	for (uint32_t service = 0; service < LG_SERVICE_COUNT; service++)
		for (uint32_t partition = 0; partition < LG_PARTITIONS; partition++)
			if (table->owners[service][partition].connection == connection)
				table->owners[service][partition].connection = 0;
}

uint32_t route_table_owned(const struct route_table *table, uint32_t service, lg_ms now)
{
	uint32_t owned = 0;

	for (uint32_t partition = 0; partition < LG_PARTITIONS; partition++)
		owned += route_table_owner(table, service, partition, now) != 0;
	return owned;
}
