#include "services/matching/engine/linkage/cover.h"

#include <assert.h>
#include <stdlib.h>

#define CHOSEN_MAX 32  /* keys of a whole task: each costs a sort of all records */
#define SORT_COST  1.0 /* of one record for one key, in pairs */

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
	double pairs, const struct block_key *key, struct trial *best)
{
	struct trial trial = { .key = *key, .cost = pairs };
	uint64_t atoms = 0;

	for (uint32_t i = 0; i < key->count; i++) {
		atoms |= (uint64_t)1 << key->atoms[i];
		trial.cost *= blocking->atoms[key->atoms[i]].chance;
	}
	trial.cost += SORT_COST * blocking->roster->count;
	for (uint32_t i = 0; i < count; i++)
		if ((rows[i].atoms & atoms) == atoms)
			trial.gain += rows[i].weight;
	trial.value = trial.gain / trial.cost;
	if (trial.value > best->value)
		*best = trial;
}

static struct trial best_key(const struct blocking *blocking, const struct cover_row *rows,
	uint32_t count, double pairs, double most)
{
	struct trial best = { .value = 0 };

	for (uint32_t a = 0; a < blocking->atom_count; a++) {
		double one = pairs * blocking->atoms[a].chance;

		if (one <= most)
			try_key(blocking, rows, count, pairs, &(struct block_key){ 1, { a } },
				&best);
		for (uint32_t b = a + 1; b < blocking->atom_count; b++) {
			double two = one * blocking->atoms[b].chance;

			if (!are_apart(blocking, a, b))
				continue;
			if (two <= most)
				try_key(blocking, rows, count, pairs,
					&(struct block_key){ 2, { a, b } }, &best);
			for (uint32_t c = b + 1; c < blocking->atom_count && two > most / 16; c++)
				if (are_apart(blocking, a, c) && are_apart(blocking, b, c) &&
					two * blocking->atoms[c].chance <= most)
					try_key(blocking, rows, count, pairs,
						&(struct block_key){ 3, { a, b, c } }, &best);
		}
	}
	return best;
}

double cover_choose(struct blocking *blocking, struct cover_row *rows, uint32_t count, double pairs,
	double most, double enough)
{
	double all = 0, held = 0;

	assert(enough < 1);
	blocking->key_count = 0;
	count = merge_rows(rows, count);
	for (uint32_t i = 0; i < count; i++)
		all += rows[i].weight;
	while (held < enough * all && blocking->key_count < CHOSEN_MAX) {
		struct trial best = best_key(blocking, rows, count, pairs, most);
		uint64_t atoms = 0;
		uint32_t left = 0;

		if (best.gain <= 0)
			break;
		add_key(blocking, &best.key);
		most -= best.cost;
		held += best.gain;
		for (uint32_t i = 0; i < best.key.count; i++)
			atoms |= (uint64_t)1 << best.key.atoms[i];
		for (uint32_t i = 0; i < count; i++)
			if ((rows[i].atoms & atoms) != atoms)
				rows[left++] = rows[i];
		count = left;
	}
	return all > 0 ? held / all : 0;
}
