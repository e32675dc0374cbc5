#include "common/protect/grant.h"

#include "common/protect/sign.h"
#include "common/protect/site_for_tests.h"
#include "common/stream/wire.h"

/* India's intake has a key and grants it to Nepal's referral. */
struct granted {
	struct lg_arena *arena;
	struct test_site india, nepal;
	struct lg_key_cache *ours, *theirs;
	struct lg_wrapped_key wrapped;
	Lifeguard__Envelope__Grant *grant;
};

static struct lg_status make(struct granted *granted, const struct test_site *to, uint32_t service,
	struct lg_id key_id, Lifeguard__Envelope__Grant **ret_grant)
{
	const struct lg_granting granting = { .cache = granted->ours,
		.keys = &granted->india.keys[LG_SERVICE_INTAKE],
		.to_site = &to->keyring,
		.to_service = service,
		.now = NOON };

	return lg_grant_make(
		granted->arena, &granting, test_id(1), LG_CLASS_IDENTITY, key_id, ret_grant);
}

static struct lg_status take(struct granted *granted, lg_ms now, struct lg_wrapped_key *ret_wrapped)
{
	return lg_grant_take(granted->theirs, &granted->nepal.keys[LG_SERVICE_REFERRAL],
		&granted->india.keyring, LG_SERVICE_INTAKE, granted->grant, now, ret_wrapped);
}

static int set_up(void **state)
{
	struct granted *granted = calloc(1, sizeof *granted);

	assert_non_null(granted);
	granted->arena = lg_arena_new();
	granted->ours = lg_key_cache_new();
	granted->theirs = lg_key_cache_new();
	test_site_init(&granted->india, 1);
	test_site_init(&granted->nepal, 2);
	granted->wrapped = lg_data_key_new(&granted->india.keys[LG_SERVICE_INTAKE], granted->ours,
		test_id(1), LG_CLASS_IDENTITY, NOON);
	assert_done(make(granted, &granted->nepal, LG_SERVICE_REFERRAL, granted->wrapped.key_id,
		&granted->grant));
	*state = granted;
	return 0;
}

static int tear_down(void **state)
{
	struct granted *granted = *state;

	lg_key_cache_free(granted->ours);
	lg_key_cache_free(granted->theirs);
	lg_arena_free(granted->arena);
	free(granted);
	return 0;
}

static const uint8_t *find(struct lg_key_cache *cache, const struct granted *granted)
{
	return lg_key_cache_find(cache, granted->wrapped.key_id, test_id(1), LG_CLASS_IDENTITY);
}

/* Nothing that is refused leaves a key behind. */
static void assert_not_taken(struct granted *granted, const char *reason)
{
	struct lg_wrapped_key wrapped;

	assert_refused(take(granted, NOON, &wrapped), reason);
	assert_int_equal(lg_key_cache_count(granted->theirs), 0);
}

/*
 * Goal: the holder has the key, and its own wrap brings it back; the frame does not show it.
 * Method: take; compare; forget; load the wrap.
 */
static void a_holder_gets_the_key_and_keeps_it_wrapped(void **state)
{
	struct granted *granted = *state;
	struct lg_bytes frame = lg_encode(granted->arena, &granted->grant->base);
	struct lg_wrapped_key wrapped;

	assert_null(memmem(frame.data, frame.size, find(granted->ours, granted), 32));
	assert_done(take(granted, NOON, &wrapped));
	assert_memory_equal(find(granted->theirs, granted), find(granted->ours, granted), 32);
	assert_true(lg_id_equal(wrapped.key_id, granted->wrapped.key_id));
	assert_memory_not_equal(wrapped.wrapped, granted->wrapped.wrapped, LG_WRAPPED_SIZE);

	lg_key_cache_drop_all(granted->theirs);
	assert_done(lg_data_key_load(
		&granted->nepal.keys[LG_SERVICE_REFERRAL], granted->theirs, &wrapped, NOON));
	assert_memory_equal(find(granted->theirs, granted), find(granted->ours, granted), 32);
	assert_int_equal(lg_data_key_load(&granted->india.keys[LG_SERVICE_INTAKE], granted->ours,
				 &wrapped, NOON)
				 .outcome,
		LG_REFUSED);
}

