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
#define JOINED_COST      8u  /* two and two heard as the same one: ri and ree are not the same */
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
	60 /* of 100 of the weight of two words: from here on they are just different */
#define SCORE_SHARE    60 /* of 100 of the weight of two names: here nothing is left of a likeness */
#define BOUNDARY_SHIFT 3  /* sounds, from which on words may have been parted elsewhere */
/* a, i, u, and none */
#define VOWEL_CLASSES (1u << 0 | 1u << 1 | 1u << 9 | 1u << 21)
/*
 * Of 12 parts of the consonants: below a third two names are unlike, and counting further says
 * nothing (most pairs that are asked for are of this kind); two of several words sooner, because
 * only one of the pairs is wanted; words that were only parted elsewhere share nearly all.
 */
#define SHARED_MIN      4
#define SHARED_WORD_MIN 5
#define SHARED_PARTED   7
#define CELLS           (NAME_FORM_SOUNDS_MAX + 2)

/* A run of sounds of a form: a word, or the whole. */
struct run {
	const uint8_t *sounds;
	uint32_t count;
	uint32_t weight;
	uint32_t classes; /* a bit per class of consonants in it */
};

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t classes_of(struct run run)
{
	uint32_t classes = 0;

	for (uint32_t i = 0; i < run.count; i++) {
		uint8_t before = i == 0 ? 0 : run.sounds[i - 1];
		uint8_t join = sound_table.joins[before][run.sounds[i]];

		classes |= 1u << sound_table.classes[run.sounds[i]];
		classes |= 1u << sound_table.classes[join];
	}
	return classes & ~VOWEL_CLASSES;
}

static struct run word_of(const struct name_form *form, uint32_t word)
{
	uint32_t begin = word == 0 ? 0 : form->ends[word - 1];
	struct run run = { .sounds = form->sounds + begin, .count = form->ends[word] - begin };

	for (uint32_t i = 0; i < run.count; i++)
		run.weight += sound_table.drops[run.sounds[i]];
	run.classes = classes_of(run);
	return run;
}

static struct run all_of(const struct name_form *form)
{
	struct run run = { .sounds = form->sounds, .count = form->size, .weight = form->weight };

	run.classes = classes_of(run);
	return run;
}

/* How many of 12 parts of the classes that the richer one has are shared. */
static uint32_t shared_parts(struct run a, struct run b)
{
	uint32_t a_count = (uint32_t)__builtin_popcount(a.classes);
	uint32_t b_count = (uint32_t)__builtin_popcount(b.classes);
	uint32_t most = a_count > b_count ? a_count : b_count;

	return most == 0 ? 12 : 12 * (uint32_t)__builtin_popcount(a.classes & b.classes) / most;
}

/* One row of the table: a's next sound, the one before, and what both make together. */
struct row {
	uint8_t sound, before, join;
	const uint16_t *last, *last_but_one;
	uint16_t *now;
};

/* What of b is asked in every row. */
struct columns {
	uint32_t count;
	const uint8_t *sounds;
	uint64_t joined;     /* a bit per place of a second sound that makes one with the first */
	uint64_t present[2]; /* a bit per sound that b has */
	uint8_t drops[CELLS], joins[CELLS]; /* from 1 */
};

static void columns_of(struct run b, struct columns *ret_columns)
{
	struct columns *c = ret_columns;

	c->count = b.count;
	c->sounds = b.sounds;
	c->joined = c->present[0] = c->present[1] = 0;
	for (uint32_t k = 1; k <= b.count; k++) {
		uint8_t sound = b.sounds[k - 1];

		c->drops[k] = sound_table.drops[sound];
		c->joins[k] = k < 2 ? 0 : sound_table.joins[b.sounds[k - 2]][sound];
		c->joined |= (uint64_t)(c->joins[k] != 0) << k;
		c->present[sound / 64] |= (uint64_t)1 << sound % 64;
	}
}

static bool has(const struct columns *b, uint8_t sound)
{
	return (b->present[sound / 64] >> sound % 64 & 1) != 0;
}

/* The row as if no two sounds were one and no neighbours changed places. */
static void fill_plain(const struct row *row, const struct columns *b)
{
	const uint8_t *changes = sound_table.changes[row->sound];
	const uint16_t *last = row->last;
	uint16_t *now = row->now;
	uint32_t drop = sound_table.drops[row->sound];
	uint32_t left = now[0], corner = last[0];

	for (uint32_t k = 1; k <= b->count; k++) {
		uint32_t above = last[k];
		uint32_t cost = least(corner + changes[b->sounds[k - 1]], above + drop);

		left = least(cost, left + b->drops[k]);
		corner = above;
		now[k] = (uint16_t)left;
	}
}

/* The least cost of a cell by what joins two sounds or turns them. */
static uint32_t special_cost(const struct row *row, const struct columns *b, uint32_t k)
{
	uint8_t sound = b->sounds[k - 1], join = b->joins[k];
	uint32_t cost = UINT16_MAX;

	if (row->join != 0)
		cost = row->last_but_one[k - 1] + (uint32_t)sound_table.changes[row->join][sound];
	if (join != 0)
		cost = least(
			cost, row->last[k - 2] + (uint32_t)sound_table.changes[row->sound][join]);
	if (join != 0 && row->join != 0)
		cost = least(cost, row->last_but_one[k - 2] + JOINED_COST +
					   (uint32_t)sound_table.changes[row->join][join]);
	if (k > 1 && row->before == sound && b->sounds[k - 2] == row->sound)
		cost = least(cost, row->last_but_one[k - 2] + (uint32_t)SWAP_COST);
	return cost;
}

