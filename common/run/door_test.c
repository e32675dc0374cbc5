/*
 * Goal: who asks twice for what takes long is worked for once.  Method: commands that wait or are worked on
 * in an instance in memory, and copies of them, exact and not.  What a copy costs is seen in
 * tests/protection/door.sh.
 */
#include "common/run/door.h"

#include "common/run/gather.h"
#include "common/run/instance_for_tests.h"

static void ponder(struct lg_item *item)
{
	(void)item;
}

static const struct lg_handler long_handlers[] = {
	{ .type = RECORD, .decide = test_decide, .store = test_store, .ponder = ponder },
	{ .type = SHOW, .decide = test_decide, .store = test_store },
	{ .type = 0 },
};

static const struct lg_service long_service = {
	.number = LG_SERVICE_INTAKE,
	.name = "intake",
	.handlers = long_handlers,
};

static void begin(struct test_instance *t)
{
	test_instance_init(t);
	t->instance.service = &long_service;
}

static struct lg_delivery command(uint32_t type, uint8_t id, uint8_t user, const char *body)
{
	return (struct lg_delivery){
		.kind = LG_DELIVERY_COMMAND,
		.type = lg_message_type(type),
		.command = { .command_id = { .byte = { [0] = id } },
			.body = lg_bytes(body, strlen(body)) },
		.actor = { .user = { .byte = { [0] = user } } },
	};
}

static void a_copy_is_of_the_one_that_waits(void **unused)
{
	struct lg_delivery other = command(RECORD, 2, 1, "a"), first = command(RECORD, 1, 1, "a"),
			   copy = command(RECORD, 1, 1, "a");
	struct test_instance t;

	(void)unused;
	begin(&t);
	lg_gather_add(&t.instance, &other);
	assert_null(lg_door_first_of(&t.instance, &copy));
	lg_gather_add(&t.instance, &first);
	assert_ptr_equal(lg_door_first_of(&t.instance, &copy), &first);
	t.instance.queue = NULL;
	test_instance_release(&t);
}

static void a_copy_is_of_the_one_that_is_worked_on(void **unused)
{
	struct lg_delivery first = command(RECORD, 1, 1, "a"), copy = command(RECORD, 1, 1, "a");
	struct lg_taken taken = { .delivery = &first };
	struct lg_batch batch = { .taken = &taken, .phase = LG_BATCH_PONDERING };
	struct test_instance t;

	(void)unused;
	begin(&t);
	t.instance.active[t.instance.active_count++] = &batch;
	assert_ptr_equal(lg_door_first_of(&t.instance, &copy), &first);
	t.instance.active_count = 0;
	assert_null(lg_door_first_of(&t.instance, &copy));
	test_instance_release(&t);
}

/* A client may choose its id: what says something else, or is somebody else's, is refused later. */
static void what_differs_is_no_copy(void **unused)
{
	struct lg_delivery first = command(RECORD, 1, 1, "a");
	const struct lg_delivery others[] = {
		command(RECORD, 1, 1, "b"),
		command(RECORD, 1, 2, "a"),
		command(RECORD, 2, 1, "a"),
	};
	struct test_instance t;

	(void)unused;
	begin(&t);
	lg_gather_add(&t.instance, &first);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_null(lg_door_first_of(&t.instance, &others[i]));
	t.instance.queue = NULL;
	test_instance_release(&t);
}

/* Looking costs more than it saves there. */
static void what_is_quick_is_not_looked_for(void **unused)
{
	struct lg_delivery first = command(SHOW, 1, 1, "a"), copy = command(SHOW, 1, 1, "a");
	struct test_instance t;

	(void)unused;
	begin(&t);
	assert_false(lg_door_takes_long(&t.instance, &copy));
	lg_gather_add(&t.instance, &first);
	assert_null(lg_door_first_of(&t.instance, &copy));
	t.instance.queue = NULL;
	test_instance_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_is_of_the_one_that_waits),
		cmocka_unit_test(a_copy_is_of_the_one_that_is_worked_on),
		cmocka_unit_test(what_differs_is_no_copy),
		cmocka_unit_test(what_is_quick_is_not_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
