#include "common/protect/key_cache.h"

#include "common/base/random.h"
#include "common/protect/site_for_tests.h"

/* The n-th key of a test: id, subject (four keys each) and key all follow from n. */
static struct lg_id nth_id(uint32_t n, uint8_t kind)
{
	struct lg_id id = { .byte = { kind } };

	memcpy(id.byte + 4, &n, sizeof n);
	return id;
}

static void put(struct lg_key_cache *cache, uint32_t n, lg_ms now)
{
	uint8_t key[LG_DATA_KEY_SIZE];

	memset(key, (int)(n % 251), sizeof key);
	lg_key_cache_put(cache, nth_id(n, 1), nth_id(n / 4, 2), 1 + n % 4, key, now);
}

static bool has(struct lg_key_cache *cache, uint32_t n)
{
	const uint8_t *key = lg_key_cache_find(cache, nth_id(n, 1), nth_id(n / 4, 2), 1 + n % 4);

	if (key == NULL)
		return false;
	for (size_t i = 0; i < LG_DATA_KEY_SIZE; i++)
		assert_int_equal(key[i], n % 251);
	return true;
}

/*
 * Goal: a key is found by its id for its own subject and class only.
 * Method: ask with each of the three exchanged.
 */
static void a_key_is_found_for_its_subject_and_class(void **unused)
{
	struct lg_key_cache *cache = lg_key_cache_new();

	(void)unused;
	assert_false(has(cache, 0));
	put(cache, 0, NOON);
	assert_true(has(cache, 0));
	assert_null(lg_key_cache_find(cache, nth_id(1, 1), nth_id(0, 2), 1));
	assert_null(lg_key_cache_find(cache, nth_id(0, 1), nth_id(1, 2), 1));
	assert_null(lg_key_cache_find(cache, nth_id(0, 1), nth_id(0, 2), 2));
	assert_int_equal(lg_key_cache_count(cache), 1);
	put(cache, 0, NOON);
	assert_int_equal(lg_key_cache_count(cache), 1);
	lg_key_cache_free(cache);
	lg_key_cache_free(NULL);
}

/*
 * Goal: a full cache lets go what was used longest ago, and nothing else.
 * Method: fill it; use every third; put as many more as were not used; exactly the used and the
 * new ones are there.
 */
static void the_least_recently_used_go_first(void **unused)
{
	struct lg_key_cache *cache = lg_key_cache_new();
	uint32_t used = 0;

	(void)unused;
	for (uint32_t n = 0; n < LG_KEY_CACHE_MAX; n++)
		put(cache, n, NOON);
	assert_int_equal(lg_key_cache_count(cache), LG_KEY_CACHE_MAX);
	for (uint32_t n = 0; n < LG_KEY_CACHE_MAX; n += 3, used++)
		assert_true(has(cache, n));
	for (uint32_t n = 0; n < LG_KEY_CACHE_MAX - used; n++)
		put(cache, LG_KEY_CACHE_MAX + n, NOON);
	assert_int_equal(lg_key_cache_count(cache), LG_KEY_CACHE_MAX);
	for (uint32_t n = 0; n < LG_KEY_CACHE_MAX; n++)
		assert_int_equal(has(cache, n), n % 3 == 0);
	for (uint32_t n = 0; n < LG_KEY_CACHE_MAX - used; n++)
		assert_true(has(cache, LG_KEY_CACHE_MAX + n));
	lg_key_cache_free(cache);
}

/*
 * Goal: no key stays longer than 10 minutes, however often it is used; a clock that goes back
 * prolongs nothing; putting it in again does.
 * Method: on both sides of the limit, told by tick and by put.
 */
static void a_key_stays_ten_minutes_at_most(void **unused)
{
	struct lg_key_cache *cache = lg_key_cache_new();

	(void)unused;
	put(cache, 1, NOON);
	put(cache, 2, NOON + LG_MINUTE_MS);
	put(cache, 3, NOON - LG_HOUR_MS); /* as if now */
	lg_key_cache_tick(cache, NOON + LG_KEY_LIFE_MS - 1);
	assert_true(has(cache, 1));
	lg_key_cache_tick(cache, NOON + LG_KEY_LIFE_MS);
	assert_false(has(cache, 1));
	assert_true(has(cache, 2));
	assert_true(has(cache, 3));
	lg_key_cache_tick(cache, NOON);
	assert_int_equal(lg_key_cache_count(cache), 2);
	put(cache, 2, NOON + LG_KEY_LIFE_MS);
	put(cache, 4, NOON + LG_KEY_LIFE_MS + LG_MINUTE_MS);
	assert_false(has(cache, 3));
	assert_true(has(cache, 2));
	lg_key_cache_tick(cache, NOON + LG_DAY_MS);
	assert_int_equal(lg_key_cache_count(cache), 0);
	put(cache, 5, NOON + LG_DAY_MS);
	assert_true(has(cache, 5));
	lg_key_cache_free(cache);
}

