/*
 * Answers that a connection still owes, in the order in which they were asked for: a ring that
 * keeps its memory, so that a busy connection does not allocate.
 */
#ifndef LG_DB_OWED_H
#define LG_DB_OWED_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#define LG_OWED_MAX ((uint32_t)1 << 20)

struct lg_owed {
	void (*answer)(void *argument, const PGresult *result);
	void *argument;
	bool is_sync;
	bool is_transaction; /* between BEGIN and its sync */
};

/* All zero is an empty ring. */
struct lg_owed_ring {
	struct lg_owed *at;
	uint32_t size, first, count; /* size: a power of two */
};

/* Adds behind the last; asserts that there are fewer than LG_OWED_MAX. */
void lg_owed_push(struct lg_owed_ring *ring, struct lg_owed owed);

/* The first, which must be there. */
struct lg_owed lg_owed_first(const struct lg_owed_ring *ring);

/* Forgets the first. */
void lg_owed_pop(struct lg_owed_ring *ring);

/* Frees the memory of the ring; nothing is answered. */
void lg_owed_release(struct lg_owed_ring *ring);

#endif
