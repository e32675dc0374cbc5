#include "common/protect/own_keys.h"

#include <fcntl.h>

#include "common/protect/place_for_tests.h"

static struct lg_status load_own(const struct place *place, enum lg_service_number service)
{
	struct lg_keyring keyring = load(place);
	struct lg_own_keys *own = NULL;
	const char *problem = "nothing";
	struct lg_status status = lg_own_keys_load(place->keys, service, &keyring, &own, &problem);

	if (lg_is_done(status))
		lg_own_keys_free(own);
	else
		assert_string_equal(problem, status.reason);
	return status;
}

static void set_mode(const struct place *place, const char *name, mode_t mode)
{
	char path[PATH_SIZE];

	path_in(place, name, path);
	assert_int_equal(chmod(path, mode), 0);
}

/*
 * Goal: what others may read is not used.  Method: each bit of group and others in turn, on each
 * file and on the folder; tighter modes are fine.
 */
static void a_loose_file_or_folder_is_refused(void **state)
{
	static const char *const files[] = { "intake/curve.key", "intake/sign.key",
		"intake/box.key", "intake/kek.1" };
	struct place *place = *state;

	for (unsigned bit = 1; bit <= 040; bit <<= 1) {
		for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
			set_mode(place, files[i], 0600 | bit);
			assert_refused(load_own(place, LG_SERVICE_INTAKE),
				"a key file is open to others: chmod 600");
			set_mode(place, files[i], 0400);
			assert_done(load_own(place, LG_SERVICE_INTAKE));
		}
		set_mode(place, "intake", 0700 | bit);
		assert_refused(load_own(place, LG_SERVICE_INTAKE),
			"a key folder is open to others: chmod 700");
		set_mode(place, "intake", 0700);
	}
	set_mode(place, "access/token.key", 0604);
	assert_refused(
		load_own(place, LG_SERVICE_ACCESS), "a key file is open to others: chmod 600");
}

/*
 * Goal: nobody else may put a folder in the place of the service's.
 * Method: the folder above readable (fine: a user for each service), then writable by others.
 */
static void a_folder_above_that_others_may_write_is_refused(void **state)
{
	struct place *place = *state;

	set_mode(place, ".", 0755);
	assert_done(load_own(place, LG_SERVICE_BUS));
	set_mode(place, ".", 0720);
	assert_refused(
		load_own(place, LG_SERVICE_BUS), "others may write into the key folder: chmod 700");
	set_mode(place, ".", 0702);
	assert_refused(
		load_own(place, LG_SERVICE_BUS), "others may write into the key folder: chmod 700");
}

/*
 * Goal: keys of another user are refused.  Method: give a file, then the folder, away; only
 * root can, so for others the test has nothing to do.
 */
static void keys_of_another_owner_are_refused(void **state)
{
	struct place *place = *state;
	char path[PATH_SIZE];

	if (geteuid() != 0)
		skip();
	path_in(place, "intake/sign.key", path);
	assert_int_equal(chown(path, 1, 1), 0);
	assert_refused(load_own(place, LG_SERVICE_INTAKE),
		"a key file belongs to another user: chown it to the service's");
	assert_int_equal(chown(path, 0, 0), 0);
	path_in(place, "intake", path);
	assert_int_equal(chown(path, 1, 1), 0);
	assert_refused(load_own(place, LG_SERVICE_INTAKE),
		"a key folder belongs to another user: chown it to the service's");
	assert_int_equal(chown(path, 0, 0), 0);
	path_in(place, ".", path);
	assert_int_equal(chown(path, 1, 1), 0);
	assert_refused(
		load_own(place, LG_SERVICE_INTAKE), "the key folder belongs to another user");
}

/*
 * Goal: only whole, plain files are keys.  Method: cut, lengthen, remove, link, and put a pipe
 * in the place of one.
 */
static void a_key_that_is_no_whole_plain_file_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t key[33] = { 0 };
	char path[PATH_SIZE], target[PATH_SIZE];

	assert_int_equal(read_file(place, "intake/box.key", key, 33), 32);
	write_file(place, "intake/box.key", key, 31);
	assert_refused(load_own(place, LG_SERVICE_INTAKE), "a key file has a wrong size");
	write_file(place, "intake/box.key", key, 33);
	assert_refused(load_own(place, LG_SERVICE_INTAKE), "a key file has a wrong size");
	write_file(place, "intake/kept", key, 32);
	path_in(place, "intake/box.key", path);
	path_in(place, "intake/kept", target);
	assert_int_equal(unlink(path), 0);
	assert_refused(
		load_own(place, LG_SERVICE_INTAKE), "a key file is not there or cannot be read");
	assert_int_equal(symlink(target, path), 0);
	assert_refused(
		load_own(place, LG_SERVICE_INTAKE), "a key file is not there or cannot be read");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused(load_own(place, LG_SERVICE_INTAKE), "a key file is not a plain file");
	assert_int_equal(unlink(path), 0);
	write_file(place, "intake/box.key", key, 32);
	assert_done(load_own(place, LG_SERVICE_INTAKE));
}

/* Goal: a linked folder is not followed.  Method: a link to the true one in its place. */
static void a_linked_folder_is_refused(void **state)
{
	struct place *place = *state;
	char path[PATH_SIZE], moved[PATH_SIZE];

	path_in(place, "intake", path);
	path_in(place, "moved", moved);
	assert_int_equal(rename(path, moved), 0);
	assert_refused(
		load_own(place, LG_SERVICE_INTAKE), "a key folder is not there or cannot be read");
	assert_int_equal(symlink(moved, path), 0);
	assert_refused(
		load_own(place, LG_SERVICE_INTAKE), "a key folder is not there or cannot be read");
}

