/*
 * The least cost of turning one name into another (name_form.h).
 *
 * R. Wagner, M. Fischer, "The String-to-String Correction Problem", JACM 21 (1974), with a price per
 * pair of sounds, two sounds for one, two neighbours changed for each other, and a tail left out.
 */
#include <assert.h>

#include "services/matching/engine/text/name_form.h"
#include "services/matching/engine/text/sound.h"

#define SWAP_COST        110 /* two neighbours in the other order: a slip of the hand */
#define TAIL_COST        150 /* Janakpur for Janakpurdham: and for each sound of the tail: */
#define TAIL_SOUND_COST  10
#define TAIL_SOUNDS_MIN  4  /* of the tail, and of what stands before it */
#define APART_COST       8  /* one word here, two there */
#define ORDER_COST       15 /* words in another order */
#define INITIAL_COST     40 /* one letter for the word that begins so */
#define INITIAL_NEAR_MAX 60
#define LEFT_OUT_SHARE   40 /* of 100 of a word's weight, when only one name has it */
#define LEFT_OUT_MAX     110
#define LEFT_OUT_LIGHT   15 /* a filler, an initial */
#define UNLIKE_SHARE \
	75 /* of 100 of the weight of two words: from here on they are just different */
#define SCORE_SHARE    75 /* of 100 of the weight of two names: here nothing is left of a likeness */
#define BOUNDARY_SHIFT 3  /* sounds, from which on words may have been parted elsewhere */
#define CELLS          (NAME_FORM_SOUNDS_MAX + 2)

/* A run of sounds of a form: a word, or the whole. */
struct run {
	const uint8_t *sounds;
	uint32_t count;
	uint32_t weight;
};

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static struct run word_of(const struct name_form *form, uint32_t word)
{
	uint32_t begin = word == 0 ? 0 : form->ends[word - 1];
	struct run run = { .sounds = form->sounds + begin, .count = form->ends[word] - begin };

	for (uint32_t i = 0; i < run.count; i++)
		run.weight += sound_table.drops[run.sounds[i]];
	return run;
}

static struct run all_of(const struct name_form *form)
{
	return (struct run){ .sounds = form->sounds, .count = form->size, .weight = form->weight };
}

/* One row of the table: a's next sound, the one before, and what both make together. */
struct row {
	uint8_t sound, before, join;
	const uint16_t *last, *last_but_one;
	uint16_t *now;
};

/* Most rows: no two sounds are one, no neighbours change places.  returns  the least of the row */
static uint32_t fill_plain(const struct row *row, struct run b)
{
	const uint8_t *changes = sound_table.changes[row->sound];
	uint32_t drop = sound_table.drops[row->sound];
	uint32_t left = row->now[0], corner = row->last[0], best = left;

	for (uint32_t k = 1; k <= b.count; k++) {
		uint8_t sound = b.sounds[k - 1];
		uint32_t above = row->last[k];
		uint32_t cost = least(corner + changes[sound], above + drop);

		left = least(cost, left + sound_table.drops[sound]);
		corner = above;
		row->now[k] = (uint16_t)left;
		best = least(best, left);
	}
	return best;
}

/* What a row may gain where two sounds are one or change places.  returns  as above */
static uint32_t improve(const struct row *row, struct run b, const uint8_t *joins)
{
	const uint8_t *changes = sound_table.changes[row->sound];
	const uint8_t *joined = sound_table.changes[row->join];
	uint32_t best = row->now[0];

	for (uint32_t k = 1; k <= b.count; k++) {
		uint8_t sound = b.sounds[k - 1], join = joins[k];
		uint32_t cost = row->now[k];

		if (row->join != 0)
			cost = least(cost, row->last_but_one[k - 1] + (uint32_t)joined[sound]);
		if (join != 0)
			cost = least(cost, row->last[k - 2] + (uint32_t)changes[join]);
		if (join != 0 && row->join != 0)
			cost = least(cost, row->last_but_one[k - 2] + (uint32_t)joined[join]);
		if (k > 1 && row->before == sound && b.sounds[k - 2] == row->sound)
			cost = least(cost, row->last_but_one[k - 2] + (uint32_t)SWAP_COST);
		cost = least(cost, row->now[k - 1] + (uint32_t)sound_table.drops[sound]);
		row->now[k] = (uint16_t)cost;
		best = least(best, cost);
	}
	return best;
}

