/* Batches: signed by the publishing service, proved before anything in them is used (origin.h). */
#include "common/protect/origin.h"

#include <assert.h>
#include <sodium.h>

#include "common/protect/sign.h"
#include "common/stream/view.h"
#include "common/stream/wire.h"
#include "proto/bus.pb-c.h"

#define BATCH_CONTEXT    "lifeguard-batch-1"
#define GO_BACK_CONTEXT  "lifeguard-go-back-1"
#define GONE_CONTEXT     "lifeguard-gone-1"
#define MANIFEST_VERSION 1

/* --- signing --------------------------------------------------------------------------- */

static struct lg_bytes manifest_to_bytes(
	struct lg_arena *arena, const struct lg_own_keys *keys, const struct lg_run *run)
{
	Lifeguard__Envelope__Manifest manifest = LIFEGUARD__ENVELOPE__MANIFEST__INIT;
	uint8_t(*digests)[LG_DIGEST_SIZE] = lg_alloc_array(arena, run->count, sizeof *digests);

	manifest.version = MANIFEST_VERSION;
	manifest.site = run->stream.site;
	manifest.service = run->stream.service;
	manifest.lane = run->stream.lane;
	manifest.destination = run->stream.destination;
	manifest.partition = run->stream.partition;
	manifest.prior_epoch = lg_wire_from_bytes(lg_id_bytes(&run->prior_epoch));
	manifest.epoch = lg_wire_from_bytes(lg_id_bytes(&run->epoch));
	manifest.first = run->first;
	manifest.through = run->through;
	manifest.n_digests = run->count;
	manifest.digests = lg_alloc_array(arena, run->count, sizeof *manifest.digests);
	lg_digests(run->envelopes, run->count, digests);
	for (uint32_t i = 0; i < run->count; i++)
		manifest.digests[i] = lg_wire_from_array(digests[i], LG_DIGEST_SIZE);
	/* an Ed25519 secret key ends with its public key */
	manifest.sign_key = lg_wire_from_array(
		keys->sign + LG_SIGN_SECRET_SIZE - LG_SIGN_PUBLIC_SIZE, LG_KEY_HINT_SIZE);
	return lg_encode(arena, &manifest.base);
}

/* Ed25519 gives the same signature for the same text, so it may be kept. */
static void sign_once(struct lg_arena *arena, const struct lg_own_keys *keys,
	struct lg_bytes manifest, struct lg_origin_signed *last,
	uint8_t ret_signature[LG_SIGNATURE_SIZE])
{
	uint8_t made[LG_DIGEST_SIZE];

	crypto_generichash(made, sizeof made, manifest.data, manifest.size, NULL, 0);
	if (last == NULL || !last->is_there || memcmp(last->digest, made, sizeof made) != 0)
		lg_sign(arena, BATCH_CONTEXT, manifest, keys->sign, ret_signature);
	else
		memcpy(ret_signature, last->signature, LG_SIGNATURE_SIZE);
	if (last == NULL)
		return;
	last->is_there = true;
	memcpy(last->digest, made, sizeof made);
	memcpy(last->signature, ret_signature, LG_SIGNATURE_SIZE);
}

struct lg_bytes lg_origin_sign(struct lg_arena *arena, const struct lg_own_keys *keys,
	const struct lg_run *run, struct lg_origin_signed *last)
{
	Lifeguard__Envelope__Batch batch = LIFEGUARD__ENVELOPE__BATCH__INIT;
	uint8_t signature[LG_SIGNATURE_SIZE];
	struct lg_bytes manifest;

	assert(run->count > 0);
	assert(run->count <= LG_BATCH_MAX);
	assert(run->first > 0);
	assert(run->through - run->first + 1 == run->count);
	assert(run->grant_count <= LG_GRANTS_MAX);
	assert(run->stream.service == keys->service);

	manifest = manifest_to_bytes(arena, keys, run);
	sign_once(arena, keys, manifest, last, signature);
	batch.manifest = lg_wire_from_bytes(manifest);
	batch.signature = lg_wire_from_array(signature, sizeof signature);
	batch.n_envelopes = run->count;
	batch.envelopes = lg_alloc_array(arena, run->count, sizeof *batch.envelopes);
	for (uint32_t i = 0; i < run->count; i++)
		batch.envelopes[i] = lg_wire_from_bytes(run->envelopes[i]);
	batch.n_grants = run->grant_count;
	batch.grants = lg_alloc_array(arena, run->grant_count, sizeof *batch.grants);
	for (uint32_t i = 0; i < run->grant_count; i++)
		batch.grants[i] = run->grants[i];
	return lg_encode(arena, &batch.base);
}

