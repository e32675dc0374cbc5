#include "common/base/once.h"

bool lg_once_is_done(const struct lg_once *once, lg_ms now, struct lg_id mark)
{
	if (once->hour != now / LG_HOUR_MS)
		return false;
	for (uint32_t i = 0; i < once->count; i++)
		if (lg_id_equal(once->mark[i], mark))
			return true;
	return false;
}

void lg_once_add(struct lg_once *once, lg_ms now, struct lg_id mark)
{
	if (once->hour != now / LG_HOUR_MS || once->count == LG_ONCE_MAX)
		once->count = 0;
	once->hour = now / LG_HOUR_MS;
	if (!lg_once_is_done(once, now, mark))
		once->mark[once->count++] = mark;
}
