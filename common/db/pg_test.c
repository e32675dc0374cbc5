#include "common/db/pg.h"

#include "common/db/site_for_tests.h"

/*
 * Goal: two units can be under way.  Method: queue many before the loop turns once.
 */
static void units_are_answered_in_order_without_waiting(void **state)
{
	struct site *site = site_ready(state);

	for (int n = 0; n < 50; n++)
		unit_put(site, n, "good");
	assert_true(test_run_until(&site->loop, all_answered, site));
	for (int n = 0; n < 50; n++)
		assert_true(site->units[n].is_committed);
	assert_int_equal(rows_of(site), 50);
	assert_int_equal(lg_pg_counts(site->pg).sent, 50 * 3);
	site_free(site);
}

/*
 * Goal: what was decided on the strength of a failed transaction is not stored.  Method:
 * queue two more behind one that fails, all before the first answer.
 */
static void successor_of_a_failed_transaction_does_not_commit(void **state)
{
	struct site *site = site_ready(state);
	struct unit *first = unit_put(site, 1, "bad");
	struct unit *second = unit_put(site, 2, "good");
	struct unit *third = unit_put(site, 3, "good");

	assert_true(test_run_until(&site->loop, all_answered, site));
	assert_true(first->is_failed);
	assert_string_equal(first->sqlstate, "23514");
	assert_true(second->is_failed);
	assert_true(third->is_failed);
	assert_int_equal(rows_of(site), 0);

	struct unit *fourth = unit_put(site, 4, "good");
	assert_true(test_run_until(&site->loop, all_answered, site));
	assert_true(fourth->is_committed);
	assert_int_equal(rows_of(site), 1);
	site_free(site);
}

static void on_failed_put_again(void *argument, const PGresult *result)
{
	struct unit *unit = argument;

	if (PQresultStatus(result) == PGRES_FATAL_ERROR)
		unit_put(unit->site, 5, "again");
}

/*
 * Goal: who hears of a failure may queue at once.  Method: queue from within the failed
 * answer, while another unit is still behind the failed one.
 */
static void what_is_queued_from_a_failed_answer_commits(void **state)
{
	struct site *site = site_ready(state);
	struct unit *first = unit_begin(site);
	const struct lg_value values[] = { lg_v_int(1), lg_v_text("bad") };

	lg_pg_send(site->pg, &statements[PUT],
		lg_params_make(site->arena, &statements[PUT], values), on_failed_put_again, first);
	unit_end(first);
	struct unit *second = unit_put(site, 2, "good");

	assert_true(test_run_until(&site->loop, all_answered, site));
	assert_int_equal(site->wanted, 3);
	assert_true(first->is_failed);
	assert_true(second->is_failed);
	assert_true(site->units[2].is_committed);
	assert_int_equal(rows_of(site), 1);
	site_free(site);
}

/*
 * Goal: a COMMIT that is answered ROLLBACK (with status OK) does not count.  Method: libpq
 * itself, a failed block ended by COMMIT; and a good one beside it.
 */
static void commit_of_a_failed_transaction_is_not_committed(void **state)
{
	char conninfo[4 * TEST_TEXT_MAX];
	PGconn *conn = PQconnectdb(test_conninfo(*state, "lg_intake", conninfo));

	PQclear(PQexec(conn, "BEGIN"));
	PQclear(PQexec(conn, "SELECT 1 / 0"));
	PGresult *failed = PQexec(conn, "COMMIT");
	PQclear(PQexec(conn, "BEGIN"));
	PGresult *good = PQexec(conn, "COMMIT");

	assert_int_equal(PQresultStatus(failed), PGRES_COMMAND_OK);
	assert_false(lg_pg_is_committed(failed));
	assert_true(lg_pg_is_committed(good));
	assert_false(lg_pg_is_committed(NULL));
	PQclear(failed);
	PQclear(good);
	PQfinish(conn);
}

static void on_leaky(void *argument, const PGresult *result)
{
	struct site *site = argument;

	assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
	assert_null(strstr(PQresultErrorMessage(result), "bad"));
	assert_null(strstr(PQresultErrorMessage(result), "Failing"));
	assert_string_equal(lg_pg_sqlstate(result), "23514");
	site->echoed++;
}

static void on_site_sync(void *argument, const PGresult *result)
{
	struct site *site = argument;

	site->answered++;
	site->nulls += result == NULL;
}

/*
 * Goal: an error's text quotes no value.  Method: a row that breaks a check; what libpq would
 * say of it names the SQLSTATE, and the constraint can still be asked for.
 */
static void an_error_names_no_value(void **state)
{
	struct site *site = site_ready(state);
	const struct lg_value values[] = { lg_v_int(1), lg_v_text("bad") };

	lg_pg_send(site->pg, &statements[PUT],
		lg_params_make(site->arena, &statements[PUT], values), on_leaky, site);
	lg_pg_sync(site->pg, on_site_sync, site);
	site->wanted = 1;
	assert_true(test_run_until(&site->loop, all_answered, site));
	assert_int_equal(site->echoed, 1);
	site_free(site);
}

static void on_echo(void *argument, const PGresult *result)
{
	struct site *site = argument;

	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	assert_true(lg_bytes_equal(lg_field_bytes(result, 0, 0), site->echo));
	site->echoed++;
}

/*
 * Goal: both ends may be full at once and nothing stalls.  Method: 32 MiB out and back in
 * one pipeline, far above what sockets hold.
 */
