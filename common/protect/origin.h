/*
 * Who said it: each batch of a stream is signed by the publishing service, Ed25519 over
 * "lifeguard-batch-1" | manifest, where the manifest names stream, epoch, range and the
 * BLAKE2b-256 of each envelope.  CURVE ends at the bus; this does not.
 */
#ifndef LG_PROTECT_ORIGIN_H
#define LG_PROTECT_ORIGIN_H

#include "common/protect/keyring.h"
#include "common/stream/envelope.h"
#include "common/stream/stream.h"

/* A batch as the program keeps it. */
struct lg_run {
	struct lg_stream stream;
	struct lg_id prior_epoch;
	struct lg_id epoch;
	uint64_t first, through;
	uint32_t count; /* through - first + 1, at most LG_BATCH_MAX */
	const struct lg_bytes *envelopes;
	const uint64_t *marks; /* checked: the first 8 bytes of each one's digest (stream/told) */
	uint32_t grant_count;
	Lifeguard__Envelope__Grant *const *grants;
};

#define LG_GRANTS_MAX 1024 /* in one batch; they are not signed: each is a box from its maker */

/* The manifest that was signed last: readers of a stream are told the same one after another. */
struct lg_origin_signed {
	bool is_there;
	uint8_t digest[32], signature[64];
};

/*
 * The encoded, signed envelope.Batch, in the arena.
 *   last  of this stream, zero at first: the same manifest is signed once; NULL: always anew
 */
struct lg_bytes lg_origin_sign(struct lg_arena *arena, const struct lg_own_keys *keys,
	const struct lg_run *run, struct lg_origin_signed *last);

/*
 * Reads a batch and proves its origin, before anything in it is looked at.
 *   keyring   of the site that is said to have sent it
 *   expected  the stream that the route says; the manifest must say the same
 *   ret_run   envelopes and grants are in the arena
 *   refused   malformed, another stream, not signed by that service's key, digests that do not
 *             match, numbers that are not dense
 */
LG_MUST_CHECK struct lg_status lg_origin_check(struct lg_arena *arena,
	const struct lg_keyring *keyring, const struct lg_stream *expected, struct lg_bytes bytes,
	struct lg_run *ret_run);

/* --- the way back ------------------------------------------------------------------------ */

/*
 * "The last that we both know is this": a publisher's word that makes a reader forget where it
 * stands, so it must be the publisher's own, and said to this reader about this very list.
 *
 * Signed, Ed25519 over "lifeguard-go-back-1" | the encoded bus.GoBack without its signature.  It
 * names the reader's session and the digest of the points that it answers: a bus that forges a
 * subscription in the reader's name gets an honest answer, which then fits no list of the reader's.
 * Without this a bus could make events take effect twice.
 */
#define LG_POINTS_DIGEST_SIZE 32

struct lg_go_back {
	struct lg_stream stream;
	struct lg_id session;   /* the reader's */
	struct lg_point common; /* the last that both know */
	uint8_t asked[LG_POINTS_DIGEST_SIZE];
};

/* Of the points that a reader names, at most LG_POINTS_SENT_MAX: BLAKE2b-256 over epoch 16 | number u64
 * little endian of each. */
void lg_points_digest(const struct lg_points *points, uint8_t ret_digest[LG_POINTS_DIGEST_SIZE]);

/* The encoded, signed bus.GoBack, in the arena. */
struct lg_bytes lg_go_back_sign(
	struct lg_arena *arena, const struct lg_own_keys *keys, const struct lg_go_back *back);

/*
 * "What you ask for was dropped; this was the last of it": a word of the same shape, bus.Gone, in a context
 * of its own.  A bus that could make it would make a reader pass events over.
 */
struct lg_bytes lg_gone_sign(
	struct lg_arena *arena, const struct lg_own_keys *keys, const struct lg_go_back *back);

/*
 * Reads one and proves whose it is; session and list are the caller's to compare.
 *   keyring   of the site that is said to have sent it
 *   expected  the stream that the route says
 *   refused   malformed, of another stream, not signed by that service
 */
LG_MUST_CHECK struct lg_status lg_go_back_check(struct lg_arena *arena,
	const struct lg_keyring *keyring, const struct lg_stream *expected, struct lg_bytes bytes,
	struct lg_go_back *ret_back);

/*
 * The same of a bus.Gone; common is the last row that was dropped.
 *   refused  as above, or an older version's, which proves nothing
 */
LG_MUST_CHECK struct lg_status lg_gone_check(struct lg_arena *arena,
	const struct lg_keyring *keyring, const struct lg_stream *expected, struct lg_bytes bytes,
	struct lg_go_back *ret_gone);

#endif
