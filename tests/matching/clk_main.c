/*
 * Encodings measured: how well they find the pairs of a file with known duplicates, with each
 * hardening; how many comparisons a second each unit of the processor does.  `name: value` lines.
 *
 *   clk_main pairs FILE COLUMNS    COLUMNS: comma-separated, of those that shape_of() knows
 *   clk_main speed
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/csv.h"
#include "common/base/random.h"
#include "services/matching/engine/clk/clk_scan.h"
#include "tests/matching/processor_time.h"

#define TOP     32
#define COLUMNS 32
#define STEP    20
#define NOBODY  UINT32_MAX

struct record {
	struct clk clk;
	uint32_t entity; /* the number in "rec-12-dup-1" */
	uint32_t cluster, next;
};

struct pair {
	uint32_t a, b, alike;
};

struct set {
	uint32_t count, block_count, pair_count, true_count;
	struct record *records;
	struct clk_block *blocks;
	struct pair *pairs; /* best first */
};

/* --- reading --------------------------------------------------------------------------------- */

static struct lg_bytes read_file(struct lg_arena *arena, const char *path)
{
	FILE *file = fopen(path, "rb");
	long size = 0;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
		fprintf(stderr, "clk_main: cannot read %s\n", path);
		exit(2);
	}
	rewind(file);
	uint8_t *bytes = lg_alloc_array(arena, (size_t)size + 1, 1);

	if (fread(bytes, 1, (size_t)size, file) != (size_t)size)
		exit(2);
	fclose(file);
	return lg_bytes(bytes, (size_t)size);
}

static const char *trim(const char *cell)
{
	while (*cell == ' ')
		cell++;
	return cell;
}

static enum clk_field field_of(const char *column)
{
	if (strcmp(column, "given_name") == 0 || strcmp(column, "surname") == 0)
		return CLK_NAME;
	if (strcmp(column, "suburb") == 0)
		return CLK_PLACE;
	return strncmp(column, "address", 7) == 0 ? CLK_STREET : CLK_NUMBER;
}

static void add_cell(struct clk_maker *maker, const char *column, const char *cell)
{
	size_t size = strcspn(cell, " \r");
	long date;

	if (strcmp(column, "date_of_birth") == 0) {
		date = strtol(cell, NULL, 10);
		clk_add_date(maker, (uint32_t)(date / 10000), (uint32_t)(date / 100 % 100),
			(uint32_t)(date % 100));
		return;
	}
	for (; *cell != '\0'; cell += size + (cell[size] != '\0')) {
		size = strcspn(cell, " \r");
		clk_add_text(maker, field_of(column), lg_bytes(cell, size));
	}
}

static bool is_wanted(const char *columns, const char *column)
{
	size_t size = strlen(column);

	for (const char *at = strstr(columns, column); at != NULL; at = strstr(at + 1, column))
		if ((at == columns || at[-1] == ',') && (at[size] == ',' || at[size] == '\0'))
			return true;
	return false;
}

static uint32_t entity_of(const char *id)
{
	return (uint32_t)strtoul(id + strcspn(id, "0123456789"), NULL, 10);
}

static void read_set(struct lg_arena *arena, const char *path, const char *columns,
	enum clk_hardening hardening, struct set *set)
{
	static const uint8_t key[CLK_KEY_SIZE] = "a secret of two sites, of a test";
	struct lg_csv_reader reader;
	struct lg_csv_row head, row;

	*set = (struct set){ .records = lg_alloc_array(arena, 20000, sizeof *set->records) };
	lg_csv_open(&reader, read_file(arena, path));
	if (!lg_is_done(lg_csv_next(&reader, arena, &head)))
		exit(2);
	while (lg_csv_more(&reader) && set->count < 20000) {
		struct record *record = &set->records[set->count];
		struct clk_maker maker;

		if (!lg_is_done(lg_csv_next(&reader, arena, &row)))
			continue;
		clk_begin(&maker, key);
		for (uint32_t i = 1; i < row.count; i++)
			if (is_wanted(columns, trim(head.cells[i])))
				add_cell(&maker, trim(head.cells[i]), trim(row.cells[i]));
		record->clk = clk_finish(&maker, hardening);
		record->entity = entity_of(row.cells[0]);
		record->cluster = set->count++;
	}
}

