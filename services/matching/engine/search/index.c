/*
 * Rows are the records of a roster; behind them stands the row that is asked for.  Each row lies in
 * a few lists (postings.h): under the sound of its given name, under that of its family name with
 * the year of birth, under its telephone.  A list may be long, so what it holds is judged where
 * it lies (glance.h); the shortlist keeps those that promise most, and they alone are looked up
 * and compared, best first, until no promise comes near whom is found already.
 */
#include "services/matching/engine/search/index.h"

#include <assert.h>

#include "services/matching/engine/linkage/pairing.h"
#include "services/matching/engine/linkage/score.h"
#include "services/matching/engine/search/outlook.h"
#include "services/matching/engine/search/postings.h"
#include "services/matching/engine/search/promise.h"
#include "services/matching/engine/search/shortlist.h"
#include "services/matching/engine/search/tally.h"

#define NO_ROW       UINT32_MAX
#define LEADS_MAX    6
#define HALF_BITS    2.5f
#define ROWS_OF_LIST 8u    /* that lists have on average; lists of few rows share one */
#define ROWS_AHEAD   4     /* of whose names memory is asked before they are compared */
#define SEEN         256u  /* rows that one search remembers to have compared */
#define SLACK_BITS   6.0f  /* by which a promise may turn out to be too low */
#define SUM_ERROR    0.01f /* by which sums of the same bits in another order differ, at most */

_Static_assert(INDEX_ROWS_MAX >> PROMISE_ROW_BITS <= 1, "a row's number fits");

/* Under what rows are listed: an atom of a value, or one of each of two. */
struct lead {
	uint32_t field, which;
	uint32_t with, which_with; /* FIELDS_MAX: nothing */
	bool is_loose;             /* rows where the second one is missing are asked for too */
	float more_bits;           /* what its rows promise beyond what they show */
};

struct index {
	struct lg_arena *arena;
	struct roster roster;
	struct tally tally;
	struct pairing pairing;
	uint32_t lead_count;
	struct lead leads[LEADS_MAX];
	struct promise_layout layout;
	struct postings postings;
	uint32_t bucket_count; /* lists of one lead, a power of two */
	uint32_t tag_mask;
	uint32_t capacity, used, row_count;
	uint32_t free_row;     /* a list by next_of_tag */
	uint32_t *tags;        /* per row */
	uint32_t *next_of_tag; /* per row */
	uint32_t *of_tag;      /* heads */
	struct promise straight, crossed;
	struct shortlist shortlist;
	struct outlook outlook; /* of a look at everybody */
};

static void add_lead(struct index *index, struct lead lead)
{
	if (index->lead_count < LEADS_MAX)
		index->leads[index->lead_count++] = lead;
}

/* The first two names, and the first place; FIELDS_MAX: there is none. */
static void choose_leads(struct index *index, const struct field_list *list)
{
	uint32_t names[2] = { FIELDS_MAX, FIELDS_MAX }, name_count = 0, place = FIELDS_MAX;

	for (uint32_t f = 0; f < list->count; f++) {
		if (list->fields[f].kind == KIND_NAME && name_count < 2)
			names[name_count++] = f;
		if (list->fields[f].kind == KIND_PLACE && place == FIELDS_MAX)
			place = f;
		if (list->fields[f].kind == KIND_PHONE)
			add_lead(index, (struct lead){ f, 1, FIELDS_MAX, 0, false, 16 });
	}
	if (name_count > 0)
		add_lead(index, (struct lead){ names[0], 0, FIELDS_MAX, 0, false, 0 });
	if (name_count > 1) {
		add_lead(index, (struct lead){ names[1], 0, place, 0, true, 0 });
		add_lead(index, (struct lead){ names[1], 0, names[0], 1, false, HALF_BITS });
		add_lead(index, (struct lead){ names[1], 0, names[0], 2, false, HALF_BITS });
	}
	for (uint32_t f = 0; f < list->count && name_count == 0; f++)
		add_lead(index, (struct lead){ f, 0, FIELDS_MAX, 0, false, 0 });
}

struct index *index_new(const struct field_list *list, uint32_t capacity, struct lg_arena *arena)
{
	struct index *index = lg_alloc(arena, sizeof *index);
	uint32_t tag_heads = 64;

