#include "services/bus/domain/presence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/stream/registry.h"

/* Goal: who spoke is known, others are not.  Method: two speak, one is lost. */
static void who_spoke_is_known_until_it_is_lost(void **unused)
{
	struct presence presence = { 0 };

	(void)unused;
	presence_hear(&presence, 11, LG_SERVICE_INTAKE);
	presence_hear(&presence, 12, LG_SERVICE_GATEWAY);
	presence_hear(&presence, 11, LG_SERVICE_INTAKE);
	assert_int_equal(presence.count, 2);
	assert_int_equal(presence_service(&presence, 11), LG_SERVICE_INTAKE);
	assert_int_equal(presence_service(&presence, 12), LG_SERVICE_GATEWAY);
	assert_int_equal(presence_service(&presence, 13), LG_SERVICE_NONE);
	assert_int_equal(presence_form(&presence, 11), LG_FORM_PARTS);
	presence_reads(&presence, 11, LG_FORM_JOINED);
	presence_reads(&presence, 13, LG_FORM_JOINED);
	assert_int_equal(presence_form(&presence, 11), LG_FORM_JOINED);
	assert_int_equal(presence_form(&presence, 12), LG_FORM_PARTS);
	assert_int_equal(presence_form(&presence, 13), LG_FORM_PARTS);
	presence_reads(&presence, 11, LG_FORM_PARTS); /* another version at the same place */
	assert_int_equal(presence_form(&presence, 11), LG_FORM_PARTS);
	presence_reads(&presence, 11, LG_FORM_JOINED);
	presence_drop(&presence, 13);
	presence_drop(&presence, 11);
	assert_int_equal(presence_form(&presence, 11), LG_FORM_PARTS);
	assert_int_equal(presence_service(&presence, 11), LG_SERVICE_NONE);
	assert_int_equal(presence_service(&presence, 12), LG_SERVICE_GATEWAY);
	presence_drop(&presence, 12);
	assert_int_equal(presence.count, 0);
}

/* Goal: memory is bounded.  Method: one more than fits; the longest silent one is forgotten. */
static void above_the_limit_the_longest_silent_is_forgotten(void **unused)
{
	struct presence presence = { 0 };

	(void)unused;
	for (uint64_t connection = 1; connection <= PRESENCE_MAX; connection++)
		presence_hear(&presence, connection, LG_SERVICE_INTAKE);
	presence_hear(&presence, 1, LG_SERVICE_INTAKE);
	assert_int_equal(presence.count, PRESENCE_MAX);
	assert_int_equal(presence_service(&presence, 2), LG_SERVICE_INTAKE);
	presence_hear(&presence, PRESENCE_MAX + 1, LG_SERVICE_ACCESS);
	assert_int_equal(presence.count, PRESENCE_MAX);
	assert_int_equal(presence_service(&presence, 1), LG_SERVICE_INTAKE);
	assert_int_equal(presence_service(&presence, 2), LG_SERVICE_NONE);
	assert_int_equal(presence_service(&presence, 3), LG_SERVICE_INTAKE);
	assert_int_equal(presence_service(&presence, PRESENCE_MAX + 1), LG_SERVICE_ACCESS);
}

/* Goal: what is new is told at once, what is not rarely.  Method: each reason, and none. */
static void a_claim_is_told_when_somebody_gains_by_it(void **unused)
{
	struct presence presence = { 0 };

	(void)unused;
	assert_true(presence_tells(&presence, 11, false, 0));
	presence_hear(&presence, 11, LG_SERVICE_INTAKE);
	assert_true(presence_tells(&presence, 11, false, 1000));
	presence_hear(&presence, 11, LG_SERVICE_INTAKE);
	assert_false(presence_tells(&presence, 11, false, 2000));
	assert_true(presence_tells(&presence, 11, true, 2000));
	assert_false(presence_tells(&presence, 11, false, 3000));
	presence_hear(&presence, 12, LG_SERVICE_GATEWAY);
	assert_true(presence_tells(&presence, 11, false, 3000));
	assert_false(presence_tells(&presence, 11, false, 3000 + PRESENCE_TOLD_MS - 1));
	assert_true(presence_tells(&presence, 11, false, 3000 + PRESENCE_TOLD_MS));
	/* one that went and came again has heard nothing */
	presence_drop(&presence, 12);
	assert_false(presence_tells(&presence, 11, false, 6000));
	presence_hear(&presence, 12, LG_SERVICE_GATEWAY);
	assert_true(presence_tells(&presence, 11, false, 6000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_spoke_is_known_until_it_is_lost),
		cmocka_unit_test(above_the_limit_the_longest_silent_is_forgotten),
		cmocka_unit_test(a_claim_is_told_when_somebody_gains_by_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
