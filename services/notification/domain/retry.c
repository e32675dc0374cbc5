/* Waiting longer after each failure, with a spread (retry.h). */
#include "services/notification/domain/retry.h"

#include <assert.h>

#include "common/base/random.h"

lg_ms retry_after(uint32_t attempts, uint64_t seed)
{
	struct lg_random random;
	lg_ms pause_ms = RETRY_FIRST_MS;

	assert(attempts >= 1 && attempts <= RETRY_ATTEMPTS_MAX);
	for (uint32_t i = 1; i < attempts && pause_ms < RETRY_LONGEST_MS; i++)
		pause_ms *= 2;
	if (pause_ms > RETRY_LONGEST_MS)
		pause_ms = RETRY_LONGEST_MS;

	lg_random_seed(&random, seed + attempts);
	return pause_ms * 3 / 4 + (lg_ms)lg_random_below(&random, (uint64_t)pause_ms / 2 + 1);
}
