#include "common/db/owed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/*
 * Goal: answers keep their order however many are owed.  Method: push three and take one, so
 * that the ring is full and wrapped round when it grows, several times.
 */
static void order_is_kept_while_the_ring_grows(void **unused)
{
	(void)unused;
	struct lg_owed_ring ring = { .at = NULL };
	char marks[3000];
	uint32_t pushed = 0, taken = 0;

	while (pushed < sizeof(marks)) {
		for (int n = 0; n < 3; n++)
			lg_owed_push(&ring, (struct lg_owed){ .argument = &marks[pushed++] });
		assert_ptr_equal(lg_owed_first(&ring).argument, &marks[taken++]);
		lg_owed_pop(&ring);
	}
	while (ring.count > 0) {
		assert_ptr_equal(lg_owed_first(&ring).argument, &marks[taken++]);
		lg_owed_pop(&ring);
	}
	assert_int_equal(taken, sizeof(marks));
	lg_owed_release(&ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_kept_while_the_ring_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
