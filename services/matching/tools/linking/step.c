#include "services/matching/tools/linking/step.h"

#include <stdlib.h>

#define BATCH 4096u
#define AHEAD 12 /* pairs that memory is asked for before they are looked at */

static void hash_some(void *context, uint32_t worker)
{
	struct step *step = context;
	uint64_t count = step->roster->count, workers = step->linker->workers;

	block_hash(&step->linker->blocking, (uint32_t)(count * worker / workers),
		(uint32_t)(count * (worker + 1) / workers));
}

static void sort_some(void *context, uint32_t worker)
{
	struct step *step = context;
	struct linker *linker = step->linker;
	uint64_t *work = malloc(((size_t)step->roster->count + 1) * sizeof *work);

	if (work == NULL)
		abort();
	for (uint32_t k = worker; k < linker->blocking.key_count; k += linker->workers)
		block_sort(&linker->blocking, k, work);
	free(work);
}

void step_bring_together(struct step *step)
{
	struct linker *linker = step->linker;

	linker->blocking.pairs_limit = STEP_BLOCK_PAIRS;
	block_prepare(&linker->blocking, step->arenas[0]);
	crew_run(linker->workers, hash_some, step);
	crew_run(linker->workers, sort_some, step);
}

static void fetch_soon(
	const struct roster *roster, const struct record_pair *pairs, uint32_t at, uint32_t end)
{
	if (at + AHEAD < end) {
		const uint32_t *of_a = roster_ids(roster, pairs[at + AHEAD].a);
		const uint32_t *of_b = roster_ids(roster, pairs[at + AHEAD].b);
		uint32_t last = roster->list.count - 1; /* a row may lie in two lines */

		__builtin_prefetch(of_a);
		__builtin_prefetch(of_a + last);
		__builtin_prefetch(of_b);
		__builtin_prefetch(of_b + last);
	}
}

static void see(struct seen *seen, struct record_pair pair, uint64_t pattern)
{
	if (seen->count == seen->room) {
		seen->room = seen->room == 0 ? BATCH : seen->room * 2;
		seen->pairs = realloc(seen->pairs, seen->room * sizeof *seen->pairs);
		if (seen->pairs == NULL)
			abort();
	}
	seen->pairs[seen->count++] = (struct seen_pair){ pair, pattern };
}

static void look(void *context, uint32_t worker)
{
	struct step *step = context;
	const struct roster *roster = step->roster;
	struct block_walk walk =
		block_walk_from(&step->linker->blocking, worker, step->linker->workers);
	struct record_pair pairs[BATCH];
	uint32_t count;

	while ((count = block_walk_next(&walk, pairs, BATCH)) > 0) {
		step->compared[worker] += count;
		for (uint32_t i = 0; i < count; i++) {
			uint64_t pattern = pairing_pattern(&step->pairings[worker],
				roster_ids(roster, pairs[i].a), roster_ids(roster, pairs[i].b));

			pattern_table_add(&step->patterns[worker], pattern, 1);
			see(&step->seen[worker], pairs[i], pattern);
		}
	}
}

static void keep(struct found *found, struct record_pair pair, float bits)
{
	if (found->count == found->room) {
		found->room = found->room == 0 ? BATCH : found->room * 2;
		found->pairs = realloc(found->pairs, found->room * sizeof *found->pairs);
		if (found->pairs == NULL)
			abort();
	}
	found->pairs[found->count++] = (struct scored_pair){ pair, bits };
}

/* The pairs of the first look, by what was seen then. */
static void score_seen(void *context, uint32_t worker)
{
	struct step *step = context;
	const struct roster *roster = step->roster;
	struct seen *seen = &step->seen[worker];

	for (size_t i = 0; i < seen->count; i++) {
		struct record_pair pair = seen->pairs[i].pair;
		float bits = model_bits(&step->linker->model, roster, seen->pairs[i].pattern,
			roster_ids(roster, pair.a), roster_ids(roster, pair.b));

		if (bits > LINKER_FLOOR_BITS)
			keep(&step->found[worker], pair, bits);
	}
	free(seen->pairs);
	*seen = (struct seen){ .count = 0 };
}

static void fill_some(void *context, uint32_t worker)
{
	struct step *step = context;
	uint64_t count = step->roster->count, workers = step->linker->workers;

	sweep_fill(&step->sweep, (uint32_t)(count * worker / workers),
		(uint32_t)(count * (worker + 1) / workers));
}

static void find_some_rarity(void *context, uint32_t worker)
{
	struct step *step = context;
	uint32_t *buckets = lg_alloc_array(step->arenas[worker], SWEEP_BUCKETS, sizeof *buckets);
	uint32_t f;

	while ((f = atomic_fetch_add(&step->next_field, 1)) < step->roster->list.count)
		sweep_find_rarity(&step->sweep, f, buckets);
}

void step_line_up(struct step *step, const struct roster *roster)
{
	step->roster = roster;
	step->next_field = 0;
	sweep_init(&step->sweep, &step->glance, roster, step->arenas[0]);
	crew_run(step->linker->workers, fill_some, step);
	crew_run(step->linker->workers, find_some_rarity, step);
}

