/*
 * Goal: who is met again is told to the corridor of where that is, once the two are told apart by
 * time.  Method: each pairing once, in both orders.
 */
#include "services/matching/domain/sighting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct corridor_row rows[] = { { "SNL", "gorakhpur" }, { "BHW", "gorakhpur" } };
static const struct corridor_table table = { .count = 2, .rows = rows };

static void a_suspect_met_again_is_told_to_the_corridor_of_now(void **unused)
{
	struct person_record then = {
		.kind = RECORD_SUSPECT, .station = "JGB", .facts = { .at = 1 }
	};
	struct person_record now = {
		.kind = RECORD_SUSPECT, .station = "BHW", .facts = { .at = 2 }
	};
	struct sighting sighting;

	(void)unused;
	assert_true(sighting_see(&table, PAIRING_SUSPECT, &then, &now, 900000, &sighting));
	assert_ptr_equal(sighting.now, &now);
	assert_ptr_equal(sighting.before, &then);
	assert_int_equal(sighting.kind, SIGHTING_SUSPECT);
	assert_string_equal(sighting.corridor, "gorakhpur");
	assert_true(sighting_see(&table, PAIRING_SEEN_BEFORE, &now, &then, 900000, &sighting));
	assert_ptr_equal(sighting.now, &now);
	assert_int_equal(sighting.kind, SIGHTING_TWICE);
}

static void a_familys_report_is_nobodys_sighting(void **unused)
{
	struct person_record a = { .station = "SNL" }, b = { .station = "" };
	struct sighting sighting;

	(void)unused;
	assert_false(sighting_see(&table, PAIRING_RESCUED_AND_MISSING, &a, &b, 999999, &sighting));
	assert_false(sighting_see(&table, PAIRING_NONE, &a, &b, 999999, &sighting));
	assert_string_equal(corridor_of(&table, "XYZ"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_suspect_met_again_is_told_to_the_corridor_of_now),
		cmocka_unit_test(a_familys_report_is_nobodys_sighting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
