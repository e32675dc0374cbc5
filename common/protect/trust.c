#include "common/protect/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"
#include "common/protect/key_file.h"

#define DOCUMENT_MAX 65536 /* bytes of a keyring on disk */
#define FOLDER_MODE  (S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH) /* public documents */
#define FILE_MODE    (S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH)

static struct lg_status told(struct lg_status status, const char **ret_problem)
{
	if (!lg_is_done(status))
		*ret_problem = status.reason;
	return status;
}

static struct lg_bytes read_whole(struct lg_arena *arena, const char *path)
{
	uint8_t *bytes = lg_alloc(arena, DOCUMENT_MAX);
	FILE *file = fopen(path, "rbe");
	size_t size = 0;

	if (file != NULL) {
		size = fread(bytes, 1, DOCUMENT_MAX, file);
		fclose(file);
	}
	return lg_bytes(bytes, size);
}

/* What was trusted before counts by its serial, also when it has expired meanwhile. */
static struct lg_status compare_with_known(struct lg_arena *arena, const char *folder,
	struct lg_bytes document, struct lg_trust *trust)
{
	struct lg_bytes known = read_whole(
		arena, lg_format(arena, "%s/peers/%u.keyring", folder, (unsigned)trust->peer.site));

	trust->is_known = lg_is_done(lg_keyring_read(known, 0, &trust->known));
	if (!trust->is_known)
		return lg_done();
	trust->is_same = lg_bytes_equal(known, document);
	if (trust->peer.serial < trust->known.serial)
		return lg_refuse("the keyring is older than the one that is trusted already");
	if (trust->peer.serial == trust->known.serial && !trust->is_same)
		return lg_refuse("the keyring has the serial of the one that is trusted, and "
				 "another content: ask the site");
	return lg_done();
}

struct lg_status lg_trust_look(const char *folder, struct lg_bytes document, lg_ms now,
	struct lg_trust *ret_trust, const char **ret_problem)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_trust trust = { .is_known = false };
	struct lg_status status = lg_keyring_load(folder, now, &trust.own, ret_problem);

	if (lg_is_done(status))
		status = told(lg_keyring_read(document, now, &trust.peer), ret_problem);
	if (lg_is_done(status))
		status = told(lg_keyring_may_trust(&trust.own, &trust.peer), ret_problem);
	if (lg_is_done(status))
		status = told(compare_with_known(arena, folder, document, &trust), ret_problem);
	if (lg_is_done(status))
		*ret_trust = trust;
	lg_arena_free(arena);
	return status;
}

static struct lg_status keep(
	struct lg_arena *arena, int peers, uint16_t site, struct lg_bytes document)
{
	const char *name = lg_format(arena, "%u.keyring", (unsigned)site);
	const char *passing = lg_format(arena, "%s.next", name);
	struct lg_status status;

	if (unlinkat(peers, passing, 0) != 0 && errno != ENOENT)
		return lg_refuse("a keyring that was left behind half written cannot be removed");
	status = lg_key_file_write(peers, passing, document, FILE_MODE);
	if (!lg_is_done(status))
		return status;
	if (renameat(peers, passing, peers, name) != 0 || fsync(peers) != 0)
		return lg_refuse("the partner's keyring cannot be put into its place");
	return lg_done();
}

struct lg_status lg_trust_keep(const char *folder, const struct lg_trust *trust,
	struct lg_bytes document, const char **ret_problem)
{
	struct lg_arena *arena = lg_arena_new();
	const char *path = lg_format(arena, "%s/peers", folder);
	struct lg_status status = lg_refuse("the folder of partners' keyrings cannot be made");
	int peers = -1;

	if (mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST)
		peers = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (peers >= 0) {
		status = keep(arena, peers, trust->peer.site, document);
		close(peers);
	}
	lg_arena_free(arena);
	return told(status, ret_problem);
}
