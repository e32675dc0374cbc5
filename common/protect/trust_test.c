#include "common/protect/trust.h"

#include "common/protect/place_for_tests.h"
#include "common/protect/sign.h"
#include "common/stream/envelope.h"
#include "common/stream/wire.h"
#include "proto/keyring.pb-c.h"

#define DOCUMENT_SIZE 4096

/* Another site beside the place's own (7, demo): its folder's name and its document. */
struct partner {
	char name[32];
	uint8_t bytes[DOCUMENT_SIZE];
	struct lg_bytes document;
};

static void make_partner(
	const struct place *place, uint16_t site, bool is_demo, struct partner *ret_partner)
{
	char path[PATH_SIZE], name[64];
	const char *problem = "";

	snprintf(ret_partner->name, sizeof ret_partner->name, "../site%u", (unsigned)site);
	path_in(place, ret_partner->name, path);
	assert_done(lg_keyring_create(path, site, "np-bhairahawa", "NP", is_demo, NOON, &problem));
	snprintf(name, sizeof name, "%s/keyring", ret_partner->name);
	ret_partner->document = lg_bytes(
		ret_partner->bytes, read_file(place, name, ret_partner->bytes, DOCUMENT_SIZE));
}

/* The partner's document again, with another serial, signed by its root. */
static void renew(const struct place *place, struct partner *partner, uint64_t serial)
{
	struct lg_arena *arena = lg_arena_new();
	Lifeguard__Keyring__SignedKeyring outer = LIFEGUARD__KEYRING__SIGNED_KEYRING__INIT;
	Lifeguard__Keyring__Keyring *inner;
	ProtobufCMessage *message;
	uint8_t secret[64], signature[64];
	struct lg_bytes bytes;
	char name[64];

	assert_done(lg_decode(arena, &lifeguard__keyring__signed_keyring__descriptor,
		partner->document, &message));
	assert_done(lg_decode(arena, &lifeguard__keyring__keyring__descriptor,
		lg_bytes_from_wire(((Lifeguard__Keyring__SignedKeyring *)message)->keyring),
		&message));
	inner = (Lifeguard__Keyring__Keyring *)message;
	inner->serial = serial;
	bytes = lg_encode(arena, &inner->base);
	snprintf(name, sizeof name, "%s/%s", partner->name, "root/root.key");
	assert_int_equal(read_file(place, name, secret, sizeof secret), sizeof secret);
	lg_sign(arena, "lifeguard-keyring-1", bytes, secret, signature);
	outer.keyring = lg_wire_from_bytes(bytes);
	outer.signature = lg_wire_from_array(signature, sizeof signature);
	bytes = lg_encode(arena, &outer.base);
	assert_true(bytes.size <= DOCUMENT_SIZE);
	memcpy(partner->bytes, bytes.data, bytes.size);
	partner->document = lg_bytes(partner->bytes, bytes.size);
	lg_arena_free(arena);
}

static struct lg_status trust_it(const struct place *place, const struct partner *partner)
{
	struct lg_trust trust;
	const char *problem = "";
	struct lg_status status =
		lg_trust_look(place->keys, partner->document, NOON, &trust, &problem);

	if (lg_is_done(status))
		status = lg_trust_keep(place->keys, &trust, partner->document, &problem);
	return status;
}

static uint32_t peers(
	const struct place *place, lg_ms now, struct lg_keyring *ret, uint32_t maximum)
{
	struct lg_keyring own = load(place);

	return lg_keyring_peers(place->keys, now, &own, ret, maximum);
}

/*
 * Goal: who is trusted is known afterwards.  Method: none, two out of order, the second one again.
 */
static void who_is_trusted_is_known_afterwards(void **state)
{
	struct place *place = *state;
	struct lg_keyring found[4];
	struct partner twelve, three;
	struct lg_trust trust;
	const char *problem = "";

	assert_int_equal(peers(place, NOON, found, 4), 0);
	make_partner(place, 12, true, &twelve);
	make_partner(place, 3, true, &three);
	assert_done(trust_it(place, &twelve));
	assert_done(trust_it(place, &three));
	assert_done(lg_trust_look(place->keys, three.document, NOON, &trust, &problem));
	assert_true(trust.is_known && trust.is_same);
	assert_done(trust_it(place, &three));

	assert_int_equal(peers(place, NOON, found, 4), 2);
	assert_int_equal(found[0].site, 3);
	assert_int_equal(found[1].site, 12);
	assert_string_equal(found[1].name, "np-bhairahawa");
	assert_int_equal(peers(place, NOON, found, 1), 1);
}

