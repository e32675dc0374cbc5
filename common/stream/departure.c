#include "common/stream/departure.h"

static bool may_follow(const struct lg_platform *platform)
{
	return platform->under_way < LG_ACTIVE_MAX && platform->is_front_decided &&
	       platform->waiting >= LG_BEHIND_ITEMS && !platform->is_singling &&
	       !platform->is_alone;
}

static uint64_t patience_us(const struct lg_platform *platform)
{
	return platform->is_followed ? LG_FAR_MORE_US : LG_MORE_US;
}

static bool is_more_to_come(const struct lg_platform *platform)
{
	return platform->last_items >= LG_MANY_ITEMS &&
	       platform->since_us < patience_us(platform) &&
	       platform->waiting < (platform->is_followed ? LG_ENOUGH_ITEMS : LG_BEHIND_ITEMS) &&
	       !platform->is_hurried && !platform->is_singling && !platform->is_stopping;
}

enum lg_departure lg_departure(const struct lg_platform *platform, uint64_t *ret_wait_us)
{
	if (platform->waiting == 0)
		return LG_DEPART_NOT;
	if (platform->under_way > 0 && !may_follow(platform))
		return LG_DEPART_NOT;
	if (!is_more_to_come(platform))
		return LG_DEPART_NOW;
	*ret_wait_us = patience_us(platform) - platform->since_us;
	return LG_DEPART_LATER;
}
