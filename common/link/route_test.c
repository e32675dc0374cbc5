#include "common/link/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/random.h"

static struct lg_route sample(void)
{
	return (struct lg_route){
		.version = 1,
		.kind = LG_ROUTE_DELIVER,
		.to_site = 0x0102,
		.to_service = 3,
		.to_partition = 15,
		.from_site = 0x0405,
		.from_service = 6,
		.from_partition = 15,
		.lane = 1,
		.destination = 0x0708,
		.to = 0x1112131415161718,
		.from = 0x2122232425262728,
	};
}

static bool reads(const uint8_t *bytes, size_t size)
{
	struct lg_route route;

	return lg_is_done(lg_route_read(lg_bytes(bytes, size), &route));
}

/* Goal: the bytes are the contract.  Method: compare with bytes written by hand. */
static void a_route_is_these_32_bytes(void **unused)
{
	const uint8_t expected[LG_ROUTE_SIZE] = { 1, 3, 2, 1, 3, 15, 5, 4, 6, 15, 1, 0, 8, 7, 0, 0,
		0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0x28, 0x27, 0x26, 0x25, 0x24, 0x23,
		0x22, 0x21 };
	struct lg_route route = sample();
	uint8_t bytes[LG_ROUTE_SIZE];

	(void)unused;
	lg_route_write(&route, bytes);
	assert_memory_equal(bytes, expected, sizeof bytes);
}

/* Goal: nothing is lost on the way.  Method: write what was read; the bytes are the same. */
static void what_was_written_is_read(void **unused)
{
	struct lg_route route = sample(), again;
	uint8_t bytes[LG_ROUTE_SIZE], bytes_again[LG_ROUTE_SIZE];

	(void)unused;
	lg_route_write(&route, bytes);
	assert_true(lg_is_done(lg_route_read(lg_bytes(bytes, sizeof bytes), &again)));
	assert_int_equal(again.to, route.to);
	assert_int_equal(again.from, route.from);
	assert_int_equal(again.destination, route.destination);
	lg_route_write(&again, bytes_again);
	assert_memory_equal(bytes, bytes_again, sizeof bytes);
}

/* Goal: every bound has two sides.  Method: one byte is changed to stand on each of them. */
static void a_field_out_of_its_range_is_refused(void **unused)
{
	/* clang-format off */
	static const struct {
		unsigned at;
		uint8_t value;
		bool good;
	} rows[] = {
		{ 0, 0, false }, { 0, 1, true }, { 0, 2, false },
		{ 1, 0, false }, { 1, LG_ROUTE_CLAIM, true },
		{ 1, LG_ROUTE_KIND_COUNT - 1, true }, { 1, LG_ROUTE_KIND_COUNT, false },
		{ 5, 0, true }, { 5, 15, true }, { 5, 16, false }, { 5, 254, false },
		{ 5, LG_TO_ANY_OWNER, true },
		{ 9, 0, true }, { 9, 15, true }, { 9, 16, false }, { 9, 255, false },
		{ 10, 0, true }, { 10, 1, true }, { 10, 2, false },
		{ 11, 1, false }, { 14, 1, false }, { 15, 1, false },
	};
	/* clang-format on */

	(void)unused;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct lg_route route = sample();
		uint8_t bytes[LG_ROUTE_SIZE];

		lg_route_write(&route, bytes);
		bytes[rows[i].at] = rows[i].value;
		assert_int_equal(reads(bytes, sizeof bytes), rows[i].good);
	}
}

/* Goal: size is looked at first.  Method: one byte less, one more, none. */
static void another_size_is_refused(void **unused)
{
	struct lg_route route = sample();
	uint8_t bytes[LG_ROUTE_SIZE + 1] = { 0 };

	(void)unused;
	lg_route_write(&route, bytes);
	assert_true(reads(bytes, LG_ROUTE_SIZE));
	assert_false(reads(bytes, LG_ROUTE_SIZE - 1));
	assert_false(reads(bytes, LG_ROUTE_SIZE + 1));
	assert_false(reads(NULL, 0));
}

/*
 * Goal: what is accepted means one thing only.  Method: random bytes; whatever is read writes
 * the same bytes again.
 */
static void random_bytes_are_refused_or_kept_whole(void **unused)
{
	struct lg_random random;
	uint32_t accepted = 0;

	(void)unused;
	lg_random_seed(&random, 20140511);
	for (uint32_t i = 0; i < 20000; i++) {
		uint8_t bytes[LG_ROUTE_SIZE], again[LG_ROUTE_SIZE];
		struct lg_route route = sample();

		lg_route_write(&route, bytes);
		for (uint32_t k = 0; k < 4; k++)
			bytes[lg_random_below(&random, LG_ROUTE_SIZE)] =
				(uint8_t)lg_random_next(&random);
		if (!lg_is_done(lg_route_read(lg_bytes(bytes, sizeof bytes), &route)))
			continue;
		lg_route_write(&route, again);
		assert_memory_equal(bytes, again, sizeof bytes);
		accepted++;
	}
	assert_in_range(accepted, 1, 19999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_route_is_these_32_bytes),
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(a_field_out_of_its_range_is_refused),
		cmocka_unit_test(another_size_is_refused),
		cmocka_unit_test(random_bytes_are_refused_or_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
