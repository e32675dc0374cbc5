#include "services/matching/engine/linkage/sweep.h"

#include <assert.h>
#include <math.h>

#define RADIX_BITS   11
#define RADIX        (1u << RADIX_BITS)
#define BUCKET_SHIFT 42 /* of a word: its upper 22 bits are its block; pairs prove the rest */
#define CROWD_STEP   8  /* of so many records one tells how large blocks are */
#define CROWD_SHIFT  46
#define CROWD_BLOCKS (1u << (64 - CROWD_SHIFT))
#define AHEAD        32 /* words whose lines memory is asked for */
#define RARITY_STEPS 8.0
#define RARITY_LEAST (-4.0)
#define RARITY_MOST  8.0

/* Zeroed memory that begins where a cache line does. */
static void *line_up(struct lg_arena *arena, size_t count, size_t size)
{
	const size_t line = sizeof(struct glance_line);
	uint8_t *piece = lg_alloc(arena, count * size + line);

	return piece + (line - (uintptr_t)piece % line) % line;
}

void sweep_init(struct sweep *sweep, const struct glance *glance, const struct roster *roster,
	struct lg_arena *arena)
{
	*sweep = (struct sweep){
		.blocking = glance->blocking,
		.glance = glance,
		.roster = roster,
		.lines = line_up(arena, roster->count, sizeof *sweep->lines),
	};
	for (uint32_t i = 0; i < glance->blocking->atom_count; i++)
		sweep->columns[i] = lg_alloc_array(arena, roster->count, sizeof(uint32_t));
}

void sweep_fill(struct sweep *sweep, uint32_t from, uint32_t end)
{
	const struct blocking *blocking = sweep->blocking;
	uint32_t atoms[GLANCE_ATOMS];

	assert(end <= sweep->roster->count);
	for (uint32_t r = from; r < end; r++) {
		const uint32_t *ids = roster_ids(sweep->roster, r);

		if (r + AHEAD < end)
			roster_fetch_atoms(sweep->roster, r + AHEAD);
		block_atoms(blocking, sweep->roster, ids, atoms);
		for (uint32_t i = 0; i < blocking->atom_count; i++)
			sweep->columns[i][r] = atoms[i];
		glance_fill(sweep->glance, atoms, ids, &sweep->lines[r]);
	}
}

/* The atom that stands for how a field sounds as a whole; NULL: rarity says nothing. */
static const uint32_t *whole_of(const struct sweep *sweep, uint32_t field)
{
	const struct blocking *blocking = sweep->blocking;
	enum field_kind kind = sweep->roster->list.fields[field].kind;

	if (kind == KIND_CODE || kind == KIND_AGE)
		return NULL;
	for (uint32_t i = 0; i < blocking->atom_count; i++)
		if (blocking->atoms[i].field == field && blocking->atoms[i].twin == field &&
			blocking->atoms[i].which == 0)
			return sweep->columns[i];
	return NULL;
}

void sweep_find_rarity(struct sweep *sweep, uint32_t field, uint32_t *buckets)
{
	const uint32_t *column = whole_of(sweep, field);
	uint32_t rare = sweep->glance->rares[field];
	double held = 0, squares = 0, mean;

	if (column == NULL || rare == GLANCE_RARE)
		return;
	memset(buckets, 0, SWEEP_BUCKETS * sizeof *buckets);
	for (uint32_t r = 0; r < sweep->roster->count; r++)
		buckets[column[r] >> 12] += column[r] != 0;
	for (uint32_t i = 0; i < SWEEP_BUCKETS; i++) {
		held += buckets[i];
		squares += (double)buckets[i] * buckets[i];
	}
	if (held == 0)
		return;
	mean = -log2(squares / (held * held));
	for (uint32_t r = 0; r < sweep->roster->count; r++) {
		double rarity;

		if (column[r] == 0)
			continue;
		rarity = -log2(buckets[column[r] >> 12] / held) - mean;
		rarity = rarity < RARITY_LEAST ? RARITY_LEAST : rarity;
		rarity = rarity > RARITY_MOST ? RARITY_MOST : rarity;
		sweep->lines[r].rarity[rare] = (int8_t)(rarity * RARITY_STEPS);
	}
}

