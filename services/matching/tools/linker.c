#include "services/matching/tools/linker.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "services/matching/engine/linkage/score.h"
#include "services/matching/tools/crew.h"
#include "services/matching/tools/tool.h"

#define SMALL_RECORDS      12000u  /* up to here all pairs of broad keys are compared */
#define DRAWN_FACTOR       20000.0 /* of n more than these, sqrt(n * factor) are looked at first */
#define LOOK_PAIRS         100.0   /* per record, that one broad key may bring */
#define GLANCES            500.0
#define MANY_RECORDS       300000u /* from here on time counts: */
#define FLOOR_BITS         (-10.0f)
#define FLOOR_BITS_OF_MANY (-6.5f) /* by one bit lower 1.6 times as many are compared */
#define RANDOM_GLANCES     300000u
#define BLOCK_PAIRS        2000000u
#define ENOUGH             0.997
#define DRAWN_ROWS         8192u
#define BATCH              4096u
#define AHEAD              12 /* pairs that memory is asked for before they are looked at */

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
	struct record_pair *drawn; /* by chance, and their patterns */
	uint64_t *drawn_patterns;
	uint32_t drawn_count;
	uint64_t compared[CREW_MAX], glanced[CREW_MAX];
	struct sweep sweep;
	struct glance glance;
	atomic_uint next_key, next_field;
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

/* Lines of all records of a roster. */
static void line_up(struct step *step, const struct roster *roster)
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

/* The workers' patterns in the first one's table. */
static struct pattern_table *all_patterns(struct step *step)
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

static void learn(struct linker *linker, struct step *step, double pairs, double records)
{
	if (linker->has_model)
		return;
	say(linker, "learning weights");
	linker->model.list = step->roster->list;
	step->drawn =
		lg_alloc_array(step->arenas[0], linker->start.random_pairs, sizeof *step->drawn);
	step->drawn_count = estimate_draw(step->roster, &linker->start, step->drawn);
	step->drawn_patterns =
		lg_alloc_array(step->arenas[0], step->drawn_count, sizeof *step->drawn_patterns);
	crew_run(linker->workers, compare_drawn, step);
	estimate_u(&linker->model, step->roster, step->drawn_patterns, step->drawn_count);
	linker->rounds =
		estimate_m(&linker->model, all_patterns(step), pairs, records, &linker->start);
}

/* What likely pairs of the first look share. */
static void count_likely(struct step *step)
{
	const struct linker *linker = step->linker;

	step->glance.same = (struct glance_counts){ .pairs = 0 };
	for (uint32_t i = 0; i < linker->pair_count; i++) {
		const struct scored_pair *scored = &linker->pairs[i];

		sweep_count(&step->sweep, &step->glance.same, scored->pair.a, scored->pair.b,
			model_probability((double)scored->bits));
	}
}

/* Keys that hold nearly all pairs of one person as the weights imagine them. */
static void choose_keys(struct step *step, const struct roster *roster)
{
	struct linker *linker = step->linker;
	struct cover_row *rows = lg_alloc_array(step->arenas[0], DRAWN_ROWS, sizeof *rows);
	struct lg_random random;

	lg_random_seed(&random, linker->start.seed);
	for (uint32_t i = 0; i < DRAWN_ROWS; i++) {
		uint32_t has;

		rows[i] = (struct cover_row){
			glance_atoms(&step->glance, glance_draw(&step->glance, &random, &has)), 1
		};
	}
	linker->held = cover_choose(&linker->blocking, rows, DRAWN_ROWS,
		&(struct cover_task){ .pairs = roster_pairs(roster),
			.records = roster->count,
			.most = GLANCES * roster->count,
			.enough = ENOUGH });
	sweep_use_keys(&step->sweep, BLOCK_PAIRS, GLANCES * roster->count, step->arenas[0]);
	step->next_key = 0;
}