/*
 * Goal: only holders are granted to, and only keys that are here.
 * Method: every service; an unknown key id; a dropped person; a site without that service.
 */
static void only_holders_are_granted_to(void **state)
{
	struct granted *granted = *state;
	Lifeguard__Envelope__Grant *grant;

	for (uint32_t service = 0; service <= LG_SERVICE_COUNT; service++) {
		bool is_holder = service == LG_SERVICE_INTAKE || service == LG_SERVICE_MATCHING ||
				 service == LG_SERVICE_REFERRAL;

		assert_int_equal(
			make(granted, &granted->nepal, service, granted->wrapped.key_id, &grant)
				.outcome,
			is_holder ? LG_DONE : LG_REFUSED);
	}
	assert_refused(make(granted, &granted->nepal, LG_SERVICE_REFERRAL, test_id(4), &grant),
		"the data key is not here: load it first");
	lg_key_cache_drop(granted->ours, test_id(1));
	assert_refused(make(granted, &granted->nepal, LG_SERVICE_REFERRAL, granted->wrapped.key_id,
			       &grant),
		"the data key is not here: load it first");
	memset(&granted->nepal.keyring.services[LG_SERVICE_REFERRAL], 0,
		sizeof granted->nepal.keyring.services[LG_SERVICE_REFERRAL]);
	assert_refused(make(granted, &granted->nepal, LG_SERVICE_REFERRAL, granted->wrapped.key_id,
			       &grant),
		"the receiver has no key to grant to");
}

/*
 * Goal: a grant for one holder is nothing to another.
 * Method: India's matching gets Nepal's; then its hint is changed to Nepal's.
 */
static void a_grant_for_another_holder_is_refused(void **state)
{
	struct granted *granted = *state;

	assert_done(make(granted, &granted->india, LG_SERVICE_MATCHING, granted->wrapped.key_id,
		&granted->grant));
	assert_not_taken(granted, "the grant is for another holder");
	granted->grant->to_key = lg_wire_from_array(
		granted->nepal.keyring.services[LG_SERVICE_REFERRAL].box, LG_KEY_HINT_SIZE);
	assert_not_taken(granted, "the grant does not open");
}

/*
 * Goal: who granted is proved.  Method: said to be of another service, of a service that holds
 * nothing, of another site; then with the hint of that service.
 */
static void a_grant_from_somebody_else_is_refused(void **state)
{
	struct granted *granted = *state;
	struct lg_own_keys *keys = &granted->nepal.keys[LG_SERVICE_REFERRAL];
	struct lg_wrapped_key wrapped;

	assert_refused(lg_grant_take(granted->theirs, keys, &granted->india.keyring,
			       LG_SERVICE_REFERRAL, granted->grant, NOON, &wrapped),
		"the grant is not from that service");
	assert_refused(lg_grant_take(granted->theirs, keys, &granted->india.keyring,
			       LG_SERVICE_REPORTING, granted->grant, NOON, &wrapped),
		"the grant is from a service that holds no data keys");
	assert_refused(lg_grant_take(granted->theirs, keys, &granted->india.keyring,
			       LG_SERVICE_COUNT, granted->grant, NOON, &wrapped),
		"the grant is from a service that holds no data keys");
	assert_refused(lg_grant_take(granted->theirs, keys, &granted->nepal.keyring,
			       LG_SERVICE_INTAKE, granted->grant, NOON, &wrapped),
		"the grant is not from that service");
	granted->grant->from_key = lg_wire_from_array(
		granted->nepal.keyring.services[LG_SERVICE_INTAKE].box, LG_KEY_HINT_SIZE);
	assert_refused(lg_grant_take(granted->theirs, keys, &granted->nepal.keyring,
			       LG_SERVICE_INTAKE, granted->grant, NOON, &wrapped),
		"the grant does not open");
	assert_int_equal(lg_key_cache_count(granted->theirs), 0);
}

