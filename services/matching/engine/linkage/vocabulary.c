#include "services/matching/engine/linkage/vocabulary.h"

#include <assert.h>

#define FIRST_SLOTS  1024u
#define OF_CELLS     1 /* seeds: a cell's bytes and a value's text never meet */
#define OF_TEXTS     2
#define MISSING_MARK UINT32_MAX
#define AHEAD        16 /* values that memory is asked for before they are looked up */
#define FEW_VALUES   (1u << 16)

void vocabulary_init(
	struct vocabulary *vocabulary, const struct field *field, struct lg_arena *arena)
{
	*vocabulary = (struct vocabulary){
		.arena = arena,
		.field = *field,
		.stride = value_size(field->kind),
		.slot_count = FIRST_SLOTS,
		.slots = lg_alloc_array(arena, FIRST_SLOTS, sizeof(struct vocabulary_slot)),
	};
}

/*
 * Whether reading a cell costs more than looking it up, and remembering it is worth a slot: of
 * numbers, dates and codes only while there are few, since of many each is read for the first time.
 */
static bool keeps_cells(const struct vocabulary *vocabulary)
{
	enum field_kind kind = vocabulary->field.kind;

	return kind == KIND_NAME || kind == KIND_PLACE || kind == KIND_WORDS ||
	       vocabulary->count < FEW_VALUES;
}

static uint64_t hash_of(const struct vocabulary_slot *slot)
{
	return (uint64_t)slot->more_hash << 32 | slot->hash;
}

static struct vocabulary_slot *free_slot(
	struct vocabulary_slot *slots, uint32_t slot_count, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & (slot_count - 1);

	while (slots[at].id != 0)
		at = (at + 1) & (slot_count - 1);
	return &slots[at];
}

/* At three quarters the table is doubled. */
static void put(struct vocabulary *vocabulary, uint64_t hash, uint32_t id)
{
	if (vocabulary->slots_used >= vocabulary->slot_count / 4 * 3) {
		uint32_t slot_count = vocabulary->slot_count * 2;
		struct vocabulary_slot *slots =
			lg_alloc_array(vocabulary->arena, slot_count, sizeof *slots);

		for (uint32_t i = 0; i < vocabulary->slot_count; i++)
			if (vocabulary->slots[i].id != 0)
				*free_slot(slots, slot_count, hash_of(&vocabulary->slots[i])) =
					vocabulary->slots[i];
		lg_give_back(vocabulary->arena, vocabulary->slots);
		vocabulary->slots = slots;
		vocabulary->slot_count = slot_count;
	}
	*free_slot(vocabulary->slots, vocabulary->slot_count, hash) =
		(struct vocabulary_slot){ (uint32_t)hash, (uint32_t)(hash >> 32), id };
	vocabulary->slots_used++;
}

static void add(struct vocabulary *vocabulary, const struct value *value)
{
	uint32_t chunk = vocabulary->count >> VOCABULARY_CHUNK_BITS;
	uint32_t at = vocabulary->count & ((1u << VOCABULARY_CHUNK_BITS) - 1);

	if (at == 0)
		vocabulary->chunks[chunk] = lg_alloc_array(
			vocabulary->arena, (size_t)1 << VOCABULARY_CHUNK_BITS, vocabulary->stride);
	memcpy(vocabulary->chunks[chunk] + at * vocabulary->stride, value, vocabulary->stride);
	vocabulary->count++;
}

static uint64_t hash_of_value(const struct value *value)
{
	return value_hash(value->text, value->size, OF_TEXTS);
}

static const struct vocabulary_slot *first_slot(const struct vocabulary *vocabulary, uint64_t hash)
{
	return &vocabulary->slots[(uint32_t)hash & (vocabulary->slot_count - 1)];
}

