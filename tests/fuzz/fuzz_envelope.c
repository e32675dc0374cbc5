/*
 * lg_envelope_unwrap(): what a reader does with each event of a proved batch.  A partner's service
 * may sign anything, so this stands alone.  What is taken points into its bytes, keeps to what the
 * header says, can be shown, and is the same when it is wrapped again.
 */
#include <assert.h>

#include "common/json/json.h"
#include "common/stream/envelope.h"
#include "tests/fuzz/fuzz.h"

static void check_inside(struct lg_bytes part, struct lg_bytes whole)
{
	if (part.size == 0)
		return;
	assert(part.data >= whole.data);
	assert(part.data + part.size <= whole.data + whole.size);
}

static void wrap_again(struct lg_arena *arena, const struct lg_envelope *envelope)
{
	struct lg_envelope again;
	struct lg_bytes bytes;

	if (!lg_is_done(lg_envelope_wrap(arena, envelope, &bytes)))
		return; /* with its defaults written out it is too large */
	assert(lg_is_done(lg_envelope_unwrap(arena, bytes, &again)));
	assert(lg_id_equal(again.event_id, envelope->event_id));
	assert(lg_id_equal(again.case_id, envelope->case_id));
	assert(again.type == envelope->type);
	assert(again.sealed_count == envelope->sealed_count);
	assert(lg_bytes_equal(
		lg_encode(arena, again.message), lg_encode(arena, envelope->message)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lg_arena *arena = lg_arena_new();
	struct lg_bytes bytes = lg_bytes(data, size);
	struct lg_envelope envelope;

	if (lg_is_done(lg_envelope_unwrap(arena, bytes, &envelope))) {
		assert(size <= LG_ENVELOPE_MAX);
		assert(envelope.sealed_count <= LG_SEALED_MAX);
		assert((envelope.type == NULL) == (envelope.message == NULL));
		check_inside(envelope.body, bytes);
		if (envelope.message != NULL) {
			(void)lg_json_write(arena, envelope.message);
			wrap_again(arena, &envelope);
		}
	}
	lg_arena_free(arena);
	return 0;
}
