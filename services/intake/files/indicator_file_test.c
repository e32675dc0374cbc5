/*
 * The indicator file: what it refuses, that the shipped one loads, and that its points are
 * those of the published rule (only where LG_FIELD_DATA names the folder of the field's data).
 */
#include "services/intake/files/indicator_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/csv.h"

#define HEADER "version,code,group,points,history_only,label_en\n"
#define DATA   "services/intake/data"

static int fresh(void **arena)
{
	*arena = lg_arena_new();
	return 0;
}

static int done(void **arena)
{
	lg_arena_free(*arena);
	return 0;
}

static const char *problem_of(struct lg_arena *arena, const char *text)
{
	struct indicator_set set = { .version = 0 };
	const char *problem = NULL;
	struct lg_status status =
		indicator_file_parse(arena, lg_bytes(text, strlen(text)), &set, &problem);

	assert_int_equal(status.outcome, LG_REFUSED);
	assert_int_equal(set.count, 0);
	assert_non_null(problem);
	return problem;
}

/* Goal: whoever edits the file is told where it is wrong.  Method: one fault of each kind. */
static void a_bad_row_is_named_by_its_line(void **arena)
{
	assert_non_null(strstr(problem_of(*arena, "code,points\n"), "line 1"));
	assert_non_null(strstr(problem_of(*arena, HEADER "1,a,state,1,0\n"), "line 2"));
	assert_non_null(
		strstr(problem_of(*arena, HEADER "1,a,state,1,0,x\n1,a,state,1,0,x\n"), "line 3"));
	assert_non_null(strstr(problem_of(*arena, HEADER "1,a,state,x,0,x\n"), "line 2"));
	assert_non_null(strstr(problem_of(*arena, HEADER "1,a,state,-1,0,x\n"), "line 2"));
	assert_non_null(strstr(problem_of(*arena, HEADER "1,a,state,1,2,x\n"), "line 2"));
	assert_non_null(strstr(problem_of(*arena, HEADER "x,a,state,1,0,x\n"), "line 2"));
	assert_non_null(strstr(problem_of(*arena, HEADER "1,a,state,1,0,\"x\n"), "line 2"));
	assert_non_null(strstr(problem_of(*arena, HEADER), "no indicators"));
}

/* Goal: a wrong folder is told as such.  Method: one that is not there. */
static void a_missing_file_is_told_by_its_path(void **arena)
{
	struct indicator_set set = { .version = 0 };
	const char *problem = NULL;

	assert_int_equal(
		indicator_file_read(*arena, "no/such/folder", &set, &problem).outcome, LG_REFUSED);
	assert_non_null(strstr(problem, "no/such/folder/indicators.csv"));
}

static const struct indicator_set *shipped(struct lg_arena *arena)
{
	struct indicator_set *set = lg_alloc(arena, sizeof *set);
	const char *problem = "";
	struct lg_status status = indicator_file_read(arena, DATA, set, &problem);

	if (!lg_is_done(status))
		fail_msg("%s", problem);
	return set;
}

/*
 * Goal: caste, ethnicity and dress are history only.  Method: every shipped code that speaks of
 * them, by its name; nothing else is.
 */
static void the_shipped_set_marks_history(void **arena)
{
	const struct indicator_set *set = shipped(*arena);

	assert_int_equal(set->version, 1);
	assert_int_equal(set->count, 97);
	for (uint32_t i = 0; i < set->count; i++) {
		const char *code = set->at[i].code;
		bool is_looks = strstr(code, "caste") != NULL ||
				strstr(code, "indian_looking") != NULL ||
				strstr(code, "village_dress") != NULL ||
				strstr(code, "village_look") != NULL;

		assert_int_equal(set->at[i].is_history_only, is_looks);
		assert_true(set->at[i].label[0] != '\0');
	}
}

/* A file of the field's data, read whole; the test is skipped where there is none. */
static struct lg_csv_reader field_data(struct lg_arena *arena, const char *name)
{
	const char *folder = getenv("LG_FIELD_DATA");
	struct lg_csv_reader reader = { .line = 0 };
	FILE *file = folder == NULL ? NULL : fopen(lg_format(arena, "%s/%s", folder, name), "re");

	if (file == NULL) {
		print_message("skipped: LG_FIELD_DATA does not name a folder with %s\n", name);
		skip();
	}

	uint8_t *text = lg_alloc(arena, 4u << 20);
	size_t size = fread(text, 1, 4u << 20, file);

	fclose(file);
	lg_csv_open(&reader, lg_bytes(text, size));
	return reader;
}

static struct lg_csv_row next(struct lg_csv_reader *reader, struct lg_arena *arena)
{
	struct lg_csv_row row;

	assert_int_equal(lg_csv_next(reader, arena, &row).outcome, LG_DONE);
	return row;
}

/* Goal: points are the published ones.  Method: each of the rule; all others have none. */
static void points_are_those_of_the_published_rule(void **arena)
{
	const struct indicator_set *set = shipped(*arena);
	struct lg_csv_reader reader = field_data(*arena, "red_flag_points.csv");
	uint64_t published = 0, ours = 0;

	(void)next(&reader, *arena);
	while (lg_csv_more(&reader)) {
		struct lg_csv_row row = next(&reader, *arena);
		const struct indicator *indicator = indicator_find(set, row.cells[0]);

		assert_non_null(indicator);
		assert_int_equal(indicator->points, strtoul(row.cells[2], NULL, 10));
		published += indicator->points;
	}
	for (uint32_t i = 0; i < set->count; i++)
		ours += set->at[i].points;
	assert_true(published > 0);
	assert_int_equal(ours, published);
}

/*
 * Goal: every form of the field adds up, and about 7 of 10 given totals agree with the rule.
 * Method: all records; their columns are our codes.
 */
static void forms_of_the_field_add_up(void **arena)
{
	const struct indicator_set *set = shipped(*arena);
	struct lg_csv_reader reader = field_data(*arena, "interceptions.csv");
	struct lg_csv_row header = next(&reader, *arena);
	uint32_t forms = 0, given = 0, agree = 0;

	while (lg_csv_more(&reader)) {
		struct lg_csv_row row = next(&reader, *arena);
		const char *codes[SCREENING_INDICATORS_MAX];
		struct screening screening;
		uint32_t count = 0;

		for (uint32_t i = 7; i < row.count; i++) {
			if (strcmp(row.cells[i], "1") == 0)
				codes[count++] = header.cells[i];
		}
		assert_int_equal(screening_add_up(set, codes, count, &screening).outcome, LG_DONE);
		forms++;
		if (row.cells[5][0] != '\0') {
			given++;
			agree += strtoul(row.cells[5], NULL, 10) == screening.points;
		}
	}
	print_message("%u forms, %u totals given, %u agree\n", forms, given, agree);
	assert_true(forms > 900);
	assert_true(agree * 10 > given * 6 && agree * 10 < given * 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_bad_row_is_named_by_its_line, fresh, done),
		cmocka_unit_test_setup_teardown(a_missing_file_is_told_by_its_path, fresh, done),
		cmocka_unit_test_setup_teardown(the_shipped_set_marks_history, fresh, done),
		cmocka_unit_test_setup_teardown(
			points_are_those_of_the_published_rule, fresh, done),
		cmocka_unit_test_setup_teardown(forms_of_the_field_add_up, fresh, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
