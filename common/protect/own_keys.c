/* One service's secrets: read from its folder, proved to be those of the keyring (own_keys.h). */
#include "common/protect/own_keys.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"
#include "common/protect/key_file.h"
#include "common/protect/keyring.h"
#include "common/protect/locked.h"

#define FOLDER_ENTRIES_MAX 256 /* names looked at in a key folder */

static void sort_in(struct lg_own_keys *keys, uint64_t epoch)
{
	uint32_t at = keys->kek_count++;

	for (; at > 0 && keys->keks[at - 1].epoch > epoch; at--)
		keys->keks[at].epoch = keys->keks[at - 1].epoch;
	keys->keks[at].epoch = epoch;
}

/* "kek.7" -> 7; 0 for any other name, so for "kek.7.new", which a broken rotation left. */
static uint64_t epoch_of_name(const char *name)
{
	int64_t epoch;

	if (strncmp(name, "kek.", 4) != 0 || !lg_is_done(lg_int_parse(name + 4, &epoch)))
		return 0;
	return epoch > 0 ? (uint64_t)epoch : 0;
}

static struct lg_status find_keks(int folder, struct lg_own_keys *keys)
{
	struct lg_status status = lg_done();
	int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry = NULL;
	uint32_t seen = 0;

	if (listing == NULL) {
		if (again >= 0)
			close(again);
		return lg_refuse("a key folder cannot be listed");
	}
	while (lg_is_done(status) && (entry = readdir(listing)) != NULL) {
		uint64_t epoch = epoch_of_name(entry->d_name);

		if (++seen > FOLDER_ENTRIES_MAX)
			status = lg_refuse("a key folder holds more than keys");
		else if (epoch > 0 && keys->kek_count == LG_KEKS_MAX)
			status = lg_refuse("there are too many kek files: destroy the oldest");
		else if (epoch > 0)
			sort_in(keys, epoch);
	}
	closedir(listing);
	return status;
}

static struct lg_status read_keks(int folder, struct lg_own_keys *keys)
{
	struct lg_status status = find_keks(folder, keys);

	for (uint32_t i = 0; lg_is_done(status) && i < keys->kek_count; i++) {
		char name[32];

		snprintf(name, sizeof name, "kek.%llu", (unsigned long long)keys->keks[i].epoch);
		status =
			lg_key_file_read(folder, name, keys->keks[i].key, sizeof keys->keks[i].key);
	}
	if (lg_is_done(status) && lg_service_has_kek(keys->service) && keys->kek_count == 0)
		return lg_refuse("the service has no kek file: it could keep no data key");
	return status;
}

static struct lg_status read_service(int folder, struct lg_own_keys *keys)
{
	struct lg_status status;

	status = lg_key_file_read(folder, "curve.key", keys->curve, sizeof keys->curve);
	if (lg_is_done(status))
		status = lg_key_file_read(folder, "sign.key", keys->sign, sizeof keys->sign);
	if (lg_is_done(status))
		status = lg_key_file_read(folder, "box.key", keys->box, sizeof keys->box);
	if (lg_is_done(status) && keys->service == LG_SERVICE_ACCESS)
		status = lg_key_file_read(folder, "token.key", keys->token, sizeof keys->token);
	if (lg_is_done(status))
		status = read_keks(folder, keys);
	return status;
}

static bool is_box_pair(const uint8_t secret[32], const uint8_t public[32])
{
	uint8_t made[32];

	return crypto_scalarmult_base(made, secret) == 0 && sodium_memcmp(made, public, 32) == 0;
}

/* The file holds seed and public key; both halves must be right, or signing leaks the seed. */
static bool is_sign_pair(const uint8_t secret[64], const uint8_t public[32])
{
	uint8_t made_public[32], made_secret[64];
	bool same;

	crypto_sign_seed_keypair(made_public, made_secret, secret);
	same = sodium_memcmp(made_public, public, 32) == 0 &&
	       sodium_memcmp(made_secret, secret, 64) == 0;
	sodium_memzero(made_secret, sizeof made_secret);
	return same;
}

static bool belong_together(const struct lg_own_keys *keys, const struct lg_service_keys *public)
{
	return is_box_pair(keys->curve, public->curve) && is_sign_pair(keys->sign, public->sign) &&
	       is_box_pair(keys->box, public->box) &&
	       (keys->service != LG_SERVICE_ACCESS || is_sign_pair(keys->token, public->token));
}

/*
 * The folder above may be readable (a user for each service), but who could write into it could
 * put another folder in the place of this one.
 */
static struct lg_status open_service_folder(
	const char *folder, enum lg_service_number service, int *ret_folder)
{
	int above = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct lg_status status;
	struct stat found;

	if (above < 0)
		return lg_refuse("the key folder is not there or cannot be read");
	if (fstat(above, &found) != 0)
		status = lg_refuse("the key folder cannot be examined");
	else if (found.st_uid != geteuid() && found.st_uid != 0)
		status = lg_refuse("the key folder belongs to another user");
	else if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		status = lg_refuse("others may write into the key folder: chmod 700");
	else
		status = lg_key_folder_open(above, lg_service_name(service), ret_folder);
	close(above);
	return status;
}

static struct lg_status load_own_keys(const char *folder, enum lg_service_number service,
	const struct lg_keyring *keyring, struct lg_own_keys **ret_keys)
{
	struct lg_own_keys *keys;
	struct lg_status status;
	int opened;

	status = open_service_folder(folder, service, &opened);
	if (!lg_is_done(status))
		return status;
	keys = lg_locked_new(sizeof *keys);
	keys->service = service;
	status = read_service(opened, keys);
	close(opened);
	if (lg_is_done(status) && !belong_together(keys, &keyring->services[service]))
		status = lg_refuse("the service's keys do not belong to the keyring");

	if (!lg_is_done(status)) {
		sodium_free(keys);
		return status;
	}
	sodium_mprotect_readonly(keys);
	*ret_keys = keys;
	return lg_done();
}

struct lg_status lg_own_keys_load(const char *folder, enum lg_service_number service,
	const struct lg_keyring *keyring, struct lg_own_keys **ret_keys, const char **ret_problem)
{
	struct lg_status status;

	assert(service > LG_SERVICE_NONE);
	assert(service < LG_SERVICE_COUNT);

	status = load_own_keys(folder, service, keyring, ret_keys);
	if (!lg_is_done(status))
		*ret_problem = status.reason; /* for a person the reason is the problem */
	return status;
}

void lg_own_digest(const struct lg_own_keys *keys, const char *purpose, struct lg_bytes content,
	uint8_t *ret_digest, size_t size)
{
	uint8_t key[crypto_generichash_KEYBYTES];

	assert(size >= crypto_generichash_BYTES_MIN);
	assert(size <= crypto_generichash_BYTES_MAX);

	crypto_generichash(key, sizeof key, (const uint8_t *)purpose, strlen(purpose), keys->sign,
		sizeof keys->sign);
	crypto_generichash(ret_digest, size, content.data, content.size, key, sizeof key);
	sodium_memzero(key, sizeof key);
}

void lg_own_keys_free(struct lg_own_keys *keys)
{
	sodium_free(keys); /* wipes */
}
