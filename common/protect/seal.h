/*
 * The only door to plain text of personal data.
 *
 * XChaCha20-Poly1305-IETF (libsodium) under a data key per subject and class.  The associated
 * data are built by the receiver, 76 bytes, never sent:
 *   "LGS1" | version u8 | class u8 | algorithm u8 = 1 | 0 | key_id 16 | subject 16 | case 16 |
 *   context 16 | content u32 little endian
 * so a value moved to another person, case, event, class or content does not open.  Inside, the
 * text is padded (as sodium_pad does) to a bucket: identity, source, staff 256, 512, 1024, 2048; narrative
 * a power of two from 1 KiB to 64 KiB.  Nonces are 24 random bytes.
 * Keys: data_key.h; where they are kept while open: key_cache.h.
 */
#ifndef LG_PROTECT_SEAL_H
#define LG_PROTECT_SEAL_H

#include "common/protect/data_key.h"
#include "common/protect/key_cache.h"
#include "common/protect/keyring.h"
#include "common/protect/reader.h"
#include "common/stream/envelope.h"

/* What is sealed, and what binds it. */
struct lg_seal_place {
	struct lg_id subject, case_id, context; /* context: id of the event that carries it */
	enum lg_class class;
	uint32_t content; /* registry number of the message inside */
};

/*
 * Seals a message under a cached key.
 *   ret_sealed  in the arena
 *   refused     the key is not in the cache (load it again); the text is above its class's
 *               largest bucket
 */
LG_MUST_CHECK struct lg_status lg_seal(struct lg_arena *arena, struct lg_key_cache *cache,
	const struct lg_seal_place *place, struct lg_id key_id, const ProtobufCMessage *message,
	Lifeguard__Envelope__Sealed **ret_sealed);

/*
 * Opens a sealed value for a reader and decodes it.  There is no other way.
 *   reader       who reads, and why; its audit record was queued when it was made
 *   place        as the receiver knows it: subject, case, event, class, content
 *   ret_message  in the arena, which is wiped
 *   refused      the reader may not read this class; the key is not here; the value was moved
 *                or changed; the text does not decode
 */
LG_MUST_CHECK struct lg_status lg_open(struct lg_arena *arena, struct lg_key_cache *cache,
	const struct lg_reader *reader, const struct lg_seal_place *place,
	const Lifeguard__Envelope__Sealed *sealed, ProtobufCMessage **ret_message);

#endif
