#include "services/matching/engine/linkage/likeness.h"

#include <assert.h>

#define LETTERS 38 /* a to z, 0 to 9, space, others */

static uint32_t letter_of(char byte)
{
	if (byte >= 'a' && byte <= 'z')
		return (uint32_t)(byte - 'a');
	if (byte >= '0' && byte <= '9')
		return 26 + (uint32_t)(byte - '0');
	return byte == ' ' ? 36 : 37;
}

uint32_t likeness_slips(const char *a, uint32_t a_size, const char *b, uint32_t b_size)
{
	uint64_t places[LETTERS] = { 0 }; /* where each letter stands in a */
	uint64_t up = UINT64_MAX, down = 0, diagonal = 0, before = 0;
	uint32_t slips = a_size;

	assert(a_size <= LIKENESS_MAX && b_size <= LIKENESS_MAX);
	if (a_size == 0)
		return b_size;
	for (uint32_t i = 0; i < a_size; i++)
		places[letter_of(a[i])] |= (uint64_t)1 << i;

	const uint64_t last = (uint64_t)1 << (a_size - 1);

	for (uint32_t k = 0; k < b_size; k++) {
		uint64_t here = places[letter_of(b[k])];
		uint64_t crossed = ((~diagonal & here) << 1) & before;

		diagonal = (((here & up) + up) ^ up) | here | down | crossed;

		uint64_t right = down | ~(diagonal | up);
		uint64_t left = diagonal & up;

		slips += (right & last) != 0;
		slips -= (left & last) != 0;
		right = right << 1 | 1;
		left <<= 1;
		up = left | ~(diagonal | right);
		down = right & diagonal;
		before = here;
	}
	return slips;
}
