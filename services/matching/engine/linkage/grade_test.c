/*
 * Goal: grades are symmetric, and more slips never grade better.  Method: values of every kind,
 * random and known, both ways.
 */
#include "services/matching/engine/linkage/grade.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/random.h"

static enum grade grade(enum field_kind kind, const char *a, const char *b)
{
	const struct field field = { .kind = kind, .bs_from = 2027 };
	struct value of_a, of_b;

	assert_true(value_read(&field, lg_bytes(a, strlen(a)), &of_a));
	assert_true(value_read(&field, lg_bytes(b, strlen(b)), &of_b));
	assert_int_equal(grade_values(kind, &of_a, &of_b), grade_values(kind, &of_b, &of_a));
	return grade_values(kind, &of_a, &of_b);
}

static void names_are_graded_by_letters_and_sounds(void **unused)
{
	(void)unused;
	assert_int_equal(grade(KIND_NAME, "Harrington", "harrington "), GRADE_EQUAL);
	assert_true(grade(KIND_NAME, "harrington", "harringtom") >= GRADE_CLOSE);
	assert_true(grade(KIND_NAME, "Sarswati", "सरस्वती") >= GRADE_CLOSE);
	assert_true(grade(KIND_NAME, "Laxmi", "Lakshmi") >= GRADE_CLOSE);
	assert_int_equal(grade(KIND_NAME, "mitchell", "bob"), GRADE_DIFFERENT);
	assert_int_equal(grade(KIND_NAME, "m", "mitchell"), GRADE_NEAR);
}

static void dates_know_slips_crossings_and_years_alone(void **unused)
{
	(void)unused;
	assert_int_equal(grade(KIND_DATE, "19560409", "1956-04-09"), GRADE_EQUAL);
	assert_int_equal(grade(KIND_DATE, "19560409", "19560904"), GRADE_SOUND);
	assert_int_equal(grade(KIND_DATE, "19560409", "19564009"), GRADE_SOUND);
	assert_int_equal(grade(KIND_DATE, "19560409", "19560408"), GRADE_CLOSE);
	assert_int_equal(grade(KIND_DATE, "19560409", "19560427"), GRADE_NEAR);
	assert_int_equal(grade(KIND_DATE, "19560409", "1956"), GRADE_CROSSED_EQUAL);
	assert_int_equal(grade(KIND_DATE, "2068-05-12", "29/08/2011"), GRADE_EQUAL);
	assert_int_equal(grade(KIND_DATE, "२०६८ भदौ १२", "2011"), GRADE_CROSSED_EQUAL);
	assert_int_equal(grade(KIND_DATE, "2068", "2012-02-01"), GRADE_CROSSED_CLOSE);
	assert_int_equal(grade(KIND_DATE, "1958", "19560409"), GRADE_CROSSED_CLOSE);
	assert_int_equal(grade(KIND_DATE, "1970", "1956"), GRADE_DIFFERENT);
}

static void numbers_know_crossings(void **unused)
{
	(void)unused;
	assert_int_equal(grade(KIND_NUMBER, "7535316", "7535361"), GRADE_SOUND);
	assert_int_equal(grade(KIND_NUMBER, "7535316", "753531"), GRADE_CLOSE);
	assert_int_equal(grade(KIND_NUMBER, "7535316", "1249488"), GRADE_DIFFERENT);
	assert_int_equal(grade(KIND_PHONE, "+977 984-1234567", "9841234567"), GRADE_EQUAL);
	assert_int_equal(grade(KIND_AGE, "14", "about 15"), GRADE_SOUND);
	assert_int_equal(grade(KIND_CODE, "f", "m"), GRADE_DIFFERENT);
}

static void change_one(struct lg_random *random, char *text)
{
	size_t at = lg_random_below(random, strlen(text));

	text[at] = (char)('a' + (text[at] - 'a' + 1 + (int)lg_random_below(random, 20)) % 26);
}

static void evidence_falls_with_slips(void **unused)
{
	struct lg_random random;
	uint64_t sums[5] = { 0 };

	(void)unused;
	lg_random_seed(&random, 5);
	for (uint32_t i = 0; i < 3000; i++) {
		char name[16] = "", slipped[16];

		for (uint32_t k = 0; k < 8; k++)
			name[k] = (char)('a' + lg_random_below(&random, 26));
		memcpy(slipped, name, sizeof slipped);
		for (uint32_t slips = 0; slips < 5; slips++) {
			sums[slips] += grade(KIND_NAME, name, slipped);
			change_one(&random, slipped);
		}
	}
	for (uint32_t slips = 1; slips < 5; slips++)
		assert_true(sums[slips] < sums[slips - 1]);
}

/* What a glance says must hold: else a pair would be lost that a look would have kept. */
static void whom_a_glance_parts_a_look_parts_too(void **unused)
{
	struct lg_random random;
	uint32_t parted = 0;

	(void)unused;
	lg_random_seed(&random, 11);
	for (uint32_t i = 0; i < 20000; i++) {
		char names[2][16] = { "", "" };
		struct value values[2];
		bool is_read = true; /* "na" says nothing */

		for (uint32_t n = 0; n < 2; n++) {
			uint32_t size = 1 + (uint32_t)lg_random_below(&random, 12);

			for (uint32_t k = 0; k < size; k++)
				names[n][k] = (char)('a' + lg_random_below(&random, 26));
			is_read &= value_read(&(struct field){ .kind = KIND_NAME },
				lg_bytes(names[n], strlen(names[n])), &values[n]);
		}
		if (!is_read || !grade_is_apart(grade_sketch(&values[0]), grade_sketch(&values[1])))
			continue;
		parted++;
		assert_int_equal(grade_values(KIND_NAME, &values[0], &values[1]), GRADE_DIFFERENT);
	}
	assert_true(parted > 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_graded_by_letters_and_sounds),
		cmocka_unit_test(dates_know_slips_crossings_and_years_alone),
		cmocka_unit_test(numbers_know_crossings),
		cmocka_unit_test(evidence_falls_with_slips),
		cmocka_unit_test(whom_a_glance_parts_a_look_parts_too),
	};

	return cmocka_run_group_tests_name("matching/linkage/grade", tests, NULL, NULL);
}
