/*
 * lg_origin_check(), from both sides of the signature.  The first byte says which:
 *   0  the rest is a frame, as a compromised bus may send it
 *   1  the rest is a manifest, signed here, as a compromised service may
 * What is accepted must be the expected stream and dense, and its envelopes those that were sent.
 */
#include <assert.h>

#include "common/protect/origin.h"
#include "common/protect/sign.h"
#include "common/stream/wire.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/site.h"

static const struct lg_stream stream = { .site = FUZZ_SITE,
	.service = LG_SERVICE_INTAKE,
	.lane = LG_LANE_CARE,
	.destination = 0,
	.partition = 3 };

/* A batch of one envelope "x" under this manifest. */
static struct lg_bytes sign_manifest(
	struct lg_arena *arena, const struct fuzz_site *site, struct lg_bytes manifest)
{
	Lifeguard__Envelope__Batch batch = LIFEGUARD__ENVELOPE__BATCH__INIT;
	ProtobufCBinaryData envelope = lg_wire_from_array((const uint8_t *)"x", 1);
	uint8_t signature[LG_SIGNATURE_SIZE];

	lg_sign(arena, "lifeguard-batch-1", manifest, site->keys[stream.service].sign, signature);
	batch.manifest = lg_wire_from_bytes(manifest);
	batch.signature = lg_wire_from_array(signature, sizeof signature);
	batch.n_envelopes = 1;
	batch.envelopes = &envelope;
	return lg_encode(arena, &batch.base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lg_arena *arena = lg_arena_new();
	const struct fuzz_site *site = fuzz_site();
	struct lg_run run;
	struct lg_bytes frame;

	if (size > 0) {
		frame = lg_bytes(data + 1, size - 1);
		if (data[0] != 0)
			frame = sign_manifest(arena, site, frame);
		if (lg_is_done(lg_origin_check(arena, &site->keyring, &stream, frame, &run))) {
			assert(run.first > 0);
			assert(run.count > 0);
			assert(run.count <= LG_BATCH_MAX);
			assert(run.through - run.first + 1 == run.count);
			assert(run.stream.partition == stream.partition);
			assert(data[0] == 0 || run.envelopes[0].data[0] == 'x');
		}
	}
	lg_arena_free(arena);
	return 0;
}
