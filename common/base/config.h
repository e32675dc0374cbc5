/*
 * What an operator may set: one declared table per program: name, type, default, help.
 *
 * Values come from an INI file (libinih), one section per program; "--name value" on the
 * command line wins.  Secrets are never configuration: only the paths of their folders are.
 */
#ifndef LG_BASE_CONFIG_H
#define LG_BASE_CONFIG_H

#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/status.h"

enum lg_option_type { LG_OPTION_TEXT, LG_OPTION_INT, LG_OPTION_FLAG };

struct lg_option {
	const char *name; /* as in the file and, behind "--", on the command line */
	enum lg_option_type type;
	size_t offset;            /* of a const char *, an int64_t or a bool in the program's struct */
	const char *standard;     /* the default, as text; NULL when it must be given */
	int64_t minimum, maximum; /* of an int */
	const char *help;         /* one line */
};

/*
 * Fills settings from defaults, then the [section] of the file at path (NULL: no file), then
 * arguments "--name value" or "--name=value" (a flag takes none).
 *
 *   options        ends with a row whose name is NULL
 *   settings       the program's struct; texts live in the arena
 *   ret_problem    when refused: one line for a person: what, where, what to do
 *   refused        unknown name, missing value, out of range, no such file, malformed line
 */
LG_MUST_CHECK struct lg_status lg_config_read(struct lg_arena *arena,
	const struct lg_option *options, const char *section, const char *path, int argc,
	char **argv, void *settings, const char **ret_problem);

/* Prints every option with its default and help, aligned. */
void lg_config_help(FILE *out, const struct lg_option *options);

#endif