/* Once the rarity of values counts. */
static void set_prior_right(struct linker *linker, double all_pairs)
{
	float shift = estimate_prior(
		&linker->model, linker->pairs, linker->pair_count, LINKER_FLOOR_BITS, all_pairs);

	for (uint32_t i = 0; i < linker->pair_count; i++)
		linker->pairs[i].bits += shift;
}

/* Weights and pairs of a task that is small enough to compare all that broad keys bring. */
static void look_at_small(struct linker *linker, struct step *step)
{
	const struct roster *roster = linker->roster;
	double pairs = roster_pairs(roster);

	say(linker, "looking at all");
	step->roster = roster;
	block_find_atoms(&linker->blocking, roster, step->arenas[0]);
	cover_broadly(&linker->blocking, pairs, LOOK_PAIRS * roster->count);
	bring_together(step);
	crew_run(linker->workers, look, step);
	learn(linker, step, pairs, roster->count);
	crew_run(linker->workers, score_seen, step);
	gather(step);
	for (uint32_t i = 0; i < linker->watched_count; i++)
		linker->reached[i] =
			block_brings(&linker->blocking, linker->watched[i].a, linker->watched[i].b)
				? LINKER_COMPARED
				: LINKER_APART;
}

/* Weights from some of the records. */
static void look_first(struct linker *linker, struct step *step, const struct roster *drawn)
{
	double pairs = roster_pairs(drawn);

	say(linker, "first look");
	block_find_atoms(&linker->blocking, drawn, step->arenas[0]);
	glance_lay_out(&step->glance, &linker->blocking);
	line_up(step, drawn);
	sweep_count_by_chance(
		&step->sweep, &step->glance.other, RANDOM_GLANCES, linker->start.seed);
	glance_begin(&step->glance);
	glance_settle(&step->glance, drawn->count / linker->start.one_in / pairs);
	step->glance.floor = linker->roster->count < MANY_RECORDS ? FLOOR_BITS : FLOOR_BITS_OF_MANY;
	choose_keys(step, drawn);
	crew_run(linker->workers, look_by_glance, step);
	learn(linker, step, pairs, drawn->count);
	crew_run(linker->workers, score_seen, step);
	gather(step);
	count_likely(step);
	for (uint32_t w = 0; w < linker->workers; w++)
		step->glanced[w] = 0;
	glance_settle(&step->glance, linker->model.prior);
}

static void look_at_all(struct linker *linker, struct step *step)
{
	say(linker, "lining up");
	line_up(step, linker->roster);
	say(linker, "choosing keys");
	choose_keys(step, linker->roster);
	say(linker, "comparing");
	crew_run(linker->workers, score_by_glance, step);
	gather(step);
	for (uint32_t w = 0; w < linker->workers; w++)
		linker->glanced += step->glanced[w];
	for (uint32_t i = 0; i < linker->watched_count; i++) {
		const struct record_pair *pair = &linker->watched[i];

		linker->reached[i] = !sweep_brings(&step->sweep, pair->a, pair->b) ? LINKER_APART
				     : !sweep_passes(&step->sweep, pair->a, pair->b)
					     ? LINKER_GLANCED
					     : LINKER_COMPARED;
	}
}

void linker_run(struct linker *linker)
{
	struct step *step = lg_alloc(linker->arena, sizeof *step);
	uint32_t count = linker->roster->count;

	assert(linker->workers > 0 && linker->workers <= CREW_MAX);
	step->linker = linker;
	for (uint32_t w = 0; w < linker->workers; w++) {
		step->arenas[w] = lg_arena_new();
		pairing_init(&step->pairings[w], linker->roster, step->arenas[w]);
		pattern_table_init(&step->patterns[w], step->arenas[w]);
	}
	linker->held = 1;
	if (count > SMALL_RECORDS) {
		struct roster drawn;

		roster_draw(linker->roster, (uint32_t)sqrt(count * DRAWN_FACTOR),
			linker->start.seed, &drawn, step->arenas[0]);
		look_first(linker, step, &drawn);
		look_at_all(linker, step);
	} else {
		look_at_small(linker, step);
	}
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
