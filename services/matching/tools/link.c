/* `lg-match link`: which rows of one file are which of another. */
#include <stdlib.h>

#include "services/matching/tools/pairs_file.h"
#include "services/matching/tools/task.h"
#include "services/matching/tools/tool.h"

static enum tool_exit write_pairs(const struct task *task, const struct tool_line *line)
{
	const struct linker *linker = &task->linker;
	struct pairs_file file;
	uint32_t count = linker->pair_count;

	if (!pairs_file_open(&file, line->values[TASK_OUT]))
		return TOOL_FAILED;
	if (line->values[TASK_ONE_TO_ONE] != NULL)
		count = cluster_one_to_one(
			linker->pairs, count, linker->roster->count, linker->arena);
	for (uint32_t i = 0; i < count; i++)
		pairs_file_add(&file, linker->pairs[i]);
	pairs_file_write(&file, &task->left, &task->right);
	return pairs_file_close(&file) ? TOOL_DONE : TOOL_FAILED;
}

static enum tool_exit link_files(const struct tool_line *line)
{
	struct task task;
	enum tool_exit exit;

	if (line->values[TASK_OUT] == NULL) {
		tool_complain("--out is missing: the file for the pairs");
		return TOOL_WRONG_USE;
	}
	exit = task_read(&task, line);
	if (exit == TOOL_DONE)
		exit = task_learn(&task, line);
	if (exit == TOOL_DONE)
		exit = write_pairs(&task, line);
	task_release(&task);
	return exit;
}

const struct tool tool_link = {
	.word = "link",
	.operands = "A B",
	.least = 2,
	.most = 2,
	.summary = "which rows of one CSV file are which of another",
	.help = "Learns from the files themselves what each column is worth.  Writes\n"
		"left,right,probability: a row of A, a row of B; best first.\n\n"
		"  lifeguard match link reports.csv rescued.csv --schema people --out pairs.csv",
	.options = { TASK_OPTIONS_COMMON, [TASK_ONE_TO_ONE] = { "one-to-one", NULL,
						  "no row stands in two pairs" } },
	.run = link_files,
};