/* Goal: a partner's keys go forward only.  Method: a lower serial, the same with another content. */
static void a_lower_serial_is_refused(void **state)
{
	struct place *place = *state;
	struct partner partner;
	struct lg_keyring found[1];

	make_partner(place, 12, true, &partner);
	renew(place, &partner, 5);
	assert_done(trust_it(place, &partner));
	renew(place, &partner, 4);
	assert_refused(trust_it(place, &partner),
		"the keyring is older than the one that is trusted already");
	partner.document.size = 0;
	assert_refused(trust_it(place, &partner), "the keyring is not signed by its own root");
	assert_int_equal(peers(place, NOON, found, 1), 1);
	assert_int_equal(found[0].serial, 5);
}

/* Goal: one serial, one document.  Method: a site of the same number and serial, another root. */
static void the_same_serial_with_another_content_is_refused(void **state)
{
	struct place *place = *state;
	struct partner partner, other;
	char from[PATH_SIZE], to[PATH_SIZE];

	make_partner(place, 12, true, &partner);
	assert_done(trust_it(place, &partner));
	path_in(place, "../site12", from);
	path_in(place, "../moved", to);
	assert_int_equal(rename(from, to), 0);
	make_partner(place, 12, true, &other);
	assert_int_equal(trust_it(place, &other).outcome, LG_REFUSED);
	renew(place, &other, 2);
	assert_done(trust_it(place, &other));
}

/* Goal: a demo and a real site never meet, nor a site itself.  Method: each of them. */
static void whom_a_site_may_not_trust_is_refused(void **state)
{
	struct place *place = *state;
	struct partner partner, own;
	struct lg_keyring demo = load(place), real = demo;

	make_partner(place, 12, false, &partner);
	assert_refused(
		trust_it(place, &partner), "the partner is a real site, and this one is a demo");
	own.document = lg_bytes(own.bytes, read_file(place, "keyring", own.bytes, DOCUMENT_SIZE));
	assert_refused(trust_it(place, &own), "the partner's number is this site's own");
	real.is_demo = false;
	demo.site = 8;
	assert_refused(lg_keyring_may_trust(&real, &demo),
		"the partner is a demo site, and this one is real");
	demo.is_demo = false;
	assert_done(lg_keyring_may_trust(&real, &demo));
}

/*
 * Goal: what does not verify is passed over and hides nobody.  Method: beside one good document
 * one altered, one under another site's number, one real, names that are none; then time passes.
 */
static void what_does_not_verify_is_passed_over(void **state)
{
	struct place *place = *state;
	struct partner good, real;
	struct lg_keyring found[4];

	make_partner(place, 12, true, &good);
	assert_done(trust_it(place, &good));
	make_partner(place, 13, false, &real);
	write_file(place, "peers/13.keyring", real.bytes, real.document.size);
	write_file(place, "peers/14.keyring", good.bytes, good.document.size);
	write_file(place, "peers/012.keyring", good.bytes, good.document.size);
	write_file(place, "peers/12.keyring.next", "", 0);
	write_file(place, "peers/notes", "", 0);
	good.bytes[100] ^= 1;
	write_file(place, "peers/2.keyring", good.bytes, good.document.size);
	assert_int_equal(peers(place, NOON, found, 4), 1);
	assert_int_equal(found[0].site, 12);
	assert_int_equal(peers(place, found[0].not_after + 1, found, 4), 0);
}

int main(void)
{
#define WITH_SITE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_SITE(who_is_trusted_is_known_afterwards),
		WITH_SITE(a_lower_serial_is_refused),
		WITH_SITE(the_same_serial_with_another_content_is_refused),
		WITH_SITE(whom_a_site_may_not_trust_is_refused),
		WITH_SITE(what_does_not_verify_is_passed_over),
	};

	umask(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
