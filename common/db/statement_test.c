#include "common/db/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct lg_statement every_scalar = {
	.name = "every_scalar",
	.sql = "SELECT $1, $2, $3, $4, $5, $6",
	.param_count = 6,
	.params = { LG_SQL_INT2, LG_SQL_INT4, LG_SQL_INT8, LG_SQL_BOOL, LG_SQL_BYTEA, LG_SQL_TEXT },
};

static const struct lg_statement two_scalars = {
	.name = "two_scalars",
	.sql = "INSERT INTO t VALUES ($1, $2)",
	.param_count = 2,
	.params = { LG_SQL_INT4, LG_SQL_TEXT },
};

static const struct lg_statement two_columns = {
	.name = "two_columns",
	.sql = "INSERT INTO t SELECT unnest($1), unnest($2)",
	.param_count = 2,
	.params = { LG_SQL_INT4S, LG_SQL_TEXTS },
	.one = &two_scalars,
};

static int setup(void **state)
{
	*state = lg_arena_new();
	return 0;
}

static int teardown(void **state)
{
	lg_arena_free(*state);
	return 0;
}

/*
 * Goal: a value reaches the server as the type that was declared.  Method: the bytes that
 * PostgreSQL's binary format asks for, written by hand, with the signs and edges of each type.
 */
static void scalars_are_big_endian_and_typed(void **state)
{
	const struct lg_value values[] = { lg_v_int(INT16_MIN), lg_v_int(-2), lg_v_int(INT64_MAX),
		lg_v_int(1), lg_v_bytes(lg_bytes("\0\xff", 2)), lg_v_text("ok") };
	const struct lg_params *params = lg_params_make(*state, &every_scalar, values);
	const Oid types[] = { 21, 23, 20, 16, 17, 25 };
	const char *const bytes[] = { "\x80\x00", "\xff\xff\xff\xfe",
		"\x7f\xff\xff\xff\xff\xff\xff\xff", "\x01", "\0\xff", "ok" };
	const int lengths[] = { 2, 4, 8, 1, 2, 2 };

	assert_int_equal(params->count, 6);
	for (int n = 0; n < 6; n++) {
		assert_int_equal(params->types[n], types[n]);
		assert_int_equal(params->formats[n], 1);
		assert_int_equal(params->lengths[n], lengths[n]);
		assert_memory_equal(params->values[n], bytes[n], (size_t)lengths[n]);
	}
}

/*
 * Goal: nothing and empty are two values.  Method: libpq takes a NULL pointer as SQL's NULL,
 * so an empty value must come with a pointer.
 */
static void an_empty_value_is_not_null(void **state)
{
	struct lg_value values[] = { lg_v_null(), lg_v_null(), lg_v_null(), lg_v_null(),
		lg_v_bytes(lg_bytes(NULL, 0)), lg_v_null() };
	const struct lg_params *params = lg_params_make(*state, &every_scalar, values);

	assert_non_null(params->values[4]);
	assert_int_equal(params->lengths[4], 0);
	for (int n = 0; n < 6; n++) {
		if (n != 4)
			assert_null(params->values[n]);
	}
}

/*
 * Goal: a row that is alone travels as scalars.  Method: put it twice under one key, the last counts;
 * what comes out is what its values make by themselves.
 */
static void a_single_row_becomes_scalars(void **state)
{
	struct lg_rows *rows = lg_rows_new(*state, &two_columns);
	const struct lg_value first[] = { lg_v_int(6), lg_v_text("six") };
	const struct lg_value last[] = { lg_v_int(7), lg_v_null() };
	const struct lg_params *params;

	lg_rows_put(rows, lg_bytes("k", 1), first);
	lg_rows_put(rows, lg_bytes("k", 1), last);
	params = lg_rows_one_params(rows);
	assert_int_equal(params->count, 2);
	assert_int_equal(params->types[0], 23);
	assert_int_equal(params->lengths[0], 4);
	assert_memory_equal(params->values[0], "\0\0\0\7", 4);
	assert_int_equal(params->types[1], 25);
	assert_null(params->values[1]);
}

