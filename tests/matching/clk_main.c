/*
 * Encodings measured: how well they find the pairs of a file with known duplicates, with each
 * hardening; how many comparisons a second each unit of the processor does.  `name: value` lines.
 *
 *   clk_main pairs FILE COLUMNS    COLUMNS: comma-separated, of those that shape_of() knows
 *   clk_main speed ROUNDS
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/arena.h"
#include "common/base/csv.h"
#include "common/base/random.h"
#include "services/matching/engine/clk/clk_scan.h"

#define TOP       32
#define COLUMNS   32
#define LEAST_ALL 400
#define NOBODY    UINT32_MAX

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

static void find_pairs(struct lg_arena *arena, struct set *set)
{
	struct clk *queries = lg_alloc_array(arena, set->count, sizeof *queries);
	struct clk_top *tops = lg_alloc_array(arena, set->count, sizeof *tops);

	set->block_count = set->count / CLK_LANES + 1;
	set->blocks = aligned_alloc(64, set->block_count * sizeof *set->blocks);
	memset(set->blocks, 0, set->block_count * sizeof *set->blocks);
	set->pairs = lg_alloc_array(arena, (size_t)set->count * TOP, sizeof *set->pairs);
	for (uint32_t i = 0; i < set->count; i++) {
		queries[i] = set->records[i].clk;
		tops[i] = clk_top(TOP, LEAST_ALL);
		clk_put(set->blocks, i, &queries[i]);
	}
	clk_scan(clk_best_unit(), queries, set->count, set->blocks, set->block_count, tops);
	for (uint32_t i = 0; i < set->count; i++)
		for (uint32_t hit = 0; hit < tops[i].count; hit++)
			if (tops[i].at[hit].record < i)
				set->pairs[set->pair_count++] = (struct pair){
					tops[i].at[hit].record, i, tops[i].at[hit].alike };
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

static void measure_pairs(const char *path, const char *columns)
{
	static const char *const names[CLK_HARDENING_COUNT] = { "plain", "folded", "rule_90",
		"balanced", "hardened" };

	for (int hardening = 0; hardening < CLK_HARDENING_COUNT; hardening++) {
		struct lg_arena *arena = lg_arena_new();
		struct set set;

		read_set(arena, path, columns, (enum clk_hardening)hardening, &set);
		find_pairs(arena, &set);
		for (uint32_t least = LEAST_ALL; least < 900; least += 20)
			printf("%s_%u: %.4f pairs %.4f\n", names[hardening], least,
				f1_at(&set, least), pairs_f1(&set, least));
		lg_arena_free(arena);
	}
}

/* --- speed ------------------------------------------------------------------------------------ */

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "pairs") == 0)
		measure_pairs(argv[2], argv[3]);
	return 0;
}
