/*
 * Encodings lie in shelves of blocks, eight side by side (clk_scan.h); a person's rows are linked,
 * and found by a table of her id.  Rows are never used again: whoever is taken in anew leaves zeros
 * behind, which are alike to nobody.
 */
#include "services/matching/memory/encodings.h"

#include <assert.h>
#include <stdlib.h>

#define SHELF_BLOCKS 512u
#define SHELF_ROWS   (SHELF_BLOCKS * CLK_LANES)
#define SHELVES_MAX  4096u /* 16.7 million encodings */
#define FIRST_ROWS   1024u
#define NOBODY       UINT32_MAX

struct row {
	struct lg_id record_id;
	uint32_t next;    /* of the same bucket */
	uint32_t sibling; /* another name of the same person; NOBODY */
};

struct encodings {
	struct lg_arena *arena;
	uint16_t site;
	uint32_t period;
	int64_t through;
	uint32_t count, room;
	struct row *rows;
	uint32_t *buckets; /* of room: a power of two; first row of each person */
	struct clk_block *shelves[SHELVES_MAX];
	uint64_t bytes;
};

struct encodings *encodings_new(void)
{
	struct encodings *encodings = calloc(1, sizeof *encodings);

	if (encodings == NULL)
		abort();
	return encodings;
}

void encodings_free(struct encodings *encodings)
{
	if (encodings == NULL)
		return;
	if (encodings->arena != NULL)
		lg_arena_free(encodings->arena);
	free(encodings);
}

bool encodings_are_of(const struct encodings *encodings, uint16_t site, uint32_t period)
{
	return encodings->arena != NULL && encodings->site == site && encodings->period == period;
}

static uint32_t *bucket_of(const struct encodings *encodings, struct lg_id record_id)
{
	uint32_t hash; /* the last half of an id is random */

	memcpy(&hash, record_id.byte + LG_ID_SIZE - sizeof hash, sizeof hash);
	return &encodings->buckets[(hash ^ hash >> 16) & (encodings->room - 1)];
}

/* Twice the room; what lay in the smaller tables stays in the arena until all is forgotten. */
static void grow(struct encodings *encodings)
{
	uint32_t room = encodings->room == 0 ? FIRST_ROWS : encodings->room * 2;
	struct row *rows = lg_alloc_array(encodings->arena, room, sizeof *rows);

	if (encodings->count > 0)
		memcpy(rows, encodings->rows, encodings->count * sizeof *rows);
	encodings->rows = rows;
	encodings->room = room;
	encodings->buckets = lg_alloc_array(encodings->arena, room, sizeof *encodings->buckets);
	memset(encodings->buckets, 0xff, room * sizeof *encodings->buckets);
	encodings->bytes += room * (sizeof *rows + sizeof *encodings->buckets);
	for (uint32_t i = 0; i < encodings->count; i++) {
		uint32_t *bucket = bucket_of(encodings, rows[i].record_id);

		if (rows[i].next == i) /* not the first of its person: in no bucket */
			continue;
		rows[i].next = *bucket;
		*bucket = i;
	}
}

void encodings_begin(struct encodings *encodings, uint16_t site, uint32_t period)
{
	if (encodings->arena != NULL)
		lg_arena_free(encodings->arena);
	*encodings = (struct encodings){
		.arena = lg_arena_new_resident(), .site = site, .period = period
	};
	grow(encodings);
}

int64_t encodings_through(const struct encodings *encodings)
{
	return encodings->through;
}

static struct clk_block *shelf_of(struct encodings *encodings, uint32_t row)
{
	uint32_t shelf = row / SHELF_ROWS;
	size_t size = SHELF_BLOCKS * sizeof(struct clk_block);

	assert(shelf < SHELVES_MAX);
	if (encodings->shelves[shelf] == NULL) {
		uint8_t *bytes = lg_alloc(encodings->arena, size + _Alignof(struct clk_block));
		uintptr_t past = (uintptr_t)bytes % _Alignof(struct clk_block);

		encodings->shelves[shelf] =
			(struct clk_block *)(bytes + (_Alignof(struct clk_block) - past));
		encodings->bytes += size;
	}
	return encodings->shelves[shelf];
}