/* --- pairs ----------------------------------------------------------------------------------- */

static int by_alike(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;

	if (a->alike != b->alike)
		return a->alike < b->alike ? 1 : -1;
	return a->a != b->a ? (a->a < b->a ? -1 : 1) : (a->b < b->b ? -1 : a->b > b->b);
}

static void find_pairs(struct lg_arena *arena, struct set *set, uint32_t least)
{
	struct clk *queries = lg_alloc_array(arena, set->count, sizeof *queries);
	struct clk_top *tops = lg_alloc_array(arena, set->count, sizeof *tops);

	set->block_count = set->count / CLK_LANES + 1;
	set->blocks = aligned_alloc(64, set->block_count * sizeof *set->blocks);
	memset(set->blocks, 0, set->block_count * sizeof *set->blocks);
	set->pairs = lg_alloc_array(arena, (size_t)set->count * TOP, sizeof *set->pairs);
	for (uint32_t i = 0; i < set->count; i++) {
		queries[i] = set->records[i].clk;
		tops[i] = clk_top(TOP, least);
		clk_put(set->blocks, i, &queries[i]);
	}
	clk_scan(clk_best_unit(), queries, set->count, set->blocks, set->block_count, tops);
	for (uint32_t i = 0; i < set->count; i++)
		for (uint32_t hit = 0; hit < tops[i].count; hit++)
			if (tops[i].at[hit].record < i)
				set->pairs[set->pair_count++] =
					(struct pair){ tops[i].at[hit].record, i,
						tops[i].at[hit].alike };
	qsort(set->pairs, set->pair_count, sizeof *set->pairs, by_alike);
	for (uint32_t i = 0; i < set->count; i++)
		for (uint32_t j = 0; j < i; j++)
			set->true_count += set->records[i].entity == set->records[j].entity;
	free(set->blocks);
}

/* --- clusters: joined while the mean of all pairs across is at least the threshold --------------- */

static bool mean_reaches(const struct set *set, uint32_t a, uint32_t b, uint32_t least)
{
	uint64_t sum = 0, count = 0;

	for (uint32_t i = a; i != NOBODY; i = set->records[i].next)
		for (uint32_t j = b; j != NOBODY; j = set->records[j].next) {
			sum += clk_alike(&set->records[i].clk, &set->records[j].clk);
			count++;
		}
	return sum >= count * least;
}

/* b's members go behind a's first; a cluster's number is its first member's. */
static void join(struct set *set, uint32_t a, uint32_t b)
{
	uint32_t last = b;

	for (uint32_t i = b; i != NOBODY; i = set->records[i].next) {
		set->records[i].cluster = a;
		last = i;
	}
	set->records[last].next = set->records[a].next;
	set->records[a].next = b;
}

static double f1_at(struct set *set, uint32_t least)
{
	uint64_t found = 0, right = 0;

	for (uint32_t i = 0; i < set->count; i++) {
		set->records[i].cluster = i;
		set->records[i].next = NOBODY;
	}
	for (uint32_t i = 0; i < set->pair_count && set->pairs[i].alike >= least; i++) {
		uint32_t a = set->records[set->pairs[i].a].cluster;
		uint32_t b = set->records[set->pairs[i].b].cluster;

		if (a != b && mean_reaches(set, a, b, least))
			join(set, a, b);
	}
	for (uint32_t i = 0; i < set->count; i++)
		for (uint32_t j = set->records[i].next; j != NOBODY; j = set->records[j].next) {
			found++;
			right += set->records[i].entity == set->records[j].entity;
		}
	return 2.0 * (double)right / (double)(found + set->true_count);
}

/* Pairs alone, without clusters. */
static double pairs_f1(const struct set *set, uint32_t least)
{
	uint64_t found = 0, right = 0;

	for (; found < set->pair_count && set->pairs[found].alike >= least; found++)
		right += set->records[set->pairs[found].a].entity ==
			 set->records[set->pairs[found].b].entity;
	return 2.0 * (double)right / (double)(found + set->true_count);
}

