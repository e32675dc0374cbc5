#include "services/gateway/cli/site/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE   4096
#define SITE_SCRIPT "/usr/lib/lifeguard/site"
#define SITE_WORDS  (4 + 2 * COMMAND_OPTIONS_MAX)

static bool is_runnable(const char *path)
{
	return access(path, X_OK) == 0;
}

bool script_has_sites(void)
{
	return is_runnable(SITE_SCRIPT);
}

bool script_is_site(const char *operand)
{
	return strchr(operand, '/') == NULL && script_has_sites();
}

static enum command_exit run(const char *path, const char *const *words)
{
	fflush(NULL);
	execv(path, (char *const *)(uintptr_t)words);
	command_complain("%s cannot be run: %s", path, strerror(errno));
	return COMMAND_FAILED;
}

enum command_exit script_run_site(
	const char *verb, const struct command_line *line, const struct command_option *options)
{
	const char *words[SITE_WORDS] = { SITE_SCRIPT, verb };
	char names[COMMAND_OPTIONS_MAX][32];
	uint32_t count = 2;

	if (line->operand_count > 0)
		words[count++] = line->operands[0];
	for (uint32_t i = 0; options != NULL && options[i].name != NULL; i++) {
		if (line->values[i] == NULL)
			continue;
		snprintf(names[i], sizeof names[i], "--%s", options[i].name);
		words[count++] = names[i];
		if (options[i].value != NULL)
			words[count++] = line->values[i];
	}
	words[count] = NULL;
	return run(SITE_SCRIPT, words);
}

static bool find_own(char ret_path[PATH_SIZE])
{
	const char *home = getenv("LIFEGUARD_HOME");
	char own[PATH_SIZE];

	if (home != NULL && home[0] != '\0') {
		snprintf(ret_path, PATH_SIZE, "%s/deploy/run.sh", home);
		return is_runnable(ret_path);
	}
	ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
	if (size <= 0)
		return false;
	own[size] = '\0';
	for (int up = 0; up < 3; up++) {
		char *slash = strrchr(own, '/');

		if (slash == NULL)
			return false;
		*slash = '\0';
	}
	if ((size_t)snprintf(ret_path, PATH_SIZE, "%s/deploy/run.sh", own) >= PATH_SIZE)
		return false;
	return is_runnable(ret_path);
}

enum command_exit script_run_own(const char *verb, const char *const *words)
{
	const char *all[SCRIPT_WORDS_MAX + 3] = { NULL, verb };
	char path[PATH_SIZE];
	uint32_t count = 2;

	if (!find_own(path)) {
		command_complain("deploy/run.sh of this installation is not found: set "
				 "LIFEGUARD_HOME to its folder");
		return COMMAND_FAILED;
	}
	all[0] = path;
	for (uint32_t i = 0; words[i] != NULL && i < SCRIPT_WORDS_MAX; i++)
		all[count++] = words[i];
	return run(path, all);
}

enum command_exit script_run_either(const char *verb, const struct command_line *line)
{
	if (line->operand_count == 0)
		return script_run_own(verb, (const char *const[]){ NULL });
	if (!script_has_sites()) {
		command_complain("sites have names where the Debian package is installed; here "
				 "it is `lifeguard %s` alone",
			line->command->words);
		return COMMAND_WRONG_USE;
	}
	return script_run_site(verb, line, NULL);
}
