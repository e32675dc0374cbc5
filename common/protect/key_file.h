/*
 * Key files: read only when nobody else can read them, written whole or not at all.
 *
 * Works on open folders (file descriptors), so that a path checked is the path used.
 */
#ifndef LG_PROTECT_KEY_FILE_H
#define LG_PROTECT_KEY_FILE_H

#include <sys/types.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/*
 * Opens parent/name for its files; close() it.
 *   parent   a folder's descriptor, or AT_FDCWD
 *   refused  not there, a link, another owner than the process, open to group or others
 */
LG_MUST_CHECK struct lg_status lg_key_folder_open(int parent, const char *name, int *ret_folder);

/*
 * Makes parent/name (0700) if it is not there, then as lg_key_folder_open().
 *   refused  cannot be made, and whatever lg_key_folder_open() refuses
 */
LG_MUST_CHECK struct lg_status lg_key_folder_make(int parent, const char *name, int *ret_folder);

/*
 * Reads a file of exactly size_bytes.
 *   refused  not there, no plain file, another owner, open to group or others, another size
 */
LG_MUST_CHECK struct lg_status lg_key_file_read(
	int folder, const char *name, uint8_t *ret_bytes, size_t size_bytes);

/*
 * Writes a new file: under a passing name, synced, then renamed; an existing one is never touched.
 *   mode     as it will be, whatever the umask
 *   refused  the file or its passing name is there already; it cannot be written
 */
LG_MUST_CHECK struct lg_status lg_key_file_write(
	int folder, const char *name, struct lg_bytes bytes, mode_t mode);

#endif
