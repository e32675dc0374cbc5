/* Addresses between opening and sending. */
#include "services/notification/pouch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOON ((lg_ms)1400000000000)

static struct lg_id numbered(uint8_t number)
{
	return (struct lg_id){ .byte = { 1, number } };
}

/* Goal: an address is taken once.  Method: put, take, take; and what was never put. */
static void an_address_is_taken_once(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct pouch *pouch = pouch_new();
	const struct lg_id nobody = { .byte = { 0 } };

	(void)unused;
	pouch_put(pouch, numbered(1), "a@b.example", NOON);
	assert_null(pouch_take(pouch, arena, numbered(2)));
	assert_null(pouch_take(pouch, arena, nobody));
	assert_string_equal(pouch_take(pouch, arena, numbered(1)), "a@b.example");
	assert_null(pouch_take(pouch, arena, numbered(1)));
	pouch_free(pouch);
	lg_arena_free(arena);
}

/*
 * Goal: it is bounded, and what is forgotten makes room again.
 * Method: fill it; one more only when the first is taken, or all are old; put one again.
 */
static void it_is_bounded_and_forgets(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct pouch *pouch = pouch_new();

	(void)unused;
	for (uint8_t i = 0; i < POUCH_MAX; i++) {
		assert_true(pouch_has_room(pouch, NOON));
		pouch_put(pouch, numbered(i), "a@b.example", NOON);
	}
	assert_false(pouch_has_room(pouch, NOON));
	pouch_put(pouch, numbered(3), "c@d.example", NOON); /* replaced, no place more */
	assert_string_equal(pouch_take(pouch, arena, numbered(3)), "c@d.example");
	assert_true(pouch_has_room(pouch, NOON));
	pouch_put(pouch, numbered(99), "", NOON + 1);
	assert_false(pouch_has_room(pouch, NOON + POUCH_AGE_MS));
	assert_true(pouch_has_room(pouch, NOON + POUCH_AGE_MS + 1));
	assert_string_equal(pouch_take(pouch, arena, numbered(99)), "");
	pouch_free(pouch);
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_taken_once),
		cmocka_unit_test(it_is_bounded_and_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
