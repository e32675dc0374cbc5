#include "services/matching/tools/pairs_file.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/csv.h"
#include "services/matching/tools/tool.h"

#define BUFFER_BYTES (1u << 20)

bool pairs_file_open(struct pairs_file *file, const char *path)
{
	*file = (struct pairs_file){ .path = path };
	if ((size_t)snprintf(file->part, sizeof file->part, "%s.part", path) >= sizeof file->part) {
		tool_complain("the path of --out is too long");
		return false;
	}
	file->out = fopen(file->part, "we");
	if (file->out == NULL) {
		tool_complain("%s: %s", file->part, strerror(errno));
		return false;
	}
	setvbuf(file->out, NULL, _IOFBF, BUFFER_BYTES);
	__fsetlocking(file->out, FSETLOCKING_BYCALLER); /* one thread writes */
	return true;
}

void pairs_file_add(struct pairs_file *file, struct scored_pair pair)
{
	if (file->count == file->room) {
		file->room = file->room == 0 ? 4096 : file->room * 2;
		file->pairs = realloc(file->pairs, file->room * sizeof *file->pairs);
		if (file->pairs == NULL)
			abort();
	}
	file->pairs[file->count++] = pair;
}

struct member {
	uint32_t cluster, record;
};

static int by_cluster(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

void pairs_file_add_clusters(struct pairs_file *file, uint32_t record_count,
	const uint32_t *cluster, struct linker_judge *judge)
{
	struct member *members = calloc(record_count + 1, sizeof *members);

	if (members == NULL)
		abort();
	for (uint32_t r = 0; r < record_count; r++)
		members[r] = (struct member){ cluster[r], r };
	qsort(members, record_count, sizeof *members, by_cluster);
	for (uint32_t from = 0, end; from < record_count; from = end) {
		for (end = from;
			end < record_count && members[end].cluster == members[from].cluster;)
			end++;
		for (uint32_t i = from; i < end; i++) {
			for (uint32_t k = i + 1; k < end; k++) {
				uint32_t a = members[i].record, b = members[k].record;
				float bits = linker_bits(judge, a, b);

				if (bits < 0)
					bits = 0;
				pairs_file_add(file, (struct scored_pair){ { a, b }, bits });
			}
		}
	}
	free(members);
}

void pairs_file_write(struct pairs_file *file, const struct table *left, const struct table *right)
{
	uint32_t left_count = left == right ? 0 : left->roster.count;
	char number[16];

	cluster_sort(file->pairs, file->count);
	fputs("left,right,probability\n", file->out);
	for (uint32_t i = 0; i < file->count; i++) {
		const struct scored_pair *scored = &file->pairs[i];

		lg_csv_write_cell(file->out, table_row_name(left, scored->pair.a, number), false);
		lg_csv_write_cell(file->out,
			table_row_name(right, scored->pair.b - left_count, number), false);
		fprintf(file->out, "%.6f\n", model_probability((double)scored->bits));
	}
}

bool pairs_file_close(struct pairs_file *file)
{
	bool is_bad = ferror(file->out) != 0;

	free(file->pairs);
	is_bad |= fclose(file->out) != 0;
	is_bad = is_bad || rename(file->part, file->path) != 0;
	if (is_bad) {
		tool_complain("%s: %s", file->path,
			errno != 0 ? strerror(errno) : "not all could be written");
		unlink(file->part);
	}
	return !is_bad;
}