	assert(capacity > 0 && capacity <= INDEX_ROWS_MAX && capacity < ROSTER_MAX);
	*index = (struct index){
		.arena = arena, .capacity = capacity, .free_row = NO_ROW, .bucket_count = 64
	};
	roster_init(&index->roster, list, capacity + 1, 0, arena);
	choose_leads(index, list);
	promise_plan(list, &index->layout);
	tally_init(&index->tally, &index->roster, arena);
	pairing_init_sized(&index->pairing, &index->roster, PAIRING_SEARCH_BITS, arena);
	outlook_init(&index->outlook, &index->pairing, arena);
	while (index->bucket_count < capacity / ROWS_OF_LIST)
		index->bucket_count *= 2;
	postings_init(&index->postings, index->bucket_count * index->lead_count, arena);
	while (tag_heads < capacity)
		tag_heads *= 2;
	index->tag_mask = tag_heads - 1;
	index->tags = lg_alloc_array(arena, capacity, sizeof(uint32_t));
	index->next_of_tag = lg_alloc_array(arena, capacity, sizeof(uint32_t));
	index->of_tag = lg_alloc_array(arena, tag_heads, sizeof(uint32_t));
	memset(index->of_tag, 0xff, tag_heads * sizeof(uint32_t));
	return index;
}

static uint32_t *tag_head(struct index *index, uint32_t tag)
{
	return &index->of_tag[value_hash(&tag, sizeof tag, 3) & index->tag_mask];
}

static uint32_t list_for(const struct index *index, uint32_t lead, uint32_t atom, uint32_t with)
{
	uint32_t of[3] = { lead, atom, with };

	return lead * index->bucket_count +
	       ((uint32_t)value_hash(of, sizeof of, 5) & (index->bucket_count - 1));
}

/* Part of a value; 0: there is none. */
static uint32_t atom_of(
	const struct index *index, const uint32_t *ids, uint32_t field, uint32_t which)
{
	if (field == FIELDS_MAX || ids[field] == 0)
		return 0;
	return vocabulary_value(index->roster.vocabularies[field], ids[field])->atoms[which];
}

/* Puts a row into the lists of its values, or takes it out. */
static void list_row(struct index *index, uint32_t row,
	void (*change)(struct postings *postings, uint32_t list, uint64_t word))
{
	const uint32_t *ids = roster_ids(&index->roster, row);
	uint64_t word = promise_word(&index->layout, &index->roster, ids, row);

	for (uint32_t i = 0; i < index->lead_count; i++) {
		const struct lead *lead = &index->leads[i];
		uint32_t atom = atom_of(index, ids, lead->field, lead->which);
		uint32_t with = atom_of(index, ids, lead->with, lead->which_with);

		if (atom == 0 || (with == 0 && lead->with != FIELDS_MAX && !lead->is_loose))
			continue;
		change(&index->postings, list_for(index, i, atom, with), word);
	}
}

struct lg_status index_insert(struct index *index, uint32_t tag, const struct lg_bytes *cells)
{
	uint32_t row = index->free_row;
	uint32_t *head = tag_head(index, tag);

	if (row == NO_ROW && index->used == index->capacity)
		return lg_refuse("the index is full");
	if (row == NO_ROW)
		row = index->used++;
	else
		index->free_row = index->next_of_tag[row];
	tally_read_row(&index->tally, row, cells);
	tally_count_row(&index->tally, row, 1);
	index->tags[row] = tag;
	index->next_of_tag[row] = *head;
	*head = row;
	list_row(index, row, postings_add);
	index->row_count++;
	return lg_done();
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
		list_row(index, row, postings_remove);
		tally_count_row(&index->tally, row, -1);
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

/* more: what all rows of the list promise beyond what they show, in steps. */
static void walk_list(
	struct index *index, const struct promise *promise, uint32_t number, int32_t more)
{
	struct shortlist *list = &index->shortlist;
	const struct promise_layout layout = index->layout;

