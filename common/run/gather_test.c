/*
 * Goal: who leaves takes with it what is its own and nothing else.  Method: a queue of runs, deadlines and
 * unhandled rows of several partitions in an instance in memory; batches under way that hold parts of them.
 * When a batch begins is stream/departure's.
 */
#include "common/run/gather.h"

#include "common/run/instance_for_tests.h"

static struct lg_delivery *add(
	struct lg_instance *instance, enum lg_delivery_kind kind, uint8_t partition)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_delivery *delivery = lg_alloc(arena, sizeof *delivery);

	*delivery = (struct lg_delivery){ .kind = kind, .partition = partition, .arena = arena };
	lg_gather_add(instance, delivery);
	return delivery;
}

/* Forgets all of it, whatever is still there. */
static void empty(struct lg_instance *instance)
{
	for (struct lg_delivery *d = instance->queue, *next; d != NULL; d = next) {
		next = d->next;
		d->is_queued = false;
		lg_delivery_free(d);
	}
	instance->queue = NULL;
}

static void what_comes_first_is_first(void **unused)
{
	struct test_instance t;
	struct lg_delivery *one, *two, *three;

	(void)unused;
	test_instance_init(&t);
	one = add(&t.instance, LG_DELIVERY_RUN, 1);
	two = add(&t.instance, LG_DELIVERY_DUE, 2);
	three = add(&t.instance, LG_DELIVERY_UNHANDLED, 1);
	assert_int_equal(t.instance.queue_count, 3);
	assert_ptr_equal(t.instance.queue, one);
	assert_ptr_equal(one->next, two);
	assert_ptr_equal(two->next, three);
	assert_null(three->next);
	empty(&t.instance);
	test_instance_release(&t);
}

static void a_partition_is_busy_while_anything_of_it_waits_or_is_under_way(void **unused)
{
	struct test_instance t;
	struct lg_batch batch = { .part_of = 1u << 5 };

	(void)unused;
	test_instance_init(&t);
	(void)add(&t.instance, LG_DELIVERY_DUE, 2);
	t.instance.active[t.instance.active_count++] = &batch;
	for (uint8_t p = 0; p < LG_PARTITIONS; p++)
		assert_int_equal(lg_gather_is_busy(&t.instance, p), p == 2 || p == 5);
	empty(&t.instance);
	test_instance_release(&t);
}

static void a_lost_partition_takes_only_its_own(void **unused)
{
	struct test_instance t;
	struct lg_delivery *stays, *last;

	(void)unused;
	test_instance_init(&t);
	(void)add(&t.instance, LG_DELIVERY_RUN, 1);
	stays = add(&t.instance, LG_DELIVERY_RUN, 2);
	(void)add(&t.instance, LG_DELIVERY_DUE, 1);
	(void)add(&t.instance, LG_DELIVERY_UNHANDLED, 1);
	lg_gather_forget(&t.instance, 1);
	assert_int_equal(t.instance.queue_count, 1);
	assert_ptr_equal(t.instance.queue, stays);
	last = add(&t.instance, LG_DELIVERY_DUE, 3); /* the end of the queue is still known */
	assert_ptr_equal(stays->next, last);
	empty(&t.instance);
	test_instance_release(&t);
}

/* A part of it lies in a batch: whoever ends that batch frees it. */
static void what_a_batch_holds_a_part_of_is_left_to_it(void **unused)
{
	struct test_instance t;
	struct lg_delivery *run;

	(void)unused;
	test_instance_init(&t);
	run = add(&t.instance, LG_DELIVERY_RUN, 1);
	run->users = 1;
	lg_gather_forget(&t.instance, 1);
	assert_null(t.instance.queue);
	assert_false(run->is_queued);
	run->users = 0;
	lg_delivery_free(run);
	test_instance_release(&t);
}

/* One that commits may be stored already; one that is still decided must not be. */
static void a_batch_of_a_lost_partition_fails_unless_it_commits(void **unused)
{
	struct test_instance t;
	struct lg_batch committing = { .part_of = 1u << 1, .phase = LG_BATCH_COMMITTING },
			deciding = { .part_of = 1u << 1 | 1u << 2, .phase = LG_BATCH_LOADING };

	(void)unused;
	test_instance_init(&t);
	t.instance.active[0] = &committing;
	t.instance.active[1] = &deciding;
	t.instance.active_count = 2;
	lg_gather_forget(&t.instance, 3);
	assert_false(deciding.has_failed);
	lg_gather_forget(&t.instance, 1);
	assert_true(deciding.has_failed);
	assert_false(committing.has_failed);
	test_instance_release(&t);
}

