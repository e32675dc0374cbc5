/*
 * lg_json_read() by every descriptor, and lg_json_write().  What is read must be written as JSON
 * that is read again as the same message; what is refused must say what is wrong.
 */
#include <assert.h>

#include "common/json/json.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const ProtobufCMessageDescriptor *descriptor;
	struct lg_arena *arena = lg_arena_new();
	struct lg_field_errors errors;
	ProtobufCMessage *message = NULL, *again = NULL;
	struct lg_bytes rest;

	descriptor = fuzz_descriptor(data, size, &rest);
	if (descriptor != NULL) {
		struct lg_status status = lg_json_read(arena, descriptor, rest, &message, &errors);

		assert(errors.count <= LG_JSON_ERRORS_MAX);
		assert(lg_is_done(status) == (errors.count == 0));
		if (lg_is_done(status)) {
			struct lg_bytes text = lg_json_write(arena, message);

			/* defaults are written too, so a text at its limit may grow beyond it */
			if (text.size <= LG_JSON_MAX) {
				status = lg_json_read(arena, descriptor, text, &again, &errors);
				assert(lg_is_done(status));
				assert(lg_bytes_equal(
					lg_encode(arena, message), lg_encode(arena, again)));
			}
		}
	}
	lg_arena_free(arena);
	return 0;
}
