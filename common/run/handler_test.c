/*
 * Goal: what a handler asks for is what its batch stores.  Method: an instance in memory; the batch's
 * tables, its published streams and the key cache are looked at.
 */
#include "common/run/handler.h"

#include <sodium.h>

#include "common/db/subject_key.h"
#include "common/run/instance_for_tests.h"
#include "proto/intake.pb-c.h"

#define ENGAGED 101 /* an event that intake may send */

struct storing {
	struct test_instance t;
	struct lg_batch batch;
	struct lg_item item;
};

static int setup(void **state)
{
	struct storing *s = calloc(1, sizeof *s);

	assert_non_null(s);
	assert_true(sodium_init() >= 0);
	test_instance_init(&s->t);
	s->t.instance.key_cache = lg_key_cache_new();
	s->t.keys.kek_count = 1;
	s->t.keys.keks[0].epoch = 1;
	randombytes_buf(s->t.keys.keks[0].key, sizeof s->t.keys.keks[0].key);
	s->batch = (struct lg_batch){
		.instance = &s->t.instance, .arena = lg_arena_new(), .now = NOON
	};
	s->item = (struct lg_item){ .key = test_id(1), .now = NOON, .batch = &s->batch };
	s->item.partition = lg_partition_of(s->item.key);
	test_owned(&s->t.instance, s->item.partition);
	s->batch.current = &s->item;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct storing *s = *state;

	lg_arena_free(s->batch.arena);
	lg_key_cache_free(s->t.instance.key_cache);
	test_instance_release(&s->t);
	free(s);
	return 0;
}

static uint32_t rows(struct storing *s, uint32_t statement)
{
	return lg_rows_count(lg_batch_table(&s->batch, &lg_subject_key_statements[statement]));
}

static const struct lg_seal_place *place_of(struct storing *s, struct lg_seal_place *place)
{
	*place = (struct lg_seal_place){ .class = LG_CLASS_IDENTITY,
		.subject = test_id(2),
		.case_id = s->item.key,
		.context = test_id(3) };
	return place;
}

static void one_key_is_made_for_all_that_is_sealed_of_a_subject(void **state)
{
	struct storing *s = *state;
	Lifeguard__Intake__MigrantEngaged message = LIFEGUARD__INTAKE__MIGRANT_ENGAGED__INIT;
	struct lg_seal_place place;

	for (int i = 0; i < 3; i++)
		assert_non_null(lg_batch_seal(&s->batch, place_of(s, &place), &message.base));
	assert_int_equal(rows(s, LG_SUBJECT_KEY_INSERT), 1);
	assert_int_equal(lg_key_cache_count(s->t.instance.key_cache), 1);
	assert_false(s->batch.has_failed);
}

static void an_erased_key_leaves_memory_when_that_is_committed(void **state)
{
	struct storing *s = *state;
	struct lg_key_cache *cache = s->t.instance.key_cache;

	for (uint8_t subject = 2; subject < 5; subject++)
		(void)lg_data_key_new(&s->t.keys, cache, test_id(subject), LG_CLASS_IDENTITY, NOON);
	lg_erase_keys(&s->batch, test_id(2));
	lg_erase_keys(&s->batch, test_id(4));
	assert_int_equal(rows(s, LG_SUBJECT_KEY_ERASE), 2);
	assert_int_equal(lg_key_cache_count(cache), 3); /* it may still be rolled back */
	lg_batch_forget_erased(&s->batch);
	assert_int_equal(lg_key_cache_count(cache), 1);
}

static void publish(struct storing *s, uint16_t destination)
{
	Lifeguard__Intake__MigrantEngaged message = LIFEGUARD__INTAKE__MIGRANT_ENGAGED__INIT;

	lg_publish(&s->batch, &s->item,
		&(struct lg_event){ .type = ENGAGED,
			.event_id = lg_random_id(),
			.occurred_at = NOON,
			.message = &message.base,
			.destination = destination });
}

static void events_are_numbered_densely_by_stream(void **state)
{
	struct storing *s = *state;
	const struct lg_published *last;
	uint32_t streams = 0;

	s->t.instance.owned[s->item.partition]->out[0][LG_LANE_CARE]->assigned = 41;
	publish(s, 0);
	publish(s, 2);
	publish(s, 0);
	for (last = s->batch.published; last != NULL; last = last->next) {
		uint64_t number = last->out->site == 0 ? 42 : 1;

		for (const struct lg_packed_event *e = last->first; e != NULL; e = e->next)
			assert_int_equal(e->number, number++);
		assert_int_equal(number, last->out->site == 0 ? 44 : 2);
		streams++;
	}
	assert_int_equal(streams, 2);
	assert_int_equal(s->batch.touched, 1u << s->item.partition);
	assert_false(s->batch.has_failed);
}

static void an_event_for_nobody_fails_the_batch(void **state)
{
	struct storing *s = *state;

	publish(s, 9); /* a site that we are not linked with */
	assert_true(s->batch.has_failed);
	assert_null(s->batch.published);

	s->batch.has_failed = false;
	s->t.instance.owned[s->item.partition]->is_open = false; /* lost meanwhile */
	publish(s, 0);
	assert_true(s->batch.has_failed);
	assert_null(s->batch.published);
}

int main(void)
{
#define HANDLER_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		HANDLER_TEST(one_key_is_made_for_all_that_is_sealed_of_a_subject),
		HANDLER_TEST(an_erased_key_leaves_memory_when_that_is_committed),
		HANDLER_TEST(events_are_numbered_densely_by_stream),
		HANDLER_TEST(an_event_for_nobody_fails_the_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