static void who_stops_leaves_runs_and_ends_the_rest(void **unused)
{
	struct test_instance t;
	struct lg_delivery *due;

	(void)unused;
	test_instance_init(&t);
	(void)add(&t.instance, LG_DELIVERY_RUN, 1);
	due = add(&t.instance, LG_DELIVERY_DUE, 1);
	(void)add(&t.instance, LG_DELIVERY_RUN, 2);
	lg_gather_leave(&t.instance);
	assert_int_equal(t.instance.queue_count, 1);
	assert_ptr_equal(t.instance.queue, due);
	empty(&t.instance);
	test_instance_release(&t);
}

/* A run of a stream at whose publisher so many more events lie, with all of its credit left. */
static struct lg_delivery *add_run(struct test_instance *t, struct lg_incoming *in, uint64_t more)
{
	struct lg_delivery *run = add(&t->instance, LG_DELIVERY_RUN, 1);

	run->incoming = in;
	run->count = 1;
	in->subscriber.tip.number = 100;
	in->head = in->subscriber.tip.number + more;
	in->subscriber.allowed_bytes = LG_WINDOW_BYTES;
	in->subscriber.received_bytes = 0;
	return run;
}

/*
 * Goal: the queue is described as it is: only a backlog of another site, for which its publisher has credit
 * left, is followed, and whoever hurries takes the rest along.  Method: one thing changed at a time.
 */
static void what_lies_ready_at_another_site_is_seen(void **unused)
{
	struct test_instance t;
	struct lg_incoming home = { 0 }, far = { .stream.destination = 2 },
			   last = { .stream.destination = 2 };
	struct lg_delivery *run;

	(void)unused;
	test_instance_init(&t);
	t.instance.started_us = 1000;
	t.instance.started_count = 5;
	run = add_run(&t, &far, LG_BEHIND_ITEMS);
	assert_true(lg_gather_platform(&t.instance, 1000).is_followed);
	assert_false(lg_gather_platform(&t.instance, 1000).is_hurried);
	assert_int_equal(lg_gather_platform(&t.instance, 1007).since_us, 7);
	assert_int_equal(lg_gather_platform(&t.instance, 1007).last_items, 5);
	far.head--;
	assert_false(lg_gather_platform(&t.instance, 1000).is_followed);
	far.head++;
	far.subscriber.received_bytes = LG_WINDOW_BYTES / 2 + 1; /* soon no credit is left */
	assert_false(lg_gather_platform(&t.instance, 1000).is_followed);
	far.subscriber.received_bytes = LG_WINDOW_BYTES / 2;
	run->count = 2 * LG_ENOUGH_ITEMS;
	assert_int_equal(lg_gather_platform(&t.instance, 1000).waiting, LG_ENOUGH_ITEMS);

	(void)add_run(&t, &last, 0); /* the end of a stream */
	assert_false(lg_gather_platform(&t.instance, 1000).is_followed);
	assert_int_equal(lg_gather_platform(&t.instance, 1000).waiting, LG_BEHIND_ITEMS);
	(void)add(&t.instance, LG_DELIVERY_DUE, 1);
	assert_true(lg_gather_platform(&t.instance, 1000).is_hurried);
	empty(&t.instance);
	t.instance.queue_end = &t.instance.queue;

	(void)add_run(&t, &home, 2 * LG_BEHIND_ITEMS);
	assert_false(lg_gather_platform(&t.instance, 1000).is_followed);
	empty(&t.instance);
	test_instance_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_first_is_first),
		cmocka_unit_test(a_partition_is_busy_while_anything_of_it_waits_or_is_under_way),
		cmocka_unit_test(a_lost_partition_takes_only_its_own),
		cmocka_unit_test(what_a_batch_holds_a_part_of_is_left_to_it),
		cmocka_unit_test(a_batch_of_a_lost_partition_fails_unless_it_commits),
		cmocka_unit_test(who_stops_leaves_runs_and_ends_the_rest),
		cmocka_unit_test(what_lies_ready_at_another_site_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