static uint32_t take_value(struct vocabulary *vocabulary, const struct value *value, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & (vocabulary->slot_count - 1);

	for (; vocabulary->slots[at].id != 0; at = (at + 1) & (vocabulary->slot_count - 1)) {
		uint32_t id = vocabulary->slots[at].id;
		const struct value *known;

		if (id == MISSING_MARK || hash_of(&vocabulary->slots[at]) != hash)
			continue;
		known = vocabulary_value(vocabulary, id);
		if (known->size == value->size &&
			memcmp(known->text, value->text, value->size) == 0 &&
			known->number == value->number)
			return id;
	}
	if (vocabulary->count == VOCABULARY_MAX)
		return 0;
	add(vocabulary, value);
	put(vocabulary, hash, vocabulary->count);
	return vocabulary->count;
}

uint32_t vocabulary_take_value(struct vocabulary *vocabulary, const struct value *value)
{
	return take_value(vocabulary, value, hash_of_value(value));
}

/* Asks memory for the value that the first slot of a hash tells of. */
static void fetch_value(const struct vocabulary *vocabulary, uint64_t hash)
{
	uint32_t id = first_slot(vocabulary, hash)->id;

	if (id != 0 && id != MISSING_MARK)
		__builtin_prefetch(vocabulary_value(vocabulary, id));
}

void vocabulary_take_all(
	struct vocabulary *vocabulary, const struct vocabulary *from, uint32_t *ret_ids)
{
	uint64_t hashes[AHEAD] = { 0 };

	assert(vocabulary->field.kind == from->field.kind);
	for (uint32_t at = 1; at < from->count + AHEAD; at++) {
		uint32_t id = at >= AHEAD ? at - AHEAD + 1 : 0;

		if (at <= from->count) {
			uint64_t hash = hash_of_value(vocabulary_value(from, at));

			hashes[at % AHEAD] = hash;
			__builtin_prefetch(first_slot(vocabulary, hash));
		}
		if (at > AHEAD / 2 && at - AHEAD / 2 <= from->count)
			fetch_value(vocabulary, hashes[(at - AHEAD / 2) % AHEAD]);
		if (id > 0)
			ret_ids[id] = take_value(
				vocabulary, vocabulary_value(from, id), hashes[id % AHEAD]);
	}
}

uint64_t vocabulary_expect(const struct vocabulary *vocabulary, struct lg_bytes cell)
{
	uint64_t hash = value_hash(cell.data, cell.size, OF_CELLS);

	if (cell.size > 0 && keeps_cells(vocabulary))
		__builtin_prefetch(first_slot(vocabulary, hash));
	return hash;
}

uint32_t vocabulary_take(struct vocabulary *vocabulary, struct lg_bytes cell)
{
	return vocabulary_take_hashed(vocabulary, cell, value_hash(cell.data, cell.size, OF_CELLS));
}

static uint32_t read_cell(struct vocabulary *vocabulary, struct lg_bytes cell)
{
	struct value value;

	return value_read(&vocabulary->field, cell, &value)
		       ? vocabulary_take_value(vocabulary, &value)
		       : 0;
}

uint32_t vocabulary_take_hashed(struct vocabulary *vocabulary, struct lg_bytes cell, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & (vocabulary->slot_count - 1);
	uint32_t id;

	if (cell.size == 0)
		return 0;
	if (!keeps_cells(vocabulary))
		return read_cell(vocabulary, cell);
	for (; vocabulary->slots[at].id != 0; at = (at + 1) & (vocabulary->slot_count - 1))
		if (hash_of(&vocabulary->slots[at]) == hash)
			return vocabulary->slots[at].id == MISSING_MARK ? 0
									: vocabulary->slots[at].id;
	id = read_cell(vocabulary, cell);
	put(vocabulary, hash, id == 0 ? MISSING_MARK : id);
	return id;
}

uint64_t vocabulary_bytes(const struct vocabulary *vocabulary)
{
	uint64_t chunks = ((uint64_t)vocabulary->count + (1u << VOCABULARY_CHUNK_BITS) - 1) >>
			  VOCABULARY_CHUNK_BITS;

	return sizeof *vocabulary +
	       (chunks << VOCABULARY_CHUNK_BITS) * (uint64_t)vocabulary->stride +
	       vocabulary->slot_count * sizeof(struct vocabulary_slot);
}
