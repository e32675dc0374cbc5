/* CSV: rows come back as they were meant, faults are named by line and column, no line is lost. */
#include "common/base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/random.h"

/* The next row, read both ways: what is seen in place is what is copied, faults included. */
static struct lg_status next(
	struct lg_csv_reader *reader, struct lg_arena *arena, struct lg_csv_row *ret_row)
{
	struct lg_csv_reader other = *reader;
	struct lg_csv_view view = { .count = 0 };
	struct lg_status status = lg_csv_next(reader, arena, ret_row);

	assert_int_equal(lg_csv_next_view(&other, arena, &view).outcome, status.outcome);
	assert_int_equal(other.offset, reader->offset);
	assert_int_equal(other.line, reader->line);
	assert_int_equal(other.bad_column, reader->bad_column);
	if (!lg_is_done(status))
		return status;
	assert_int_equal(view.count, ret_row->count);
	for (uint32_t i = 0; i < view.count; i++) {
		assert_int_equal(view.cells[i].size, strlen(ret_row->cells[i]));
		assert_memory_equal(view.cells[i].data, ret_row->cells[i], view.cells[i].size);
	}
	return status;
}

/*
 * Reads text to its end and writes what came in a short form: a row is [cell|cell], a refusal is
 * !line:column.
 */
static const char *digest(struct lg_arena *arena, struct lg_bytes text)
{
	struct lg_csv_reader reader;
	const char *digest = "";

	lg_csv_open(&reader, text);
	while (lg_csv_more(&reader)) {
		struct lg_csv_row row;

		if (!lg_is_done(next(&reader, arena, &row))) {
			digest = lg_format(
				arena, "%s!%u:%u", digest, reader.row_line, reader.bad_column);
			continue;
		}
		digest = lg_format(arena, "%s[", digest);
		for (uint32_t i = 0; i < row.count; i++)
			digest = lg_format(arena, "%s%s%s", digest, i > 0 ? "|" : "", row.cells[i]);
		digest = lg_format(arena, "%s]", digest);
	}
	return digest;
}

static void assert_digest(const char *text, size_t size, const char *expected)
{
	struct lg_arena *arena = lg_arena_new();
	uint8_t *exact = test_malloc(size + 1); /* so that a read behind the end is seen */

	memcpy(exact + 1, text, size);
	assert_string_equal(digest(arena, lg_bytes(exact + 1, size)), expected);
	test_free(exact);
	lg_arena_free(arena);
}

#define ASSERT_DIGEST(text, expected) assert_digest("" text, sizeof text - 1, expected)

/* Goal: every spelling of the same rows reads the same.  Method: line ends, mark, quotes. */
static void rows_are_read_in_each_spelling(void **unused)
{
	(void)unused;
	ASSERT_DIGEST("", "");
	ASSERT_DIGEST("a,b\nc,d\n", "[a|b][c|d]");
	ASSERT_DIGEST("a,b\r\nc,d\r\n", "[a|b][c|d]");
	ASSERT_DIGEST("a,b\r\nc,d", "[a|b][c|d]");
	ASSERT_DIGEST("\xef\xbb\xbf"
		      "a,b\nc,d",
		"[a|b][c|d]");
	ASSERT_DIGEST("\xef\xbb\xbf\"a\",b\n", "[a|b]");
	ASSERT_DIGEST("\"a\",\"b\"\n\"c\",\"d\"", "[a|b][c|d]");
	ASSERT_DIGEST("\n\r\na,b\n\n\r\n\nc,d\n\n", "[a|b][c|d]");
	ASSERT_DIGEST("\n\n", "");
	ASSERT_DIGEST("\xef\xbb\xbf", "");
}

/* Goal: a cell keeps what is in it.  Method: empty ones, commas, quotes, line ends, Devanagari. */
static void cells_keep_what_is_in_them(void **unused)
{
	(void)unused;
	ASSERT_DIGEST(",\n", "[|]");
	ASSERT_DIGEST("a,,c\n", "[a||c]");
	ASSERT_DIGEST("\"\"\n", "[]");
	ASSERT_DIGEST("\"\",\"\"", "[|]");
	ASSERT_DIGEST("\"a,b\",\"c\"\"d\",\"\"\"\"\n", "[a,b|c\"d|\"]");
	ASSERT_DIGEST("\"a\nb\r\nc\",d\ne\n", "[a\nb\r\nc|d][e]");
	ASSERT_DIGEST(" a , b \n", "[ a | b ]");
	ASSERT_DIGEST("a\rb,c\n", "[a\rb|c]");
	ASSERT_DIGEST("a\r", "[a\r]");
	ASSERT_DIGEST("\xe0\xa4\xb8\xe0\xa5\x80,x\n", "[\xe0\xa4\xb8\xe0\xa5\x80|x]");
}

