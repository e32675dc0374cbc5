#include "services/bus/domain/piece.h"

#include <assert.h>

_Static_assert(LG_FRAME_MAX % PIECE_BYTES == 0, "the largest frame is whole pieces");
_Static_assert(PIECES_MAX <= UINT16_MAX, "a count fits its field");

uint16_t piece_count(size_t frame_bytes)
{
	assert(frame_bytes <= LG_FRAME_MAX);
	if (frame_bytes == 0)
		return 1;
	return (uint16_t)((frame_bytes + PIECE_BYTES - 1) / PIECE_BYTES);
}

struct lg_bytes piece_cut(struct lg_bytes frame, const struct piece *piece)
{
	size_t from = (size_t)piece->index * PIECE_BYTES;
	size_t rest;

	assert(piece->index < piece_count(frame.size));
	if (frame.size == 0)
		return frame;
	rest = frame.size - from;
	return lg_bytes(frame.data + from, rest < PIECE_BYTES ? rest : PIECE_BYTES);
}

void piece_write(const struct piece *piece, uint8_t ret_bytes[PIECE_HEADER_SIZE])
{
	lg_number_write(ret_bytes, piece->number, 4);
	lg_number_write(ret_bytes + 4, piece->index, 2);
	lg_number_write(ret_bytes + 6, piece->count, 2);
}

struct lg_status piece_read(
	struct lg_bytes bytes, struct piece *ret_piece, struct lg_bytes *ret_part)
{
	struct piece piece;
	size_t size;

	if (bytes.size < PIECE_HEADER_SIZE)
		return lg_refuse("a piece without its header");
	piece.number = (uint32_t)lg_number_read(bytes.data, 4);
	piece.index = (uint16_t)lg_number_read(bytes.data + 4, 2);
	piece.count = (uint16_t)lg_number_read(bytes.data + 6, 2);
	size = bytes.size - PIECE_HEADER_SIZE;
	if (piece.count == 0 || piece.count > PIECES_MAX || piece.index >= piece.count)
		return lg_refuse("a piece of a frame that cannot be");
	if (size > PIECE_BYTES || (piece.index + 1 < piece.count && size != PIECE_BYTES))
		return lg_refuse("a piece of a wrong size");
	*ret_piece = piece;
	*ret_part = lg_bytes(bytes.data + PIECE_HEADER_SIZE, size);
	return lg_done();
}

static bool continues(const struct join *join, const struct piece *piece)
{
	return piece->number == join->number && piece->count == join->count &&
	       piece->index == join->next;
}

bool join_take(struct join *join, const struct piece *piece, struct lg_bytes part,
	struct lg_bytes *ret_frame)
{
	if (piece->index == 0) { /* whatever was begun will not be ended */
		join->number = piece->number;
		join->count = piece->count;
		join->size = 0;
	} else if (!continues(join, piece)) {
		join->count = 0;
		return false;
	}
	assert(join->size + part.size <= LG_FRAME_MAX);
	if (part.size > 0)
		memcpy(join->bytes + join->size, part.data, part.size);
	join->size += part.size;
	join->next = (uint16_t)(piece->index + 1);
	if (join->next < join->count)
		return false;
	join->count = 0;
	*ret_frame = lg_bytes(join->bytes, join->size);
	return true;
}
