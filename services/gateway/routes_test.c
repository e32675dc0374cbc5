#include "services/gateway/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <strings.h>

#include "common/stream/partition.h"

#define CASE "00010145eb2d4c20a1b2c3d4e5f60718"

static const uint64_t any_random[2] = { 0x0123456789abcdef, 0xfedcba9876543210 };

static struct route_target find(const char *method, const char *path)
{
	struct route_target target = { 0 };

	assert_int_equal(routes_find(method, path, &target), ROUTE_FOUND);
	return target;
}

static const char *body_of(
	struct lg_arena *arena, const char *method, const char *path, const char *argument)
{
	struct route_target target = find(method, path);
	struct lg_bytes body;

	assert_true(lg_is_done(routes_write_body(arena, &target, argument, &body)));
	return (const char *)lg_copy(arena, body).data;
}

/*
 * Goal: the table and the registry agree.  Method: every message named in a route is a type that
 * the gateway may send and the named service takes.
 */
static void every_route_names_a_message_its_service_takes(void **unused)
{
	uint32_t count;
	const struct route *routes = routes_all(&count);

	(void)unused;
	assert_true(count >= 16);
	for (uint32_t i = 0; i < count; i++) {
		if (routes[i].message == NULL)
			continue;
		const struct lg_message_type *type = lg_message_type_named(routes[i].message);

		assert_non_null(type);
		assert_true(lg_service_in(type->from, LG_SERVICE_GATEWAY));
		if (routes[i].service != LG_SERVICE_NONE)
			assert_true(lg_service_in(type->to, routes[i].service));
	}
}

/* Goal: a path finds its route and what it holds.  Method: one path of each kind. */
static void a_path_finds_its_route_and_what_it_holds(void **unused)
{
	struct route_target target = find("PUT", "/api/v1/cases/" CASE "/interception");
	struct lg_id id;

	(void)unused;
	assert_true(lg_is_done(lg_id_parse(CASE, &id)));
	assert_string_equal(target.route->message, "RecordInterception");
	assert_true(lg_id_equal(target.case_id, id));
	assert_int_equal(target.service, LG_SERVICE_INTAKE);

	target = find("POST", "/api/v1/services/reporting/rebuild/15");
	assert_int_equal(target.partition, 15);
	assert_int_equal(target.service, LG_SERVICE_REPORTING);
	target = find("GET", "/api/v1/services/intake/dead-letters/42");
	assert_string_equal(target.route->message, "ShowDeadLetter");
	assert_int_equal(target.letter, 42);
	assert_string_equal(find("HEAD", "/api/v1/services/access").route->message, "ShowStatus");
}

/* Goal: what is no request of ours is told apart.  Method: one of each kind of wrong. */
static void wrong_paths_are_told_apart(void **unused)
{
	static const struct {
		const char *method, *path;
		enum route_outcome outcome;
	} wrong[] = {
		{ "GET", "", ROUTE_UNKNOWN },
		{ "GET", "/", ROUTE_UNKNOWN },
		{ "GET", "/api/v1/nothing", ROUTE_UNKNOWN },
		{ "GET", "/api/v1/health/", ROUTE_UNKNOWN },
		{ "GET", "//api/v1/health", ROUTE_UNKNOWN },
		{ "GET", "/api/v1/cases/" CASE "/trace/more", ROUTE_UNKNOWN },
		{ "GET", "/a/b/c/d/e/f/g/h/i/j/k", ROUTE_UNKNOWN },
		{ "DELETE", "/api/v1/cases/" CASE, ROUTE_OTHER_METHOD },
		{ "GET", "/api/v1/session", ROUTE_OTHER_METHOD },
		{ "GET", "/api/v1/cases/abc", ROUTE_MALFORMED },
		{ "GET", "/api/v1/cases/" CASE "0", ROUTE_MALFORMED },
		{ "POST", "/api/v1/services/reporting/rebuild/16", ROUTE_MALFORMED },
		{ "POST", "/api/v1/services/reporting/rebuild/-1", ROUTE_MALFORMED },
		{ "GET", "/api/v1/services/intake/dead-letters/x", ROUTE_MALFORMED },
		{ "GET", "/api/v1/services/nobody", ROUTE_NO_SERVICE },
		{ "GET", "/api/v1/services/bus", ROUTE_NO_SERVICE },
		{ "POST", "/api/v1/services/intake/rebuild/1", ROUTE_NO_SERVICE },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct route_target target;

		assert_int_equal(
			routes_find(wrong[i].method, wrong[i].path, &target), wrong[i].outcome);
	}
}

