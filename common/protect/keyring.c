/* A site's public document: made with its secrets, read and checked (keyring.h). */
#include "common/protect/keyring.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "common/base/log.h"
#include "common/base/text.h"
#include "common/protect/key_file.h"
#include "common/protect/locked.h"
#include "common/protect/sign.h"
#include "common/stream/envelope.h"
#include "common/stream/wire.h"
#include "proto/keyring.pb-c.h"

#define KEYRING_CONTEXT "lifeguard-keyring-1"
#define KEYRING_LIFE_MS (400 * LG_DAY_MS)
#define DOCUMENT_MAX    65536 /* bytes of a keyring on disk */
#define FIRST_EPOCH     1

static_assert(crypto_box_SECRETKEYBYTES == 32, "X25519 secret");
static_assert(crypto_box_PUBLICKEYBYTES == 32, "X25519 public");

/* Everything secret of a site while it is made, in one locked area. */
struct site_secrets {
	uint8_t root[LG_SIGN_SECRET_SIZE];
	struct lg_own_keys services[LG_SERVICE_COUNT];
};

/* For a person the reason is the problem. */
static struct lg_status told(struct lg_status status, const char **ret_problem)
{
	if (!lg_is_done(status))
		*ret_problem = status.reason;
	return status;
}

/* --- the document ---------------------------------------------------------------------- */

static bool copy_key(ProtobufCBinaryData wire, uint8_t ret_key[32])
{
	if (wire.len != 32)
		return false;
	memcpy(ret_key, wire.data, 32);
	return true;
}

static struct lg_status service_from_wire(
	const Lifeguard__Keyring__ServiceKeys *wire, struct lg_keyring *keyring)
{
	struct lg_service_keys *keys;

	if (wire->service == LG_SERVICE_NONE)
		return lg_refuse("the keyring names no service for a key");
	if (wire->service >= LG_SERVICE_COUNT)
		return lg_done(); /* a service that a newer version has */
	keys = &keyring->services[wire->service];
	if (!sodium_is_zero(keys->sign, sizeof keys->sign))
		return lg_refuse("the keyring names a service twice");
	if (!copy_key(wire->curve, keys->curve) || !copy_key(wire->sign, keys->sign) ||
		!copy_key(wire->box, keys->box))
		return lg_refuse("the keyring holds a key of a wrong size");
	if (sodium_is_zero(keys->sign, sizeof keys->sign))
		return lg_refuse("the keyring holds an empty key");

	keys->has_box_previous = wire->box_previous.len > 0;
	if (keys->has_box_previous && !copy_key(wire->box_previous, keys->box_previous))
		return lg_refuse("the keyring holds a key of a wrong size");
	if ((wire->token.len > 0) != (wire->service == LG_SERVICE_ACCESS))
		return lg_refuse("the keyring's token key is not where it belongs");
	if (wire->token.len > 0 && !copy_key(wire->token, keys->token))
		return lg_refuse("the keyring holds a key of a wrong size");
	return lg_done();
}

static bool is_country(const char *country)
{
	return strlen(country) == 2 && country[0] >= 'A' && country[0] <= 'Z' &&
	       country[1] >= 'A' && country[1] <= 'Z';
}

static bool is_site_name(const char *name)
{
	size_t size = strlen(name);

	return size > 0 && size < sizeof((struct lg_keyring *)NULL)->name &&
	       lg_text_is_valid(lg_bytes(name, size));
}

