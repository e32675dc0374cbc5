/* Why a ring and not a list: one entry per execution, a hundred thousand times a second. */
#include "common/db/owed.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_SIZE 256

static void grow(struct lg_owed_ring *ring)
{
	uint32_t size = ring->size == 0 ? FIRST_SIZE : ring->size * 2;
	struct lg_owed *at = NULL;

	assert(size <= LG_OWED_MAX);
	at = calloc(size, sizeof(*at));
	if (at == NULL)
		abort();
	for (uint32_t n = 0; n < ring->count; n++)
		at[n] = ring->at[(ring->first + n) & (ring->size - 1)];
	free(ring->at);
	*ring = (struct lg_owed_ring){ .at = at, .size = size, .count = ring->count };
}

void lg_owed_push(struct lg_owed_ring *ring, struct lg_owed owed)
{
	if (ring->count == ring->size)
		grow(ring);
	ring->at[(ring->first + ring->count++) & (ring->size - 1)] = owed;
}

struct lg_owed lg_owed_first(const struct lg_owed_ring *ring)
{
	assert(ring->count > 0);
	return ring->at[ring->first];
}

void lg_owed_pop(struct lg_owed_ring *ring)
{
	assert(ring->count > 0);
	ring->first = (ring->first + 1) & (ring->size - 1);
	ring->count--;
}

void lg_owed_release(struct lg_owed_ring *ring)
{
	free(ring->at);
	*ring = (struct lg_owed_ring){ .at = NULL };
}