/* The key of a record, hashed; 0: it has none. */
static uint64_t hash_of(const struct sweep *sweep, const struct block_key *key, uint32_t record)
{
	uint64_t hash = 0;

	for (uint32_t i = 0; i < key->count; i++) {
		uint32_t atom = sweep->columns[key->atoms[i]][record];

		if (atom == 0)
			return 0;
		hash = (hash ^ hash >> 32 ^ atom) * 0x9e3779b97f4a7c15u;
	}
	return hash | 1; /* below what a bucket is */
}

/* How many of some records are in each block, on the left and on the right. */
struct crowd {
	uint32_t *left, *right;
};

static void count_crowd(const struct sweep *sweep, const struct block_key *key, struct crowd *crowd)
{
	memset(crowd->left, 0, CROWD_BLOCKS * sizeof *crowd->left);
	memset(crowd->right, 0, CROWD_BLOCKS * sizeof *crowd->right);
	for (uint32_t r = 0; r < sweep->roster->count; r += CROWD_STEP) {
		uint64_t hash = hash_of(sweep, key, r);
		uint32_t *side = r < sweep->roster->left_count ? crowd->left : crowd->right;

		if (hash != 0)
			side[hash >> CROWD_SHIFT]++;
	}
}

static double crowd_pairs(const struct sweep *sweep, const struct crowd *crowd, uint32_t block)
{
	double left = crowd->left[block], right = crowd->right[block];
	double pairs = sweep->roster->left_count > 0 ? left * right : right * (right - 1) / 2;

	return pairs * CROWD_STEP * CROWD_STEP;
}

/* Returns the pairs that are left. */
static double find_crowded(struct sweep *sweep, uint32_t key, const struct crowd *crowd,
	double block_most, double key_most, struct lg_arena *arena)
{
	double all;

	do { /* halved until what remains is little enough */
		all = 0;
		for (uint32_t block = 0; block < CROWD_BLOCKS; block++) {
			double pairs = crowd_pairs(sweep, crowd, block);

			if (pairs <= block_most) {
				all += pairs;
				continue;
			}
			if (sweep->crowded[key] == NULL)
				sweep->crowded[key] =
					lg_alloc_array(arena, CROWD_BLOCKS / 64, sizeof(uint64_t));
			sweep->crowded[key][block / 64] |= (uint64_t)1 << block % 64;
		}
		block_most /= 2;
	} while (all > key_most);
	return all;
}

void sweep_use_keys(struct sweep *sweep, double block_most, double key_most, struct lg_arena *arena)
{
	struct crowd crowd = { lg_alloc_array(arena, CROWD_BLOCKS, sizeof(uint32_t)),
		lg_alloc_array(arena, CROWD_BLOCKS, sizeof(uint32_t)) };

	double pairs[SWEEP_KEYS_MAX];

	assert(sweep->blocking->key_count <= SWEEP_KEYS_MAX);
	for (uint32_t k = 0; k < sweep->blocking->key_count; k++) {
		const struct block_key *key = &sweep->blocking->keys[k];

		sweep->places[k] = glance_places(sweep->glance, key);
		sweep->crowded[k] = NULL;
		count_crowd(sweep, key, &crowd);
		pairs[k] = find_crowded(sweep, k, &crowd, block_most, key_most, arena);

		uint32_t at = k;

		for (; at > 0 && pairs[sweep->order[at - 1]] < pairs[k]; at--)
			sweep->order[at] = sweep->order[at - 1];
		sweep->order[at] = (uint8_t)k;
	}
}

static bool is_crowded(const struct sweep *sweep, uint32_t key, uint64_t hash)
{
	uint64_t block = hash >> CROWD_SHIFT;

	return sweep->crowded[key] != NULL &&
	       (sweep->crowded[key][block / 64] >> block % 64 & 1) != 0;
}

void sweep_walk_init(struct sweep_walk *walk, const struct sweep *sweep, struct lg_arena *arena)
{
	*walk = (struct sweep_walk){
		.sweep = sweep,
		.words = lg_alloc_array(arena, (size_t)sweep->roster->count + 1, sizeof(uint64_t)),
		.work = lg_alloc_array(arena, (size_t)sweep->roster->count + 1, sizeof(uint64_t)),
		.abreast = line_up(arena, 1, sizeof *walk->abreast),
		.tile = line_up(arena, 1, sizeof *walk->tile),
	};
	abreast_init(walk->abreast, sweep->glance);
}

