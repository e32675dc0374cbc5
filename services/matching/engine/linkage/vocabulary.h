/*
 * The distinct values of a field, numbered: a record holds numbers, and two values are compared
 * once however many pairs of records hold them.
 *
 * Values stay where they are when more come.  A cell that was seen before is known by 64 bits of
 * its bytes and not read again; where numbers, dates or codes are many, each new one is read.  Values
 * are told apart by their whole text.
 */
#ifndef SERVICES_MATCHING_ENGINE_LINKAGE_VOCABULARY_H
#define SERVICES_MATCHING_ENGINE_LINKAGE_VOCABULARY_H

#include "common/base/arena.h"
#include "services/matching/engine/linkage/value.h"

#define VOCABULARY_CHUNK_BITS 12
#define VOCABULARY_CHUNKS_MAX 8192
#define VOCABULARY_MAX        ((uint32_t)VOCABULARY_CHUNKS_MAX << VOCABULARY_CHUNK_BITS)

struct vocabulary_slot {
	uint32_t hash, more_hash; /* 64 bits, in 12 bytes */
	uint32_t id;              /* 0: free; all bits: a cell that says nothing */
};

struct vocabulary {
	struct lg_arena *arena;
	struct field field; /* whose values they are; of twins: of the first */
	uint32_t count;     /* ids 1..count; 0 is "missing" */
	uint32_t slot_count, slots_used;
	struct vocabulary_slot *slots;
	size_t stride; /* bytes of a value of this kind */
	uint8_t *chunks[VOCABULARY_CHUNKS_MAX];
};

/* An empty vocabulary; its memory comes from the arena, which must outlive it. */
void vocabulary_init(
	struct vocabulary *vocabulary, const struct field *field, struct lg_arena *arena);

/* The number of a cell's value; 0 when the cell says nothing, or VOCABULARY_MAX are known. */
uint32_t vocabulary_take(struct vocabulary *vocabulary, struct lg_bytes cell);

/* A cell's hash for vocabulary_take_hashed(); where that looks first is asked of memory already. */
uint64_t vocabulary_expect(const struct vocabulary *vocabulary, struct lg_bytes cell);

/* vocabulary_take() of a cell whose hash is known. */
uint32_t vocabulary_take_hashed(struct vocabulary *vocabulary, struct lg_bytes cell, uint64_t hash);

/* The number of a value that another vocabulary of the kind holds; 0 as above. */
uint32_t vocabulary_take_value(struct vocabulary *vocabulary, const struct value *value);

/* The same of all values of another one; ret_ids: by their numbers there, from 1 on. */
void vocabulary_take_all(
	struct vocabulary *vocabulary, const struct vocabulary *from, uint32_t *ret_ids);

/* Memory of all that it holds. */
uint64_t vocabulary_bytes(const struct vocabulary *vocabulary);

/* A value by its number, 1..count. */
static inline const struct value *vocabulary_value(const struct vocabulary *vocabulary, uint32_t id)
{
	uint32_t at = id - 1;
	const uint8_t *chunk = vocabulary->chunks[at >> VOCABULARY_CHUNK_BITS];

	return (const struct value *)(const void *)(chunk +
						    vocabulary->stride *
							    (at & ((1u << VOCABULARY_CHUNK_BITS) -
									  1)));
}

#endif
