/*
 * `lifeguard site create`, `site trust` and `site show`: a site's keys and whom it is linked with;
 * `up` and `down`: starting it on this machine.
 */
#include "services/gateway/cli/command.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/text.h"
#include "common/protect/trust.h"
#include "services/gateway/cli/session.h"

#define PATH_SIZE    4096
#define DOCUMENT_MAX 65536 /* bytes of a keyring */

enum { NUMBER, NAME, COUNTRY, IS_DEMO };
enum { YES };

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

/* --- site trust and site show ---------------------------------------------------------------- */

static void print_site(const char *what, const struct lg_keyring *keyring)
{
	time_t seconds = (time_t)(keyring->not_after / LG_SECOND_MS);
	char date[16];
	struct tm day;

	if (gmtime_r(&seconds, &day) == NULL || strftime(date, sizeof date, "%Y-%m-%d", &day) == 0)
		date[0] = '\0';
	printf("%s %u: %s, %s%s; keys no. %llu, good until %s\n  ", what, (unsigned)keyring->site,
		keyring->name, keyring->country, keyring->is_demo ? ", demo" : "",
		(unsigned long long)keyring->serial, date);
	print_fingerprint(keyring->root);
}

static struct lg_status read_file(const char *path, uint8_t *bytes, struct lg_bytes *ret_bytes)
{
	FILE *file = fopen(path, "rbe");
	size_t size;

	if (file == NULL)
		return lg_refuse("cannot be read");
	size = fread(bytes, 1, DOCUMENT_MAX, file);
	fclose(file);
	*ret_bytes = lg_bytes(bytes, size);
	return lg_done();
}

static bool is_agreed(void)
{
	char text[65];

	if (!lg_is_done(
		    session_ask("Is this what they read to you over the phone? (yes/no) ", text)))
		return false;
	return strcmp(text, "yes") == 0;
}

/* The same number under another root is another site, or one that lost its root. */
static bool is_another_root(const struct lg_trust *trust)
{
	return trust->is_known && memcmp(trust->known.root, trust->peer.root, 32) != 0;
}

static enum command_exit keep(
	const char *folder, const struct lg_trust *trust, struct lg_bytes document)
{
	const char *problem = "cannot be kept";

	if (!lg_is_done(lg_trust_keep(folder, trust, document, &problem))) {
		command_complain("%s: %s", folder, problem);
		return COMMAND_FAILED;
	}
	printf("trusted: restart lg-bus and the services of this site, and give the partner the file\n"
	       "%s/keyring (it is public)\n",
		folder);
	return COMMAND_DONE;
}

static enum command_exit site_trust(const struct command_line *line)
{
	const char *folder = line->operands[0], *path = line->operands[1];
	const char *problem = "cannot be read";
	uint8_t bytes[DOCUMENT_MAX];
	struct lg_bytes document;
	struct lg_trust trust;

	if (!lg_is_done(read_file(path, bytes, &document)) ||
		!lg_is_done(lg_trust_look(folder, document, wall_clock(), &trust, &problem))) {
		command_complain("%s: %s", path, problem);
		return COMMAND_FAILED;
	}
	print_site("site", &trust.peer);
	if (trust.is_same) {
		puts("trusted already");
		return COMMAND_DONE;
	}
	if (is_another_root(&trust))
		puts("ANOTHER ROOT than the one that was trusted under this number: ask them why");
	if (is_another_root(&trust) && line->values[YES] != NULL) {
		command_complain("a new root is compared by voice: leave out --yes");
		return COMMAND_FAILED;
	}
	if (line->values[YES] == NULL && !is_agreed()) {
		command_complain("not trusted; nothing was changed");
		return COMMAND_FAILED;
	}
	return keep(folder, &trust, document);
}

static enum command_exit site_show(const struct command_line *line)
{
	const char *folder = line->operands[0], *problem = "cannot be read";
	struct lg_keyring peers[LG_TRUSTED_MAX];
	struct lg_keyring own;
	uint32_t count;

