#include "common/base/known_key.h"

#include <assert.h>

#define FIRST_ROOM 32

struct lg_known_key {
	struct lg_id subject, key_id;
	uint32_t class;
};

struct lg_known_slot {
	uint32_t hash;
	uint32_t number; /* of the key, from 1; 0: free */
};

/* Half of a subject's id is random, so that its last bytes are a hash already. */
static uint32_t hash_of(struct lg_id subject, uint32_t class)
{
	uint32_t last;

	memcpy(&last, subject.byte + LG_ID_SIZE - sizeof last, sizeof last);
	return last + class;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct lg_known_slot *slot_of(
	const struct lg_known_keys *known, struct lg_id subject, uint32_t class)
{
	uint32_t hash = hash_of(subject, class), last = 2 * known->room - 1;

	for (uint32_t at = hash & last;; at = (at + 1) & last) {
		struct lg_known_slot *slot = &known->slots[at];

		if (slot->number == 0)
			return slot;
		if (slot->hash == hash && known->keys[slot->number - 1].class == class &&
			lg_id_equal(known->keys[slot->number - 1].subject, subject))
			return slot;
	}
}

static void grow(struct lg_known_keys *known, struct lg_arena *arena)
{
	uint32_t room = known->room == 0 ? FIRST_ROOM : 2 * known->room;

	assert(room > known->room);
	known->keys = lg_enlarge(arena, known->keys, known->count, room, sizeof *known->keys);
	lg_give_back(arena, known->slots);
	known->slots = lg_alloc_array(arena, 2 * (size_t)room, sizeof *known->slots);
	known->room = room;
	for (uint32_t n = 0; n < known->count; n++) {
		const struct lg_known_key *key = &known->keys[n];

		*slot_of(known, key->subject, key->class) =
			(struct lg_known_slot){ .hash = hash_of(key->subject, key->class),
				.number = n + 1 };
	}
}

const struct lg_id *lg_known_keys_find(
	const struct lg_known_keys *known, struct lg_id subject, uint32_t class)
{
	const struct lg_known_slot *slot;

	if (known->count == 0)
		return NULL;
	slot = slot_of(known, subject, class);
	return slot->number == 0 ? NULL : &known->keys[slot->number - 1].key_id;
}

void lg_known_keys_set(struct lg_known_keys *known, struct lg_arena *arena, struct lg_id subject,
	uint32_t class, struct lg_id key_id)
{
	struct lg_known_slot *slot;

	if (known->count == known->room)
		grow(known, arena);
	slot = slot_of(known, subject, class);
	if (slot->number == 0)
		*slot = (struct lg_known_slot){ .hash = hash_of(subject, class),
			.number = ++known->count };
	known->keys[slot->number - 1] =
		(struct lg_known_key){ .subject = subject, .key_id = key_id, .class = class };
}