/* Goal: a bad row costs its own line and no other.  Method: each fault between good rows. */
static void faults_are_named_and_left_behind(void **unused)
{
	(void)unused;
	ASSERT_DIGEST("a,b\nc,d\"e\nf,g\n", "[a|b]!2:2[f|g]");
	ASSERT_DIGEST("a,b\n\"c\"d,e\nf,g\n", "[a|b]!2:1[f|g]");
	ASSERT_DIGEST("a,b\n\"c\" ,e\nf,g\n", "[a|b]!2:1[f|g]");
	ASSERT_DIGEST("a,b\nc,\xff,e\nf,g\n", "[a|b]!2:2[f|g]");
	ASSERT_DIGEST("a,b\nc,d,e\0\nf,g\n", "[a|b]!2:3[f|g]");
	ASSERT_DIGEST("a,b\n\"c\n\xff\",d\nf,g\n", "[a|b]!2:1[f|g]");
	ASSERT_DIGEST("a\"", "!1:1");
	ASSERT_DIGEST("\n\na,b\"\r\nc\r\n", "!3:2[c]");
}

/* Goal: a quote that is never closed is named by the line it stands on, and swallows nothing.
 * Method: one at the end, one in the middle, one behind a cell of two lines. */
static void unclosed_quotes_are_named_where_they_start(void **unused)
{
	(void)unused;
	ASSERT_DIGEST("a\nb,\"c", "[a]!2:2");
	ASSERT_DIGEST("\"", "!1:1");
	ASSERT_DIGEST("\"a\"\"", "!1:1");
	ASSERT_DIGEST("a,\"b\nc,d\ne,f\n", "!1:2[c|d][e|f]");
	ASSERT_DIGEST("\"a\nb\",\"c\nd\n", "!1:2!2:1[d]");
	ASSERT_DIGEST("a,\"b\nc,\"d\ne\n", "!1:2!2:2[e]");
}

/* Goal: lines are counted as an editor counts them.  Method: the line of each row, behind blank
 * lines and cells of several lines. */
static void rows_know_their_line(void **unused)
{
	static const char text[] = "a\n\n\"b\nb\r\nb\",c\n\r\nd";
	static const uint32_t lines[] = { 1, 3, 7 };
	struct lg_arena *arena = lg_arena_new();
	struct lg_csv_reader reader;
	struct lg_csv_row row;

	(void)unused;
	lg_csv_open(&reader, lg_bytes(text, sizeof text - 1));
	for (size_t i = 0; i < 3; i++) {
		assert_true(lg_csv_more(&reader));
		assert_true(lg_is_done(next(&reader, arena, &row)));
		assert_int_equal(reader.row_line, lines[i]);
		assert_int_equal(reader.bad_column, 0);
	}
	assert_false(lg_csv_more(&reader));
	lg_arena_free(arena);
}

/* One row "a,<size times x>", quoted or not, and a row behind it. */
static const char *digest_of_large(struct lg_arena *arena, size_t size, bool is_quoted)
{
	size_t length = 0;
	char *text = lg_alloc(arena, size + 16);

	text[length++] = 'a';
	text[length++] = ',';
	if (is_quoted)
		text[length++] = '"';
	memset(text + length, 'x', size);
	length += size;
	if (is_quoted)
		text[length++] = '"';
	memcpy(text + length, "\nb", 2);
	return digest(arena, lg_bytes(text, length + 2));
}

/* Goal: a cell has its limit.  Method: both sides of it, and 1 MB. */
static void too_large_a_cell_is_refused(void **unused)
{
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	for (int is_quoted = 0; is_quoted < 2; is_quoted++) {
		assert_int_equal(strlen(digest_of_large(arena, LG_CSV_CELL_MAX, is_quoted)),
			LG_CSV_CELL_MAX + strlen("[a|][b]"));
		assert_string_equal(
			digest_of_large(arena, LG_CSV_CELL_MAX + 1, is_quoted), "!1:2[b]");
		assert_string_equal(
			digest_of_large(arena, (size_t)1024 * 1024, is_quoted), "!1:2[b]");
	}
	lg_arena_free(arena);
}

/* Goal: a row has its limit.  Method: 512 cells, and one more. */
static void too_many_cells_are_refused(void **unused)
{
	static char commas[LG_CSV_CELLS_MAX + 2];
	struct lg_arena *arena = lg_arena_new();

	(void)unused;
	memset(commas, ',', LG_CSV_CELLS_MAX);
	commas[LG_CSV_CELLS_MAX - 1] = '\n';
	commas[LG_CSV_CELLS_MAX] = 'b';
	assert_int_equal(strlen(digest(arena, lg_bytes(commas, LG_CSV_CELLS_MAX + 1))),
		LG_CSV_CELLS_MAX - 1 + strlen("[][b]"));
	commas[LG_CSV_CELLS_MAX - 1] = ',';
	commas[LG_CSV_CELLS_MAX] = '\n';
	commas[LG_CSV_CELLS_MAX + 1] = 'b';
	assert_string_equal(digest(arena, lg_bytes(commas, LG_CSV_CELLS_MAX + 2)), "!1:0[b]");
	lg_arena_free(arena);
}

