/*
 * Goal: what the database refuses is found, and nothing else suffers.  Method: a stream with bad events
 * at random places is handled as common/run does it (a refused batch is read again from its position),
 * while commands of other partitions take their turns; every event must end once, each in its own way.
 */
#include "common/stream/singling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "common/base/random.h"

#define EVENTS_MAX 300
#define ROUNDS     500

enum ending { NOT_YET, APPLIED, DEAD };

struct stream {
	struct lg_singling singling;
	uint32_t count, position;
	bool is_bad[EVENTS_MAX];
	enum ending ended[EVENTS_MAX];
};

static struct lg_id id_of(uint32_t place)
{
	struct lg_id id = { .byte = { 1 } };

	memcpy(id.byte + 4, &place, sizeof place);
	return id;
}

/* As the database: all of the batch or nothing. */
static bool is_refused(const struct stream *s, uint32_t count)
{
	for (uint32_t i = s->position; i < s->position + count; i++)
		if (s->is_bad[i] && !lg_singling_is_bad(&s->singling, id_of(i)))
			return true;
	return false;
}

static void handle(struct stream *s, uint32_t most)
{
	uint32_t left = s->count - s->position, count = lg_singling_is_on(&s->singling) ? 1
							: left < most                   ? left
											: most;

	lg_singling_begun(&s->singling);
	if (is_refused(s, count)) { /* forgotten and read again: the position has not moved */
		const struct lg_id first = id_of(s->position);

		lg_singling_refused(&s->singling, count, &first);
		return;
	}
	for (; count > 0; count--, s->position++) {
		assert_int_equal(s->ended[s->position], NOT_YET);
		s->ended[s->position] =
			lg_singling_is_bad(&s->singling, id_of(s->position)) ? DEAD : APPLIED;
	}
}

static void a_bad_event_is_singled_out_and_no_other(void **unused)
{
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 7);
	for (int round = 0; round < ROUNDS; round++) {
		struct stream s = { .count = 1 + (uint32_t)lg_random_below(&random, EVENTS_MAX) };
		uint64_t one_in = 1 + lg_random_below(&random, 20);
		uint32_t steps = 0;

		for (uint32_t i = 0; i < s.count; i++)
			s.is_bad[i] = lg_random_below(&random, one_in) == 0;
		while (s.position < s.count) {
			if (lg_random_below(&random, 4) == 0) /* a command of another partition */
				lg_singling_begun(&s.singling);
			handle(&s, 1 + (uint32_t)lg_random_below(&random, 64));
			/* each bad one costs a refused batch, one alone, and its way to the letters */
			assert_true(++steps < 20 * (s.count + 1));
		}
		for (uint32_t i = 0; i < s.count; i++)
			assert_int_equal(s.ended[i], s.is_bad[i] ? DEAD : APPLIED);
	}
}

static void a_command_that_is_refused_alone_is_no_event(void **unused)
{
	struct lg_singling singling = { .left = 0 };

	(void)unused;
	lg_singling_refused(&singling, 1, NULL);
	assert_false(lg_singling_is_on(&singling));
	assert_false(lg_singling_is_bad(&singling, (struct lg_id){ .byte = { 0 } }));
}

static void as_many_batches_as_items_hold_one(void **unused)
{
	struct lg_singling singling = { .left = 0 };

	(void)unused;
	lg_singling_refused(&singling, 3, NULL);
	for (int i = 0; i < 3; i++) {
		assert_true(lg_singling_is_on(&singling));
		lg_singling_begun(&singling);
	}
	assert_false(lg_singling_is_on(&singling));
	lg_singling_begun(&singling); /* one more is as always */
	assert_false(lg_singling_is_on(&singling));
}

static void the_newest_bad_ones_are_remembered(void **unused)
{
	struct lg_singling singling = { .left = 0 };

	(void)unused;
	for (uint32_t i = 0; i <= LG_BAD_MAX; i++) {
		const struct lg_id id = id_of(i);

		lg_singling_refused(&singling, 1, &id);
	}
	assert_false(lg_singling_is_bad(&singling, id_of(0)));
	for (uint32_t i = 1; i <= LG_BAD_MAX; i++)
		assert_true(lg_singling_is_bad(&singling, id_of(i)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_event_is_singled_out_and_no_other),
		cmocka_unit_test(a_command_that_is_refused_alone_is_no_event),
		cmocka_unit_test(as_many_batches_as_items_hold_one),
		cmocka_unit_test(the_newest_bad_ones_are_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
