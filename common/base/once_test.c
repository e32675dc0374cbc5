#include "common/base/once.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOON (20000 * LG_DAY_MS + 12 * LG_HOUR_MS)

static struct lg_id mark_of(uint32_t number)
{
	struct lg_id id = { .byte = { 1 } };

	memcpy(id.byte + 4, &number, sizeof number);
	return id;
}

/* Goal: once in an hour, anew in the next.  Method: the last and the first millisecond of each. */
static void a_mark_holds_for_its_hour(void **unused)
{
	static struct lg_once once;

	(void)unused;
	assert_false(lg_once_is_done(&once, NOON, mark_of(1)));
	lg_once_add(&once, NOON, mark_of(1));
	lg_once_add(&once, NOON, mark_of(1));
	assert_int_equal(once.count, 1);
	assert_true(lg_once_is_done(&once, NOON + LG_HOUR_MS - 1, mark_of(1)));
	assert_false(lg_once_is_done(&once, NOON, mark_of(2)));
	assert_false(lg_once_is_done(&once, NOON - 1, mark_of(1)));
	assert_false(lg_once_is_done(&once, NOON + LG_HOUR_MS, mark_of(1)));
	lg_once_add(&once, NOON + LG_HOUR_MS, mark_of(2));
	assert_false(lg_once_is_done(&once, NOON + LG_HOUR_MS, mark_of(1)));
	assert_int_equal(once.count, 1);
}

/* Goal: it never grows.  Method: as many marks as it holds, and one more: only that is known. */
static void a_full_one_forgets(void **unused)
{
	static struct lg_once once;

	(void)unused;
	for (uint32_t i = 0; i < LG_ONCE_MAX; i++)
		lg_once_add(&once, NOON, mark_of(i));
	for (uint32_t i = 0; i < LG_ONCE_MAX; i++)
		assert_true(lg_once_is_done(&once, NOON, mark_of(i)));
	lg_once_add(&once, NOON, mark_of(LG_ONCE_MAX));
	assert_true(lg_once_is_done(&once, NOON, mark_of(LG_ONCE_MAX)));
	assert_false(lg_once_is_done(&once, NOON, mark_of(0)));
	assert_int_equal(once.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mark_holds_for_its_hour),
		cmocka_unit_test(a_full_one_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
