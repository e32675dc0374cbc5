/*
 * What a frame is read by before anybody decodes it: its route, the bus's claim, and the pieces of
 * a line to another site.  The first byte says which:
 *   0  the rest is a route
 *   1  the rest is a claim
 *   2  the rest are pieces, each behind its size of two bytes, little endian
 * What is taken must be what would be written.
 */
#include <assert.h>

#include "services/bus/claim_wire.h"
#include "services/bus/domain/piece.h"
#include "tests/fuzz/fuzz.h"

static void try_route(struct lg_bytes bytes)
{
	uint8_t once[LG_ROUTE_SIZE], twice[LG_ROUTE_SIZE];
	struct lg_route route, read;

	if (!lg_is_done(lg_route_read(bytes, &route)))
		return;
	assert(bytes.size == LG_ROUTE_SIZE);
	assert(route.kind > 0);
	assert(route.kind < LG_ROUTE_KIND_COUNT);
	lg_route_write(&route, once);
	assert(lg_is_done(lg_route_read(lg_bytes(once, sizeof once), &read)));
	lg_route_write(&read, twice);
	assert(memcmp(once, twice, sizeof once) == 0);
}

static void try_claim(struct lg_bytes bytes)
{
	struct lg_arena *arena = lg_arena_new();
	struct claim claim;
	uint32_t seen = 0;

	if (lg_is_done(claim_from_wire(arena, bytes, &claim))) {
		assert(bytes.size <= BUS_CLAIM_BYTES_MAX);
		assert(claim.count <= LG_PARTITIONS);
		for (uint32_t i = 0; i < claim.count; i++) {
			assert(claim.partitions[i] < LG_PARTITIONS);
			assert((seen & 1u << claim.partitions[i]) == 0);
			seen |= 1u << claim.partitions[i];
		}
	}
	lg_arena_free(arena);
}

/* A frame that is joined is cut into pieces of the same number as came. */
static void try_pieces(struct lg_bytes bytes)
{
	static uint8_t room[LG_FRAME_MAX];
	struct join join = { .bytes = room };
	uint32_t came = 0;

	while (bytes.size >= 2) {
		size_t size = lg_number_read(bytes.data, 2);
		struct lg_bytes part, frame;
		struct piece piece;

		bytes = lg_bytes(bytes.data + 2, bytes.size - 2);
		if (size > bytes.size)
			size = bytes.size;
		if (lg_is_done(piece_read(lg_bytes(bytes.data, size), &piece, &part))) {
			came = piece.index == 0 ? 1 : came + 1;
			if (join_take(&join, &piece, part, &frame)) {
				assert(frame.size <= LG_FRAME_MAX);
				assert(came >= piece_count(frame.size));
			}
		}
		bytes = lg_bytes(bytes.data + size, bytes.size - size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct lg_bytes rest = lg_bytes(data + 1, size - 1);

	switch (data[0] % 3) {
	case 0:
		try_route(rest);
		break;
	case 1:
		try_claim(rest);
		break;
	default:
		try_pieces(rest);
	}
	return 0;
}
