/*
 * `lifeguard site create`, `site trust` and `site show`: a site's keys and whom it is linked with.
 *
 * Where the Debian package is installed, a name without a slash is a whole site of this machine, and
 * what becomes of it is done by the package's script; elsewhere there are folders of keys only.
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
#include "services/gateway/cli/site/script.h"

#define PATH_SIZE    4096
#define DOCUMENT_MAX 65536 /* bytes of a keyring */
#define SITE_FOLDER  "/var/lib/lifeguard"

enum { NUMBER, NAME, COUNTRY, IS_DEMO, PORT, DATABASE };
enum { YES };
enum { ROOT };

/* --- keys of a site ---------------------------------------------------------------------- */

/* The keys of a site of this machine by its name, or the folder itself. */
static const char *keys_folder(const char *operand, char ret_path[PATH_SIZE])
{
	if (!script_is_site(operand))
		return operand;
	snprintf(ret_path, PATH_SIZE, SITE_FOLDER "/%s/keys", operand);
	return access(ret_path, F_OK) == 0 ? ret_path : operand;
}

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

	if (script_is_site(folder))
		return script_run_site("create", line, command_site_create.options);
	if (strchr(folder, '/') == NULL && line->values[NAME] == NULL) {
		command_complain(
			"a whole site is made where the Debian package is installed; a folder "
			"of keys alone has a slash, and --name NAME");
		return COMMAND_WRONG_USE;
	}
	if (line->values[PORT] != NULL || line->values[DATABASE] != NULL) {
		command_complain("--port and --database are of a whole site: give its name");
		return COMMAND_WRONG_USE;
	}
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

static bool is_agreed(const char *question)
{
	char text[SESSION_TYPED_MAX + 1];

	return lg_is_done(session_ask(question, text)) && strcmp(text, "yes") == 0;
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
	char place[PATH_SIZE];
	const char *folder = keys_folder(line->operands[0], place), *path = line->operands[1];
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
	if (line->values[YES] == NULL &&
		!is_agreed("Is this what they read to you over the phone? (yes/no)")) {
		command_complain("not trusted; nothing was changed");
		return COMMAND_FAILED;
	}
	return keep(folder, &trust, document);
}

static enum command_exit site_renew(const struct command_line *line)
{
	char place[PATH_SIZE], root[PATH_SIZE + 8];
	const char *folder = keys_folder(line->operands[0], place), *problem = "cannot be read";
	struct lg_keyring keyring;

	snprintf(root, sizeof root, "%s/root", folder);
	if (line->values[ROOT] == NULL && access(root, F_OK) != 0) {
		command_complain(
			"%s is not there: bring the root from where it lies offline, and say "
			"--root FOLDER",
			root);
		return COMMAND_FAILED;
	}
	if (!lg_is_done(
		    lg_keyring_renew(folder, line->values[ROOT] == NULL ? root : line->values[ROOT],
			    wall_clock(), &keyring, &problem))) {
		command_complain("%s: %s", folder, problem);
		return COMMAND_FAILED;
	}
	print_site("site", &keyring);
	printf("renewed: restart this site's services, and give every partner the file %s/keyring\n"
	       "(it is public); they tell it to `lifeguard site trust`\n",
		folder);
	return COMMAND_DONE;
}

