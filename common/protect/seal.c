/* Personal data: closed and opened, in this file only (seal.h). */
#include "common/protect/seal.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/stream/wire.h"

#define SEAL_VERSION   1
#define SEAL_ALGORITHM 1 /* XChaCha20-Poly1305-IETF */
#define NONCE_SIZE     crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE       crypto_aead_xchacha20poly1305_ietf_ABYTES
#define SEAL_AAD       76

/* Sizes that a padded text may have: smallest, and largest; powers of two. */
static size_t bucket_min(uint32_t class)
{
	return class == LG_CLASS_NARRATIVE ? 1024 : 256;
}

static size_t bucket_max(uint32_t class)
{
	return class == LG_CLASS_NARRATIVE ? 65536 : 2048;
}

/* The smallest bucket with room for the text and one byte of padding; 0: there is none. */
static size_t bucket_of(uint32_t class, size_t size)
{
	for (size_t bucket = bucket_min(class); bucket <= bucket_max(class); bucket *= 2) {
		if (size < bucket)
			return bucket;
	}
	return 0;
}

static bool is_bucket(uint32_t class, size_t size)
{
	return size >= bucket_min(class) && size <= bucket_max(class) && (size & (size - 1)) == 0;
}

static void seal_aad(
	const struct lg_seal_place *place, struct lg_id key_id, uint8_t ret_aad[SEAL_AAD])
{
	const struct lg_id *const ids[] = { &key_id, &place->subject, &place->case_id,
		&place->context };
	uint8_t *at = ret_aad;

	memcpy(at, "LGS1", 4);
	at += 4;
	*at++ = SEAL_VERSION;
	*at++ = (uint8_t)place->class;
	*at++ = SEAL_ALGORITHM;
	*at++ = 0;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		memcpy(at, ids[i]->byte, LG_ID_SIZE);
		at += LG_ID_SIZE;
	}
	lg_number_write(at, place->content, 4);
	at += 4;
	assert(at == ret_aad + SEAL_AAD);
}

/* --- closing ------------------------------------------------------------------------------ */

/* A sealed value and what it points to, in one piece. */
struct closed {
	Lifeguard__Envelope__Sealed sealed;
	struct lg_id subject, key_id, context;
	uint8_t box[];
};

static struct closed *sealed_to_wire(struct lg_arena *arena, const struct lg_seal_place *place,
	struct lg_id key_id, size_t box_size)
{
	struct closed *closed = lg_alloc(arena, sizeof *closed + box_size);
	Lifeguard__Envelope__Sealed *sealed = &closed->sealed;

	lifeguard__envelope__sealed__init(sealed);
	closed->subject = place->subject;
	closed->key_id = key_id;
	closed->context = place->context;
	sealed->version = SEAL_VERSION;
	sealed->class_ = place->class;
	sealed->subject = lg_wire_from_bytes(lg_id_bytes(&closed->subject));
	sealed->key_id = lg_wire_from_bytes(lg_id_bytes(&closed->key_id));
	sealed->context = lg_wire_from_bytes(lg_id_bytes(&closed->context));
	sealed->content = place->content;
	sealed->box = lg_wire_from_array(closed->box, box_size);
	return closed;
}

struct lg_status lg_seal(struct lg_arena *arena, struct lg_key_cache *cache,
	const struct lg_seal_place *place, struct lg_id key_id, const ProtobufCMessage *message,
	Lifeguard__Envelope__Sealed **ret_sealed)
{
	const uint8_t *key = lg_key_cache_find(cache, key_id, place->subject, place->class);
	size_t size, packed, bucket;
	struct closed *closed;
	uint8_t aad[SEAL_AAD], *text;

	if (key == NULL)
		return lg_refuse("the data key is not here: load it first");
	size = protobuf_c_message_get_packed_size(message);
	bucket = bucket_of(place->class, size);
	if (bucket == 0)
		return lg_refuse("the text is too long for its class");

	/* The text is encrypted where it is written, so no copy of it is left behind.  Its padding is what
	   sodium_pad() would leave: 0x80, then zeros.  That hides the size from whoever counts its time,
	   for which it touches every byte ten times; who measures us holds the key */
	closed = sealed_to_wire(arena, place, key_id, NONCE_SIZE + bucket + TAG_SIZE);
	text = closed->box + NONCE_SIZE;
	packed = protobuf_c_message_pack(message, text);
	assert(packed == size);
	text[size] = 0x80;
	lg_key_cache_random(cache, closed->box, NONCE_SIZE);
	seal_aad(place, key_id, aad);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		text, NULL, text, bucket, aad, sizeof aad, NULL, closed->box, key);
	*ret_sealed = &closed->sealed;
	return lg_done();
}

