/* A run of bytes that somebody else owns. */
#ifndef LG_BASE_BYTES_H
#define LG_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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

/* Writes the lowest `size` bytes (1 to 8) of a number, the lowest first: every layout of ours has them so. */
static inline void lg_number_write(uint8_t *ret_bytes, uint64_t number, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		ret_bytes[i] = (uint8_t)(number >> (8 * i));
}

static inline uint64_t lg_number_read(const uint8_t *bytes, unsigned size)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < size; i++)
		number |= (uint64_t)bytes[i] << (8 * i);
	return number;
}

#endif
