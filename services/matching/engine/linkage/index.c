/*
 * Rows are the records of a roster; behind them stands the row that is asked for.  Per key a table
 * of heads, and in each row the next row of the same key: a chain, the latest row first.  A
 * chain is left after CHAIN_MAX rows: what is so common is found by other keys, or is nobody in
 * particular.
 *
 * Keys join atoms that slips leave alone: both names, a name with the birth's year, with a place or
 * with another name; a telephone, a number and a whole date with a name.
 */
#include "services/matching/engine/linkage/index.h"

#include <assert.h>
#include <math.h>

#include "services/matching/engine/linkage/score.h"

#define CHAIN_MAX  1500u
#define NO_ROW     UINT32_MAX
#define FIRST_USES 1024u

struct index {
	struct lg_arena *arena;
	struct roster roster;
	struct blocking blocking;
	struct pairing pairing;
	uint32_t capacity, used, row_count, search;
	uint32_t free_row;       /* a list by next_of_tag */
	uint32_t bucket_count;   /* of a table of heads, a power of two */
	uint32_t *tags, *stamps; /* per row */
	uint32_t *next_of_tag;   /* per row */
	uint32_t *of_tag;        /* heads */
	uint32_t *next, *heads;  /* rows x keys; keys x buckets */
	uint32_t use_room[FIELDS_MAX];
	double twice[FIELDS_MAX];      /* sum of squared uses, by pool */
	uint64_t fresh_at[FIELDS_MAX]; /* values held when rarities were last made anew */
};

static uint32_t add_atom(struct blocking *blocking, uint32_t field, uint32_t twin, uint32_t which)
{
	assert(blocking->atom_count < ATOMS_MAX);
	blocking->atoms[blocking->atom_count] =
		(struct block_atom){ .field = field, .twin = twin, .which = which };
	return blocking->atom_count++;
}

static void add_key(struct blocking *blocking, uint32_t count, uint32_t a, uint32_t b)
{
	if (blocking->key_count < INDEX_KEYS_MAX)
		blocking->keys[blocking->key_count++] = (struct block_key){ count, { a, b } };
}

/* The whole of each name, its twin's together, and what each is joined with. */
static void choose_keys(struct blocking *blocking, const struct field_list *list)
{
	uint32_t names[FIELDS_MAX], name_count = 0;

	for (uint32_t f = 0; f < list->count; f++) {
		const struct field *field = &list->fields[f];

		if (field->kind == KIND_NAME && field->twin > f)
			add_key(blocking, 1, add_atom(blocking, f, field->twin, 0), 0);
		if (field->kind == KIND_PHONE)
			add_key(blocking, 1, add_atom(blocking, f, f, 1), 0);
		if (field->kind == KIND_NAME && name_count < 3)
			names[name_count++] = add_atom(blocking, f, f, 0);
	}
	for (uint32_t i = 0; i < name_count; i++)
		for (uint32_t k = i + 1; k < name_count; k++)
			if (list->fields[blocking->atoms[names[i]].field].twin !=
				blocking->atoms[names[k]].field)
				add_key(blocking, 2, names[i], names[k]);
	for (uint32_t f = 0; f < list->count; f++) {
		enum field_kind kind = list->fields[f].kind;
		uint32_t most = kind == KIND_DATE ? 2 : kind == KIND_PLACE ? 1 : 0;

		for (uint32_t i = 0; i < most && i < name_count; i++)
			add_key(blocking, 2, names[i],
				add_atom(blocking, f, f, kind == KIND_DATE ? 1 : 0));
	}
	if (blocking->key_count == 0)
		add_key(blocking, 1, add_atom(blocking, 0, 0, 0), 0);
	block_use_keys(blocking);
}

struct index *index_new(const struct field_list *list, uint32_t capacity, struct lg_arena *arena)
{
	struct index *index = lg_alloc(arena, sizeof *index);

