#include "services/gateway/tag.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#define TAG_SIZE 16

_Static_assert(TAG_TEXT == 20 + 1 + 2 * TAG_SIZE + 3, "digits, a dot, two quotes and the NUL");

void tag_make(const uint8_t key[TAG_KEY_SIZE], uint64_t version, struct lg_bytes body,
	char ret_tag[TAG_TEXT])
{
	uint8_t digest[TAG_SIZE];
	char text[2 * TAG_SIZE + 1];

	crypto_generichash(digest, sizeof digest, body.data, body.size, key, TAG_KEY_SIZE);
	sodium_bin2hex(text, sizeof text, digest, sizeof digest);
	if (version == 0)
		snprintf(ret_tag, TAG_TEXT, "\"%s\"", text);
	else
		snprintf(ret_tag, TAG_TEXT, "\"%" PRIu64 ".%s\"", version, text);
}

bool tag_is_named(const char *tag, const char *if_none_match)
{
	const char *at = if_none_match;

	if (at == NULL)
		return false;
	while (*at != '\0') {
		size_t size;

		at += strspn(at, " \t,");
		size = strcspn(at, ", \t");
		if (size == 1 && at[0] == '*')
			return true;
		if (size > 2 && at[0] == 'W' && at[1] == '/') {
			at += 2;
			size -= 2;
		}
		if (size == strlen(tag) && memcmp(at, tag, size) == 0)
			return true;
		at += size;
	}
	return false;
}

void tag_key_make(struct lg_bytes secret, uint8_t ret_key[TAG_KEY_SIZE])
{
	static const uint8_t purpose[] = "lifeguard gateway ETag";

	/* the secret is the key, so that it cannot be told from what it makes */
	crypto_generichash(
		ret_key, TAG_KEY_SIZE, purpose, sizeof purpose - 1, secret.data, secret.size);
}
