/*
 * The data keys that a batch knows: of each subject and class the id of the one that seals.
 *
 * Most of what is sealed is about persons who are new, so most keys that are looked for are not known;
 * a table of hashes says so without a look at what is.
 */
#ifndef LG_BASE_KNOWN_KEY_H
#define LG_BASE_KNOWN_KEY_H

#include "common/base/arena.h"
#include "common/base/id.h"

/* Zeroed: none is known.  Its memory lies in the arena that lg_known_keys_set is given. */
struct lg_known_keys {
	struct lg_known_key *keys; /* in the order in which they became known */
	struct lg_known_slot *slots;
	uint32_t count, room; /* twice as many slots, a power of two */
};

/* The key that seals for a subject and class; NULL: none is known. */
const struct lg_id *lg_known_keys_find(
	const struct lg_known_keys *known, struct lg_id subject, uint32_t class);

/* From now on it is this one. */
void lg_known_keys_set(struct lg_known_keys *known, struct lg_arena *arena, struct lg_id subject,
	uint32_t class, struct lg_id key_id);

#endif
