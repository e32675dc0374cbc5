#include "services/matching/tools/linker.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "services/matching/engine/linkage/score.h"
#include "services/matching/tools/crew.h"
#include "services/matching/tools/tool.h"

#define SMALL_RECORDS       30000u  /* up to here the first look is at all pairs of a key */
#define DRAWN_FACTOR        6000.0  /* of n more than these, sqrt(n * factor) are looked at first */
#define LOOK_PAIRS          100.0   /* per record, that one broad key may bring */
#define DRAWN_SHARE         0.1     /* of what all chosen keys may bring, one key of a first look */
#define ALL_PAIRS           60.0    /* per record, that all chosen keys may bring */
#define MANY_RECORDS        300000u /* from here on time counts: */
#define MANY_PAIRS          14.0
#define BLOCK_PAIRS         2000000u
#define ENOUGH              0.999
#define LIKELY_MAX          65536u
#define BATCH               4096u
#define AHEAD               12 /* pairs that memory is asked for before they are looked at */
#define PRIOR_ROUNDS        50
#define PRIOR_STEPS         1024u /* pairs are counted by their bits; the last step holds the rest */
#define PRIOR_STEPS_PER_BIT 32

struct found {
	struct scored_pair *pairs;
	uint32_t count, room;
};

/* The first look's pairs with their patterns: compared once, scored when weights are known. */
struct seen_pair {
	struct record_pair pair;
	uint64_t pattern;
};

struct seen {
	struct seen_pair *pairs;
	size_t count, room;
};

/* What the workers of one step share; each touches its own places only. */
struct step {
	struct linker *linker;
	const struct roster *roster; /* the whole, or what the first look is at */
	struct lg_arena *arenas[CREW_MAX];
	struct pairing pairings[CREW_MAX];
	struct pattern_table patterns[CREW_MAX];
	struct found found[CREW_MAX];
	struct seen seen[CREW_MAX];
	uint64_t compared[CREW_MAX];
};

static void say(const struct linker *linker, const char *what)
{
	struct timespec used;

	if (!linker->says_progress)
		return;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	fprintf(stderr, "lg-match: %s (%.1f s of processor time so far)\n", what,
		(double)used.tv_sec + (double)used.tv_nsec / 1e9);
}

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

