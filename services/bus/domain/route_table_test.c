#include "services/bus/domain/route_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define INTAKE LG_SERVICE_INTAKE
#define FIRST  11 /* connections */
#define SECOND 12

static struct lg_id instance(uint8_t number)
{
	return (struct lg_id){ .byte = { [LG_ID_SIZE - 1] = number } };
}

/* One instance claims one partition. */
static struct claim_result claim(struct route_table *table, uint8_t who, uint64_t connection,
	uint8_t partition, uint64_t takeover, lg_ms now)
{
	struct claim it = {
		.instance = instance(who),
		.count = 1,
		.partitions = { partition },
		.takeovers = { takeover },
	};

	return route_table_claim(table, INTAKE, connection, &it, now);
}

static struct claim_result claim_nothing(
	struct route_table *table, uint8_t who, uint64_t connection, lg_ms now)
{
	struct claim it = { .instance = instance(who), .count = 0 };

	return route_table_claim(table, INTAKE, connection, &it, now);
}

/* Goal: nobody is guessed.  Method: ask an empty table, and outside of it. */
static void what_nobody_claims_has_no_owner(void **unused)
{
	struct route_table table = { 0 };

	(void)unused;
	assert_int_equal(route_table_owner(&table, INTAKE, 0, 0), 0);
	claim(&table, 1, FIRST, 15, 1, 0);
	assert_int_equal(route_table_owner(&table, INTAKE, 15, 0), FIRST);
	assert_int_equal(route_table_owner(&table, INTAKE, 14, 0), 0);
	assert_int_equal(route_table_owner(&table, LG_SERVICE_ACCESS, 15, 0), 0);
	assert_int_equal(route_table_owner(&table, LG_SERVICE_COUNT, 15, 0), 0);
	assert_int_equal(route_table_owner(&table, INTAKE, LG_PARTITIONS, 0), 0);
	assert_int_equal(route_table_owned(&table, INTAKE, 0), 1);
}

/*
 * Goal: a zombie does not get its routes back.  Method: a later takeover wins, then the older
 * owner wakes and claims again, until the end of its life.
 */
static void the_later_takeover_wins_and_the_zombie_stays_out(void **unused)
{
	struct route_table table = { 0 };
	struct claim_result result;

	(void)unused;
	result = claim(&table, 1, FIRST, 3, 7, 0);
	assert_int_equal(result.taken, 1);
	assert_int_equal(result.moved, 1);
	result = claim(&table, 1, FIRST, 3, 7, 1);
	assert_int_equal(result.taken, 1);
	assert_int_equal(result.moved, 0);
	result = claim(&table, 2, SECOND, 3, 8, 1);
	assert_int_equal(result.taken, 1);
	assert_int_equal(result.moved, 1);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 1), SECOND);
	result = claim(&table, 1, FIRST, 3, 7, 2);
	assert_int_equal(result.taken, 0);
	assert_int_equal(result.stale, 1);
	assert_int_equal(result.moved, 0);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 2), SECOND);
	result = claim(&table, 2, SECOND, 4, 1, 3); /* names 4 and not 3 any more */
	assert_int_equal(result.moved, 2);
}

/* Goal: no two own by one count.  Method: another instance with an equal count. */
static void an_equal_takeover_of_another_instance_is_stale(void **unused)
{
	struct route_table table = { 0 };

	(void)unused;
	claim(&table, 1, FIRST, 3, 7, 0);
	assert_int_equal(claim(&table, 2, SECOND, 3, 7, 0).stale, 1);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 0), FIRST);
}

/* Goal: who reconnects keeps what is his.  Method: the same instance over another connection. */
static void the_same_instance_may_come_over_another_connection(void **unused)
{
	struct route_table table = { 0 };

	(void)unused;
	claim(&table, 1, FIRST, 3, 7, 0);
	assert_int_equal(claim(&table, 1, SECOND, 3, 7, 0).taken, 1);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 0), SECOND);
}