/*
 * Goal: a column of a batch is one array.  Method: the array's bytes by hand, a NULL within.
 */
static void rows_become_one_array_per_column(void **state)
{
	struct lg_rows *rows = lg_rows_new(*state, &two_columns);
	static const char numbers[] = "\0\0\0\1"
				      "\0\0\0\0"
				      "\0\0\0\x17"
				      "\0\0\0\2"
				      "\0\0\0\1"
				      "\0\0\0\4\0\0\0\7"
				      "\0\0\0\4\xff\xff\xff\xff";
	static const char texts[] = "\0\0\0\1"
				    "\0\0\0\1"
				    "\0\0\0\x19"
				    "\0\0\0\2"
				    "\0\0\0\1"
				    "\0\0\0\2hi"
				    "\xff\xff\xff\xff";

	lg_rows_add(rows, (const struct lg_value[]){ lg_v_int(7), lg_v_text("hi") });
	lg_rows_add(rows, (const struct lg_value[]){ lg_v_int(-1), lg_v_null() });
	const struct lg_params *params = lg_rows_params(rows);

	assert_int_equal(lg_rows_count(rows), 2);
	assert_ptr_equal(lg_rows_statement(rows), &two_columns);
	assert_int_equal(params->types[0], 1007);
	assert_int_equal(params->types[1], 1009);
	assert_int_equal(params->lengths[0], sizeof(numbers) - 1);
	assert_memory_equal(params->values[0], numbers, sizeof(numbers) - 1);
	assert_int_equal(params->lengths[1], sizeof(texts) - 1);
	assert_memory_equal(params->values[1], texts, sizeof(texts) - 1);
}

/* The number-th element of an array of int4 without NULLs. */
static uint32_t element(const struct lg_params *params, uint32_t number)
{
	const uint8_t *at = (const uint8_t *)params->values[0] + 20 + (size_t)number * 8 + 4;

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/*
 * Goal: two writes of one row in a batch are one, and the last one counts.  Method: many keys,
 * enough for the table of keys and the pieces of rows to grow several times, each put twice.
 */
static void the_last_write_of_a_key_wins(void **state)
{
	const uint32_t count = 5000;
	struct lg_rows *rows = lg_rows_new(*state, &two_columns);

	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t n = 0; n < count; n++)
			lg_rows_put(rows, lg_bytes(&n, sizeof(n)),
				(const struct lg_value[]){
					lg_v_int(n + round * count), lg_v_text("x") });
	}
	assert_int_equal(lg_rows_count(rows), count);
	const struct lg_params *params = lg_rows_params(rows);
	for (uint32_t n = 0; n < count; n++)
		assert_int_equal(element(params, n), n + count);
}

/*
 * Goal: the caller's memory is free at once.  Method: overwrite it before the arrays are made.
 */
static void rows_keep_their_own_copy(void **state)
{
	struct lg_rows *rows = lg_rows_new(*state, &two_columns);
	char key[] = "key", word[] = "word";

	lg_rows_put(rows, lg_bytes(key, 3),
		(const struct lg_value[]){ lg_v_int(1), lg_v_bytes(lg_bytes(word, 4)) });
	memset(key, 'z', 3);
	memset(word, 'z', 4);
	lg_rows_put(rows, lg_bytes("key", 3),
		(const struct lg_value[]){ lg_v_int(2), lg_v_text("last") });
	assert_int_equal(lg_rows_count(rows), 1);
	assert_memory_equal(lg_rows_params(rows)->values[1] + 24, "last", 4);
}

/*
 * Goal: rows of one key become one, whose numbers are their sum.  Method: keys of a number and a text
 * that differ in one of them alone, or in where one ends and the other begins, each told three times.
 */