static struct lg_status keyring_from_wire(
	const Lifeguard__Keyring__Keyring *wire, lg_ms now, struct lg_keyring *ret_keyring)
{
	struct lg_keyring keyring = {
		.serial = wire->serial, .not_after = wire->not_after_ms, .is_demo = wire->demo != 0
	};

	if (wire->site == 0 || wire->site > UINT16_MAX)
		return lg_refuse("the keyring's site is not 1..65535");
	if (!is_site_name(wire->name) || !is_country(wire->country))
		return lg_refuse("the keyring's name or country is malformed");
	if (wire->n_services > 16)
		return lg_refuse("the keyring names too many services");
	if (now > keyring.not_after)
		return lg_refuse(
			"the keyring has expired: its site signs it anew with `lifeguard site renew`");

	keyring.site = (uint16_t)wire->site;
	memcpy(keyring.name, wire->name, strlen(wire->name) + 1);
	memcpy(keyring.country, wire->country, sizeof keyring.country);
	memcpy(keyring.root, wire->root.data, sizeof keyring.root); /* its size was checked */
	for (size_t i = 0; i < wire->n_services; i++) {
		struct lg_status status = service_from_wire(wire->services[i], &keyring);

		if (!lg_is_done(status))
			return status;
	}
	*ret_keyring = keyring;
	return lg_done();
}

static struct lg_status keyring_from_bytes(
	struct lg_arena *arena, struct lg_bytes bytes, lg_ms now, struct lg_keyring *ret_keyring)
{
	const Lifeguard__Keyring__SignedKeyring *outer;
	const Lifeguard__Keyring__Keyring *wire;
	ProtobufCMessage *message;

	if (!lg_is_done(lg_decode(
		    arena, &lifeguard__keyring__signed_keyring__descriptor, bytes, &message)))
		return lg_refuse("the keyring is malformed");
	outer = (const Lifeguard__Keyring__SignedKeyring *)message;
	if (!lg_is_done(lg_decode(arena, &lifeguard__keyring__keyring__descriptor,
		    lg_bytes_from_wire(outer->keyring), &message)))
		return lg_refuse("the keyring is malformed");
	wire = (const Lifeguard__Keyring__Keyring *)message;

	if (wire->root.len != LG_SIGN_PUBLIC_SIZE ||
		!lg_sign_check(arena, KEYRING_CONTEXT, lg_bytes_from_wire(outer->keyring),
			lg_bytes_from_wire(outer->signature), wire->root.data))
		return lg_refuse("the keyring is not signed by its own root");
	return keyring_from_wire(wire, now, ret_keyring);
}

struct lg_status lg_keyring_read(struct lg_bytes bytes, lg_ms now, struct lg_keyring *ret_keyring)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_status status = lg_refuse("the keyring is too large");

	if (sodium_init() < 0)
		abort();
	if (bytes.size <= DOCUMENT_MAX)
		status = keyring_from_bytes(arena, bytes, now, ret_keyring);
	lg_arena_free(arena);
	return status;
}

/* The document is public: what is checked is its signature, not its mode. */
static struct lg_status read_document(const char *path, lg_ms now, struct lg_keyring *ret_keyring)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_status status = lg_refuse("there is no keyring in the key folder");
	uint8_t *bytes = lg_alloc(arena, DOCUMENT_MAX + 1);
	FILE *file = fopen(path, "rbe");
	size_t size;

	if (file != NULL) {
		size = fread(bytes, 1, DOCUMENT_MAX + 1, file);
		if (ferror(file))
			status = lg_refuse("the keyring cannot be read");
		else
			status = lg_keyring_read(lg_bytes(bytes, size), now, ret_keyring);
		fclose(file);
	}
	lg_arena_free(arena);
	return status;
}

struct lg_status lg_keyring_load(
	const char *folder, lg_ms now, struct lg_keyring *ret_keyring, const char **ret_problem)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_status status =
		read_document(lg_format(arena, "%s/keyring", folder), now, ret_keyring);

	lg_arena_free(arena);
	return told(status, ret_problem);
}

/* --- partners -------------------------------------------------------------------------- */

struct lg_status lg_keyring_may_trust(const struct lg_keyring *own, const struct lg_keyring *peer)
{
	if (peer->site == own->site)
		return lg_refuse("the partner's number is this site's own");
	if (peer->is_demo && !own->is_demo)
		return lg_refuse("the partner is a demo site, and this one is real");
	if (!peer->is_demo && own->is_demo)
		return lg_refuse("the partner is a real site, and this one is a demo");
	return lg_done();
}

