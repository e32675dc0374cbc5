/*
 * `lg-match measure`: one person against many in memory: how long a search takes, how often it
 * finds whom a look at every row finds, how many bytes a row costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/base/csv.h"
#include "services/matching/engine/search/index.h"
#include "services/matching/tools/schema.h"
#include "services/matching/tools/tool.h"
#include "services/matching/tools/weights_file.h"

#define LEAST_BITS 0.0f
#define TOP        5
#define SEARCHES   2000
#define SCANS      400

struct file {
	struct lg_arena *arena;
	struct lg_csv_reader reader;
	struct field_list list;
	uint32_t columns[FIELDS_MAX];
	uint32_t lines;
	char *text;
};

static void give_up(const char *what)
{
	tool_complain("%s", what);
	exit(TOOL_FAILED);
}

static void open_file(struct file *file, const struct schema *schema, const char *path)
{
	struct lg_csv_row row = { .count = 0 };
	struct stat about;
	FILE *in = fopen(path, "re");

	if (in == NULL || fstat(fileno(in), &about) != 0)
		give_up("a file cannot be opened");
	file->arena = lg_arena_new();
	file->text = malloc((size_t)about.st_size + 1);
	if (file->text == NULL ||
		fread(file->text, 1, (size_t)about.st_size, in) != (size_t)about.st_size)
		give_up("a file cannot be read");
	fclose(in);
	for (int64_t i = 0; i < about.st_size; i++)
		file->lines += file->text[i] == '\n';
	lg_csv_open(&file->reader, lg_bytes(file->text, (size_t)about.st_size));
	if (!lg_csv_more(&file->reader) ||
		!lg_is_done(lg_csv_next(&file->reader, file->arena, &row)) ||
		!schema_fit(schema, path, row.cells, row.count, &file->list, file->columns))
		give_up("a header is not as it must be");
}

static bool next_row(struct file *file, struct lg_bytes cells[FIELDS_MAX])
{
	struct lg_csv_row row = { .count = 0 };

	if (!lg_csv_more(&file->reader))
		return false;
	lg_arena_reset(file->arena);
	if (!lg_is_done(lg_csv_next(&file->reader, file->arena, &row)))
		give_up("a row is not as it must be");
	for (uint32_t f = 0; f < file->list.count; f++)
		cells[f] =
			lg_bytes(row.cells[file->columns[f]], strlen(row.cells[file->columns[f]]));
	return true;
}

static double milliseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

enum { SCHEMA, WEIGHTS };

static void insert_all(struct index *index, struct file *rows)
{
	struct lg_bytes cells[FIELDS_MAX];
	double started = milliseconds(CLOCK_THREAD_CPUTIME_ID);
	uint32_t tag = 0;

	while (next_row(rows, cells))
		if (!lg_is_done(index_insert(index, tag++, cells)))
			give_up("the index is full");
	if (tag == 0)
		give_up("the first file has no rows");
	printf("index_rows: %u\n", index_counts(index).rows);
	printf("index_insert_us: %.2f\n",
		(milliseconds(CLOCK_THREAD_CPUTIME_ID) - started) * 1e3 / tag);
	printf("index_bytes_per_row: %.1f\n", (double)index_counts(index).bytes / tag);
}

static void search_some(struct index *index, const struct model *model, struct file *queries)
{
	double times[SEARCHES];
	struct lg_bytes cells[FIELDS_MAX];
	struct index_hit found[TOP], scanned[TOP];
	uint32_t asked = 0, with_best = 0, same_best = 0;

	for (; asked < SEARCHES && next_row(queries, cells); asked++) {
		double started = milliseconds(CLOCK_THREAD_CPUTIME_ID);
		uint32_t count = index_search(index, model, cells, LEAST_BITS, TOP, found);

		times[asked] = milliseconds(CLOCK_THREAD_CPUTIME_ID) - started;
		if (asked >= SCANS ||
			index_scan(index, model, cells, LEAST_BITS, TOP, scanned) == 0)
			continue;
		with_best++;
		same_best += count > 0 && found[0].bits >= scanned[0].bits - 0.01f;
	}
	if (asked == 0)
		give_up("the second file has no rows");
	qsort(times, asked, sizeof times[0], by_size);
	printf("index_search_p50_ms: %.4f\n", times[asked / 2]);
	printf("index_search_p99_ms: %.4f\n", times[asked - 1 - asked / 100]);
	printf("index_scans_that_found_somebody: %u\n", with_best);
	if (with_best > 0)
		printf("index_recall_of_best: %.4f\n", (double)same_best / with_best);
}

static enum tool_exit measure(const struct tool_line *line)
{
	struct file rows = { .lines = 0 }, queries = { .lines = 0 };
	struct schema schema;
	struct model model;
	struct lg_arena *arena;
	struct index *index;

	if (line->values[SCHEMA] == NULL || line->values[WEIGHTS] == NULL) {
		tool_complain("--schema and --weights are needed");
		return TOOL_WRONG_USE;
	}
	if (!schema_read(line->values[SCHEMA], &schema))
		return TOOL_FAILED;
	open_file(&rows, &schema, line->operands[0]);
	open_file(&queries, &schema, line->operands[1]);
	if (!weights_file_read(line->values[WEIGHTS], &rows.list, &model))
		return TOOL_FAILED;
	arena = lg_arena_new();
	index = index_new(&rows.list, rows.lines, arena);
	insert_all(index, &rows);
	search_some(index, &model, &queries);
	lg_arena_free(arena);
	lg_arena_free(rows.arena);
	lg_arena_free(queries.arena);
	free(rows.text);
	free(queries.text);
	return TOOL_DONE;
}

const struct tool tool_measure = {
	.word = "measure",
	.operands = "ROWS QUERIES",
	.least = 2,
	.most = 2,
	.summary = "how fast one person is found among many",
	.help = "Puts ROWS into an index in memory, searches it for the first 2,000 of QUERIES and\n"
		"compares 400 of these with a look at every row.  Times are of one core.\n\n"
		"  lifeguard match measure a.csv b.csv --schema people --weights weights.ini",
	.options = { [SCHEMA] = { "schema", "S", "which columns are compared; required" },
		[WEIGHTS] = { "weights", "FILE", "as link --save-weights wrote them; required" } },
	.run = measure,
};
