/* The first accounts of a site, written over a blocking connection before any service runs. */
#include "services/access/bootstrap.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/text.h"
#include "common/watch/harden.h"
#include "services/access/domain/roster.h"
#include "services/access/store_roster.h"

struct arguments {
	const char *file, *database;
	uint16_t site;
};

bool bootstrap_is_asked(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], "--bootstrap") == 0;
}

static bool read_arguments(int argc, char **argv, struct arguments *ret_arguments)
{
	struct arguments arguments = { .site = 1 };
	int64_t site = 1;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--bootstrap") == 0)
			arguments.file = argv[i + 1];
		else if (strcmp(argv[i], "--database") == 0)
			arguments.database = argv[i + 1];
		else if (strcmp(argv[i], "--site") != 0 ||
			 !lg_is_done(lg_int_parse(argv[i + 1], &site)) || site < 1 ||
			 site > UINT16_MAX)
			return false;
	}
	arguments.site = (uint16_t)site;
	*ret_arguments = arguments;
	return argc % 2 == 1 && arguments.file != NULL && arguments.database != NULL;
}

/* Passwords stand in it, so nobody else may read it; a link could point anywhere. */
static struct lg_status read_file(
	struct lg_arena *arena, const char *path, struct lg_bytes *ret_text)
{
	struct lg_status status = lg_refuse("it cannot be opened");
	uint8_t *text = lg_alloc(arena, ROSTER_SIZE_MAX + 1);
	struct stat is;
	ssize_t size;
	int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (file < 0)
		return status;
	status = lg_refuse("others may read it: chmod 600, and own it");
	if (fstat(file, &is) != 0 || !S_ISREG(is.st_mode) || (is.st_mode & 077) != 0 ||
		(is.st_uid != geteuid() && geteuid() != 0))
		goto out;
	status = lg_refuse("it cannot be read, or is above 32 KiB");
	size = read(file, text, ROSTER_SIZE_MAX + 1);
	if (size < 0 || size > (ssize_t)ROSTER_SIZE_MAX)
		goto out;
	*ret_text = lg_bytes(text, (size_t)size);
	status = lg_done();
out:
	close(file);
	return status;
}

static bool make_account(
	PGconn *connection, struct lg_arena *arena, const struct roster_line *line, uint16_t site)
{
	struct account account = { .is_known = false };
	const char *sqlstate = "";
	char hash[PASSWORD_HASH_SIZE];
	struct timespec clock;
	uint64_t random;
	lg_ms now;

	if (roster_has(connection, arena, line->user_name)) {
		printf("%s: exists, stays as it is\n", line->user_name);
		return true;
	}
	if (crypto_pwhash_str(hash, line->password, strlen(line->password),
		    crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
		fprintf(stderr, "lg-access: not enough memory to hash a password\n");
		return false;
	}
	clock_gettime(CLOCK_REALTIME, &clock);
	now = (lg_ms)clock.tv_sec * LG_SECOND_MS + clock.tv_nsec / 1000000;
	randombytes_buf(&random, sizeof random);
	if (!lg_is_done(account_create(&account, line->user_name, hash, line->role)))
		return false;
	account.user = lg_id_make(site, now, random);
	if (!lg_is_done(roster_add(connection, arena, &account, now, &sqlstate))) {
		fprintf(stderr, "lg-access: SQLSTATE %s; is the schema migrated?\n", sqlstate);
		return false;
	}
	printf("%s: made, %s\n", line->user_name, account_role_names[line->role]);
	return true;
}

static int make_all(
	struct lg_arena *arena, const struct roster *roster, const struct arguments *arguments)
{
	PGconn *connection = roster_open(arguments->database);
	uint32_t made = 0;

	if (connection == NULL) {
		fprintf(stderr, "lg-access: the database cannot be reached; is it running?\n");
		return 1;
	}
	while (made < roster->count &&
		make_account(connection, arena, &roster->at[made], arguments->site))
		made++;
	roster_close(connection);
	return made == roster->count ? 0 : 1;
}

int bootstrap_run(int argc, char **argv)
{
	struct arguments arguments;
	struct lg_bytes text = { .size = 0 };
	struct roster roster = { .count = 0 };
	uint32_t line = 0;

	lg_harden();
	if (!read_arguments(argc, argv, &arguments)) {
		fprintf(stderr, "use: lg-access --bootstrap FILE --database CONNINFO "
				"[--site NUMBER]\n");
		return 2;
	}
	if (sodium_init() < 0)
		return 1;

	struct lg_arena *arena = lg_arena_new(); /* wiped when it is freed */
	struct lg_status status = read_file(arena, arguments.file, &text);
	int result = 1;

	if (!lg_is_done(status)) {
		fprintf(stderr, "lg-access: %s: %s\n", arguments.file, status.reason);
	} else if (status = roster_parse(arena, text, &roster, &line), !lg_is_done(status)) {
		fprintf(stderr, "lg-access: %s, line %u: %s\n", arguments.file, line,
			status.reason);
	} else {
		result = make_all(arena, &roster, &arguments);
	}
	lg_arena_free(arena);
	return result;
}