/* Gives one cell its special cost, and those behind it what follows. */
static void improve(const struct row *row, const struct columns *b, uint32_t k)
{
	uint32_t cost = special_cost(row, b, k);

	for (; k <= b->count && cost < row->now[k]; k++) {
		row->now[k] = (uint16_t)cost;
		cost += k < b->count ? b->drops[k + 1] : 0u;
	}
}

static void improve_row(const struct row *row, const struct columns *b)
{
	if (row->join != 0 || (has(b, row->before) && has(b, row->sound))) {
		for (uint32_t k = 1; k <= b->count; k++)
			improve(row, b, k);
		return;
	}
	for (uint64_t left = b->joined; left != 0; left &= left - 1)
		improve(row, b, (uint32_t)__builtin_ctzll(left));
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

static uint32_t least_of(const uint16_t *row, uint32_t count)
{
	uint16_t best = row[0];

	for (uint32_t k = 1; k <= count; k++)
		best = row[k] < best ? row[k] : best;
	return best;
}

/* limit: when every way costs that already, it is returned. */
static uint32_t run_cost(struct run a, const struct columns *b, uint32_t limit)
{
	uint16_t rows[3][CELLS];
	uint32_t best_before = 0, result = limit;

	if (a.count == b->count && memcmp(a.sounds, b->sounds, a.count) == 0)
		return 0;
	rows[0][0] = 0;
	for (uint32_t k = 1; k <= b->count; k++)
		rows[0][k] = (uint16_t)(rows[0][k - 1] + b->drops[k]);
	for (uint32_t i = 1; i <= a.count; i++) {
		uint8_t before = i < 2 ? 0 : a.sounds[i - 2];
		struct row row = { .sound = a.sounds[i - 1],
			.before = before,
			.join = sound_table.joins[before][a.sounds[i - 1]],
			.now = rows[i % 3],
			.last = rows[(i + 2) % 3],
			.last_but_one = rows[(i + 1) % 3] };

		row.now[0] = (uint16_t)(row.last[0] + sound_table.drops[row.sound]);
		fill_plain(&row, b);
		improve_row(&row, b);
		result = least(result, row.now[b->count] + tail_cost(i, a.count));

		uint32_t best = least_of(row.now, b->count);

		if (best >= limit && best_before >= limit)
			return result;
		best_before = best;
	}
	for (uint32_t k = TAIL_SOUNDS_MIN; k < b->count; k++)
		result = least(result, rows[a.count % 3][k] + tail_cost(k, b->count));
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

static uint32_t word_cost(
	struct run a, struct run b, const struct columns *b_columns, bool has_initial)
{
	if (has_initial && sound_table.changes[a.sounds[0]][b.sounds[0]] <= INITIAL_NEAR_MAX)
		return a.count == b.count ? 0 : INITIAL_COST;

	uint32_t unlike = (a.weight + b.weight) * UNLIKE_SHARE / 200;

	return shared_parts(a, b) < SHARED_WORD_MIN ? unlike : run_cost(a, b_columns, unlike);
}

static void pairing_begin(
	const struct name_form *a, const struct name_form *b, struct pairing *ret_pairing)
{
	struct pairing *p = ret_pairing;
	struct run words[NAME_FORM_WORDS_MAX];

	p->a_count = a->word_count;
	p->b_count = b->word_count;
	p->a_free = (1u << a->word_count) - 1;
	p->b_free = (1u << b->word_count) - 1;
	p->a_light = (uint32_t)a->fillers | a->initials;
	p->b_light = (uint32_t)b->fillers | b->initials;
	for (uint32_t i = 0; i < p->a_count; i++) {
		words[i] = word_of(a, i);
		p->a_alone[i] = alone_cost(words[i], (p->a_light >> i & 1) != 0);
	}
	for (uint32_t k = 0; k < p->b_count; k++) {
		struct run word = word_of(b, k);
		struct columns columns;

		p->b_alone[k] = alone_cost(word, (p->b_light >> k & 1) != 0);
		columns_of(word, &columns);
		for (uint32_t i = 0; i < p->a_count; i++)
			p->costs[i][k] = word_cost(words[i], word, &columns,
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

/* parts: the least of 12 that must be shared, or nothing more is counted */
static uint32_t whole_cost(
	const struct name_form *a, const struct name_form *b, uint32_t limit, uint32_t parts)
{
	struct run left = all_of(a), right = all_of(b);
	struct columns columns;

	if (shared_parts(left, right) < parts)
		return limit;
	columns_of(right, &columns);
	return run_cost(left, &columns, limit);
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
		return whole_cost(a, b, limit, SHARED_MIN);

	uint32_t cost = least(words_cost(a, b), limit);

	if (cost > APART_COST && may_be_parted(a, b))
		cost = least(cost, whole_cost(a, b, cost - APART_COST, SHARED_PARTED) + APART_COST);
	return cost;
}

uint32_t name_form_compare(const struct name_form *a, const struct name_form *b)
{
	uint32_t limit = ((uint32_t)a->weight + b->weight) * SCORE_SHARE / 200;

	if (limit == 0)
		return 0;
	return NAME_FORM_EQUAL - name_form_cost(a, b, limit) * NAME_FORM_EQUAL / limit;
}