static void numbers_of_one_key_are_summed(void **state)
{
	static const struct lg_statement totals = {
		.param_count = 3,
		.params = { LG_SQL_TEXTS, LG_SQL_TEXTS, LG_SQL_INT8S },
	};
	static const char *const keys[][2] = {
		{ "ab", "c" },
		{ "a", "bc" },
		{ "", "abc" },
		{ "ab", "d" },
		{ "ab", "" },
	};
	struct lg_rows *rows = lg_rows_new(*state, &totals);

	for (int round = 1; round <= 3; round++)
		for (int n = 0; n < 5; n++)
			lg_rows_sum(rows, 2,
				(const struct lg_value[]){ lg_v_text(keys[n][0]),
					lg_v_text(keys[n][1]), lg_v_int(round * (n - 2)) });
	assert_int_equal(lg_rows_count(rows), 5);
	const struct lg_params *params = lg_rows_params(rows);
	for (int n = 0; n < 5; n++) { /* the last byte of each eight */
		int8_t sum = (int8_t)params->values[2][20 + n * 12 + 11];

		assert_int_equal(sum, 6 * (n - 2));
	}
}

/*
 * Goal: an array of nothing is still an array.  Method: its header, dimension of length 0.
 */
static void no_rows_are_an_empty_array(void **state)
{
	const struct lg_params *params = lg_rows_params(lg_rows_new(*state, &two_columns));

	assert_int_equal(params->lengths[0], 20);
	assert_memory_equal(params->values[0] + 12, "\0\0\0\0", 4);
}

/* A result of one row and one column, as the server would send it. */
static PGresult *result_of(Oid type, const char *bytes, int length)
{
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc column = { .name = (char[]){ "c" }, .format = 1, .typid = type };

	assert_true(PQsetResultAttrs(result, 1, &column));
	assert_true(PQsetvalue(result, 0, 0, (char *)(uintptr_t)bytes, length));
	return result;
}

static int64_t int_of(Oid type, const char *bytes, int length)
{
	PGresult *result = result_of(type, bytes, length);
	int64_t value = lg_field_int(result, 0, 0);

	PQclear(result);
	return value;
}

/*
 * Goal: what the server sends is read with its sign.  Method: results made by libpq.
 */
static void fields_are_read_by_their_type(void **state)
{
	(void)state;

	assert_int_equal(int_of(21, "\xff\xfe", 2), -2);
	assert_int_equal(int_of(23, "\x7f\xff\xff\xff", 4), INT32_MAX);
	assert_int_equal(int_of(20, "\x80\0\0\0\0\0\0\0", 8), INT64_MIN);
	assert_int_equal(int_of(16, "\1", 1), 1);
	assert_int_equal(int_of(16, "\0", 1), 0);
	assert_int_equal(int_of(20, NULL, -1), 0);
}

/*
 * Goal: an id from the database is 16 bytes or none.  Method: 16, 15 and no bytes.
 */
static void an_id_of_a_wrong_length_is_zero(void **state)
{
	(void)state;
	PGresult *good = result_of(17, "0123456789abcdef", 16);
	PGresult *bad = result_of(17, "0123456789abcde", 15);
	PGresult *none = result_of(17, NULL, -1);

	assert_memory_equal(lg_field_id(good, 0, 0).byte, "0123456789abcdef", 16);
	assert_true(lg_id_is_zero(lg_field_id(bad, 0, 0)));
	assert_true(lg_id_is_zero(lg_field_id(none, 0, 0)));
	assert_true(lg_field_is_null(none, 0, 0));
	PQclear(good);
	PQclear(bad);
	PQclear(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(scalars_are_big_endian_and_typed, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_value_is_not_null, setup, teardown),
		cmocka_unit_test_setup_teardown(a_single_row_becomes_scalars, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_become_one_array_per_column, setup, teardown),
		cmocka_unit_test_setup_teardown(the_last_write_of_a_key_wins, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_keep_their_own_copy, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_of_one_key_are_summed, setup, teardown),
		cmocka_unit_test_setup_teardown(no_rows_are_an_empty_array, setup, teardown),
		cmocka_unit_test(fields_are_read_by_their_type),
		cmocka_unit_test(an_id_of_a_wrong_length_is_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
