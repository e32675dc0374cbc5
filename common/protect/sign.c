/* Signatures bound to what they are for (sign.h). */
#include "common/protect/sign.h"

#include <assert.h>
#include <sodium.h>

static_assert(LG_SIGNATURE_SIZE == crypto_sign_BYTES, "Ed25519 signature");
static_assert(LG_SIGN_PUBLIC_SIZE == crypto_sign_PUBLICKEYBYTES, "Ed25519 public key");
static_assert(LG_SIGN_SECRET_SIZE == crypto_sign_SECRETKEYBYTES, "Ed25519 secret key");

/* Plain Ed25519 takes its message in one piece; the multi-part interface is another scheme. */
static struct lg_bytes join(struct lg_arena *arena, const char *context, struct lg_bytes bytes)
{
	size_t context_size = strlen(context);
	uint8_t *joined = lg_alloc(arena, context_size + bytes.size);

	memcpy(joined, context, context_size);
	if (bytes.size > 0)
		memcpy(joined + context_size, bytes.data, bytes.size);
	return lg_bytes(joined, context_size + bytes.size);
}

void lg_sign(struct lg_arena *arena, const char *context, struct lg_bytes bytes,
	const uint8_t secret_key[LG_SIGN_SECRET_SIZE], uint8_t ret_signature[LG_SIGNATURE_SIZE])
{
	struct lg_bytes joined = join(arena, context, bytes);
	int failed =
		crypto_sign_detached(ret_signature, NULL, joined.data, joined.size, secret_key);

	assert(failed == 0);
}

bool lg_sign_check(struct lg_arena *arena, const char *context, struct lg_bytes bytes,
	struct lg_bytes signature, const uint8_t public_key[LG_SIGN_PUBLIC_SIZE])
{
	struct lg_bytes joined;

	if (signature.size != LG_SIGNATURE_SIZE)
		return false;
	if (sodium_is_zero(public_key, LG_SIGN_PUBLIC_SIZE))
		return false;
	joined = join(arena, context, bytes);
	return crypto_sign_verify_detached(signature.data, joined.data, joined.size, public_key) ==
	       0;
}
