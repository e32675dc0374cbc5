#include "services/gateway/cli/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#define FAULTS_MAX 64
#define HEADER \
	"record,station,intercepted_at,potential_victims,suspects,reported_red_flags," \
	"certainty_1_to_5,caught_in_lie,noticed_nervous\n"
#define PEOPLE "record,kind,gender,age,district,relation,name\n"
#define GOOD_1 "R1,DNG,2014-05-11T06:15:00Z,1,1,40,2,1,0\n"
#define GOOD_2 "R2,BHW,2014-05-12T06:15:00Z,2,,,,0,0\n"
#define SITA   "R1,potential_victim,F,18,Salyan,,Sita Invented\n"
#define HARI   "R2,suspect,M,,,,\n"

/* An import and what it said. */
struct world {
	struct import *import;
	uint32_t count;
	struct import_fault faults[FAULTS_MAX];
};

static void keep(void *user, const struct import_fault *fault)
{
	struct world *world = user;

	assert_true(world->count < FAULTS_MAX);
	world->faults[world->count++] = *fault;
}

static int begin(void **state)
{
	struct world *world = calloc(1, sizeof *world);

	assert_non_null(world);
	world->import = import_new(keep, world);
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	import_free(world->import);
	free(world);
	return 0;
}

static struct import_counts read_both(struct world *world, const char *forms, const char *people)
{
	assert_true(lg_is_done(import_read_forms(world->import, lg_bytes(forms, strlen(forms)))));
	assert_true(
		lg_is_done(import_read_people(world->import, lg_bytes(people, strlen(people)))));
	import_settle(world->import);
	return import_counts(world->import);
}

/* The first fault stands at this place for this reason. */
static void assert_fault(const struct world *world, enum import_file file, uint32_t line,
	uint32_t column, const char *reason)
{
	assert_true(world->count > 0);
	assert_int_equal(world->faults[0].file, file);
	assert_int_equal(world->faults[0].line, line);
	assert_int_equal(world->faults[0].column, column);
	assert_string_equal(world->faults[0].reason, reason);
}

static const struct form *form_at(const struct world *world, uint32_t at)
{
	uint32_t count;
	struct form *const *forms = import_forms(world->import, &count);

	assert_true(at < count);
	return forms[at];
}

/* Goal: good rows become forms with their people.  Method: two forms, empty cells, names. */
static void good_rows_become_forms_with_their_people(void **state)
{
	struct world *world = *state;
	struct import_counts counts = read_both(world, HEADER GOOD_1 GOOD_2,
		PEOPLE SITA HARI "R1,suspect,,25,Salyan,Uncle, Ram A ;; Ram B \n");
	const struct form *one = form_at(world, 0), *two = form_at(world, 1);

	assert_int_equal(world->count, 0);
	assert_int_equal(counts.form_rows, 2);
	assert_int_equal(counts.person_rows, 3);
	assert_int_equal(counts.sendable, 2);
	assert_string_equal(one->station, "DNG");
	assert_int_equal(one->line, 2);
	assert_true(one->intercepted_at == 1399788900000);
	assert_int_equal(one->points, 40);
	assert_int_equal(one->indicator_count, 1);
	assert_string_equal(one->indicators[0], "caught_in_lie");
	assert_int_equal(one->person_count, 2);
	assert_string_equal(one->persons->sex, "female");
	assert_string_equal(one->persons->names[0], "Sita Invented");
	assert_string_equal(one->persons->next->sex, "not_recorded");
	assert_int_equal(one->persons->next->name_count, 2);
	assert_string_equal(one->persons->next->names[0], "Ram A");
	assert_string_equal(one->persons->next->names[1], "Ram B");
	assert_int_equal(two->suspects, FORM_ABSENT);
	assert_true(two->points == FORM_POINTS_ABSENT);
	assert_int_equal(two->certainty, 0);
	assert_int_equal(two->persons->age, FORM_ABSENT);
}

