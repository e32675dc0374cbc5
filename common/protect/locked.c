#include "common/protect/locked.h"

#include <assert.h>
#include <string.h>

void lg_fresh_take(struct lg_fresh *fresh, void *ret_bytes, size_t size_bytes)
{
	uint8_t *at;

	assert(size_bytes <= LG_FRESH_POOL);
	if (fresh->left < size_bytes) {
		uint8_t seed[randombytes_SEEDBYTES];

		randombytes_buf(seed, sizeof seed);
		randombytes_buf_deterministic(fresh->random, sizeof fresh->random, seed);
		sodium_memzero(seed, sizeof seed);
		fresh->left = sizeof fresh->random;
	}
	at = fresh->random + sizeof fresh->random - fresh->left;
	memcpy(ret_bytes, at, size_bytes);
	sodium_memzero(at, size_bytes);
	fresh->left -= size_bytes;
}
