#include "common/db/migrate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/database.h"

#define FIRST \
	{ \
		.room = "common", .name = "001_a.sql", .sql = "CREATE TABLE a (n integer)" \
	}
#define SECOND \
	{ \
		.room = "intake", .name = "002_b.sql", .sql = "CREATE TABLE b (n integer)" \
	}
#define END \
	{ \
		.name = NULL \
	}

static int setup_group(void **state)
{
	struct test_database *db = test_database_start();

	test_migrate(db, "intake");
	test_migrate(db, "access");
	*state = db;
	return 0;
}

static int teardown_group(void **state)
{
	test_database_end(*state);
	return 0;
}

/* An empty schema "reporting". */
static int setup(void **state)
{
	test_admin(*state, "DROP SCHEMA reporting CASCADE;"
			   "CREATE SCHEMA reporting AUTHORIZATION lg_owner;"
			   "GRANT USAGE ON SCHEMA reporting TO lg_reporting");
	return 0;
}

static struct lg_status migrate(
	void **state, const struct lg_migration *list, const char **ret_problem)
{
	char conninfo[4 * TEST_TEXT_MAX];

	return lg_migrate_with(
		list, test_conninfo(*state, "lg_migrate", conninfo), "reporting", ret_problem);
}

/* The SQLSTATE of a statement as this user; "" when it went well. */
static const char *state_of(
	const struct test_database *db, const char *user, const char *sql, char ret_state[6])
{
	char field[TEST_TEXT_MAX];

	test_query(db, user, sql, ret_state, field);
	return ret_state;
}

#define assert_refused(db, user, sql) \
	do { \
		char state_[6]; \
		assert_string_equal(state_of(db, user, sql, state_), "42501"); \
	} while (0)

#define assert_allowed(db, user, sql) \
	do { \
		char state_[6]; \
		assert_string_equal(state_of(db, user, sql, state_), ""); \
	} while (0)

/*
 * Goal: each file is applied once, those of other rooms never.  Method: migrate twice, the
 * second time with one more; a second application would fail on the table that is there.
 */
static void each_file_is_applied_once(void **state)
{
	const struct lg_migration one[] = { FIRST, SECOND, END };
	const struct lg_migration two[] = { FIRST, SECOND,
		{ .room = "reporting",
			.name = "002_c.sql",
			.sql = "CREATE TABLE c (n integer); INSERT INTO c VALUES (7)" },
		END };
	const char *problem = NULL;

	assert_true(lg_is_done(migrate(state, one, &problem)));
	assert_true(lg_is_done(migrate(state, one, &problem)));
	assert_true(lg_is_done(migrate(state, two, &problem)));
	assert_null(problem);
	assert_int_equal(test_admin(*state, "SELECT n FROM reporting.c"), 7);
	assert_int_equal(test_admin(*state, "SELECT count(*) FROM reporting.migration"), 2);
}

/*
 * Goal: what was applied may not be edited.  Method: the same file with one more space.
 */
static void a_changed_migration_is_refused(void **state)
{
	const struct lg_migration before[] = { FIRST, END };
	const struct lg_migration after[] = {
		{ .room = "common", .name = "001_a.sql", .sql = "CREATE TABLE a (n  integer)" }, END
	};
	const char *problem = NULL;

	assert_true(lg_is_done(migrate(state, before, &problem)));
	assert_int_equal(migrate(state, after, &problem).outcome, LG_REFUSED);
	assert_non_null(strstr(problem, "edited"));
}

/*
 * Goal: an old program does not run on a newer schema.  Method: take a file away again.
 */
static void a_newer_schema_is_refused(void **state)
{
	const struct lg_migration newer[] = { FIRST,
		{ .room = "reporting", .name = "009.sql", .sql = "CREATE TABLE z (n integer)" },
		END };
	const struct lg_migration older[] = { FIRST, END };
	const char *problem = NULL;

	assert_true(lg_is_done(migrate(state, newer, &problem)));
	assert_int_equal(migrate(state, older, &problem).outcome, LG_REFUSED);
	assert_non_null(strstr(problem, "newer"));
}

/*
 * Goal: a file is applied whole or not at all.  Method: its second statement fails; then it
 * is put right, which is allowed because it was never applied.
 */
static void a_file_that_fails_leaves_nothing(void **state)
{
	const struct lg_migration bad[] = {
		{ .room = "common",
			.name = "001.sql",
			.sql = "CREATE TABLE d (n integer); SELECT 1 / 0" },
		END
	};
	const struct lg_migration good[] = {
		{ .room = "common", .name = "001.sql", .sql = "CREATE TABLE d (n integer)" }, END
	};
	const char *problem = NULL;

	assert_int_equal(migrate(state, bad, &problem).outcome, LG_REFUSED);
	assert_non_null(strstr(problem, "failed"));
	assert_true(lg_is_done(migrate(state, good, &problem)));
}

/*
 * Goal: each service reaches its own rows and nothing else.  Method: every kind of reach as the
 * role of another service, and what its owner may do, from the definition of its tables on.
 */