	if (!lg_is_done(lg_keyring_load(folder, wall_clock(), &own, &problem))) {
		command_complain("%s: %s", folder, problem);
		return COMMAND_FAILED;
	}
	print_site("site", &own);
	count = lg_keyring_peers(folder, wall_clock(), &own, peers, LG_TRUSTED_MAX);
	for (uint32_t i = 0; i < count; i++)
		print_site("trusts site", &peers[i]);
	if (count == 0)
		puts("trusts no other site");
	return COMMAND_DONE;
}

/* Its keyring stays, beside: whoever must prove what it once said can. */
static enum command_exit site_retire(const struct command_line *line)
{
	const char *folder = line->operands[0];
	char path[PATH_SIZE], aside[PATH_SIZE];
	int64_t number = 0;

	if (!lg_is_done(lg_int_parse(line->operands[1], &number)) || number < 1 ||
		number > UINT16_MAX) {
		command_complain("%s is not a site's number: 1 to 65535", line->operands[1]);
		return COMMAND_WRONG_USE;
	}
	snprintf(path, sizeof path, "%s/peers/%lld.keyring", folder, (long long)number);
	snprintf(aside, sizeof aside, "%s/peers/%lld.retired", folder, (long long)number);
	if (access(path, F_OK) != 0) {
		command_complain("site %lld is not trusted here: lifeguard site show %s",
			(long long)number, folder);
		return COMMAND_FAILED;
	}
	if (line->values[YES] == NULL && !is_agreed()) {
		command_complain("not retired; nothing was changed");
		return COMMAND_FAILED;
	}
	if (rename(path, aside) != 0) {
		command_complain("%s: %s", path, strerror(errno));
		return COMMAND_FAILED;
	}
	printf("site %lld is retired: restart this site's services, and it holds nothing more\n",
		(long long)number);
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

static enum command_exit site_adopt(const struct command_line *line)
{
	(void)line;
	return run_script("adopt");
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

const struct command command_site_trust = {
	.words = "site trust",
	.operands = "FOLDER PEER_KEYRING_FILE",
	.least = 2,
	.most = 2,
	.summary = "accept another site as a partner, after its fingerprint was compared",
	.help = "FOLDER is that of our own keys, the file is the partner's `keyring`: public, but what it\n"
		"says must come from them.  Call somebody there whose voice you know, let them read the\n"
		"fingerprint of their root (lifeguard site show), and say yes when all of it is the same.\n"
		"Older keys than those that are trusted, and a demo site's, are refused.  They trust us by\n"
		"the same command with our file.\n\n"
		"  lifeguard site trust /etc/lifeguard/keys bhairahawa.keyring",
	.options = { [YES] = { "yes", NULL, "do not ask: the fingerprint was compared before" } },
	.run = site_trust,
};

const struct command command_site_retire = {
	.words = "site retire",
	.operands = "FOLDER NUMBER",
	.least = 2,
	.most = 2,
	.summary = "end the partnership with a site: nothing is kept or sent for it any more",
	.help = "For a site that is gone for good: rows that wait for it are held for ever else.  Its keyring\n"
		"is put aside, the line to it is closed, and its readers are forgotten, when the services\n"
		"are started again.  To be trusted again it is compared by voice again.\n\n"
		"  lifeguard site retire /etc/lifeguard/keys 12",
	.options = { [YES] = { "yes", NULL, "do not ask" } },
	.run = site_retire,
};

const struct command command_site_adopt = {
	.words = "site adopt",
	.operands = "",
	.summary = "say that this site's databases have moved to this machine",
	.help = "A database that wakes on another machine may be a copy: it owns nothing and sends nothing\n"
		"until this was said.  Say it only when the old machine is down for good: two live sites\n"
		"with one name send real letters twice.  Runs deploy/run.sh of this installation.",
	.run = site_adopt,
};

const struct command command_site_show = {
	.words = "site show",
	.operands = "FOLDER",
	.least = 1,
	.most = 1,
	.summary = "a site's number, fingerprint and partners, from its keys",
	.help = "Reads public documents only.  The fingerprint is what a partner compares by voice.\n\n"
		"  lifeguard site show /etc/lifeguard/keys",
	.run = site_show,
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
