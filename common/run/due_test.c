/*
 * Goal: a deadline that was met is gone with what was decided then, and the next one is looked at in time.
 * Method: an instance in memory; the rows that its batch would send.
 */
#include "common/run/due.h"

#include "common/db/due.h"
#include "common/run/instance_for_tests.h"
#include "proto/matching.pb-c.h"

#define SEARCH 3501 /* a deadline; whose it is does not matter here */

struct settling {
	struct test_instance t;
	struct test_doing doing;
	struct lg_batch batch;
	struct lg_batch_item it;
	struct lg_delivery delivery;
};

static int setup(void **state)
{
	static const struct lg_handler handler = {
		.type = SEARCH, .decide = test_decide, .store = test_store
	};
	struct settling *s = calloc(1, sizeof *s);

	assert_non_null(s);
	test_instance_init(&s->t);
	s->doing.status = lg_done();
	s->batch = (struct lg_batch){
		.instance = &s->t.instance, .arena = lg_arena_new(), .now = NOON, .count = 1
	};
	s->delivery = (struct lg_delivery){
		.kind = LG_DELIVERY_DUE, .partition = 3, .due_id = test_id(9), .due_at = NOON - 1
	};
	s->it.handler = &handler;
	s->it.item = (struct lg_item){ .type = lg_message_type(SEARCH),
		.key = test_id(1),
		.now = NOON,
		.partition = 3,
		.arena = s->batch.arena,
		.state = &s->doing,
		.batch = &s->batch,
		.delivery = &s->delivery };
	s->batch.current = &s->it.item;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct settling *s = *state;

	HASH_CLEAR(hh, s->batch.moved);
	lg_arena_free(s->batch.arena);
	test_instance_release(&s->t);
	free(s);
	return 0;
}

static uint32_t rows(struct settling *s, uint32_t statement)
{
	return lg_rows_count(lg_batch_table(&s->batch, &lg_due_statements[statement]));
}

static void set(struct settling *s, uint8_t which, lg_ms due_at)
{
	Lifeguard__Matching__SearchDue message = LIFEGUARD__MATCHING__SEARCH_DUE__INIT;

	lg_due_set(&s->batch, &s->it.item, test_id(which), SEARCH, due_at, &message.base);
}

static void what_was_met_is_settled_with_what_was_decided(void **state)
{
	struct settling *s = *state;

	lg_due_handle(&s->batch, &s->it);
	assert_int_equal(rows(s, LG_DUE_SETTLED), 1);
	assert_int_equal(s->doing.stored, 1);
	assert_true(s->it.is_stored);
	assert_int_equal(s->batch.touched, 1u << 3);
}

static void what_is_refused_then_is_settled_too_and_told(void **state)
{
	struct settling *s = *state;

	s->doing.status = lg_refuse("a rule says no");
	lg_due_handle(&s->batch, &s->it);
	assert_int_equal(rows(s, LG_DUE_SETTLED), 1); /* or it would come again each second */
	assert_int_equal(s->doing.stored, 0);
	assert_string_equal(s->t.instance.last_error, "a rule says no");
}

/* The one that was met is deleted first: what the handler sets under its id stays. */
static void it_is_settled_before_it_is_set_anew(void **state)
{
	struct settling *s = *state;

	lg_due_handle(&s->batch, &s->it);
	set(s, 9, NOON + LG_HOUR_MS);
	assert_ptr_equal(lg_rows_statement(s->batch.tables[0]), &lg_due_statements[LG_DUE_SETTLED]);
	assert_int_equal(rows(s, LG_DUE_SET), 1);
}

static void the_last_word_of_a_batch_counts(void **state)
{
	struct settling *s = *state;

	set(s, 1, NOON + 5000);
	set(s, 1, NOON + 7000);
	set(s, 2, NOON + 6000);
	assert_int_equal(rows(s, LG_DUE_SET), 2);
	lg_due_clear(&s->batch, &s->it.item, test_id(3));
	assert_int_equal(rows(s, LG_DUE_CLEAR), 1);
}

/* Goal: nobody waits for the look of the next second.  Method: what the batch says to be looked at next. */
static void the_earliest_is_looked_at_next(void **state)
{
	struct settling *s = *state;

	assert_int_equal(s->batch.next_due, 0);
	set(s, 1, NOON + 5000);
	set(s, 2, NOON + 400);
	set(s, 3, NOON + 6000);
	assert_int_equal(s->batch.next_due, NOON + 400);
	lg_due_handle(&s->batch, &s->it); /* more may wait behind it: at once */
	assert_true(s->batch.next_due <= NOON);
}

int main(void)
{
#define DUE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		DUE_TEST(what_was_met_is_settled_with_what_was_decided),
		DUE_TEST(what_is_refused_then_is_settled_too_and_told),
		DUE_TEST(it_is_settled_before_it_is_set_anew),
		DUE_TEST(the_last_word_of_a_batch_counts),
		DUE_TEST(the_earliest_is_looked_at_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
