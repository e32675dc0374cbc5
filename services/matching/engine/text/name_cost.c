/*
 * The least cost of turning one name into another (name_form.h).
 *
 * R. Wagner, M. Fischer, "The String-to-String Correction Problem", JACM 21 (1974), with a price per
 * pair of sounds, two sounds for one, and two neighbours changed for each other.
 */
#include <assert.h>

#include "services/matching/engine/text/name_form.h"
#include "services/matching/engine/text/sound.h"

#define SWAP_COST        110 /* two neighbours in the other order: a slip of the hand */
#define APART_COST       8   /* one word here, two there */
#define ORDER_COST       15  /* words in another order */
#define INITIAL_COST     40  /* one letter for the word that begins so */
#define INITIAL_NEAR_MAX 60
#define LEFT_OUT_SHARE   40 /* of 100 of a word's weight, when only one name has it */
#define LEFT_OUT_MAX     110
#define LEFT_OUT_FILLER  15
#define SCORE_SHARE      80 /* of 100 of the weight: at this cost nothing is left of a likeness */
#define CELLS            (NAME_FORM_SOUNDS_MAX + 3)

/* A run of sounds of a form. */
struct run {
	const uint8_t *sounds;
	uint32_t count;
};

static struct run word_of(const struct name_form *form, uint32_t word)
{
	uint32_t begin = word == 0 ? 0 : form->ends[word - 1];

	return (struct run){ .sounds = form->sounds + begin, .count = form->ends[word] - begin };
}

static struct run all_of(const struct name_form *form)
{
	return (struct run){ .sounds = form->sounds, .count = form->size };
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* What of b does not change from row to row. */
struct columns {
	uint32_t count;
	uint8_t sounds[CELLS], joins[CELLS], drops[CELLS]; /* from 1 */
};

static void columns_of(struct run b, struct columns *ret_columns)
{
	ret_columns->count = b.count;
	ret_columns->sounds[0] = 0;
	for (uint32_t k = 1; k <= b.count; k++) {
		uint8_t sound = b.sounds[k - 1];

		ret_columns->sounds[k] = sound;
		ret_columns->drops[k] = (uint8_t)sound_drop(sound);
		ret_columns->joins[k] = k < 2 ? 0 : sound_join(b.sounds[k - 2], sound);
	}
}

/* One row of the table: a's next sound, and what it makes with the one before. */
struct row {
	uint8_t sound, before, join;
	uint16_t *now;
	const uint16_t *last, *last_but_one;
};

/* returns  the least cost in the row */
static uint32_t fill_row(const struct row *row, const struct columns *b)
{
	const uint8_t *changes = sound_changes(row->sound);
	const uint8_t *joined = row->join == 0 ? NULL : sound_changes(row->join);
	uint32_t drop = sound_drop(row->sound), best = row->now[0];

	for (uint32_t k = 1; k <= b->count; k++) {
		uint32_t cost = least(row->last[k] + drop, row->now[k - 1] + (uint32_t)b->drops[k]);

		cost = least(cost, row->last[k - 1] + (uint32_t)changes[b->sounds[k]]);
		if (joined != NULL) {
			cost = least(
				cost, row->last_but_one[k - 1] + (uint32_t)joined[b->sounds[k]]);
			if (b->joins[k] != 0)
				cost = least(cost,
					row->last_but_one[k - 2] + (uint32_t)joined[b->joins[k]]);
		}
		if (b->joins[k] != 0)
			cost = least(cost, row->last[k - 2] + (uint32_t)changes[b->joins[k]]);
		if (row->before == b->sounds[k] && b->sounds[k - 1] == row->sound && k > 1)
			cost = least(cost, row->last_but_one[k - 2] + SWAP_COST);
		row->now[k] = (uint16_t)cost;
		best = least(best, cost);
	}
	return best;
}

/* limit: when every way costs that already, it is returned. */
static uint32_t run_cost(struct run a, struct run b, uint32_t limit)
{
	uint16_t rows[3][CELLS];
	struct columns columns;
	uint32_t best_before = 0;

	if (a.count == b.count && memcmp(a.sounds, b.sounds, a.count) == 0)
		return 0;
	columns_of(b, &columns);
	rows[0][0] = 0;
	for (uint32_t k = 1; k <= b.count; k++)
		rows[0][k] = (uint16_t)(rows[0][k - 1] + columns.drops[k]);
	for (uint32_t i = 1; i <= a.count; i++) {
		uint8_t before = i < 2 ? 0 : a.sounds[i - 2];
		struct row row = { .sound = a.sounds[i - 1],
			.before = before,
			.join = i < 2 ? 0 : sound_join(before, a.sounds[i - 1]),
			.now = rows[i % 3],
			.last = rows[(i + 2) % 3],
			.last_but_one = rows[(i + 1) % 3] };

		row.now[0] = (uint16_t)(row.last[0] + sound_drop(row.sound));
		uint32_t best = fill_row(&row, &columns);

		if (best >= limit && best_before >= limit)
			return limit;
		best_before = best;
	}
	return least(rows[a.count % 3][b.count], limit);
}

/* --- words in any order ------------------------------------------------------------------------ */

static uint32_t left_out_cost(const struct name_form *form, uint32_t word)
{
	struct run run = word_of(form, word);
	uint32_t weight = 0;

	if ((form->fillers >> word & 1) != 0)
		return LEFT_OUT_FILLER;
	if ((form->initials >> word & 1) != 0)
		return LEFT_OUT_FILLER;
	for (uint32_t i = 0; i < run.count; i++)
		weight += sound_drop(run.sounds[i]);
	return least(weight * LEFT_OUT_SHARE / 100, LEFT_OUT_MAX);
}

/* A word that says little, or an initial: it may be left out although the other has words to spare. */
static bool is_light(const struct name_form *form, uint32_t word)
{
	return ((form->fillers | form->initials) >> word & 1) != 0;
}

static uint32_t word_cost(const struct name_form *a, uint32_t i, const struct name_form *b,
	uint32_t k, uint32_t limit)
{
	struct run left = word_of(a, i), right = word_of(b, k);
	bool is_initial = ((a->initials >> i | b->initials >> k) & 1) != 0;

	if (is_initial && sound_changes(left.sounds[0])[right.sounds[0]] <= INITIAL_NEAR_MAX)
		return left.count == right.count ? 0 : INITIAL_COST;
	return run_cost(left, right, limit);
}

struct pair {
	uint32_t left, right, cost;
};

/* Words of two names, and what is paired so far. */
struct pairing {
	const struct name_form *a, *b;
	uint16_t costs[NAME_FORM_WORDS_MAX][NAME_FORM_WORDS_MAX];
	uint32_t lefts[NAME_FORM_WORDS_MAX], rights[NAME_FORM_WORDS_MAX]; /* left_out_cost() */
	uint32_t left, right; /* a bit per word that is paired */
	bool is_turned;
};

static bool is_free(const struct pairing *p, uint32_t i, uint32_t k)
{
	return (p->left >> i & 1) == 0 && (p->right >> k & 1) == 0;
}

/* The pair that saves most against leaving both words out. */
static bool next_pair(const struct pairing *p, struct pair *ret_pair)
{
	int32_t best = INT32_MIN;

	for (uint32_t i = 0; i < p->a->word_count; i++) {
		for (uint32_t k = 0; k < p->b->word_count; k++) {
			int32_t saving = (int32_t)(p->lefts[i] + p->rights[k]) - p->costs[i][k];
			bool is_worth = saving > 0 || (!is_light(p->a, i) && !is_light(p->b, k));

			if (!is_free(p, i, k) || !is_worth || saving <= best)
				continue;
			best = saving;
			*ret_pair = (struct pair){ .left = i, .right = k, .cost = p->costs[i][k] };
		}
	}
	return best > INT32_MIN;
}

/* Whether two pairs cross: the words stand in another order. */
static bool is_crossed(const struct pair *pairs, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t k = 0; k < i; k++)
			if ((pairs[i].left < pairs[k].left) != (pairs[i].right < pairs[k].right))
				return true;
	return false;
}

