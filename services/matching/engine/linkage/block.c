#include "services/matching/engine/linkage/block.h"

#include <assert.h>

#define BUCKETS        (1u << 20)
#define RADIX_BITS     11
#define RADIX          (1u << RADIX_BITS)
#define CHANCE_RECORDS 100000u /* enough to tell how common an atom is */
#define CHANCE_LEAST   1e-9
#define AHEAD          6  /* records that memory is asked for before they are looked at */
#define WORDS_OF_LINE  16 /* of a cache */

static uint32_t mix(uint32_t atom, uint32_t salt)
{
	uint64_t hash = ((uint64_t)atom << 32 | atom) ^ (salt + 1) * 0x9e3779b97f4a7c15u;

	hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
	hash ^= hash >> 32;
	return (uint32_t)hash;
}

static uint32_t value_atom(
	const struct roster *roster, const uint32_t *ids, uint32_t field, uint32_t which)
{
	if (ids[field] == 0)
		return 0;
	return roster->atoms[roster->list.fields[field].pool][ids[field]].of[which];
}

/* One atom of a record, salted by what it is of; of twins the sum, so that order is no matter. */
static uint32_t record_atom(
	const struct roster *roster, const uint32_t *ids, const struct block_atom *atom)
{
	uint32_t salt = roster->list.fields[atom->field].pool * VALUE_ATOMS + atom->which;
	uint32_t first = value_atom(roster, ids, atom->field, atom->which), second, sum;

	if (first == 0)
		return 0;
	if (atom->twin == atom->field)
		return mix(first, salt + atom->field * 1024);
	second = value_atom(roster, ids, atom->twin, atom->which);
	if (second == 0)
		return 0;
	sum = mix(first, salt) + mix(second, salt);
	return sum == 0 ? 1 : sum;
}

/* Of all pairs, those that share the atom: the sum of squared shares, less what buckets add. */
static double chance_of(
	const struct roster *roster, const struct block_atom *atom, uint32_t *buckets)
{
	double held = 0, squares = 0, chance;
	uint32_t step = roster->count / CHANCE_RECORDS + 1;
	double records = 0;

	memset(buckets, 0, BUCKETS * sizeof *buckets);
	for (uint32_t r = 0; r < roster->count; r += step) {
		uint32_t value = record_atom(roster, roster_ids(roster, r), atom);

		records++;
		if (value == 0)
			continue;
		held++;
		buckets[value >> 12]++;
	}
	for (uint32_t i = 0; i < BUCKETS; i++)
		squares += (double)buckets[i] * ((double)buckets[i] - 1);
	if (held < 2)
		return 0;
	chance = squares / (held * (held - 1)) - 1.0 / BUCKETS;
	if (chance < CHANCE_LEAST)
		chance = CHANCE_LEAST;
	return chance * (held / records) * (held / records);
}

static void add_atom(
	struct blocking *blocking, uint32_t field, uint32_t twin, uint32_t which, uint32_t *buckets)
{
	struct block_atom atom = { .field = field, .twin = twin, .which = which };

	if (blocking->atom_count == ATOMS_MAX)
		return;
	atom.chance = chance_of(blocking->roster, &atom, buckets);
	if (atom.chance <= 0) /* nobody has it */
		return;
	blocking->atoms[blocking->atom_count++] = atom;
}

void block_find_atoms(
	struct blocking *blocking, const struct roster *roster, struct lg_arena *arena)
{
	static const uint32_t has[KIND_COUNT] = { [KIND_NAME] = 4,
		[KIND_PLACE] = 4,
		[KIND_WORDS] = 4,
		[KIND_DATE] = 4,
		[KIND_NUMBER] = 4,
		[KIND_PHONE] = 4,
		[KIND_AGE] = 1,
		[KIND_CODE] = 1 };
	uint32_t *buckets = lg_alloc_array(arena, BUCKETS, sizeof *buckets);

	*blocking = (struct blocking){ .roster = roster };
	for (uint32_t f = 0; f < roster->list.count; f++) {
		const struct field *field = &roster->list.fields[f];

		for (uint32_t which = 0; which < has[field->kind]; which++)
			add_atom(blocking, f, f, which, buckets);
		if (field->twin > f)
			for (uint32_t which = 0; which < 3; which++)
				add_atom(blocking, f, field->twin, which, buckets);
	}
}

void block_atoms(const struct blocking *blocking, const struct roster *roster, const uint32_t *ids,
	uint32_t *ret_atoms)
{
	for (uint32_t i = 0; i < blocking->atom_count; i++)
		ret_atoms[i] = record_atom(roster, ids, &blocking->atoms[i]);
}

