/*
 * Goal: traces are read and written as the standard says, and nothing else is taken for one.
 * Method: the standard's own examples, each way to be malformed, and the way there and back.
 */
#include "common/base/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define EXAMPLE "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

static void the_standards_example_is_read_and_written(void **unused)
{
	struct lg_trace trace;
	char text[LG_TRACEPARENT];

	(void)unused;
	assert_int_equal(lg_trace_parse(EXAMPLE, &trace).outcome, LG_DONE);
	assert_int_equal(trace.id[0], 0x0a);
	assert_int_equal(trace.id[15], 0x9c);
	assert_int_equal(trace.parent[0], 0xb7);
	assert_int_equal(trace.parent[7], 0x31);
	lg_trace_print(&trace, text);
	assert_string_equal(text, EXAMPLE);
}

static void a_later_version_is_read_as_far_as_it_is_known(void **unused)
{
	struct lg_trace trace;

	(void)unused;
	assert_int_equal(
		lg_trace_parse(
			"cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what", &trace)
			.outcome,
		LG_DONE);
	assert_int_equal(
		lg_trace_parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", &trace)
			.outcome,
		LG_DONE);
}

static void what_is_malformed_is_refused(void **unused)
{
	static const char *const wrong[] = {
		"",
		"00",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
		"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
		"00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319cb-7ad6b7169203331-01",
		"00-00000000000000000000000000000000-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
		"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01what",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct lg_trace trace = { .id = { 7 } };

		assert_int_equal(lg_trace_parse(wrong[i], &trace).outcome, LG_REFUSED);
		assert_int_equal(trace.id[0], 7);
	}
}

static void bytes_go_there_and_back_and_nothing_stands_for_none(void **unused)
{
	struct lg_trace trace = { .id = { 1 }, .parent = { 2 } }, none = { .id = { 0 } }, back;

	(void)unused;
	back = lg_trace_from_bytes(lg_trace_bytes(&trace));
	assert_memory_equal(&back, &trace, sizeof trace);
	assert_int_equal(lg_trace_bytes(&none).size, 0);
	back = lg_trace_from_bytes(lg_bytes("short", 5));
	assert_memory_equal(&back, &none, sizeof none);
	trace.parent[0] = 0;
	assert_false(lg_trace_is_set(&trace));
}

static void what_an_event_causes_stands_under_the_random_half_of_its_id(void **unused)
{
	struct lg_trace trace = { .id = { 1 }, .parent = { 2 } };
	struct lg_id event = lg_id_make(1, 1000, UINT64_C(0x1122334455667788));
	struct lg_trace under = lg_trace_under(&trace, event);

	(void)unused;
	assert_memory_equal(under.id, trace.id, sizeof trace.id);
	assert_int_equal(under.parent[0], 0x11);
	assert_int_equal(under.parent[7], 0x88);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_example_is_read_and_written),
		cmocka_unit_test(a_later_version_is_read_as_far_as_it_is_known),
		cmocka_unit_test(what_is_malformed_is_refused),
		cmocka_unit_test(bytes_go_there_and_back_and_nothing_stands_for_none),
		cmocka_unit_test(what_an_event_causes_stands_under_the_random_half_of_its_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
