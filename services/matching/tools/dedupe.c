/* `lg-match dedupe`: which rows of one file are one person. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/matching/tools/pairs_file.h"
#include "services/matching/tools/task.h"
#include "services/matching/tools/tool.h"

/* Pairs of one cluster are at a half or above, pairs across are below. */
static void write_clusters(const struct task *task, struct linker *linker, struct pairs_file *file)
{
	const struct roster *roster = linker->roster;
	struct linker_judge judge = { .linker = linker };
	uint32_t *cluster = lg_alloc_array(linker->arena, roster->count, sizeof *cluster);

	pairing_init(&judge.pairing, roster, linker->arena);
	cluster_records(roster->count, linker->pairs, linker->pair_count,
		&(struct cluster_judge){ linker_bits, &judge }, linker->arena, cluster);
	for (uint32_t i = 0; i < linker->pair_count; i++) {
		struct scored_pair pair = linker->pairs[i];

		if (cluster[pair.pair.a] == cluster[pair.pair.b])
			continue; /* below, with its cluster */
		if (pair.bits > PAIRS_FILE_APART_BITS)
			pair.bits = PAIRS_FILE_APART_BITS;
		pairs_file_add(file, pair);
	}
	pairs_file_add_clusters(file, roster->count, cluster, &judge);
	pairs_file_write(file, &task->left, &task->left);
}

static enum tool_exit dedupe(const struct tool_line *line)
{
	struct task task;
	struct pairs_file file;
	enum tool_exit exit;

	if (line->values[TASK_OUT] == NULL) {
		tool_complain("--out is missing: the file for the pairs");
		return TOOL_WRONG_USE;
	}
	exit = task_read(&task, line);
	if (exit == TOOL_DONE)
		exit = task_learn(&task, line);
	if (exit == TOOL_DONE) {
		exit = pairs_file_open(&file, line->values[TASK_OUT]) ? TOOL_DONE : TOOL_FAILED;
		if (exit == TOOL_DONE) {
			write_clusters(&task, &task.linker, &file);
			exit = pairs_file_close(&file) ? TOOL_DONE : TOOL_FAILED;
		}
	}
	task_release(&task);
	return exit;
}

const struct tool tool_dedupe = {
	.word = "dedupe",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.summary = "which rows of a CSV file are one person",
	.help = "Learns from the file itself what each column is worth; nobody need label a pair.\n"
		"Writes left,right,probability: two rows and how likely they are one person;\n"
		"rows of one group of rows are at 0.5 or above.\n\n"
		"  lifeguard match dedupe people.csv --schema febrl --out pairs.csv",
	.options = TASK_OPTIONS,
	.run = dedupe,
};