static enum command_exit site_show(const struct command_line *line)
{
	char place[PATH_SIZE];
	const char *folder = keys_folder(line->operands[0], place), *problem = "cannot be read";
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
	char place[PATH_SIZE], path[PATH_SIZE], aside[PATH_SIZE];
	const char *folder = keys_folder(line->operands[0], place);
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
	if (line->values[YES] == NULL &&
		!is_agreed(
			"Is that site gone for good, and what waits for it to be dropped? (yes/no)")) {
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

/* --- what the package's script does ------------------------------------------------------- */

static enum command_exit site_adopt(const struct command_line *line)
{
	return script_run_either("adopt", line);
}

static enum command_exit site_list(const struct command_line *line)
{
	if (!script_has_sites()) {
		command_complain("sites are listed where the Debian package is installed");
		return COMMAND_FAILED;
	}
	return script_run_site("list", line, NULL);
}

static enum command_exit site_destroy(const struct command_line *line)
{
	if (!script_is_site(line->operands[0])) {
		command_complain("%s is no site of the Debian package", line->operands[0]);
		return COMMAND_FAILED;
	}
	return script_run_site("destroy", line, command_site_destroy.options);
}

const struct command command_site_create = {
	.words = "site create",
	.operands = "NAME|FOLDER",
	.least = 1,
	.most = 1,
	.summary = "make a new site: all of it, or only its keys",
	.help = "NAME (where the Debian package is installed): makes keys, database, tables, configuration\n"
		"and the first account of a site of this machine, and says how to start it.  Told again it\n"
		"adds what is missing and changes nothing else; man lifeguard-site says more.\n"
		"FOLDER (with a slash): makes only a folder with the site's root, its keyring and the keys\n"
		"of every service.  Keys that are there already are never written over.\n"
		"Prints the fingerprint of the root: partners compare it by voice.\n\n"
		"  lifeguard site create birgunj --number 12 --country NP\n"
		"  lifeguard site create /etc/lifeguard/keys --number 12 --name 'Birgunj' "
		"--country NP",
	.options = {
		[NUMBER] = { "number", "N", "of the site, 1 to 65535; required" },
		[NAME] = { "name", "NAME", "of the site, for people; required with FOLDER" },
		[COUNTRY] = { "country", "CODE", "IN or NP; required" },
		[IS_DEMO] = { "demo", NULL, "for trying out: real sites refuse it as a partner" },
		[PORT] = { "port", "PORT", "of the API on this machine; else the first free of 7717, 7727" },
		[DATABASE] = { "database", "CONNINFO", "another server than this machine's PostgreSQL" },
	},
	.run = site_create,
};

const struct command command_site_renew = {
	.words = "site renew",
	.operands = "SITE|FOLDER",
	.least = 1,
	.most = 1,
	.summary = "sign a site's keyring anew: it is good for 400 days, then nothing starts",
	.help = "The keys stay what they are, so partners need compare nothing by voice: the root is the same.\n"
		"It signs, so it is brought from where it lies offline.  An expired keyring is renewed, too.\n\n"
		"  lifeguard site renew birgunj --root /media/usb/root",
	.options = { [ROOT] = { "root", "FOLDER", "of root.key; else root/ beside the keyring" } },
	.run = site_renew,
};

const struct command command_site_trust = {
	.words = "site trust",
	.operands = "SITE|FOLDER KEYRING",
	.least = 2,
	.most = 2,
	.summary = "accept another site as a partner, after its fingerprint was compared",
	.help = "SITE is ours by its name, FOLDER that of our own keys; KEYRING is the file of the partner's: public, but what it\n"
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
	.operands = "SITE|FOLDER NUMBER",
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
	.operands = "[SITE]",
	.most = 1,
	.summary = "say that this site's databases have moved to this machine",
	.help = "A database that wakes on another machine may be a copy: it owns nothing and sends nothing\n"
		"until this was said.  Say it only when the old machine is down for good: two live sites\n"
		"with one name send real letters twice.  SITE is one of the Debian package; without it\n"
		"deploy/run.sh of this installation is run.",
	.run = site_adopt,
};

const struct command command_site_list = {
	.words = "site list",
	.operands = "",
	.summary = "the sites of this machine: name, number, country, address of the API",
	.help = "As the Debian package runs them.\n\n"
		"  lifeguard site list",
	.run = site_list,
};

const struct command command_site_destroy = {
	.words = "site destroy",
	.operands = "NAME",
	.least = 1,
	.most = 1,
	.summary = "forget a site of this machine for ever: data, keys, configuration",
	.help = "Removing or purging the Debian package keeps all of this; only this verb forgets it.\n\n"
		"  lifeguard site destroy birgunj --yes",
	.options = { [YES] = { "yes", NULL, "really" } },
	.run = site_destroy,
};

const struct command command_site_show = {
	.words = "site show",
	.operands = "SITE|FOLDER",
	.least = 1,
	.most = 1,
	.summary = "a site's number, fingerprint and partners, from its keys",
	.help = "Reads public documents only.  The fingerprint is what a partner compares by voice.\n\n"
		"  lifeguard site show /etc/lifeguard/keys",
	.run = site_show,
};