/* --- checking -------------------------------------------------------------------------- */

static bool is_stream(
	const Lifeguard__Envelope__Manifest *manifest, const struct lg_stream *expected)
{
	return manifest->site == expected->site && manifest->service == expected->service &&
	       manifest->lane == expected->lane && manifest->destination == expected->destination &&
	       manifest->partition == expected->partition;
}

static bool is_dense(
	const Lifeguard__Envelope__Manifest *manifest, const Lifeguard__Envelope__Batch *batch)
{
	if (manifest->first == 0 || manifest->through < manifest->first)
		return false;
	if (manifest->through - manifest->first >= LG_BATCH_MAX)
		return false;
	return manifest->through - manifest->first + 1 == batch->n_envelopes &&
	       manifest->n_digests == batch->n_envelopes;
}

static bool is_made_of(struct lg_arena *arena, const Lifeguard__Envelope__Manifest *manifest,
	const Lifeguard__Envelope__Batch *batch)
{
	uint32_t count = (uint32_t)batch->n_envelopes;
	struct lg_bytes *envelopes = lg_alloc_array(arena, count, sizeof *envelopes);
	uint8_t(*made)[LG_DIGEST_SIZE] = lg_alloc_array(arena, count, sizeof *made);

	for (uint32_t i = 0; i < count; i++)
		envelopes[i] = lg_bytes_from_wire(batch->envelopes[i]);
	lg_digests(envelopes, count, made);
	for (uint32_t i = 0; i < count; i++) {
		/* neither is secret: how long it takes tells nobody anything */
		if (manifest->digests[i].len != LG_DIGEST_SIZE ||
			memcmp(made[i], manifest->digests[i].data, LG_DIGEST_SIZE) != 0)
			return false;
	}
	return true;
}

static struct lg_status run_from_wire(struct lg_arena *arena,
	const Lifeguard__Envelope__Manifest *manifest, const Lifeguard__Envelope__Batch *batch,
	const struct lg_stream *stream, struct lg_run *ret_run)
{
	struct lg_run run = { .stream = *stream,
		.first = manifest->first,
		.through = manifest->through,
		.count = (uint32_t)batch->n_envelopes,
		.grant_count = (uint32_t)batch->n_grants,
		.grants = batch->grants };
	struct lg_bytes *envelopes = lg_alloc_array(arena, batch->n_envelopes, sizeof *envelopes);
	uint64_t *marks = lg_alloc_array(arena, batch->n_envelopes, sizeof *marks);

	if (!lg_is_done(lg_id_from_bytes(
		    lg_bytes_from_wire(manifest->prior_epoch), &run.prior_epoch)) ||
		!lg_is_done(lg_id_from_bytes(lg_bytes_from_wire(manifest->epoch), &run.epoch)))
		return lg_refuse("an epoch of the batch is malformed");
	for (size_t i = 0; i < batch->n_envelopes; i++) {
		if (batch->envelopes[i].len > LG_ENVELOPE_MAX)
			return lg_refuse("an envelope of the batch is too large");
		envelopes[i] = lg_bytes_from_wire(batch->envelopes[i]);
		memcpy(&marks[i], manifest->digests[i].data, sizeof marks[i]);
	}
	run.envelopes = envelopes;
	run.marks = marks;
	*ret_run = run;
	return lg_done();
}

