#include "common/protect/keyring.h"

#include "common/protect/place_for_tests.h"
#include "common/protect/sign.h"
#include "common/stream/envelope.h"
#include "common/stream/wire.h"
#include "proto/keyring.pb-c.h"

static struct lg_status load_own(
	const struct place *place, enum lg_service_number service, const struct lg_keyring *keyring)
{
	struct lg_own_keys *own = NULL;
	const char *problem = "nothing";
	struct lg_status status = lg_own_keys_load(place->keys, service, keyring, &own, &problem);

	if (lg_is_done(status))
		lg_own_keys_free(own);
	else
		assert_string_equal(problem, status.reason);
	return status;
}

static void assert_mode(const struct place *place, const char *name, mode_t mode)
{
	char path[PATH_SIZE];
	struct stat found;

	path_in(place, name, path);
	if (stat(path, &found) != 0)
		fail_msg("%s is not there", name);
	assert_int_equal(found.st_mode & 07777, mode);
}

/*
 * Goal: a site is made whole, and closed to others.
 * Method: make one under a loose umask, look at every file, load every service.
 */
static void a_site_is_made_whole_and_closed(void **state)
{
	struct place *place = *state;
	struct lg_keyring keyring = load(place);

	assert_int_equal(keyring.site, 7);
	assert_string_equal(keyring.name, "in-sunauli");
	assert_string_equal(keyring.country, "IN");
	assert_true(keyring.is_demo);
	assert_int_equal(keyring.serial, 1);
	assert_true(keyring.not_after == NOON + 400 * LG_DAY_MS);

	assert_mode(place, ".", 0700);
	assert_mode(place, "keyring", 0644);
	assert_mode(place, "root", 0700);
	assert_mode(place, "root/root.key", 0600);
	assert_mode(place, "access/token.key", 0600);
	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++) {
		static const char *const files[] = { "curve.key", "sign.key", "box.key", "kek.1" };
		char name[PATH_SIZE], path[PATH_SIZE];

		assert_mode(place, lg_service_name(service), 0700);
		for (size_t i = 0; i < 3 + (size_t)lg_service_has_kek(service); i++) {
			snprintf(name, sizeof name, "%s/%s", lg_service_name(service), files[i]);
			assert_mode(place, name, 0600);
		}
		snprintf(name, sizeof name, "%s/kek.1", lg_service_name(service));
		path_in(place, name, path);
		assert_int_equal(access(path, F_OK) == 0, lg_service_has_kek(service));
		assert_done(load_own(place, service, &keyring));
	}
}

/*
 * Goal: keys are never overwritten.  Method: make a site where one is, and where only its
 * keyring is missing; every file stays as it was.
 */
static void keys_are_never_overwritten(void **state)
{
	struct place *place = *state;
	struct lg_keyring before = load(place), after;
	const char *problem = "";
	char path[PATH_SIZE], moved[PATH_SIZE];

	assert_refused(lg_keyring_create(place->keys, 7, "in-sunauli", "IN", true, NOON, &problem),
		"the folder already holds a keyring: keys are never overwritten");
	path_in(place, "keyring", path);
	path_in(place, "kept", moved);
	assert_int_equal(rename(path, moved), 0);
	assert_refused(lg_keyring_create(place->keys, 7, "in-sunauli", "IN", true, NOON, &problem),
		"a key file is there already: keys are never overwritten");
	assert_string_equal(problem, "a key file is there already: keys are never overwritten");
	assert_int_not_equal(access(path, F_OK), 0);

	assert_int_equal(rename(moved, path), 0);
	after = load(place);
	assert_memory_equal(&before.root, &after.root, sizeof before.root);
	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++)
		assert_done(load_own(place, service, &before));
}

/* Goal: what names a site is looked at.  Method: each argument on the wrong side of its rule. */
static void a_site_needs_a_number_a_name_and_a_country(void **state)
{
	struct place *place = *state;
	const char *problem = "";
	char path[PATH_SIZE], long_name[65];

	memset(long_name, 'x', 64);
	long_name[64] = '\0';
	path_in(place, "other", path);
	assert_refused(lg_keyring_create(path, 0, "x", "IN", true, NOON, &problem),
		"a site's number is 1..65535");
	assert_refused(lg_keyring_create(path, 1, "", "IN", true, NOON, &problem),
		"a site's name is 1 to 63 bytes of UTF-8");
	assert_refused(lg_keyring_create(path, 1, long_name, "IN", true, NOON, &problem),
		"a site's name is 1 to 63 bytes of UTF-8");
	assert_refused(lg_keyring_create(path, 1, "x", "in", true, NOON, &problem),
		"a country is two capital letters, as IN or NP");
	assert_int_not_equal(access(path, F_OK), 0);
	assert_done(lg_keyring_create(path, 1, long_name + 1, "NP", false, NOON, &problem));
	path_in(place, "no/such/folder", path);
	assert_refused(lg_keyring_create(path, 1, "x", "IN", true, NOON, &problem),
		"a key folder cannot be made: is the folder above it there?");
}

