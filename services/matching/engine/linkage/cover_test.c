/*
 * Goal: the keys of a first look bring no more pairs than they may, and no two atoms of one field
 * or of twins stand in one key.  Method: atoms with stated chances, limits on both sides of them.
 */
#include "services/matching/engine/linkage/cover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PAIRS 1e6

/* Fields 0 and 1 are twins; 2 to 4 stand alone. */
static struct blocking atoms_of(const double *chances, uint32_t count)
{
	static const uint32_t fields[] = { 0, 1, 2, 3, 4 };
	static const uint32_t twins[] = { 1, 0, 2, 3, 4 };
	struct blocking blocking = { .atom_count = count };

	for (uint32_t i = 0; i < count; i++)
		blocking.atoms[i] = (struct block_atom){
			.field = fields[i % 5],
			.twin = twins[i % 5],
			.chance = chances[i],
		};
	return blocking;
}

static void what_is_rare_alone_is_a_key_alone(void **unused)
{
	const double chances[] = { 1e-5, 1e-4, 1e-3 };
	struct blocking blocking = atoms_of(chances, 3);

	(void)unused;
	cover_broadly(&blocking, PAIRS, 100);
	assert_int_equal(blocking.key_count, 2);
	for (uint32_t k = 0; k < 2; k++) {
		assert_int_equal(blocking.keys[k].count, 1);
		assert_int_equal(blocking.keys[k].atoms[0], k);
	}
}

static void no_key_may_be_expected_to_bring_more_than_its_share(void **unused)
{
	const double chances[] = { .01, .02, .05, .1, .5, .3, .001, .2, .02, .01 };
	const double limits[] = { 10, 100, 1000, 10000, 100000 };

	(void)unused;
	for (uint32_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct blocking blocking = atoms_of(chances, 10);

		cover_broadly(&blocking, PAIRS, limits[i]);
		assert_true(blocking.key_count > 0 && blocking.key_count <= KEYS_MAX);
		for (uint32_t k = 0; k < blocking.key_count; k++) {
			double expected = PAIRS;

			for (uint32_t a = 0; a < blocking.keys[k].count; a++)
				expected *= blocking.atoms[blocking.keys[k].atoms[a]].chance;
			assert_true(expected <= limits[i]);
		}
	}
}

static void atoms_of_one_field_or_of_twins_are_never_joined(void **unused)
{
	const double chances[] = { .01, .02, .05, .1, .5, .3, .01, .2, .02, .01 };
	struct blocking blocking = atoms_of(chances, 10);

	(void)unused;
	cover_broadly(&blocking, PAIRS, 1000);
	for (uint32_t k = 0; k < blocking.key_count; k++)
		for (uint32_t a = 0; a < blocking.keys[k].count; a++)
			for (uint32_t b = 0; b < a; b++) {
				const struct block_atom *one =
					&blocking.atoms[blocking.keys[k].atoms[a]];
				const struct block_atom *other =
					&blocking.atoms[blocking.keys[k].atoms[b]];

				assert_int_not_equal(one->field, other->field);
				assert_int_not_equal(one->field, other->twin);
			}
}

static void where_nothing_is_rare_there_is_still_one_key(void **unused)
{
	const double chances[] = { .9 };
	struct blocking blocking = atoms_of(chances, 1);

	(void)unused;
	cover_broadly(&blocking, PAIRS, 10);
	assert_int_equal(blocking.key_count, 1);
	assert_int_equal(blocking.keys[0].count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_rare_alone_is_a_key_alone),
		cmocka_unit_test(no_key_may_be_expected_to_bring_more_than_its_share),
		cmocka_unit_test(atoms_of_one_field_or_of_twins_are_never_joined),
		cmocka_unit_test(where_nothing_is_rare_there_is_still_one_key),
	};

	return cmocka_run_group_tests_name("matching/linkage/cover", tests, NULL, NULL);
}
