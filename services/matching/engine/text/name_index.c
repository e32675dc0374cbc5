/* Postings by gram, a share of what is shared, then costs (name_index.h). */
#include "services/matching/engine/text/name_index.h"

#include <assert.h>

#define COMPARED_MIN 400 /* names that are compared at least, when so many share anything */
#define SHARES       64  /* steps of how much is shared */
#define WORTH_UNIT   16
#define COST_MAX     2000

/* 16 log2(n), n above 0, to a sixteenth: good enough for a worth. */
static uint32_t log2_16(uint32_t n)
{
	uint32_t whole = 31 - (uint32_t)__builtin_clz(n);
	uint64_t rest = ((uint64_t)n << 4 >> whole) - 16;

	return 16 * whole + (uint32_t)rest;
}

size_t name_index_places(const struct name_form *forms, uint32_t count)
{
	uint16_t grams[NAME_GRAMS_MAX];
	size_t places = 0;

	for (uint32_t i = 0; i < count; i++)
		places += name_form_grams(&forms[i], grams);
	return places;
}

/* How often each gram stands, then where its places begin. */
static void count_grams(struct name_index *index)
{
	uint16_t grams[NAME_GRAMS_MAX];
	uint32_t begin = 0;

	for (uint32_t i = 0; i < index->count; i++)
		for (uint32_t k = name_form_grams(&index->forms[i], grams); k-- > 0;)
			index->starts[grams[k]]++;
	for (uint32_t gram = 0; gram < NAME_GRAM_COUNT; gram++) {
		uint32_t often = index->starts[gram];

		index->starts[gram] = begin;
		index->worth[gram] =
			(uint16_t)(WORTH_UNIT + (often == 0 ? 0 : log2_16(index->count / often)));
		begin += often;
	}
	index->starts[NAME_GRAM_COUNT] = begin;
}

void name_index_build(const struct name_form *forms, uint32_t count, uint32_t *places,
	uint16_t *totals, struct name_index *ret_index)
{
	uint32_t next[NAME_GRAM_COUNT];
	uint16_t grams[NAME_GRAMS_MAX];

	*ret_index = (struct name_index){
		.forms = forms, .count = count, .places = places, .totals = totals
	};
	count_grams(ret_index);
	memcpy(next, ret_index->starts, sizeof next);
	for (uint32_t i = 0; i < count; i++) {
		totals[i] = 0;
		for (uint32_t k = name_form_grams(&forms[i], grams); k-- > 0;) {
			places[next[grams[k]]++] = i;
			totals[i] = (uint16_t)(totals[i] + ret_index->worth[grams[k]]);
		}
	}
}

/* How much of both names is shared, in SHARES steps; 0: nothing, or too little to see. */
static uint32_t share(
	const struct name_index *index, uint32_t place, uint32_t shared, uint32_t total)
{
	uint32_t whole = total + index->totals[place];
	uint32_t step = whole == 0 ? 0 : 2 * (SHARES - 1) * shared / whole;

	assert(step < SHARES);
	return step;
}

static void keep(struct name_hit *hits, uint32_t *count, uint32_t top, struct name_hit hit)
{
	uint32_t at = *count < top ? (*count)++ : top - 1;

	for (; at > 0 && (hits[at - 1].cost > hit.cost ||
				 (hits[at - 1].cost == hit.cost && hits[at - 1].place > hit.place));
		at--)
		hits[at] = hits[at - 1];
	hits[at] = hit;
}

/* The grams of one name, and what it shares with each of the list. */
struct asked {
	const struct name_form *form;
	uint32_t count, total;
	uint16_t grams[NAME_GRAMS_MAX];
};

static void add_shared(
	const struct name_index *index, const struct asked *asked, struct name_search *search)
{
	for (uint32_t k = 0; k < asked->count; k++) {
		uint16_t worth = index->worth[asked->grams[k]];

		for (uint32_t at = index->starts[asked->grams[k]];
			at < index->starts[asked->grams[k] + 1]; at++) {
			uint16_t *shared = &search->shared[index->places[at]];

			*shared = (uint16_t)(*shared + worth);
		}
	}
}

/* The least share that leaves COMPARED_MIN names to be compared. */
static uint32_t least_share(
	const struct name_index *index, const struct asked *asked, const struct name_search *search)
{
	uint32_t often[SHARES] = { 0 }, least = SHARES, compared = 0;

	for (uint32_t place = 0; place < index->count; place++)
		if (search->shared[place] != 0)
			often[share(index, place, search->shared[place], asked->total)]++;
	while (least > 1 && compared < COMPARED_MIN)
		compared += often[--least];
	return least;
}

uint32_t name_index_search(const struct name_index *index, const struct name_form *form,
	struct name_search *search, uint32_t top, struct name_hit *ret_hits)
{
	struct asked asked = { .form = form };
	uint32_t count = 0;

	assert(top >= 1);
	assert(top <= NAME_INDEX_TOP_MAX);
	asked.count = name_form_grams(form, asked.grams);
	for (uint32_t k = 0; k < asked.count; k++)
		asked.total += index->worth[asked.grams[k]];
	add_shared(index, &asked, search);

	uint32_t least = least_share(index, &asked, search);

	for (uint32_t place = 0; place < index->count; place++) {
		uint32_t shared = search->shared[place];

		search->shared[place] = 0;
		if (shared == 0 || share(index, place, shared, asked.total) < least)
			continue;

		uint32_t limit = count < top ? COST_MAX : ret_hits[top - 1].cost;
		uint32_t cost = name_form_cost(form, &index->forms[place], limit);

		if (cost < limit)
			keep(ret_hits, &count, top,
				(struct name_hit){ .place = place, .cost = cost });
	}
	return count;
}