static struct lg_status check_manifest(struct lg_arena *arena, const struct lg_keyring *keyring,
	const struct lg_stream *expected, const Lifeguard__Envelope__Manifest *manifest,
	const Lifeguard__Envelope__Batch *batch)
{
	const uint8_t *public_key = keyring->services[expected->service].sign;

	if (manifest->version != MANIFEST_VERSION)
		return lg_refuse("the batch has an unknown version");
	if (manifest->sign_key.len != LG_KEY_HINT_SIZE ||
		sodium_memcmp(manifest->sign_key.data, public_key, LG_KEY_HINT_SIZE) != 0)
		return lg_refuse("the batch names another signing key");
	if (!is_stream(manifest, expected))
		return lg_refuse("the batch belongs to another stream");
	if (!is_dense(manifest, batch))
		return lg_refuse("the batch has holes in its numbers");
	if (!is_made_of(arena, manifest, batch))
		return lg_refuse("an envelope of the batch is not the one that was signed");
	if (batch->n_grants > LG_GRANTS_MAX)
		return lg_refuse("the batch holds too many grants");
	return lg_done();
}

struct lg_status lg_origin_check(struct lg_arena *arena, const struct lg_keyring *keyring,
	const struct lg_stream *expected, struct lg_bytes bytes, struct lg_run *ret_run)
{
	const Lifeguard__Envelope__Manifest *manifest;
	const Lifeguard__Envelope__Batch *batch;
	ProtobufCMessage *message;
	struct lg_status status;

	if (keyring->site != expected->site || expected->service >= LG_SERVICE_COUNT)
		return lg_refuse("the batch comes from a site or service that is not known");
	if (!lg_is_done(lg_view(arena, &lifeguard__envelope__batch__descriptor, bytes, &message)))
		return lg_refuse("the batch is malformed");
	batch = (const Lifeguard__Envelope__Batch *)message;
	if (!lg_sign_check(arena, BATCH_CONTEXT, lg_bytes_from_wire(batch->manifest),
		    lg_bytes_from_wire(batch->signature),
		    keyring->services[expected->service].sign))
		return lg_refuse("the batch is not signed by its service");
	if (!lg_is_done(lg_view(arena, &lifeguard__envelope__manifest__descriptor,
		    lg_bytes_from_wire(batch->manifest), &message)))
		return lg_refuse("the batch's manifest is malformed");
	manifest = (const Lifeguard__Envelope__Manifest *)message;

	status = check_manifest(arena, keyring, expected, manifest, batch);
	if (!lg_is_done(status))
		return status;
	return run_from_wire(arena, manifest, batch, expected, ret_run);
}

/* --- the way back ---------------------------------------------------------------------- */

void lg_points_digest(const struct lg_points *points, uint8_t ret_digest[LG_POINTS_DIGEST_SIZE])
{
	crypto_generichash_state state;

	assert(points->count <= LG_POINTS_SENT_MAX);

	crypto_generichash_init(&state, NULL, 0, LG_POINTS_DIGEST_SIZE);
	for (uint32_t i = 0; i < points->count; i++) {
		uint8_t number[8];

		for (unsigned byte = 0; byte < sizeof number; byte++)
			number[byte] = (uint8_t)(points->at[i].number >> 8 * byte);
		crypto_generichash_update(&state, points->at[i].epoch.byte, LG_ID_SIZE);
		crypto_generichash_update(&state, number, sizeof number);
	}
	crypto_generichash_final(&state, ret_digest, LG_POINTS_DIGEST_SIZE);
}

/* A word of the publisher that moves a reader, as it is on the wire: way back, or gone. */
struct word {
	Lifeguard__Bus__GoBack wire;
	Lifeguard__Bus__Point point;
	uint8_t signature[LG_SIGNATURE_SIZE];
};

/* What is signed is what the fields say, encoded by both ends; an unknown field spoils it. */
static struct lg_bytes signed_part(struct lg_arena *arena, const Lifeguard__Bus__GoBack *wire)
{
	Lifeguard__Bus__GoBack part = *wire;

	part.signature = (ProtobufCBinaryData){ .len = 0 };
	return lg_encode(arena, &part.base);
}

/* ret_word points into itself and into back. */
static void word_sign(struct lg_arena *arena, const char *context, const struct lg_own_keys *keys,
	const struct lg_go_back *back, struct word *ret_word)
{
	Lifeguard__Bus__GoBack *wire = &ret_word->wire;

	assert(back->stream.service == keys->service);

	*wire = (Lifeguard__Bus__GoBack)LIFEGUARD__BUS__GO_BACK__INIT;
	ret_word->point = (Lifeguard__Bus__Point)LIFEGUARD__BUS__POINT__INIT;
	wire->lane = back->stream.lane;
	wire->destination = back->stream.destination;
	wire->partition = back->stream.partition;
	wire->session = lg_wire_from_bytes(lg_id_bytes(&back->session));
	ret_word->point.epoch = lg_wire_from_bytes(lg_id_bytes(&back->common.epoch));
	ret_word->point.number = back->common.number;
	wire->point = &ret_word->point;
	wire->asked = lg_wire_from_array(back->asked, sizeof back->asked);
	lg_sign(arena, context, signed_part(arena, wire), keys->sign, ret_word->signature);
	wire->signature = lg_wire_from_array(ret_word->signature, sizeof ret_word->signature);
}