/* Every pair of a key that may be one person at a glance; the largest keys first: nobody waits. */
static void sweep_pairs(struct step *step, uint32_t worker,
	void (*take)(struct step *step, uint32_t worker, const struct record_pair *pairs,
		uint32_t count))
{
	struct sweep_walk *walk = lg_alloc(step->arenas[worker], sizeof *walk);
	struct record_pair pairs[BATCH];
	uint32_t next, count;

	sweep_walk_init(walk, &step->sweep, step->arenas[worker]);
	while ((next = atomic_fetch_add(&step->next_key, 1)) < step->linker->blocking.key_count) {
		sweep_walk_key(walk, step->sweep.order[next]);
		while ((count = sweep_walk_next(walk, pairs, BATCH)) > 0)
			take(step, worker, pairs, count);
	}
	step->glanced[worker] += walk->glanced;
}

static void take_patterns(
	struct step *step, uint32_t worker, const struct record_pair *pairs, uint32_t count)
{
	step->compared[worker] += count;
	for (uint32_t i = 0; i < count; i++) {
		fetch_soon(step->roster, pairs, i, count);

		uint64_t pattern = pairing_pattern(&step->pairings[worker],
			roster_ids(step->roster, pairs[i].a), roster_ids(step->roster, pairs[i].b));

		pattern_table_add(&step->patterns[worker], pattern, 1);
		see(&step->seen[worker], pairs[i], pattern);
	}
}

static void look_by_glance(void *context, uint32_t worker)
{
	sweep_pairs(context, worker, take_patterns);
}

static void take_scores(
	struct step *step, uint32_t worker, const struct record_pair *pairs, uint32_t count)
{
	const struct roster *roster = step->roster;
	struct score score;

	score_init(&score, &step->linker->model, &step->pairings[worker], LINKER_FLOOR_BITS);
	step->compared[worker] += count;
	for (uint32_t i = 0; i < count; i++) {
		fetch_soon(roster, pairs, i, count);

		float bits = score_pair(
			&score, roster_ids(roster, pairs[i].a), roster_ids(roster, pairs[i].b));

		if (bits > LINKER_FLOOR_BITS)
			keep(&step->found[worker], pairs[i], bits);
	}
}

static void score_by_glance(void *context, uint32_t worker)
{
	sweep_pairs(context, worker, take_scores);
}

static void free_pairs(void *thing)
{
	free(thing);
}

/* The workers' pairs in one list. */
static void gather(struct step *step)
{
	struct linker *linker = step->linker;
	size_t count = 0;

	linker->compared = 0;
	for (uint32_t w = 0; w < linker->workers; w++) {
		count += step->found[w].count;
		linker->compared += step->compared[w];
	}
	linker->pairs = malloc((count + 1) * sizeof *linker->pairs);
	if (linker->pairs == NULL || count > UINT32_MAX)
		abort();
	lg_arena_defer(linker->arena, free_pairs, linker->pairs);
	linker->pair_count = 0;
	for (uint32_t w = 0; w < linker->workers; w++) {
		for (uint32_t i = 0; i < step->found[w].count; i++)
			linker->pairs[linker->pair_count++] = step->found[w].pairs[i];
		free(step->found[w].pairs);
		step->found[w] = (struct found){ .count = 0 };
		step->compared[w] = 0;
	}
}

struct pattern_table *step_patterns(struct step *step)
{
	for (uint32_t w = 1; w < step->linker->workers; w++)
		for (uint32_t i = 0; i < step->patterns[w].slot_count; i++)
			pattern_table_add(&step->patterns[0], step->patterns[w].rows[i].pattern,
				step->patterns[w].rows[i].count);
	return &step->patterns[0];
}

static void compare_drawn(void *context, uint32_t worker)
{
	struct step *step = context;
	uint64_t count = step->drawn_count, workers = step->linker->workers;
	uint32_t end = (uint32_t)(count * (worker + 1) / workers);

	for (uint32_t i = (uint32_t)(count * worker / workers); i < end; i++) {
		fetch_soon(step->roster, step->drawn, i, end);
		step->drawn_patterns[i] = pairing_pattern(&step->pairings[worker],
			roster_ids(step->roster, step->drawn[i].a),
			roster_ids(step->roster, step->drawn[i].b));
	}
}

/* --- what linker.c calls, in its order ------------------------------------------------------ */

void step_look(struct step *step)
{
	crew_run(step->linker->workers, look, step);
}

void step_look_by_glance(struct step *step)
{
	crew_run(step->linker->workers, look_by_glance, step);
}

void step_compare_drawn(struct step *step)
{
	crew_run(step->linker->workers, compare_drawn, step);
}

void step_score_seen(struct step *step)
{
	crew_run(step->linker->workers, score_seen, step);
	gather(step);
}

void step_score_by_glance(struct step *step)
{
	crew_run(step->linker->workers, score_by_glance, step);
	gather(step);
}