	for (struct postings_walk walk = postings_first(&index->postings, number); walk.count > 0;
		postings_next(&walk))
		for (uint32_t i = 0; i < walk.count; i++) {
			int32_t level =
				promise_of(&layout, promise, walk.words[i]) + more - list->least;

			if (level >= (int32_t)list->from)
				shortlist_pick(list, (uint32_t)level, promise_row(walk.words[i]));
		}
}

/* The lists of one question, and what their rows promise. */
struct walks {
	uint32_t count;
	uint32_t word_count; /* of all lists */
	struct {
		const struct promise *promise;
		uint32_t list;
		int32_t more;
	} walks[3 * LEADS_MAX];
};

/* Where the list lies is asked of memory at once. */
static void add_walk(const struct index *index, struct walks *walks, const struct promise *promise,
	uint32_t lead, uint32_t atom, uint32_t with)
{
	uint32_t list = list_for(index, lead, atom, with);

	walks->walks[walks->count].promise = promise;
	walks->walks[walks->count].list = list;
	walks->walks[walks->count++].more = (int32_t)(index->leads[lead].more_bits * PROMISE_STEPS);
	postings_expect(&index->postings, list);
}

static void choose_walks(const struct index *index, const uint32_t *ids, struct walks *walks)
{
	for (uint32_t i = 0; i < index->lead_count; i++) {
		const struct lead *lead = &index->leads[i];
		uint32_t twin = index->roster.list.fields[lead->field].twin;
		uint32_t atom = atom_of(index, ids, lead->field, lead->which);
		uint32_t with = atom_of(index, ids, lead->with, lead->which_with);

		if (atom != 0 && (with != 0 || lead->with == FIELDS_MAX))
			add_walk(index, walks, &index->straight, i, atom, with);
		if (atom != 0 && lead->is_loose)
			add_walk(index, walks, &index->straight, i, atom, 0);
		if (twin == lead->field || lead->with != FIELDS_MAX)
			continue;
		atom = atom_of(index, ids, twin, lead->which);
		if (atom != 0)
			add_walk(index, walks, &index->crossed, i, atom, 0);
	}
}

/* Where lists lie has come meanwhile: how long they are, and their first words, are asked for. */
static void measure_walks(const struct index *index, struct walks *walks)
{
	for (uint32_t i = 0; i < walks->count; i++) {
		walks->word_count += postings_count(&index->postings, walks->walks[i].list);
		postings_expect_words(&index->postings, walks->walks[i].list);
	}
}

static void walk_leads(struct index *index, const struct walks *walks)
{
	for (uint32_t i = 0; i < walks->count; i++)
		walk_list(
			index, walks->walks[i].promise, walks->walks[i].list, walks->walks[i].more);
}

/* Asks memory for all rows that may be compared, many of which lie across two of its lines. */
static void expect_rows(const struct index *index)
{
	const struct shortlist *list = &index->shortlist;

	for (uint32_t i = 0; i < list->count; i++) {
		const uint32_t *ids = roster_ids(&index->roster, (uint32_t)list->sorted[i]);

		__builtin_prefetch(ids);
		__builtin_prefetch(ids + index->roster.list.count - 1);
	}
}

/* And for what tells names of a row apart at a glance. */
static void expect_sketches(const struct index *index, uint32_t row)
{
	const struct roster *roster = &index->roster;
	const uint32_t *ids = roster_ids(roster, row);

	for (uint32_t f = 0; f < roster->list.count; f++) {
		const uint64_t *sketches = roster->sketches[roster->list.fields[f].pool];

		if (sketches != NULL)
			__builtin_prefetch(&sketches[ids[f]]);
	}
}

/* Compares the shortlist, best promises first, while any of them may still be among the best. */
static void compare_shortlist(struct index *index, struct score *score, struct best *best)
{
	const struct shortlist *list = &index->shortlist;
	uint32_t seen[SEEN];

	memset(seen, 0xff, sizeof seen);
	expect_rows(index);
	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t row = (uint32_t)list->sorted[i];
		float promise =
			(float)((int32_t)(list->sorted[i] >> 32) + list->least) / PROMISE_STEPS;

		if (i + ROWS_AHEAD < list->count)
			expect_sketches(index, (uint32_t)list->sorted[i + ROWS_AHEAD]);
		if (best->count == best->top && promise + SLACK_BITS < score->floor)
			break;
		if (seen[row % SEEN] != row)
			weigh_row(index, score, row, best);
		seen[row % SEEN] = row;
	}
}

