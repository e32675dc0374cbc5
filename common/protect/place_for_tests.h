/* A site's key folder on disk, for the tests of this room: made for each test, removed behind it. */
#ifndef LG_PROTECT_PLACE_FOR_TESTS_H
#define LG_PROTECT_PLACE_FOR_TESTS_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/protect/site_for_tests.h"

#define PATH_SIZE 256

/* Each test has a folder of its own, removed behind it. */
struct place {
	char above[PATH_SIZE], keys[PATH_SIZE];
};

static inline void path_in(const struct place *place, const char *name, char ret_path[PATH_SIZE])
{
	assert_true(snprintf(ret_path, PATH_SIZE, "%s/%s", place->keys, name) < PATH_SIZE);
}

static inline int set_up(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	const char *problem = "";

	assert_non_null(place);
	snprintf(place->above, sizeof place->above, "%s/lg-keys-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(place->above));
	assert_true(snprintf(place->keys, sizeof place->keys, "%.200s/keys", place->above) > 0);
	assert_done(lg_keyring_create(place->keys, 7, "in-sunauli", "IN", true, NOON, &problem));
	*state = place;
	return 0;
}

static inline int tear_down(void **state)
{
	struct place *place = *state;
	char command[PATH_SIZE + 16];

	snprintf(command, sizeof command, "rm -rf '%s'", place->above);
	assert_int_equal(system(command), 0);
	free(place);
	return 0;
}

static inline struct lg_keyring load(const struct place *place)
{
	const char *problem = "";
	struct lg_keyring keyring;

	assert_done(lg_keyring_load(place->keys, NOON, &keyring, &problem));
	return keyring;
}

static inline size_t read_file(
	const struct place *place, const char *name, uint8_t *ret, size_t size)
{
	char path[PATH_SIZE];
	FILE *file;
	size_t got;

	path_in(place, name, path);
	file = fopen(path, "rb");
	assert_non_null(file);
	got = fread(ret, 1, size, file);
	fclose(file);
	return got;
}

static inline void write_file(
	const struct place *place, const char *name, const void *data, size_t size)
{
	char path[PATH_SIZE];
	FILE *file;

	path_in(place, name, path);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
	assert_int_equal(chmod(path, 0600), 0);
}

#endif
