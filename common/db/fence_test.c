#include "common/db/fence.h"

#include "common/db/instance_for_tests.h"

static void abandon(struct instance *in, uint8_t partition)
{
	lg_pg_begin(in->pg);
	lg_fence_move(in->fence, in->arena, (uint16_t)(1u << partition));
	lg_pg_flush(in->pg);
	lg_fence_move_back(in->fence, partition);
	lg_pg_abandon(in->pg);
}

static int setup_group(void **state)
{
	struct test_database *db = test_database_start();

	test_migrate(db, "intake");
	test_admin(db,
		"SET ROLE lg_owner; SET search_path TO intake;"
		"CREATE TABLE allowed (late bigint PRIMARY KEY); INSERT INTO allowed VALUES (1);"
		"CREATE TABLE thing (id bigint PRIMARY KEY, late bigint REFERENCES allowed"
		" DEFERRABLE INITIALLY DEFERRED)");
	*state = db;
	return 0;
}

static int teardown_group(void **state)
{
	test_database_end(*state);
	return 0;
}

static int setup(void **state)
{
	test_admin(*state, "TRUNCATE intake.thing; TRUNCATE intake.member");
	return 0;
}

/*
 * Goal: who is alone serves all, at once.  Method: one instance; no second passes between
 * its connection and the partitions.
 */
static void a_lone_instance_takes_all_at_once(void **state)
{
	struct instance *in = instance_new(state, 1, false);

	assert_true(seconds_until(in, NULL, 16) <= 2);
	assert_int_equal(lg_fence_members(in->fence), 1);
	assert_int_equal(in->taken, 16);
	for (int n = 0; n < 10; n++)
		put(in, n % 2 == 0 ? ALL : 0x0101, n, 1);
	assert_true(test_run_until(&in->loop, all_answered, in));
	assert_int_equal(in->committed, 10); /* pipelined, each a step further */
	instance_end(in);
}

/*
 * Goal: a transaction that is begun and abandoned moves nothing.  Method: abandon one before each that
 * is not, all in one pipeline, and one in the middle that another owner has made impossible.
 */
static void an_abandoned_move_leaves_the_fence_where_it_was(void **state)
{
	struct instance *in = owner_of_all(state, 1);

	for (int n = 0; n < 10; n++) {
		abandon(in, 3);
		put(in, 1 << 3, n, 1);
	}
	assert_true(test_run_until(&in->loop, all_answered, in));
	assert_int_equal(in->committed, 10);
	assert_int_equal(rows_of(in), 10);

	test_admin(
		in->db, "UPDATE intake.partition SET epoch = '\\x22', step = step + 1 WHERE p = 3");
	abandon(in, 3);
	put(in, 1 << 3, 10, 1);
	assert_true(test_run_until(&in->loop, all_answered, in));
	put(in, 1 << 4, 11, 1); /* the connection is not left inside a dead transaction */
	assert_true(test_run_until(&in->loop, all_answered, in));
	assert_int_equal(in->committed, 11);
	instance_end(in);
}

/*
 * Goal: two owners of one partition cannot both commit.  Method: another one stores its epoch
 * behind the first one's back; the first one's next transaction stores nothing, nor does
 * the one already queued behind it.
 */
static void a_second_owner_is_refused(void **state)
{
	struct instance *in = owner_of_all(state, 1);

	test_admin(
		in->db, "UPDATE intake.partition SET epoch = '\\x22', step = step + 1 WHERE p = 3");
	put(in, 1 << 3, 1, 1);
	put(in, 1 << 4, 2, 1);
	assert_true(test_run_until(&in->loop, all_answered, in));
	assert_int_equal(in->committed, 0);
	assert_int_equal(rows_of(in), 0);
	instance_end(in);
}

/*
 * Goal: what is pipelined behind a COMMIT that fails does not commit.  Method: a foreign key
 * that is checked at COMMIT only, so that nothing before it fails; the fence alone can tell.
 */
