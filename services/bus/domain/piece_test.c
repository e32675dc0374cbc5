#include "services/bus/domain/piece.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct line {
	uint8_t *frame;
	struct join join;
};

static int build(void **state)
{
	struct line *line = calloc(1, sizeof *line);

	assert_non_null(line);
	line->frame = malloc(LG_FRAME_MAX);
	line->join.bytes = malloc(LG_FRAME_MAX);
	assert_non_null(line->frame);
	assert_non_null(line->join.bytes);
	for (size_t i = 0; i < LG_FRAME_MAX; i++)
		line->frame[i] = (uint8_t)(i / PIECE_BYTES + i);
	*state = line;
	return 0;
}

static int tear_down(void **state)
{
	struct line *line = *state;

	free(line->frame);
	free(line->join.bytes);
	free(line);
	return 0;
}

/* Sends one piece of a frame of size bytes, as it would go over the line. */
static bool carry(
	struct line *line, size_t size, uint32_t number, uint16_t index, struct lg_bytes *ret_frame)
{
	static uint8_t wire[PIECE_HEADER_SIZE + PIECE_BYTES];
	struct piece piece = { .number = number, .index = index, .count = piece_count(size) };
	struct lg_bytes part = piece_cut(lg_bytes(line->frame, size), &piece);

	piece_write(&piece, wire);
	memcpy(wire + PIECE_HEADER_SIZE, part.data, part.size);
	assert_true(lg_is_done(
		piece_read(lg_bytes(wire, PIECE_HEADER_SIZE + part.size), &piece, &part)));
	return join_take(&line->join, &piece, part, ret_frame);
}

static void carry_whole(struct line *line, size_t size, uint32_t number)
{
	struct lg_bytes frame = { .size = 0 };
	uint16_t count = piece_count(size);

	for (uint16_t i = 0; i + 1 < count; i++)
		assert_false(carry(line, size, number, i, &frame));
	assert_true(carry(line, size, number, (uint16_t)(count - 1), &frame));
	assert_int_equal(frame.size, size);
	assert_memory_equal(frame.data, line->frame, size);
}

/* Goal: what goes in comes out.  Method: sizes on both sides of each edge. */
static void a_frame_of_any_size_is_joined_again(void **state)
{
	static const size_t sizes[] = { 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1,
		3 * PIECE_BYTES, LG_FRAME_MAX - 1, LG_FRAME_MAX };
	struct lg_bytes frame = { .size = 1 };

	assert_true(carry(*state, 0, 7, 0, &frame));
	assert_int_equal(frame.size, 0);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		carry_whole(*state, sizes[i], (uint32_t)i);
	assert_int_equal(piece_count(LG_FRAME_MAX), PIECES_MAX);
}

/*
 * Goal: a frame whose middle is missing is lost, and no other.  Method: leave out each piece in
 * turn, mix two frames, begin one twice; the frame behind comes whole.
 */
static void a_hole_loses_one_frame_and_no_other(void **state)
{
	struct line *line = *state;
	const size_t size = 3 * PIECE_BYTES;
	struct lg_bytes frame;

	for (uint16_t missing = 0; missing < 3; missing++) {
		for (uint16_t i = 0; i < 3; i++)
			if (i != missing)
				assert_false(carry(line, size, missing, i, &frame));
		carry_whole(line, size, 100u + missing);
	}
	assert_false(carry(line, size, 1, 0, &frame));
	assert_false(carry(line, size, 2, 1, &frame));
	assert_false(carry(line, size, 1, 1, &frame));
	assert_false(carry(line, size, 1, 2, &frame));
	assert_false(carry(line, size, 3, 0, &frame));
	carry_whole(line, size, 3);
	assert_false(carry(line, size, 3, 2, &frame)); /* its end again */
}

/* Goal: nobody writes past the frame.  Method: headers and sizes out of range. */
static void what_is_no_piece_is_refused(void **state)
{
	static uint8_t wire[PIECE_HEADER_SIZE + PIECE_BYTES + 1];
	static const struct piece bad[] = {
		{ 1, 0, 0 },
		{ 1, 1, 1 },
		{ 1, 0, PIECES_MAX + 1 },
		{ 1, UINT16_MAX, UINT16_MAX },
	};
	struct piece piece = { 1, 0, 2 };
	struct lg_bytes part;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		piece_write(&bad[i], wire);
		assert_int_equal(
			piece_read(lg_bytes(wire, PIECE_HEADER_SIZE), &piece, &part).outcome,
			LG_REFUSED);
	}
	piece = (struct piece){ 1, 0, 2 };
	piece_write(&piece, wire);
	for (size_t size = 0; size < PIECE_HEADER_SIZE + PIECE_BYTES; size++)
		assert_int_equal(
			piece_read(lg_bytes(wire, size), &piece, &part).outcome, LG_REFUSED);
	assert_true(lg_is_done(
		piece_read(lg_bytes(wire, PIECE_HEADER_SIZE + PIECE_BYTES), &piece, &part)));
	piece = (struct piece){ 1, 1, 2 };
	piece_write(&piece, wire);
	assert_int_equal(
		piece_read(lg_bytes(wire, sizeof wire), &piece, &part).outcome, LG_REFUSED);
}

#define test(name) cmocka_unit_test_setup_teardown(name, build, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_frame_of_any_size_is_joined_again),
		test(a_hole_loses_one_frame_and_no_other),
		test(what_is_no_piece_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
