/* Partitions: the hash by its vectors, shares, and instances that come to rest. */
#include "common/stream/partition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/random.h"

/*
 * Goal: number and hash never change, between versions and between machines.  Method: vectors
 * that were computed by another program (FNV-1a checked there with "foobar").
 */
static void vectors_of_the_contract_hold(void **unused)
{
	static const struct {
		const char *key;
		uint8_t partition;
	} vectors[] = {
		{ "00000000000000000000000000000000", 8 },
		{ "ffffffffffffffffffffffffffffffff", 13 },
		{ "000102030405060708090a0b0c0d0e0f", 7 },
		{ "0001018f3c5e2a10deadbeef00c0ffee", 11 },
		{ "0002018f3c5e2a10deadbeef00c0ffee", 6 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		struct lg_id key = { 0 };

		assert_true(lg_is_done(lg_id_parse(vectors[i].key, &key)));
		assert_int_equal(lg_partition_of(key), vectors[i].partition);
	}
}

/*
 * Goal: the work is spread.  Method: ids as the product makes them, one site, one second;
 * each partition gets its sixteenth, a fifth more or less.
 */
static void ids_of_one_site_spread_evenly(void **unused)
{
	uint32_t hits[LG_PARTITIONS] = { 0 };
	const uint32_t keys = 16000;
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 1);
	for (uint32_t i = 0; i < keys; i++)
		hits[lg_partition_of(lg_id_make(1, 1399788900000, lg_random_next(&random)))]++;
	for (int p = 0; p < LG_PARTITIONS; p++)
		assert_in_range(hits[p], keys / 16 * 4 / 5, keys / 16 * 6 / 5);
}

/* Goal: shares add up to all.  Method: every number of members, by the formula's meaning. */
static void shares_cover_all_partitions(void **unused)
{
	(void)unused;
	assert_int_equal(lg_partition_share(1), 16);
	assert_int_equal(lg_partition_share(3), 6);
	assert_int_equal(lg_partition_share(16), 1);
	assert_int_equal(lg_partition_share(UINT32_MAX), 1);
	for (uint32_t members = 1; members <= 40; members++) {
		uint32_t share = lg_partition_share(members);

		assert_true(share * members >= LG_PARTITIONS);
		assert_true((share - 1) * members < LG_PARTITIONS);
	}
}

/* Goal: who has more gives one back and takes none.  Method: all, and one above the share. */
static void one_is_given_back_at_a_time(void **unused)
{
	uint8_t give = 0;

	(void)unused;
	assert_int_equal(lg_partition_wish(2, 0xffff, 0, 0, &give), 0);
	assert_int_equal(give, 15);
	assert_int_equal(lg_partition_wish(2, 0x01ff, 0xfe00, 0, &give), 0);
	assert_int_equal(give, 8);
	assert_int_equal(lg_partition_wish(2, 0x00ff, 0xff00, 0, &give), 0);
	assert_int_equal(give, LG_PARTITIONS);
}

/* Goal: nobody takes above his share, nor what he just gave.  Method: few free, many free. */
static void free_ones_are_taken_up_to_the_share(void **unused)
{
	uint8_t give = 0;

	(void)unused;
	assert_int_equal(lg_partition_wish(1, 0, 0xffff, 0, &give), 0xffff);
	assert_int_equal(lg_partition_wish(4, 0x0003, 0xfff0, 0, &give), 0x0030);
	assert_int_equal(lg_partition_wish(4, 0x0003, 0xfff0, 0x0020, &give), 0x0050);
	assert_int_equal(lg_partition_wish(4, 0x0003, 0x0000, 0, &give), 0);
	assert_int_equal(give, LG_PARTITIONS);
}

/*
 * Goal: instances come to rest, with every partition owned, in whatever order they act.
 * Method: seeds; members come and go, each acts at random times; what somebody gave away stays
 * his "recent" for as long as the others need to act.
 */
static void instances_come_to_rest(void **unused)
{
	(void)unused;
	for (uint64_t seed = 0; seed < 200; seed++) {
		uint16_t owned[20] = { 0xffff }, recently[20] = { 0 }, all = 0;
		struct lg_random random;
		uint32_t members;

		lg_random_seed(&random, seed);
		members = 1 + (uint32_t)lg_random_below(&random, 20);
		for (int turn = 0; turn < 3000; turn++) {
			uint32_t who = (uint32_t)lg_random_below(&random, members);
			uint16_t taken = 0;
			uint8_t give = 0;

			for (uint32_t i = 0; i < members; i++)
				taken |= owned[i];
			if (lg_random_one_in(&random, 20))
				recently[who] = 0;
			owned[who] |= lg_partition_wish(
				members, owned[who], (uint16_t)~taken, recently[who], &give);
			if (give < LG_PARTITIONS) {
				owned[who] &= (uint16_t) ~(1u << give);
				recently[who] |= (uint16_t)(1u << give);
			}
		}
		for (uint32_t i = 0; i < members; i++) {
			assert_int_equal(all & owned[i], 0);
			all |= owned[i];
			assert_true((uint32_t)__builtin_popcount(owned[i]) <=
				    lg_partition_share(members));
		}
		assert_int_equal(all, 0xffff);
	}
}

/* Goal: every partition has a key of its own.  Method: all of them. */
static void each_partition_has_a_key(void **unused)
{
	(void)unused;
	for (uint8_t partition = 0; partition < LG_PARTITIONS; partition++)
		assert_int_equal(lg_partition_of(lg_partition_key(partition)), partition);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_partition_has_a_key),
		cmocka_unit_test(vectors_of_the_contract_hold),
		cmocka_unit_test(ids_of_one_site_spread_evenly),
		cmocka_unit_test(shares_cover_all_partitions),
		cmocka_unit_test(one_is_given_back_at_a_time),
		cmocka_unit_test(free_ones_are_taken_up_to_the_share),
		cmocka_unit_test(instances_come_to_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
