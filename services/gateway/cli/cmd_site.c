/* `lifeguard site create`, `up` and `down`: a site's keys, and starting it on this machine. */
#include "services/gateway/cli/command.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/text.h"
#include "common/protect/keyring.h"

#define PATH_SIZE 4096

enum { NUMBER, NAME, COUNTRY, IS_DEMO };

/* --- site create --------------------------------------------------------------------------- */

/* What two people compare by voice: 16 bytes of BLAKE2b of the root's public key. */
static void print_fingerprint(const uint8_t root[32])
{
	uint8_t digest[16];

	crypto_generichash(digest, sizeof digest, root, 32, NULL, 0);
	printf("root fingerprint");
	for (size_t i = 0; i < sizeof digest; i++)
		printf("%s%02x", i % 2 == 0 ? " " : "", digest[i]);
	putchar('\n');
}

static lg_ms wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (lg_ms)now.tv_sec * LG_SECOND_MS + now.tv_nsec / 1000000;
}

static enum command_exit site_create(const struct command_line *line)
{
	const char *folder = line->operands[0], *country = line->values[COUNTRY];
	const char *problem = "cannot be made";
	struct lg_keyring keyring;
	int64_t number = 0;

	if (line->values[NUMBER] == NULL || line->values[NAME] == NULL || country == NULL) {
		command_complain("--number, --name and --country are required");
		return COMMAND_WRONG_USE;
	}
	if (!lg_is_done(lg_int_parse(line->values[NUMBER], &number)) || number < 1 ||
		number > UINT16_MAX) {
		command_complain("--number is from 1 to %d, another for every site", UINT16_MAX);
		return COMMAND_WRONG_USE;
	}
	if (strlen(country) != 2 || strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2) {
		command_complain("--country is two capital letters: IN, NP");
		return COMMAND_WRONG_USE;
	}
	if (!lg_is_done(lg_keyring_create(folder, (uint16_t)number, line->values[NAME], country,
		    line->values[IS_DEMO] != NULL, wall_clock(), &problem)) ||
		!lg_is_done(lg_keyring_load(folder, wall_clock(), &keyring, &problem))) {
		command_complain("%s: %s", folder, problem);
		return COMMAND_FAILED;
	}
	printf("keys of site %u (%s, %s%s) made in %s\n", (unsigned)keyring.site, keyring.name,
		keyring.country, keyring.is_demo ? ", demo" : "", folder);
	print_fingerprint(keyring.root);
	if (!keyring.is_demo)
		printf("Move %s/root to a medium that is kept offline; no service needs it.\n",
			folder);
	return COMMAND_DONE;
}

/* --- up and down ---------------------------------------------------------------------------- */

static bool is_runnable(const char *path)
{
	return access(path, X_OK) == 0;
}

/*
 * deploy/run.sh of this installation: below $LIFEGUARD_HOME, or two folders above the program
 * (build/bin/lifeguard).
 */
static bool find_script(char ret_path[PATH_SIZE])
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

static enum command_exit run_script(const char *verb)
{
	char path[PATH_SIZE];

	if (!find_script(path)) {
		command_complain("deploy/run.sh of this installation is not found: set "
				 "LIFEGUARD_HOME to its folder");
		return COMMAND_FAILED;
	}
	fflush(NULL);
	execl(path, path, verb, (char *)NULL);
	command_complain("%s cannot be run: %s", path, strerror(errno));
	return COMMAND_FAILED;
}

static enum command_exit up(const struct command_line *line)
{
	(void)line;
	return run_script("up");
}

static enum command_exit down(const struct command_line *line)
{
	(void)line;
	return run_script("down");
}

const struct command command_site_create = {
	.words = "site create",
	.operands = "FOLDER",
	.least = 1,
	.most = 1,
	.summary = "make the keys of a new site",
	.help = "Makes FOLDER with the site's root, its keyring and the keys of every service, and\n"
		"prints the fingerprint of the root: partners compare it by voice.  Keys that are\n"
		"there already are never written over.\n\n"
		"  lifeguard site create /etc/lifeguard/keys --number 12 --name 'Birgunj' "
		"--country NP",
	.options = {
		[NUMBER] = { "number", "N", "of the site, 1 to 65535; required" },
		[NAME] = { "name", "NAME", "of the site, for people; required" },
		[COUNTRY] = { "country", "CODE", "IN or NP; required" },
		[IS_DEMO] = { "demo", NULL, "for trying out: real sites refuse it as a partner" },
	},
	.run = site_create,
};

const struct command command_up = {
	.words = "up",
	.operands = "",
	.summary = "start the site on this machine; returns when it is ready",
	.help = "Runs deploy/run.sh of this installation (or of $LIFEGUARD_HOME).",
	.run = up,
};

const struct command command_down = {
	.words = "down",
	.operands = "",
	.summary = "stop it; nothing that was stored is lost",
	.help = "Runs deploy/run.sh of this installation (or of $LIFEGUARD_HOME).",
	.run = down,
};