/* "12.keyring" -> 12; 0 for any other name. */
static uint16_t site_of_name(const char *name)
{
	const char *dot = strchr(name, '.');
	char digits[6];
	int64_t site;

	if (dot == NULL || strcmp(dot, ".keyring") != 0 || dot == name ||
		(size_t)(dot - name) >= sizeof digits)
		return 0;
	memcpy(digits, name, (size_t)(dot - name));
	digits[dot - name] = '\0';
	if (digits[0] == '0' || !lg_is_done(lg_int_parse(digits, &site)) || site < 1 ||
		site > UINT16_MAX)
		return 0;
	return (uint16_t)site;
}

static int by_site(const struct dirent **a, const struct dirent **b)
{
	return (int)site_of_name((*a)->d_name) - (int)site_of_name((*b)->d_name);
}

static int is_keyring_name(const struct dirent *entry)
{
	return site_of_name(entry->d_name) != 0;
}

static struct lg_status read_peer(const char *path, uint16_t site, lg_ms now,
	const struct lg_keyring *own, struct lg_keyring *ret_peer)
{
	struct lg_keyring peer;
	struct lg_status status = read_document(path, now, &peer);

	if (!lg_is_done(status))
		return status;
	if (peer.site != site)
		return lg_refuse("the keyring is of another site than its file says");
	status = lg_keyring_may_trust(own, &peer);
	if (lg_is_done(status))
		*ret_peer = peer;
	return status;
}

uint32_t lg_keyring_peers(const char *folder, lg_ms now, const struct lg_keyring *own,
	struct lg_keyring *ret_peers, uint32_t maximum)
{
	struct lg_arena *arena = lg_arena_new();
	const char *place = lg_format(arena, "%s/peers", folder);
	struct dirent **entries = NULL;
	int found = scandir(place, &entries, is_keyring_name, by_site);
	uint32_t count = 0;

	for (int i = 0; i < found; i++) {
		uint16_t site = site_of_name(entries[i]->d_name);
		struct lg_status status = lg_refuse("there are more partners than can be linked");

		if (count < maximum)
			status = read_peer(lg_format(arena, "%s/%s", place, entries[i]->d_name),
				site, now, own, &ret_peers[count]);
		if (lg_is_done(status))
			count++;
		else
			lg_warn("a partner's keyring is passed over", lg_f_int("site", site),
				lg_f_literal("why", status.reason));
		free(entries[i]);
	}
	free(entries);
	lg_arena_free(arena);
	return count;
}

/* --- making a site --------------------------------------------------------------------- */

static struct lg_bytes keyring_to_bytes(
	struct lg_arena *arena, const struct lg_keyring *keyring, const uint8_t *root)
{
	Lifeguard__Keyring__Keyring wire = LIFEGUARD__KEYRING__KEYRING__INIT;
	Lifeguard__Keyring__SignedKeyring outer = LIFEGUARD__KEYRING__SIGNED_KEYRING__INIT;
	uint8_t signature[LG_SIGNATURE_SIZE];
	struct lg_bytes inner;

