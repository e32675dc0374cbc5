/*
 * Records are joined into groups, one group per person (union-find).  A pair within one group says
 * nothing new.  All reports that were found are joined with the zero id, which no record has, so that
 * a report found twice is found once.
 */
#include "services/reporting/domain/person_pair.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct lg_id found = { { 0 } };

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, LG_ID_SIZE);
}

static struct lg_id left_of(const struct person_pair *pair)
{
	return pair->is_report ? found : pair->left;
}

struct groups {
	struct lg_id *ids; /* ascending, each once */
	size_t count;
	size_t *parent; /* of each; a group's first is its own */
};

static struct groups groups_of(
	struct lg_arena *arena, const struct person_pair *pairs, size_t count)
{
	struct groups groups = {
		.ids = lg_alloc_array(arena, 2 * count, sizeof(struct lg_id)),
		.parent = lg_alloc_array(arena, 2 * count, sizeof(size_t)),
	};

	for (size_t i = 0; i < count; i++) {
		groups.ids[2 * i] = left_of(&pairs[i]);
		groups.ids[2 * i + 1] = pairs[i].right;
	}
	qsort(groups.ids, 2 * count, sizeof(struct lg_id), compare_ids);
	for (size_t i = 0; i < 2 * count; i++)
		if (groups.count == 0 || !lg_id_equal(groups.ids[groups.count - 1], groups.ids[i]))
			groups.ids[groups.count++] = groups.ids[i];
	for (size_t i = 0; i < groups.count; i++)
		groups.parent[i] = i;
	return groups;
}

static size_t first_of(struct groups *groups, struct lg_id id)
{
	struct lg_id *place =
		bsearch(&id, groups->ids, groups->count, sizeof(struct lg_id), compare_ids);

	assert(place != NULL);

	size_t at = (size_t)(place - groups->ids);

	while (groups->parent[at] != at) {
		groups->parent[at] = groups->parent[groups->parent[at]]; /* shorter next time */
		at = groups->parent[at];
	}
	return at;
}

void person_pairs_count(struct lg_arena *arena, const struct person_pair *pairs, size_t count,
	struct journey_row *ret_rows, size_t *ret_count)
{
	size_t rows = 0;

	assert(count <= PERSON_PAIRS_MAX);
	*ret_count = 0;
	if (count == 0) /* qsort of nothing at NULL is undefined */
		return;

	struct groups groups = groups_of(arena, pairs, count);

	for (size_t i = 0; i < count; i++) {
		size_t left = first_of(&groups, left_of(&pairs[i]));
		size_t right = first_of(&groups, pairs[i].right);

		if (left == right)
			continue;
		groups.parent[right] = left;

		struct journey_row *row = &ret_rows[rows++];

		*row = (struct journey_row){
			.counter = pairs[i].is_report ? MISSING_FOUND : SEEN_AGAIN,
			.amount = 1,
		};
		memcpy(row->month, pairs[i].month, MONTH_SIZE);
	}
	*ret_count = rows;
}