static void bring_together(struct step *step)
{
	struct linker *linker = step->linker;

	linker->blocking.pairs_limit = BLOCK_PAIRS;
	block_prepare(&linker->blocking, step->arenas[0]);
	crew_run(linker->workers, hash_some, step);
	crew_run(linker->workers, sort_some, step);
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

	step->compared[worker] += seen->count;
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

static void fetch_soon(const struct roster *roster, struct record_pair pair)
{
	__builtin_prefetch(roster_ids(roster, pair.a));
	__builtin_prefetch(roster_ids(roster, pair.b));
}

static void score_pairs(void *context, uint32_t worker)
{
	struct step *step = context;
	const struct roster *roster = step->roster;
	struct block_walk walk =
		block_walk_from(&step->linker->blocking, worker, step->linker->workers);
	struct record_pair pairs[BATCH];
	struct score score;
	uint32_t count;

	score_init(&score, &step->linker->model, &step->pairings[worker], LINKER_FLOOR_BITS);
	while ((count = block_walk_next(&walk, pairs, BATCH)) > 0) {
		step->compared[worker] += count;
		for (uint32_t i = 0; i < count; i++) {
			if (i + AHEAD < count)
				fetch_soon(roster, pairs[i + AHEAD]);

			float bits = score_pair(&score, roster_ids(roster, pairs[i].a),
				roster_ids(roster, pairs[i].b));

			if (bits > LINKER_FLOOR_BITS)
				keep(&step->found[worker], pairs[i], bits);
		}
	}
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

static void learn(struct linker *linker, struct step *step, double pairs, double records)
{
	struct pattern_table *all = &step->patterns[0];

	for (uint32_t w = 1; w < linker->workers; w++)
		for (uint32_t i = 0; i < step->patterns[w].slot_count; i++)
			pattern_table_add(all, step->patterns[w].rows[i].pattern,
				step->patterns[w].rows[i].count);
	linker->rounds = estimate_m(&linker->model, all, pairs, records, &linker->start);
}

static double pairs_wanted(const struct linker *linker)
{
	uint32_t count = linker->roster->count;

	return (count < MANY_RECORDS ? ALL_PAIRS : MANY_PAIRS) * count;
}

/* The first look's likely pairs decide which keys the whole gets. */
static void choose_keys(struct linker *linker, double all_pairs)
{
	struct cover_row *rows = lg_alloc_array(linker->arena, LIKELY_MAX, sizeof *rows);
	uint32_t count = 0;

	for (uint32_t i = 0; i < linker->pair_count && count < LIKELY_MAX; i++) {
		const struct scored_pair *scored = &linker->pairs[i];

		if (scored->bits > 0)
			rows[count++] = (struct cover_row){
				block_shared_atoms(
					&linker->blocking, scored->pair.a, scored->pair.b),
				model_probability((double)scored->bits),
			};
	}
	linker->held = cover_choose(
		&linker->blocking, rows, count, all_pairs, pairs_wanted(linker), ENOUGH);
}

/* The share of likely pairs once the rarity of values counts: a few rounds of EM on it alone. */
static void set_prior_right(struct linker *linker, double all_pairs)
{
	double before = linker->model.prior, now = before;
	double counts[PRIOR_STEPS] = { 0 };
	float shift;

	for (uint32_t i = 0; i < linker->pair_count; i++) {
		float step = (linker->pairs[i].bits - LINKER_FLOOR_BITS) * PRIOR_STEPS_PER_BIT;

		counts[step < PRIOR_STEPS - 1 ? (uint32_t)step : PRIOR_STEPS - 1]++;
	}
	for (uint32_t round = 0; round < PRIOR_ROUNDS; round++) {
		double sum = 0.5, moved = log2(now / (1 - now) / (before / (1 - before)));

		for (uint32_t i = 0; i < PRIOR_STEPS; i++)
			sum += counts[i] * model_probability((i + 0.5) / PRIOR_STEPS_PER_BIT +
							     (double)LINKER_FLOOR_BITS + moved);
		now = sum / (all_pairs + 1);
		if (now > 0.5)
			now = 0.5;
	}
	shift = (float)log2(now / (1 - now) / (before / (1 - before)));
	linker->model.prior = now;
	linker->model.prior_bits += shift;
	for (uint32_t i = 0; i < linker->pair_count; i++)
		linker->pairs[i].bits += shift;
}

/* Weights from all records, or from some where all would be too many; scores what it saw. */
static void look_first(struct linker *linker, struct step *step, const struct roster *drawn)
{
	double pairs = roster_pairs(drawn);
	double most = LOOK_PAIRS * drawn->count;

	if (linker->roster->count > SMALL_RECORDS)
		most = DRAWN_SHARE * pairs_wanted(linker) * pairs / roster_pairs(linker->roster);

	say(linker, "first look");
	step->roster = drawn;
	block_find_atoms(&linker->blocking, drawn, step->arenas[0]);
	cover_broadly(&linker->blocking, pairs, most);
	bring_together(step);
	crew_run(linker->workers, look, step);
	if (!linker->has_model) {
		say(linker, "learning weights");
		linker->model.list = drawn->list;
		estimate_u(&linker->model, drawn, &step->pairings[0], &linker->start);
		learn(linker, step, pairs, drawn->count);
	}
	crew_run(linker->workers, score_seen, step);
	gather(step);
}

static void look_at_all(struct linker *linker, struct step *step)
{
	say(linker, "choosing keys");
	choose_keys(linker, roster_pairs(linker->roster));
	step->roster = linker->blocking.roster = linker->roster;
	say(linker, "bringing together");
	bring_together(step);
	say(linker, "comparing");
	crew_run(linker->workers, score_pairs, step);
	gather(step);
}

void linker_run(struct linker *linker)
{
	struct step *step = lg_alloc(linker->arena, sizeof *step);
	struct roster drawn;
	uint32_t most = linker->roster->count;

	assert(linker->workers > 0 && linker->workers <= CREW_MAX);
	step->linker = linker;
	for (uint32_t w = 0; w < linker->workers; w++) {
		step->arenas[w] = lg_arena_new();
		pairing_init(&step->pairings[w], linker->roster, step->arenas[w]);
		pattern_table_init(&step->patterns[w], step->arenas[w]);
	}
	linker->held = 1;
	if (linker->roster->count > SMALL_RECORDS)
		most = (uint32_t)sqrt(linker->roster->count * DRAWN_FACTOR);
	roster_draw(linker->roster, most, linker->start.seed, &drawn, step->arenas[0]);
	look_first(linker, step, &drawn);
	if (linker->roster->count > SMALL_RECORDS)
		look_at_all(linker, step);
	if (!linker->has_model)
		set_prior_right(linker, roster_pairs(linker->roster));
	say(linker, "compared");
	for (uint32_t w = 0; w < linker->workers; w++)
		lg_arena_free(step->arenas[w]);
}

float linker_bits(void *context, uint32_t a, uint32_t b)
{
	struct linker_judge *judge = context;
	const struct roster *roster = judge->linker->roster;
	const uint32_t *of_a = roster_ids(roster, a), *of_b = roster_ids(roster, b);

	return model_bits(&judge->linker->model, roster,
		pairing_pattern(&judge->pairing, of_a, of_b), of_a, of_b);
}