/* Takes note of the atoms that the keys need. */
static void block_use_keys(struct blocking *blocking)
{
	assert(blocking->key_count > 0 && blocking->key_count <= KEYS_MAX);
	blocking->used_atoms = 0;
	for (uint32_t k = 0; k < blocking->key_count; k++)
		for (uint32_t i = 0; i < blocking->keys[k].count; i++)
			blocking->used_atoms |= (uint64_t)1 << blocking->keys[k].atoms[i];
}

void block_prepare(struct blocking *blocking, struct lg_arena *arena)
{
	block_use_keys(blocking);
	blocking->hashes = lg_alloc_array(
		arena, (size_t)blocking->roster->count * blocking->key_count, sizeof(uint32_t));
	blocking->runs = lg_alloc_array(arena, blocking->key_count, sizeof(uint64_t *));
	for (uint32_t k = 0; k < blocking->key_count; k++)
		blocking->runs[k] =
			lg_alloc_array(arena, blocking->roster->count + 1, sizeof(uint64_t));
	blocking->run_sizes = lg_alloc_array(arena, blocking->key_count, sizeof(uint32_t));
}

static uint32_t key_of(const struct block_key *key, const uint32_t *atoms)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < key->count; i++) {
		if (atoms[key->atoms[i]] == 0)
			return 0;
		sum += mix(atoms[key->atoms[i]], 77 + key->atoms[i]);
	}
	return sum == 0 ? 1 : sum;
}

/* A hash for every key, from one row of ids; 0: it has no such key. */
static void block_hash_ids(
	const struct blocking *blocking, const uint32_t *ids, uint32_t *ret_hashes)
{
	uint32_t atoms[ATOMS_MAX];

	for (uint32_t i = 0; i < blocking->atom_count; i++)
		atoms[i] = blocking->used_atoms >> i & 1
				   ? record_atom(blocking->roster, ids, &blocking->atoms[i])
				   : 0;
	for (uint32_t k = 0; k < blocking->key_count; k++)
		ret_hashes[k] = key_of(&blocking->keys[k], atoms);
}

void block_hash(struct blocking *blocking, uint32_t from, uint32_t end)
{
	assert(end <= blocking->roster->count);
	for (uint32_t r = from; r < end; r++) {
		uint32_t *hashes = blocking->hashes + (size_t)r * blocking->key_count;

		block_hash_ids(blocking, roster_ids(blocking->roster, r), hashes);
		for (uint32_t k = 0; k < blocking->key_count; k++)
			blocking->runs[k][r] = (uint64_t)hashes[k] << 32 | r;
	}
}

/* By the upper 32 bits, three passes; stable, so records of a block stay in their order. */
static void radix_sort(uint64_t *words, uint64_t *work, uint32_t count)
{
	for (uint32_t shift = 32; shift < 64; shift += RADIX_BITS) {
		uint32_t places[RADIX] = { 0 }, sum = 0;

		for (uint32_t i = 0; i < count; i++)
			places[words[i] >> shift & (RADIX - 1)]++;
		for (uint32_t i = 0; i < RADIX; i++) {
			uint32_t here = places[i];

			places[i] = sum;
			sum += here;
		}
		for (uint32_t i = 0; i < count; i++)
			work[places[words[i] >> shift & (RADIX - 1)]++] = words[i];
		uint64_t *kept = words;

		words = work;
		work = kept;
	}
}

static uint64_t pairs_of_run(const struct blocking *blocking, const uint64_t *run, uint32_t size)
{
	uint64_t left = 0;

	for (uint32_t i = 0; i < size; i++)
		left += (uint32_t)run[i] < blocking->roster->left_count;
	return blocking->roster->left_count > 0 ? left * (size - left)
						: (uint64_t)size * (size - 1) / 2;
}

/* Records that have the key, to the front. */
static uint32_t collect(uint64_t *run, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t r = 0; r < count; r++) {
		run[kept] = run[r];
		kept += run[r] >> 32 != 0;
	}
	return kept;
}

void block_sort(struct blocking *blocking, uint32_t key, uint64_t *work)
{
	uint64_t *run = blocking->runs[key];
	uint32_t count = collect(run, blocking->roster->count), kept = 0;

	radix_sort(run, work, count); /* an odd number of passes: the result stands in work */
	for (uint32_t from = 0, end; from < count; from = end) {
		uint64_t pairs;

		for (end = from + 1; end < count && work[end] >> 32 == work[from] >> 32; end++)
			;
		if (end - from == 1)
			continue;
		pairs = pairs_of_run(blocking, work + from, end - from);
		if (pairs > blocking->pairs_limit)
			for (uint32_t i = from; i < end; i++)
				blocking->hashes[(size_t)(uint32_t)work[i] * blocking->key_count +
						 key] = 0;
		if (pairs == 0 || pairs > blocking->pairs_limit)
			continue;
		memcpy(run + kept, work + from, (end - from) * sizeof *run);
		kept += end - from;
	}
	blocking->run_sizes[key] = kept;
}

