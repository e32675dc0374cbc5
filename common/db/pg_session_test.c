#include "common/db/pg_session.h"

#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/db/site_for_tests.h"

static void terminate(struct site *site)
{
	char sql[TEST_TEXT_MAX];

	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d)", lg_pg_backend(site->pg));
	test_admin(site->db, sql);
}

/*
 * Goal: nobody waits for an answer that never comes.  Method: end the server's process while
 * units are under way; each is answered, those unknown with NULL, then lost, then a new
 * connection serves.
 */
static void a_killed_connection_answers_all_and_comes_back(void **state)
{
	struct site *site = site_ready(state);
	int old = lg_pg_backend(site->pg);

	for (int n = 0; n < 20; n++)
		unit_put_slowly(site, n);
	terminate(site);
	assert_true(test_run_until(&site->loop, is_lost, site));
	assert_int_equal(site->answered, 20); /* count_lost spoils it when some came later */
	assert_true(site->nulls > 0);
	assert_int_equal(site->lost, 1);
	assert_true(test_run_until(&site->loop, is_ready, site));
	assert_int_equal(site->ready, 2);
	assert_int_not_equal(lg_pg_backend(site->pg), old);
	assert_int_equal(lg_pg_counts(site->pg).reconnects, 1);

	struct unit *after = unit_put(site, 100, "good");
	assert_true(test_run_until(&site->loop, all_answered, site));
	assert_true(after->is_committed);
	site_free(site);
}

static bool enough_answered(void *user)
{
	struct site *site = user;

	return site->answered >= site->echoed || site->lost > 0;
}

/*
 * Goal: committed means stored, failed means not stored; only NULL leaves it open.  Method:
 * end the connection after the k-th answer, for each k; compare every unit with its row.
 */
static void outcomes_are_true_wherever_the_connection_breaks(void **state)
{
	for (int k = 0; k < 12; k++) {
		struct site *site = site_ready(state);

		for (int n = 0; n < 12; n++) {
			if (n == 8)
				unit_put(site, n, "bad");
			else
				unit_put_slowly(site, n);
		}
		site->echoed = k;
		assert_true(test_run_until(&site->loop, enough_answered, site));
		terminate(site);
		assert_true(test_run_until(&site->loop, is_lost, site));
		assert_int_equal(site->answered, 12);
		for (int n = 0; n < 12; n++) {
			char sql[TEST_TEXT_MAX];

			snprintf(sql, sizeof(sql),
				"SELECT count(*) FROM intake.thing WHERE id = %d", n);
			long stored = test_admin(site->db, sql);
			if (site->units[n].is_committed)
				assert_int_equal(stored, 1);
			if (site->units[n].is_failed)
				assert_int_equal(stored, 0);
		}
		site_free(site);
	}
}

/*
 * Goal: a crash of the server is an outage, not an end.  Method: kill and start it again.
 */
static void a_server_that_crashes_is_found_again(void **state)
{
	struct site *site = site_ready(state);
	char command[2 * TEST_TEXT_MAX];

	struct unit *before = unit_put(site, 1, "good");
	assert_true(test_run_until(&site->loop, all_answered, site));
	assert_true(before->is_committed);
	snprintf(command, sizeof(command), "deploy/postgres.sh kill %s", site->db->dir);
	assert_int_equal(system(command), 0);
	assert_true(test_run_until(&site->loop, is_lost, site));
	assert_int_equal(lg_pg_backend(site->pg), 0);
	snprintf(command, sizeof(command), "deploy/postgres.sh start %s", site->db->dir);
	assert_int_equal(system(command), 0);
	assert_true(test_run_until(&site->loop, is_ready, site));
	assert_int_equal(rows_of(site), 1);
	site_free(site);
}

/*
 * Goal: the end of a connection is noticed also when the server says a last word and dies with bytes
 * of ours unread: the socket then reports an error, at which libuv stops watching it (found by
 * `make faults`, where a service waited for ever).  Method: stop its backend, send, let it quit.
 */