/* Goal: a BOM and CRLF change nothing.  Method: the same forms, as a spreadsheet saves them. */
static void a_mark_and_carriage_returns_change_nothing(void **state)
{
	struct world *world = *state;
	struct import_counts counts = read_both(world,
		"\xef\xbb\xbfrecord,station,intercepted_at,potential_victims,suspects,"
		"reported_red_flags,certainty_1_to_5,caught_in_lie\r\n"
		"R1,DNG,2014-05-11T06:15:00Z,1,1,40,2,1\r\n",
		"\xef\xbb\xbfrecord,kind,gender,age,district,relation\r\n"
		"R1,potential_victim,F,18,Salyan,\r\n");

	assert_int_equal(world->count, 0);
	assert_int_equal(counts.sendable, 1);
	assert_int_equal(form_at(world, 0)->person_count, 1);
	assert_string_equal(form_at(world, 0)->persons->relation, "");
}

/* Goal: a station's own total is kept as it was written.  Method: one that cannot be right. */
static void a_total_of_the_station_may_be_negative(void **state)
{
	struct world *world = *state;

	read_both(world, HEADER "R1,DNG,2014-05-11T06:15:00Z,1,1,-1255,2,1,0\n", PEOPLE SITA);
	assert_int_equal(world->count, 0);
	assert_int_equal(form_at(world, 0)->points, -1255);
}

/* Goal: without a column nothing is taken.  Method: each required column left out in turn. */
static void a_missing_column_refuses_the_whole_file(void **unused)
{
	static const char *const columns[] = { "record", "station", "intercepted_at",
		"potential_victims", "suspects", "reported_red_flags", "certainty_1_to_5" };

	(void)unused;
	for (size_t missing = 0; missing < 7; missing++) {
		struct world *world;
		char header[512] = "extra";

		begin((void **)&world);
		for (size_t i = 0; i < 7; i++) {
			size_t used = strlen(header);

			if (i != missing)
				snprintf(header + used, sizeof header - used, ",%s", columns[i]);
		}
		assert_false(lg_is_done(
			import_read_forms(world->import, lg_bytes(header, strlen(header)))));
		assert_fault(world, IMPORT_FORMS, 1, 0,
			"this column is missing: nothing of the file is taken");
		assert_string_equal(world->faults[0].column_name, columns[missing]);
		end((void **)&world);
	}
}

/* Goal: a header that is none is refused.  Method: empty, doubled, no code, people's. */
static void a_header_that_is_none_refuses_the_whole_file(void **unused)
{
	static const char *const bad[] = { "", "\xef\xbb\xbf", "record,record\n",
		("record,station,intercepted_at,potential_victims,suspects,reported_red_flags,"
		 "certainty_1_to_5,Not A Code\n"),
		"\"record\n" };

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct world *world;

		begin((void **)&world);
		assert_false(lg_is_done(
			import_read_forms(world->import, lg_bytes(bad[i], strlen(bad[i])))));
		assert_int_equal(world->count, 1);
		end((void **)&world);
	}
}

