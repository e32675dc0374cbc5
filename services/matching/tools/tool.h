/*
 * What a verb of lg-match is, and how a line of arguments becomes one.
 *
 * The tools work on files, without a site: no gateway, no database, no key.  Names stand in files
 * and never in arguments.
 */
#ifndef SERVICES_MATCHING_TOOLS_TOOL_H
#define SERVICES_MATCHING_TOOLS_TOOL_H

#include <stdint.h>

#define TOOL_OPTIONS_MAX  12
#define TOOL_OPERANDS_MAX 4

enum tool_exit { TOOL_DONE = 0, TOOL_FAILED = 1, TOOL_WRONG_USE = 2 };

struct tool_option {
	const char *name;  /* as behind "--" */
	const char *value; /* what stands behind it, for help: "FILE"; NULL: a flag */
	const char *help;
};

/* The arguments of one verb, sorted. */
struct tool_line {
	const char *values[TOOL_OPTIONS_MAX]; /* by place in the verb's table; NULL: not given */
	uint32_t operand_count;
	const char *operands[TOOL_OPERANDS_MAX];
};

struct tool {
	const char *word;                                 /* "names" */
	const char *operands;                             /* for help: "QUERIES" */
	uint32_t least, most;                             /* operands */
	const char *summary;                              /* one line */
	const char *help;                                 /* what to know, and examples */
	struct tool_option options[TOOL_OPTIONS_MAX + 1]; /* ends with a NULL name */
	enum tool_exit (*run)(const struct tool_line *line);
};

/*
 * Finds the verb, reads its arguments and runs it; prints help where it is asked for.
 *   tools    ends with NULL
 *   returns  the exit code
 */
enum tool_exit tool_run(const struct tool *const *tools, int argc, char **argv);

/* One line on standard error, "lg-match: " before it. */
void tool_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The verbs; each stands in the file of its name. */
extern const struct tool tool_dedupe;
extern const struct tool tool_explain;
extern const struct tool tool_link;
extern const struct tool tool_measure;
extern const struct tool tool_names;

#endif
