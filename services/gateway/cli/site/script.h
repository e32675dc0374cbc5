/*
 * The scripts that run a site of this machine: the Debian package's, and deploy/run.sh of this
 * installation.  They take the process over: their output and their exit code are the command's.
 */
#ifndef CLI_SCRIPT_H
#define CLI_SCRIPT_H

#include "services/gateway/cli/command.h"

#define SCRIPT_WORDS_MAX 32

/* Whether the Debian package is installed, so that sites have names. */
bool script_has_sites(void);

/* Whether an operand names a site of the Debian package, and not a folder. */
bool script_is_site(const char *operand);

/*
 * Runs the package's script.
 *   options  the verb's table: what of it was given is handed on; NULL: nothing
 *   returns  only where it cannot be run
 */
enum command_exit script_run_site(
	const char *verb, const struct command_line *line, const struct command_option *options);

/*
 * Runs deploy/run.sh, below $LIFEGUARD_HOME or two folders above the program (build/bin/lifeguard).
 *   words    behind the verb, at most SCRIPT_WORDS_MAX; ends with NULL
 *   returns  only where it cannot be run
 */
enum command_exit script_run_own(const char *verb, const char *const *words);

/* A site by its name is the package's; without a name it is that of deploy/run.sh. */
enum command_exit script_run_either(const char *verb, const struct command_line *line);

#endif
