/*
 * The small texts that a client writes: ids, times, numbers, the headers traceparent, If-Match and
 * If-None-Match, and the line of a request.  The input is cut at its first line feed: a method and
 * a path, then the value behind '?' or the header.  What is read and printed is read as the same.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/calendar.h"
#include "common/base/text.h"
#include "common/base/trace.h"
#include "common/json/if_match.h"
#include "services/gateway/routes.h"
#include "services/gateway/tag.h"
#include "tests/fuzz/fuzz.h"

static void try_id(const char *text)
{
	char printed[LG_ID_TEXT];
	struct lg_id id, again;

	if (!lg_is_done(lg_id_parse(text, &id)))
		return;
	lg_id_print(id, printed);
	assert(lg_is_done(lg_id_parse(printed, &again)));
	assert(lg_id_equal(id, again));
}

static void try_time(const char *text)
{
	char printed[LG_TIME_TEXT];
	lg_ms time, again;

	if (!lg_is_done(lg_time_parse(text, &time)))
		return;
	lg_time_print(time, printed);
	assert(lg_is_done(lg_time_parse(printed, &again)));
	assert(time == again);
}

static void try_trace(const char *text)
{
	char printed[LG_TRACEPARENT];
	struct lg_trace trace, again;

	if (!lg_is_done(lg_trace_parse(text, &trace)))
		return;
	assert(lg_trace_is_set(&trace));
	lg_trace_print(&trace, printed);
	assert(lg_is_done(lg_trace_parse(printed, &again)));
	assert(memcmp(&trace, &again, sizeof trace) == 0);
}

static void try_matches(const char *text)
{
	static const char tag[] = "\"7.00112233445566778899aabbccddeeff\"";
	struct lg_bytes header = lg_bytes(text, strlen(text));

	(void)tag_is_named(tag, text);
	if (lg_if_match(header, 7) == LG_MATCH_MALFORMED)
		assert(lg_if_match(header, 8) == LG_MATCH_MALFORMED);
}

static void try_number(const char *text)
{
	char printed[24];
	int64_t number, again;

	if (!lg_is_done(lg_int_parse(text, &number)))
		return;
	snprintf(printed, sizeof printed, "%" PRId64, number);
	assert(lg_is_done(lg_int_parse(printed, &again)));
	assert(number == again);
}

static void try_route(const char *method, const char *path, const char *argument)
{
	static const uint64_t random[2] = { 1, 2 };
	struct lg_arena *arena = lg_arena_new();
	char allow[ROUTES_ALLOW_TEXT];
	struct route_target target;
	struct lg_bytes body;
	struct lg_id key;

	routes_allowed(path, allow);
	assert(strlen(allow) < sizeof allow);
	if (routes_find(method, path, &target) == ROUTE_FOUND) {
		assert(allow[0] != '\0');
		assert(target.service < LG_SERVICE_COUNT);
		assert(target.partition < 16);
		if (lg_is_done(routes_choose_key(&target, argument, 0, random, &key)) &&
			target.route->body != ROUTE_BODY_SENT &&
			lg_is_done(routes_write_body(arena, &target, argument, &body)))
			assert(lg_text_is_valid(body));
	}
	lg_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *method, *path, *argument;

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	method = text;
	argument = strchr(text, '\n');
	if (argument != NULL)
		*argument++ = '\0';
	path = strchr(method, ' ');
	if (path != NULL) {
		*path++ = '\0';
		try_route(method, path, NULL);
		if (argument != NULL)
			try_route(method, path, argument);
	}
	if (argument != NULL) {
		try_id(argument);
		try_time(argument);
		try_trace(argument);
		try_matches(argument);
		try_number(argument);
	}
	free(text);
	return 0;
}