static void more_than_the_socket_holds_flows_both_ways(void **state)
{
	struct site *site = site_ready(state);
	size_t size = (size_t)1 << 20;
	uint8_t *big = lg_alloc(site->arena, size);

	for (size_t n = 0; n < size; n++)
		big[n] = (uint8_t)(n * 31 + n / 251);
	site->echo = lg_bytes(big, size);
	struct lg_params *params = lg_params_make(site->arena, &statements[ECHO_BYTES],
		(const struct lg_value[]){ lg_v_bytes(site->echo) });
	site->wanted = 32;
	for (int n = 0; n < site->wanted; n++) {
		lg_pg_send(site->pg, &statements[ECHO_BYTES], params, on_echo, site);
		lg_pg_sync(site->pg, on_site_sync, site);
	}
	assert_true(test_run_until(&site->loop, all_answered, site));
	assert_int_equal(site->echoed, 32);
	site_free(site);
}

static void on_rows(void *argument, const PGresult *result)
{
	struct site *site = argument;

	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	assert_int_equal(PQntuples(result), 100);
	for (int n = 0; n < 100; n++) {
		assert_int_equal(lg_field_int(result, n, 0), n - 50);
		assert_int_equal(lg_field_int(result, n, 1), -n);
		assert_int_equal(lg_field_int(result, n, 2), (int64_t)n << 40);
		assert_int_equal(lg_field_int(result, n, 3), n % 2);
		assert_int_equal(lg_field_bytes(result, n, 4).size, n % 3);
		assert_int_equal(lg_field_is_null(result, n, 5), n % 4 == 0);
		if (n % 4 != 0)
			assert_string_equal(lg_field_text(result, n, 5), "नमस्ते");
	}
	lg_pg_keep(site->pg, site->arena);
	site->echoed++;
}

/*
 * Goal: the arrays mean to the server what they mean to us.  Method: rows of every type out
 * and back, NULLs and empty values within; the result is kept beyond the answer.
 */
static void every_type_comes_back_as_it_went(void **state)
{
	struct site *site = site_ready(state);
	struct lg_rows *rows = lg_rows_new(site->arena, &statements[ECHO_ROWS]);

	for (int n = 0; n < 100; n++)
		lg_rows_add(rows, (const struct lg_value[]){
					  lg_v_int(n - 50),
					  lg_v_int(-n),
					  lg_v_int((int64_t)n << 40),
					  lg_v_int(n % 2),
					  lg_v_bytes(lg_bytes("\0\1", (size_t)n % 3)),
					  n % 4 == 0 ? lg_v_null() : lg_v_text("नमस्ते"),
				  });
	lg_pg_send(site->pg, &statements[ECHO_ROWS], lg_rows_params(rows), on_rows, site);
	lg_pg_sync(site->pg, on_site_sync, site);
	site->wanted = 1;
	assert_true(test_run_until(&site->loop, all_answered, site));
	assert_int_equal(site->echoed, 1);
	site_free(site);
}

/*
 * Goal: closing answers what is owed.  Method: free with units under way.
 */
static void closing_answers_what_is_owed(void **state)
{
	struct site *site = site_ready(state);

	for (int n = 0; n < 5; n++)
		unit_put(site, n, "good");
	lg_pg_free(site->pg);
	assert_int_equal(site->answered, 5);
	assert_int_equal(site->nulls, 5);
	assert_int_equal(site->lost, 0);
	uv_run(&site->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&site->loop), 0);
	lg_arena_free(site->arena);
	free(site);
}

static void on_sync_free(void *argument, const PGresult *result)
{
	struct site *site = argument;

	site->answered++;
	if (result != NULL)
		lg_pg_free(site->pg);
}

/*
 * Goal: an answer may close the connection.  Method: do so in the first of three.
 */
static void an_answer_may_close_the_connection(void **state)
{
	struct site *site = site_ready(state);

	for (int n = 0; n < 3; n++)
		lg_pg_sync(site->pg, on_sync_free, site);
	site->wanted = 3;
	assert_true(test_run_until(&site->loop, all_answered, site));
	uv_run(&site->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&site->loop), 0);
	lg_arena_free(site->arena);
	free(site);
}

/*
 * Goal: only what may pass is tried again.  Method: codes of both kinds.
 */
static void transient_states_are_those_that_may_pass(void **state)
{
	(void)state;
	const char *const passing[] = { "40001", "40P01", "08006", "53300", "57P01", "57P03",
		"25P02", "58030", "55P03" };
	const char *const staying[] = { "23505", "22P02", "42P01", "LG001", "", "25P01" };

	for (size_t n = 0; n < sizeof(passing) / sizeof(passing[0]); n++)
		assert_true(lg_pg_is_transient(passing[n]));
	for (size_t n = 0; n < sizeof(staying) / sizeof(staying[0]); n++)
		assert_false(lg_pg_is_transient(staying[n]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_are_answered_in_order_without_waiting),
		cmocka_unit_test(successor_of_a_failed_transaction_does_not_commit),
		cmocka_unit_test(what_is_queued_from_a_failed_answer_commits),
		cmocka_unit_test(commit_of_a_failed_transaction_is_not_committed),
		cmocka_unit_test(an_error_names_no_value),
		cmocka_unit_test(more_than_the_socket_holds_flows_both_ways),
		cmocka_unit_test(every_type_comes_back_as_it_went),
		cmocka_unit_test(closing_answers_what_is_owed),
		cmocka_unit_test(an_answer_may_close_the_connection),
		cmocka_unit_test(transient_states_are_those_that_may_pass),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}
