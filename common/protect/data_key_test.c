#include "common/protect/data_key.h"

#include "common/protect/site_for_tests.h"

struct holder {
	struct test_site site;
	struct lg_own_keys *keys; /* intake's */
	struct lg_key_cache *cache;
	struct lg_wrapped_key wrapped;
};

static int set_up(void **state)
{
	struct holder *holder = calloc(1, sizeof *holder);

	assert_non_null(holder);
	test_site_init(&holder->site, 7);
	holder->keys = &holder->site.keys[LG_SERVICE_INTAKE];
	holder->cache = lg_key_cache_new();
	holder->wrapped =
		lg_data_key_new(holder->keys, holder->cache, test_id(1), LG_CLASS_IDENTITY, NOON);
	*state = holder;
	return 0;
}

static int tear_down(void **state)
{
	struct holder *holder = *state;

	lg_key_cache_free(holder->cache);
	free(holder);
	return 0;
}

static const uint8_t *find(struct holder *holder)
{
	return lg_key_cache_find(
		holder->cache, holder->wrapped.key_id, test_id(1), LG_CLASS_IDENTITY);
}

/*
 * Goal: a new key can be used at once, and its wrap brings the same key back.
 * Method: make, keep a copy, drop the cache, load.
 */
static void a_wrap_brings_its_key_back(void **state)
{
	struct holder *holder = *state;
	uint8_t made[LG_DATA_KEY_SIZE];

	assert_non_null(find(holder));
	memcpy(made, find(holder), sizeof made);
	assert_null(memmem(holder->wrapped.wrapped, LG_WRAPPED_SIZE, made, sizeof made));
	lg_key_cache_drop_all(holder->cache);
	assert_null(find(holder));
	assert_done(lg_data_key_load(holder->keys, holder->cache, &holder->wrapped, NOON));
	assert_non_null(find(holder));
	assert_memory_equal(find(holder), made, sizeof made);
}

/*
 * Goal: an id commits to one key of one person and class.
 * Method: the id of a key with each bit turned, another person, another class; all differ.
 */
