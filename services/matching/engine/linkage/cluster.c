#include "services/matching/engine/linkage/cluster.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/*
 * A mean probability from which two groups are one.  Below a half, since several records that each
 * may be the one say more together than each does alone: on FEBRL data with few columns 0.3 to 0.5
 * found more than they joined wrongly, with all columns it made no difference.
 */
#define JOIN_LEAST 0.4f

static int better_first(const void *a, const void *b)
{
	const struct scored_pair *x = a, *y = b;

	if (x->bits != y->bits)
		return x->bits > y->bits ? -1 : 1;
	if (x->pair.a != y->pair.a)
		return x->pair.a < y->pair.a ? -1 : 1;
	return (x->pair.b > y->pair.b) - (x->pair.b < y->pair.b);
}

void cluster_sort(struct scored_pair *pairs, uint32_t count)
{
	uint32_t i = 1;

	while (i < count && better_first(&pairs[i - 1], &pairs[i]) <= 0)
		i++;
	if (i < count)
		qsort(pairs, count, sizeof *pairs, better_first);
}

/* The forest of closures: parents by number, sizes at the roots. */
struct forest {
	uint32_t *parent, *size;
};

static uint32_t root_of(struct forest *forest, uint32_t record)
{
	while (forest->parent[record] != record) {
		forest->parent[record] = forest->parent[forest->parent[record]];
		record = forest->parent[record];
	}
	return record;
}

/* Best pairs first; a closure that is full takes no more. */
static void close_pairs(struct forest *forest, const struct scored_pair *pairs, uint32_t count)
{
	for (uint32_t i = 0; i < count && pairs[i].bits > 0; i++) {
		uint32_t a = root_of(forest, pairs[i].pair.a), b = root_of(forest, pairs[i].pair.b);
		uint32_t low = a < b ? a : b, high = a < b ? b : a;

		if (a == b || forest->size[a] + forest->size[b] > CLUSTER_MAX)
			continue;
		forest->parent[high] = low;
		forest->size[low] += forest->size[high];
	}
}

/* One closure while its groups are joined: sums of evidence between groups. */
struct joining {
	uint32_t count;
	uint32_t sizes[CLUSTER_MAX]; /* 0: joined to another */
	uint32_t group[CLUSTER_MAX];
	float sums[CLUSTER_MAX][CLUSTER_MAX];
};

/*
 * What a pair says for joining.  Probabilities and not bits: a pair that was never likely says no
 * once, however unlike its two records are, since what was changed in one of them once is in all
 * its pairs.
 */
static float voice(float bits)
{
	return 1 / (1 + exp2f(-bits)) - JOIN_LEAST;
}

static void weigh_all(
	struct joining *joining, const uint32_t *members, const struct cluster_judge *judge)
{
	for (uint32_t i = 0; i < joining->count; i++) {
		joining->sizes[i] = 1;
		joining->group[i] = i;
		joining->sums[i][i] = 0;
		for (uint32_t k = 0; k < i; k++)
			joining->sums[i][k] = joining->sums[k][i] =
				voice(judge->bits(judge->context, members[k], members[i]));
	}
}

static void join(struct joining *joining, uint32_t into, uint32_t from)
{
	joining->sizes[into] += joining->sizes[from];
	joining->sizes[from] = 0;
	for (uint32_t i = 0; i < joining->count; i++) {
		joining->sums[into][i] += joining->sums[from][i];
		joining->sums[i][into] = joining->sums[into][i];
		if (joining->group[i] == from)
			joining->group[i] = into;
	}
}

static bool join_best(struct joining *joining)
{
	uint32_t into = 0, from = 0;
	float best = 0;

	for (uint32_t i = 0; i < joining->count; i++) {
		for (uint32_t k = i + 1; k < joining->count && joining->sizes[i] > 0; k++) {
			float mean;

			if (joining->sizes[k] == 0)
				continue;
			mean = joining->sums[i][k] / (float)(joining->sizes[i] * joining->sizes[k]);
			if (mean > best) {
				best = mean;
				into = i;
				from = k;
			}
		}
	}
	if (best <= 0)
		return false;
	join(joining, into, from);
	return true;
}

void cluster_records(uint32_t record_count, struct scored_pair *pairs, uint32_t pair_count,
	const struct cluster_judge *judge, struct lg_arena *arena, uint32_t *ret_cluster)
{
	struct forest forest = { lg_alloc_array(arena, record_count, sizeof(uint32_t)),
		lg_alloc_array(arena, record_count, sizeof(uint32_t)) };
	struct joining *joining = lg_alloc(arena, sizeof *joining);
	uint32_t *next = lg_alloc_array(arena, record_count, sizeof *next);

	for (uint32_t i = 0; i < record_count; i++) {
		forest.parent[i] = i;
		forest.size[i] = 1;
		ret_cluster[i] = i;
		next[i] = i;
	}
	cluster_sort(pairs, pair_count);
	close_pairs(&forest, pairs, pair_count);
	for (uint32_t i = record_count; i > 0; i--) { /* each closure becomes a ring */
		uint32_t root = root_of(&forest, i - 1);

		if (root != i - 1) {
			next[i - 1] = next[root];
			next[root] = i - 1;
		}
	}
	for (uint32_t root = 0; root < record_count; root++) {
		uint32_t members[CLUSTER_MAX];

		if (forest.parent[root] != root || forest.size[root] < 2)
			continue;
		joining->count = 0;
		for (uint32_t m = root; joining->count == 0 || m != root; m = next[m]) {
			assert(joining->count < CLUSTER_MAX);
			members[joining->count++] = m;
		}
		weigh_all(joining, members, judge);
		while (join_best(joining))
			;
		for (uint32_t i = 0; i < joining->count; i++) {
			uint32_t group = joining->group[i];

			ret_cluster[members[i]] = members[group];
		}
	}
}

uint32_t cluster_one_to_one(
	struct scored_pair *pairs, uint32_t count, uint32_t record_count, struct lg_arena *arena)
{
	uint8_t *is_taken = lg_alloc_array(arena, record_count, sizeof *is_taken);
	uint32_t kept = 0;

	cluster_sort(pairs, count);
	for (uint32_t i = 0; i < count; i++) {
		if (is_taken[pairs[i].pair.a] || is_taken[pairs[i].pair.b])
			continue;
		is_taken[pairs[i].pair.a] = is_taken[pairs[i].pair.b] = 1;
		pairs[kept++] = pairs[i];
	}
	return kept;
}