/*
 * Goal: an altered keyring is refused.  Method: alter every byte in turn, cut at every length,
 * add one byte; no variant loads.
 */
static void an_altered_keyring_is_refused(void **state)
{
	struct place *place = *state;
	uint8_t bytes[4096];
	size_t size = read_file(place, "keyring", bytes, sizeof bytes);
	struct lg_keyring keyring;

	assert_true(size > 500);
	assert_true(size < sizeof bytes);
	assert_done(lg_keyring_read(lg_bytes(bytes, size), NOON, &keyring));
	for (size_t i = 0; i < size; i++) {
		bytes[i] ^= 0x10;
		assert_int_equal(
			lg_keyring_read(lg_bytes(bytes, size), NOON, &keyring).outcome, LG_REFUSED);
		bytes[i] ^= 0x10;
	}
	for (size_t i = 0; i < size; i++)
		assert_int_equal(
			lg_keyring_read(lg_bytes(bytes, i), NOON, &keyring).outcome, LG_REFUSED);
	bytes[size] = 0;
	assert_int_equal(
		lg_keyring_read(lg_bytes(bytes, size + 1), NOON, &keyring).outcome, LG_REFUSED);
	assert_done(lg_keyring_read(lg_bytes(bytes, size), NOON, &keyring));
}

/* The site's document, decoded; signed anew by secret it can be anything. */
static Lifeguard__Keyring__Keyring *document(struct lg_arena *arena, const struct place *place)
{
	uint8_t *bytes = lg_alloc(arena, 4096);
	size_t size = read_file(place, "keyring", bytes, 4096);
	ProtobufCMessage *message;
	Lifeguard__Keyring__SignedKeyring *outer;

	assert_done(lg_decode(arena, &lifeguard__keyring__signed_keyring__descriptor,
		lg_bytes(bytes, size), &message));
	outer = (Lifeguard__Keyring__SignedKeyring *)message;
	assert_done(lg_decode(arena, &lifeguard__keyring__keyring__descriptor,
		lg_bytes_from_wire(outer->keyring), &message));
	return (Lifeguard__Keyring__Keyring *)message;
}

static struct lg_status read_signed(struct lg_arena *arena, const struct place *place,
	Lifeguard__Keyring__Keyring *inner, struct lg_keyring *ret)
{
	Lifeguard__Keyring__SignedKeyring outer = LIFEGUARD__KEYRING__SIGNED_KEYRING__INIT;
	uint8_t secret[64], signature[64];
	struct lg_bytes bytes = lg_encode(arena, &inner->base);

	assert_int_equal(read_file(place, "root/root.key", secret, sizeof secret), sizeof secret);
	lg_sign(arena, "lifeguard-keyring-1", bytes, secret, signature);
	outer.keyring = lg_wire_from_bytes(bytes);
	outer.signature = lg_wire_from_array(signature, sizeof signature);
	return lg_keyring_read(lg_encode(arena, &outer.base), NOON, ret);
}

/*
 * Goal: another root's word is no keyring.  Method: put another root into the document and keep
 * the first root's signature.
 */
static void a_keyring_of_another_root_is_refused(void **state)
{
	struct lg_arena *arena = lg_arena_new();
	Lifeguard__Keyring__Keyring *inner = document(arena, *state);
	uint8_t public[32], secret[64];
	struct lg_keyring keyring;

	crypto_sign_keypair(public, secret);
	assert_done(read_signed(arena, *state, inner, &keyring));
	inner->root = lg_wire_from_array(public, sizeof public);
	assert_refused(read_signed(arena, *state, inner, &keyring),
		"the keyring is not signed by its own root");
	inner->root = lg_wire_from_array(public, 31);
	assert_refused(read_signed(arena, *state, inner, &keyring),
		"the keyring is not signed by its own root");
	lg_arena_free(arena);
}

/*
 * Goal: what a root may sign is bounded too.  Method: each field out of its range, well signed;
 * a service of a later version is passed over.
 */