/*
 * Goal: an erased person's keys are gone at once, all others stay; a lock drops all.
 * Method: four keys each for 100 persons; drop one person, then all, then go on.
 */
static void a_dropped_person_and_a_lock_leave_nothing(void **unused)
{
	struct lg_key_cache *cache = lg_key_cache_new();

	(void)unused;
	for (uint32_t n = 0; n < 400; n++)
		put(cache, n, NOON);
	lg_key_cache_drop(cache, nth_id(50, 2));
	lg_key_cache_drop(cache, nth_id(4000, 2));
	assert_int_equal(lg_key_cache_count(cache), 396);
	for (uint32_t n = 0; n < 400; n++)
		assert_int_equal(has(cache, n), n / 4 != 50);
	lg_key_cache_drop_all(cache);
	assert_int_equal(lg_key_cache_count(cache), 0);
	for (uint32_t n = 0; n < 400; n++)
		assert_false(has(cache, n));
	put(cache, 7, NOON);
	assert_true(has(cache, 7));
	lg_key_cache_free(cache);
}

/*
 * Goal: both ends of a pair have one key, and more peers than places are served too.
 * Method: 200 peers twice over, each compared with its own end; a key of zeros is none.
 */
static void both_ends_of_a_pair_have_one_key(void **unused)
{
	struct lg_key_cache *cache = lg_key_cache_new(), *peers = lg_key_cache_new();
	uint8_t public[32], secret[32], zero[32] = { 0 };
	uint8_t peer_public[200][32], peer_secret[200][32];

	(void)unused;
	crypto_box_keypair(public, secret);
	for (size_t i = 0; i < 200; i++)
		crypto_box_keypair(peer_public[i], peer_secret[i]);
	for (size_t i = 0; i < 400; i++) {
		const struct lg_pair_key *ours =
			lg_key_cache_pair(cache, secret, peer_public[i % 200]);
		const struct lg_pair_key *theirs =
			lg_key_cache_pair(peers, peer_secret[i % 200], public);

		assert_non_null(ours);
		assert_non_null(theirs);
		assert_memory_equal(ours->pair, theirs->pair, 32);
		assert_memory_equal(ours->own_public, public, 32);
		assert_ptr_equal(ours, lg_key_cache_pair(cache, secret, peer_public[i % 200]));
	}
	assert_null(lg_key_cache_pair(cache, secret, zero));
	assert_null(lg_key_cache_pair(cache, secret, zero));
	lg_key_cache_free(cache);
	lg_key_cache_free(peers);
}

/*
 * Goal: keys that come and go in any order are found as long as they are here, and no longer.
 * Method: 200,000 random puts and drops of persons beside a plain list, the seed printed; where the
 * list says that a key is here it is looked for, and now and then all are.
 */
static void keys_that_come_and_go_are_found_while_they_are_here(void **unused)
{
	static bool is_here[6000];
	struct lg_key_cache *cache = lg_key_cache_new();
	struct lg_random random;
	uint64_t seed;
	uint32_t count = 0;

	(void)unused;
	randombytes_buf(&seed, sizeof seed);
	print_message("seed %llu\n", (unsigned long long)seed);
	lg_random_seed(&random, seed);
	for (int step = 0; step < 200000; step++) {
		uint32_t n = (uint32_t)lg_random_below(&random, 6000);

		if (lg_random_one_in(&random, 6)) {
			lg_key_cache_drop(cache, nth_id(n / 4, 2));
			for (uint32_t of = n / 4 * 4; of < n / 4 * 4 + 4; of++) {
				count -= is_here[of];
				is_here[of] = false;
			}
		} else {
			put(cache, n, NOON);
			count += !is_here[n];
			is_here[n] = true;
		}
		assert_int_equal(has(cache, n), is_here[n]);
		assert_int_equal(lg_key_cache_count(cache), count);
		for (uint32_t each = 0; step % 20000 == 0 && each < 6000; each++)
			assert_int_equal(has(cache, each), is_here[each]);
	}
	lg_key_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_found_for_its_subject_and_class),
		cmocka_unit_test(the_least_recently_used_go_first),
		cmocka_unit_test(keys_that_come_and_go_are_found_while_they_are_here),
		cmocka_unit_test(a_key_stays_ten_minutes_at_most),
		cmocka_unit_test(a_dropped_person_and_a_lock_leave_nothing),
		cmocka_unit_test(both_ends_of_a_pair_have_one_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
