/*
 * The CSV reader, row by row to the end of the input.  Every step must go forward; every cell
 * that it hands out is text; what it refuses has a place.
 */
#include <assert.h>

#include "common/base/csv.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"

static void check_row(const struct lg_csv_row *row)
{
	assert(row->count > 0);
	assert(row->count <= LG_CSV_CELLS_MAX);
	for (uint32_t i = 0; i < row->count; i++) {
		size_t size = strlen(row->cells[i]);

		assert(size <= LG_CSV_CELL_MAX);
		assert(lg_text_is_valid(lg_bytes(row->cells[i], size)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_csv_reader reader;
	struct lg_csv_row row;

	lg_csv_open(&reader, lg_bytes(data, size));
	while (lg_csv_more(&reader)) {
		size_t offset = reader.offset;
		uint32_t line = reader.line;
		struct lg_status status = lg_csv_next(&reader, arena, &row);

		assert(reader.offset > offset);
		assert(reader.offset <= size);
		assert(reader.row_line >= line); /* blank lines are passed over */
		assert(reader.line >= reader.row_line);
		if (lg_is_done(status))
			check_row(&row);
		else
			assert(reader.bad_column <= size + 1);
		lg_arena_reset(arena);
	}
	lg_arena_free(arena);
	return 0;
}
