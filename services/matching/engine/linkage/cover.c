#include "services/matching/engine/linkage/cover.h"

#include <assert.h>
#include <stdlib.h>

#define CHOSEN_MAX   44 /* keys of a whole task: each costs a sort of all records */
#define STEPS_MAX    200
#define LET_GO_SHARE 0.5 /* of what the last key that was chosen is worth */
#define SORT_COST    6.0 /* of one record for one key, in pairs */

static bool are_apart(const struct blocking *blocking, uint32_t a, uint32_t b)
{
	const struct block_atom *first = &blocking->atoms[a], *second = &blocking->atoms[b];

	return first->field != second->field && first->twin != second->field &&
	       first->field != second->twin && first->twin != second->twin;
}

static void add_key(struct blocking *blocking, const struct block_key *key)
{
	if (blocking->key_count < KEYS_MAX)
		blocking->keys[blocking->key_count++] = *key;
}

/* Two atoms, or three where two are still too many. */
static void cover_joined(
	struct blocking *blocking, double pairs, double each_most, uint32_t a, uint32_t b)
{
	double expected = pairs * blocking->atoms[a].chance * blocking->atoms[b].chance;

	if (expected <= each_most) {
		add_key(blocking, &(struct block_key){ 2, { a, b } });
		return;
	}
	for (uint32_t c = b + 1; c < blocking->atom_count; c++)
		if (pairs * blocking->atoms[c].chance > each_most && are_apart(blocking, a, c) &&
			are_apart(blocking, b, c) &&
			expected * blocking->atoms[c].chance <= each_most)
			add_key(blocking, &(struct block_key){ 3, { a, b, c } });
}

void cover_broadly(struct blocking *blocking, double pairs, double each_most)
{
	blocking->key_count = 0;
	for (uint32_t a = 0; a < blocking->atom_count; a++)
		if (pairs * blocking->atoms[a].chance <= each_most)
			add_key(blocking, &(struct block_key){ 1, { a } });
	for (uint32_t a = 0; a < blocking->atom_count; a++)
		for (uint32_t b = a + 1; b < blocking->atom_count; b++)
			if (pairs * blocking->atoms[a].chance > each_most &&
				pairs * blocking->atoms[b].chance > each_most &&
				are_apart(blocking, a, b))
				cover_joined(blocking, pairs, each_most, a, b);
	if (blocking->key_count == 0) /* one field, and a common one: nothing better is there */
		add_key(blocking, &(struct block_key){ 1, { 0 } });
}

static int by_atoms(const void *a, const void *b)
{
	uint64_t first = ((const struct cover_row *)a)->atoms;
	uint64_t second = ((const struct cover_row *)b)->atoms;

	return (first > second) - (first < second);
}

static uint32_t merge_rows(struct cover_row *rows, uint32_t count)
{
	uint32_t kept = 0;

	qsort(rows, count, sizeof *rows, by_atoms);
	for (uint32_t i = 0; i < count; i++) {
		if (kept > 0 && rows[kept - 1].atoms == rows[i].atoms)
			rows[kept - 1].weight += rows[i].weight;
		else
			rows[kept++] = rows[i];
	}
	return kept;
}

/* A key under trial and what it would add. */
struct trial {
	struct block_key key;
	double gain, cost, value;
};

static void try_key(const struct blocking *blocking, const struct cover_row *rows, uint32_t count,
	double pairs, double sort, const struct block_key *key, struct trial *best)
{
	struct trial trial = { .key = *key, .cost = pairs };
	uint64_t atoms = 0;

	for (uint32_t i = 0; i < key->count; i++) {
		atoms |= (uint64_t)1 << key->atoms[i];
		trial.cost *= blocking->atoms[key->atoms[i]].chance;
	}
	trial.cost += sort;
	for (uint32_t i = 0; i < count; i++)
		if ((rows[i].atoms & atoms) == atoms)
			trial.gain += rows[i].weight;
	trial.value = trial.gain / trial.cost;
	if (trial.value > best->value)
		*best = trial;
}

