/*
 * The names of a list that are most alike to one: an inverted index of grams (name_form.h) finds
 * those worth comparing, name_form_cost() ranks them.
 *
 * Memory is the caller's: it asks how much, and hands it in.  An index is read by many threads at
 * once, each with a work area of its own.
 */
#ifndef SERVICES_MATCHING_ENGINE_TEXT_NAME_INDEX_H
#define SERVICES_MATCHING_ENGINE_TEXT_NAME_INDEX_H

#include "services/matching/engine/text/name_form.h"

#define NAME_INDEX_TOP_MAX 100

struct name_index {
	const struct name_form *forms;
	uint32_t count;
	uint32_t *places; /* of forms, by gram */
	uint16_t *totals; /* per form: what its grams are worth */
	uint32_t starts[NAME_GRAM_COUNT + 1];
	uint16_t worth[NAME_GRAM_COUNT]; /* the rarer, the more */
};

struct name_hit {
	uint32_t place; /* of the form */
	uint32_t cost;  /* name_form_cost() */
};

/* What one search writes to; zeroed once by who hands it in. */
struct name_search {
	uint16_t *shared; /* per form */
};

/* How many places an index of these forms needs. */
size_t name_index_places(const struct name_form *forms, uint32_t count);

/*
 * Builds an index.
 *   forms   count of them; read as long as the index is
 *   places  room for name_index_places()
 *   totals  room for count
 */
void name_index_build(const struct name_form *forms, uint32_t count, uint32_t *places,
	uint16_t *totals, struct name_index *ret_index);

/*
 * The best of the list, least cost first; of equal cost the earlier place.
 *   search   room for count, zeroed; left zeroed
 *   top      1..NAME_INDEX_TOP_MAX
 *   returns  how many, at most top; fewer where the list has no more that share anything
 */
uint32_t name_index_search(const struct name_index *index, const struct name_form *form,
	struct name_search *search, uint32_t top, struct name_hit *ret_hits);

#endif
