#include "services/gateway/domain/presence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct lg_id instance(uint8_t number)
{
	return (struct lg_id){ .byte = { number } };
}

/* Goal: who is silent is forgotten.  Method: both sides of the limit. */
static void silence_is_absence(void **unused)
{
	struct presence presence = { 0 };

	(void)unused;
	assert_false(presence_any(&presence, 0));
	presence_hear(&presence, LG_SERVICE_INTAKE, instance(1), 0x00ff, 1000);
	assert_int_equal(
		presence_instances(&presence, LG_SERVICE_INTAKE, 1000 + PRESENCE_FORGET_MS - 1), 1);
	assert_int_equal(
		presence_partitions(&presence, LG_SERVICE_INTAKE, 1000 + PRESENCE_FORGET_MS - 1),
		0x00ff);
	assert_true(presence_any(&presence, 1000 + PRESENCE_FORGET_MS - 1));
	assert_int_equal(
		presence_instances(&presence, LG_SERVICE_INTAKE, 1000 + PRESENCE_FORGET_MS), 0);
	assert_int_equal(
		presence_partitions(&presence, LG_SERVICE_INTAKE, 1000 + PRESENCE_FORGET_MS), 0);
	assert_false(presence_any(&presence, 1000 + PRESENCE_FORGET_MS));
}

/* Goal: two instances add up, one that moves does not count twice.  Method: claims in turn. */
static void partitions_of_all_instances_add_up(void **unused)
{
	struct presence presence = { 0 };

	(void)unused;
	presence_hear(&presence, LG_SERVICE_INTAKE, instance(1), 0xffff, 0);
	presence_hear(&presence, LG_SERVICE_INTAKE, instance(1), 0x00ff, 10);
	assert_int_equal(presence_partitions(&presence, LG_SERVICE_INTAKE, 10), 0x00ff);
	presence_hear(&presence, LG_SERVICE_INTAKE, instance(2), 0xff00, 20);
	assert_int_equal(presence_partitions(&presence, LG_SERVICE_INTAKE, 20), 0xffff);
	assert_int_equal(presence_instances(&presence, LG_SERVICE_INTAKE, 20), 2);
	assert_int_equal(presence_instances(&presence, LG_SERVICE_REPORTING, 20), 0);
}

/* Goal: the list is bounded.  Method: one instance too many; the stalest gives way. */
static void the_stalest_instance_gives_way(void **unused)
{
	struct presence presence = { 0 };

	(void)unused;
	for (uint8_t i = 0; i <= PRESENCE_INSTANCES_MAX; i++)
		presence_hear(&presence, LG_SERVICE_INTAKE, instance((uint8_t)(i + 1)),
			i == 0 ? 0x8000 : 0x0001, i);
	assert_int_equal(
		presence_instances(&presence, LG_SERVICE_INTAKE, 100), PRESENCE_INSTANCES_MAX);
	assert_int_equal(presence_partitions(&presence, LG_SERVICE_INTAKE, 100), 0x0001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_absence),
		cmocka_unit_test(partitions_of_all_instances_add_up),
		cmocka_unit_test(the_stalest_instance_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