/*
 * Goal: secrets that are not the keyring's are refused.
 * Method: each secret file of access is replaced by matching's or altered in one bit, the public
 * half of a signing key too.
 */
static void keys_that_are_not_the_keyrings_are_refused(void **state)
{
	static const struct {
		const char *name;
		size_t size;
	} files[] = { { "curve.key", 32 }, { "sign.key", 64 }, { "box.key", 32 },
		{ "token.key", 64 } };
	struct place *place = *state;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		uint8_t key[64];
		char name[PATH_SIZE];

		snprintf(name, sizeof name, "access/%s", files[i].name);
		assert_int_equal(read_file(place, name, key, sizeof key), files[i].size);
		/* not the first or last byte: X25519 ignores some bits of those */
		for (size_t at = 1; at + 1 < files[i].size; at += 15) {
			key[at] ^= 1;
			write_file(place, name, key, files[i].size);
			assert_refused(load_own(place, LG_SERVICE_ACCESS),
				"the service's keys do not belong to the keyring");
			key[at] ^= 1;
		}
		write_file(place, name, key, files[i].size);
		assert_done(load_own(place, LG_SERVICE_ACCESS));
	}
}

/*
 * Goal: the newest key-encryption key is the current one, whatever order the folder lists.
 * Method: epochs out of order, with names that are none; on both sides of the limit; none.
 */
static void key_encryption_keys_are_sorted_and_bounded(void **state)
{
	static const unsigned epochs[] = { 12, 3, 40, 2, 7, 100, 5 };
	struct place *place = *state;
	struct lg_keyring keyring = load(place);
	struct lg_own_keys *own = NULL;
	const char *problem = "";
	char name[64], path[PATH_SIZE];
	uint8_t key[32];

	for (size_t i = 0; i < 7; i++) {
		memset(key, (int)epochs[i], sizeof key);
		snprintf(name, sizeof name, "intake/kek.%u", epochs[i]);
		write_file(place, name, key, sizeof key);
	}
	write_file(place, "intake/kek.101.new", key, 5);
	write_file(place, "intake/kek.", key, 5);
	write_file(place, "intake/kek.0", key, 5);
	write_file(place, "intake/kek.-4", key, 5);

	assert_done(lg_own_keys_load(place->keys, LG_SERVICE_INTAKE, &keyring, &own, &problem));
	assert_int_equal(own->kek_count, 8);
	for (uint32_t i = 1; i < own->kek_count; i++) {
		assert_true(own->keks[i].epoch > own->keks[i - 1].epoch);
		assert_int_equal(own->keks[i].key[0], own->keks[i].epoch);
	}
	assert_int_equal(own->keks[7].epoch, 100);
	lg_own_keys_free(own);

	write_file(place, "intake/kek.9", key, sizeof key);
	assert_refused(load_own(place, LG_SERVICE_INTAKE),
		"there are too many kek files: destroy the oldest");
	path_in(place, "reporting/kek.1", path);
	assert_int_equal(unlink(path), 0);
	assert_refused(load_own(place, LG_SERVICE_REPORTING),
		"the service has no kek file: it could keep no data key");
}

/*
 * Goal: a digest that lies in a table is known again after years, and is no way to guess its content.
 * Method: the digest as BLAKE2b's own functions make it; another purpose, key or content.
 */
static void a_digest_is_keyed_by_purpose_and_service(void **unused)
{
	const struct lg_bytes code = { .data = (const uint8_t *)"123456", .size = 6 };
	struct lg_own_keys keys = { .sign = { 1, 2, 3 } }, others = { .sign = { 1, 2, 4 } };
	uint8_t key[32], expected[32], digest[32];

	(void)unused;
	crypto_generichash(
		key, sizeof key, (const uint8_t *)"codes", 5, keys.sign, sizeof keys.sign);
	crypto_generichash(expected, sizeof expected, code.data, code.size, key, sizeof key);
	lg_own_digest(&keys, "codes", code, digest, sizeof digest);
	assert_memory_equal(digest, expected, sizeof digest);

	lg_own_digest(&keys, "forms", code, digest, sizeof digest);
	assert_memory_not_equal(digest, expected, sizeof digest);
	lg_own_digest(&others, "codes", code, digest, sizeof digest);
	assert_memory_not_equal(digest, expected, sizeof digest);
	lg_own_digest(&keys, "codes", (struct lg_bytes){ .data = NULL }, digest, sizeof digest);
	assert_memory_not_equal(digest, expected, sizeof digest);
}

/* Goal: nothing is something to free.  Method: free it. */
static void freeing_no_keys_is_fine(void **unused)
{
	(void)unused;
	lg_own_keys_free(NULL);
}

int main(void)
{
#define WITH_SITE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_SITE(a_loose_file_or_folder_is_refused),
		WITH_SITE(a_folder_above_that_others_may_write_is_refused),
		WITH_SITE(keys_of_another_owner_are_refused),
		WITH_SITE(a_key_that_is_no_whole_plain_file_is_refused),
		WITH_SITE(a_linked_folder_is_refused),
		WITH_SITE(keys_that_are_not_the_keyrings_are_refused),
		WITH_SITE(key_encryption_keys_are_sorted_and_bounded),
		cmocka_unit_test(a_digest_is_keyed_by_purpose_and_service),
		cmocka_unit_test(freeing_no_keys_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