static uint32_t find(const struct encodings *encodings, struct lg_id record_id)
{
	uint32_t row = *bucket_of(encodings, record_id);

	while (row != NOBODY && !lg_id_equal(encodings->rows[row].record_id, record_id))
		row = encodings->rows[row].next;
	return row;
}

static void put(struct encodings *encodings, uint32_t row, const struct clk *clk)
{
	clk_put(shelf_of(encodings, row), row % SHELF_ROWS, clk);
}

/* A new row of a person, behind the last of hers. */
static uint32_t add_row(struct encodings *encodings, struct lg_id record_id, uint32_t last)
{
	uint32_t row;

	if (encodings->count == encodings->room)
		grow(encodings);
	row = encodings->count++;
	encodings->rows[row] =
		(struct row){ .record_id = record_id, .next = row, .sibling = NOBODY };
	if (last != NOBODY) {
		encodings->rows[last].sibling = row;
	} else {
		uint32_t *bucket = bucket_of(encodings, record_id);

		encodings->rows[row].next = *bucket;
		*bucket = row;
	}
	return row;
}

void encodings_take(struct encodings *encodings, struct lg_id record_id, int64_t place,
	const struct clk *clks, uint32_t count)
{
	static const struct clk nobody = { { 0 } };
	uint32_t row = find(encodings, record_id), last = NOBODY, taken = 0;

	for (; row != NOBODY; row = encodings->rows[row].sibling) { /* the rows that she has */
		put(encodings, row, taken < count ? &clks[taken] : &nobody);
		taken++;
		last = row;
	}
	for (; taken < count; taken++) {
		last = add_row(encodings, record_id, last);
		put(encodings, last, &clks[taken]);
	}
	encodings->through = place;
}

/* The best rows of all questions; of one person more than one may be among them. */
static void merge(struct clk_top *best, const struct clk_top *found, uint32_t first)
{
	for (uint32_t i = 0; i < found->count; i++) {
		uint32_t at = best->count;

		while (at > 0 && best->at[at - 1].alike < found->at[i].alike)
			at--;
		if (at == best->limit)
			continue;
		if (best->count < best->limit)
			best->count++;
		for (uint32_t k = best->count - 1; k > at; k--)
			best->at[k] = best->at[k - 1];
		best->at[at] = (struct clk_hit){ .record = first + found->at[i].record,
			.alike = found->at[i].alike };
	}
	if (best->count == best->limit)
		best->least = best->at[best->count - 1].alike + 1;
}

uint32_t encodings_search(const struct encodings *encodings, const struct clk *questions,
	uint32_t count, struct lg_id ret_record_ids[ENCODINGS_FOUND_MAX])
{
	/* as many rows as the most that one person may fill */
	struct clk_top best = clk_top(ENCODINGS_FOUND_MAX * CLK_ALIASES, CLK_LEAST_HIT);
	struct clk_top tops[CLK_ALIASES];
	enum clk_unit unit = clk_best_unit();
	uint32_t found = 0;

	assert(count <= CLK_ALIASES);
	for (uint32_t first = 0; first < encodings->count && best.least <= 1000;
		first += SHELF_ROWS) {
		uint32_t rows = encodings->count - first < SHELF_ROWS ? encodings->count - first
								      : SHELF_ROWS;

		for (uint32_t q = 0; q < count; q++)
			tops[q] = clk_top(best.limit, best.least);
		clk_scan(unit, questions, count, encodings->shelves[first / SHELF_ROWS],
			(rows + CLK_LANES - 1) / CLK_LANES, tops);
		for (uint32_t q = 0; q < count; q++)
			merge(&best, &tops[q], first);
	}
	for (uint32_t i = 0; i < best.count && found < ENCODINGS_FOUND_MAX; i++) {
		struct lg_id record_id = encodings->rows[best.at[i].record].record_id;
		uint32_t k = 0;

		while (k < found && !lg_id_equal(ret_record_ids[k], record_id))
			k++;
		if (k == found)
			ret_record_ids[found++] = record_id;
	}
	return found;
}

uint32_t encodings_count(const struct encodings *encodings)
{
	return encodings->count;
}

uint64_t encodings_bytes(const struct encodings *encodings)
{
	return encodings->bytes;
}
