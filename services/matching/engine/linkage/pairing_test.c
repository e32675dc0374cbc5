/*
 * Goal: what a memory of grades gives is what a comparison gives, whichever value stands first and
 * however often it is asked; twins are told straight and crosswise.  Method: every two values of
 * invented people, twice, against grade_values().
 */
#include "services/matching/engine/linkage/pairing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/matching/engine/linkage/grade.h"
#include "services/matching/engine/linkage/people_for_tests.h"

#define PERSONS 60

static void a_remembered_grade_is_the_compared_one_from_either_side(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct pairing pairing;
	struct roster roster;

	(void)unused;
	people_twice(&roster, PERSONS, arena);
	pairing_init(&pairing, &roster, arena);
	for (uint32_t turn = 0; turn < 2; turn++)
		for (uint32_t f = 0; f < PEOPLE_FIELDS; f++) {
			const struct vocabulary *values = roster.vocabularies[f];

			for (uint32_t a = 1; a <= values->count; a++)
				for (uint32_t b = 1; b <= a; b++) {
					enum grade grade = grade_values(values->field.kind,
						vocabulary_value(values, a),
						vocabulary_value(values, b));

					assert_int_equal(pairing_grade(&pairing, f, a, b), grade);
					assert_int_equal(pairing_grade(&pairing, f, b, a), grade);
				}
		}
	lg_arena_free(arena);
}

static void what_is_missing_is_no_evidence(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	uint32_t none[PEOPLE_FIELDS] = { 0 };
	struct pairing pairing;
	struct roster roster;

	(void)unused;
	people_twice(&roster, PERSONS, arena);
	pairing_init(&pairing, &roster, arena);
	for (uint32_t r = 0; r < roster.count; r++) {
		assert_true(pairing_pattern(&pairing, roster_ids(&roster, r), none) == 0);
		assert_true(pairing_pattern(&pairing, none, roster_ids(&roster, r)) == 0);
	}
	lg_arena_free(arena);
}

static void one_field_is_its_part_of_the_whole(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct pairing pairing;
	struct roster roster;

	(void)unused;
	people_twice(&roster, PERSONS, arena);
	pairing_init(&pairing, &roster, arena);
	for (uint32_t a = 0; a < roster.count; a++)
		for (uint32_t b = 0; b < roster.count; b++) {
			const uint32_t *of_a = roster_ids(&roster, a),
				       *of_b = roster_ids(&roster, b);
			uint64_t parts = 0;

			for (uint32_t f = 0; f < PEOPLE_FIELDS; f++)
				if (roster.list.fields[f].twin >= f)
					parts |= pairing_field(&pairing, f, of_a, of_b);
			assert_true(parts == pairing_pattern(&pairing, of_a, of_b));
		}
	lg_arena_free(arena);
}

static void a_weak_likeness_crosswise_is_not_believed(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	uint32_t swapped[PEOPLE_FIELDS];
	struct pairing pairing;
	struct roster roster;

	(void)unused;
	people_twice(&roster, PERSONS, arena);
	pairing_init(&pairing, &roster, arena);
	for (uint32_t r = 0; r < roster.count; r++) {
		const uint32_t *ids = roster_ids(&roster, r);
		uint64_t pattern;

		memcpy(swapped, ids, sizeof swapped);
		swapped[0] = ids[1];
		swapped[1] = ids[0];
		pattern = pairing_pattern(&pairing, ids, swapped);
		if (pairing_grade(&pairing, 0, ids[0], ids[1]) <= GRADE_NEAR)
			assert_int_equal(pattern_grade(pattern, 0), GRADE_CROSSED_EQUAL);
		/* straight and whole: never crosswise */
		pattern = pairing_pattern(&pairing, ids, ids);
		assert_int_equal(pattern_grade(pattern, 0), GRADE_EQUAL);
		assert_int_equal(pattern_grade(pattern, 1), GRADE_EQUAL);
	}
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_remembered_grade_is_the_compared_one_from_either_side),
		cmocka_unit_test(what_is_missing_is_no_evidence),
		cmocka_unit_test(one_field_is_its_part_of_the_whole),
		cmocka_unit_test(a_weak_likeness_crosswise_is_not_believed),
	};

	return cmocka_run_group_tests_name("matching/linkage/pairing", tests, NULL, NULL);
}
