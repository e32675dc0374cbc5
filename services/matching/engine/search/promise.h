/*
 * What can be told of a row at a glance: a few bits per field, in the word of a posting.
 *
 * Of names and places a class of how they sound, of dates the year, of codes which one.  What such a
 * glance promises for somebody who is asked for is a sum of table entries, read where the posting
 * lies; only those who promise most are looked up and compared.  It is a guess, not a bound: a
 * name of another class is taken to be another name, more or less.
 */
#ifndef SERVICES_MATCHING_ENGINE_SEARCH_PROMISE_H
#define SERVICES_MATCHING_ENGINE_SEARCH_PROMISE_H

#include "services/matching/engine/linkage/model.h"

#define PROMISE_ROW_BITS   26 /* of the word: the row; what the row shows stands above */
#define PROMISE_CLASS_BITS 10 /* of one field at most */
#define PROMISE_STEPS      8  /* in one bit of evidence */
#define PROMISE_ABREAST    4  /* columns that are read together */

struct promise_layout {
	uint32_t count;
	uint8_t fields[FIELDS_MAX], shifts[FIELDS_MAX], bits[FIELDS_MAX];
	/* neighbours in the word that fit one table are a column; empty ones fill up the last four */
	uint32_t column_count;
	uint8_t firsts[FIELDS_MAX], members[FIELDS_MAX], column_shifts[FIELDS_MAX];
	uint32_t masks[FIELDS_MAX];
};

/* What each class of each column promises, in steps. */
struct promise {
	int32_t base;
	int16_t worth[FIELDS_MAX][1u << PROMISE_CLASS_BITS];
};

_Static_assert(FIELDS_MAX % PROMISE_ABREAST == 0, "columns come in fours");

/* How a word is shared among fields: what says most gets most. */
void promise_plan(const struct field_list *list, struct promise_layout *ret_layout);

/* The word of a row: what its values show, and its number. */
uint64_t promise_word(const struct promise_layout *layout, const struct roster *roster,
	const uint32_t *ids, uint32_t row);

/*
 * What rows promise for one who is asked for.
 *
 *   ids      of who is asked for
 *   crossed  names are expected in their twins' place
 */
void promise_ask(const struct promise_layout *layout, const struct model *model,
	const struct roster *roster, const uint32_t *ids, bool crossed,
	struct promise *ret_promise);

static inline uint32_t promise_row(uint64_t word)
{
	return (uint32_t)word & ((1u << PROMISE_ROW_BITS) - 1);
}

/* What a word promises, in steps; the prior is in it. */
static inline int32_t promise_of(
	const struct promise_layout *layout, const struct promise *promise, uint64_t word)
{
	int32_t sum = promise->base;

	for (uint32_t i = 0; i < layout->column_count; i += PROMISE_ABREAST)
		for (uint32_t k = i; k < i + PROMISE_ABREAST; k++)
			sum += promise->worth[k]
					     [word >> layout->column_shifts[k] & layout->masks[k]];
	return sum;
}

#endif