static void an_id_commits_to_its_key(void **state)
{
	struct holder *holder = *state;
	uint8_t key[LG_DATA_KEY_SIZE];

	memcpy(key, find(holder), sizeof key);
	assert_true(lg_id_equal(lg_data_key_id(key, test_id(1), 1), holder->wrapped.key_id));
	assert_false(lg_id_equal(lg_data_key_id(key, test_id(2), 1), holder->wrapped.key_id));
	assert_false(lg_id_equal(lg_data_key_id(key, test_id(1), 2), holder->wrapped.key_id));
	for (size_t bit = 0; bit < 8 * sizeof key; bit++) {
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(
			lg_id_equal(lg_data_key_id(key, test_id(1), 1), holder->wrapped.key_id));
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

/*
 * Goal: the formula of key ids is part of the contract between sites.
 * Method: computed once more from its text.
 */
static void an_id_is_blake2b_of_what_the_header_says(void **state)
{
	uint8_t text[21] = "LGK1", key[LG_DATA_KEY_SIZE], made[16];
	struct lg_id id;

	(void)state;
	memset(text + 4, 5, 16);
	text[20] = 3;
	memset(key, 9, sizeof key);
	crypto_generichash(made, sizeof made, text, sizeof text, key, sizeof key);
	id = lg_data_key_id(key, test_id(5), LG_CLASS_SOURCE);
	assert_memory_equal(id.byte, made, sizeof made);
}

/* Wrapped elsewhere, by hand, after the text of data_key.h: epoch 0x1234, nonce 100 .. 123. */
static const char foreign_wrap[] =
	"6465666768696a6b6c6d6e6f707172737475767778797a7bff48945d3a6ab368bcd41cad"
	"3df60753cc54dfc0868788cdd18df4d0f67d68bce6c0194c5aed3a24b1501e64c1cdde0d";

/*
 * Goal: wraps lie in databases and backups, so their layout never changes.
 * Method: a wrap that was made once, outside of this program, opens.
 */
static void a_wrap_made_elsewhere_opens(void **state)
{
	struct holder *holder = *state;
	uint8_t key[LG_DATA_KEY_SIZE];

	for (uint8_t i = 0; i < 32; i++) {
		key[i] = i;
		holder->keys->keks[0].key[i] = (uint8_t)(200 - i);
	}
	holder->keys->keks[0].epoch = holder->wrapped.epoch = 0x1234;
	holder->wrapped.key_id = lg_data_key_id(key, test_id(1), LG_CLASS_IDENTITY);
	assert_int_equal(sodium_hex2bin(holder->wrapped.wrapped, LG_WRAPPED_SIZE, foreign_wrap,
				 strlen(foreign_wrap), NULL, NULL, NULL),
		0);
	assert_done(lg_data_key_load(holder->keys, holder->cache, &holder->wrapped, NOON));
	assert_memory_equal(find(holder), key, sizeof key);
}

static void assert_lost(struct holder *holder, const struct lg_wrapped_key *wrapped)
{
	lg_key_cache_drop_all(holder->cache);
	assert_int_equal(
		lg_data_key_load(holder->keys, holder->cache, wrapped, NOON).outcome, LG_REFUSED);
	assert_int_equal(lg_key_cache_count(holder->cache), 0);
}

/*
 * Goal: a wrap moved to another person, class or id, or altered, brings nothing.
 * Method: each field exchanged, each bit of the wrap turned.
 */
static void a_moved_or_altered_wrap_is_refused(void **state)
{
	struct holder *holder = *state;
	struct lg_wrapped_key altered = holder->wrapped;

	altered.subject = test_id(2);
	assert_lost(holder, &altered);
	altered = holder->wrapped;
	altered.class = LG_CLASS_NARRATIVE;
	assert_lost(holder, &altered);
	altered.class = 0;
	assert_lost(holder, &altered);
	altered.class = 1 + 256;
	assert_lost(holder, &altered);
	altered = holder->wrapped;
	altered.key_id.byte[0] ^= 1;
	assert_lost(holder, &altered);
	altered = holder->wrapped;
	for (size_t bit = 0; bit < 8 * LG_WRAPPED_SIZE; bit++) {
		altered.wrapped[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_lost(holder, &altered);
		altered.wrapped[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_done(lg_data_key_load(holder->keys, holder->cache, &altered, NOON));
}

/*
 * Goal: an insider who re-wraps a key under another's name is found out by the id.
 * Method: wrap it properly for an id that is not its own.
 */
static void a_key_under_a_foreign_id_is_refused(void **state)
{
	struct holder *holder = *state;
	uint8_t key[LG_DATA_KEY_SIZE] = { 1 };
	struct lg_wrapped_key wrapped = lg_data_key_wrap(
		holder->keys, key, holder->wrapped.key_id, test_id(1), LG_CLASS_IDENTITY);

	assert_refused(lg_data_key_load(holder->keys, holder->cache, &wrapped, NOON),
		"a stored key is not the one that its id names");
}

/*
 * Goal: with its epoch a key is gone; the newest epoch wraps.
 * Method: a second epoch; a new key is under it; the old wrap opens while its epoch is there, not
 * under another epoch's number, and not when the epoch is destroyed.
 */
static void a_key_ends_with_its_epoch(void **state)
{
	struct holder *holder = *state;
	struct lg_wrapped_key altered = holder->wrapped, fresh;

	assert_int_equal(holder->wrapped.epoch, 1);
	holder->keys->kek_count = 2;
	holder->keys->keks[1].epoch = 2;
	randombytes_buf(holder->keys->keks[1].key, 32);
	fresh = lg_data_key_new(holder->keys, holder->cache, test_id(3), LG_CLASS_STAFF, NOON);
	assert_int_equal(fresh.epoch, 2);
	assert_done(lg_data_key_load(holder->keys, holder->cache, &holder->wrapped, NOON));
	altered.epoch = 2;
	assert_lost(holder, &altered);

	holder->keys->keks[0] = holder->keys->keks[1];
	holder->keys->kek_count = 1;
	assert_refused(lg_data_key_load(holder->keys, holder->cache, &holder->wrapped, NOON),
		"the epoch of a stored key is destroyed: it is erased");
	assert_done(lg_data_key_load(holder->keys, holder->cache, &fresh, NOON));
}

int main(void)
{
#define WITH_KEY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_KEY(a_wrap_brings_its_key_back),
		WITH_KEY(an_id_commits_to_its_key),
		WITH_KEY(an_id_is_blake2b_of_what_the_header_says),
		WITH_KEY(a_wrap_made_elsewhere_opens),
		WITH_KEY(a_moved_or_altered_wrap_is_refused),
		WITH_KEY(a_key_under_a_foreign_id_is_refused),
		WITH_KEY(a_key_ends_with_its_epoch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