static void behind_a_failed_commit_the_fence_stands(void **state)
{
	struct instance *in = owner_of_all(state, 1);

	put(in, 1 << 5, 1, 0);
	put(in, 1 << 5, 2, 1);
	assert_true(test_run_until(&in->loop, all_answered, in));
	assert_int_equal(in->committed, 0);
	assert_int_equal(rows_of(in), 0);
	instance_end(in);
}

/*
 * Goal: after a failure the partition is ours again, as if taken over.  Method: forget it; it
 * is lost and taken with a fresh epoch and a raised count, and commits again.
 */
static void a_forgotten_partition_is_taken_anew(void **state)
{
	struct instance *in = owner_of_all(state, 1);
	struct lg_id before = lg_fence_epoch(in->fence, 5);
	uint64_t takeover = lg_fence_takeover(in->fence, 5);

	put(in, 1 << 5, 1, 0);
	assert_true(test_run_until(&in->loop, all_answered, in));
	lg_fence_forget(in->fence, 1 << 5);
	assert_int_equal(lg_fence_owned(in->fence), ALL & ~(1 << 5));
	assert_int_equal(in->known, ALL & ~(1 << 5));
	assert_true(seconds_until(in, NULL, 16) <= 2);
	assert_false(lg_id_equal(lg_fence_epoch(in->fence, 5), before));
	assert_int_equal(lg_fence_takeover(in->fence, 5), takeover + 1);
	put(in, 1 << 5, 2, 1);
	assert_true(test_run_until(&in->loop, all_answered, in));
	assert_int_equal(in->committed, 1);
	instance_end(in);
}

/*
 * Goal: a newcomer gets its half, and nobody has both.  Method: two instances, second by
 * second; at every second the two sets are apart; the half moves within a few seconds.
 */
static void two_instances_share_half_and_half(void **state)
{
	struct instance *first = owner_of_all(state, 1);
	struct instance *second = instance_new(state, 2, false);
	int seconds = 0;

	while (seconds++ < 20 && count_of(lg_fence_owned(second->fence)) != 8) {
		pass_second(second);
		pass_second(first);
		assert_int_equal(lg_fence_owned(first->fence) & lg_fence_owned(second->fence), 0);
	}
	assert_int_equal(count_of(lg_fence_owned(first->fence)), 8);
	assert_int_equal(count_of(lg_fence_owned(second->fence)), 8);
	assert_int_equal(lg_fence_members(first->fence), 2);
	assert_true(seconds <= 10);
	for (int n = 0; n < 10; n++) { /* and it stays so */
		pass_second(first);
		pass_second(second);
	}
	assert_int_equal(first->lost, 8);
	assert_int_equal(second->lost, 0);

	instance_end(second);
	assert_true(seconds_until(first, NULL, 16) <= 10);
	instance_end(first);
}

/*
 * Goal: a partition under way is not given back, and is not kept for ever.  Method: all are
 * busy; the fence names one that should come to rest; at rest it goes.
 */
static void a_busy_partition_is_given_back_when_it_rests(void **state)
{
	struct instance *first = owner_of_all(state, 1);
	struct instance *second = instance_new(state, 2, false);

	first->busy = ALL;
	for (int n = 0; n < 3; n++) {
		pass_second(second);
		pass_second(first);
	}
	assert_int_equal(lg_fence_owned(first->fence), ALL);
	uint16_t leaving = lg_fence_leaving(first->fence);
	assert_int_equal(count_of(leaving), 1);
	first->busy = (uint16_t)~leaving;
	pass_second(first);
	assert_int_equal(lg_fence_owned(first->fence), (uint16_t)~leaving);
	instance_end(second); /* and comes back with the first look at who is gone */
	assert_int_equal(seconds_until(first, NULL, 16), 1);
	instance_end(first);
}

/*
 * Goal: an owner that stands still is replaced, and finds out.  Method: the first one's loop
 * no longer turns (as under SIGSTOP) and its heartbeat is made old; the second ends its
 * connection and takes all; when the first wakes up, all is lost and its work is not stored.
 */
