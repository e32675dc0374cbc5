/* The file of aliases: what ships is read, and what is wrong is named by its line. */
#include "services/matching/engine/text/place_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define SHIPPED      "services/matching/data/place_aliases.csv" /* tests run from the root */
#define SHIPPED_SIZE 65536

/* Goal: what ships is read and used.  Method: the file; an old name of one town in either script. */
static void shipped_aliases_lead_to_their_places(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	char *text = lg_alloc(arena, SHIPPED_SIZE);
	FILE *file = fopen(SHIPPED, "re");
	const char *problem = "";
	struct place_table table;
	struct place old, today;

	(void)unused;
	assert_non_null(file);
	size_t size = fread(text, 1, SHIPPED_SIZE, file);
	fclose(file);
	if (!lg_is_done(place_table_parse(arena, lg_bytes(text, size), &table, &problem)))
		fail_msg("%s", problem);
	assert_true(table.count > 0);
	old = place_read(&table, lg_bytes("भैरहवा", strlen("भैरहवा")), NULL);
	today = place_read(&table, lg_bytes("Siddharthanagar, Rupandehi", 26), NULL);
	assert_int_equal(place_compare(&old, &today).local, 1000);
	assert_int_equal(place_compare(&old, &today).district, 1000);
	lg_arena_free(arena);
}

static const char *problem_of(struct lg_arena *arena, const char *text)
{
	const char *problem = "";
	struct place_table table;

	assert_false(lg_is_done(
		place_table_parse(arena, lg_bytes(text, strlen(text)), &table, &problem)));
	return problem;
}

/* Goal: a bad row is named by its line.  Method: one fault each. */
static void bad_rows_are_named_by_their_line(void **unused)
{
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	assert_string_equal(problem_of(arena, "a,b,c\n"),
		"place_aliases.csv, line 1: the first line names other columns (columns: alias,place,district)");
	assert_string_equal(problem_of(arena, "alias,place,district\nA,B\n"),
		"place_aliases.csv, line 2: more or fewer cells than the first line (columns: alias,place,district)");
	assert_string_equal(problem_of(arena, "alias,place,district\nAla,Bela,Dang\n5,Bela,Dang\n"),
		"place_aliases.csv, line 3: a name that has no letters (columns: alias,place,district)");
	lg_arena_free(arena);
}

/* Goal: the table ends where it says.  Method: as many rows as fit, and one more. */
static void the_table_has_a_maximum(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	const char *header = "alias,place,district\n", *problem = NULL;
	size_t size = strlen(header), rows = PLACE_ALIASES_MAX + 1;
	struct place_table table;
	char *text = lg_alloc(arena, size + rows * 6 + 1);

	(void)unused;
	memcpy(text, header, size);
	for (size_t i = 0; i < rows; i++)
		memcpy(text + size + i * 6, "k,j,l\n", 6);
	assert_true(lg_is_done(
		place_table_parse(arena, lg_bytes(text, size + (rows - 1) * 6), &table, &problem)));
	assert_int_equal(table.count, PLACE_ALIASES_MAX);
	assert_false(lg_is_done(
		place_table_parse(arena, lg_bytes(text, size + rows * 6), &table, &problem)));
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_aliases_lead_to_their_places),
		cmocka_unit_test(bad_rows_are_named_by_their_line),
		cmocka_unit_test(the_table_has_a_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
