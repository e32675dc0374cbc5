#include "common/stream/met.h"

#include <string.h>

bool lg_met_before(struct lg_met *met, struct lg_id id, lg_ms expires_at)
{
	uint32_t oldest = 0, bucket;
	uint64_t mark;

	memcpy(&mark, id.byte + LG_ID_SIZE - sizeof mark, sizeof mark);
	bucket = (uint32_t)(mark % LG_MET_BUCKETS);
	for (uint32_t i = 0; i < LG_MET_WAYS; i++) {
		if (met->at[bucket][i].mark == mark && met->at[bucket][i].expires_at == expires_at)
			return true;
		if (met->at[bucket][i].expires_at < met->at[bucket][oldest].expires_at)
			oldest = i;
	}

	bool may_be_forgotten = expires_at <= met->forgotten_until;

	if (met->at[bucket][oldest].expires_at > met->forgotten_until)
		met->forgotten_until = met->at[bucket][oldest].expires_at;
	met->at[bucket][oldest].mark = mark;
	met->at[bucket][oldest].expires_at = expires_at;
	return may_be_forgotten;
}