	wire.site = keyring->site;
	wire.name = lg_copy_text(arena, keyring->name);
	wire.country = lg_copy_text(arena, keyring->country);
	wire.serial = keyring->serial;
	wire.not_after_ms = keyring->not_after;
	wire.demo = keyring->is_demo;
	wire.root = lg_wire_from_array(keyring->root, sizeof keyring->root);
	wire.n_services = LG_SERVICE_COUNT - 1;
	wire.services = lg_alloc_array(arena, wire.n_services, sizeof *wire.services);
	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++) {
		const struct lg_service_keys *keys = &keyring->services[service];
		Lifeguard__Keyring__ServiceKeys *row = lg_alloc(arena, sizeof *row);

		lifeguard__keyring__service_keys__init(row);
		row->service = service;
		row->curve = lg_wire_from_array(keys->curve, sizeof keys->curve);
		row->sign = lg_wire_from_array(keys->sign, sizeof keys->sign);
		row->box = lg_wire_from_array(keys->box, sizeof keys->box);
		if (keys->has_box_previous)
			row->box_previous =
				lg_wire_from_array(keys->box_previous, sizeof keys->box_previous);
		if (service == LG_SERVICE_ACCESS)
			row->token = lg_wire_from_array(keys->token, sizeof keys->token);
		wire.services[service - 1] = row;
	}

	inner = lg_encode(arena, &wire.base);
	lg_sign(arena, KEYRING_CONTEXT, inner, root, signature);
	outer.keyring = lg_wire_from_bytes(inner);
	outer.signature = lg_wire_from_array(signature, sizeof signature);
	return lg_encode(arena, &outer.base);
}

static void make_service(
	uint32_t service, struct lg_own_keys *secret, struct lg_service_keys *public)
{
	secret->service = service;
	crypto_box_keypair(public->curve, secret->curve);
	crypto_sign_keypair(public->sign, secret->sign);
	crypto_box_keypair(public->box, secret->box);
	if (service == LG_SERVICE_ACCESS)
		crypto_sign_keypair(public->token, secret->token);
	if (lg_service_has_kek(service)) {
		secret->kek_count = 1;
		secret->keks[0].epoch = FIRST_EPOCH;
		randombytes_buf(secret->keks[0].key, sizeof secret->keks[0].key);
	}
}

static struct lg_status write_secret(
	int folder, const char *name, const uint8_t *key, size_t size_bytes)
{
	return lg_key_file_write(folder, name, lg_bytes(key, size_bytes), S_IRUSR | S_IWUSR);
}

static struct lg_status write_service(int keys_folder, const struct lg_own_keys *secret)
{
	struct lg_status status;
	int folder;

	status = lg_key_folder_make(keys_folder, lg_service_name(secret->service), &folder);
	if (!lg_is_done(status))
		return status;
	status = write_secret(folder, "curve.key", secret->curve, sizeof secret->curve);
	if (lg_is_done(status))
		status = write_secret(folder, "sign.key", secret->sign, sizeof secret->sign);
	if (lg_is_done(status))
		status = write_secret(folder, "box.key", secret->box, sizeof secret->box);
	if (lg_is_done(status) && secret->service == LG_SERVICE_ACCESS)
		status = write_secret(folder, "token.key", secret->token, sizeof secret->token);
	if (lg_is_done(status) && secret->kek_count > 0)
		status = write_secret(
			folder, "kek.1", secret->keks[0].key, sizeof secret->keks[0].key);
	close(folder);
	return status;
}

static struct lg_status write_root(int keys_folder, const struct site_secrets *secrets)
{
	int folder;
	struct lg_status status = lg_key_folder_make(keys_folder, "root", &folder);

	if (!lg_is_done(status))
		return status;
	status = write_secret(folder, "root.key", secrets->root, sizeof secrets->root);
	close(folder);
	return status;
}

