#include "common/db/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/random.h"
#include "tests/support/database.h"

#define EVENTS 600

static int setup_group(void **state)
{
	struct test_database *db = test_database_start();

	test_migrate(db, "intake");
	*state = db;
	return 0;
}

static int teardown_group(void **state)
{
	test_database_end(*state);
	return 0;
}

/* Events of these sizes, linked; bytes are drawn. */
static struct lg_packed_event *events_made(
	struct lg_arena *arena, struct lg_random *random, uint32_t count, uint32_t size_most)
{
	struct lg_packed_event *events = lg_alloc_array(arena, count, sizeof *events);

	for (uint32_t n = 0; n < count; n++) {
		size_t size_bytes = lg_random_next(random) % (size_most + 1);
		uint8_t *bytes = lg_alloc(arena, size_bytes);

		for (size_t i = 0; i < size_bytes; i++)
			bytes[i] = (uint8_t)lg_random_next(random);
		events[n] = (struct lg_packed_event){ .next = n + 1 < count ? &events[n + 1] : NULL,
			.number = 7 + n,
			.type = 100 + n,
			.envelope = lg_bytes(bytes, size_bytes) };
		events[n].event_id.byte[0] = (uint8_t)n;
	}
	return events;
}

/*
 * Goal: what was packed comes out again, whichever part is asked for.  Method: 200 drawn lists of
 * events, small and larger than a row; pack all, unpack with drawn skips and limits.
 */
static void rows_give_back_what_was_packed(void **unused)
{
	(void)unused;
	struct lg_arena *arena = lg_arena_new();
	struct lg_random random;

	lg_random_seed(&random, 4);
	for (int round = 0; round < 200; round++) {
		uint32_t total = 1 + (uint32_t)(lg_random_next(&random) % EVENTS);
		struct lg_packed_event *events =
			events_made(arena, &random, total, round % 10 == 0 ? 20000 : 900);

		for (uint32_t at = 0; at < total;) {
			struct lg_bytes heads, run, out[LG_PACK_EVENTS_MAX];
			uint32_t count = lg_pack(arena, &events[at], &heads, &run), kept;
			uint32_t skip = (uint32_t)(lg_random_next(&random) % count);
			uint32_t most = 1 + (uint32_t)(lg_random_next(&random) % count);

			assert_in_range(count, 1, LG_PACK_EVENTS_MAX);
			assert_true(count == 1 || heads.size + run.size <= LG_PACK_BYTES_MAX);
			assert_true(lg_unpack(heads, run, skip, most, out, &kept));
			assert_int_equal(kept, most < count - skip ? most : count - skip);
			for (uint32_t n = 0; n < kept; n++)
				assert_true(lg_bytes_equal(out[n], events[at + skip + n].envelope));
			at += count;
		}
		lg_arena_reset(arena);
	}
	lg_arena_free(arena);
}

/* Goal: a row that was damaged gives nothing.  Method: cut and lengthened parts of a good one. */
static void a_row_that_does_not_fit_itself_is_refused(void **unused)
{
	(void)unused;
	struct lg_arena *arena = lg_arena_new();
	struct lg_random random;
	struct lg_bytes heads, run, out[LG_PACK_EVENTS_MAX];
	uint32_t kept;

	lg_random_seed(&random, 5);
	(void)lg_pack(arena, events_made(arena, &random, 3, 100), &heads, &run);
	assert_true(lg_unpack(heads, run, 0, 3, out, &kept));
	assert_false(lg_unpack(lg_bytes(heads.data, heads.size - 1), run, 0, 3, out, &kept));
	assert_false(lg_unpack(
		lg_bytes(heads.data, heads.size - LG_PACK_HEAD_BYTES), run, 0, 3, out, &kept));
	assert_false(lg_unpack(heads, lg_bytes(run.data, run.size - 1), 0, 3, out, &kept));
	lg_arena_free(arena);
}

/* The first field of a statement that must go well. */
static const char *field_of(void **state, const char *sql)
{
	static char field[TEST_TEXT_MAX];
	char code[6];

	test_query(*state, "postgres", sql, code, field);
	assert_string_equal(code, "");
	return field;
}

#define ROW(segment, through) \
	"INSERT INTO intake.outbox (segment, destination, lane, p, first, through, heads, run)" \
	" VALUES (" #segment ", 2, 0, 5, " #through ", " #through \
	", decode(repeat('00', 24), 'hex')," \
	" '')"
