#include "common/run/outgoing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/run/batch.h"
#include "common/run/owned.h"

#define PARTITION 3

static uint8_t bytes[] = { 1, 2, 3 };

/* An open partition as lg_owned_take leaves it, but for the database. */
static struct lg_owned *owned_at(struct lg_instance *instance, uint64_t generation, uint64_t head)
{
	static const struct lg_points no_epochs;
	struct lg_owned *owned = calloc(1, sizeof *owned);
	struct lg_outgoing *out = calloc(1, sizeof *out);

	assert_non_null(owned);
	assert_non_null(out);
	owned->instance = instance;
	owned->partition = PARTITION;
	owned->generation = generation;
	owned->is_open = true;
	owned->out[0][0] = out;
	out->owned = owned;
	lg_outgoing_start(out, &no_epochs, head, 0);
	return owned;
}

static void owned_free(struct lg_owned *owned)
{
	lg_recent_free(owned->out[0][0]->recent);
	free(owned->out[0][0]);
	free(owned);
}

static struct lg_published published_of(const struct lg_owned *owned, struct lg_packed_event *event)
{
	return (struct lg_published){ .out = owned->out[0][0],
		.partition = owned->partition,
		.generation = owned->generation,
		.first = event,
		.end = &event->next };
}

/*
 * Goal: what was committed leaves, in the stream that published it.
 * Method: a partition without readers; what it would send stands in its memory.
 */
static void rows_whose_commit_is_known_may_leave(void **unused)
{
	(void)unused;
	struct lg_instance *instance = calloc(1, sizeof *instance);
	struct lg_owned *owned = owned_at(instance, 1, 7);
	struct lg_packed_event event = { .number = 8, .envelope = lg_bytes(bytes, sizeof bytes) };
	struct lg_published published = published_of(owned, &event);
	struct lg_bytes found;

	instance->owned[PARTITION] = owned;
	assert_int_equal(lg_outgoing_publish(instance, &published, true), 1);
	assert_int_equal(owned->out[0][0]->publisher.head, 8);
	assert_true(lg_recent_find(owned->out[0][0]->recent, 8, &found));
	owned_free(owned);
	free(instance);
}

/*
 * Goal: a batch that commits while its partition is lost, or lost and taken again, touches neither the
 * stream that is gone nor the new one, which read the rows back.  Found by `make faults` (SEED=8106): a
 * publisher went back in three partitions while a search committed what it told in one of them.
 * Method: the stream is freed, as lg_owned_lose does; the sanitiser sees a touch.
 */
static void a_stream_that_was_lost_meanwhile_is_not_touched(void **unused)
{
	(void)unused;
	struct lg_instance *instance = calloc(1, sizeof *instance);
	struct lg_owned *before = owned_at(instance, 1, 7), *after;
	struct lg_packed_event event = { .number = 8, .envelope = lg_bytes(bytes, sizeof bytes) };
	struct lg_published published = published_of(before, &event);

	owned_free(before);
	assert_int_equal(lg_outgoing_publish(instance, &published, true), 1);

	after = owned_at(instance, 2, 20);
	instance->owned[PARTITION] = after;
	assert_int_equal(lg_outgoing_publish(instance, &published, true), 1);
	assert_int_equal(after->out[0][0]->publisher.head, 20);
	assert_null(after->out[0][0]->recent);
	owned_free(after);
	free(instance);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_whose_commit_is_known_may_leave),
		cmocka_unit_test(a_stream_that_was_lost_meanwhile_is_not_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