static struct lg_status word_check(struct lg_arena *arena, const char *context,
	const struct lg_keyring *keyring, const struct lg_stream *expected,
	const Lifeguard__Bus__GoBack *wire, struct lg_go_back *ret_back)
{
	struct lg_go_back back = { .stream = *expected };

	if (!lg_sign_check(arena, context, signed_part(arena, wire),
		    lg_bytes_from_wire(wire->signature), keyring->services[expected->service].sign))
		return lg_refuse("the way back is not signed by its service");
	if (wire->lane != expected->lane || wire->destination != expected->destination ||
		wire->partition != expected->partition)
		return lg_refuse("the way back belongs to another stream");
	if (wire->point == NULL || wire->asked.len != sizeof back.asked ||
		!lg_is_done(lg_id_from_bytes(lg_bytes_from_wire(wire->session), &back.session)) ||
		!lg_is_done(lg_id_from_bytes(
			lg_bytes_from_wire(wire->point->epoch), &back.common.epoch)))
		return lg_refuse("the way back is malformed");
	back.common.number = wire->point->number;
	memcpy(back.asked, wire->asked.data, sizeof back.asked);
	*ret_back = back;
	return lg_done();
}

struct lg_bytes lg_go_back_sign(
	struct lg_arena *arena, const struct lg_own_keys *keys, const struct lg_go_back *back)
{
	struct word word;

	word_sign(arena, GO_BACK_CONTEXT, keys, back, &word);
	return lg_encode(arena, &word.wire.base);
}

struct lg_status lg_go_back_check(struct lg_arena *arena, const struct lg_keyring *keyring,
	const struct lg_stream *expected, struct lg_bytes bytes, struct lg_go_back *ret_back)
{
	ProtobufCMessage *message;

	if (keyring->site != expected->site || expected->service >= LG_SERVICE_COUNT)
		return lg_refuse("the way back comes from a site or service that is not known");
	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__go_back__descriptor, bytes, &message)))
		return lg_refuse("the way back is malformed");
	return word_check(arena, GO_BACK_CONTEXT, keyring, expected,
		(const Lifeguard__Bus__GoBack *)message, ret_back);
}

struct lg_bytes lg_gone_sign(
	struct lg_arena *arena, const struct lg_own_keys *keys, const struct lg_go_back *back)
{
	Lifeguard__Bus__Gone gone = LIFEGUARD__BUS__GONE__INIT;
	struct word word;

	word_sign(arena, GONE_CONTEXT, keys, back, &word);
	gone.lane = word.wire.lane;
	gone.destination = word.wire.destination;
	gone.partition = word.wire.partition;
	gone.session = word.wire.session;
	gone.first = back->common.number + 1;
	gone.word = &word.wire;
	return lg_encode(arena, &gone.base);
}

struct lg_status lg_gone_check(struct lg_arena *arena, const struct lg_keyring *keyring,
	const struct lg_stream *expected, struct lg_bytes bytes, struct lg_go_back *ret_gone)
{
	const Lifeguard__Bus__Gone *gone;
	ProtobufCMessage *message;

	if (keyring->site != expected->site || expected->service >= LG_SERVICE_COUNT)
		return lg_refuse("the word comes from a site or service that is not known");
	if (!lg_is_done(lg_decode(arena, &lifeguard__bus__gone__descriptor, bytes, &message)))
		return lg_refuse("the word is malformed");
	gone = (const Lifeguard__Bus__Gone *)message;
	if (gone->word == NULL)
		return lg_refuse("an older version says so, and proves nothing");
	return word_check(arena, GONE_CONTEXT, keyring, expected, gone->word, ret_gone);
}