/* Goal: a grant ends.  Method: on both sides of its last millisecond; at an impossible time. */
static void an_expired_grant_is_refused(void **state)
{
	struct granted *granted = *state;
	struct lg_wrapped_key wrapped;

	assert_refused(take(granted, -1, &wrapped), "the grant has expired");
	assert_refused(take(granted, NOON + LG_GRANT_MS, &wrapped), "the grant has expired");
	assert_int_equal(lg_key_cache_count(granted->theirs), 0);
	assert_done(take(granted, NOON + LG_GRANT_MS - 1, &wrapped));
}

/*
 * Goal: a sender cannot give two partners two keys under one id, nor name another person.
 * Method: another subject, class, key id; malformed ones.
 */
static void another_key_than_its_id_names_is_refused(void **state)
{
	static const char other_key[] = "the grant holds another key than its id names";
	static const char malformed[] = "the grant's ids or class are malformed";
	struct granted *granted = *state;
	Lifeguard__Envelope__Grant *grant = granted->grant;

	grant->subject.data[0] ^= 1;
	assert_not_taken(granted, other_key);
	grant->subject.data[0] ^= 1;
	grant->key_id.data[15] ^= 1;
	assert_not_taken(granted, other_key);
	grant->key_id.data[15] ^= 1;
	grant->class_ = LG_CLASS_NARRATIVE;
	assert_not_taken(granted, other_key);
	grant->class_ = 0;
	assert_not_taken(granted, malformed);
	grant->class_ = LG_CLASS_STAFF + 1;
	assert_not_taken(granted, malformed);
	grant->class_ = LG_CLASS_IDENTITY;
	grant->subject.len--;
	assert_not_taken(granted, malformed);
	grant->subject.len++;
	grant->key_id.len = 0;
	assert_not_taken(granted, malformed);
	grant->key_id.len = LG_ID_SIZE;
	assert_done(take(granted, NOON, &granted->wrapped));
}

/*
 * Goal: no bit of a grant's box or hints may turn, nothing may be cut.
 * Method: each bit, each shorter length.
 */
