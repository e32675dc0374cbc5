#include "services/gateway/tag.h"

#include <sodium.h>

#define TAG_SIZE 16

_Static_assert(TAG_TEXT == 2 * TAG_SIZE + 3, "digits, two quotes and the NUL");

void tag_make(const uint8_t key[TAG_KEY_SIZE], struct lg_bytes body, char ret_tag[TAG_TEXT])
{
	uint8_t digest[TAG_SIZE];

	crypto_generichash(digest, sizeof digest, body.data, body.size, key, TAG_KEY_SIZE);
	ret_tag[0] = '"';
	sodium_bin2hex(ret_tag + 1, 2 * TAG_SIZE + 1, digest, sizeof digest);
	ret_tag[TAG_TEXT - 2] = '"';
	ret_tag[TAG_TEXT - 1] = '\0';
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