	assert(capacity > 0 && capacity <= INDEX_ROWS_MAX && capacity < ROSTER_MAX);
	*index = (struct index){ .arena = arena, .capacity = capacity, .free_row = NO_ROW };
	roster_init(&index->roster, list, capacity + 1, 0, arena);
	index->blocking.roster = &index->roster;
	choose_keys(&index->blocking, list);
	pairing_init(&index->pairing, &index->roster, arena);
	index->bucket_count = 64;
	while (index->bucket_count < capacity)
		index->bucket_count *= 2;
	index->tags = lg_alloc_array(arena, capacity, sizeof(uint32_t));
	index->stamps = lg_alloc_array(arena, capacity, sizeof(uint32_t));
	index->next_of_tag = lg_alloc_array(arena, capacity, sizeof(uint32_t));
	index->of_tag = lg_alloc_array(arena, index->bucket_count, sizeof(uint32_t));
	index->next = lg_alloc_array(
		arena, (size_t)capacity * index->blocking.key_count, sizeof(uint32_t));
	index->heads = lg_alloc_array(
		arena, (size_t)index->bucket_count * index->blocking.key_count, sizeof(uint32_t));
	memset(index->of_tag, 0xff, index->bucket_count * sizeof(uint32_t));
	memset(index->heads, 0xff,
		(size_t)index->bucket_count * index->blocking.key_count * sizeof(uint32_t));
	return index;
}

static uint32_t *head_of(struct index *index, uint32_t key, uint32_t hash)
{
	return &index->heads[(size_t)key * index->bucket_count +
			     (hash & (index->bucket_count - 1))];
}

static uint32_t *tag_head(struct index *index, uint32_t tag)
{
	return &index->of_tag[value_hash(&tag, sizeof tag, 3) & (index->bucket_count - 1)];
}

static uint32_t *next_of(struct index *index, uint32_t row, uint32_t key)
{
	return &index->next[(size_t)row * index->blocking.key_count + key];
}

static void find_rarity(struct roster *roster, uint32_t pool, uint32_t id)
{
	uint32_t uses = roster->uses[pool][id] > 0 ? roster->uses[pool][id] : 1;
	double total = roster->total[pool] > 0 ? (double)roster->total[pool] : 1;

	roster->rarity[pool][id] = (float)log2(total / uses);
}

/* Room for the uses of a value; the old tables stay with the arena. */
static void make_room(struct index *index, uint32_t pool, uint32_t id)
{
	struct roster *roster = &index->roster;
	uint32_t room = index->use_room[pool] == 0 ? FIRST_USES : index->use_room[pool];
	uint32_t *uses;
	float *rarity;

	if (id < index->use_room[pool])
		return;
	while (room <= id)
		room *= 2;
	uses = lg_alloc_array(index->arena, room, sizeof *uses);
	rarity = lg_alloc_array(index->arena, room, sizeof *rarity);
	for (uint32_t i = 0; i < index->use_room[pool]; i++) {
		uses[i] = roster->uses[pool][i];
		rarity[i] = roster->rarity[pool][i];
	}
	roster->uses[pool] = uses;
	roster->rarity[pool] = rarity;
	index->use_room[pool] = room;
}

/* Rarities are of their last change, and all made anew each time that the index has doubled. */
static void count_use(struct index *index, uint32_t pool, uint32_t id, int32_t change)
{
	struct roster *roster = &index->roster;
	double before = roster->uses[pool][id], after = before + change;

	roster->uses[pool][id] = (uint32_t)after;
	roster->total[pool] = (uint64_t)((int64_t)roster->total[pool] + change);
	index->twice[pool] += after * after - before * before;
	if (roster->total[pool] >= 2 * index->fresh_at[pool]) {
		index->fresh_at[pool] = roster->total[pool];
		for (uint32_t i = 1; i <= roster->vocabularies[pool]->count; i++)
			if (i < index->use_room[pool])
				find_rarity(roster, pool, i);
	}
	find_rarity(roster, pool, id);

	double total = (double)roster->total[pool];

	roster->mean_rarity[pool] =
		index->twice[pool] > 0 ? (float)-log2(index->twice[pool] / (total * total)) : 0;
}

/* Reads cells into a row of the roster. */
static void read_row(struct index *index, uint32_t row, const struct lg_bytes *cells)
{
	const struct field_list *list = &index->roster.list;

	for (uint32_t f = 0; f < list->count; f++) {
		uint32_t pool = list->fields[f].pool, id;

		roster_set(&index->roster, row, f, cells[f]);
		id = roster_ids(&index->roster, row)[f];
		make_room(index, pool, id);
		if (id != 0 && index->roster.uses[pool][id] == 0)
			find_rarity(&index->roster, pool, id);
	}
}

