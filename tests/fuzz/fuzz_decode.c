/*
 * lg_decode() by every descriptor of the product.  What it takes must encode, decode again, and
 * encode to the same bytes; and it must keep to its memory budget, whatever it is given.  lg_view()
 * takes nothing that lg_decode() refuses, within the same budget.
 *
 * The budget is of the bytes that came: what encodes to fewer (fields that nobody knows are left
 * out) may be above its own.
 */
#include <assert.h>

#include "common/stream/view.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/wire.h"

#define BUDGET(size) (8 * (size) + 64 * 1024)

/* refused: NULL, or why lg_decode() refused it; unknown fields cost memory there and not here. */
static void view(
	const ProtobufCMessageDescriptor *descriptor, struct lg_bytes bytes, const char *refused)
{
	struct lg_arena *arena = lg_arena_new();
	ProtobufCMessage *message = NULL;
	struct lg_status status = lg_view(arena, descriptor, bytes, &message);

	assert(lg_arena_used_bytes(arena) <= BUDGET(bytes.size));
	assert(refused == NULL || !lg_is_done(status) ||
		strcmp(refused, "message takes too much memory") == 0);
	if (lg_is_done(status))
		(void)lg_encode(arena, message);
	lg_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const ProtobufCMessageDescriptor *descriptor;
	struct lg_arena *arena = lg_arena_new();
	ProtobufCMessage *message = NULL;
	struct lg_bytes rest, first, second;

	descriptor = fuzz_descriptor(data, size, &rest);
	if (descriptor != NULL) {
		struct lg_status status = lg_decode(arena, descriptor, rest, &message);

		assert(lg_arena_used_bytes(arena) <= BUDGET(rest.size));
		view(descriptor, rest, lg_is_done(status) ? NULL : status.reason);
		if (lg_is_done(status)) {
			first = lg_encode(arena, message);
			status = lg_decode(arena, descriptor, first, &message);
			assert(lg_is_done(status) || first.size < rest.size);
			second = lg_is_done(status) ? lg_encode(arena, message) : first;
			assert(lg_bytes_equal(first, second));
		}
	}
	lg_arena_free(arena);
	return 0;
}