/* The rest of a name, behind a part that can stand alone. */
static uint32_t tail_cost(uint32_t behind, uint32_t count)
{
	uint32_t tail = count - behind;

	if (tail == 0)
		return 0;
	if (behind < TAIL_SOUNDS_MIN || tail < TAIL_SOUNDS_MIN)
		return UINT16_MAX;
	return TAIL_COST + TAIL_SOUND_COST * tail;
}

/* The sounds that two of b make, by the place of the second.  returns  whether there are any */
static bool find_joins(struct run b, uint8_t ret_joins[CELLS])
{
	uint8_t any = 0;

	ret_joins[1] = 0;
	for (uint32_t k = 2; k <= b.count; k++) {
		ret_joins[k] = sound_table.joins[b.sounds[k - 2]][b.sounds[k - 1]];
		any |= ret_joins[k];
	}
	return any != 0;
}

/* Whether two neighbours stand in b as they do in the row, but turned. */
static bool is_swapped(const struct row *row, struct run b)
{
	for (uint32_t k = 1; k < b.count; k++)
		if (b.sounds[k] == row->before && b.sounds[k - 1] == row->sound)
			return true;
	return false;
}

/* limit: when every way costs that already, it is returned. */
static uint32_t run_cost(struct run a, struct run b, uint32_t limit)
{
	uint16_t rows[3][CELLS];
	uint8_t joins[CELLS];
	uint32_t best_before = 0, result = limit;

	if (a.count == b.count && memcmp(a.sounds, b.sounds, a.count) == 0)
		return 0;

	bool has_joins = find_joins(b, joins);

	rows[0][0] = 0;
	for (uint32_t k = 1; k <= b.count; k++)
		rows[0][k] = (uint16_t)(rows[0][k - 1] + sound_table.drops[b.sounds[k - 1]]);
	for (uint32_t i = 1; i <= a.count; i++) {
		uint8_t before = i < 2 ? 0 : a.sounds[i - 2];
		struct row row = { .sound = a.sounds[i - 1],
			.before = before,
			.join = sound_table.joins[before][a.sounds[i - 1]],
			.now = rows[i % 3],
			.last = rows[(i + 2) % 3],
			.last_but_one = rows[(i + 1) % 3] };

		row.now[0] = (uint16_t)(row.last[0] + sound_table.drops[row.sound]);
		uint32_t best = fill_plain(&row, b);

		if (has_joins || row.join != 0 || is_swapped(&row, b))
			best = improve(&row, b, joins);
		result = least(result, row.now[b.count] + tail_cost(i, a.count));
		if (best >= limit && best_before >= limit)
			return result;
		best_before = best;
	}
	for (uint32_t k = TAIL_SOUNDS_MIN; k < b.count; k++)
		result = least(result, rows[a.count % 3][k] + tail_cost(k, b.count));
	return result;
}

/* --- words in any order ------------------------------------------------------------------------ */

/* Words of two names, what each pair costs, and what is paired so far. */
struct pairing {
	uint32_t a_count, b_count;
	uint32_t a_free, b_free;               /* a bit per word that has no partner yet */
	uint32_t a_light, b_light;             /* a bit per filler or initial */
	uint32_t a_alone[NAME_FORM_WORDS_MAX]; /* what leaving it out costs */
	uint32_t b_alone[NAME_FORM_WORDS_MAX];
	uint32_t costs[NAME_FORM_WORDS_MAX][NAME_FORM_WORDS_MAX];
	uint32_t partner[NAME_FORM_WORDS_MAX]; /* of a's word, among b's */
};

static uint32_t alone_cost(struct run word, bool is_light)
{
	return is_light ? LEFT_OUT_LIGHT : least(word.weight * LEFT_OUT_SHARE / 100, LEFT_OUT_MAX);
}

static uint32_t word_cost(struct run a, struct run b, bool has_initial)
{
	if (has_initial && sound_table.changes[a.sounds[0]][b.sounds[0]] <= INITIAL_NEAR_MAX)
		return a.count == b.count ? 0 : INITIAL_COST;
	return run_cost(a, b, (a.weight + b.weight) * UNLIKE_SHARE / 200);
}

