/* Ids: their parts come back, they sort by time, and only 32 digits are one. */
#include "common/base/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Goal: site and time can be read from an id.  Method: the ends of both ranges, all random bits. */
static void parts_come_back(void **unused)
{
	const uint16_t sites[] = { 0, 1, 0x1234, UINT16_MAX };
	const lg_ms times[] = { 0, 1, 1399788900000, ((lg_ms)1 << 48) - 1 };

	(void)unused;
	for (size_t s = 0; s < 4; s++) {
		for (size_t t = 0; t < 4; t++) {
			struct lg_id id = lg_id_make(sites[s], times[t], UINT64_MAX);

			assert_int_equal(lg_id_site(id), sites[s]);
			assert_int_equal(lg_id_made_at(id), times[t]);
		}
	}
}

/* Goal: the bytes are the contract.  Method: one id, written out by hand. */
static void bytes_are_big_endian(void **unused)
{
	struct lg_id id = lg_id_make(0x0102, 0x030405060708, 0x090a0b0c0d0e0f10);
	char text[LG_ID_TEXT];

	(void)unused;
	lg_id_print(id, text);
	assert_string_equal(text, "0102030405060708090a0b0c0d0e0f10");
	assert_memory_equal(lg_id_bytes(&id).data, id.byte, LG_ID_SIZE);
}

/* Goal: ids of one site sort by time.  Method: compare bytes of two neighbours in time, the
 * earlier with the larger random part. */
static void ids_of_one_site_sort_by_time(void **unused)
{
	struct lg_id earlier = lg_id_make(7, 255, UINT64_MAX);
	struct lg_id later = lg_id_make(7, 256, 0);

	(void)unused;
	assert_true(memcmp(earlier.byte, later.byte, LG_ID_SIZE) < 0);
	assert_false(lg_id_equal(earlier, later));
	assert_true(lg_id_equal(earlier, earlier));
}

/* Goal: only the id of 16 zero bytes is zero.  Method: set each bit in turn. */
static void any_bit_makes_an_id_not_zero(void **unused)
{
	(void)unused;
	assert_true(lg_id_is_zero((struct lg_id){ .byte = { 0 } }));
	for (size_t bit = 0; bit < LG_ID_SIZE * 8; bit++) {
		struct lg_id id = { .byte = { 0 } };

		id.byte[bit / 8] = (uint8_t)(1u << bit % 8);
		assert_false(lg_id_is_zero(id));
	}
}

/* Goal: what is printed is parsed, in either case.  Method: there and back. */
static void printed_ids_are_parsed(void **unused)
{
	struct lg_id id, other;
	char text[LG_ID_TEXT];

	(void)unused;
	assert_true(lg_is_done(lg_id_parse("00fe9C8d7e6f5a4b3c2d1e0ffFEDCBa9", &id)));
	lg_id_print(id, text);
	assert_string_equal(text, "00fe9c8d7e6f5a4b3c2d1e0fffedcba9");
	assert_true(lg_is_done(lg_id_parse(text, &other)));
	assert_true(lg_id_equal(id, other));
}

/* Goal: nothing but 32 digits is an id, and the result stays untouched.  Method: one digit less,
 * one more, neighbours of the digits in ASCII. */
static void anything_else_is_refused(void **unused)
{
	static const char *const bad[] = {
		"",
		"00112233445566778899aabbccddeef",
		"00112233445566778899aabbccddeeff0",
		"00112233445566778899aabbccddeef/",
		":0112233445566778899aabbccddeeff",
		"00112233445566778899aabbccddee@f",
		"00112233445566778899aabbccddeefg",
		"00112233445566778899aabbccddeeGf",
		"0011223344556677-899aabbccddeeff",
		"00112233445566778899aabbccddee`f",
		" 0112233445566778899aabbccddeeff",
	};
	struct lg_id id = lg_id_make(1, 2, 3);

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(lg_id_parse(bad[i], &id).outcome, LG_REFUSED);
	assert_int_equal(
		lg_id_from_bytes(lg_bytes("0123456789abcde", 15), &id).outcome, LG_REFUSED);
	assert_int_equal(
		lg_id_from_bytes(lg_bytes("0123456789abcdef0", 17), &id).outcome, LG_REFUSED);
	assert_int_equal(lg_id_from_bytes(lg_bytes(NULL, 0), &id).outcome, LG_REFUSED);
	assert_true(lg_id_equal(id, lg_id_make(1, 2, 3)));
	assert_true(lg_is_done(lg_id_from_bytes(lg_bytes("0123456789abcdef", 16), &id)));
	assert_int_equal(id.byte[15], 'f');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_come_back),
		cmocka_unit_test(bytes_are_big_endian),
		cmocka_unit_test(ids_of_one_site_sort_by_time),
		cmocka_unit_test(any_bit_makes_an_id_not_zero),
		cmocka_unit_test(printed_ids_are_parsed),
		cmocka_unit_test(anything_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