static uint32_t words_cost(const struct name_form *a, const struct name_form *b, uint32_t limit)
{
	struct pairing p = { .a = a, .b = b };
	struct pair pairs[NAME_FORM_WORDS_MAX], pair;
	uint32_t cost = 0, count = 0;

	for (uint32_t i = 0; i < a->word_count; i++)
		p.lefts[i] = left_out_cost(a, i);
	for (uint32_t k = 0; k < b->word_count; k++)
		p.rights[k] = left_out_cost(b, k);
	for (uint32_t i = 0; i < a->word_count; i++)
		for (uint32_t k = 0; k < b->word_count; k++)
			p.costs[i][k] = (uint16_t)word_cost(a, i, b, k, limit);
	while (next_pair(&p, &pair)) {
		p.left |= 1u << pair.left;
		p.right |= 1u << pair.right;
		cost += pair.cost;
		pairs[count++] = pair;
	}
	for (uint32_t i = 0; i < a->word_count; i++)
		cost += (p.left >> i & 1) != 0 ? 0 : p.lefts[i];
	for (uint32_t k = 0; k < b->word_count; k++)
		cost += (p.right >> k & 1) != 0 ? 0 : p.rights[k];
	return cost + (is_crossed(pairs, count) ? ORDER_COST : 0);
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

	uint32_t cost = words_cost(a, b, limit);

	if (a->word_count != b->word_count)
		cost = least(cost, run_cost(all_of(a), all_of(b), limit) + APART_COST);
	return least(cost, limit);
}

uint32_t name_form_compare(const struct name_form *a, const struct name_form *b)
{
	uint32_t weight = ((uint32_t)a->weight + b->weight) / 2;
	uint32_t limit = weight * SCORE_SHARE / 100;

	if (limit == 0)
		return 0;
	return NAME_FORM_EQUAL - name_form_cost(a, b, limit) * NAME_FORM_EQUAL / limit;
}