/* Words of the records that have the key. */
static uint32_t collect(const struct sweep *sweep, uint32_t key, uint64_t *words)
{
	const struct block_key *what = &sweep->blocking->keys[key];
	uint32_t kept = 0;

	for (uint32_t r = 0; r < sweep->roster->count; r++) {
		uint64_t hash = hash_of(sweep, what, r);

		words[kept] = hash >> BUCKET_SHIFT << BUCKET_SHIFT | r;
		kept += hash != 0 && !is_crowded(sweep, key, hash);
	}
	return kept;
}
_Static_assert(CROWD_SHIFT > BUCKET_SHIFT, "a block is left out whole");
_Static_assert(ROSTER_MAX <= 1u << 31, "a record fits below a bucket");

/* By their buckets, two passes; stable, so that the left side stays in front. */
static void sort_words(uint64_t *words, uint64_t *work, uint32_t count)
{
	uint32_t low[RADIX] = { 0 }, high[RADIX] = { 0 }, low_sum = 0, high_sum = 0;

	for (uint32_t i = 0; i < count; i++) {
		low[words[i] >> BUCKET_SHIFT & (RADIX - 1)]++;
		high[words[i] >> (BUCKET_SHIFT + RADIX_BITS)]++;
	}
	for (uint32_t i = 0; i < RADIX; i++) {
		uint32_t of_low = low[i], of_high = high[i];

		low[i] = low_sum;
		high[i] = high_sum;
		low_sum += of_low;
		high_sum += of_high;
	}
	for (uint32_t i = 0; i < count; i++)
		work[low[words[i] >> BUCKET_SHIFT & (RADIX - 1)]++] = words[i];
	for (uint32_t i = 0; i < count; i++)
		words[high[work[i] >> (BUCKET_SHIFT + RADIX_BITS)]++] = work[i];
}
_Static_assert(BUCKET_SHIFT + 2 * RADIX_BITS == 64, "two passes are all");

static uint32_t record_of(uint64_t word)
{
	return (uint32_t)word;
}

/* Words of blocks that have a pair, to the front; returns how many. */
static uint32_t keep_pairs(const struct sweep_walk *walk)
{
	uint32_t left_count = walk->sweep->roster->left_count, kept = 0;
	uint64_t *words = walk->words;

	for (uint32_t from = 0, end; from < walk->count; from = end) {
		bool has_pair;

		for (end = from + 1; end < walk->count &&
				     words[end] >> BUCKET_SHIFT == words[from] >> BUCKET_SHIFT;)
			end++;
		has_pair = left_count == 0 ? end - from > 1
					   : record_of(words[from]) < left_count &&
						     record_of(words[end - 1]) >= left_count;
		for (uint32_t i = from; has_pair && i < end; i++)
			words[kept++] = words[i];
	}
	return kept;
}

void sweep_walk_key(struct sweep_walk *walk, uint32_t key)
{
	assert(key < walk->sweep->blocking->key_count);
	walk->key = key;
	walk->count = collect(walk->sweep, key, walk->words);
	sort_words(walk->words, walk->work, walk->count);
	walk->count = keep_pairs(walk);
	walk->fetched = 0;
	walk->run = walk->split = walk->run_end = walk->tile_from = walk->tile_end = walk->left = 0;
}

/* The next block. */
static bool next_run(struct sweep_walk *walk)
{
	uint32_t at = walk->run_end, left_count = walk->sweep->roster->left_count;

	if (at == walk->count)
		return false;
	walk->run = walk->split = at;
	for (; at < walk->count &&
		walk->words[at] >> BUCKET_SHIFT == walk->words[walk->run] >> BUCKET_SHIFT;
		at++)
		walk->split += record_of(walk->words[at]) < left_count;
	walk->run_end = at;
	return true;
}

/* Asks memory for the lines of the words up to here and some more. */
static void fetch_soon(struct sweep_walk *walk, uint32_t at)
{
	uint32_t soon = walk->count - at > AHEAD ? at + AHEAD : walk->count;

	for (; walk->fetched < soon; walk->fetched++)
		__builtin_prefetch(&walk->sweep->lines[record_of(walk->words[walk->fetched])]);
}

/* The next records of the block's right side, side by side; of one file any record. */
static bool next_tile(struct sweep_walk *walk)
{
	const struct sweep *sweep = walk->sweep;
	bool is_link = sweep->roster->left_count > 0;
	struct abreast_tile *tile = walk->tile;
	uint32_t from = walk->tile_end;

	if (from == walk->run_end) {
		if (!next_run(walk))
			return false;
		from = is_link ? walk->split : walk->run;
	}
	walk->tile_from = from;
	walk->tile_end = walk->run_end - from > ABREAST_MAX ? from + ABREAST_MAX : walk->run_end;
	tile->size = walk->tile_end - from;
	for (uint32_t i = 0; i < tile->size; i++) {
		uint32_t record = record_of(walk->words[from + i]);

		fetch_soon(walk, from + i);
		tile->lines[i] = sweep->lines[record];
		tile->has[i] = tile->lines[i].has;
		tile->records[i] = record;
	}
	walk->left = walk->run;
	return true;
}

