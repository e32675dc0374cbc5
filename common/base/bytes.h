/* A run of bytes that somebody else owns. */
#ifndef LG_BASE_BYTES_H
#define LG_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <string.h>

struct lg_bytes {
	const uint8_t *data; /* may be NULL only when size is 0 */
	size_t size;
};

static inline struct lg_bytes lg_bytes(const void *data, size_t size)
{
	return (struct lg_bytes){ .data = data, .size = size };
}

static inline bool lg_bytes_equal(struct lg_bytes a, struct lg_bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

#endif