static void a_malformed_keyring_is_refused_though_signed(void **state)
{
	struct lg_arena *arena = lg_arena_new();
	Lifeguard__Keyring__Keyring *inner = document(arena, *state);
	Lifeguard__Keyring__ServiceKeys *row = inner->services[0];
	struct lg_keyring keyring;

	inner->site = 0;
	assert_refused(
		read_signed(arena, *state, inner, &keyring), "the keyring's site is not 1..65535");
	inner->site = 65536;
	assert_refused(
		read_signed(arena, *state, inner, &keyring), "the keyring's site is not 1..65535");
	inner->site = 65535;
	inner->country = lg_copy_text(arena, "INDIA");
	assert_refused(read_signed(arena, *state, inner, &keyring),
		"the keyring's name or country is malformed");
	inner->country = lg_copy_text(arena, "IN");
	row->box.len = 31;
	assert_refused(read_signed(arena, *state, inner, &keyring),
		"the keyring holds a key of a wrong size");
	row->box.len = 32;
	row->token = row->box;
	assert_refused(read_signed(arena, *state, inner, &keyring),
		"the keyring's token key is not where it belongs");
	row->token.len = 0;
	row->service = LG_SERVICE_GATEWAY;
	assert_refused(
		read_signed(arena, *state, inner, &keyring), "the keyring names a service twice");
	row->service = LG_SERVICE_NONE;
	assert_refused(read_signed(arena, *state, inner, &keyring),
		"the keyring names no service for a key");
	row->service = LG_SERVICE_COUNT;
	assert_done(read_signed(arena, *state, inner, &keyring));
	assert_true(sodium_is_zero(keyring.services[LG_SERVICE_BUS].sign, 32));
	row->service = LG_SERVICE_BUS;
	row->box_previous = row->curve;
	assert_done(read_signed(arena, *state, inner, &keyring));
	assert_true(keyring.services[LG_SERVICE_BUS].has_box_previous);
	lg_arena_free(arena);
}

/* Goal: a keyring ends.  Method: on both sides of its last millisecond. */
static void an_expired_keyring_is_refused(void **state)
{
	struct place *place = *state;
	lg_ms end = load(place).not_after;
	struct lg_keyring keyring;
	const char *problem = "";

	assert_done(lg_keyring_load(place->keys, end, &keyring, &problem));
	assert_refused(lg_keyring_load(place->keys, end + 1, &keyring, &problem),
		"the keyring has expired: its site signs it anew with `lifeguard site renew`");
	assert_string_equal(problem,
		"the keyring has expired: its site signs it anew with `lifeguard site renew`");
}

/*
 * Goal: the serial comes out as it was signed, so that a caller can refuse a lower one.
 * Method: sign a higher serial with the same root.
 */
static void the_serial_is_told_to_the_caller(void **state)
{
	struct lg_arena *arena = lg_arena_new();
	Lifeguard__Keyring__Keyring *inner = document(arena, *state);
	struct lg_keyring keyring;

	inner->serial = 9000000000;
	assert_done(read_signed(arena, *state, inner, &keyring));
	assert_true(keyring.serial == 9000000000);
	lg_arena_free(arena);
}

/*
 * Goal: a site that has outlived its keyring goes on with the same keys.  Method: renew it after its end,
 * twice; it is good for 400 days more, every service still loads its keys, and only the root may do it.
 */
static void a_keyring_is_renewed_by_its_root_alone(void **state)
{
	struct place *place = *state, *other = NULL;
	struct lg_keyring before = load(place), renewed, after;
	lg_ms later = before.not_after + 1;
	const char *problem = "";
	char root[PATH_SIZE];

	assert_int_equal(set_up((void **)&other), 0);
	path_in(other, "root", root);
	assert_refused(lg_keyring_renew(place->keys, root, later, &renewed, &problem),
		"this root is of another site");
	assert_int_equal(tear_down((void **)&other), 0);
	assert_false(lg_is_done(lg_keyring_renew(place->keys, root, later, &renewed, &problem)));
	assert_int_equal(load(place).serial, 1);

	path_in(place, "root", root);
	assert_done(lg_keyring_renew(place->keys, root, later, &renewed, &problem));
	assert_done(lg_keyring_renew(place->keys, root, later, &renewed, &problem));
	assert_done(lg_keyring_load(place->keys, later, &after, &problem));
	assert_mode(place, "keyring", 0644);
	assert_int_equal(after.serial, 3);
	assert_true(after.not_after == later + 400 * LG_DAY_MS);
	assert_memory_equal(after.root, before.root, sizeof before.root);
	assert_memory_equal(after.services, before.services, sizeof before.services);
	for (uint32_t service = 1; service < LG_SERVICE_COUNT; service++)
		assert_done(load_own(place, service, &after));
}

int main(void)
{
#define WITH_SITE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_SITE(a_site_is_made_whole_and_closed),
		WITH_SITE(keys_are_never_overwritten),
		WITH_SITE(a_site_needs_a_number_a_name_and_a_country),
		WITH_SITE(an_altered_keyring_is_refused),
		WITH_SITE(a_keyring_of_another_root_is_refused),
		WITH_SITE(a_malformed_keyring_is_refused_though_signed),
		WITH_SITE(an_expired_keyring_is_refused),
		WITH_SITE(a_keyring_is_renewed_by_its_root_alone),
		WITH_SITE(the_serial_is_told_to_the_caller),
	};

	umask(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
