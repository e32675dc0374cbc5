#include "services/matching/tools/linking/linker.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "services/matching/tools/linking/step.h"
#include "services/matching/tools/tool.h"

#define SMALL_RECORDS      12000u  /* up to here all pairs of broad keys are compared */
#define DRAWN_FACTOR       20000.0 /* of n more than these, sqrt(n * factor) are looked at first */
#define LOOK_PAIRS         100.0   /* per record, that one broad key may bring */
#define GLANCES            500.0
#define MANY_RECORDS       300000u /* from here on time counts: */
#define FLOOR_BITS         (-10.0f)
#define FLOOR_BITS_OF_MANY (-6.5f) /* by one bit lower 1.6 times as many are compared */
#define RANDOM_GLANCES     300000u
#define ENOUGH             0.997
#define DRAWN_ROWS         8192u

static void say(const struct linker *linker, const char *what)
{
	struct timespec used;

	if (!linker->says_progress)
		return;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	fprintf(stderr, "lg-match: %s (%.1f s of processor time so far)\n", what,
		(double)used.tv_sec + (double)used.tv_nsec / 1e9);
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
	step_compare_drawn(step);
	estimate_u(&linker->model, step->roster, step->drawn_patterns, step->drawn_count);
	linker->rounds =
		estimate_m(&linker->model, step_patterns(step), pairs, records, &linker->start);
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
	sweep_use_keys(&step->sweep, STEP_BLOCK_PAIRS, GLANCES * roster->count, step->arenas[0]);
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
	step_bring_together(step);
	step_look(step);
	learn(linker, step, pairs, roster->count);
	step_score_seen(step);
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
	step_line_up(step, drawn);
	sweep_count_by_chance(
		&step->sweep, &step->glance.other, RANDOM_GLANCES, linker->start.seed);
	glance_begin(&step->glance);
	glance_settle(&step->glance, drawn->count / linker->start.one_in / pairs);
	step->glance.floor = linker->roster->count < MANY_RECORDS ? FLOOR_BITS : FLOOR_BITS_OF_MANY;
	choose_keys(step, drawn);
	step_look_by_glance(step);
	learn(linker, step, pairs, drawn->count);
	step_score_seen(step);
	count_likely(step);
	for (uint32_t w = 0; w < linker->workers; w++)
		step->glanced[w] = 0;
	glance_settle(&step->glance, linker->model.prior);
}

static void look_at_all(struct linker *linker, struct step *step)
{
	say(linker, "lining up");
	step_line_up(step, linker->roster);
	say(linker, "choosing keys");
	choose_keys(step, linker->roster);
	say(linker, "comparing");
	step_score_by_glance(step);
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