static void an_owner_that_stands_still_is_replaced(void **state)
{
	struct instance *first = owner_of_all(state, 1);
	struct instance *second = instance_new(state, 2, false);

	for (int n = 0; n < 2; n++)
		pass_second(second);
	assert_int_equal(lg_fence_owned(second->fence), 0); /* fresh: it is left alone */
	test_admin(second->db, "UPDATE intake.member SET seen = seen - interval '11 s'"
			       " WHERE get_byte(instance, 0) = 1");
	assert_true(seconds_until(second, NULL, 16) <= 10);

	put(first, 1, 1, 1);
	assert_true(test_run_until(&first->loop, all_answered, first));
	assert_int_equal(first->committed, 0);
	assert_int_equal(first->known, 0);
	assert_int_equal(first->lost, 16);
	assert_int_equal(rows_of(second), 0);
	instance_kill(first);
	instance_end(second);
}

/*
 * Goal: who follows a killed instance does not wait for its heartbeat to go stale.  Method:
 * close the first one's connection only.
 */
static void a_killed_owner_is_followed_at_once(void **state)
{
	struct instance *first = owner_of_all(state, 1);

	instance_kill(first);
	struct instance *second = instance_new(state, 2, false);
	assert_true(seconds_until(second, NULL, 16) <= 3);
	assert_int_equal(lg_fence_members(second->fence), 1);
	instance_end(second);
}

/*
 * Goal: services with rules across keys have one writer.  Method: two instances; one has all,
 * the other none, until the first leaves.
 */
static void a_single_writer_has_all_or_nothing(void **state)
{
	struct instance *first = instance_new(state, 1, true);

	assert_true(seconds_until(first, NULL, 16) <= 3);
	struct instance *second = instance_new(state, 2, true);
	for (int n = 0; n < 5; n++) {
		pass_second(second);
		pass_second(first);
	}
	assert_int_equal(lg_fence_owned(first->fence), ALL);
	assert_int_equal(lg_fence_owned(second->fence), 0);
	assert_int_equal(lg_fence_members(second->fence), 2);
	instance_leave(first);
	assert_true(seconds_until(second, NULL, 16) <= 3);
	instance_kill(first);
	instance_end(second);
}

/*
 * Goal: losing the connection is losing the partitions, and both come back.  Method: end the
 * backend from outside.
 */
static void a_lost_connection_loses_all_and_takes_them_anew(void **state)
{
	struct instance *in = owner_of_all(state, 1);
	char sql[TEST_TEXT_MAX];
	struct lg_id before = lg_fence_epoch(in->fence, 0);

	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d)", lg_pg_backend(in->pg));
	test_admin(in->db, sql);
	while (in->lost < 16)
		uv_run(&in->loop, UV_RUN_ONCE);
	assert_int_equal(in->known, 0);
	assert_true(seconds_until(in, NULL, 16) <= 40);
	assert_false(lg_id_equal(before, lg_fence_epoch(in->fence, 0)));
	instance_end(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_lone_instance_takes_all_at_once, setup),
		cmocka_unit_test_setup(an_abandoned_move_leaves_the_fence_where_it_was, setup),
		cmocka_unit_test_setup(a_second_owner_is_refused, setup),
		cmocka_unit_test_setup(behind_a_failed_commit_the_fence_stands, setup),
		cmocka_unit_test_setup(a_forgotten_partition_is_taken_anew, setup),
		cmocka_unit_test_setup(two_instances_share_half_and_half, setup),
		cmocka_unit_test_setup(a_busy_partition_is_given_back_when_it_rests, setup),
		cmocka_unit_test_setup(an_owner_that_stands_still_is_replaced, setup),
		cmocka_unit_test_setup(a_killed_owner_is_followed_at_once, setup),
		cmocka_unit_test_setup(a_single_writer_has_all_or_nothing, setup),
		cmocka_unit_test_setup(a_lost_connection_loses_all_and_takes_them_anew, setup),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}