/* Goal: OPTIONS and 405 say what would do.  Method: paths with one and with no method. */
static void the_allow_header_lists_the_methods_of_a_path(void **unused)
{
	char allow[ROUTES_ALLOW_TEXT];

	(void)unused;
	routes_allowed("/api/v1/cases/" CASE, allow);
	assert_string_equal(allow, "GET, HEAD, OPTIONS");
	routes_allowed("/api/v1/session", allow);
	assert_string_equal(allow, "POST, OPTIONS");
	routes_allowed("/api/v1/cases/" CASE "/interception", allow);
	assert_string_equal(allow, "PUT, OPTIONS");
	routes_allowed("/api/v1/nothing", allow);
	assert_string_equal(allow, "");
}

/* Goal: a query's document says what its path and argument say.  Method: each kind of body. */
static void documents_are_made_of_ids_and_numbers(void **unused)
{
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	assert_string_equal(
		body_of(arena, "GET", "/api/v1/cases/" CASE, NULL), "{\"case_id\":\"" CASE "\"}");
	assert_string_equal(body_of(arena, "GET", "/api/v1/cases/" CASE, "1"),
		"{\"case_id\":\"" CASE "\",\"with_identity\":true}");
	assert_string_equal(body_of(arena, "GET", "/api/v1/cases/" CASE "/trace", NULL),
		"{\"case_id\":\"" CASE "\"}");
	assert_string_equal(body_of(arena, "GET", "/api/v1/reports/interceptions", "station,month"),
		"{\"by\":[\"station\",\"month\"]}");
	assert_string_equal(
		body_of(arena, "GET", "/api/v1/reports/interceptions", NULL), "{\"by\":[]}");
	assert_string_equal(
		body_of(arena, "GET", "/api/v1/reports/journey", "month"), "{\"by\":[\"month\"]}");
	assert_string_equal(body_of(arena, "GET", "/api/v1/services/intake/dead-letters", "7"),
		"{\"limit\":7}");
	assert_string_equal(
		body_of(arena, "POST", "/api/v1/services/intake/dead-letters/9/retry", CASE),
		"{\"letter\":9}");
	assert_string_equal(body_of(arena, "POST", "/api/v1/services/reporting/rebuild/0", NULL),
		"{\"confirm\":true}");
	assert_string_equal(body_of(arena, "GET", "/api/v1/services/intake", NULL), "{}");
	assert_string_equal(body_of(arena, "GET", "/api/v1/matches/" CASE, "1"),
		"{\"match_id\":\"" CASE "\",\"with_identity\":true}");
	assert_string_equal(body_of(arena, "POST", "/api/v1/matches/" CASE "/confirm", NULL),
		"{\"match_id\":\"" CASE "\"}");
	lg_arena_free(arena);
}

