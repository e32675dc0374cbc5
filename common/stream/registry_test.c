/* The table of types: found by number and name, sound as a policy; names of services. */
#include "common/stream/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * Goal: a type is found by what stands on the wire.  Method: every row, by number and by name;
 * the search by halves needs ascending numbers, so their order is looked at too.
 */
static void every_type_is_found_by_number_and_by_name(void **unused)
{
	uint32_t count = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	(void)unused;
	assert_true(count > 0);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(i == 0 || types[i - 1].number < types[i].number);
		assert_ptr_equal(lg_message_type(types[i].number), &types[i]);
		assert_ptr_equal(lg_message_type_named(types[i].name), &types[i]);
		assert_string_equal(types[i].descriptor->short_name, types[i].name);
	}
}

/* Goal: what is not in the table is no type.  Method: numbers and names beside the rows. */
static void unknown_types_are_not_found(void **unused)
{
	uint32_t count = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	(void)unused;
	assert_null(lg_message_type(0));
	assert_null(lg_message_type(types[0].number - 1));
	assert_null(lg_message_type(types[count - 1].number + 1));
	assert_null(lg_message_type(UINT32_MAX));
	assert_null(lg_message_type_named(""));
	assert_null(lg_message_type_named("migrantEngaged"));
}

/*
 * Goal: the static policy cannot be read in two ways.  Method: commands and queries come from
 * the gateway alone; an event has one sender and never goes to the two doors; content travels
 * inside other messages, so nobody sends or takes it.
 */
static void rows_say_who_may_send_and_take(void **unused)
{
	uint32_t count = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	(void)unused;
	for (uint32_t i = 0; i < count; i++) {
		const struct lg_message_type *type = &types[i];

		assert_int_equal(type->from >> LG_SERVICE_COUNT, 0);
		assert_int_equal(type->to >> LG_SERVICE_COUNT, 0);
		assert_false(lg_service_in(type->to, LG_SERVICE_BUS));
		assert_false(lg_service_in(type->to, LG_SERVICE_GATEWAY));
		if (type->kind == LG_MESSAGE_CONTENT) {
			assert_int_equal(type->from | type->to, 0);
		} else if (type->kind == LG_MESSAGE_EVENT) {
			assert_int_equal(type->from & (type->from - 1), 0);
			assert_int_not_equal(type->from, 0);
		} else if (type->kind == LG_MESSAGE_DUE) { /* a service to itself */
			assert_int_equal(type->from & (type->from - 1), 0);
			assert_int_not_equal(type->from, 0);
			assert_int_equal(type->from, type->to);
		} else {
			assert_int_equal(type->from, 1u << LG_SERVICE_GATEWAY);
			assert_int_not_equal(type->to, 0);
		}
	}
}

/* Goal: names and numbers of services are one to one.  Method: there and back; strangers. */
static void services_have_one_name_each(void **unused)
{
	(void)unused;
	for (uint32_t i = 1; i < LG_SERVICE_COUNT; i++)
		assert_int_equal(lg_service_by_name(lg_service_name(i)), i);
	assert_string_equal(lg_service_name(LG_SERVICE_INTAKE), "intake");
	assert_string_equal(lg_service_name(LG_SERVICE_NONE), "?");
	assert_string_equal(lg_service_name(LG_SERVICE_COUNT), "?");
	assert_int_equal(lg_service_by_name("?"), LG_SERVICE_NONE);
	assert_int_equal(lg_service_by_name("Intake"), LG_SERVICE_NONE);
}

/* Goal: no shift beyond a set.  Method: members, strangers, numbers above the set. */
static void a_set_of_services_holds_only_its_members(void **unused)
{
	uint32_t set = 1u << LG_SERVICE_INTAKE | 1u << LG_SERVICE_REPORTING;

	(void)unused;
	assert_true(lg_service_in(set, LG_SERVICE_INTAKE));
	assert_true(lg_service_in(set, LG_SERVICE_REPORTING));
	assert_false(lg_service_in(set, LG_SERVICE_ACCESS));
	assert_false(lg_service_in(UINT32_MAX, LG_SERVICE_COUNT));
	assert_false(lg_service_in(UINT32_MAX, 32 + LG_SERVICE_INTAKE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_found_by_number_and_by_name),
		cmocka_unit_test(unknown_types_are_not_found),
		cmocka_unit_test(rows_say_who_may_send_and_take),
		cmocka_unit_test(services_have_one_name_each),
		cmocka_unit_test(a_set_of_services_holds_only_its_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