#define CURRENT       "SELECT intake.current_outbox_segment('1 day')"
#define DROP          "SELECT intake.drop_outbox_segment('30 days')"
#define GROW_OLD      "UPDATE intake.outbox_segment SET begun_at = begun_at - interval '2 days'"
#define FLOOR(n)      "UPDATE intake.reader SET floor = " #n " WHERE service = 5"
#define AFTER_30_DAYS "UPDATE intake.outbox_segment SET begun_at = begun_at - interval '31 days'"

/*
 * Goal: rows for other sites are dropped by segments: never the newest, never before it has been
 * closed for 30 days and all readers' floors are above it; and the stream's end outlives its
 * rows.  Method: two segments, a reader that lags, time moved by hand.
 */
static void a_segment_goes_when_no_reader_can_ask_for_it(void **state)
{
	field_of(state, "INSERT INTO intake.reader VALUES (2, 0, 5, 5, 0)");
	assert_string_equal(field_of(state, CURRENT), "1");
	test_admin(*state, ROW(1, 1));
	test_admin(*state, GROW_OLD);
	assert_string_equal(field_of(state, CURRENT), "2");
	assert_string_equal(field_of(state, CURRENT), "2");
	test_admin(*state, ROW(2, 2));

	test_admin(*state, FLOOR(1));
	assert_string_equal(field_of(state, DROP), "f"); /* closed just now */
	test_admin(*state, AFTER_30_DAYS);
	test_admin(*state, FLOOR(0));
	assert_string_equal(field_of(state, DROP), "f"); /* its reader is away */
	test_admin(*state, FLOOR(1));
	assert_string_equal(field_of(state, DROP), "t");
	assert_string_equal(field_of(state, "SELECT to_regclass('intake.outbox_1') IS NULL"), "t");
	assert_string_equal(field_of(state, "SELECT through FROM intake.outbox_dropped"), "1");

	test_admin(*state, FLOOR(2));
	assert_string_equal(field_of(state, DROP), "f"); /* the newest never goes */
}

/* Goal: marks outlive the process.  Method: drawn marks through the table's bytes and back. */
static void marks_are_read_back_as_they_were_written(void **unused)
{
	(void)unused;
	struct lg_arena *arena = lg_arena_new();
	struct lg_reader_marks marks = { .count = 0 }, read;

	for (uint64_t day = 1; day < 40; day++) {
		lg_reader_marks_note(
			&marks, day * 10, (lg_ms)day * LG_DAY_MS, LG_RETENTION_KEEP_MS);
		read = lg_marks_read(lg_marks_write(arena, &marks));
		assert_int_equal(read.applied, marks.applied);
		assert_int_equal(read.count, marks.count);
		assert_int_equal(lg_reader_marks_floor(&read, LG_RETENTION_KEEP_MS),
			lg_reader_marks_floor(&marks, LG_RETENTION_KEEP_MS));
	}
	assert_true(lg_reader_marks_floor(&marks, LG_RETENTION_KEEP_MS) > 0);
	assert_int_equal(lg_marks_read(lg_bytes("odd", 3)).count, 0);
	lg_arena_free(arena);
}

/* Goal: a service drops what may go and nothing else.  Method: its own role tries. */
static void a_service_cannot_drop_rows_by_itself(void **state)
{
	char code[6], field[TEST_TEXT_MAX];

	test_query(*state, "lg_intake",
		"UPDATE intake.reader SET floor = 9; DELETE FROM intake.outbox_segment", code,
		field);
	assert_string_equal(code, "42501");
	test_query(*state, "lg_intake", "DROP TABLE intake.outbox_2", code, field);
	assert_string_equal(code, "42501");
	test_query(*state, "lg_intake", "SELECT intake.drop_outbox_segment('0')", code, field);
	assert_string_equal(code, "");
	assert_string_equal(field, "f");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_give_back_what_was_packed),
		cmocka_unit_test(a_row_that_does_not_fit_itself_is_refused),
		cmocka_unit_test(a_segment_goes_when_no_reader_can_ask_for_it),
		cmocka_unit_test(marks_are_read_back_as_they_were_written),
		cmocka_unit_test(a_service_cannot_drop_rows_by_itself),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}