/* With who is asked for in the row behind all others. */
static void search_row(
	struct index *index, const struct model *model, struct best *best, float least)
{
	const uint32_t *ids = roster_ids(&index->roster, index->capacity);
	struct walks walks = { .count = 0 };
	struct score score;

	assert(model->list.count == index->roster.list.count);
	choose_walks(index, ids, &walks);
	score_init(&score, model, &index->pairing, least);
	promise_ask(&index->layout, model, &index->roster, ids, false, &index->straight);
	promise_ask(&index->layout, model, &index->roster, ids, true, &index->crossed);
	measure_walks(index, &walks);
	shortlist_begin(&index->shortlist, (int32_t)((least - SLACK_BITS) * PROMISE_STEPS),
		shortlist_enough(walks.word_count));
	walk_leads(index, &walks);
	shortlist_sort(&index->shortlist);
	compare_shortlist(index, &score, best);
}

static void scan_row(struct index *index, const struct model *model, struct best *best, float least)
{
	struct score score;

	score_init(&score, model, &index->pairing, least);
	outlook_ask(&index->outlook, model, roster_ids(&index->roster, index->capacity));
	for (uint32_t row = 0; row < index->used; row++) {
		const float floor = score.floor - SUM_ERROR;

		if (index->tags[row] == NO_ROW || index->tags[row] == best->but)
			continue;
		if (outlook_most(&index->outlook, roster_ids(&index->roster, row), floor) >= floor)
			weigh_row(index, &score, row, best);
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

uint32_t index_search(struct index *index, const struct model *model, const struct lg_bytes *cells,
	float least, uint32_t top, struct index_hit *ret_hits)
{
	struct best best = { .top = top, .but = NO_ROW };

	assert(top > 0 && top <= INDEX_TOP_MAX);
	tally_read_row(&index->tally, index->capacity, cells);
	search_row(index, model, &best, least);
	return give(index, model, &best, ret_hits);
}

/* By all rows of a tag, each in turn. */
static uint32_t look_by_tag(struct index *index, const struct model *model, uint32_t tag,
	float least, uint32_t top, struct index_hit *ret_hits,
	void (*look)(struct index *, const struct model *, struct best *, float))
{
	const size_t row_bytes = index->roster.list.count * sizeof(uint32_t);
	struct best best = { .top = top, .but = tag };

	assert(top > 0 && top <= INDEX_TOP_MAX);
	for (uint32_t row = *tag_head(index, tag); row != NO_ROW; row = index->next_of_tag[row]) {
		if (index->tags[row] != tag)
			continue;
		memcpy(index->roster.ids + (size_t)index->capacity * index->roster.list.count,
			roster_ids(&index->roster, row), row_bytes);
		look(index, model, &best, least);
	}
	for (uint32_t i = 0; i < best.count; i++)
		ret_hits[i] =
			(struct index_hit){ .tag = best.hits[i].tag, .bits = best.hits[i].bits };
	return best.count;
}

uint32_t index_search_tag(struct index *index, const struct model *model, uint32_t tag, float least,
	uint32_t top, struct index_hit *ret_hits)
{
	return look_by_tag(index, model, tag, least, top, ret_hits, search_row);
}

uint32_t index_scan_tag(struct index *index, const struct model *model, uint32_t tag, float least,
	uint32_t top, struct index_hit *ret_hits)
{
	return look_by_tag(index, model, tag, least, top, ret_hits, scan_row);
}

uint32_t index_scan(struct index *index, const struct model *model, const struct lg_bytes *cells,
	float least, uint32_t top, struct index_hit *ret_hits)
{
	struct best best = { .top = top, .but = NO_ROW };

	assert(top > 0 && top <= INDEX_TOP_MAX);
	tally_read_row(&index->tally, index->capacity, cells);
	scan_row(index, model, &best, least);
	return give(index, model, &best, ret_hits);
}

struct index_counts index_counts(const struct index *index)
{
	uint64_t bytes = sizeof *index + (sizeof(uint64_t) << PAIRING_SEARCH_BITS);

	bytes += (uint64_t)index->capacity * 4 * (index->roster.list.count + 2);
	bytes += ((uint64_t)index->tag_mask + 1) * 4;
	bytes += postings_bytes(&index->postings) + tally_bytes(&index->tally);
	return (struct index_counts){ .rows = index->row_count, .bytes = bytes };
}
