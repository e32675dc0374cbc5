/*
 * Goal: the tree shows every hop once, under the one that caused it, whatever a service answers.
 * Method: hops as JSON, printed into memory; a ring of spans, and a hop whose cause is not there.
 */
#include "services/gateway/cli/watch/way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *printed(const char *hops)
{
	struct lg_arena *arena = lg_arena_new();
	json_t *list = json_loads(hops, 0, NULL);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(list);
	assert_non_null(out);
	way_print(arena, list, out);
	fclose(out);
	json_decref(list);
	lg_arena_free(arena);
	return text;
}

static size_t times(const char *text, const char *word)
{
	size_t count = 0;

	for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
		count++;
	return count;
}

static void what_an_event_caused_stands_under_it(void **unused)
{
	char *text = printed("[{\"what\":\"Rescued\",\"trace_id\":\"a1\",\"span\":\"s1\","
			     "\"parent_span\":\"c0\",\"waited_us\":100,\"worked_us\":2500},"
			     "{\"what\":\"Offered\",\"trace_id\":\"a1\",\"span\":\"s2\","
			     "\"parent_span\":\"s1\",\"told_ms\":15}]");

	(void)unused;
	assert_non_null(strstr(text, "a1     Rescued"));
	assert_non_null(strstr(text, "         Offered"));
	assert_non_null(strstr(text, "15 ms"));
	assert_non_null(strstr(text, "2.5 ms"));
	assert_int_equal(times(text, "a1"), 1);
	free(text);
}

static void a_hop_whose_cause_is_elsewhere_begins_a_tree(void **unused)
{
	char *text = printed("[{\"what\":\"Accepted\",\"trace_id\":\"b2\",\"span\":\"s9\","
			     "\"parent_span\":\"far\",\"told_ms\":57}]");

	(void)unused;
	assert_non_null(strstr(text, "b2     Accepted"));
	free(text);
}

static void a_ring_of_spans_ends(void **unused)
{
	char *text = printed(
		"[{\"what\":\"Top\",\"trace_id\":\"a\",\"span\":\"0\",\"parent_span\":\"x\"},"
		"{\"what\":\"One\",\"trace_id\":\"a\",\"span\":\"1\",\"parent_span\":\"2\"},"
		"{\"what\":\"Two\",\"trace_id\":\"a\",\"span\":\"2\",\"parent_span\":\"1\"},"
		"{\"what\":\"Self\",\"trace_id\":\"a\",\"span\":\"0\",\"parent_span\":\"0\"}]");

	(void)unused;
	assert_int_equal(times(text, "Top"), 1);
	assert_int_equal(times(text, "Self"), 1);
	assert_true(times(text, "One") <= 1);
	free(text);
}

static void without_a_trace_nothing_is_printed(void **unused)
{
	char *text = printed("[{\"what\":\"Old\",\"trace_id\":\"\"}]");

	(void)unused;
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_event_caused_stands_under_it),
		cmocka_unit_test(a_hop_whose_cause_is_elsewhere_begins_a_tree),
		cmocka_unit_test(a_ring_of_spans_ends),
		cmocka_unit_test(without_a_trace_nothing_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