static void assert_written(const char *cell, const char *expected)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	lg_csv_write_cell(out, cell, false);
	lg_csv_write_cell(out, "z", true);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(size, strlen(expected) + strlen(",z\n"));
	assert_memory_equal(text, expected, strlen(expected));
	assert_string_equal(text + strlen(expected), ",z\n");
	free(text);
}

/* Goal: a spreadsheet takes no cell as a formula, and numbers stay numbers.  Method: each first
 * character, and what only looks like a number. */
static void formulas_are_disarmed(void **unused)
{
	(void)unused;
	assert_written("", "");
	assert_written("Raxaul", "Raxaul");
	assert_written("=1+1", "'=1+1");
	assert_written("@SUM(A1)", "'@SUM(A1)");
	assert_written("+1+cmd", "'+1+cmd");
	assert_written("-", "'-");
	assert_written("-a", "'-a");
	assert_written("-1-1", "'-1-1");
	assert_written("-1.", "'-1.");
	assert_written("-.5", "'-.5");
	assert_written("-1.5.2", "'-1.5.2");
	assert_written("-1e5", "'-1e5");
	assert_written("-12", "-12");
	assert_written("-12.50", "-12.50");
	assert_written("+9779812345678", "+9779812345678");
	assert_written("\t=1", "\"'\t=1\"");
	assert_written("\r=1", "\"'\r=1\"");
	assert_written("=\"a\"", "\"'=\"\"a\"\"\"");
	assert_written("a,b", "\"a,b\"");
	assert_written("a;=b", "\"a;=b\"");
	assert_written("a\nb", "\"a\nb\"");
	assert_written(" a", "\" a\"");
	assert_written("a ", "\"a \"");
	assert_written("a\"b", "\"a\"\"b\"");
}

/* Goal: what is written is read.  Method: 2,000 random rows of odd characters, there and back. */
static void written_rows_are_read_back(void **unused)
{
	static const char odd[] = "ab,;\"\n\r =1";
	struct lg_arena *arena = lg_arena_new();
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 3);
	for (int round = 0; round < 2000; round++) {
		uint32_t count = (uint32_t)lg_random_below(&random, 5) + 1;
		char cells[5][8] = { 0 };
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);
		struct lg_csv_reader reader;
		struct lg_csv_row row;

		assert_non_null(out);
		for (uint32_t i = 0; i < count; i++) {
			size_t length = (size_t)lg_random_below(&random, 7);

			cells[i][0] = 'k'; /* no formula, and no blank line of one empty cell */
			for (size_t k = 1; k <= length; k++)
				cells[i][k] = odd[lg_random_below(&random, sizeof odd - 1)];
			lg_csv_write_cell(out, cells[i], i + 1 == count);
		}
		assert_int_equal(fclose(out), 0);
		lg_csv_open(&reader, lg_bytes(text, size));
		assert_true(lg_is_done(next(&reader, arena, &row)));
		assert_int_equal(row.count, count);
		for (uint32_t i = 0; i < count; i++)
			assert_string_equal(row.cells[i], cells[i]);
		assert_false(lg_csv_more(&reader));
		free(text);
		lg_arena_reset(arena);
	}
	lg_arena_free(arena);
}

/* Goal: any bytes are read to their end.  Method: 20,000 random texts of the characters that mean
 * something; every reading must move, so that the lines of rows never go back. */
static void any_bytes_are_read_to_their_end(void **unused)
{
	static const char alphabet[] = "a,\"\n\r\0\xc3\xa9";
	struct lg_arena *arena = lg_arena_new();
	struct lg_random random;

	(void)unused;
	lg_random_seed(&random, 5);
	for (int round = 0; round < 20000; round++) {
		size_t size = (size_t)lg_random_below(&random, 24);
		char *text = test_malloc(size + 1);
		struct lg_csv_reader reader;
		struct lg_csv_row row;

		for (size_t i = 0; i < size; i++)
			text[i + 1] = alphabet[lg_random_below(&random, sizeof alphabet - 1)];
		lg_csv_open(&reader, lg_bytes(text + 1, size));
		while (lg_csv_more(&reader)) {
			size_t before = reader.offset;
			struct lg_status status = next(&reader, arena, &row);

			assert_true(reader.offset > before && reader.offset <= size);
			assert_true(reader.line >= reader.row_line);
			assert_true(lg_is_done(status) || reader.bad_column > 0);
		}
		test_free(text);
		lg_arena_reset(arena);
	}
	lg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_in_each_spelling),
		cmocka_unit_test(cells_keep_what_is_in_them),
		cmocka_unit_test(faults_are_named_and_left_behind),
		cmocka_unit_test(unclosed_quotes_are_named_where_they_start),
		cmocka_unit_test(rows_know_their_line),
		cmocka_unit_test(too_large_a_cell_is_refused),
		cmocka_unit_test(too_many_cells_are_refused),
		cmocka_unit_test(formulas_are_disarmed),
		cmocka_unit_test(written_rows_are_read_back),
		cmocka_unit_test(any_bytes_are_read_to_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
