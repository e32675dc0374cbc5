#include "services/gateway/domain/listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define ONE "01010101010101010101010101010101"
#define TWO "02020202020202020202020202020202"

static const struct listing_shape paged = { "rows", "id", "next" };
static const struct listing_shape whole = { "rows", "id", NULL };

/* From memory of exactly its size, so that a step beyond it is seen. */
static struct lg_status cut(
	const char *text, const struct listing_shape *shape, struct listing_page *ret_page)
{
	static char *last;

	free(last);
	last = malloc(strlen(text) + 1);
	assert_non_null(last);
	memcpy(last, text, strlen(text));
	char *exact = realloc(last, strlen(text) == 0 ? 1 : strlen(text));
	assert_non_null(exact);
	last = exact;
	return listing_cut(lg_bytes(last, strlen(text)), shape, ret_page);
}

static void assert_row(const struct listing_row *row, const char *text)
{
	assert_true(lg_bytes_equal(row->text, lg_bytes(text, strlen(text))));
}

/* Goal: rows come out as they stand.  Method: texts with brackets, nesting, space, other order. */
static void rows_are_cut_out_as_they_stand(void **unused)
{
	static struct listing_page page;

	(void)unused;
	assert_true(lg_is_done(
		cut("{\"rows\":[{\"id\":\"" ONE "\",\"a\":\"}],\\\"\"},"
		    "{\"b\":{\"id\":\"no\",\"c\":[1,2]},\"id\":\"" TWO "\"}],\"next\":\"" TWO "\"}",
			&paged, &page)));
	assert_int_equal(page.count, 2);
	assert_row(&page.row[0], "{\"id\":\"" ONE "\",\"a\":\"}],\\\"\"}");
	assert_row(&page.row[1], "{\"b\":{\"id\":\"no\",\"c\":[1,2]},\"id\":\"" TWO "\"}");
	assert_int_equal(page.row[1].id.byte[0], 2);
	assert_int_equal(page.next.size, 32);

	assert_true(lg_is_done(cut(" { \"rows\" : [ ] } ", &whole, &page)));
	assert_int_equal(page.count, 0);
	assert_true(
		lg_is_done(cut("{\"n\":[1],\"rows\":[{\"id\":\"" ONE "\"} , {\"id\":\"" TWO "\"}]}",
			&whole, &page)));
	assert_int_equal(page.count, 2);
	assert_row(&page.row[0], "{\"id\":\"" ONE "\"}"); /* without the space behind it */
}

/* Goal: what is no such answer is refused.  Method: every beginning of a good one, and others. */
static void what_is_no_list_is_refused(void **unused)
{
	static const char good[] = "{\"next\":\"\",\"rows\":[{\"id\":\"" ONE "\",\"a\":\"\\\"\"}]}";
	static const char *const bad[] = { "", "[]", "{}", "{\"rows\":[]}", "{\"next\":\"\"}",
		"{\"next\":\"\",\"rows\":{}}", "{\"next\":\"\",\"rows\":[1]}",
		"{\"next\":\"\",\"rows\":[{}]}", "{\"next\":\"\",\"rows\":[{\"id\":\"01\"}]}",
		"{\"next\":\"\",\"rows\":[{\"id\":" ONE "}]}", "{\"next\":1,\"rows\":[]}",
		"{\"next\":\"\",\"rows\":[}]}", "{\"next\":\"\",\"rows\":[,]}", "\"\\",
		"{\"next\":\"\",\"rows\":[{\"id\":\"" ONE "\"} 1]}" };
	static struct listing_page page;
	char text[sizeof good];

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(lg_is_done(cut(bad[i], &paged, &page)));
	for (size_t size = 0; size + 2 < sizeof good; size++) { /* the last brace is not missed */
		snprintf(text, sizeof text, "%.*s", (int)size, good);
		assert_false(lg_is_done(cut(text, &paged, &page)));
	}
	assert_true(lg_is_done(cut(good, &paged, &page)));
}

/* Goal: an inbox is bounded.  Method: both sides of the limit, in an answer and in a listing. */
static void a_listing_has_its_limit(void **unused)
{
	static struct listing_page page;
	static struct listing listing;
	static char text[(LISTING_ROWS_MAX + 1) * 48 + 32];

	(void)unused;
	for (int count = LISTING_ROWS_MAX; count <= LISTING_ROWS_MAX + 1; count++) {
		size_t used = (size_t)snprintf(text, sizeof text, "{\"rows\":[");

		for (int i = 0; i < count; i++)
			used += (size_t)snprintf(text + used, sizeof text - used,
				"%s{\"id\":\"%032x\"}", i == 0 ? "" : ",", (unsigned)i);
		snprintf(text + used, sizeof text - used, "]}");
		assert_true(lg_is_done(cut(text, &whole, &page)));
		assert_int_equal(page.count, LISTING_ROWS_MAX);
		assert_int_equal(page.is_cut, count > LISTING_ROWS_MAX);
	}
	for (uint32_t i = 0; i < LISTING_ROWS_MAX; i++)
		listing_add(&listing, &(struct listing_item){ .id = page.row[i].id });
	assert_false(listing.has_more);
	listing_add(&listing, &(struct listing_item){ 0 });
	assert_true(listing.has_more);
	assert_int_equal(listing.count, LISTING_ROWS_MAX);
}

/* Goal: a row is known by id and digest together.  Method: the same, another digest, another id. */
static void a_row_is_held_as_it_is(void **unused)
{
	static struct listing listing;
	struct listing_item item = { .id.byte = { 1 }, .digest = { 2 } };

	(void)unused;
	listing_add(&listing, &item);
	assert_true(listing_holds(&listing, &item));
	item.digest[LISTING_DIGEST_SIZE - 1] = 1;
	assert_false(listing_holds(&listing, &item));
	item = listing.item[0];
	item.id.byte[15] = 1;
	assert_false(listing_holds(&listing, &item));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_cut_out_as_they_stand),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(a_listing_has_its_limit),
		cmocka_unit_test(a_row_is_held_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
