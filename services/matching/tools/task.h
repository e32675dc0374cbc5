/* What dedupe, link and explain have in common: files and a schema in, a scored roster out. */
#ifndef SERVICES_MATCHING_TOOLS_TASK_H
#define SERVICES_MATCHING_TOOLS_TASK_H

#include "services/matching/tools/linking/linker.h"
#include "services/matching/tools/table.h"
#include "services/matching/tools/tool.h"
#include "services/matching/tools/truth.h"

enum task_option {
	TASK_SCHEMA,
	TASK_OUT,
	TASK_COLUMNS,
	TASK_WEIGHTS,
	TASK_SAVE_WEIGHTS,
	TASK_SEED,
	TASK_START,
	TASK_TRUTH,
	TASK_ONE_TO_ONE,
	TASK_OPTION_COUNT,
};

/* clang-format off */
#define TASK_OPTIONS_COMMON \
	[TASK_SCHEMA] = { "schema", "S", "which columns are compared, and as what; required" }, \
	[TASK_OUT] = { "out", "PAIRS.csv", "where left,right,probability go" }, \
	[TASK_COLUMNS] = { "columns", "A,B", "of the schema only these" }, \
	[TASK_WEIGHTS] = { "weights", "FILE", "use these weights; nothing is learned" }, \
	[TASK_SAVE_WEIGHTS] = { "save-weights", "FILE", "keep what was learned" }, \
	[TASK_SEED] = { "seed", "N", "of the pairs drawn by chance and of the sample; 1" }, \
	[TASK_START] = { "start", "SHARE", "of equal values in a match before EM, 0.01 to 0.99; 0.8" }, \
	[TASK_TRUTH] = { "truth", "FILE", "left,right: rows known to be one person; says how many were found" }
#define TASK_OPTIONS { TASK_OPTIONS_COMMON }
/* clang-format on */

struct task {
	struct lg_arena *arena, *right_arena;
	struct schema schema;
	struct table left, right; /* right: unused when one file is read */
	struct roster roster;     /* both */
	struct linker linker;
	struct truth truth; /* empty: nobody asked */
};

/* Reads one or two files, two at once; what is wrong was said. */
enum tool_exit task_read(struct task *task, const struct tool_line *line);

/* Learns or reads weights, compares; saves weights when asked. */
enum tool_exit task_learn(struct task *task, const struct tool_line *line);

/* Frees all; also after a failure. */
void task_release(struct task *task);

#endif
