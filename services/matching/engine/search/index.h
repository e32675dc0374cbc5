/*
 * Many persons in memory, of whom the few that may be this one are found at once.
 *
 * A row is what one record says of a person, one value per field; a person of several names or
 * telephones is several rows of one tag.  Of the rows that share a name's sound or a
 * telephone with who is asked for, those that promise most at a glance are scored with the whole
 * model; the others are never looked at.  Rows come and go at any time.  Memory is taken at the
 * start and from the arena as rows and values come.  One thread at a time.
 */
#ifndef SERVICES_MATCHING_ENGINE_SEARCH_INDEX_H
#define SERVICES_MATCHING_ENGINE_SEARCH_INDEX_H

#include "common/base/status.h"
#include "services/matching/engine/linkage/model.h"

#define INDEX_ROWS_MAX (1u << 26)
#define INDEX_TOP_MAX  64

struct index;

struct index_hit {
	uint32_t tag;
	float bits;                              /* evidence, the prior included (model.h) */
	struct model_reason reasons[FIELDS_MAX]; /* one per field, for the waterfall */
};

struct index_counts {
	uint32_t rows;
	uint64_t bytes; /* of the index and its values */
};

/*
 * An empty index.
 *
 *   list      its fields, copied; keys follow from their kinds
 *   capacity  rows at most, up to INDEX_ROWS_MAX
 *   arena     owns all of it; must outlive it
 */
struct index *index_new(const struct field_list *list, uint32_t capacity, struct lg_arena *arena);

/*
 * Adds a row.
 *
 *   tag      the caller's number of the person, given back by searches
 *   cells    one per field, as written; size 0: missing
 *   refused  the index is full; nothing is known of this row
 */
LG_MUST_CHECK struct lg_status index_insert(
	struct index *index, uint32_t tag, const struct lg_bytes *cells);

/* Takes all rows of the tag out; returns how many there were. */
uint32_t index_remove(struct index *index, uint32_t tag);

/*
 * The persons who are most likely the one described, best first, each tag once.
 *
 *   model    weights of the same fields; its prior is of one row among all
 *   least    evidence below which nobody is named
 *   top      persons at most, up to INDEX_TOP_MAX
 *   returns  how many
 *   effects  values that nobody knew stay in the vocabulary
 */
uint32_t index_search(struct index *index, const struct model *model, const struct lg_bytes *cells,
	float least, uint32_t top, struct index_hit *ret_hits);

/*
 * The same for a person who is in the index herself, by all of her rows; she is not among the hits,
 * and what is missing in one of her rows is not held against her.  Their reasons are left zero.
 */
uint32_t index_search_tag(struct index *index, const struct model *model, uint32_t tag, float least,
	uint32_t top, struct index_hit *ret_hits);

/* The same by looking at every row: what a search is measured against. */
uint32_t index_scan(struct index *index, const struct model *model, const struct lg_bytes *cells,
	float least, uint32_t top, struct index_hit *ret_hits);

/* The same for a person who is in the index: what index_search_tag() is measured against. */
uint32_t index_scan_tag(struct index *index, const struct model *model, uint32_t tag, float least,
	uint32_t top, struct index_hit *ret_hits);

/* Rows and memory. */
struct index_counts index_counts(const struct index *index);

#endif
