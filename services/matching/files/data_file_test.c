/* The data that the service ships with, and what is said of bad ones. */
#include "services/matching/files/data_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/matching/engine/compare.h"

#define DATA "services/matching/data"

/*
 * Goal: the shipped weights mean what their file says.  Method: read them, and compare invented
 * pairs: a girl found again is proposed, one who shares only facts or only a name is not.
 */
static void shipped_weights_propose_whom_a_lead_would_look_at(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct weights weights;
	struct district_table districts;
	const char *problem = NULL;
	struct person_facts here = { .sex = SEX_FEMALE,
		.age_years = 16,
		.age_basis = AGE_STATED,
		.at = 1700000000000,
		.district = "Kavre" };
	struct person_facts there = here;
	struct person *a = lg_alloc(arena, sizeof *a), *b = lg_alloc(arena, sizeof *b);

	(void)unused;
	assert_true(lg_is_done(weights_read(arena, DATA "/weights.ini", &weights, &problem)));
	assert_true(lg_is_done(
		districts_read(arena, DATA "/district_aliases.csv", &districts, &problem)));
	there.district = "Kavrepalanchok";
	person_begin(a, &here, &districts);
	person_begin(b, &there, &districts);
	person_add_name(a, "Sangita Tharu");
	person_add_name(b, "Sanjita Tharu");
	assert_true(compare(&weights, a, b).probability_ppm >= weights.propose_ppm);

	person_begin(b, &there, &districts); /* facts alone */
	assert_true(compare(&weights, a, b).probability_ppm < weights.propose_ppm);
	person_add_name(b, "Radhika Gurung");
	assert_true(compare(&weights, a, b).probability_ppm < weights.propose_ppm);
	person_add_phone(a, "9841000001"); /* two names, one telephone */
	person_add_phone(b, "9841000001");
	assert_true(compare(&weights, a, b).probability_ppm >= weights.propose_ppm);

	there.district = "Jhapa"; /* a name alone */
	there.age_years = 30;
	person_begin(b, &there, &districts);
	person_add_name(b, "Sangita Tharu");
	assert_true(compare(&weights, a, b).probability_ppm < weights.propose_ppm);
	lg_arena_free(arena);
}

/*
 * Goal: what is shipped leads from an old name to the place of today, and a file that is not there is
 * named.  Method: the shipped file; Bhairahawa in Devanagari, without its district.
 */
static void shipped_places_lead_to_those_of_today(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct place_table places;
	struct district_table none = { .count = 0 };
	struct person_facts facts = { .sex = SEX_FEMALE, .age_years = -1, .district = "" };
	struct person *a = lg_alloc(arena, sizeof *a), *b = lg_alloc(arena, sizeof *b);
	struct weights weights = { .one_in = 2 };
	const char *problem = NULL;

	(void)unused;
	assert_true(lg_is_done(places_read(arena, DATA "/place_aliases.csv", &places, &problem)));
	assert_true(places.count > 0);
	person_begin(a, &facts, &none);
	person_add_place(a, &places, "भैरहवा");
	facts.district = "rupandehi";
	person_begin(b, &facts, &none);
	person_add_place(b, &places, "Siddharthanagar-3");
	assert_int_equal(compare(&weights, a, b).reasons[FIELD_PLACE].level, LEVEL_EQUAL);
	assert_int_equal(
		places_read(arena, DATA "/nowhere.csv", &places, &problem).outcome, LG_REFUSED);
	assert_non_null(strstr(problem, "nowhere.csv"));
	lg_arena_free(arena);
}

static const char *problem_of(struct lg_arena *arena, const char *text)
{
	struct district_table table;
	const char *problem = "";

	assert_false(
		lg_is_done(districts_parse(arena, lg_bytes(text, strlen(text)), &table, &problem)));
	return problem;
}

/* Goal: a bad row is named by its line.  Method: one fault each. */
static void bad_aliases_are_named_by_their_line(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct district_table table;
	struct weights weights;
	const char *problem = NULL;

	(void)unused;
	assert_string_equal(problem_of(arena, "a,b\n"),
		"district_aliases.csv, line 1: the first line names other columns (columns: alias,district)");
	assert_string_equal(problem_of(arena, "alias,district\nKavre\n"),
		"district_aliases.csv, line 2: more or fewer cells than the first line (columns: alias,district)");
	assert_string_equal(problem_of(arena, "alias,district\nKavre,Kavrepalanchok\n1,Jhapa\n"),
		"district_aliases.csv, line 3: a name that has no letters (columns: alias,district)");
	assert_false(lg_is_done(districts_read(arena, "nowhere", &table, &problem)));
	assert_false(lg_is_done(weights_read(arena, "nowhere", &weights, &problem)));
	lg_arena_free(arena);
}

/* Goal: the table ends where it says.  Method: as many aliases as fit, and one more. */
static void aliases_have_a_maximum(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct district_table table;
	const char *problem = NULL;
	size_t size = strlen("alias,district\n");
	char *text = lg_alloc(arena, size + (DISTRICT_ALIASES_MAX + 1) * 4 + 1);

	(void)unused;
	memcpy(text, "alias,district\n", size);
	for (size_t i = 0; i < DISTRICT_ALIASES_MAX + 1; i++)
		memcpy(text + size + i * 4, "k,j\n", 4);
	assert_true(lg_is_done(districts_parse(
		arena, lg_bytes(text, size + DISTRICT_ALIASES_MAX * 4), &table, &problem)));
	assert_int_equal(table.count, DISTRICT_ALIASES_MAX);
	assert_false(lg_is_done(districts_parse(
		arena, lg_bytes(text, size + (DISTRICT_ALIASES_MAX + 1) * 4), &table, &problem)));
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_places_lead_to_those_of_today),
		cmocka_unit_test(shipped_weights_propose_whom_a_lead_would_look_at),
		cmocka_unit_test(bad_aliases_are_named_by_their_line),
		cmocka_unit_test(aliases_have_a_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
