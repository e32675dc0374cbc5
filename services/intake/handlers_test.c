/* The table of contents against the registry. */
#include "services/intake/handlers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void is_named(uint32_t number, const char *name)
{
	assert_non_null(lg_message_type(number));
	assert_string_equal(lg_message_type(number)->name, name);
}

/* Goal: a number means one message everywhere.  Method: each of ours, by its name. */
static void numbers_are_those_of_the_registry(void **unused)
{
	(void)unused;
	is_named(MIGRANT_ENGAGED, "MigrantEngaged");
	is_named(SCREENING_COMPLETED, "ScreeningCompleted");
	is_named(PERSON_IDENTIFIED, "PersonIdentified");
	is_named(RECORD_INTERCEPTION, "RecordInterception");
	is_named(SHOW_CASE, "ShowCase");
	is_named(PERSON_IDENTITY, "PersonIdentity");
}

/* Goal: what is sent to us has a handler that can take it.  Method: the registry, all rows. */
static void every_message_to_us_has_a_handler(void **unused)
{
	(void)unused;
	uint32_t count = 0;
	const struct lg_message_type *types = lg_message_types(&count);

	for (uint32_t i = 0; i < count; i++) {
		const struct lg_handler *handler = intake_handlers;
		bool is_common = types[i].number >= 1900 && types[i].number < 2000;

		if (!lg_service_in(types[i].to, LG_SERVICE_INTAKE) || is_common)
			continue;
		while (handler->type != 0 && handler->type != types[i].number)
			handler++;
		assert_int_equal(handler->type, types[i].number);
		assert_non_null(handler->decide);
		assert_non_null(handler->store);
		assert_true(handler->roles != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_the_registry),
		cmocka_unit_test(every_message_to_us_has_a_handler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