/* Whether an earlier key than this brings two together that share these places. */
static bool was_seen(const struct sweep *sweep, uint32_t key, uint32_t shared, uint32_t a)
{
	for (uint32_t k = 0; k < key; k++)
		if ((shared & sweep->places[k]) == sweep->places[k] &&
			(sweep->crowded[k] == NULL ||
				!is_crowded(
					sweep, k, hash_of(sweep, &sweep->blocking->keys[k], a))))
			return true;
	return false;
}

static bool may_be_one(
	const struct sweep *sweep, const struct glance_line *line, uint32_t shared, float bits)
{
	return bits + glance_rest(sweep->glance, line, shared) >= sweep->glance->floor;
}

/* One record beside the tile. */
static uint32_t look_along(struct sweep_walk *walk, struct record_pair *ret_pairs)
{
	const struct sweep *sweep = walk->sweep;
	const struct abreast_tile *tile = walk->tile;
	struct abreast *abreast = walk->abreast;
	uint32_t a = record_of(walk->words[walk->left]), from = 0, looks, count = 0;
	const struct glance_line *line = &sweep->lines[a];

	if (sweep->roster->left_count == 0 && walk->left >= walk->tile_from)
		from = walk->left + 1 - walk->tile_from;
	walk->glanced += tile->size - from;
	looks = abreast->look(abreast, line, sweep->places[walk->key], tile, from);
	for (uint32_t i = 0; i < looks; i++) {
		uint32_t shared = glance_shared(line, &tile->lines[abreast->at[i]]);
		float bits =
			glance_bits(sweep->glance, shared, line->has & tile->has[abreast->at[i]]);

		if (may_be_one(sweep, line, shared, bits) && !was_seen(sweep, walk->key, shared, a))
			ret_pairs[count++] =
				(struct record_pair){ a, tile->records[abreast->at[i]] };
	}
	return count;
}

uint32_t sweep_walk_next(struct sweep_walk *walk, struct record_pair *ret_pairs, uint32_t max)
{
	bool is_link = walk->sweep->roster->left_count > 0;
	uint32_t count = 0;

	assert(max >= ABREAST_MAX);
	while (count + ABREAST_MAX <= max) {
		uint32_t left_end = is_link ? walk->split : walk->tile_end;

		if (walk->left == left_end) {
			if (!next_tile(walk))
				break;
			continue;
		}
		count += look_along(walk, ret_pairs + count);
		walk->left++;
	}
	return count;
}

void sweep_count(const struct sweep *sweep, struct glance_counts *counts, uint32_t a, uint32_t b,
	double weight)
{
	const struct glance_line *of_a = &sweep->lines[a], *of_b = &sweep->lines[b];

	glance_count(
		sweep->glance, counts, glance_shared(of_a, of_b), of_a->has & of_b->has, weight);
}

void sweep_count_by_chance(
	const struct sweep *sweep, struct glance_counts *counts, uint32_t pairs, uint64_t seed)
{
	uint32_t left = sweep->roster->left_count, right = sweep->roster->count - left;
	struct lg_random random;

	lg_random_seed(&random, seed);
	for (uint32_t i = 0; i < pairs && right > 0; i++) {
		uint32_t a = (uint32_t)lg_random_below(&random, left > 0 ? left : right);
		uint32_t b = left + (uint32_t)lg_random_below(&random, right);

		if (a != b)
			sweep_count(sweep, counts, a, b, 1);
	}
}

bool sweep_brings(const struct sweep *sweep, uint32_t a, uint32_t b)
{
	return was_seen(sweep, sweep->blocking->key_count,
		glance_shared(&sweep->lines[a], &sweep->lines[b]), a);
}

bool sweep_passes(const struct sweep *sweep, uint32_t a, uint32_t b)
{
	uint32_t shared = glance_shared(&sweep->lines[a], &sweep->lines[b]);
	uint32_t has = sweep->lines[a].has & sweep->lines[b].has;

	return may_be_one(sweep, &sweep->lines[a], shared, glance_bits(sweep->glance, shared, has));
}