static void count_row(struct index *index, uint32_t row, int32_t change)
{
	const struct field_list *list = &index->roster.list;
	const uint32_t *ids = roster_ids(&index->roster, row);

	for (uint32_t f = 0; f < list->count; f++)
		if (ids[f] != 0)
			count_use(index, list->fields[f].pool, ids[f], change);
}

struct lg_status index_insert(struct index *index, uint32_t tag, const struct lg_bytes *cells)
{
	uint32_t hashes[INDEX_KEYS_MAX], row = index->free_row;
	uint32_t *head = tag_head(index, tag);

	if (row == NO_ROW && index->used == index->capacity)
		return lg_refuse("the index is full");
	if (row == NO_ROW)
		row = index->used++;
	else
		index->free_row = index->next_of_tag[row];
	read_row(index, row, cells);
	count_row(index, row, 1);
	index->tags[row] = tag;
	index->stamps[row] = 0;
	index->next_of_tag[row] = *head;
	*head = row;
	block_hash_ids(&index->blocking, roster_ids(&index->roster, row), hashes);
	for (uint32_t k = 0; k < index->blocking.key_count; k++) {
		uint32_t *chain = head_of(index, k, hashes[k]);

		if (hashes[k] == 0)
			continue;
		*next_of(index, row, k) = *chain;
		*chain = row;
	}
	index->row_count++;
	return lg_done();
}

static void leave_chains(struct index *index, uint32_t row)
{
	uint32_t hashes[INDEX_KEYS_MAX];

	block_hash_ids(&index->blocking, roster_ids(&index->roster, row), hashes);
	for (uint32_t k = 0; k < index->blocking.key_count; k++) {
		uint32_t *link = head_of(index, k, hashes[k]);

		if (hashes[k] == 0)
			continue;
		while (*link != row) {
			assert(*link != NO_ROW);
			link = next_of(index, *link, k);
		}
		*link = *next_of(index, row, k);
	}
}

uint32_t index_remove(struct index *index, uint32_t tag)
{
	uint32_t *link = tag_head(index, tag), removed = 0;

	while (*link != NO_ROW) {
		uint32_t row = *link;

		if (index->tags[row] != tag) {
			link = &index->next_of_tag[row];
			continue;
		}
		*link = index->next_of_tag[row];
		leave_chains(index, row);
		count_row(index, row, -1);
		index->tags[row] = NO_ROW;
		index->next_of_tag[row] = index->free_row;
		index->free_row = row;
		removed++;
	}
	index->row_count -= removed;
	return removed;
}

/* The best so far, best first; each tag once. */
struct best {
	uint32_t count, top;
	uint32_t but; /* who asks; NO_ROW: nobody who is in the index */
	struct {
		uint32_t tag, row;
		float bits;
	} hits[INDEX_TOP_MAX];
};

static void take(struct best *best, uint32_t tag, uint32_t row, float bits)
{
	uint32_t at = 0;

	if (tag == best->but)
		return;
	while (at < best->count && best->hits[at].tag != tag)
		at++;
	if (at < best->count && best->hits[at].bits >= bits)
		return;
	if (at == best->count) {
		if (best->count == best->top && best->hits[at - 1].bits >= bits)
			return;
		if (best->count < best->top)
			best->count++;
		else
			at--;
	}
	for (; at > 0 && best->hits[at - 1].bits < bits; at--)
		best->hits[at] = best->hits[at - 1];
	best->hits[at].tag = tag;
	best->hits[at].row = row;
	best->hits[at].bits = bits;
}

static void weigh_row(struct index *index, struct score *score, uint32_t row, struct best *best)
{
	float bits = score_pair(score, roster_ids(&index->roster, index->capacity),
		roster_ids(&index->roster, row));

	if (bits >= score->floor)
		take(best, index->tags[row], row, bits);
	if (best->count == best->top && best->hits[best->top - 1].bits > score->floor)
		score->floor = best->hits[best->top - 1].bits;
}

static void walk_chains(struct index *index, struct score *score, struct best *best)
{
	uint32_t hashes[INDEX_KEYS_MAX];

	block_hash_ids(&index->blocking, roster_ids(&index->roster, index->capacity), hashes);
	for (uint32_t k = 0; k < index->blocking.key_count; k++) {
		uint32_t row = hashes[k] == 0 ? NO_ROW : *head_of(index, k, hashes[k]);

		for (uint32_t steps = 0; row != NO_ROW && steps < CHAIN_MAX; steps++) {
			uint32_t next = *next_of(index, row, k);

			if (next != NO_ROW)
				__builtin_prefetch(roster_ids(&index->roster, next));
			if (index->stamps[row] != index->search)
				weigh_row(index, score, row, best);
			index->stamps[row] = index->search;
			row = next;
		}
	}
}