static struct trial best_key(const struct blocking *blocking, const struct cover_row *rows,
	uint32_t count, double pairs, double sort, double most)
{
	struct trial best = { .value = 0 };

	for (uint32_t a = 0; a < blocking->atom_count; a++) {
		double one = pairs * blocking->atoms[a].chance;

		if (one <= most)
			try_key(blocking, rows, count, pairs, sort, &(struct block_key){ 1, { a } },
				&best);
		for (uint32_t b = a + 1; b < blocking->atom_count; b++) {
			double two = one * blocking->atoms[b].chance;

			if (!are_apart(blocking, a, b))
				continue;
			if (two <= most)
				try_key(blocking, rows, count, pairs, sort,
					&(struct block_key){ 2, { a, b } }, &best);
			for (uint32_t c = b + 1; c < blocking->atom_count && two > most / 16; c++)
				if (are_apart(blocking, a, c) && are_apart(blocking, b, c) &&
					two * blocking->atoms[c].chance <= most)
					try_key(blocking, rows, count, pairs, sort,
						&(struct block_key){ 3, { a, b, c } }, &best);
		}
	}
	return best;
}

static uint64_t atoms_of(const struct block_key *key)
{
	uint64_t atoms = 0;

	for (uint32_t i = 0; i < key->count; i++)
		atoms |= (uint64_t)1 << key->atoms[i];
	return atoms;
}

/* A key chosen, and what it costs. */
struct choice {
	struct block_key key;
	uint64_t atoms;
	double cost;
};

struct choices {
	uint32_t count;
	struct choice rows[CHOSEN_MAX];
};

static uint32_t holders_of(const struct choices *choices, uint64_t atoms)
{
	uint32_t holders = 0;

	for (uint32_t k = 0; k < choices->count; k++)
		holders += (atoms & choices->rows[k].atoms) == choices->rows[k].atoms;
	return holders;
}

/* Rows that no choice holds, to the front; returns how many, and what they weigh. */
static uint32_t part_rows(
	const struct choices *choices, struct cover_row *rows, uint32_t count, double *ret_weight)
{
	uint32_t left = 0;

	*ret_weight = 0;
	for (uint32_t i = 0; i < count; i++)
		if (holders_of(choices, rows[i].atoms) == 0) {
			struct cover_row kept = rows[left];

			*ret_weight += rows[i].weight;
			rows[left++] = rows[i];
			rows[i] = kept;
		}
	return left;
}

/* Lets go the choice that holds least alone for what it costs, if that is below value. */
static bool let_go(struct choices *choices, const struct cover_row *rows, uint32_t count,
	double value, double *most)
{
	double alone[CHOSEN_MAX] = { 0 };
	uint32_t least = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (holders_of(choices, rows[i].atoms) != 1)
			continue;
		for (uint32_t k = 0; k < choices->count; k++)
			if ((rows[i].atoms & choices->rows[k].atoms) == choices->rows[k].atoms)
				alone[k] += rows[i].weight;
	}
	for (uint32_t k = 1; k < choices->count; k++)
		if (alone[k] / choices->rows[k].cost < alone[least] / choices->rows[least].cost)
			least = k;
	if (alone[least] / choices->rows[least].cost >= value)
		return false;
	*most += choices->rows[least].cost;
	choices->rows[least] = choices->rows[--choices->count];
	return true;
}

double cover_choose(struct blocking *blocking, struct cover_row *rows, uint32_t count,
	const struct cover_task *task)
{
	struct choices choices = { .count = 0 };
	double all = 0, rest = 0, most = task->most;
	uint32_t left;

	assert(task->enough < 1);
	count = merge_rows(rows, count);
	for (uint32_t i = 0; i < count; i++)
		all += rows[i].weight;
	for (uint32_t step = 0; step < STEPS_MAX; step++) {
		struct trial best;

		left = part_rows(&choices, rows, count, &rest);
		if (rest <= (1 - task->enough) * all || choices.count == CHOSEN_MAX)
			break;
		best = best_key(blocking, rows, left, task->pairs, SORT_COST * task->records, most);
		if (best.gain <= 0)
			break;
		choices.rows[choices.count++] =
			(struct choice){ best.key, atoms_of(&best.key), best.cost };
		most -= best.cost;
		while (let_go(&choices, rows, count, best.value * LET_GO_SHARE, &most))
			;
	}
	blocking->key_count = 0;
	for (uint32_t k = 0; k < choices.count; k++)
		add_key(blocking, &choices.rows[k].key);
	part_rows(&choices, rows, count, &rest);
	return all > 0 ? 1 - rest / all : 0;
}
