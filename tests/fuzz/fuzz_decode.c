/*
 * lg_decode() by every descriptor of the product.  What it takes must encode, decode again, and
 * encode to the same bytes; and it must keep to its memory budget, whatever it is given.
 *
 * The budget is of the bytes that came: what encodes to fewer (fields that nobody knows are left
 * out) may be above its own.
 */
#include <assert.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/wire.h"

#define BUDGET(size) (8 * (size) + 64 * 1024)

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
