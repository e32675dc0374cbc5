/*
 * Key to partition, and who should own what.  Pure arithmetic: the look at members and locks
 * is common/db/fence.c's.
 */
#include "common/stream/partition.h"

#include <assert.h>

/* FNV-1a, 64 bits: offset basis and prime as published by Fowler, Noll and Vo. */
#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x00000100000001b3u

_Static_assert(LG_PARTITIONS == 16, "a partition is 4 bits of a hash, a set of them 16 bits");

uint8_t lg_partition_of(struct lg_id key)
{
	uint64_t hash = FNV_BASIS;

	for (int i = 0; i < LG_ID_SIZE; i++) {
		hash ^= key.byte[i];
		hash *= FNV_PRIME;
	}
	return (uint8_t)(hash >> 60);
}

struct lg_id lg_partition_key(uint8_t partition)
{
	struct lg_id key = { .byte = { 0 } };

	assert(partition < LG_PARTITIONS);
	while (lg_partition_of(key) != partition) {
		assert(key.byte[0] < UINT8_MAX); /* the first byte reaches every bit of the hash */
		key.byte[0]++;
	}
	return key;
}

uint32_t lg_partition_share(uint32_t members)
{
	assert(members > 0);

	return LG_PARTITIONS / members + (LG_PARTITIONS % members != 0);
}

static bool has(uint16_t set, uint8_t partition)
{
	return ((unsigned)set >> partition & 1u) != 0;
}

static uint32_t count_of(uint16_t set)
{
	uint32_t count = 0;

	for (; set != 0; set &= (uint16_t)(set - 1))
		count++;
	return count;
}

/* The highest goes first, the lowest is taken first: two instances that change seldom meet. */
uint16_t lg_partition_wish(
	uint32_t members, uint16_t owned, uint16_t free, uint16_t recently, uint8_t *ret_give)
{
	uint32_t share = lg_partition_share(members);
	uint32_t have = count_of(owned);
	uint16_t wish = 0;

	assert((owned & free) == 0);

	*ret_give = LG_PARTITIONS;
	if (have > share) {
		for (uint8_t p = 0; p < LG_PARTITIONS; p++) {
			if (has(owned, p))
				*ret_give = p;
		}
		return 0;
	}

	for (uint8_t p = 0; p < LG_PARTITIONS && have < share; p++) {
		if (has(free, p) && !has(recently, p)) {
			wish |= (uint16_t)(1u << p);
			have++;
		}
	}
	return wish;
}
