#include "services/matching/tools/task.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "services/matching/tools/linking/crew.h"
#include "services/matching/tools/weights_file.h"

static void read_one(void *context, uint32_t worker)
{
	struct task *task = context;

	table_read(worker == 0 ? &task->left : &task->right);
}

static bool are_alike(const struct field_list *a, const struct field_list *b)
{
	bool is_same = a->count == b->count;

	for (uint32_t f = 0; is_same && f < a->count; f++)
		is_same = strcmp(a->fields[f].name, b->fields[f].name) == 0;
	return is_same;
}

enum tool_exit task_read(struct task *task, const struct tool_line *line)
{
	uint32_t files = line->operand_count > 1 && line->values[TASK_SCHEMA] != NULL ? 2 : 1;

	*task = (struct task){ .arena = lg_arena_new(), .right_arena = lg_arena_new() };
	if (line->values[TASK_SCHEMA] == NULL) {
		tool_complain("--schema is missing: which columns are compared, and as what");
		return TOOL_WRONG_USE;
	}
	if (!schema_read(line->values[TASK_SCHEMA], &task->schema))
		return TOOL_FAILED;
	if (line->values[TASK_COLUMNS] != NULL &&
		!schema_keep(&task->schema, line->values[TASK_COLUMNS]))
		return TOOL_WRONG_USE;
	task->left = (struct table){
		.path = line->operands[0], .schema = &task->schema, .arena = task->arena
	};
	task->right = (struct table){
		.path = line->operands[1], .schema = &task->schema, .arena = task->right_arena
	};
	crew_run(files, read_one, task);
	if (!task->left.is_read || (files == 2 && !task->right.is_read))
		return TOOL_FAILED;
	if (files == 1) {
		task->roster = task->left.roster;
	} else if (are_alike(&task->left.roster.list, &task->right.roster.list)) {
		roster_join(&task->left.roster, &task->right.roster, &task->roster, task->arena);
	} else {
		tool_complain("the two files do not have the same columns of the schema; "
			      "--columns names those that are compared");
		return TOOL_FAILED;
	}
	if (task->roster.count < 2 ||
		(files == 2 && (task->left.roster.count == 0 || task->right.roster.count == 0))) {
		tool_complain("%s: fewer rows than a pair needs", task->left.path);
		return TOOL_FAILED;
	}
	roster_count_values(&task->roster, task->arena);
	return TOOL_DONE;
}

static bool take_numbers(const struct tool_line *line, struct estimate_start *start)
{
	const char *seed = line->values[TASK_SEED], *share = line->values[TASK_START];
	int64_t number = 1;
	char *end = NULL;

	*start = estimate_standard;
	if (seed != NULL && (!lg_is_done(lg_int_parse(seed, &number)) || number < 0)) {
		tool_complain("--seed %s: expected a whole number", seed);
		return false;
	}
	start->seed = (uint64_t)number;
	if (share == NULL)
		return true;
	start->equal = strtod(share, &end);
	if (end == share || *end != '\0' || !(start->equal >= 0.01 && start->equal <= 0.99)) {
		tool_complain("--start %s: expected a share from 0.01 to 0.99", share);
		return false;
	}
	return true;
}

enum tool_exit task_learn(struct task *task, const struct tool_line *line)
{
	const char *given = line->values[TASK_WEIGHTS], *saved = line->values[TASK_SAVE_WEIGHTS];
	struct linker *linker = &task->linker;

	linker->roster = &task->roster;
	linker->arena = task->arena;
	linker->workers = crew_size();
	linker->says_progress = true;
	if (!take_numbers(line, &linker->start))
		return TOOL_WRONG_USE;
	if (given != NULL) {
		if (!weights_file_read(given, &task->roster.list, &linker->model))
			return TOOL_FAILED;
		linker->has_model = true;
	}
	if (line->values[TASK_TRUTH] != NULL) {
		const struct table *right = line->operand_count > 1 ? &task->right : &task->left;

		if (!truth_read(&task->truth, line->values[TASK_TRUTH], &task->left, right,
			    task->arena))
			return TOOL_FAILED;
		linker->watched = task->truth.pairs;
		linker->watched_count = task->truth.count;
		linker->reached = task->truth.reached;
	}
	linker_run(linker);
	fprintf(stderr,
		"lg-match: %u rows, %llu pairs glanced at, %llu pairs compared, %u rounds of EM, %u keys "
		"are expected to hold %.2f %% of the pairs of one person\n",
		task->roster.count, (unsigned long long)linker->glanced,
		(unsigned long long)linker->compared, linker->rounds, linker->blocking.key_count,
		100 * linker->held);
	if (task->truth.count > 0)
		truth_tell(&task->truth, linker);
	if (saved != NULL && !weights_file_write(saved, &linker->model))
		return TOOL_FAILED;
	return TOOL_DONE;
}

void task_release(struct task *task)
{
	lg_arena_free(task->right_arena);
	lg_arena_free(task->arena);
}
