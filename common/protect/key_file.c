/* Key files and the folders that hold them (key_file.h). */
#include "common/protect/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_NAME_MAX 64 /* bytes, with the passing suffix and NUL */

static bool is_open_to_others(const struct stat *found)
{
	return (found->st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

struct lg_status lg_key_folder_open(int parent, const char *name, int *ret_folder)
{
	int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct lg_status status = lg_done();
	struct stat found;

	if (folder < 0)
		return lg_refuse("a key folder is not there or cannot be read");
	if (fstat(folder, &found) != 0)
		status = lg_refuse("a key folder cannot be examined");
	else if (found.st_uid != geteuid())
		status = lg_refuse(
			"a key folder belongs to another user: chown it to the service's");
	else if (is_open_to_others(&found))
		status = lg_refuse("a key folder is open to others: chmod 700");

	if (lg_is_done(status))
		*ret_folder = folder;
	else
		close(folder);
	return status;
}

struct lg_status lg_key_folder_make(int parent, const char *name, int *ret_folder)
{
	if (mkdirat(parent, name, S_IRWXU) != 0 && errno != EEXIST)
		return lg_refuse("a key folder cannot be made: is the folder above it there?");
	return lg_key_folder_open(parent, name, ret_folder);
}

static struct lg_status read_exactly(int file, uint8_t *ret_bytes, size_t size_bytes)
{
	size_t done = 0;

	while (done < size_bytes) {
		ssize_t got = read(file, ret_bytes + done, size_bytes - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return lg_refuse("a key file cannot be read");
		done += (size_t)got;
	}
	return lg_done();
}

struct lg_status lg_key_file_read(
	int folder, const char *name, uint8_t *ret_bytes, size_t size_bytes)
{
	/* O_NONBLOCK: a pipe in the place of a key must not hold the start up */
	int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct lg_status status;
	struct stat found;

	if (file < 0)
		return lg_refuse("a key file is not there or cannot be read");
	if (fstat(file, &found) != 0 || !S_ISREG(found.st_mode))
		status = lg_refuse("a key file is not a plain file");
	else if (found.st_uid != geteuid())
		status = lg_refuse("a key file belongs to another user: chown it to the service's");
	else if (is_open_to_others(&found))
		status = lg_refuse("a key file is open to others: chmod 600");
	else if (found.st_size < 0 || (size_t)found.st_size != size_bytes)
		status = lg_refuse("a key file has a wrong size");
	else
		status = read_exactly(file, ret_bytes, size_bytes);
	close(file);
	return status;
}

static bool write_all(int file, struct lg_bytes bytes)
{
	size_t done = 0;

	while (done < bytes.size) {
		ssize_t put = write(file, bytes.data + done, bytes.size - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		done += (size_t)put;
	}
	return true;
}

struct lg_status lg_key_file_write(int folder, const char *name, struct lg_bytes bytes, mode_t mode)
{
	char passing[KEY_FILE_NAME_MAX];
	int length = snprintf(passing, sizeof passing, "%s.new", name);
	bool written;
	int file;

	if (length < 0 || (size_t)length >= sizeof passing)
		return lg_refuse("a key file's name is too long");
	if (faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return lg_refuse("a key file is there already: keys are never overwritten");

	/* O_EXCL on one fixed name also keeps two makers apart */
	file = openat(folder, passing, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		S_IRUSR | S_IWUSR);
	if (file < 0)
		return lg_refuse("a key file cannot be made, or an earlier attempt left its *.new");
	written = write_all(file, bytes) && fchmod(file, mode) == 0 && fsync(file) == 0;
	if (close(file) != 0)
		written = false;
	if (written && renameat(folder, passing, folder, name) == 0 && fsync(folder) == 0)
		return lg_done();

	unlinkat(folder, passing, 0);
	return lg_refuse("a key file cannot be written: is the disk full?");
}
