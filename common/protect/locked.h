/*
 * Memory for secrets: locked, with guard pages, wiped when freed with sodium_free().
 * An area takes whole pages and 27 us: few and long-lived ones only, never one per data key.
 */
#ifndef LG_PROTECT_LOCKED_H
#define LG_PROTECT_LOCKED_H

#include <sodium.h>
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

#endif
