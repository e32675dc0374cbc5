#include "services/gateway/cli/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

static const struct table_column columns[] = {
	{ "name", TABLE_LEFT },
	{ "count", TABLE_RIGHT },
	{ "why", TABLE_LEFT },
	{ NULL, TABLE_LEFT },
};

/* What is printed, to be freed. */
static char *printed(const struct table *table, enum table_format format, bool is_bold)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	table_print(table, out, format, is_bold);
	fclose(out);
	return text;
}

/* Goal: columns stand under each other in every script.  Method: Latin, Devanagari, wide. */
static void columns_align_by_what_is_seen(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct table *table = table_new(arena, columns);

	(void)unused;
	table_add(table, (const char *[]){ "Birgunj", "7", "x" });
	table_add(table, (const char *[]){ "सुनौली", "1200", "y" });
	table_add(table, (const char *[]){ "日本", "", "z" });
	char *text = printed(table, TABLE_TEXT, false);
	assert_string_equal(text, "name     count  why\n"
				  "Birgunj      7  x\n"
				  "सुनौली     1200  y\n"
				  "日本            z\n");
	free(text);
	lg_arena_free(arena);
}

/* Goal: the width of a text is the places it takes.  Method: marks, wide signs, broken bytes. */
static void marks_take_no_place_and_wide_signs_two(void **unused)
{
	(void)unused;
	assert_int_equal(table_width(""), 0);
	assert_int_equal(table_width("abc"), 3);
	assert_int_equal(table_width("e\xcc\x81"), 1);
	assert_int_equal(table_width("नेपाल"), 4); /* ne pa aa la: the sign e stands on na */
	assert_int_equal(table_width("日本"), 4);
	assert_int_equal(table_width("\xf0\x9f\x98\x80"), 2);
	assert_int_equal(table_width("\xff\xe0"), 2);
	assert_int_equal(table_width("a\xe0\xa4"), 3);
}

/* Goal: no text can move a terminal's cursor.  Method: C0, DEL and C1 controls in cells. */
static void control_characters_are_not_printed(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct table *table = table_new(arena, columns);

	(void)unused;
	table_add(table, (const char *[]){ "a\033[2J", "\n\t\x7f",
				 "\xc2\x9b"
				 "31m" });
	char *text = printed(table, TABLE_TEXT, false);
	assert_null(strpbrk(text, "\033\t\x7f"));
	assert_null(strstr(text, "\xc2\x9b"));
	assert_non_null(strstr(text, "a?[2J"));
	assert_non_null(strstr(text, "??31m"));
	free(text);
	lg_arena_free(arena);
}

/* Goal: a spreadsheet reads it.  Method: cells with a comma, a quote and a formula. */
static void csv_is_quoted_and_holds_no_formula(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct table *table = table_new(arena, columns);

	(void)unused;
	table_add(table, (const char *[]){ "a,b", "-3", "=1+1" });
	char *text = printed(table, TABLE_CSV, true);
	assert_string_equal(text, "name,count,why\n\"a,b\",-3,'=1+1\n");
	free(text);
	lg_arena_free(arena);
}

/* Goal: bold only where it was asked for.  Method: with and without. */
static void titles_are_bold_only_when_asked_for(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct table *table = table_new(arena, columns);

	(void)unused;
	char *bold = printed(table, TABLE_TEXT, true), *plain = printed(table, TABLE_TEXT, false);
	assert_string_equal(bold, "\033[1mname  count  why\033[0m\n");
	assert_string_equal(plain, "name  count  why\n");
	free(bold);
	free(plain);
	lg_arena_free(arena);
}

/* What a terminal of so many columns shows of it. */
static void show_at(const struct table *table, uint16_t columns_wide, char ret_shown[512])
{
	struct winsize size = { .ws_row = 24, .ws_col = columns_wide };
	int terminal, inside;
	size_t used = 0;

	assert_int_equal(openpty(&terminal, &inside, NULL, NULL, &size), 0);
	FILE *out = fdopen(inside, "w");

	assert_non_null(out);
	table_print(table, out, TABLE_TEXT, false);
	fputs(".", out);
	fflush(out);
	do
		used += read(terminal, ret_shown + used, 1) == 1;
	while (ret_shown[used - 1] != '.' && used < 511);
	ret_shown[used] = '\0';
	fclose(out);
	close(terminal);
}

/*
 * Goal: a row can be read on a narrow terminal.  Method: the same table on one that has just room for
 * its lines, and on one that is a column narrower; and one without rows.
 */
static void a_narrow_terminal_shows_cards(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct table *table = table_new(arena, columns);
	char shown[512];

	(void)unused;
	show_at(table, 40, shown);
	assert_string_equal(shown, "none\r\n.");
	table_add(table, (const char *[]){ "सुनौली", "7", "" });
	table_add(table, (const char *[]){ "Raxaul", "", "closed" });
	show_at(table, 21, shown);
	assert_string_equal(shown, "name    count  why\r\n"
				   "सुनौली       7\r\n"
				   "Raxaul         closed\r\n.");
	show_at(table, 20, shown);
	assert_string_equal(shown, "name   सुनौली\r\n"
				   "count  7\r\n"
				   "\r\n"
				   "name   Raxaul\r\n"
				   "why    closed\r\n.");
	lg_arena_free(arena);
}

/*
 * Goal: what has room when nothing is left out but emptiness stays a table.  Method: a column without a
 * cell, and a last text that is longer than the terminal, with a word that is longer than its room.
 */
static void emptiness_goes_first_and_the_last_text_is_folded(void **unused)
{
	struct lg_arena *arena = lg_arena_new();
	struct table *table = table_new(arena, columns);
	char shown[512];

	(void)unused;
	table_add(table, (const char *[]){ "Raxaul", "", "the reader asks for nothing" });
	show_at(table, 42, shown);
	assert_string_equal(shown, "name    count  why\r\n"
				   "Raxaul         the reader asks for nothing\r\n.");
	show_at(table, 41, shown);
	assert_string_equal(shown, "name    why\r\n"
				   "Raxaul  the reader asks for nothing\r\n.");
	show_at(table, 34, shown);
	assert_string_equal(shown, "name    why\r\n"
				   "Raxaul  the reader asks for\r\n"
				   "        nothing\r\n.");
	table_add(table, (const char *[]){ "सुनौली", "", "नेपालनेपालनेपालनेपालनेपालनेपालनेपाल x" });
	show_at(table, 32, shown);
	assert_string_equal(shown, "name    why\r\n"
				   "Raxaul  the reader asks for\r\n"
				   "        nothing\r\n"
				   "सुनौली   नेपालनेपालनेपालनेपालनेपालनेपाल\r\n"
				   "        नेपाल x\r\n.");
	lg_arena_free(arena);
}

/* Goal: a name of another site moves no cursor.  Method: an escape in the text of a line. */
static void a_line_is_made_safe(void **unused)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)unused;
	assert_non_null(out);
	table_print_line(out, "name: ", "Sita\033[2J");
	table_print_line(out, "name: ", NULL);
	fclose(out);
	assert_string_equal(text, "name: Sita?[2J\nname: \n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_align_by_what_is_seen),
		cmocka_unit_test(marks_take_no_place_and_wide_signs_two),
		cmocka_unit_test(control_characters_are_not_printed),
		cmocka_unit_test(csv_is_quoted_and_holds_no_formula),
		cmocka_unit_test(titles_are_bold_only_when_asked_for),
		cmocka_unit_test(a_narrow_terminal_shows_cards),
		cmocka_unit_test(emptiness_goes_first_and_the_last_text_is_folded),
		cmocka_unit_test(a_line_is_made_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