static uint32_t give(struct index *index, const struct model *model, const struct best *best,
	struct index_hit *ret_hits)
{
	const uint32_t *asked = roster_ids(&index->roster, index->capacity);

	for (uint32_t i = 0; i < best->count; i++) {
		const uint32_t *ids = roster_ids(&index->roster, best->hits[i].row);

		ret_hits[i].tag = best->hits[i].tag;
		ret_hits[i].bits = best->hits[i].bits;
		model_explain(model, &index->roster, pairing_pattern(&index->pairing, asked, ids),
			asked, ids, ret_hits[i].reasons);
	}
	return best->count;
}

/* With what is asked for in the row behind all others. */
static struct score begin_asked(struct index *index, const struct model *model, float least)
{
	struct score score;

	assert(model->list.count == index->roster.list.count);
	score_init(&score, model, &index->pairing, least);
	if (++index->search == 0) { /* once in four thousand million searches */
		memset(index->stamps, 0, index->capacity * sizeof(uint32_t));
		index->search = 1;
	}
	return score;
}

static struct score begin(
	struct index *index, const struct model *model, const struct lg_bytes *cells, float least)
{
	read_row(index, index->capacity, cells);
	return begin_asked(index, model, least);
}

uint32_t index_search(struct index *index, const struct model *model, const struct lg_bytes *cells,
	float least, uint32_t top, struct index_hit *ret_hits)
{
	struct score score = begin(index, model, cells, least);
	struct best best = { .top = top, .but = NO_ROW };

	assert(top > 0 && top <= INDEX_TOP_MAX);
	walk_chains(index, &score, &best);
	return give(index, model, &best, ret_hits);
}

uint32_t index_search_tag(struct index *index, const struct model *model, uint32_t tag, float least,
	uint32_t top, struct index_hit *ret_hits)
{
	const size_t row_bytes = index->roster.list.count * sizeof(uint32_t);
	struct best best = { .top = top, .but = tag };

	assert(top > 0 && top <= INDEX_TOP_MAX);
	for (uint32_t row = *tag_head(index, tag); row != NO_ROW; row = index->next_of_tag[row]) {
		struct score score;

		if (index->tags[row] != tag)
			continue;
		memcpy(index->roster.ids + (size_t)index->capacity * index->roster.list.count,
			roster_ids(&index->roster, row), row_bytes);
		score = begin_asked(index, model, least);
		walk_chains(index, &score, &best);
	}
	for (uint32_t i = 0; i < best.count; i++)
		ret_hits[i] =
			(struct index_hit){ .tag = best.hits[i].tag, .bits = best.hits[i].bits };
	return best.count;
}

uint32_t index_scan(struct index *index, const struct model *model, const struct lg_bytes *cells,
	float least, uint32_t top, struct index_hit *ret_hits)
{
	struct score score = begin(index, model, cells, least);
	struct best best = { .top = top, .but = NO_ROW };

	assert(top > 0 && top <= INDEX_TOP_MAX);
	for (uint32_t row = 0; row < index->used; row++)
		if (index->tags[row] != NO_ROW)
			weigh_row(index, &score, row, &best);
	return give(index, model, &best, ret_hits);
}

struct index_counts index_counts(const struct index *index)
{
	uint64_t bytes = sizeof *index + PAIRING_MEMORY * sizeof(uint64_t);
	uint64_t keys = index->blocking.key_count;

	bytes += (uint64_t)index->capacity * 4 * (index->roster.list.count + 3 + keys);
	bytes += (uint64_t)index->bucket_count * 4 * (1 + keys);
	for (uint32_t f = 0; f < index->roster.list.count; f++) {
		const struct vocabulary *vocabulary = index->roster.vocabularies[f];

		if (index->roster.list.fields[f].pool != f)
			continue;
		bytes += (uint64_t)vocabulary->count * vocabulary->stride +
			 2 * vocabulary->slot_count * sizeof(struct vocabulary_slot) +
			 (uint64_t)index->use_room[f] * 16;
	}
	return (struct index_counts){ .rows = index->row_count, .bytes = bytes };
}