/* Where the file's own curve is best on febrl3; the curve's neighbours are printed beside it. */
static const struct {
	const char *name;
	uint32_t least;
} shapes[CLK_HARDENING_COUNT] = {
	[CLK_PLAIN] = { "plain", 660 },
	[CLK_FOLDED] = { "folded", 580 },
	[CLK_RULE_90] = { "rule_90", 620 },
	[CLK_BALANCED] = { "balanced", 820 },
	[CLK_HARDENED] = { "hardened", 560 },
};

static void measure_pairs(const char *path, const char *columns)
{
	for (int i = 0; i < CLK_HARDENING_COUNT; i++) {
		struct lg_arena *arena = lg_arena_new();
		uint32_t least = shapes[i].least;
		struct set set;

		read_set(arena, path, columns, (enum clk_hardening)i, &set);
		find_pairs(arena, &set, least - STEP);
		printf("clk_%s_f1: %.4f\n", shapes[i].name, f1_at(&set, least));
		printf("clk_%s_f1_pairs_alone: %.4f\n", shapes[i].name, pairs_f1(&set, least));
		printf("clk_%s_f1_from_%u_to_%u: %.4f %.4f\n", shapes[i].name, least - STEP,
			least + STEP, f1_at(&set, least - STEP), f1_at(&set, least + STEP));
		lg_arena_free(arena);
	}
}

/* --- speed: by processor time, because the machine has other work ------------------------------- */

#define SPEED_RECORDS 32768
#define SPEED_QUERIES 256

/* As full as real ones are: each bit set with a chance of 3 in 8. */
static struct clk some_clk(struct lg_random *random)
{
	struct clk clk;

	for (int i = 0; i < CLK_WORDS; i++)
		clk.word[i] =
			lg_random_next(random) & (lg_random_next(random) | lg_random_next(random));
	return clk;
}

static void measure_speed(uint32_t rounds)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_random random;
	struct clk_block *blocks = aligned_alloc(64, SPEED_RECORDS / CLK_LANES * sizeof *blocks);
	struct clk *queries = lg_alloc_array(arena, SPEED_QUERIES, sizeof *queries);
	struct clk_top *tops = lg_alloc_array(arena, SPEED_QUERIES, sizeof *tops);
	double *speeds = lg_alloc_array(arena, (size_t)rounds * CLK_UNIT_COUNT, sizeof *speeds);

	lg_random_seed(&random, 7);
	for (uint32_t i = 0; i < SPEED_RECORDS; i++) {
		struct clk clk = some_clk(&random);

		clk_put(blocks, i, &clk);
	}
	for (uint32_t i = 0; i < SPEED_QUERIES; i++)
		queries[i] = some_clk(&random);
	for (uint32_t round = 0; round < rounds; round++)
		for (int unit = 0; unit < CLK_UNIT_COUNT; unit++) {
			if (!clk_has_unit((enum clk_unit)unit))
				continue;
			for (uint32_t i = 0; i < SPEED_QUERIES; i++)
				tops[i] = clk_top(10, 500);

			double since = processor_s();

			clk_scan((enum clk_unit)unit, queries, SPEED_QUERIES, blocks,
				SPEED_RECORDS / CLK_LANES, tops);
			speeds[(uint32_t)unit * rounds + round] =
				(double)SPEED_RECORDS * SPEED_QUERIES / (processor_s() - since);
		}
	for (uint32_t unit = 0; unit < CLK_UNIT_COUNT; unit++) {
		qsort(&speeds[unit * rounds], rounds, sizeof *speeds, by_value);
		printf("clk_million_comparisons_per_s_%s: %.0f\n", clk_unit_names[unit],
			speeds[unit * rounds + rounds / 2] / 1e6);
	}
	free(blocks);
	lg_arena_free(arena);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "pairs") == 0) {
		measure_pairs(argv[2], argv[3]);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "speed") == 0) {
		measure_speed(9);
		return 0;
	}
	fprintf(stderr, "usage: clk_main pairs FILE COLUMNS | clk_main speed\n");
	return 2;
}