static void an_altered_grant_is_refused(void **state)
{
	struct granted *granted = *state;
	ProtobufCBinaryData *box = &granted->grant->box;
	ProtobufCBinaryData *hints[] = { &granted->grant->from_key, &granted->grant->to_key };
	static const char *const reasons[] = { "the grant is not from that service",
		"the grant is for another holder" };

	for (size_t bit = 0; bit < 8 * box->len; bit++) {
		box->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_not_taken(granted, "the grant does not open");
		box->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t size = box->len; size-- > 0;) {
		ProtobufCBinaryData whole = *box;

		box->len = size;
		assert_not_taken(granted, "the grant does not open");
		*box = whole;
	}
	for (size_t i = 0; i < 2; i++) {
		for (size_t bit = 0; bit < 8 * LG_KEY_HINT_SIZE; bit++) {
			hints[i]->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_not_taken(granted, reasons[i]);
			hints[i]->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		hints[i]->len--;
		assert_not_taken(granted, reasons[i]);
		hints[i]->len++;
	}
	assert_done(take(granted, NOON, &granted->wrapped));
}

/*
 * Goal: a right that is not given is not taken.
 * Method: box by hand a grant without the right to read.
 */
static void a_grant_without_the_right_to_read_is_refused(void **state)
{
	struct granted *granted = *state;
	ProtobufCBinaryData box = granted->grant->box;
	uint8_t inner[44] = { 0 };

	memcpy(inner, find(granted->ours, granted), 32);
	inner[32 + 4 + 7] = 1; /* expires in a far year */
	for (uint8_t rights = 0; rights < 4; rights++) {
		inner[32] = rights;
		assert_int_equal(crypto_box_easy(box.data + 24, inner, sizeof inner, box.data,
					 granted->nepal.keyring.services[LG_SERVICE_REFERRAL].box,
					 granted->india.keys[LG_SERVICE_INTAKE].box),
			0);
		if ((rights & 1) == 0)
			assert_not_taken(granted, "the grant gives no right to read");
		else
			assert_done(take(granted, NOON, &granted->wrapped));
		lg_key_cache_drop_all(granted->theirs);
	}
}

/*
 * Goal: a grant made before the granter's key was turned is still taken.
 * Method: India turns intake's box key; without the previous key in the keyring it is refused.
 */
static void a_grant_under_the_previous_box_key_is_taken(void **state)
{
	struct granted *granted = *state;
	struct lg_service_keys *known = &granted->india.keyring.services[LG_SERVICE_INTAKE];
	uint8_t secret[32];

	memcpy(known->box_previous, known->box, 32);
	crypto_box_keypair(known->box, secret);
	assert_not_taken(granted, "the grant is not from that service");
	known->has_box_previous = true;
	assert_done(take(granted, NOON, &granted->wrapped));
}

/* --- the secret of two sites ------------------------------------------------------------------ */

struct side {
	struct lg_own_keys keys;
	struct lg_keyring keyring;
};

static struct side a_side(uint16_t site, enum lg_service_number service)
{
	struct side side = { .keys = { .service = service }, .keyring = { .site = site } };

	crypto_box_keypair(side.keyring.services[service].box, side.keys.box);
	return side;
}

static void secret_of(
	const struct side *own, const struct side *peer, uint32_t period, uint8_t *ret_secret)
{
	assert_int_equal(
		lg_pair_secret(&own->keys, own->keyring.site, &peer->keyring, period, ret_secret)
			.outcome,
		LG_DONE);
}

/* Goal: both come to one secret, nobody else does, and each period has its own.  Method: three sites. */
static void both_sides_and_nobody_else_share_it(void **unused)
{
	const struct side one = a_side(1, LG_SERVICE_MATCHING),
			  two = a_side(2, LG_SERVICE_MATCHING);
	const struct side three = a_side(3, LG_SERVICE_MATCHING);
	uint8_t here[LG_PAIR_SECRET_SIZE], there[LG_PAIR_SECRET_SIZE], other[LG_PAIR_SECRET_SIZE];

	(void)unused;
	secret_of(&one, &two, 700, here);
	secret_of(&two, &one, 700, there);
	assert_memory_equal(here, there, sizeof here);
	secret_of(&two, &one, 701, other);
	assert_memory_not_equal(here, other, sizeof here);
	secret_of(&three, &one, 700, other);
	assert_memory_not_equal(here, other, sizeof here);
	secret_of(&three, &two, 700, other);
	assert_memory_not_equal(here, other, sizeof here);
}

/* Goal: a site without the service is refused.  Method: a keyring that has no such key. */
static void a_site_without_the_service_is_refused(void **unused)
{
	const struct side one = a_side(1, LG_SERVICE_MATCHING), two = a_side(2, LG_SERVICE_INTAKE);
	uint8_t secret[LG_PAIR_SECRET_SIZE];

	(void)unused;
	assert_int_equal(lg_pair_secret(&one.keys, 1, &two.keyring, 1, secret).outcome, LG_REFUSED);
}

int main(void)
{
#define WITH_GRANT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_GRANT(a_holder_gets_the_key_and_keeps_it_wrapped),
		WITH_GRANT(only_holders_are_granted_to),
		WITH_GRANT(a_grant_for_another_holder_is_refused),
		WITH_GRANT(a_grant_from_somebody_else_is_refused),
		WITH_GRANT(an_expired_grant_is_refused),
		WITH_GRANT(another_key_than_its_id_names_is_refused),
		WITH_GRANT(an_altered_grant_is_refused),
		WITH_GRANT(a_grant_without_the_right_to_read_is_refused),
		WITH_GRANT(a_grant_under_the_previous_box_key_is_taken),
		cmocka_unit_test(both_sides_and_nobody_else_share_it),
		cmocka_unit_test(a_site_without_the_service_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