static void pairing_begin(
	const struct name_form *a, const struct name_form *b, struct pairing *ret_pairing)
{
	struct pairing *p = ret_pairing;

	p->a_count = a->word_count;
	p->b_count = b->word_count;
	p->a_free = (1u << a->word_count) - 1;
	p->b_free = (1u << b->word_count) - 1;
	p->a_light = (uint32_t)a->fillers | a->initials;
	p->b_light = (uint32_t)b->fillers | b->initials;
	for (uint32_t k = 0; k < p->b_count; k++)
		p->b_alone[k] = alone_cost(word_of(b, k), (p->b_light >> k & 1) != 0);
	for (uint32_t i = 0; i < p->a_count; i++) {
		struct run word = word_of(a, i);

		p->a_alone[i] = alone_cost(word, (p->a_light >> i & 1) != 0);
		for (uint32_t k = 0; k < p->b_count; k++)
			p->costs[i][k] = word_cost(word, word_of(b, k),
				((a->initials >> i | b->initials >> k) & 1) != 0);
	}
}

/*
 * Pairs the two words that save most against leaving both out.  Words of her own are paired even
 * when they are unlike, because then one of the names is another; a filler is rather left out.
 */
static bool pair_next(struct pairing *p, uint32_t *cost)
{
	int32_t best = INT32_MIN;
	uint32_t best_i = 0, best_k = 0;

	for (uint32_t i = 0; i < p->a_count; i++) {
		if ((p->a_free >> i & 1) == 0)
			continue;
		for (uint32_t k = 0; k < p->b_count; k++) {
			bool is_light = ((p->a_light >> i | p->b_light >> k) & 1) != 0;
			int32_t saving =
				(int32_t)(p->a_alone[i] + p->b_alone[k]) - (int32_t)p->costs[i][k];

			if ((p->b_free >> k & 1) == 0 || (is_light && saving <= 0) ||
				saving <= best)
				continue;
			best = saving;
			best_i = i;
			best_k = k;
		}
	}
	if (best == INT32_MIN)
		return false;
	p->a_free &= ~(1u << best_i);
	p->b_free &= ~(1u << best_k);
	p->partner[best_i] = best_k;
	*cost += p->costs[best_i][best_k];
	return true;
}

/* Whether pairs cross: the words stand in another order. */
static bool is_crossed(const struct pairing *p)
{
	uint32_t last = 0;

	for (uint32_t i = 0; i < p->a_count; i++) {
		if ((p->a_free >> i & 1) != 0)
			continue;
		if (p->partner[i] < last)
			return true;
		last = p->partner[i];
	}
	return false;
}

static uint32_t words_cost(const struct name_form *a, const struct name_form *b)
{
	struct pairing p;
	uint32_t cost = 0;

	pairing_begin(a, b, &p);
	while (pair_next(&p, &cost))
		;
	for (uint32_t i = 0; i < p.a_count; i++)
		cost += (p.a_free >> i & 1) != 0 ? p.a_alone[i] : 0;
	for (uint32_t k = 0; k < p.b_count; k++)
		cost += (p.b_free >> k & 1) != 0 ? p.b_alone[k] : 0;
	return cost + (is_crossed(&p) ? ORDER_COST : 0);
}

/* Whether the same words may have been parted at another place. */
static bool may_be_parted(const struct name_form *a, const struct name_form *b)
{
	if (a->word_count != b->word_count)
		return true;
	for (uint32_t i = 0; i < a->word_count; i++)
		if (a->ends[i] > b->ends[i] + BOUNDARY_SHIFT ||
			b->ends[i] > a->ends[i] + BOUNDARY_SHIFT)
			return true;
	return false;
}

uint32_t name_form_cost(const struct name_form *a, const struct name_form *b, uint32_t limit)
{
	if (a->size == 0 || b->size == 0)
		return limit;

	int order = memcmp(a, b, sizeof *a);

	if (order == 0)
		return 0;
	if (order > 0) { /* who is asked first must not matter */
		const struct name_form *first = b;

		b = a;
		a = first;
	}
	if (a->word_count == 1 && b->word_count == 1)
		return run_cost(all_of(a), all_of(b), limit);

	uint32_t cost = least(words_cost(a, b), limit);

	if (cost > APART_COST && may_be_parted(a, b))
		cost = least(cost, run_cost(all_of(a), all_of(b), cost - APART_COST) + APART_COST);
	return cost;
}

uint32_t name_form_compare(const struct name_form *a, const struct name_form *b)
{
	uint32_t limit = ((uint32_t)a->weight + b->weight) * SCORE_SHARE / 200;

	if (limit == 0)
		return 0;
	return NAME_FORM_EQUAL - name_form_cost(a, b, limit) * NAME_FORM_EQUAL / limit;
}