/* Goal: silence for 10 s forgets.  Method: both sides of the last millisecond. */
static void a_claim_lives_ten_seconds(void **unused)
{
	struct route_table table = { 0 };

	(void)unused;
	claim(&table, 1, FIRST, 3, 7, 100);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 100 + BUS_CLAIM_LIFE_MS - 1), FIRST);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 100 + BUS_CLAIM_LIFE_MS), 0);
	assert_int_equal(claim(&table, 2, SECOND, 3, 1, 100 + BUS_CLAIM_LIFE_MS - 1).stale, 1);
	assert_int_equal(claim(&table, 2, SECOND, 3, 1, 100 + BUS_CLAIM_LIFE_MS).taken, 1);
}

/* Goal: a claim is whole.  Method: what the same instance names no more is given back. */
static void what_is_not_claimed_again_is_given_back(void **unused)
{
	struct route_table table = { 0 };

	(void)unused;
	claim(&table, 1, FIRST, 3, 7, 0);
	claim(&table, 2, SECOND, 5, 2, 0);
	claim(&table, 1, FIRST, 4, 1, 1);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 1), 0);
	assert_int_equal(route_table_owner(&table, INTAKE, 4, 1), FIRST);
	assert_int_equal(route_table_owner(&table, INTAKE, 5, 1), SECOND);
	claim_nothing(&table, 1, FIRST, 2);
	assert_int_equal(route_table_owned(&table, INTAKE, 2), 1);
}

/* Goal: between two owners the zombie has no chance.  Method: it claims in the gap. */
static void what_was_given_back_still_knows_its_takeover(void **unused)
{
	struct route_table table = { 0 };

	(void)unused;
	claim(&table, 2, SECOND, 3, 8, 0);
	claim_nothing(&table, 2, SECOND, 1);
	assert_int_equal(claim(&table, 1, FIRST, 3, 7, 2).stale, 1);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 2), 0);
	assert_int_equal(claim(&table, 3, FIRST, 3, 9, 3).taken, 1);
}

/* Goal: nothing goes to a lost connection.  Method: it is dropped; others stay. */
static void a_lost_connection_owns_nothing(void **unused)
{
	struct route_table table = { 0 };

	(void)unused;
	claim(&table, 1, FIRST, 3, 7, 0);
	claim(&table, 2, SECOND, 4, 7, 0);
	route_table_drop(&table, FIRST);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 0), 0);
	assert_int_equal(route_table_owner(&table, INTAKE, 4, 0), SECOND);
	assert_int_equal(claim(&table, 1, 13, 3, 7, 1).taken, 1);
}

/* Goal: a claim is taken by parts.  Method: one partition is another's by now, one is not. */
static void a_claim_may_be_half_stale(void **unused)
{
	struct route_table table = { 0 };
	struct claim both = {
		.instance = instance(1),
		.count = 2,
		.partitions = { 3, 4 },
		.takeovers = { 7, 7 },
	};
	struct claim_result result;

	(void)unused;
	claim(&table, 2, SECOND, 3, 8, 0);
	result = route_table_claim(&table, INTAKE, FIRST, &both, 1);
	assert_int_equal(result.taken, 1);
	assert_int_equal(result.stale, 1);
	assert_int_equal(route_table_owner(&table, INTAKE, 3, 1), SECOND);
	assert_int_equal(route_table_owner(&table, INTAKE, 4, 1), FIRST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_claims_has_no_owner),
		cmocka_unit_test(the_later_takeover_wins_and_the_zombie_stays_out),
		cmocka_unit_test(an_equal_takeover_of_another_instance_is_stale),
		cmocka_unit_test(the_same_instance_may_come_over_another_connection),
		cmocka_unit_test(a_claim_lives_ten_seconds),
		cmocka_unit_test(what_is_not_claimed_again_is_given_back),
		cmocka_unit_test(what_was_given_back_still_knows_its_takeover),
		cmocka_unit_test(a_lost_connection_owns_nothing),
		cmocka_unit_test(a_claim_may_be_half_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
