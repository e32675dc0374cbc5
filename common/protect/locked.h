/*
 * What secrets need: memory, and randomness drawn ahead.
 *
 * Memory is locked, with guard pages, wiped when freed with sodium_free().
 * An area takes whole pages and 27 us: few and long-lived ones only, never one per data key.
 */
#ifndef LG_PROTECT_LOCKED_H
#define LG_PROTECT_LOCKED_H

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>

/* size_bytes zeroed bytes; as every allocation it aborts rather than fails. */
static inline void *lg_locked_new(size_t size_bytes)
{
	void *area = sodium_init() < 0 ? NULL : sodium_malloc(size_bytes);

	if (area == NULL)
		abort();
	sodium_memzero(area, size_bytes);
	return area;
}

/*
 * Asking the system for each nonce, key and id took an eighth of a busy publisher, and 2 us of every
 * command at the gateway.  So a seed is drawn for LG_FRESH_POOL bytes and stretched by ChaCha20 here,
 * several times faster than in the kernel; what was given out is wiped.  The process must not fork.
 */
#define LG_FRESH_POOL 4096 /* bytes of one seed */

/* In locked memory of its owner; zeroed: nothing is drawn yet. */
struct lg_fresh {
	size_t left; /* unused bytes, at the end of random */
	uint8_t random[LG_FRESH_POOL];
};

/*
 * Random bytes that were never given out before.
 *   size_bytes  at most LG_FRESH_POOL
 */
void lg_fresh_take(struct lg_fresh *fresh, void *ret_bytes, size_t size_bytes);

#endif