static void a_role_reaches_its_own_schema_only(void **state)
{
	assert_allowed(*state, "lg_intake", "SELECT count(*) FROM intake.outbox");
	assert_allowed(*state, "lg_intake",
		"BEGIN; INSERT INTO intake.parked (p, case_id, site, service, envelope)"
		" VALUES (0, '', 1, 1, ''); DELETE FROM intake.parked; COMMIT");
	assert_refused(*state, "lg_intake", "SELECT count(*) FROM access.outbox");
	assert_refused(*state, "lg_access", "SELECT count(*) FROM intake.subject_key");
	assert_refused(
		*state, "lg_access", "INSERT INTO intake.member VALUES ('', 1, '{}', now())");
	assert_refused(*state, "lg_access", "UPDATE intake.partition SET step = step + 1");
	assert_refused(*state, "lg_intake", "CREATE TABLE intake.own (n integer)");
	assert_refused(*state, "lg_intake", "CREATE TEMP TABLE own (n integer)");
	assert_refused(*state, "lg_intake", "CREATE TABLE public.own (n integer)");
	assert_refused(*state, "lg_intake", "DROP TABLE intake.outbox");
	assert_refused(*state, "lg_intake", "TRUNCATE intake.outbox");
	assert_refused(*state, "lg_intake", "SET ROLE lg_owner");
	assert_refused(*state, "lg_intake", "DELETE FROM intake.migration");
	assert_refused(*state, "lg_migrate", "SELECT count(*) FROM intake.outbox");
}

/*
 * Goal: the audit can be added to and nothing else; only the words may be wiped (erasure).
 * Method: each command as the service's own role.
 */
static void the_audit_is_append_only(void **state)
{
	assert_allowed(*state, "lg_intake",
		"INSERT INTO intake.audit (p, seq, record, hash, words) VALUES (0, 1, 'r', 'h', 'w')");
	assert_allowed(*state, "lg_intake", "SELECT record FROM intake.audit");
	assert_allowed(*state, "lg_intake", "UPDATE intake.audit SET words = NULL");
	assert_refused(*state, "lg_intake", "UPDATE intake.audit SET record = 'x'");
	assert_refused(*state, "lg_intake", "UPDATE intake.audit SET hash = 'x'");
	assert_refused(*state, "lg_intake", "UPDATE intake.audit SET seq = 9");
	assert_refused(*state, "lg_intake", "DELETE FROM intake.audit");
	assert_refused(*state, "lg_intake", "TRUNCATE intake.audit");
	assert_refused(*state, "lg_intake", "DROP TABLE intake.audit");
}

/*
 * Goal: no password, no entry; no other role's password either.  Method: connect as access
 * with the passfile of intake, and without one.
 */
static void a_role_needs_its_own_password(void **state)
{
	const struct test_database *db = *state;
	char conninfo[4 * TEST_TEXT_MAX];

	snprintf(conninfo, sizeof(conninfo),
		"host=%s/socket dbname=lifeguard user=lg_access passfile=%s/pass/intake.pgpass",
		db->dir, db->dir);
	PGconn *conn = PQconnectdb(conninfo);
	assert_int_equal(PQstatus(conn), CONNECTION_BAD);
	PQfinish(conn);
}

/*
 * Goal: the server's log holds no value.  Method: a marker in a statement, in a parameter and
 * in a row that fails; then look for it in everything that the server wrote down.
 */
static void the_log_holds_no_value(void **state)
{
	const struct test_database *db = *state;
	char state_[6], command[2 * TEST_TEXT_MAX];
	char conninfo[4 * TEST_TEXT_MAX];
	const char *const values[] = { "canarycanary" };

	state_of(db, "lg_intake", "SELECT 'canarycanary'::integer", state_);
	assert_string_equal(state_, "22P02");
	PGconn *conn = PQconnectdb(test_conninfo(db, "lg_intake", conninfo));
	PQclear(PQexecParams(conn, "SELECT $1::integer", 1, NULL, values, NULL, NULL, 0));
	PQclear(PQexecParams(conn,
		"INSERT INTO intake.partition VALUES (99, convert_to($1, 'UTF8'), 0, 0)", 1, NULL,
		values, NULL, NULL, 0));
	PQfinish(conn);
	snprintf(command, sizeof(command), "test -s %s/log/postgres.log", db->dir);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command), "! grep -rq canarycanary %s/log", db->dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_file_is_applied_once, setup),
		cmocka_unit_test_setup(a_changed_migration_is_refused, setup),
		cmocka_unit_test_setup(a_newer_schema_is_refused, setup),
		cmocka_unit_test_setup(a_file_that_fails_leaves_nothing, setup),
		cmocka_unit_test(a_role_reaches_its_own_schema_only),
		cmocka_unit_test(the_audit_is_append_only),
		cmocka_unit_test(a_role_needs_its_own_password),
		cmocka_unit_test(the_log_holds_no_value),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}