/* --- opening ------------------------------------------------------------------------------ */

static bool is_id(ProtobufCBinaryData wire, struct lg_id id)
{
	return wire.len == LG_ID_SIZE && memcmp(wire.data, id.byte, LG_ID_SIZE) == 0;
}

/* What the value says of itself must be what the receiver knows; the box proves the rest. */
static struct lg_status check_place(
	const struct lg_seal_place *place, const Lifeguard__Envelope__Sealed *sealed)
{
	if (sealed->version != SEAL_VERSION)
		return lg_refuse("the sealed value has an unknown version");
	if (sealed->class_ != place->class || sealed->content != place->content)
		return lg_refuse("the sealed value is of another class or content");
	if (!is_id(sealed->subject, place->subject))
		return lg_refuse("the sealed value is of another person");
	if (!is_id(sealed->context, place->context))
		return lg_refuse("the sealed value came with another event");
	if (sealed->box.len < NONCE_SIZE + TAG_SIZE ||
		!is_bucket(place->class, sealed->box.len - NONCE_SIZE - TAG_SIZE))
		return lg_refuse("the sealed value has an odd size");
	return lg_done();
}

static struct lg_status open_box(struct lg_arena *arena, struct lg_key_cache *cache,
	const struct lg_seal_place *place, const Lifeguard__Envelope__Sealed *sealed,
	struct lg_bytes *ret_text)
{
	size_t size, bucket = sealed->box.len - NONCE_SIZE - TAG_SIZE;
	uint8_t aad[SEAL_AAD], *padded;
	const uint8_t *key;
	struct lg_id key_id;

	if (!lg_is_done(lg_id_from_bytes(lg_bytes_from_wire(sealed->key_id), &key_id)))
		return lg_refuse("the sealed value's key id is malformed");
	key = lg_key_cache_find(cache, key_id, place->subject, place->class);
	if (key == NULL)
		return lg_refuse("the data key is not here: load it first");

	seal_aad(place, key_id, aad);
	padded = lg_alloc(arena, bucket);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(padded, NULL, NULL,
		    sealed->box.data + NONCE_SIZE, bucket + TAG_SIZE, aad, sizeof aad,
		    sealed->box.data, key) != 0)
		return lg_refuse("the sealed value was moved or altered");
	if (sodium_unpad(&size, padded, bucket, bucket) != 0)
		return lg_refuse("the sealed value is badly padded");
	*ret_text = lg_bytes(padded, size);
	return lg_done();
}

struct lg_status lg_open(struct lg_arena *arena, struct lg_key_cache *cache,
	const struct lg_reader *reader, const struct lg_seal_place *place,
	const Lifeguard__Envelope__Sealed *sealed, ProtobufCMessage **ret_message)
{
	const struct lg_message_type *type = lg_message_type(place->content);
	struct lg_status status;
	struct lg_bytes text;

	if (!lg_reader_may_open(reader, place->class, place->subject, place->case_id))
		return lg_refuse("this reader may not open this");
	if (type == NULL || type->kind != LG_MESSAGE_CONTENT)
		return lg_refuse("the sealed value's content is not known");
	status = check_place(place, sealed);
	if (!lg_is_done(status))
		return status;
	status = open_box(arena, cache, place, sealed, &text);
	if (!lg_is_done(status))
		return status;
	return lg_decode(arena, type->descriptor, text, ret_message);
}