/* Goal: nothing but words gets into a document.  Method: arguments that would break it. */
static void arguments_that_are_none_are_refused(void **unused)
{
	static const struct {
		const char *path, *argument;
	} wrong[] = {
		{ "/api/v1/reports/interceptions", "a\",\"b" },
		{ "/api/v1/reports/interceptions", "," },
		{ "/api/v1/reports/interceptions", "station," },
		{ "/api/v1/reports/interceptions", "station,month,day" },
		{ "/api/v1/reports/interceptions", "abcdefghijklmnopq" },
		{ "/api/v1/cases/" CASE, "yes" },
		{ "/api/v1/services/intake/dead-letters", "-1" },
		{ "/api/v1/services/intake/dead-letters", "1}" },
	};
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct route_target target = find("GET", wrong[i].path);
		struct lg_bytes body;

		assert_false(
			lg_is_done(routes_write_body(arena, &target, wrong[i].argument, &body)));
	}
	lg_arena_free(arena);
}

/* Goal: a key lies where its route wants it.  Method: all partitions, and all sets of one. */
static void keys_lie_in_the_partition_that_is_asked_for(void **unused)
{
	struct route_target target = find("POST", "/api/v1/services/reporting/rebuild/3");
	struct lg_id key;

	(void)unused;
	for (uint32_t partition = 0; partition < LG_PARTITIONS; partition++) {
		target.partition = partition;
		assert_true(lg_is_done(routes_choose_key(&target, NULL, 0, any_random, &key)));
		assert_int_equal(lg_partition_of(key), partition);
	}
	target = find("GET", "/api/v1/services/reporting");
	for (uint32_t partition = 0; partition < LG_PARTITIONS; partition++) {
		assert_true(lg_is_done(routes_choose_key(
			&target, NULL, (uint16_t)(1u << partition), any_random, &key)));
		assert_int_equal(lg_partition_of(key), partition);
	}
	target = find("POST", "/api/v1/session");
	assert_true(lg_is_done(routes_choose_key(&target, NULL, 0, any_random, &key)));
	assert_true(lg_id_is_zero(key));
	target = find("POST", "/api/v1/services/intake/dead-letters/9/drop");
	assert_false(lg_is_done(routes_choose_key(&target, NULL, 0, any_random, &key)));
	assert_false(lg_is_done(routes_choose_key(&target, "abc", 0, any_random, &key)));
	assert_true(lg_is_done(routes_choose_key(&target, CASE, 0, any_random, &key)));
}

/*
 * Goal: the printed API is the one that is served.  Method: openapi.yaml has each pattern as a path,
 * with the method below it, and no path more.
 */
static void the_printed_api_lists_every_route(void **unused)
{
	FILE *file = fopen("services/gateway/openapi.yaml", "re");
	char line[256], path[256] = "", wanted[256];
	uint32_t count, found = 0, listed = 0;
	const struct route *routes = routes_all(&count);

	(void)unused;
	assert_non_null(file); /* tests run from the root of the tree */
	while (fgets(line, sizeof line, file) != NULL) {
		if (strncmp(line, "  /", 3) == 0)
			snprintf(path, sizeof path, "%.*s", (int)strcspn(line + 2, ":"), line + 2);
		if (strcmp(line, "    get:\n") != 0 && strcmp(line, "    put:\n") != 0 &&
			strcmp(line, "    post:\n") != 0)
			continue;
		listed++;
		for (uint32_t i = 0; i < count; i++) {
			snprintf(wanted, sizeof wanted, "    %s:\n", routes[i].method);
			found += strcmp(routes[i].pattern, path) == 0 &&
				 strcasecmp(wanted, line) == 0;
		}
	}
	fclose(file);
	assert_int_equal(listed, count);
	assert_int_equal(found, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_names_a_message_its_service_takes),
		cmocka_unit_test(a_path_finds_its_route_and_what_it_holds),
		cmocka_unit_test(wrong_paths_are_told_apart),
		cmocka_unit_test(the_allow_header_lists_the_methods_of_a_path),
		cmocka_unit_test(documents_are_made_of_ids_and_numbers),
		cmocka_unit_test(arguments_that_are_none_are_refused),
		cmocka_unit_test(keys_lie_in_the_partition_that_is_asked_for),
		cmocka_unit_test(the_printed_api_lists_every_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
