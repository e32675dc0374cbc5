/*
 * Frames cut into pieces for a line to another site, and joined again.
 *
 * Over a slow line a frame of 512 KiB takes a minute.  Whole, it would make what is urgent wait, and
 * the heartbeats of the line give it up; in pieces of 4 KiB neither happens down to 1 KB a second.  A piece is 8 bytes (number of the frame, index, count; little endian) and a part
 * of the frame.  Pieces of one frame come in order or the frame is lost: nothing is asked for again.
 */
#ifndef BUS_PIECE_H
#define BUS_PIECE_H

#include "common/link/route.h"

#define PIECE_BYTES       4096u
#define PIECE_HEADER_SIZE 8
#define PIECES_MAX        (LG_FRAME_MAX / PIECE_BYTES)

struct piece {
	uint32_t number; /* of the frame, by its sender: the next frame's differs */
	uint16_t index, count;
};

/* Pieces of a frame of so many bytes: at least one. */
uint16_t piece_count(size_t frame_bytes);

/* The bytes of a frame that stand in this piece of it. */
struct lg_bytes piece_cut(struct lg_bytes frame, const struct piece *piece);

/* Writes PIECE_HEADER_SIZE bytes. */
void piece_write(const struct piece *piece, uint8_t ret_bytes[PIECE_HEADER_SIZE]);

/*
 * Reads what came over the line.
 *   ret_part  points into bytes
 *   refused   too short; an index or count out of range; a part of a wrong size
 */
LG_MUST_CHECK struct lg_status piece_read(
	struct lg_bytes bytes, struct piece *ret_piece, struct lg_bytes *ret_part);

/* A frame that is coming in. */
struct join {
	uint8_t *bytes; /* LG_FRAME_MAX, the owner's */
	uint32_t number;
	uint16_t next, count; /* pieces; count 0: none has come */
	size_t size;
};

/*
 * Takes a piece that was read; the rest of a frame whose middle is missing is passed over.
 *   ret_frame  set when the frame is whole: in join->bytes, until the next piece
 *   returns    whether it is
 */
bool join_take(struct join *join, const struct piece *piece, struct lg_bytes part,
	struct lg_bytes *ret_frame);

#endif