/* Goal: a bad cell is named by line, column and reason.  Method: one of each, a good row behind. */
static void a_bad_cell_of_a_form_is_named_and_the_rest_goes_on(void **unused)
{
	static const struct {
		const char *row;
		uint32_t column;
		const char *reason;
	} bad[] = {
		{ "R9,DNG,2014-02-30T06:15:00Z,1,1,40,2,1,0\n", 3,
			"not a date and time that exists, as 2014-05-11T06:15:00Z" },
		{ "R9,DNG,2014-05-11T24:15:00Z,1,1,40,2,1,0\n", 3,
			"not a date and time that exists, as 2014-05-11T06:15:00Z" },
		{ "R9,DNG,1969-05-11T06:15:00Z,1,1,40,2,1,0\n", 3, "a time before 1970" },
		{ "R9,DNG,2014-05-11T06:15:00Z,-1,1,40,2,1,0\n", 4, "a negative number" },
		{ "R9,DNG,2014-05-11T06:15:00Z,,1,40,2,1,0\n", 4, "a number is missing" },
		{ "R9,DNG,2014-05-11T06:15:00Z,1001,1,40,2,1,0\n", 4,
			"a number larger than can be true" },
		{ "R9,DNG,2014-05-11T06:15:00Z,1,1.5,40,2,1,0\n", 5, "not a whole number" },
		{ "R9,DNG,2014-05-11T06:15:00Z,1,-1,40,2,1,0\n", 5, "a negative number" },
		{ "R9,DNG,2014-05-11T06:15:00Z,1,1,-10001,2,1,0\n", 6,
			"a number larger than can be true" },
		{ "R9,DNG,2014-05-11T06:15:00Z,1,1,40,6,1,0\n", 7,
			"a number larger than can be true" },
		{ "R9,DNG,2014-05-11T06:15:00Z,1,1,40,2,1,yes\n", 9, "an indicator is 0 or 1" },
		{ "R9,DNG,2014-05-11T06:15:00Z,1,1,40,2,,0\n", 8, "an indicator is 0 or 1" },
		{ "R9,dng,2014-05-11T06:15:00Z,1,1,40,2,1,0\n", 2,
			"a station is 1 to 8 capital letters" },
		{ ",DNG,2014-05-11T06:15:00Z,1,1,40,2,1,0\n", 1, "the record is missing" },
		{ "R9,D\xffG,2014-05-11T06:15:00Z,1,1,40,2,1,0\n", 2, "not UTF-8" },
		{ "R9,DNG,2014-05-11T06:15:00Z,1,1,40,2,1\n", 0,
			"fewer cells than the header has" },
		{ "R9,DNG,2014-05-11T06:15:00Z,1,1,40,2,1,0,0\n", 0,
			"more cells than the header has" },
		{ "R9,\"D\nG\",2014-05-11T06:15:00Z,1,1,40,2,1,0\n", 2,
			"a line break or control character in a cell" },
		{ GOOD_1, 1, "this record stands on a line above already" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct world *world;
		char forms[2048];

		begin((void **)&world);
		snprintf(forms, sizeof forms, HEADER GOOD_1 "%s" GOOD_2, bad[i].row);
		struct import_counts counts = read_both(world, forms, PEOPLE SITA HARI);
		assert_fault(world, IMPORT_FORMS, 3, bad[i].column, bad[i].reason);
		assert_int_equal(counts.bad_form_rows, 1);
		assert_int_equal(counts.sendable, 2);
		end((void **)&world);
	}
}

/* Goal: a cell of a megabyte harms nobody.  Method: one in a form, a good row behind it. */
static void a_cell_of_a_megabyte_is_named(void **state)
{
	struct world *world = *state;
	size_t size = 1024u * 1024u;
	char *forms = malloc(size + 1024);

	assert_non_null(forms);
	size_t used = (size_t)snprintf(forms, 512, HEADER "R1,");
	memset(forms + used, 'A', size);
	snprintf(forms + used + size, 1024 - used, ",2014-05-11T06:15:00Z,1,1,40,2,1,0\n" GOOD_2);
	struct import_counts counts = read_both(world, forms, PEOPLE SITA HARI);
	free(forms);
	assert_fault(world, IMPORT_FORMS, 2, 2, "a cell of more than 65536 bytes");
	assert_int_equal(counts.sendable, 1);
	assert_int_equal(counts.unclaimed, 0); /* Sita's form was named already */
}

/* Goal: a form with a person that cannot be read is not sent.  Method: one of each bad cell. */
static void a_bad_person_withholds_its_form(void **unused)
{
	static const struct {
		const char *row;
		uint32_t column;
		const char *reason;
	} bad[] = {
		{ "R1,traveller,F,18,Salyan,,\n", 2, "a person is potential_victim or suspect" },
		{ "R1,suspect,X,18,Salyan,,\n", 3, "a gender is F, M or left empty" },
		{ "R1,suspect,F,-3,Salyan,,\n", 4, "a negative number" },
		{ "R1,suspect,F,121,Salyan,,\n", 4, "a number larger than can be true" },
		{ "R1,suspect,F,18,Sal\xc0yan,,\n", 5, "not UTF-8" },
		{ "R1,suspect,F,18,0123456789012345678901234567890123456789012345678901234567"
		  "8901234,,\n",
			5, "the text is too long" },
		{ "R1,suspect,F,18\n", 0, "fewer cells than the header has" },
		{ "R1,suspect,F,18,Sal\"yan,,\n", 5, "a quote inside a cell that is not quoted" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct world *world;
		char people[1024];

		begin((void **)&world);
		snprintf(people, sizeof people, PEOPLE SITA "%s" HARI, bad[i].row);
		struct import_counts counts = read_both(world, HEADER GOOD_1 GOOD_2, people);
		assert_fault(world, IMPORT_PEOPLE, 3, bad[i].column, bad[i].reason);
		assert_int_equal(counts.bad_person_rows, 1);
		assert_int_equal(counts.withheld, 1);
		assert_int_equal(counts.sendable, 1);
		assert_non_null(form_at(world, 0)->withheld);
		assert_null(form_at(world, 1)->withheld);
		assert_int_equal(world->faults[1].file, IMPORT_FORMS);
		assert_int_equal(world->faults[1].line, 2);
		end((void **)&world);
	}
}

/*
 * Goal: an open quote hides nobody.  Method: it swallows the next row, which is named and its form
 * withheld as well.
 */
static void what_an_open_quote_swallows_is_withheld_too(void **state)
{
	struct world *world = *state;
	struct import_counts counts =
		read_both(world, HEADER GOOD_1 GOOD_2 "R3,DNG,2014-05-13T06:15:00Z,1,1,40,2,1,0\n",
			PEOPLE "R1,suspect,F,18,\"Salyan,,\n"
			       "R2,suspect,M,20,Rolpa\",,\n"
			       "R3,suspect,M,20,Rolpa,,\n");

	assert_fault(world, IMPORT_PEOPLE, 2, 5, "a line break or control character in a cell");
	assert_int_equal(world->faults[1].line, 3);
	assert_string_equal(world->faults[1].reason, "swallowed by an open quote above");
	assert_int_equal(counts.withheld, 2);
	assert_null(form_at(world, 2)->withheld);
}

/*
 * Goal: a file of people that was cut lies about no form.  Method: cut behind the record, inside the
 * record, and in a quoted cell; forms whose people may lie behind the cut are withheld.
 */
static void a_cut_file_of_people_withholds_what_it_may_have_held(void **unused)
{
	static const char *const cut[] = { PEOPLE SITA "R2,suspect", PEOPLE SITA "R2",
		PEOPLE SITA "R2,suspect,M,20,\"Rol", PEOPLE SITA "R" };

	(void)unused;
	for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
		struct world *world;

		begin((void **)&world);
		struct import_counts counts = read_both(world,
			HEADER GOOD_1 GOOD_2 "R3,DNG,2014-05-13T06:15:00Z,1,1,40,2,1,0\n", cut[i]);
		assert_int_equal(world->faults[0].line, 3);
		assert_int_equal(counts.bad_person_rows, 1);
		assert_non_null(form_at(world, 1)->withheld);
		assert_non_null(form_at(world, 2)->withheld); /* nobody of it was read */
		if (i < 3)
			assert_null(form_at(world, 0)->withheld);
		else
			assert_int_equal(counts.sendable, 0); /* "R" may be any of them */
		end((void **)&world);
	}
}

/* Goal: a form that was cut is named.  Method: the last row ends in the middle. */
static void a_cut_row_of_forms_is_named(void **state)
{
	struct world *world = *state;
	struct import_counts counts =
		read_both(world, HEADER GOOD_1 "R2,BHW,2014-05-12T06:1", PEOPLE SITA HARI);

	assert_fault(world, IMPORT_FORMS, 3, 0, "fewer cells than the header has");
	assert_int_equal(counts.sendable, 1);
	assert_int_equal(counts.unclaimed, 0);
}

/* Goal: a person without a form is named.  Method: a record that nobody has. */
static void a_person_whose_record_has_no_form_is_named(void **state)
{
	struct world *world = *state;
	struct import_counts counts =
		read_both(world, HEADER GOOD_1, PEOPLE SITA "R7,suspect,M,,,,\n");

	assert_fault(world, IMPORT_PEOPLE, 3, 1, "no form has this record: the person is not sent");
	assert_int_equal(counts.unclaimed, 1);
	assert_int_equal(counts.sendable, 1);
}

/* Goal: a form has at most 64 people.  Method: both sides of the limit. */
static void too_many_people_withhold_the_form(void **unused)
{
	(void)unused;
	for (uint32_t count = FORM_PERSONS_MAX; count <= FORM_PERSONS_MAX + 1; count++) {
		struct world *world;
		char people[8192] = PEOPLE;

		begin((void **)&world);
		for (uint32_t i = 0; i < count; i++)
			strncat(people, SITA, sizeof people - strlen(people) - 1);
		struct import_counts counts = read_both(world, HEADER GOOD_1, people);
		assert_int_equal(counts.withheld, count > FORM_PERSONS_MAX);
		assert_int_equal(form_at(world, 0)->person_count, FORM_PERSONS_MAX);
		end((void **)&world);
	}
}

/* Goal: a column that we do not know is said, and nothing is refused for it.  Method: one. */
static void an_unknown_column_of_people_is_left_out_and_said(void **state)
{
	struct world *world = *state;
	struct import_counts counts = read_both(world, HEADER GOOD_1,
		"record,kind,gender,age,district,relation,shoe_size\n"
		"R1,potential_victim,F,18,Salyan,,36\n");

	assert_fault(world, IMPORT_PEOPLE, 1, 7, "this column is not known here and is left out");
	assert_true(world->faults[0].is_note);
	assert_int_equal(counts.sendable, 1);
}

/* Goal: no name leaves by an error.  Method: a marker in bad rows; it is in no fault. */
static void no_fault_repeats_what_stands_in_a_cell(void **state)
{
	struct world *world = *state;

	read_both(world, HEADER GOOD_1 "MARKER,x\n",
		PEOPLE "R1,MARKER,F,18,MARKER,MARKER,MARKER\n"
		       "MARKER\n"
		       "R8,suspect,M,,,,MARKER\n");
	assert_true(world->count >= 4);
	for (uint32_t i = 0; i < world->count; i++) {
		assert_null(strstr(world->faults[i].reason, "MARKER"));
		if (world->faults[i].column_name != NULL)
			assert_null(strstr(world->faults[i].column_name, "MARKER"));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_rows_become_forms_with_their_people),
		TEST(a_total_of_the_station_may_be_negative),
		TEST(a_mark_and_carriage_returns_change_nothing),
		cmocka_unit_test(a_missing_column_refuses_the_whole_file),
		cmocka_unit_test(a_header_that_is_none_refuses_the_whole_file),
		cmocka_unit_test(a_bad_cell_of_a_form_is_named_and_the_rest_goes_on),
		TEST(a_cell_of_a_megabyte_is_named),
		cmocka_unit_test(a_bad_person_withholds_its_form),
		TEST(what_an_open_quote_swallows_is_withheld_too),
		cmocka_unit_test(a_cut_file_of_people_withholds_what_it_may_have_held),
		TEST(a_cut_row_of_forms_is_named),
		TEST(a_person_whose_record_has_no_form_is_named),
		cmocka_unit_test(too_many_people_withhold_the_form),
		TEST(an_unknown_column_of_people_is_left_out_and_said),
		TEST(no_fault_repeats_what_stands_in_a_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
