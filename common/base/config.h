/*
 * What an operator may set: one declared table per program: name, type, default, help.
 *
 * Values come from an INI file (libinih), one section per program; "--name value" on the
 * command line wins.  Secrets are never configuration: only the paths of their folders are.
 * In the file a flag is yes or no, a line has at most 198 bytes, and " ;" begins a comment.
 */
#ifndef LG_BASE_CONFIG_H
#define LG_BASE_CONFIG_H

#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/status.h"

enum lg_option_type { LG_OPTION_TEXT, LG_OPTION_INT, LG_OPTION_FLAG };

#define LG_OPTIONS_MAX 64 /* rows of one table */

struct lg_option {
	const char *name; /* as in the file and, behind "--", on the command line */
	enum lg_option_type type;
	size_t offset;        /* of a const char *, an int64_t or a bool in the program's struct */
	const char *standard; /* the default, as text; NULL when it must be given */
	int64_t minimum, maximum; /* of an int */
	const char *help;         /* one line */
};

/*
 * Fills settings from defaults, then the [section] of the file at path (NULL: no file), then
 * arguments "--name value" or "--name=value" (a flag takes none).
 *
 *   options        ends with a row whose name is NULL
 *   argc, argv     as main has them: argv[0] is the program's name and passed over
 *   settings       the program's struct; texts live in the arena; of no use when refused
 *   ret_problem    when refused: one line for a person: what, where, what to do
 *   refused        unknown name, missing value, out of range, no such file, malformed line,
 *                  a name that stands twice in the file
 */
LG_MUST_CHECK struct lg_status lg_config_read(struct lg_arena *arena,
	const struct lg_option *options, const char *section, const char *path, int argc,
	char **argv, void *settings, const char **ret_problem);

/* The path behind --config, or after --config=, of a command line; NULL when there is none. */
const char *lg_config_path(int argc, char *const *argv);

/* Prints every option with its default and help, aligned. */
void lg_config_help(FILE *out, const struct lg_option *options);

#endif