static void bytes_that_nobody_read_do_not_hide_the_end(void **state)
{
	struct site *site = site_ready(state);
	int backend = lg_pg_backend(site->pg);

	assert_int_equal(kill(backend, SIGSTOP), 0);
	for (int n = 0; n < 50; n++)
		unit_put(site, n, "unread");
	for (int n = 0; n < 10; n++)
		uv_run(&site->loop, UV_RUN_NOWAIT);
	assert_int_equal(kill(backend, SIGQUIT), 0);
	assert_int_equal(kill(backend, SIGCONT), 0);
	while (kill(backend, 0) == 0) /* its last word and its end are there at once */
		sched_yield();
	assert_true(test_run_until(&site->loop, all_answered, site));
	assert_int_equal(site->lost, 1);
	assert_true(test_run_until(&site->loop, is_ready, site));
	site_free(site);
}

/*
 * A place where connections are accepted by the kernel and nobody ever answers: a frozen server.  Its
 * host is an abstract name, so that no file is left.
 */
static int silent_host(unsigned number, char ret_host[TEST_TEXT_MAX])
{
	int silent = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int size;

	snprintf(ret_host, TEST_TEXT_MAX, "@lg-silent-%d-%u", (int)getpid(), number);
	size = snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", ret_host);
	assert_in_range(size, 1, sizeof(address.sun_path) - 1);
	address.sun_path[0] = '\0';
	assert_int_equal(
		bind(silent, (struct sockaddr *)&address,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)size)),
		0);
	assert_int_equal(listen(silent, 16), 0);
	return silent;
}

/*
 * Goal: a server that is frozen does not keep us from the one that took its place.  Method: two
 * silent hosts stand before the server in the list; libpq alone would begin with them each time.
 */
static void a_silent_host_is_passed_over(void **state)
{
	char hosts[2][TEST_TEXT_MAX], before[2 * TEST_TEXT_MAX + 3];
	int silent[2];

	for (unsigned n = 0; n < 2; n++)
		silent[n] = silent_host(n, hosts[n]);
	snprintf(before, sizeof(before), "%s,%s,", hosts[0], hosts[1]);
	struct site *site = site_behind(*state, before);

	assert_true(test_run_until(&site->loop, is_ready, site));
	site_free(site);
	close(silent[0]);
	close(silent[1]);
}

/*
 * Goal: a server that may lose commits is not used.  Method: switch synchronous_commit off for
 * the role; no connection becomes ready until it is on again.
 */
static void a_server_without_synchronous_commit_is_refused(void **state)
{
	test_admin(*state, "ALTER ROLE lg_intake SET synchronous_commit = off");
	struct site *site = site_new(*state);

	assert_false(test_run_for(&site->loop, is_ready, site, 500));
	test_admin(*state, "ALTER ROLE lg_intake RESET synchronous_commit");
	assert_true(test_run_until(&site->loop, is_ready, site));
	assert_int_equal(site->lost, 0); /* it was never ready */
	site_free(site);
}

/*
 * Goal: a program never runs on a schema that lacks what it asks for.  Method: rename the
 * table; preparing fails until it is back.
 */
static void a_statement_that_cannot_be_prepared_is_not_ready(void **state)
{
	test_admin(*state, "ALTER TABLE intake.thing RENAME TO kept; CREATE TABLE intake.thing ()");
	struct site *site = site_new(*state);

	assert_false(test_run_for(&site->loop, is_ready, site, 500));
	test_admin(*state, "DROP TABLE intake.thing; ALTER TABLE intake.kept RENAME TO thing");
	assert_true(test_run_until(&site->loop, is_ready, site));
	site_free(site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_connection_answers_all_and_comes_back),
		cmocka_unit_test(outcomes_are_true_wherever_the_connection_breaks),
		cmocka_unit_test(a_server_that_crashes_is_found_again),
		cmocka_unit_test(bytes_that_nobody_read_do_not_hide_the_end),
		cmocka_unit_test(a_silent_host_is_passed_over),
		cmocka_unit_test(a_server_without_synchronous_commit_is_refused),
		cmocka_unit_test(a_statement_that_cannot_be_prepared_is_not_ready),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}
