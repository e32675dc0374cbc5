#include "common/stream/singling.h"

void lg_singling_refused(struct lg_singling *singling, uint32_t count, const struct lg_id *event_id)
{
	if (count > 1)
		singling->left += count;
	else if (event_id != NULL)
		singling->bad[singling->found++ % LG_BAD_MAX] = *event_id;
}

bool lg_singling_is_on(const struct lg_singling *singling)
{
	return singling->left > 0;
}

void lg_singling_begun(struct lg_singling *singling)
{
	if (singling->left > 0)
		singling->left--;
}

bool lg_singling_is_bad(const struct lg_singling *singling, struct lg_id event_id)
{
	if (lg_id_is_zero(event_id))
		return false;
	for (uint32_t i = 0; i < LG_BAD_MAX; i++)
		if (lg_id_equal(singling->bad[i], event_id))
			return true;
	return false;
}