/* The document comes last: a folder without one was never a site, whatever lies in it. */
static struct lg_status write_site(
	int folder, const struct site_secrets *secrets, struct lg_bytes document)
{
	struct lg_status status = write_root(folder, secrets);

	for (uint32_t service = 1; lg_is_done(status) && service < LG_SERVICE_COUNT; service++)
		status = write_service(folder, &secrets->services[service]);
	if (!lg_is_done(status))
		return status;
	return lg_key_file_write(
		folder, "keyring", document, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
}

static struct lg_status create_site(const char *folder, struct lg_keyring *keyring)
{
	struct lg_arena *arena = NULL;
	struct site_secrets *secrets;
	struct lg_status status;
	int opened;

	status = lg_key_folder_make(AT_FDCWD, folder, &opened);
	if (!lg_is_done(status))
		return status;
	if (faccessat(opened, "keyring", F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		close(opened);
		return lg_refuse("the folder already holds a keyring: keys are never overwritten");
	}

	arena = lg_arena_new();
	secrets = lg_locked_new(sizeof *secrets);
	crypto_sign_keypair(keyring->root, secrets->root);
	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++)
		make_service(service, &secrets->services[service], &keyring->services[service]);
	status = write_site(opened, secrets, keyring_to_bytes(arena, keyring, secrets->root));

	sodium_free(secrets);
	lg_arena_free(arena);
	close(opened);
	return status;
}

struct lg_status lg_keyring_create(const char *folder, uint16_t site, const char *name,
	const char *country, bool is_demo, lg_ms now, const char **ret_problem)
{
	struct lg_keyring keyring = {
		.site = site, .serial = 1, .not_after = now + KEYRING_LIFE_MS, .is_demo = is_demo
	};

	if (sodium_init() < 0)
		abort();
	if (site == 0)
		return told(lg_refuse("a site's number is 1..65535"), ret_problem);
	if (!is_site_name(name))
		return told(lg_refuse("a site's name is 1 to 63 bytes of UTF-8"), ret_problem);
	if (!is_country(country))
		return told(
			lg_refuse("a country is two capital letters, as IN or NP"), ret_problem);
	memcpy(keyring.name, name, strlen(name) + 1);
	memcpy(keyring.country, country, sizeof keyring.country);
	return told(create_site(folder, &keyring), ret_problem);
}

/* --- its document anew ------------------------------------------------------------------ */

static struct lg_status read_root(
	const char *root, const struct lg_keyring *keyring, uint8_t ret_secret[LG_SIGN_SECRET_SIZE])
{
	uint8_t public[LG_SIGN_PUBLIC_SIZE];
	int folder;
	struct lg_status status = lg_key_folder_open(AT_FDCWD, root, &folder);

	if (!lg_is_done(status))
		return status;
	status = lg_key_file_read(folder, "root.key", ret_secret, LG_SIGN_SECRET_SIZE);
	close(folder);
	crypto_sign_ed25519_sk_to_pk(public, ret_secret);
	if (lg_is_done(status) && memcmp(public, keyring->root, sizeof public) != 0)
		return lg_refuse("this root is of another site");
	return status;
}

/* The old one stays until the new one is whole; one that was left half-made is written over. */
static struct lg_status replace_document(const char *folder, struct lg_bytes document)
{
	int opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct lg_status status;

	if (opened < 0)
		return lg_refuse("the key folder cannot be opened");
	unlinkat(opened, "keyring.anew", 0);
	status = lg_key_file_write(
		opened, "keyring.anew", document, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
	if (lg_is_done(status) &&
		(renameat(opened, "keyring.anew", opened, "keyring") != 0 || fsync(opened) != 0))
		status = lg_refuse("the keyring cannot be replaced");
	close(opened);
	return status;
}

struct lg_status lg_keyring_renew(const char *folder, const char *root, lg_ms now,
	struct lg_keyring *ret_keyring, const char **ret_problem)
{
	struct lg_arena *arena = lg_arena_new();
	uint8_t *secret = lg_locked_new(LG_SIGN_SECRET_SIZE);
	struct lg_keyring keyring;
	struct lg_status status = read_document(
		lg_format(arena, "%s/keyring", folder), 0, &keyring); /* at 0 none has expired */

	if (lg_is_done(status))
		status = read_root(root, &keyring, secret);
	if (lg_is_done(status)) {
		keyring.serial++;
		keyring.not_after = now + KEYRING_LIFE_MS;
		*ret_keyring = keyring;
		status = replace_document(folder, keyring_to_bytes(arena, &keyring, secret));
	}
	sodium_free(secret);
	lg_arena_free(arena);
	return told(status, ret_problem);
}