struct block_walk block_walk_from(
	const struct blocking *blocking, uint32_t worker, uint32_t worker_count)
{
	assert(worker < worker_count);
	return (struct block_walk){
		.blocking = blocking,
		.worker = worker,
		.worker_count = worker_count,
	};
}

/* Whether an earlier key has brought these two together already. */
static bool was_seen(const struct blocking *blocking, uint32_t key, uint32_t a, uint32_t b)
{
	const uint32_t *of_a = blocking->hashes + (size_t)a * blocking->key_count;
	const uint32_t *of_b = blocking->hashes + (size_t)b * blocking->key_count;

	for (uint32_t k = 0; k < key; k++)
		if (of_a[k] != 0 && of_a[k] == of_b[k])
			return true;
	return false;
}

bool block_brings(const struct blocking *blocking, uint32_t a, uint32_t b)
{
	return was_seen(blocking, blocking->key_count, a, b);
}

/* What was_seen() will read of a record soon: memory is far, and pairs come in no order. */
static void fetch_soon(const struct blocking *blocking, uint32_t key, uint32_t record)
{
	const uint32_t *hashes = blocking->hashes + (size_t)record * blocking->key_count;

	__builtin_prefetch(hashes);
	if (key > WORDS_OF_LINE)
		__builtin_prefetch(hashes + WORDS_OF_LINE);
}

static bool next_run(struct block_walk *walk)
{
	const struct blocking *blocking = walk->blocking;

	while (walk->key < blocking->key_count) {
		const uint64_t *run = blocking->runs[walk->key];
		uint32_t size = blocking->run_sizes[walk->key], end = walk->run_end;

		while (end < size) {
			uint32_t from = end, hash = (uint32_t)(run[from] >> 32);

			while (end < size && run[end] >> 32 == hash)
				end++;
			walk->run_end = end;
			if (mix(hash, 5) % walk->worker_count != walk->worker)
				continue;
			walk->first = from;
			walk->second = from + 1;
			return true;
		}
		walk->key++;
		walk->run_end = 0;
	}
	return false;
}

/* Whether the task asks for this pair in a run: first stands before second. */
static bool is_asked(const struct blocking *blocking, uint32_t a, uint32_t b)
{
	uint32_t left = blocking->roster->left_count;

	return left == 0 || (a < left && b >= left);
}

uint32_t block_walk_next(struct block_walk *walk, struct record_pair *ret_pairs, uint32_t max)
{
	const struct blocking *blocking = walk->blocking;
	uint32_t count = 0, left = blocking->roster->left_count;

	while (count < max) {
		if (walk->first >= walk->run_end && !next_run(walk))
			break;

		const uint64_t *run = blocking->runs[walk->key];
		uint32_t a = (uint32_t)run[walk->first];

		if (left > 0 && a >= left) { /* the rest of this run is on the right */
			walk->first = walk->run_end;
			continue;
		}
		for (; walk->second < walk->run_end && count < max; walk->second++) {
			uint32_t b = (uint32_t)run[walk->second];

			if (walk->second + AHEAD < blocking->run_sizes[walk->key])
				fetch_soon(
					blocking, walk->key, (uint32_t)run[walk->second + AHEAD]);
			if (is_asked(blocking, a, b) && !was_seen(blocking, walk->key, a, b))
				ret_pairs[count++] = (struct record_pair){ a, b };
		}
		if (walk->second >= walk->run_end) {
			walk->first++;
			walk->second = walk->first + 1;
		}
	}
	return count;
}

uint64_t block_shared_atoms(const struct blocking *blocking, uint32_t a, uint32_t b)
{
	const uint32_t *of_a = roster_ids(blocking->roster, a);
	const uint32_t *of_b = roster_ids(blocking->roster, b);
	uint64_t shared = 0;

	for (uint32_t i = 0; i < blocking->atom_count; i++) {
		uint32_t atom = record_atom(blocking->roster, of_a, &blocking->atoms[i]);

		if (atom != 0 && atom == record_atom(blocking->roster, of_b, &blocking->atoms[i]))
			shared |= (uint64_t)1 << i;
	}
	return shared;
}
