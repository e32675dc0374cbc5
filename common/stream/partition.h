/*
 * Key to partition, and who should own what.  Number and hash are part of the contract between
 * all services and sites: they never change.
 */
#ifndef LG_STREAM_PARTITION_H
#define LG_STREAM_PARTITION_H

#include "common/base/id.h"

#define LG_PARTITIONS 16

/* FNV-1a (64 bits) over the 16 bytes of the key, folded to 4 bits by its high bits. */
uint8_t lg_partition_of(struct lg_id key);

/* Some key of this partition, always the same: for what is about no thing. */
struct lg_id lg_partition_key(uint8_t partition);

/* Fair share of one instance: 16 / members, rounded up; members is not 0. */
uint32_t lg_partition_share(uint32_t members);

/*
 * What an instance should do now, by its share.
 *   owned      set of partitions that it has; free: set that nobody has
 *   recently   set that it gave away in the last 5 s: not retaken
 *   ret_give   one partition to give back, or LG_PARTITIONS for none
 *   returns    the set of free ones it may take, never above its share
 */
uint16_t lg_partition_wish(
	uint32_t members, uint16_t owned, uint16_t free, uint16_t recently, uint8_t *ret_give);

#endif
