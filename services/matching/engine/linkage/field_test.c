/*
 * Goal: every kind and grade has words, and a pattern gives back the grades that it was made of.
 * Method: all of them.
 */
#include "services/matching/engine/linkage/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_kind_and_grade_has_words_of_its_own(void **unused)
{
	(void)unused;
	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		assert_non_null(field_kind_names[kind]);
		for (unsigned other = 0; other < kind; other++)
			assert_string_not_equal(field_kind_names[kind], field_kind_names[other]);
		for (unsigned grade = 0; grade < GRADE_COUNT; grade++) {
			const char *says =
				field_grade_says((enum field_kind)kind, (enum grade)grade);

			assert_non_null(says);
			for (unsigned other = 0; other < grade; other++)
				assert_string_not_equal(says,
					field_grade_says((enum field_kind)kind, (enum grade)other));
		}
	}
}

static void equal_and_missing_are_told_alike_of_every_kind(void **unused)
{
	(void)unused;
	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		assert_string_equal(field_grade_says((enum field_kind)kind, GRADE_EQUAL), "equal");
		assert_string_equal(
			field_grade_says((enum field_kind)kind, GRADE_MISSING), "not compared");
		assert_string_equal(
			field_grade_says((enum field_kind)kind, GRADE_DIFFERENT), "different");
	}
}

static void a_pattern_gives_back_the_grade_of_each_field(void **unused)
{
	(void)unused;
	for (unsigned grade = 0; grade < GRADE_COUNT; grade++)
		for (uint32_t field = 0; field < FIELDS_MAX; field++) {
			uint64_t others = 0;

			for (uint32_t f = 0; f < FIELDS_MAX; f++)
				others |= (uint64_t)(f == field ? 0 : (grade + f) % GRADE_COUNT)
					  << f * GRADE_BITS;
			assert_int_equal(
				pattern_grade(
					others | (uint64_t)grade << field * GRADE_BITS, field),
				grade);
		}
	assert_true(GRADE_COUNT <= 1u << GRADE_BITS);
	assert_true(FIELDS_MAX * GRADE_BITS <= 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_and_grade_has_words_of_its_own),
		cmocka_unit_test(equal_and_missing_are_told_alike_of_every_kind),
		cmocka_unit_test(a_pattern_gives_back_the_grade_of_each_field),
	};

	return cmocka_run_group_tests_name("matching/linkage/field", tests, NULL, NULL);
}
